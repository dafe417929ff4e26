package transcript

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// hour writes an hour's talk of 10,000 words in a format.
func hour(format string) []byte {
	var b strings.Builder
	var segs []map[string]any
	if format == "vtt" {
		b.WriteString("WEBVTT\n\n")
	}
	for i := range 1000 {
		start := 3.6 * float64(i)
		at := func(s float64) string {
			return fmt.Sprintf("%02d:%02d:%06.3f", int(s)/3600, int(s)/60%60, s-float64(int(s)/60*60))
		}
		name := []string{"Ann Lee", "Bob Stone"}[i/20%2]
		text := fmt.Sprintf("the river number %d rises in the hills of spring%s", i, []string{",", "."}[i%2])
		switch format {
		case "vtt":
			fmt.Fprintf(&b, "%s --> %s\n<v %s>%s\n\n", at(start), at(start+3.6), name, text)
		case "srt":
			fmt.Fprintf(&b, "%d\n%s --> %s\n%s: %s\n\n", i+1, strings.Replace(at(start), ".", ",", 1), strings.Replace(at(start+3.6), ".", ",", 1), name, text)
		case "json":
			segs = append(segs, map[string]any{"startTime": start, "endTime": start + 3.6, "speaker": name, "body": text})
		case "html":
			fmt.Fprintf(&b, "<cite>%s:</cite>\n<time>%s</time>\n<p>%s</p>\n", name, at(start)[:8], text)
		case "markdown":
			fmt.Fprintf(&b, "**%s:** %s\n\n", name, text)
		case "text":
			fmt.Fprintf(&b, "%s: %s\n\n", name, text)
		}
	}
	if format == "json" {
		out, err := json.Marshal(map[string]any{"version": "1.0.0", "segments": segs})
		if err != nil {
			panic(err)
		}
		return out
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	for _, format := range []string{"vtt", "srt", "json", "html", "markdown", "text"} {
		body := hour(format)
		b.Run(format, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				t, err := Parse(body, "", "")
				if err != nil || t.Source != format {
					b.Fatal(err, t)
				}
			}
		})
	}
}

// BenchmarkHostile reads texts of several megabytes, made to let a reader look for the same end again and again.
func BenchmarkHostile(b *testing.B) {
	const words = "Salmon swim up the river. "
	parts := map[string]string{
		"brackets": "[", "tags": "<v", "entities": "&amp;amp", "marks": "[1:02]", "lines": "\na", "links": "[a](",
		"codes": `{\`, "colons": "A:", "paragraphs": "<p><cite>", "captions": "\n00:01.000 --> 00:02.000\n",
	}
	for name, part := range parts {
		for _, mediaType := range []string{"text/plain", "text/markdown", "text/html"} {
			in := []byte("00:01 " + strings.Repeat(words, 30) + "\n00:02 b\n" + strings.Repeat(part, MaxBytes/8/len(part)) + strings.Repeat(words, MaxBytes/2/len(words)))
			b.Run(name+"/"+mediaType, func(b *testing.B) {
				b.SetBytes(int64(len(in)))
				for b.Loop() {
					_, _ = Parse(in, mediaType, "") // refused or not, it must end soon
				}
			})
		}
	}
}
