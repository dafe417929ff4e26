package insight

import (
	"cmp"
	"slices"
	"strings"
)

// mostTopics is how many noun phrases name what an insight is about.
const mostTopics = 4

// A pair of words is a phrase when it stands at least pairsFrom times in the episode; names count more than other words.
const (
	pairsFrom  = 2
	nameWeight = 1.5
)

// pair is two terms side by side.
type pair [2]int32

// phrase is a candidate for a topic: one or two words of a window.
type phrase struct {
	text  string
	terms []int32
	score float64
}

// pairs counts the pairs of terms of the episode.
func (s *script) pairs() map[pair]int {
	out := map[pair]int{}
	for i := range s.sentences {
		x := &s.sentences[i]
		for k := range x.words {
			if p, ok := s.pairAt(x, k); ok {
				out[p]++
			}
		}
	}
	return out
}

// pairAt returns the pair that word k of a sentence begins.
func (s *script) pairAt(x *sentence, k int) (pair, bool) {
	if k+1 >= len(x.words) || x.tokens[x.words[k+1].first].glue != glueSpace {
		return pair{}, false
	}
	a, b := s.lexicon.words[x.words[k].word].term, s.lexicon.words[x.words[k+1].word].term
	return pair{a, b}, a >= 0 && b >= 0 && a != b
}

// topics names what a pick is about: the words that matter most in the episode, as pairs where it often has them so.
func (s *script) topics(v *vocabulary, pairs map[pair]int, p shown) []string {
	var ps []phrase
	for i := p.trimmed.first; i <= p.trimmed.last; i++ {
		ps = append(ps, s.phrases(v, pairs, &s.sentences[i])...)
	}
	slices.SortStableFunc(ps, func(a, b phrase) int { return cmp.Compare(b.score, a.score) })
	var out []string
	var used []int32
	for _, p := range ps {
		if len(out) == mostTopics {
			break
		}
		if !slices.ContainsFunc(p.terms, func(t int32) bool { return slices.Contains(used, t) }) {
			out, used = append(out, p.text), append(used, p.terms...)
		}
	}
	return out
}

// phrases returns the words and pairs of a sentence that matter in the episode.
func (s *script) phrases(v *vocabulary, pairs map[pair]int, x *sentence) []phrase {
	var out []phrase
	for k, w := range x.words {
		a := s.lexicon.words[w.word]
		if !s.names(v, a) {
			continue
		}
		score := v.salience[a.term]
		if x.tokens[w.first].upper && k > 0 {
			score *= nameWeight
		}
		out = append(out, phrase{strings.TrimSuffix(a.text, "'s"), []int32{a.term}, score})
		p, ok := s.pairAt(x, k)
		if !ok || pairs[p] < pairsFrom {
			continue
		}
		if b := s.lexicon.words[x.words[k+1].word]; s.names(v, b) {
			out = append(out, phrase{a.text + " " + strings.TrimSuffix(b.text, "'s"), p[:], score + v.salience[b.term]})
		}
	}
	return out
}

// names reports whether a word can name a topic: it matters in the episode and is likely a noun.
func (s *script) names(v *vocabulary, w word) bool {
	if w.term < 0 || v.salience[w.term] == 0 || isNumeral(w.text) || len(w.text) < 2 || s.lexicon.english.sets["no topic"][w.text] {
		return false
	}
	return !strings.HasSuffix(w.text, "ly") && !strings.HasSuffix(w.text, "n't") && !strings.Contains(w.text, "'")
}

func isNumeral(s string) bool { return strings.Trim(s, "0123456789.") == "" }
