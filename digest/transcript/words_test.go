package transcript

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCountWords(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "  ": 0, "one": 1, " one  two\nthree ": 3, "it's well-known": 2, "naïve café": 2, "水は上がる": 3, "the 水 rises": 3, "한국어 단어": 2,
	} {
		if got := countWords(in); got != want {
			t.Errorf("countWords(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a b": "a b", " a": "a", "a ": "a", "a  b": "a b", "a\nb\tc": "a b c", "a\u00a0b": "a b", "a\u3000b": "a b", "“a” b": "“a” b",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("oneLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSentenceEnd(t *testing.T) {
	for in, want := range map[string]bool{
		"Yes.": true, "Yes?": true, `He said "yes."`: true, "“Yes!”": true, "はい。": true, "yes": false, "yes,": false, "": false, `yes"`: false, "yes...": true,
	} {
		if got := sentenceEnd(in); got != want {
			t.Errorf("sentenceEnd(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestStageDirections(t *testing.T) {
	for in, want := range map[string]string{
		"[Music] Hi.":                            "Hi.",
		"Hi [inaudible 00:01:02.5] there.":       "Hi there.",
		`Hi \[unintelligible 00:01\] there.`:     "Hi there.",
		"Hi (laughs).":                           "Hi.",
		"Hi [Ann laughs] there":                  "Hi there",
		"[crosstalk] [laughter]":                 "",
		"Hi (not music) there":                   "Hi (not music) there",
		"a [1] citation":                         "a [1] citation",
		"an open [bracket":                       "an open [bracket",
		"[" + strings.Repeat("music ", 40) + "]": "[" + strings.TrimSpace(strings.Repeat("music ", 40)) + " ]",
	} {
		if got := plainLine(in); got != want {
			t.Errorf("plainLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTakeMarks(t *testing.T) {
	text, marks := takeMarks(`One two \[0:05\] three [inaudible 0:06] four (0:07) five [see 2:3] six.`)
	if want := "One two three four (0:07) five [see 2:3] six."; text != want {
		t.Errorf("takeMarks: text %q, want %q", text, want)
	}
	if diff := cmp.Diff([]mark{{2, 5 * second}, {3, 6 * second}}, marks, cmp.AllowUnexported(mark{})); diff != "" {
		t.Errorf("takeMarks: marks (-want +got):\n%s", diff)
	}
}

func TestDeclaredFormat(t *testing.T) {
	tests := []struct{ mediaType, url, want string }{
		{"text/vtt; charset=utf-8", "", "vtt"}, {"Application/SRT", "", "srt"}, {"application/x-subrip", "a.vtt", "srt"},
		{"application/octet-stream", "https://example.org/a.SRT?x=1", "srt"}, {"text/plain", "https://example.org/a.md", "markdown"},
		{"text/plain", "https://example.org/a", "text"}, {"", "https://example.org/a.htm#x", "html"}, {"", "%zz", ""}, {"", "", ""},
	}
	for _, test := range tests {
		if got := declaredFormat(test.mediaType, test.url); got != test.want {
			t.Errorf("declaredFormat(%q, %q) = %q, want %q", test.mediaType, test.url, got, test.want)
		}
	}
}

func TestLanguageTag(t *testing.T) {
	for in, want := range map[string]string{"EN": "en", "en_US": "en-us", " de ": "de", "english": "", "x": "", "e$": "", "": ""} {
		if got := languageTag(in); got != want {
			t.Errorf("languageTag(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRefusedIsFound(t *testing.T) {
	err := fmt.Errorf("read transcript: %w", refuse(TooShort, "it has %d words", 3))
	var refused *Refused
	if !errors.As(err, &refused) || refused.Reason != TooShort {
		t.Errorf("errors.As(%v) = %+v, want reason %s", err, refused, TooShort)
	}
	if want := "read transcript: not usable as a transcript: it has 3 words"; err.Error() != want {
		t.Errorf("Error() = %q, want %q", err, want)
	}
}

func TestSentences(t *testing.T) {
	got := sentences(`He met Dr. Lee in J. Cole's boat. "It sank," she said. Why? nobody knows. The end`)
	want := []string{"He met Dr. Lee in J. Cole's boat.", `"It sank," she said.`, "Why? nobody knows.", "The end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sentences (-want +got):\n%s", diff)
	}
}

func TestCorpusChapters(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "corpus"), "*", "chapters", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no chapters in the corpus: %v", err)
	}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		chapters, err := ParseChapters(body)
		if err != nil || len(chapters) < 2 {
			t.Errorf("ParseChapters(%s) = %d chapters, %v", filepath.Base(f), len(chapters), err)
		}
	}
}
