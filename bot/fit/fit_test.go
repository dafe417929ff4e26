package fit

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		want []string // the sentences; the last may be the beginning of one
	}{
		{"marks", []string{"One two. ", "Three? ", "Four! ", "Five"}},
		{"numbers", []string{"It grew 3.5 percent to 1.200.000. ", "Then No. 5 came."}},
		{"abbreviations", []string{"Use tools, e.g. Make, vs. others, etc. and so on. ", "Dr. Smith and J. Doe met."}},
		{"initials", []string{"The U.S. Senate met at 5 p.m. Eastern. ", "Nobody came."}},
		{"German abbreviations", []string{"Das gilt z.B. Montag. ", "So ist es."}},
		{"ellipses", []string{"Well... Maybe. ", "He waited… Then he left."}},
		{"quotations", []string{"“Why not?” he asked. ", "“I know.” ", "(She did.) ", "„Gut.“ ", "Dann los."}},
		{"addresses", []string{"See a.example/x?Q=1.B and v1.2 there. ", "Now"}},
		{"numbered", []string{"1. A claim. ", "2. Another one."}},
		{"cited", []string{"They cached it [1]. ", "It saved money [2]."}},
		{"lines", []string{"one line\n", "another line\n", "last"}},
		{"Chinese", []string{"他来了。", "“你好！”", "你是谁？", "我"}},
		{"Japanese", []string{"長い文章が続きます。", "「はい。」", "次です"}},
		{"Arabic", []string{"هل هذا صحيح؟ ", "نعم. ", "هذا"}},
		{"Hindi", []string{"यह सच है। ", "वह आया।"}},
		{"no letters", []string{"?! 12. ... 5"}},
	} {
		text, from := strings.Join(tt.want, ""), 0
		var got []string
		for _, end := range Ends(text) {
			got, from = append(got, text[from:end]), end
		}
		if from < len(text) {
			got = append(got, text[from:])
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: Ends(%q) (-want +got):\n%s", tt.name, text, d)
		}
	}
}

// escaped takes more room for some characters, as markup does.
func escaped(s string) int { return utf8.RuneCountInString(strings.ReplaceAll(s, "&", "&amp;")) }

func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		in   string
		n    int
		size Size
		want string
	}{
		{"Short.", 6, Characters, "Short."},
		{"One two. Three four. Five six.", 22, Characters, "One two. Three four. …"},
		{"One two. Three four. Five six.", 21, Characters, "One two. …"},
		{"Tools, e.g. Make, help. More.", 20, Characters, "Tools, e.g. Make…"},
		{"1. A claim that goes on", 8, Characters, "1. A…"},
		{"One, two, three, four", 11, Characters, "One, two…"},
		{"長い文章。続きます。まだ続きます。", 12, Characters, "長い文章。続きます。 …"},
		{"長い文章が、続きます", 7, Characters, "長い文章が…"},
		{"هل هذا صحيح؟ نعم هو كذلك", 15, Characters, "هل هذا صحيح؟ …"},
		{strings.Repeat("a", 30), 10, Characters, "aaaaaaaaa…"},
		{"I " + strings.Repeat("a", 30), 10, Characters, "I aaaaaaa…"},
		{"a👩\u200d🔬👩\u200d🔬b", 5, Characters, "a👩\u200d🔬…"},
		{"a👩\u200d🔬👩\u200d🔬b", 4, Characters, "a…"},
		{"e\u0301e\u0301e\u0301", 4, Characters, "e\u0301…"},
		{"Ann & Bob. Eve & Dan. Joe", 16, escaped, "Ann & Bob. …"},
		{"Ann & Bob. Eve & Dan. Joe", 15, escaped, "Ann & Bob.…"},
		{"&&&&", 12, escaped, "&&…"},
		{"One two", 1, Characters, "…"},
		{"One two", 0, Characters, ""},
		{"", 0, Characters, ""},
	} {
		got, cut := Sentences(tt.in, tt.n, tt.size)
		if got != tt.want || cut != (got != tt.in) {
			t.Errorf("Sentences(%q, %d) = %q, %v, want %q", tt.in, tt.n, got, cut, tt.want)
		}
	}
}

func TestFirstWhole(t *testing.T) {
	for _, tt := range []struct {
		in      string
		n, most int
		want    string
		cut     bool
	}{
		{"Short.", 10, 20, "Short.", false},
		{"One two. Three four. Five six.", 12, 30, "One two. …", true},
		{"One two three four. Five six.", 10, 28, "One two three four. …", true},
		{"One two three four. Five six.", 10, 40, "One two three four. …", true},
		{"One two three four five.", 10, 28, "One two three four five.", false},
		{"One two three four five six. Seven.", 10, 20, "One two three four…", true},
		{"長い文章が続きます。もっと。", 6, 13, "長い文章が続きます。 …", true},
	} {
		got, cut := FirstWhole(tt.in, tt.n, tt.most, Characters)
		if got != tt.want || cut != tt.cut {
			t.Errorf("FirstWhole(%q, %d, %d) = %q, %v, want %q, %v", tt.in, tt.n, tt.most, got, cut, tt.want, tt.cut)
		}
	}
}

// FuzzSentences holds what is left of any text against the promise: it fits, it is a beginning, and it ends where a sentence
// does, or in the first sentence where a word or at least a character does.
func FuzzSentences(f *testing.F) {
	f.Add("One two. Three & four, e.g. this.", 12)
	f.Add("長い文章。続きます。", 7)
	f.Add("e\u0301👩\u200d🔬 🇩🇪🇫🇷 ... a", 6)
	f.Fuzz(func(t *testing.T, text string, n int) {
		text = strings.ToValidUTF8(text, "")
		n = int(uint(n) % 400)
		got, cut := Sentences(text, n, escaped)
		if escaped(got) > n {
			t.Fatalf("Sentences(%q, %d) = %q, which takes %d", text, n, got, escaped(got))
		}
		if !cut {
			if got != text {
				t.Fatalf("Sentences(%q, %d) = %q, which is not said to be cut", text, n, got)
			}
			return
		}
		kept, atSentence := strings.CutSuffix(got, " …")
		kept = strings.TrimSuffix(kept, "…")
		ends := characterEnds(text)
		if atSentence {
			ends = Ends(text)
		}
		for _, end := range append(ends, 0) {
			if rest, ok := strings.CutPrefix(text[:end], kept); ok && strings.IndexFunc(rest, func(r rune) bool { return !between(r) }) < 0 {
				return
			}
		}
		t.Errorf("Sentences(%q, %d) = %q, which ends within a sentence or a character (sign of a sentence: %v)", text, n, got, atSentence)
	})
}
