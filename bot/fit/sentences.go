package fit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"

	"podbrief/digest/insight"
)

// Ends returns where the sentences of a text end, in bytes, in order: after them a part that is no whole sentence may
// follow. It goes by Unicode's rules for sentences (UAX #29), which know all scripts, and joins what they cut too often: a
// sentence holds a letter, and it ends neither with an abbreviation or an ellipsis nor before a lower-case letter. The end
// of a line ends a sentence.
func Ends(text string) []int {
	var ends []int
	from := 0
	for it := sentences.FromString(text); it.Next(); {
		end := from + len(strings.TrimRightFunc(text[from:it.End()], opens))
		if isSentence(text[from:end], text[end:]) {
			ends = append(ends, end)
			from = end
		}
	}
	return ends
}

// opens reports whether a character begins a quotation or brackets: Unicode leaves it to the sentence before where no space
// is between, as in Chinese.
func opens(r rune) bool { return unicode.In(r, unicode.Ps, unicode.Pi) }

func isSentence(said, next string) bool {
	if strings.IndexFunc(said, unicode.IsLetter) < 0 {
		return false
	}
	said, spaced := trimmed(said)
	last, _ := utf8.DecodeLastRuneInString(said)
	first, _ := utf8.DecodeRuneInString(next)
	switch {
	case strings.HasSuffix(spaced, "\n"):
		return true
	case next == "":
		return unicode.Is(unicode.Sentence_Terminal, lastMark(said))
	case spaced == "" && last < utf8.RuneSelf, unicode.IsLower(first): // as in an address, or before “he asked”
		return false
	}
	return !strings.HasSuffix(said, ".") || !strings.HasSuffix(said, "..") && !isAbbreviation(strings.TrimSuffix(said, "."))
}

// trimmed divides a text into what is said and the white space behind it.
func trimmed(s string) (said, spaced string) {
	said = strings.TrimRightFunc(s, unicode.IsSpace)
	return said, s[len(said):]
}

// lastMark is the last character of a text that closes neither a quotation nor brackets.
func lastMark(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(s, func(r rune) bool {
		return r == '"' || r == '\'' || unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi)
	}))
	return r
}

// isAbbreviation reports whether a full stop after a text belongs to its last word: “e.g”, “Dr”, an initial, “p.m”, “z.B”.
func isAbbreviation(text string) bool {
	word := text[strings.LastIndexFunc(text, unicode.IsSpace)+1:]
	parts := strings.Split(strings.TrimLeft(word, `("“„`), ".")
	for _, p := range parts {
		if n := utf8.RuneCountInString(p); n == 0 || n > 2 || strings.IndexFunc(p, unicode.IsLetter) < 0 {
			parts = nil
		}
	}
	return len(parts) > 1 || insight.IsAbbreviation(word)
}
