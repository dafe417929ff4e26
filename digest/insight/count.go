package insight

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// count fills in how often each list occurs in a sentence, and the other things that are counted once.
//
// Occurrences of one list do not overlap: the search goes on behind the end of the longest phrase found.
func (x *lexicon) count(s *sentence) {
	s.lead = x.trimLead(s)
	s.opening = s.tokenAt(s.lead)
	var free [cueCount]int // the token from which on a list may be found again
	text := s.stream.text
	for i, t := range s.tokens {
		var ends [cueCount]int
		var seen uint64
		note := func(cues uint64, last int) {
			seen |= cues
			for ; cues != 0; cues &= cues - 1 {
				c := bits.TrailingZeros64(cues)
				ends[c] = max(ends[c], last)
			}
		}
		x.phraseAt(s.tokens, i, note)
		x.gapAt(s, i, note)
		x.adAt(s, i, note)
		if n := strings.IndexAny(text[t.start:t.end], "0123456789"); n >= 0 {
			numeralAt(s, i, n, note)
		}
		for ; seen != 0; seen &= seen - 1 {
			c := bits.TrailingZeros64(seen)
			if i >= free[c] {
				s.counts[c] = min(s.counts[c]+1, 200)
				free[c] = ends[c] + 1
			}
		}
	}
	raw := s.text()
	s.counts[cueSpeech] += uint8(min(20, strings.Count(raw, `"`)+strings.Count(raw, "“")+strings.Count(raw, "”")))
	s.dashes = countDashes(raw)
	x.readNames(s)
}

// tokenAt returns the number of the first token that begins at byte offset or later, counted from the sentence's begin.
func (s *sentence) tokenAt(offset int) int {
	for i, t := range s.tokens {
		if int(t.start)-s.from >= offset {
			return i
		}
	}
	return len(s.tokens)
}

// gap is a figure of speech with a gap in it: "not … but", "less … than".
type gap struct {
	list      cue
	from      string
	to        []string
	low, high int // bytes of the gap
}

var gaps = []gap{
	{cueEmphasis, "not", []string{" but"}, 2, 30},
	{cueEmphasis, "more", []string{" than"}, 2, 25},
	{cueEmphasis, "less", []string{" than"}, 2, 25},
	{cueAntithesis, "not", []string{",", " but", " it's"}, 3, 40},
	{cueAntithesis, "less", []string{" more"}, 2, 30},
	{cueAntithesis, "more", []string{" less"}, 2, 30},
}

// gapAt finds the figures of speech with a gap that begin at token i.
func (x *lexicon) gapAt(s *sentence, i int, found func(cues uint64, last int)) {
	name := x.words[s.tokens[i].word].text
	if name != "not" && name != "more" && name != "less" {
		return
	}
	for _, g := range gaps {
		if g.from != name {
			continue
		}
		if end := g.end(s.stream.text[s.tokens[i].end:s.to]); end > 0 {
			found(1<<g.list, s.lastTokenBefore(i, int(s.tokens[i].end)+end))
		}
	}
}

// end returns where the figure ends in what follows its first word, 0 when it does not. The furthest end counts.
func (g gap) end(rest string) int {
	if rest == "" || rest[0] != ' ' {
		return 0
	}
	end := 0
	for _, to := range g.to {
		low, high := 1+g.low, min(len(rest), 1+g.high+len(to))
		if low < high {
			if n := strings.LastIndex(rest[low:high], to); n >= 0 {
				end = max(end, low+n+len(to))
			}
		}
	}
	return end
}

// lastTokenBefore returns the last token that begins before byte end of the stream.
func (s *sentence) lastTokenBefore(i, end int) int {
	for i+1 < len(s.tokens) && int(s.tokens[i+1].start) < end {
		i++
	}
	return i
}

var units = []string{
	"%", "percent", "times", "million", "billion", "year", "month", "hour", "minute", "second", "ms", "dollars", "bucks",
}

// numeralAt finds a number in token i, from its byte n on: with a unit it is an amount besides.
func numeralAt(s *sentence, i, n int, found func(cues uint64, last int)) {
	text := s.stream.text[:s.to]
	start := int(s.tokens[i].start) + n
	end := start
	for end < len(text) && strings.IndexByte("0123456789.,", text[end]) >= 0 {
		end++
	}
	last := s.lastTokenBefore(i, end)
	found(1<<cueNumber, last)
	rest := strings.TrimLeft(text[end:], " ")
	isAmount := start > s.from && text[start-1] == '$' || isUnitLetter(rest, 'x') || isUnitLetter(rest, 'k')
	for _, u := range units {
		isAmount = isAmount || len(rest) >= len(u) && strings.EqualFold(rest[:len(u)], u)
	}
	if isAmount {
		found(1<<cueAmount, last)
	}
}

// isUnitLetter reports whether s begins with the word that is only this letter.
func isUnitLetter(s string, letter byte) bool {
	if s == "" || s[0]|0x20 != letter {
		return false
	}
	return len(s) == 1 || !startsWord(rune(s[1]))
}

// countDashes counts the marks of broken-off speech.
func countDashes(s string) int {
	return strings.Count(s, "...") + strings.Count(s, "…") + strings.Count(s, " – ") + strings.Count(s, " — ") + strings.Count(s, "--")
}

// readNames notes the capitalised words of a sentence. The one that begins it counts only where the sentence before,
// in the same window, does not end with a full stop: see capitalised.
func (x *lexicon) readNames(s *sentence) {
	s.nameFirst = -1
	text := s.stream.text
	skip := -1
	for i, t := range s.tokens {
		if !t.upper || i <= skip || isInitial(text[t.start:t.end]) || x.english.sets["not a name"][x.words[t.word].text] {
			continue
		}
		start, name := int(t.start), t.word
		if i+1 < len(s.tokens) && (s.tokens[i+1].glue == '-' || s.tokens[i+1].glue == '.') {
			skip = i + 1
			name = x.number([]byte(strings.ToLower(text[start:s.tokens[skip].end])))
		}
		if start > s.from && (strings.HasSuffix(text[:start], `"`) || strings.HasSuffix(text[:start], "“")) {
			continue
		}
		switch {
		case start == s.from:
			s.nameFirst = name
		case start-s.from >= 2 && text[start-1] == ' ' && strings.IndexByte(".!?", text[start-2]) >= 0:
		default:
			s.names = append(s.names, name)
		}
	}
}

// isInitial reports whether a capitalised token has only one letter, as in "C" and "C++".
func isInitial(s string) bool {
	_, n := utf8.DecodeRuneInString(s)
	return strings.Trim(s[n:], "+#") == ""
}
