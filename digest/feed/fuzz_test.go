package feed

import (
	"bytes"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(small("a")))
	f.Add(rssWith(usualNamespaces, `<item><title>a &amp;amp; b</title><podcast:transcript url="a.vtt"/><itunes:duration>1:2</itunes:duration></item><x/>`))
	f.Add([]byte(`<?xml version="1.0" encoding="shift_jis"?><rdf:RDF xmlns:rdf="r"><item><title>` + "\x83\x7c" + `</title></item></rdf:RDF>`))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="html">&lt;p&gt;</content></entry></feed>`))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"title":"a"}]}`))
	f.Add([]byte("<rss><channel><item><![CDATA[<item>]]></item><item"))
	f.Add([]byte("\xff\xfe<\x00r\x00s\x00s\x00>\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, episodes, err := Parse(body, Feed{URL: "https://feeds.example.com/rss"}, now)
		if err != nil {
			if KindOf(err) == "" {
				t.Errorf("Parse = %v, want a kind", err)
			}
			return
		}
		if got.Title == "" || !utf8.ValidString(got.Title+got.Description) {
			t.Errorf("Parse title = %q, want valid text", got.Title)
		}
		ids := map[string]bool{}
		for i, ep := range episodes {
			if !validID.MatchString(ep.ID) || ids[ep.ID] {
				t.Errorf("Parse ID = %q, want a new valid one", ep.ID)
			}
			ids[ep.ID] = true
			checkText(t, "title", ep.Title)
			checkText(t, "notes", ep.Notes)
			if ep.Published.After(now) || ep.Duration < 0 || ep.Duration > maxDuration || i > 0 && ep.Published.After(episodes[i-1].Published) {
				t.Errorf("Parse = published %v, lasts %v; want neither in the future nor too long, newest first", ep.Published, ep.Duration)
			}
		}
		_, again, _ := Parse(body, Feed{URL: "https://feeds.example.com/rss"}, now)
		if _, isNew := Identify(episodes, again); len(isNew) != len(episodes) {
			t.Errorf("Parse twice = %d and %d episodes, want the same", len(episodes), len(isNew))
		} else {
			for i := range isNew {
				if isNew[i] {
					t.Errorf("Identify episode %d of the same document = new, want known", i)
				}
			}
		}
	})
}

func FuzzReadOPML(f *testing.F) {
	f.Add([]byte(`<opml version="2.0"><body><outline text="a"><outline text="b" xmlUrl="https://b.example.com/"/></outline></body></opml>`))
	f.Add([]byte(`<opml><outline xmlurl='x`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		outlines, err := ReadOPML(bytes.NewReader(doc))
		if err != nil {
			if KindOf(err) == "" {
				t.Errorf("ReadOPML = %v, want a kind", err)
			}
			return
		}
		var b bytes.Buffer
		if err := WriteOPML(&b, "again", outlines); err != nil {
			t.Fatal(err)
		}
		for _, o := range outlines {
			if o.URL == "" {
				t.Errorf("ReadOPML = an outline without address: %+v", o)
			}
			checkText(t, "title", o.Title)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		"https://example.com/feed", "http://127.0.0.1/", "http://[::1]:80/", "http://0x7f.1/", "http://a@b/", "http://example.com:22/",
		"http://１２７.0.0.1/", "http://127。0。0。1/", "http://localhost./", "//example.com", "http://[fe80::1%25eth0]/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if Check(raw) != nil {
			return
		}
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
			t.Fatalf("Check(%q) = nil, want it refused", raw)
		}
		host := strings.TrimSuffix(u.Hostname(), ".")
		if addr, err := netip.ParseAddr(host); err == nil && !isPublic(addr) {
			t.Errorf("Check(%q) = nil, want it refused: %s is not public", raw, addr)
		}
		if !strings.Contains(host, ".") && !strings.Contains(host, ":") && isASCII(host) {
			t.Errorf("Check(%q) = nil, want it refused: one label", raw)
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
