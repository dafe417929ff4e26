// Package fit shortens texts to what a platform takes: at the end of a sentence where one fits, else at the end of a word,
// and never within what is read as one character. It knows neither platforms nor markup: what a text takes is told by a
// Size, so that an escape counts as the platform counts it. Texts are clean (bot.Clean).
package fit

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Size says how much room a text takes: characters, those of its markup, or columns of a terminal. A longer beginning of
// a text never takes less.
type Size func(text string) int

// Characters counts code points, as Slack's and Discord's limits do.
func Characters(text string) int { return utf8.RuneCountInString(text) }

// Sentences returns the whole sentences of a text that fit into n, with a sign that there were more. Of a first sentence
// that is too long by itself the words that fit stay.
func Sentences(text string, n int, size Size) (short string, cut bool) {
	return FirstWhole(text, n, n, size)
}

// FirstWhole is Sentences, but a first sentence that takes more than n stays whole when it takes no more than most.
func FirstWhole(text string, n, most int, size Size) (short string, cut bool) {
	if size(text) <= n {
		return text, false
	}
	ends := Ends(text)
	if short := longest(text, ends, " …", n, size); short != "" {
		return short, true
	}
	if len(ends) > 0 && ends[0] < len(text) {
		if short := longest(text, ends[:1], " …", most, size); short != "" {
			return short, true
		}
	}
	short = Words(text, most, size)
	return short, short != text
}

// Words returns the whole words of a text that fit into n, with a sign that there were more. A word is cut where whole ones
// would leave more than half of the room, as in scripts without spaces.
func Words(text string, n int, size Size) string {
	if size(text) <= n {
		return text
	}
	short := longest(text, wordEnds(text), "…", n, size)
	if size(short) <= n/2 {
		short = longest(text, characterEnds(text), "…", n, size)
	}
	if short == "" && size("…") <= n {
		return "…"
	}
	return short
}

// longest returns the longest of a text's beginnings that fits into n together with a sign behind it; "" when none does.
func longest(text string, ends []int, sign string, n int, size Size) string {
	beginning := func(i int) string {
		if kept := strings.TrimRightFunc(text[:ends[i]], between); kept != "" {
			return kept + sign
		}
		return ""
	}
	i := sort.Search(len(ends), func(i int) bool { return size(beginning(i)) > n })
	if i == 0 {
		return ""
	}
	return beginning(i - 1)
}

// between reports whether a character only stands between words, so that none is left before the sign.
func between(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Ps, unicode.Pd) || strings.ContainsRune(",;:·、，；：،؛", r)
}

func wordEnds(text string) []int {
	var ends []int
	word := false
	for i, r := range text {
		if unicode.IsSpace(r) && word {
			ends = append(ends, i)
		}
		word = !unicode.IsSpace(r)
	}
	return ends
}

func characterEnds(text string) []int {
	var ends []int
	for it := graphemes.FromString(text); it.Next(); {
		ends = append(ends, it.End())
	}
	return ends
}
