package insight

import (
	"math"
	"slices"
	"strings"
)

// feature numbers what the quality of a window is computed from.
type feature int

// The features, in the order of featureNames.
const (
	featWords feature = iota
	featTurn
	featQuestion
	featSelf
	featEmphasis
	featNames
	featThe
	featClaim
	featPast
	featAsker
	featCondition
	featAmount
	featCause
	featEarly
	featLate
	featSuperlative
	featPromotion
	featDashes
	featShowTalk
	featAudience
	featShort
	featLongWords
	featBareDefinites
	featWeakestClaim
	featI
	featSingle
	featHypothetical
	featVagueness
	featCommas
	featRepeats
	featWording
	featureCount
)

var featureNames = [featureCount]string{
	"words", "turn length", "any question", "self", "emphasis", "names", "starts with the", "claim", "past", "asker",
	"condition", "amount", "cause", "early", "late", "superlative", "promotion", "dashes", "show talk", "audience",
	"short", "long words", "bare definites", "weakest claim", "i", "one sentence", "hypothetical", "vagueness", "commas", "repeats", "wording",
}

// features is what is known of a window, by feature.
type features [featureCount]float64

// sums adds up the counts of a window's sentences.
func (s *script) sums(w window) (sum [cueCount]int) {
	for i := w.first; i <= w.last; i++ {
		for c, n := range s.sentences[i].counts {
			sum[c] += int(n)
		}
	}
	return sum
}

// describe computes the features of a window.
func (s *script) describe(w window) features {
	var f features
	xs := s.sentences[w.first : w.last+1]
	sum := s.sums(w)
	words, dashes, claim, weakest, conditions := 0, 0, 0.0, math.Inf(1), 0
	for i := range xs {
		x := &xs[i]
		words += len(x.words)
		dashes += x.dashes
		claim += x.claim
		weakest = min(weakest, x.claim)
		if x.question {
			f[featQuestion] = 1
		}
		if _, ok := s.lexicon.begins(x.tokens, x.opening, cueConditionStart); ok {
			conditions++
		}
	}
	n := float64(len(xs))
	per25 := 25 / float64(max(1, words))
	up := func(c cue, most int) float64 { return float64(min(most, sum[c])) }
	f[featWords] = float64(words) / 50
	f[featTurn] = math.Log(1+float64(s.turns[xs[0].turn].words)) / 6
	f[featSelf] = up(cueSelf, 8) * per25 / 2
	f[featEmphasis] = up(cueEmphasis, 5) / 2
	f[featNames] = float64(min(4, s.distinctNames(w))) / 2
	f[featThe] = truth(s.startsWith(&xs[0], "the"))
	f[featClaim] = claim / n
	f[featPast] = up(cuePast, 6) * per25
	f[featAsker] = float64(s.turns[xs[0].turn].role) / 2
	f[featCondition] = float64(conditions) / n
	f[featAmount] = up(cueAmount, 3)
	f[featCause] = up(cueCause, 4) * per25
	place := float64(w.first) / float64(max(1, len(s.sentences)))
	f[featEarly] = truth(place < earlyEnds)
	f[featLate] = truth(place > lateBegins)
	f[featSuperlative] = up(cueSuperlative, 4) * per25
	f[featPromotion] = up(cuePromotion, 3)
	f[featDashes] = float64(min(4, dashes)) / 2
	f[featShowTalk] = up(cueShowTalk, 2)
	f[featAudience] = up(cueAudience, 6) * per25 / 2
	f[featShort] = float64(min(words, shortWindow)) / shortWindow
	f[featLongWords] = float64(s.longWords(xs)) / float64(max(1, words))
	f[featBareDefinites] = float64(s.bareDefinites(xs)) * per25
	f[featWeakestClaim] = weakest
	f[featI] = up(cueI, 6) * per25
	f[featSingle] = truth(len(xs) == 1)
	f[featHypothetical] = up(cueHypothetical, 2)
	f[featVagueness] = up(cueVagueness, 3)
	f[featCommas] = float64(max(0, s.commas(xs)-fewCommas)) / fewCommas
	f[featRepeats] = float64(s.repeats(xs)) * per25
	return f
}

// The beginning and the end of an episode, as shares of its sentences, hold more small talk than the rest.
const (
	earlyEnds  = 0.06
	lateBegins = 0.9
)

// A window below shortWindow words says too little as a rule; a long word has longWord letters.
const (
	shortWindow = 50
	longWord    = 8
)

// fewCommas are no sign of a speaker who does not come to an end.
const fewCommas = 5

func (s *script) commas(xs []sentence) int {
	n := 0
	for i := range xs {
		n += strings.Count(xs[i].text(), ",")
	}
	return n
}

// repeats counts the runs of three words that a window has more than once.
func (s *script) repeats(xs []sentence) int {
	seen := map[[3]int32]bool{}
	n := 0
	for i := range xs {
		ws := xs[i].words
		for k := 0; k+3 <= len(ws); k++ {
			run := [3]int32{ws[k].word, ws[k+1].word, ws[k+2].word}
			if seen[run] {
				n++
			}
			seen[run] = true
		}
	}
	return n
}

func (s *script) longWords(xs []sentence) int {
	n := 0
	for i := range xs {
		for _, w := range xs[i].words {
			if len(s.lexicon.words[w.word].text) >= longWord {
				n++
			}
		}
	}
	return n
}

// bareDefinites counts what is called "the something" as if it were known, though the window neither named it before
// nor says which one is meant ("the library was slow", but not "the main reason for it").
func (s *script) bareDefinites(xs []sentence) int {
	n := 0
	var said []int32
	for i := range xs {
		x := &xs[i]
		for k, w := range x.words {
			if s.lexicon.words[w.word].text == "the" && k+1 < len(x.words) {
				noun := x.words[k+1].word
				if e := &s.lexicon.words[noun]; !e.stop && !slices.Contains(said, noun) && s.leftOpen(x, k+2) {
					n++
				}
			}
			said = append(said, w.word)
		}
	}
	return n
}

// leftOpen reports whether the word at k, behind a noun, neither goes on with the noun nor says which one is meant.
func (s *script) leftOpen(x *sentence, k int) bool {
	if k >= len(x.words) {
		return true
	}
	w := x.words[k]
	e := &s.lexicon.words[w.word]
	if s.lexicon.english.sets["specifier"][e.text] {
		return false
	}
	return e.stop || x.tokens[w.first].glue == glueOther || strings.HasSuffix(e.text, "ed")
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// startsWith reports whether a sentence begins, behind its lead-ins, with a word.
func (s *script) startsWith(x *sentence, word string) bool {
	return x.opening < len(x.tokens) && s.lexicon.words[x.tokens[x.opening].word].text == word
}

// distinctNames counts the different capitalised words inside a window.
func (s *script) distinctNames(w window) int {
	var seen []int32
	note := func(n int32) {
		for _, m := range seen {
			if m == n {
				return
			}
		}
		seen = append(seen, n)
	}
	for i := w.first; i <= w.last; i++ {
		x := &s.sentences[i]
		for _, n := range x.names {
			note(n)
		}
		if x.nameFirst >= 0 && i > w.first && !endsSentence(s.sentences[i-1].text()) {
			note(x.nameFirst)
		}
	}
	return len(seen)
}

func endsSentence(s string) bool {
	last := lastByte(s)
	return last == "." || last == "!" || last == "?"
}
