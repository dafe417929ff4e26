package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// small is a feed of one episode.
func small(guid string) string {
	return `<rss version="2.0"><channel><title>Small</title><ttl>60</ttl><item><title>One talk</title><guid>` + guid + `</guid><pubDate>Fri, 20 Nov 2020 06:00:00 GMT</pubDate></item></channel></rss>`
}

// serve starts a host and returns its address and a fetcher that may ask it.
func serve(t *testing.T, h http.HandlerFunc) (string, *Fetcher) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	client := NewClient(Policy{Allow: []string{srv.Listener.Addr().String()}})
	t.Cleanup(client.CloseIdleConnections)
	return srv.URL, &Fetcher{Client: client, Pace: 1e9}
}

func TestFetchConditional(t *testing.T) {
	const etag, modified = `W/"weak-1"`, "Sat, 31 Oct 2026 10:00:00 +0000" // as received, however odd
	var requests, full atomic.Int32
	body := small("a")
	url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", modified)
		w.Header().Set("Cache-Control", "public, max-age=7200")
		if r.Header.Get("If-None-Match") == etag && r.Header.Get("If-Modified-Since") == modified {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full.Add(1)
		fmt.Fprint(w, body)
	})
	f, episodes, err := ft.Fetch(t.Context(), Feed{URL: url})
	if err != nil || len(episodes) != 1 || episodes[0].ID == "" || episodes[0].Feed != url {
		t.Fatalf("Fetch = %+v, %v; want one episode with an ID", episodes, err)
	}
	s := f.State
	if s.ETag != etag || s.LastModified != modified || s.BodyHash == "" || s.ChangedAt.IsZero() || s.Failures != 0 {
		t.Errorf("Fetch state = %+v, want the answer's marks", s)
	}
	if wait := s.NextCheckAt.Sub(s.CheckedAt); wait < 2*time.Hour || wait > maxInterval {
		t.Errorf("Fetch next check in %v, want at least the 2h of Cache-Control", wait)
	}
	f, episodes, err = ft.Fetch(t.Context(), f)
	if !errors.Is(err, ErrNotModified) || episodes != nil || full.Load() != 1 {
		t.Errorf("second Fetch = %d episodes, %v after %d full answers; want ErrNotModified after 1", len(episodes), err, full.Load())
	}
	f.State.FullAt = f.State.FullAt.Add(-8 * 24 * time.Hour)
	f, _, err = ft.Fetch(t.Context(), f)
	if !errors.Is(err, ErrNotModified) || full.Load() != 2 {
		t.Errorf("Fetch after a week = %v after %d full answers; want ErrNotModified by the body's hash after 2", err, full.Load())
	}
	body = small("b")
	f.State.FullAt = time.Time{}
	if _, episodes, err = ft.Fetch(t.Context(), f); err != nil || len(episodes) != 1 || episodes[0].GUID != "b" {
		t.Errorf("Fetch of a changed body = %+v, %v; want the episode b", episodes, err)
	}
}

