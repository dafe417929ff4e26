package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
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

func TestFetchDecompresses(t *testing.T) {
	for name, answer := range map[string]struct {
		encoding string
		body     []byte
	}{
		"plain": {"", []byte(small("a"))}, "gzip": {"gzip", zipped(small("a"))}, "gzip file": {"", zipped(small("a"))},
		"gzip twice": {"gzip", zipped(string(zipped(small("a"))))}, "plain called gzip": {"gzip", []byte(small("a"))},
	} {
		t.Run(name, func(t *testing.T) {
			url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if answer.encoding != "" {
					w.Header().Set("Content-Encoding", answer.encoding)
				}
				w.Header().Set("Content-Type", "image/png") // who trusts that
				w.Write(answer.body)
			})
			if _, episodes, err := ft.Fetch(t.Context(), Feed{URL: url}); err != nil || len(episodes) != 1 {
				t.Errorf("Fetch = %d episodes, %v; want 1", len(episodes), err)
			}
		})
	}
}

func TestFetchStopsAtAudio(t *testing.T) {
	var sent atomic.Int64
	url, ft := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "ID3\x04\x00")
		for block := make([]byte, 64<<10); sent.Load() < 64<<20; sent.Add(int64(len(block))) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	_, _, err := ft.Fetch(t.Context(), Feed{URL: url})
	if KindOf(err) != NotFeed || sent.Load() > 16<<20 {
		t.Errorf("Fetch = %v after %d bytes, want not_a_feed and not the whole episode", err, sent.Load())
	}
}

func TestFetchMoved(t *testing.T) {
	for _, test := range []struct {
		name  string
		codes []int
		moved bool
	}{
		{"permanent", []int{301}, true},
		{"permanent all the way", []int{308, 301}, true},
		{"for now", []int{302}, false},
		{"for now at the end", []int{301, 307}, false},
		{"for now at first", []int{302, 301}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
				hop := len(r.URL.Path) - 1
				if hop == len(test.codes) {
					fmt.Fprint(w, small("a"))
					return
				}
				http.Redirect(w, r, r.URL.Path+"x", test.codes[hop])
			})
			f, episodes, err := ft.Fetch(t.Context(), Feed{URL: url + "/"})
			want := url + "/"
			if test.moved {
				want += strings.Repeat("x", len(test.codes))
			}
			if err != nil || f.URL != want || episodes[0].Feed != want {
				t.Errorf("Fetch = %s (episodes of %s), %v; want %s", f.URL, episodes[0].Feed, err, want)
			}
		})
	}
}

func TestFetchNewFeedURL(t *testing.T) {
	canaryAt, visits := canary(t)
	moving := func(guid, to string) string {
		return strings.Replace(small(guid), "<item>", `<itunes:new-feed-url xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">`+to+`</itunes:new-feed-url><item>`, 1)
	}
	for _, test := range []struct {
		name, to string
		moved    bool
	}{
		{"same podcast", "/new", true},
		{"another podcast", "/other", false},
		{"nothing there", "/404", false},
		{"itself", "/old", false},
		{"private host", "http://" + canaryAt + "/", false},
		{"metadata", "http://169.254.169.254/latest/", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/old":
					fmt.Fprint(w, moving("a", test.to))
				case "/new":
					fmt.Fprint(w, small("a"))
				case "/other":
					fmt.Fprint(w, strings.ReplaceAll(small("b"), "One talk", "Another talk"))
				default:
					w.WriteHeader(404)
				}
			})
			f, episodes, err := ft.Fetch(t.Context(), Feed{URL: url + "/old"})
			if err != nil || len(episodes) != 1 || (f.URL != url+"/old") != test.moved {
				t.Errorf("Fetch = %s, %d episodes, %v; want moved %v", f.URL, len(episodes), err, test.moved)
			}
		})
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the canary had %d visits, want 0", n)
	}
}

// pipeHost answers requests over in-memory connections, so that slow hosts can be tested in fake time.
func pipeHost(answer func(net.Conn)) *Fetcher {
	client := NewClient(Policy{})
	client.Transport.(*guard).transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			theirs.Read(make([]byte, 4096))
			answer(theirs)
		}()
		return ours, nil
	}
	return &Fetcher{Client: client}
}

func TestFetchSlowHosts(t *testing.T) {
	drip := func(c net.Conn, start string, every time.Duration) {
		fmt.Fprint(c, start)
		for {
			if _, err := c.Write([]byte("x")); err != nil {
				return
			}
			time.Sleep(every)
		}
	}
	for _, test := range []struct {
		name   string
		answer func(net.Conn)
		within time.Duration
	}{
		{"never answers", func(c net.Conn) { c.Read(make([]byte, 1)) }, headerTimeout},
		{"headers drip", func(c net.Conn) { drip(c, "HTTP/1.1 200 OK\r\nX: ", 5*time.Second) }, headerTimeout},
		{"body drips", func(c net.Conn) { drip(c, "HTTP/1.1 200 OK\r\n\r\n<rss>", time.Second) }, slowStart},
		{"body stops", func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\n<rss>"); c.Read(make([]byte, 1)) }, totalTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				f, _, err := pipeHost(test.answer).Fetch(t.Context(), Feed{URL: "http://slow.example.com/rss"})
				if KindOf(err) != Timeout || f.State.Failures != 1 {
					t.Errorf("Fetch = %v (%s), %d failures; want a timeout and 1", err, KindOf(err), f.State.Failures)
				}
				if spent := time.Since(begin); spent > test.within+2*time.Second {
					t.Errorf("Fetch took %v, want at most %v", spent, test.within)
				}
				time.Sleep(10 * time.Second) // in fake time: the host notices that nobody reads
			})
		})
	}
}

