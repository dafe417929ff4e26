package insight

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// eachSentence calls yield with the beginning and end of every sentence of text.
//
// A sentence ends at full stops, question and exclamation marks with white space and a capital letter, digit or dollar
// sign behind them, but not after an abbreviation or an initial.
func eachSentence(text string, yield func(from, to int)) {
	start := 0
	put := func(to int) {
		a, b := start, to
		for a < b && text[a] == ' ' {
			a++
		}
		for b > a && text[b-1] == ' ' {
			b--
		}
		if a < b {
			yield(a, b)
		}
	}
	for i := 0; i < len(text); {
		n := enderLength(text[i:])
		if n == 0 {
			i++
			continue
		}
		end, next := sentenceEnd(text, i)
		if next < 0 || text[i] == '.' && IsAbbreviation(text[start:i]) {
			i = max(end, i+n)
			continue
		}
		put(end)
		start, i = next, next
	}
	put(len(text))
}

// enderLength returns the length of the sentence-ending mark at the beginning of s, 0 when there is none.
func enderLength(s string) int {
	switch {
	case s[0] == '.' || s[0] == '?' || s[0] == '!':
		return 1
	case strings.HasPrefix(s, "…"):
		return len("…")
	}
	return 0
}

// sentenceEnd returns where the marks beginning at i end, and where the next sentence begins, -1 when the same one goes on.
func sentenceEnd(text string, i int) (end, next int) {
	for i < len(text) && enderLength(text[i:]) > 0 {
		i += enderLength(text[i:])
	}
	end = i + len(text[i:]) - len(strings.TrimLeft(text[i:], "\"”’')]"))
	next = end
	for next < len(text) && text[next] == ' ' {
		next++
	}
	if next == end || !opensSentence(text[next:]) {
		return end, -1
	}
	return end, next
}

func opensSentence(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("\"“‘'([", r) {
		r, _ = utf8.DecodeRuneInString(s[n:])
	}
	return unicode.IsUpper(r) || unicode.IsDigit(r) || r == '$'
}

// IsAbbreviation reports whether a full stop after s belongs to its last word.
func IsAbbreviation(s string) bool {
	last := strings.ToLower(strings.TrimLeft(s[strings.LastIndexByte(s, ' ')+1:], "(\"“"))
	if len(last) == 1 {
		return 'a' <= last[0] && last[0] <= 'z' && last != "i"
	}
	return english().sets["abbreviation"][last]
}

// Sentences cuts a text into its sentences.
func Sentences(text string) []string {
	var out []string
	eachSentence(text, func(from, to int) { out = append(out, text[from:to]) })
	return out
}
