package transcript

import (
	"strings"
	"testing"

	"podbrief/digest/feed"
)

func FuzzParse(f *testing.F) {
	for _, format := range []string{"vtt", "srt", "json", "html", "markdown", "text"} {
		f.Add(hour(format)[:2500], "text/plain; charset=utf-8", "https://example.org/a."+format)
	}
	f.Add([]byte("\xff\xfeW\x00E\x00"), "text/vtt", "")
	f.Add([]byte("{\"segments\":[{\"startTime\":1e300,\"body\":\"\\ud800\"}]}"), "", "a.json")
	f.Fuzz(func(t *testing.T, body []byte, mediaType, url string) {
		tr, err := Parse(body, mediaType, url)
		if (tr == nil) == (err == nil) {
			t.Fatalf("Parse = %v, %v", tr, err)
		}
		if err != nil && reason(err) == "" {
			t.Fatalf("Parse: %v is no Refused", err)
		}
		if tr != nil {
			check(t, tr.Segments)
		}
	})
}

// fuzzFormat checks one parser on clean text, which may be as short as it likes.
func fuzzFormat(f *testing.F, parse func(string) ([]Segment, error), seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.TrimSpace(decode([]byte(s), ""))
		if s == "" {
			return
		}
		segs, err := parse(s)
		if err != nil && reason(err) == "" {
			t.Fatalf("%v is no Refused", err)
		}
		check(t, segs)
	})
}

func FuzzCaptions(f *testing.F) {
	fuzzFormat(f, parseCaptions, "WEBVTT\n\nNOTE a\n\nid\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hi &amp; <00:01.500>bye.", "1\n00:00:09,000 --> 00:00:01,000\n>> Ann: {\\an8}Hi.\n\n2\n99:00:00,0 -->\n[Music]",
		"1\n00:00:01,000-->00:00:02,000\n- Hi.\n- Bob: Bye.\n2\n00:00:02,000-->00:00:03,000\n3\n")
}

func FuzzTTML(f *testing.F) {
	fuzzFormat(f, func(s string) ([]Segment, error) { return parseTTML(s), nil },
		`<tt xmlns="http://www.w3.org/ns/ttml"><p begin="1s" end="0:02" ttm:agent="Ann">Hi <br/>&amp; &nbsp;bye.</p><p begin="99:00:00:01">- a<br/>- b</p>`)
}

func FuzzJSON(f *testing.F) {
	fuzzFormat(f, func(s string) ([]Segment, error) { segs, _, err := parseJSON(s); return segs, err },
		`{"segments":[{"startTime":"0:01","speaker":{"name":"Ann"},"body":"Hi."}]}`, `[{"start":-1,"end":9e99,"text":"<b>Hi</b>"}]`, `{"words":[{"word":"a"}],"language":"x"}`, `{"results":{"channels":[{"alternatives":[{"words":[{"word":"a","start":"1.5s"}]}]}]}}`,
		`{"events":[{"tStartMs":-5,"dDurationMs":1e300,"segs":[{"utf8":"Hi"}]}],"monologues":[{"elements":[{"value":".","ts":1}]}]}`, `{"transcript":"Ann: Hi."}`)
}

func FuzzHTML(f *testing.F) {
	fuzzFormat(f, parseHTML, "<cite>Ann:</cite><time>0:00</time><p>Hi.", `<p><span class="speaker">Ann</span> [0:01] Hi<br>there <a href="x">x</a>`, "<title>404<nav><p>x</nav>")
}

func FuzzText(f *testing.F) {
	fuzzFormat(f, parseText, "Ann: Hi.\n\nBob (0:02): Bye.\n\nAnn  0:03\nWhat?", "00:00 One\n00:02 two.\n", "[00:00:01] <v Ann>Hi", strings.Repeat("水は上がる。", 340))
}

func FuzzMarkdown(f *testing.F) {
	fuzzFormat(f, func(s string) ([]Segment, error) { return parseMarkdown(s), nil },
		"---\na: b\n---\n**Ann:** Hi \\[00:12\\] [you](x).\n\n**Break:**\n\n> quoted\n\n\\[inaudible 00:20\\] **Bob**: Bye.")
}

func FuzzNotes(f *testing.F) {
	f.Add("One two three four five six. https://example.org\n00:12 Intro\nAnn says that e.g. this is so, and that it has been so for forty years. It will be so for another forty, or more.")
	f.Fuzz(func(t *testing.T, notes string) {
		tr, err := Notes{}.Transcript(t.Context(), feed.Episode{Notes: notes})
		if (tr == nil) == (err == nil) {
			t.Fatalf("Transcript = %v, %v", tr, err)
		}
		if tr != nil {
			for _, s := range tr.Segments {
				if s.Text == "" || s.Timing != Unknown {
					t.Fatalf("segment %+v", s)
				}
			}
		}
	})
}

func FuzzChapters(f *testing.F) {
	f.Add([]byte(`{"chapters":[{"startTime":1.5,"title":"A"},{"startTime":"x","title":"B","toc":false}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		chapters, err := ParseChapters(body)
		if err != nil && chapters != nil {
			t.Fatalf("ParseChapters = %v, %v", chapters, err)
		}
		for i, c := range chapters {
			if c.Title == "" || c.Start < 0 || c.Start > maxTime || i > 0 && c.Start < chapters[i-1].Start {
				t.Fatalf("chapter %d: %+v", i, c)
			}
		}
	})
}
