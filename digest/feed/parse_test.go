package feed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// rssWith wraps items into a podcast whose prefixes are declared as given.
func rssWith(namespaces, items string) []byte {
	return []byte(`<rss version="2.0" ` + namespaces + `><channel><title>Field Notes</title><link>https://show.example.com</link>` + items + `</channel></rss>`)
}

const usualNamespaces = `xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0"`

// mustParse parses a document that is known to be one.
func mustParse(t *testing.T, body []byte) (Feed, []Episode) {
	t.Helper()
	f, episodes, err := Parse(body, Feed{URL: "https://feeds.example.com/show/feed.xml"}, now)
	if err != nil {
		t.Fatalf("Parse = %v, want no error", err)
	}
	return f, episodes
}

func TestParseReadsPodcastFields(t *testing.T) {
	const template = `<rss version="2.0" xmlns:I="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:P="%s" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Field Notes &amp;amp; More</title><link>https://show.example.com</link><language>en_US</language>
<description>&lt;p&gt;Talks about &lt;b&gt;fields&lt;/b&gt;.&lt;/p&gt;</description>
<I:author>Ada Example</I:author><I:image href="/art.jpg"/>
<I:category text="Technology"/><I:category text="Science"><I:category text="Physics"/><I:category text="Nature"/></I:category>
<P:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</P:guid><P:locked owner="a@example.com">yes</P:locked><P:person>Ada Example</P:person>
<item><title>Twelve</title><guid isPermaLink="false">fn-12</guid><link>https://show.example.com/12</link>
<pubDate>Fri, 20 Nov 2026 06:00:00 +0100</pubDate><content:encoded><![CDATA[<p>One.</p><ul><li>a</li><li>b</li></ul>]]></content:encoded>
<enclosure url="audio/12.mp3" length="4242" type="audio/mpeg"/>
<I:duration>1:02:03</I:duration><I:explicit>true</I:explicit><I:season>1</I:season><I:image href="12.jpg"/>
<P:season name="Two">2</P:season><P:episode display="12b">12</P:episode>
<P:transcript url="12.vtt" type="text/vtt" language="EN" rel="captions"/><P:transcript url="12.json" type="application/json; charset=utf-8"/>
<P:chapters url="12.chapters.json" type="application/json+chapters"/>
<P:person role="Guest">Grace Example</P:person><P:soundbite startTime="73.5" duration="60">The turn</P:soundbite>
</item></channel></rss>`
	want := []Episode{{
		Feed: "https://feeds.example.com/show/feed.xml", GUID: "fn-12", Title: "Twelve", Link: "https://show.example.com/12",
		Notes: "One.\n\na\nb", Published: time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC), Duration: time.Hour + 2*time.Minute + 3*time.Second,
		Language: "en-us", Image: "https://feeds.example.com/show/12.jpg", Season: 2, Number: 12, Explicit: true,
		Enclosure: Enclosure{URL: "https://feeds.example.com/show/audio/12.mp3", Type: "audio/mpeg", Length: 4242},
		Transcripts: []Transcript{
			{URL: "https://feeds.example.com/show/12.vtt", Type: "text/vtt", Language: "en", Rel: "captions"},
			{URL: "https://feeds.example.com/show/12.json", Type: "application/json"},
		},
		Chapters: "https://feeds.example.com/show/12.chapters.json", Persons: []Person{{Name: "Grace Example", Role: "guest"}},
		Soundbites: []Soundbite{{Start: 73500 * time.Millisecond, Duration: time.Minute, Title: "The turn"}},
	}}
	wantFeed := Feed{
		URL: "https://feeds.example.com/show/feed.xml", Title: "Field Notes & More", Link: "https://show.example.com",
		Description: "Talks about fields.", Author: "Ada Example", Language: "en-us", Image: "https://feeds.example.com/art.jpg",
		GUID: "917393e3-1b1e-5cef-ace4-edaa54e1f810", Locked: true, Persons: []Person{{Name: "Ada Example", Role: "host"}},
		Topics: []string{"Technology", "Science", "Physics", "Nature"},
	}
	for _, address := range []string{
		"https://podcastindex.org/namespace/1.0",
		"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
	} {
		for _, prefixes := range [][2]string{{"itunes", "podcast"}, {"it", "p20"}, {"podcast", "itunes"}} {
			t.Run(address+" "+prefixes[0], func(t *testing.T) {
				doc := strings.NewReplacer("I:", prefixes[0]+":", "P:", prefixes[1]+":", ":I=", ":"+prefixes[0]+"=", ":P=", ":"+prefixes[1]+"=").Replace(fmt.Sprintf(template, address))
				f, episodes := mustParse(t, []byte(doc))
				if diff := cmp.Diff(wantFeed, f); diff != "" {
					t.Errorf("Parse feed (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(want, episodes, cmpopts.IgnoreFields(Episode{}, "ID")); diff != "" {
					t.Errorf("Parse episodes (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestParseJSONFeed(t *testing.T) {
	f, episodes := mustParse(t, []byte(`{"version":"https://jsonfeed.org/version/1.1","title":"J","language":"de","home_page_url":"https://j.example.com","items":[
		{"id":"a","title":"Old","date_published":"2026-11-01T08:00:00Z","attachments":[{"url":"https://j.example.com/a.mp3","mime_type":"audio/mpeg","size_in_bytes":7,"duration_in_seconds":61}]},
		{"id":2,"title":"New","content_html":"<p>Text</p>","date_published":"2026-11-02T08:00:00Z","language":"en"},
		{"id":"broken","title":["no","title"]}]}`))
	if f.Title != "J" || f.Language != "de" || !f.State.OldestFirst {
		t.Errorf("Parse = %q in %q, oldest first %v; want J in de, oldest first", f.Title, f.Language, f.State.OldestFirst)
	}
	if len(episodes) != 2 || episodes[0].GUID != "2" || episodes[1].GUID != "a" {
		t.Fatalf("Parse = %+v, want the episodes 2 and a", episodes)
	}
	if got := episodes[0]; got.Notes != "Text" || got.Language != "en" {
		t.Errorf("Parse = notes %q in %q, want Text in en", got.Notes, got.Language)
	}
	want := Enclosure{URL: "https://j.example.com/a.mp3", Type: "audio/mpeg", Length: 7}
	if got := episodes[1]; got.Enclosure != want || got.Duration != 61*time.Second || got.Language != "de" {
		t.Errorf("Parse = %+v, %v, %q; want %+v, 1m1s, de", got.Enclosure, got.Duration, got.Language, want)
	}
}

func TestParseAtom(t *testing.T) {
	_, episodes := mustParse(t, []byte(`<?xml version="1.0"?><a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:podcast="https://podcastindex.org/namespace/1.0">
		<a:title>T</a:title><a:entry><a:id>urn:1</a:id><a:title type="html">&lt;b&gt;Bold&lt;/b&gt; claim</a:title><a:updated>2026-11-02T08:00:00Z</a:updated>
		<a:link href="https://a.example.com/1"/><a:link rel="enclosure" href="https://a.example.com/1.mp3" type="audio/mpeg" length="9"/>
		<podcast:transcript url="https://a.example.com/1.srt"/></a:entry></a:feed>`))
	if len(episodes) != 1 {
		t.Fatalf("Parse = %d episodes, want 1", len(episodes))
	}
	got := episodes[0]
	if got.Title != "Bold claim" || got.Link != "https://a.example.com/1" || got.Enclosure.Length != 9 || got.Enclosure.Type != "audio/mpeg" {
		t.Errorf("Parse = %+v, want title, link and enclosure", got)
	}
	if want := []Transcript{{URL: "https://a.example.com/1.srt", Type: "application/srt"}}; !cmp.Equal(want, got.Transcripts) {
		t.Errorf("Parse transcripts = %+v, want %+v", got.Transcripts, want)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       Kind
	}{
		{"nothing", "", NotFeed},
		{"white space", " \n\t", NotFeed},
		{"plain text", "hello there", NotFeed},
		{"web page", "<!DOCTYPE html><html><head></head><body>Log in</body></html>", NotFeed},
		{"page with comment", "<!-- x --><html/>", NotFeed},
		{"other XML", `<?xml version="1.0"?><opml version="2.0"/>`, NotFeed},
		{"other JSON", `{"error":"not found"}`, NotFeed},
		{"broken JSON", `{"version":"https://jsonfeed.org/version/1","items":[`, Malformed},
		{"JSON without a list", `{"version":"https://jsonfeed.org/version/1","items":7}`, Malformed},
		{"audio", "ID3\x04\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x00\xff\xfb", 300), NotFeed},
		{"cut in the head", `<rss><channel><title>a`, Malformed},
		{"deep", "<rss><channel>" + strings.Repeat("<a>", 70), Malformed},
		{"deep in an episode", "<rss><channel><item>" + strings.Repeat("<a>", 70) + strings.Repeat("</a>", 70) + "</item></channel></rss>", Malformed},
		{"many attributes", "<rss><channel " + strings.Repeat(`a="" `, 200) + "/></rss>", Malformed},
		{"many namespaces", "<rss><channel>" + strings.Repeat(`<a xmlns:b="c" xmlns:d="e"/>`, 1001) + "</channel></rss>", Malformed},
		{"many episodes", "<rss><channel>" + strings.Repeat("<item><title>a</title></item>", maxItems+1) + "</channel></rss>", TooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			limit := DefaultLimit
			if test.want == TooLarge {
				limit = 2 * maxItems
			}
			_, episodes, err := ParseNewest([]byte(test.body), Feed{}, now, limit)
			if KindOf(err) != test.want || episodes != nil {
				t.Errorf("ParseNewest = %d episodes, %v (%s); want kind %s", len(episodes), err, KindOf(err), test.want)
			}
		})
	}
}

func TestParseMends(t *testing.T) {
	good := `<item><title>Good</title><guid>g</guid></item>`
	for _, test := range []struct{ name, body, want string }{
		{"byte order mark and blank lines", "\xEF\xBB\xBF\n\n<rss><channel>" + good + "</channel></rss>", "Good"},
		{"junk around", "junk <rss><channel>" + good + "</channel></rss> more <junk>", "Good"},
		{"a server's warning first", "<br />\n<b>Warning</b>: Undefined index in /a.php on line 3<br />\n<?xml version='1.0'?><rss><channel>" + good + "</channel></rss>", "Good"},
		{"long comment first", "<!-- " + strings.Repeat("x", 9000) + "--><rss><channel>" + good + "</channel></rss>", "Good"},
		{"XML 1.1", `<?xml version="1.1"?><rss><channel>` + good + "</channel></rss>", "Good"},
		{"control characters", "<rss><channel><item><title>Go\x00o\x1fd</title></item></channel></rss>", "Good"},
		{"Windows-1252 as UTF-8", "<rss><channel><item><title>Caf\xe9 \x93x\x94</title></item></channel></rss>", "Café “x”"},
		{"stray less-than sign", "<rss><channel><item><title>a < b</title></item></channel></rss>", "a < b"},
		{"no end tags", "<rss><channel>" + good, "Good"},
		{"cut in the second episode", "<rss><channel>" + good + "<item><title>Cut", "Good"},
		{"broken second episode", "<rss><channel>" + good + "<item><title>B</a></b></title></item></channel></rss>", "Good"},
		{"unclosed episode", "<rss><channel><item><title>Good</title>" + good + "</channel></rss>", "Good"},
		{"unclosed break", "<rss><channel><item><title>Good</title><description>a<br>b</description></item></channel></rss>", "Good"},
		{"upper case", "<RSS><CHANNEL><ITEM><TITLE>Good</TITLE></ITEM></CHANNEL></RSS>", "Good"},
		{"item in the notes", "<rss><channel><item><description><![CDATA[<item><title>Bad</title></item>]]></description><title>Good</title></item></channel></rss>", "Good"},
		{"unknown entity", `<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss><channel><item><title>Good &a;</title></item></channel></rss>`, "Good &a;"},
		{"two channels", "<rss><channel>" + good + "</channel><channel><title>x</title></channel></rss>", "Good"},
		{"two titles in one", "<rss><channel><item><title>Go<![CDATA[od]]></title></item></channel></rss>", "Good"},
		{"no title", "<rss><channel><item><enclosure url='https://x.example.com/the-one.mp3'/></item></channel></rss>", "the-one"},
		{"nothing but a date", "<rss><channel><item><pubDate>x</pubDate></item></channel></rss>", "Untitled episode"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, episodes := mustParse(t, []byte(test.body))
			if len(episodes) == 0 || episodes[0].Title != test.want {
				t.Errorf("Parse = %+v, want a first episode %q", episodes, test.want)
			}
		})
	}
}

func TestParseTakesTheNewest(t *testing.T) {
	day := func(n int) string {
		return fmt.Sprintf("<item><guid>%d</guid><title>Day %d</title><description>%s</description><pubDate>%s</pubDate></item>",
			n, n, strings.Repeat("word ", 400), time.Date(2026, 1, 1+n, 6, 0, 0, 0, time.UTC).Format(time.RFC1123Z))
	}
	const days = 300 // long enough that neither end is in reach of the other
	var up, down, mixed []string
	for n := range days {
		up, down = append(up, day(n)), append(down, day(days-1-n))
		mixed = append(mixed, day(n*7%days))
	}
	tail := `<podcast:guid>tail-guid</podcast:guid>`
	for _, test := range []struct {
		name  string
		items []string
		limit int
	}{
		{"newest first", down, 5},
		{"oldest first", up, 5},
		{"all of them", up, days},
		{"no order, all read", mixed, days},
		{"no order, short", mixed[:40], 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := rssWith(usualNamespaces, strings.Join(test.items, "\n")+tail)
			f, episodes, err := ParseNewest(body, Feed{}, now, test.limit)
			if err != nil || len(episodes) != test.limit {
				t.Fatalf("ParseNewest = %d episodes, %v; want %d", len(episodes), err, test.limit)
			}
			for i, ep := range episodes {
				if i > 0 && ep.Published.After(episodes[i-1].Published) {
					t.Errorf("ParseNewest episode %d = %s, after %s before it; want newest first", i, ep.Title, episodes[i-1].Title)
				}
			}
			if want := "Day 299"; len(test.items) == days && episodes[0].Title != want {
				t.Errorf("ParseNewest first = %q, want %q", episodes[0].Title, want)
			}
			if f.GUID != "tail-guid" {
				t.Errorf("ParseNewest GUID = %q, want the one after the episodes", f.GUID)
			}
			if want := test.name == "oldest first" || test.name == "all of them"; want && !f.State.OldestFirst {
				t.Errorf("ParseNewest OldestFirst = false, want true")
			}
		})
	}
}

func TestParseDates(t *testing.T) {
	for _, test := range []struct {
		name, date string
		want       time.Time
	}{
		{"as it should be", "Mon, 05 Jan 2026 06:00:00 +0100", time.Date(2026, 1, 5, 5, 0, 0, 0, time.UTC)},
		{"named zone", "Mon, 05 Jan 2026 06:00:00 PST", time.Date(2026, 1, 5, 14, 0, 0, 0, time.UTC)},
		{"in the future", "Mon, 05 Jan 2099 06:00:00 GMT", now},
		{"none", "", now},
		{"garbage", "last Tuesday", now},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, episodes := mustParse(t, rssWith("", "<item><title>a</title><pubDate>"+test.date+"</pubDate></item>"))
			if len(episodes) != 1 || !episodes[0].Published.Equal(test.want) {
				t.Errorf("Parse(%q) = %v, want %v", test.date, episodes[0].Published, test.want)
			}
		})
	}
}