func TestFetchErrors(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   Kind
		wait   time.Duration // until the next check
		says   string
	}{
		{"404", status(404), NotFound, time.Hour, "404"},
		{"410", status(410), Gone, maxInterval, "410"},
		{"401", status(401), Auth, time.Hour, "401"},
		{"500", status(500), Server, time.Hour, "500"},
		{"304 unasked", status(304), Malformed, time.Hour, "304"},
		{"204", status(204), NotFeed, time.Hour, "empty"},
		{"206", status(206), Malformed, time.Hour, "206"},
		{"302 to nowhere", status(302), Malformed, time.Hour, "nowhere"},
		{"429 with seconds", header429("1800"), RateLimited, 30 * time.Minute, "429"},
		{"429 with few seconds", header429("5"), RateLimited, minInterval, "429"},
		{"429 with years", header429("999999999999"), RateLimited, maxInterval, "429"},
		{"429 with nonsense", header429("-5"), RateLimited, time.Hour, "429"},
		{"bots blocked", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("cf-mitigated", "challenge")
			w.WriteHeader(403)
		}, Auth, time.Hour, "blocks bots"},
		{"login page", text("<!DOCTYPE html><html>Log in</html>"), NotFeed, time.Hour, "web page"},
		{"JSON error", text(`{"error":"not found"}`), NotFeed, time.Hour, "JSON"},
		{"empty", text(""), NotFeed, time.Hour, "empty"},
		{"declares a terabyte", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1099511627776")
			fmt.Fprint(w, "<rss>")
		}, TooLarge, time.Hour, "15 MiB"},
		{"endless", endless, TooLarge, time.Hour, "15 MiB"},
		{"gzip bomb", bomb(64 << 20), TooLarge, time.Hour, "15 MiB"},
		{"gzip cut off", func(w http.ResponseWriter, _ *http.Request) { b := zipped(small("a")); w.Write(b[:len(b)/2]) }, Malformed, time.Hour, "cut off"},
		{"cut off", cutOff, Malformed, time.Hour, "cut off"},
		{"other compression", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "x")
		}, Malformed, time.Hour, "compression"},
		{"hangs up", func(w http.ResponseWriter, _ *http.Request) { c, _, _ := w.(http.Hijacker).Hijack(); c.Close() }, Network, time.Hour, "cannot be reached"},
		{"no HTTP", func(w http.ResponseWriter, _ *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprint(c, "nonsense\r\n\r\n")
			c.Close()
		}, Network, time.Hour, "HTTP"},
		{"endless headers", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 1<<20))
			fmt.Fprint(w, small("a"))
		}, Network, time.Hour, "HTTP"},
		{"redirects in a circle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusMovedPermanently)
		}, Redirects, time.Hour, "circle"},
		{"redirects for ever", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusMovedPermanently)
		}, Redirects, time.Hour, "five times"},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, ft := serve(t, test.answer)
			before := Feed{URL: url + "/rss?token=secret", Title: "Known", State: State{ETag: `"old"`, BodyHash: "old", Interval: minInterval}} // not asked in full for long
			f, episodes, err := ft.Fetch(t.Context(), before)
			if KindOf(err) != test.want || episodes != nil {
				t.Fatalf("Fetch = %d episodes, %v (%s); want kind %s", len(episodes), err, KindOf(err), test.want)
			}
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") || f.State.Error != err.Error() {
				t.Errorf("Fetch = %q, stored %q; want a sentence with %q and no secret", err, f.State.Error, test.says)
			}
			if f.Title != "Known" || f.URL != before.URL || f.State.ETag != `"old"` || f.State.BodyHash != "old" || f.State.Failures != 1 {
				t.Errorf("Fetch = %+v, want what was known and one failure", f)
			}
			if wait := f.State.NextCheckAt.Sub(f.State.CheckedAt); wait < test.wait-time.Minute || wait > test.wait+time.Minute {
				t.Errorf("Fetch next check in %v, want %v", wait, test.wait)
			}
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func header429(retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"of an error page"`)
		fmt.Fprint(w, body)
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, "<rss><channel>")
	for item := bytes.Repeat([]byte("<item><title>a</title></item>"), 1000); ; {
		if _, err := w.Write(item); err != nil {
			return
		}
	}
}

func bomb(size int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, "<rss><channel>")
		for block := bytes.Repeat([]byte(" "), 1<<20); size > 0; size -= int64(len(block)) {
			if _, err := z.Write(block); err != nil {
				return
			}
		}
		z.Close()
	}
}

func cutOff(w http.ResponseWriter, _ *http.Request) {
	c, buffer, _ := w.(http.Hijacker).Hijack()
	fmt.Fprintf(buffer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n")
	buffer.Flush()
	c.Close()
}

func zipped(s string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.Bytes()
}
