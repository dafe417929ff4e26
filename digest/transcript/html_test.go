package transcript

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseHTML(t *testing.T) {
	ann := func(start, words int, kind Timing, text string) Segment {
		return Segment{Start: seconds(start), End: seconds(start) + spoken(words, slowest), Timing: kind, Speaker: "Ann Lee", Text: text}
	}
	tests := []struct {
		name, in string
		want     []Segment
	}{
		{"cite, time, p", `<cite>Ann Lee:</cite><time>0:00</time><p>Salmon &amp; eels <b>swim</b>.</p>
<p>They do.</p><cite>Bob:</cite><time>0:10</time><p>Where to?</p>`, []Segment{
			ann(0, 4, Exact, "Salmon & eels swim."),
			{Start: spoken(4, slowest), End: spoken(6, slowest), Timing: Interpolated, Speaker: "Ann Lee", Text: "They do."},
			{Start: 10 * second, End: 10*second + spoken(2, wordsPerSecond), Speaker: "Bob", Text: "Where to?"},
		}},
		{"within the paragraph", `<div><p><strong>Ann Lee:</strong> [0:02] Salmon swim.</p><p><strong>Bob:</strong> [0:09] Where<br/>to?</p><p><strong>Ann Lee:</strong> [0:12] Up.</p></div>`, []Segment{
			ann(2, 2, Exact, "Salmon swim."),
			{Start: 9 * second, End: 9*second + spoken(1, slowest), Speaker: "Bob", Text: "Where"},
			{Start: 9*second + spoken(1, slowest), End: 9*second + spoken(2, slowest), Timing: Interpolated, Speaker: "Bob", Text: "to?"},
			{Start: 12 * second, End: 12*second + spoken(1, wordsPerSecond), Speaker: "Ann Lee", Text: "Up."},
		}},
		{"cite and time in the paragraph, a book cited later", `<p><cite>Ann Lee</cite> <time>0:01</time> I read <cite>The River</cite> twice.</p><p><cite>Bob</cite> <time>0:05</time> Me too.</p>`, []Segment{
			ann(1, 5, Exact, "I read The River twice."),
			{Start: 5 * second, End: 5*second + spoken(2, wordsPerSecond), Speaker: "Bob", Text: "Me too."},
		}},
		{"classes", `<div class="row"><span class="speaker-name">Ann Lee</span><span class="timestamp">00:03</span><div>Salmon swim.</div></div><div><span class="speaker-name">Bob</span><span class="timestamp">00:07</span><div>Up.</div></div>`, []Segment{
			ann(3, 2, Exact, "Salmon swim."),
			{Start: 7 * second, End: 7*second + spoken(1, wordsPerSecond), Speaker: "Bob", Text: "Up."},
		}},
		{"name and time in the cite", `<cite>Ann Lee (0:03):</cite><p>Salmon swim.</p><cite>Bob (0:07):</cite><p>Up.</p>`, []Segment{
			ann(3, 2, Exact, "Salmon swim."),
			{Start: 7 * second, End: 7*second + spoken(1, wordsPerSecond), Speaker: "Bob", Text: "Up."},
		}},
		{"a page around it", `<html><head><title>Rivers</title><script>var p = "<p>no</p>"</script><style>p{}</style></head><body><nav><p>Home</p></nav><ul><li><a href="/a">All episodes of this show and many more</a></li></ul><p>Menu</p>` +
			`<p>` + strings.Repeat("Salmon swim up the river every year. ", 20) + `</p><footer>All rights are reserved by us.</footer></body></html>`,
			[]Segment{{Timing: Unknown, Text: strings.TrimSpace(strings.Repeat("Salmon swim up the river every year. ", 20))}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseHTML(test.in)
			if err != nil {
				t.Fatalf("parseHTML: %v", err)
			}
			if diff := cmp.Diff(test.want, got, near); diff != "" {
				t.Errorf("parseHTML (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHTMLThatIsNoTranscript(t *testing.T) {
	for name, in := range map[string]string{
		"an error page":     "<!doctype html><title>404 Not Found</title><p>" + strings.Repeat("We looked everywhere for it. ", 60) + "</p>",
		"a page of nothing": "<html><body><p>Welcome to our show!</p></body></html>",
		"a feed":            `<?xml version="1.0"?><rss><channel><title>Rivers</title><item>` + strings.Repeat("<p>Salmon swim up the river.</p>", 60) + `</item></channel></rss>`,
		"an XML error":      `<Error><Code>AccessDenied</Code></Error>`,
	} {
		if _, err := Parse([]byte(in), "text/html", ""); reason(err) != NotTranscript {
			t.Errorf("Parse(%s) = %v, want refused as %s", name, err, NotTranscript)
		}
	}
}

func TestHTMLElementNeverClosed(t *testing.T) {
	in := "<div><aside>" + strings.Repeat("<p>Salmon swim up the river every single year.</p>", 30) + "</div>"
	got, err := parseHTML(in)
	if err != nil || len(got) != 30 {
		t.Errorf("parseHTML(aside without an end) = %d segments, %v; want 30", len(got), err)
	}
}

func TestParseHTMLTakesTimesOutOfCells(t *testing.T) {
	segs, err := parseHTML(`<table><tr><td>00:03</td><td>Sal&#8203;mon swim up the river every year.</td></tr><tr><td>00:09</td><td>They turn around in the ocean then.</td></tr></table>`)
	if err != nil || len(segs) != 2 || segs[0].Start != 3*second || segs[1].Start != 9*second || segs[0].Text != "Salmon swim up the river every year." {
		t.Errorf("parseHTML = %+v, %v; want two segments at 3 s and 9 s", segs, err)
	}
}

func TestParseHTMLCutsQuotationsInMarkdown(t *testing.T) {
	segs, err := parseHTML(`<cite>Ann:</cite><p>&gt; Nets are: &gt; &gt; - cheap &gt; - light</p><blockquote><p>Boats are dear.</p></blockquote><p>5 &gt; 3, and that is all there is to say on it.</p><p>&gt; &gt;</p>`)
	if got, want := texts(segs), "Nets are:|cheap|light|Boats are dear.|5 > 3, and that is all there is to say on it.|> >"; err != nil || got != want {
		t.Errorf("parseHTML = %q, %v, want %q", got, err, want)
	}
	if got, want := quotedTexts(segs), "Nets are:|cheap|light|Boats are dear.|> >"; got != want {
		t.Errorf("parseHTML: quoted are %q, want %q", got, want)
	}
}
