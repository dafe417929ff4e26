package insight

import (
	"cmp"
	"slices"
	"strings"
)

// mostTopics is how many noun phrases name what an insight is about.
const mostTopics = 4

// phrase is a candidate for a topic: one or two words of a window.
type phrase struct {
	text  string
	terms []int32
	score float64
}

// topics names what a pick is about: its words that matter most in the episode, joined where they stand side by side.
func (s *script) topics(v *vocabulary, p shown) []string {
	var ps []phrase
	for i := p.trimmed.first; i <= p.trimmed.last; i++ {
		ps = append(ps, s.phrases(v, &s.sentences[i])...)
	}
	slices.SortStableFunc(ps, func(a, b phrase) int { return cmp.Compare(b.score, a.score) })
	var out []string
	var used []int32
	for _, p := range ps {
		if len(out) == mostTopics {
			break
		}
		if p.score > 0 && !slices.ContainsFunc(p.terms, func(t int32) bool { return slices.Contains(used, t) }) {
			out, used = append(out, p.text), append(used, p.terms...)
		}
	}
	return out
}

// phrases returns the single words of a sentence and its pairs of neighbours that matter in the episode.
func (s *script) phrases(v *vocabulary, x *sentence) []phrase {
	var out []phrase
	for i, w := range x.words {
		a := s.lexicon.words[w.word]
		if a.term < 0 || v.salience[a.term] == 0 || strings.IndexFunc(a.text, startsWord) < 0 || isNumeral(a.text) {
			continue
		}
		out = append(out, phrase{strings.TrimSuffix(a.text, "'s"), []int32{a.term}, v.salience[a.term]})
		if i+1 == len(x.words) || x.tokens[x.words[i+1].first].glue != glueSpace {
			continue
		}
		if b := s.lexicon.words[x.words[i+1].word]; b.term >= 0 && b.term != a.term && v.salience[b.term] > 0 && !isNumeral(b.text) {
			out = append(out, phrase{a.text + " " + b.text, []int32{a.term, b.term}, v.salience[a.term] + v.salience[b.term]})
		}
	}
	return out
}

func isNumeral(s string) bool { return strings.Trim(s, "0123456789.") == "" }
