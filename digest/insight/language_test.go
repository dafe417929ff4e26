package insight

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpandWritesOutAlternatives(t *testing.T) {
	for line, want := range map[string][]string{
		"never":            {"never"},
		"need(|s) to":      {"need to", "needs to"},
		"(a|b) (c|d)":      {"a c", "a d", "b c", "b d"},
		"x (a (b|c)|d) y":  {"x a b y", "x a c y", "x d y"},
		"don't":            {"don't"},
		"(unclosed|second": {"unclosed", "second"},
	} {
		got := expand(line)
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("expand(%q): (-want +got)\n%s", line, d)
		}
	}
}

func TestEveryListHasPhrases(t *testing.T) {
	var seen uint64
	for _, n := range english().nodes {
		seen |= n.cues
	}
	for c, name := range cueNames {
		if seen&(1<<c) == 0 {
			t.Errorf("no phrase is in the list %q", name)
		}
	}
	for _, name := range []string{"stop", "abbreviation", "not a name", "domain", "repeat kept", "specifier", "no topic"} {
		if len(english().sets[name]) == 0 {
			t.Errorf("the set %q is empty", name)
		}
	}
}

func TestCountFindsPhrases(t *testing.T) {
	for _, test := range []struct {
		text string
		cue  cue
		want uint8
	}{
		{"You should never do that, and you must test.", cueAdvice, 3},
		{"It is so that we know, because we asked.", cueCause, 2},
		{"Shouldn't we ask?", cueAdvice, 1},
		{"Failing fast is no failure.", cueEmphasis, 2},      // fail*
		{"Stop guessing and start measuring.", cueAdvice, 2}, // *ing
		{"It is more useful than that.", cueSuperlative, 1},  // one word between
		{"We moved in 2019.", cueStory, 2},                   // "we moved" and a year
		{"It costs $5 and 20 percent of 3 million.", cueAmount, 3},
		{"It is not a tool but a habit.", cueAntithesis, 1},
		{"The so, that is odd.", cueCause, 0}, // no phrase reaches over a comma
		{"Use promo code TALK at acme.com/talk.", cueAdCall, 2},
		{"Let me tell you about Acme, a tool.", cueAdStart, 1},
	} {
		if got := plainSentence(test.text).counts[test.cue]; got != test.want {
			t.Errorf("%q has %d of %q, want %d", test.text, got, cueNames[test.cue], test.want)
		}
	}
}

func TestStem(t *testing.T) {
	for word, want := range map[string]string{
		"teams": "team", "companies": "company", "classes": "class", "bus": "bus", "running": "runn", "deployed": "deploy",
		"quickly": "quick", "alice's": "alice", "rollback": "rollback", "use": "use", "database": "databas",
	} {
		if got := stem(word); got != want {
			t.Errorf("stem(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestWholesJoinPartsOfWords(t *testing.T) {
	x := newLexicon(english())
	text := "Don’t use C++ or node.js in state-of-the-art apps. Right?"
	var got []string
	for _, w := range x.wholes(nil, x.tokenize(nil, text, 0, len(text))) {
		got = append(got, x.words[w.word].text)
	}
	want := []string{"don't", "use", "c++", "or", "node.js", "in", "state-of-the-art", "apps", "right"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("words of %q: (-want +got)\n%s", text, d)
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"One. Two? Three!":                     {"One.", "Two?", "Three!"},
		"Ask Dr. Lee at 3.5 volts. Then stop.": {"Ask Dr. Lee at 3.5 volts.", "Then stop."},
		"He said \"Go.\" And she went.":        {"He said \"Go.\"", "And she went."},
		"We use e.g. Go and J. Smith's list.":  {"We use e.g. Go and J. Smith's list."},
		"Wait... 50 people came.":              {"Wait...", "50 people came."},
		"no capital. so one sentence":          {"no capital. so one sentence"},
		"Ärger. Über alles.":                   {"Ärger.", "Über alles."},
		"":                                     nil,
	} {
		if d := cmp.Diff(want, Sentences(text)); d != "" {
			t.Errorf("Sentences(%q): (-want +got)\n%s", text, d)
		}
	}
}
