package rank

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func forms(text string) []string {
	var out []string
	for _, w := range tokens(text) {
		form := w.form
		if w.name {
			form += nameMark
		}
		out = append(out, form)
	}
	return out
}

func TestTokens(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", ""},
		{"punctuation only", "… -- !?", ""},
		{"hyphens and slashes split", "open-source ci/cd", "open source ci cd"},
		{"names of languages", "we use C++, C# and .NET here", "we use c++^ c#^ and .net here"},
		{"inner points", "node.js 3.5 e.g. this.", "node.js 3.5 e.g this"},
		{"apostrophes", "Python’s it's don’t rock 'n' roll", "python it don't rock n roll"},
		{"a name inside of a sentence", "we wrote it in Go. Go home", "we wrote it in go^ go home"},
		{"a title's capitals mean nothing", "Ready To Go With Swift", "ready to go with swift"},
		{"other scripts", "Über der straße ελλάδα 東京", "über der straße ελλάδα 東京"},
		{"marks belong to their letter", "cafe\u0301", "cafe\u0301"},
		{"invalid bytes", "a\xffb", "a b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(forms(test.text), " ")
			if got != test.want {
				t.Errorf("tokens(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

func TestTokensBoundsWords(t *testing.T) {
	for _, w := range tokens(strings.Repeat("ä", 500)) {
		if len(w.form) > maxWord || !utf8.ValidString(w.form) {
			t.Errorf("tokens() = a word of %d bytes, valid %t; want at most %d", len(w.form), utf8.ValidString(w.form), maxWord)
		}
	}
}

func TestStem(t *testing.T) {
	same := [][]string{
		{"model", "models"}, {"container", "containers"}, {"llm", "llms"}, {"api", "apis"}, {"hire", "hiring"},
		{"maintainer", "maintainers"}, {"vulnerability", "vulnerabilities"}, {"university", "universities"},
	}
	for _, words := range same {
		for _, w := range words[1:] {
			if got, want := stem(w), stem(words[0]); got != want {
				t.Errorf("stem(%q) = %q, want %q as of %q", w, got, want, words[0])
			}
		}
	}
	different := [][2]string{
		{"container", "contains"}, {"marketing", "market"}, {"organ", "organization"}, {"university", "universe"},
		{"rust", "trust"}, {"news", "new"}, {"founder", "found"}, {"pricing", "price"},
	}
	for _, pair := range different {
		if got := stem(pair[0]); got == stem(pair[1]) {
			t.Errorf("stem(%q) = %q, the same as of %q", pair[0], got, pair[1])
		}
	}
}

func TestVocabularyTellsStopWordsFromOthers(t *testing.T) {
	v := newVocabulary()
	terms := v.addAll(nil, "the models and the model's weights")
	if terms[0] != terms[3] || terms[1] != terms[4] {
		t.Errorf("addAll = %v, want equal terms for equal stems", terms)
	}
	want := []bool{true, false, true, true, false, false}
	var got []bool
	for _, n := range terms {
		got = append(got, v.stop[n])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stop words (-want +got):\n%s", diff)
	}
	if _, ok := v.find(word{form: "unheard"}); ok {
		t.Error("find(unheard) found a word that was never added")
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", "C++ and C# in .NET", "Go's \"ready\" – ‘now’", "a.b.c 1.2.3", "東京", "\xff\xfe", "...", "x" + strings.Repeat("y", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := newVocabulary()
		for _, w := range tokens(s) {
			if w.form == "" || len(w.form) > maxWord+2 || strings.ContainsAny(w.form, " \n"+nameMark) {
				t.Errorf("tokens(%q) holds the word %q", s, w.form)
			}
			added := v.add(w)
			if found, ok := v.find(w); !ok || found != added {
				t.Errorf("find(%q) = %d, %t; want %d, as it was added", w.form, found, ok, added)
			}
		}
		for _, piece := range cut(s) {
			if !strings.Contains(s, piece) {
				t.Errorf("cut(%q) invents %q", s, piece)
			}
		}
	})
}
