package insight

import "time"

// The teaser: sentences of the beginning that are said again later are what the podcast's makers chose themselves.
const (
	teaserEnds     = 180 * time.Second
	teaserSentence = 8 // words
	teaserShared   = 4 // trigrams
	teaserMatches  = 2 // sentences
)

type trigram [3]int32

func trigrams(words []whole) []trigram {
	var out []trigram
	for i := 0; i+2 < len(words); i++ {
		out = append(out, trigram{words[i].word, words[i+1].word, words[i+2].word})
	}
	return out
}

// findTeaser marks the sentences of a teaser and those that it replays.
func (s *script) findTeaser() {
	early := map[trigram]bool{}
	for i := range s.sentences {
		if x := &s.sentences[i]; s.maybeTeaser(x) {
			for _, g := range trigrams(x.words) {
				early[g] = true
			}
		}
	}
	later := map[trigram][]int{}
	for i := range s.sentences {
		if x := &s.sentences[i]; x.at > teaserEnds {
			for _, g := range trigrams(x.words) {
				if at := later[g]; early[g] && (len(at) == 0 || at[len(at)-1] != i) {
					later[g] = append(at, i)
				}
			}
		}
	}
	s.matchTeaser(later)
}

func (s *script) maybeTeaser(x *sentence) bool {
	return x.at <= teaserEnds && len(x.words) >= teaserSentence && s.paragraphs[x.paragraph].ad < isAd
}

func (s *script) matchTeaser(later map[trigram][]int) {
	var own, again []int
	for i := range s.sentences {
		if x := &s.sentences[i]; s.maybeTeaser(x) {
			if at := s.replayOf(x, later); at >= 0 {
				own, again = append(own, i), append(again, at)
			}
		}
	}
	if len(own) < teaserMatches {
		return
	}
	for k := range own {
		s.sentences[own[k]].teaser = true
		s.sentences[again[k]].replayed = true
	}
}

// replayOf returns the later sentence that shares most trigrams with x, -1 when none shares enough.
func (s *script) replayOf(x *sentence, later map[trigram][]int) int {
	shared := map[int]int{}
	distinct := map[trigram]bool{}
	best := -1
	for _, g := range trigrams(x.words) {
		if distinct[g] {
			continue
		}
		distinct[g] = true
		for _, i := range later[g] {
			shared[i]++
			if best < 0 || shared[i] > shared[best] || shared[i] == shared[best] && i < best {
				best = i
			}
		}
	}
	if best < 0 || len(s.sentences[best].words) < teaserSentence-1 {
		return -1
	}
	if enough := 0.6 * float64(min(len(distinct), len(s.sentences[best].words)-2)); float64(shared[best]) < max(teaserShared, enough) {
		return -1
	}
	return best
}
