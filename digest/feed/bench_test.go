package feed

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// bigFeed makes a feed of about size bytes with show notes as hosts write them, newest episode first or last.
func bigFeed(size int, oldestFirst bool) []byte {
	const start = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>The Long Show</title><link>https://long.example.com</link><language>en</language><podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>`
	words := strings.Fields("release compiler because teams measure every build and ship smaller changes while nobody watches the dashboards at night")
	random := rand.New(rand.NewPCG(1, 2))
	notes := func(n int) string {
		var b strings.Builder
		for b.Len() < n {
			b.WriteString("<p>")
			for range 30 {
				b.WriteString(words[random.IntN(len(words))] + " ")
			}
			b.WriteString(`<a href="https://long.example.com/links">notes</a> &amp; more.</p>`)
		}
		return b.String()
	}
	newest := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	var items []string
	for total := 0; total < size; {
		n := len(items)
		item := fmt.Sprintf(`<item><title>Episode %d: %s and %s</title><guid isPermaLink="false">long-%d</guid><link>https://long.example.com/%d</link>
<pubDate>%s</pubDate><description>%s</description><content:encoded><![CDATA[%s]]></content:encoded>
<enclosure url="https://cdn.example.com/%d.mp3" length="54321000" type="audio/mpeg"/><itunes:duration>01:02:03</itunes:duration><itunes:episode>%d</itunes:episode>
<podcast:transcript url="https://long.example.com/%d.vtt" type="text/vtt"/><podcast:transcript url="https://long.example.com/%d.json" type="application/json"/>
<podcast:person role="guest">Ada Example</podcast:person></item>
`, n, words[n%len(words)], words[n/7%len(words)], n, n, newest.AddDate(0, 0, -n).Format(time.RFC1123Z), "One more talk.", notes(2000), n, n, n, n)
		items = append(items, item)
		total += len(item)
	}
	var b bytes.Buffer
	b.WriteString(start)
	for i := range items {
		if oldestFirst {
			i = len(items) - 1 - i
		}
		b.WriteString(items[i])
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}

// BenchmarkChangedFeed7MB is what a changed feed costs once its body is in memory: its hash, its newest episodes.
func BenchmarkChangedFeed7MB(b *testing.B) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, order := range []struct {
		name        string
		oldestFirst bool
	}{{"newest first", false}, {"oldest first", true}} {
		body := bigFeed(7<<20, order.oldestFirst)
		b.Run(order.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if hashOf(body) == "" {
					b.Fatal("no hash")
				}
				_, episodes, err := Parse(body, Feed{URL: "https://long.example.com/rss"}, now)
				if err != nil || len(episodes) != DefaultLimit || episodes[0].GUID != "long-0" {
					b.Fatalf("Parse = %d episodes, %v", len(episodes), err)
				}
			}
		})
	}
}

// BenchmarkNotModified is a poll of a feed without news, with the round trip to a host on this machine.
func BenchmarkNotModified(b *testing.B) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != `"v1"` {
			b.Errorf("If-None-Match = %q, want the ETag of the last time", r.Header.Get("If-None-Match"))
		}
		w.WriteHeader(http.StatusNotModified)
	}))
	defer srv.Close()
	fetcher := &Fetcher{Client: NewClient(Policy{Allow: []string{srv.Listener.Addr().String()}}), Pace: 1e9}
	f := Feed{URL: srv.URL, State: State{ETag: `"v1"`, FullAt: time.Now(), Interval: time.Hour}}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := fetcher.Fetch(b.Context(), f); err != ErrNotModified {
			b.Fatalf("Fetch = %v, want ErrNotModified", err)
		}
	}
}