func TestParsePicksTheAudio(t *testing.T) {
	for _, test := range []struct{ name, attached, want string }{
		{"audio after video", `<enclosure url="https://x.example.com/a.mp4" type="video/mp4"/><enclosure url="https://x.example.com/a.m4a" type="audio/x-m4a"/>`, "https://x.example.com/a.m4a"},
		{"by its name", `<enclosure url="https://x.example.com/a.mp3?x=1"/>`, "https://x.example.com/a.mp3?x=1"},
		{"a link to the audio", `<link>https://x.example.com/a.mp3</link>`, "https://x.example.com/a.mp3"},
		{"a link to a page", `<link>https://x.example.com/a.html</link>`, ""},
		{"no document", `<enclosure url="https://x.example.com/a.pdf" type="application/pdf"/>`, ""},
		{"no other scheme", `<enclosure url="file:///etc/passwd" type="audio/mpeg"/>`, ""},
		{"media group", `<media:group xmlns:media="http://search.yahoo.com/mrss/"><media:content url="https://x.example.com/m.mp3" type="audio/mpeg"/></media:group>`, "https://x.example.com/m.mp3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, episodes := mustParse(t, rssWith("", "<item><title>a</title>"+test.attached+"</item>"))
			if got := episodes[0].Enclosure.URL; got != test.want {
				t.Errorf("Parse enclosure = %q, want %q", got, test.want)
			}
		})
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"3723": time.Hour + 2*time.Minute + 3*time.Second, "62:03": 62*time.Minute + 3*time.Second, " 1:02:03 ": 3723 * time.Second,
		"1:02:03.9": 3723 * time.Second, "0": 0, "": 0, "-5": 0, "1h": 0, "1:2:3:4": 0, "999:00:00": 0, "NaN": 0, "Inf": 0, "1e400": 0,
	} {
		if got := duration(text); got != want {
			t.Errorf("duration(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for text, want := range map[string]string{"en": "en", " EN_us ": "en-us", "de-DE": "de-de", "zh-Hant-TW": "zh-hant-tw", "english please": "", "": "", "x": ""} {
		if got := language(text); got != want {
			t.Errorf("language(%q) = %q, want %q", text, got, want)
		}
	}
}