func TestFetchUnreachable(t *testing.T) {
	secure := httptest.NewTLSServer(text(small("a"))) // with a certificate that nobody has signed
	defer secure.Close()
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	closed := httptest.NewServer(text(""))
	closed.Close()
	allow := []string{secure.Listener.Addr().String(), closed.Listener.Addr().String()}
	names := answers{"nowhere.example.com": nil}
	for _, test := range []struct {
		name, url string
		want      Kind
	}{
		{"unknown certificate", secure.URL, TLS},
		{"plain HTTP to a TLS port", strings.Replace(secure.URL, "https", "http", 1), Server},
		{"nobody listens", closed.URL, Network},
		{"no such host", "https://nowhere.example.com/rss", DNS},
		{"not an address", "http://[::1", Blocked},
		{"private", "http://10.1.2.3/rss", Blocked},
	} {
		t.Run(test.name, func(t *testing.T) {
			ft := &Fetcher{Client: NewClient(Policy{Allow: allow, Resolver: names.resolver()})}
			f, _, err := ft.Fetch(t.Context(), Feed{URL: test.url})
			if KindOf(err) != test.want || f.State.Failures != 1 {
				t.Errorf("Fetch = %v (%s), %d failures; want kind %s and 1", err, KindOf(err), f.State.Failures, test.want)
			}
		})
	}
}

func TestFetchLeavesDeadHostAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ft := pipeHost(nil)
		ft.Client.Transport.(*guard).transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			time.Sleep(dialTimeout)
			return nil, &net.OpError{Op: "dial", Net: network, Err: os.ErrDeadlineExceeded}
		}
		begin := time.Now()
		for n := range 100 {
			f, _, err := ft.Fetch(t.Context(), Feed{URL: fmt.Sprintf("http://dead.example.com/%d", n)})
			if err == nil || !f.State.NextCheckAt.After(time.Now()) {
				t.Fatalf("Fetch %d = %v, next at %v; want an error and a later check", n, err, f.State.NextCheckAt)
			}
			if paused := n >= troubleLimit/deafTrouble; paused != (f.State.Failures == 0) {
				t.Fatalf("Fetch %d = %d failures, want none once the host is left alone", n, f.State.Failures)
			}
		}
		if spent := time.Since(begin); spent > time.Minute {
			t.Errorf("100 feeds of a dead host took %v, want at most a minute", spent)
		}
	})
}

// A few feeds that hang or break do not take the others of their host with them.
func TestFetchSparesGoodFeedsOfAHost(t *testing.T) {
	url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/busy":
			header429("3600")(w, r)
		case "/closes":
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		default:
			fmt.Fprint(w, small("a"))
		}
	})
	for _, path := range []string{"/busy", "/closes", "/closes", "/closes", "/closes", "/closes"} {
		if _, _, err := ft.Fetch(t.Context(), Feed{URL: url + path}); err == nil {
			t.Errorf("Fetch(%s) = nil, want an error", path)
		}
	}
	if _, episodes, err := ft.Fetch(t.Context(), Feed{URL: url + "/good"}); err != nil || len(episodes) != 1 {
		t.Errorf("Fetch(/good) = %d episodes, %v; want 1", len(episodes), err)
	}
}

func TestFetchPaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ft := pipeHost(func(c net.Conn) {
			fmt.Fprint(c, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		})
		begin := time.Now()
		for range paceBurst + 8 {
			ft.Fetch(t.Context(), Feed{URL: "http://busy.example.com/rss"})
		}
		if spent := time.Since(begin); spent < 2*time.Second || spent > 3*time.Second {
			t.Errorf("%d requests took %v, want 2s: 8 at once, then 4 a second", paceBurst+8, spent)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if f, _, err := ft.Fetch(ctx, Feed{URL: "http://busy.example.com/rss"}); err == nil || f.State.Failures != 0 {
			t.Errorf("Fetch without time = %v, %d failures; want an error and none", err, f.State.Failures)
		}
	})
}

func TestHostsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h hosts
		for n := range 3 * maxHosts {
			if n%maxHosts == 0 {
				time.Sleep(2 * hostIdle)
			}
			if _, err := h.wait(t.Context(), fmt.Sprint("host-", n), 1); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(h.byName); n > maxHosts+1 {
			t.Errorf("hosts remembers %d, want at most %d", n, maxHosts)
		}
	})
}

func TestFetchCancelled(t *testing.T) {
	url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f, _, err := ft.Fetch(ctx, Feed{URL: url})
	if !errors.Is(err, context.Canceled) || f.State.Failures != 0 {
		t.Errorf("Fetch = %v, %d failures; want context.Canceled and none", err, f.State.Failures)
	}
}
