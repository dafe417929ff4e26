package llm

import (
	"slices"
	"strings"
	"unicode"
)

// abroad reports whether a text in another language keeps to its evidence: its numbers and names stand there, and it
// denies something only when the quote's sentences do.
func (e evidence) abroad(text string, t tongue) bool {
	known := e.amounts(e.said + " " + e.names)
	for _, a := range t.amounts(text) {
		if a.soft || a.value == 1 && a.unit == "" {
			continue
		}
		if !slices.ContainsFunc(known, func(b amount) bool { return a.is(b) || near(a.value, b.value) && (a.unit == "" || b.unit == "") }) {
			return false
		}
	}
	return e.keepsNames(text, t) && e.keepsNegation(text, t)
}

// keepsNames looks for names of a text that its evidence does not hold. Names of places change between languages, and
// mostly not in their beginning.
func (e evidence) keepsNames(text string, t tongue) bool {
	known := map[string]bool{}
	for w := range knownWords(e.said + " " + e.names) {
		known[opening(w)] = true
	}
	begins := true
	for _, w := range strings.Fields(text) {
		first := begins
		begins = endsSentence(w)
		// Short forms have others abroad: AI is KI, EU is UE.
		sure := len(bare(w)) > 3 && strings.ContainsFunc(w[1:], unicode.IsUpper) || strings.ContainsFunc(w, unicode.IsDigit) && nameLike(w, first)
		if (sure || nameLike(w, first) && !t.nouns && len(bare(w)) > 3) && !known[opening(bare(w))] && !months[bare(w)] {
			return false
		}
	}
	return true
}

// opening is the beginning of a word.
func opening(w string) string {
	r := []rune(w)
	return string(r[:min(4, len(r))])
}

// keepsNegation reports whether both or neither of two texts deny something.
func (e evidence) keepsNegation(text string, t tongue) bool {
	if t.name == "" || e.name == "" {
		return true
	}
	denies := func(t tongue, text string) bool {
		return slices.ContainsFunc(strings.Fields(text), func(w string) bool { return t.negation[bare(w)] })
	}
	claim := denies(t, text)
	return !(denies(e.tongue, e.sentence) && !claim) && !(claim && !denies(e.tongue, e.said))
}
