package insight

import (
	"cmp"
	"math"
	"slices"
)

// candidate is a window that passed the gates.
type candidate struct {
	window
	quality float64 // absolute
	score   float64 // within the episode
	vector  vector
}

// Weights of an episode's own signals, in standard deviations, and of the rest.
const (
	weightSalience = 0.2
	weightTitle    = 0.2
	weightNotes    = 0.15
	weightTeaser   = 0.5
	weightStoryEnd = -0.25
	weightLeaning  = -0.3 // of a first sentence that may speak of what was said before it
	weightSingle   = -0.3 // of one sentence: readers want two or three
)

// rank scores the candidates of an episode.
func (s *script) rank(ws []window, v *vocabulary, model *weights) []candidate {
	out := make([]candidate, len(ws))
	sal, title, notes := make([]float64, len(ws)), make([]float64, len(ws)), make([]float64, len(ws))
	index := model.index(s.lexicon)
	for i, w := range ws {
		f := s.describe(w)
		f[featWording] = model.wording(s, index, w)
		out[i] = candidate{window: w, quality: model.quality(&f), vector: s.vectorOf(v, w)}
		b := v.bearings(out[i].vector)
		sal[i], title[i], notes[i] = b.salience, b.title, b.notes
	}
	standardise(sal)
	standardise(title)
	standardise(notes)
	for i := range out {
		c := &out[i]
		c.score = c.quality + weightSalience*sal[i] + weightTitle*title[i]
		if len(v.notes) > 0 {
			c.score += weightNotes * notes[i]
		}
		c.score += s.stumbles(c.window)
		if c.first == c.last {
			c.score += weightSingle
		}
		if s.sentences[c.first].counts[cueLeaning] > 0 {
			c.score += weightLeaning
		}
		if s.endsInStory(c.window) {
			c.score += weightStoryEnd
		}
		if s.replayed(c.window) {
			c.score += weightTeaser
		}
	}
	return out
}

// Captions keep what editors leave out. Among the windows of an episode the ones spoken clean are better to read.
const (
	weightStumble = -0.1
	mostStumbles  = 4
)

// stumbles returns the deduction for the marks of unedited speech in a window, the first one not counted.
func (s *script) stumbles(w window) float64 {
	if s.turns[s.sentences[w.first].turn].speaker != "" {
		return 0
	}
	n := 0
	for i := w.first; i <= w.last; i++ {
		n += int(s.sentences[i].counts[cueStumble])
	}
	return weightStumble * float64(min(mostStumbles, max(0, n-1)))
}

// standardise turns values into standard deviations from their mean, at most 2.5.
func standardise(vs []float64) {
	n, mean, square := float64(max(1, len(vs))), 0.0, 0.0
	for _, v := range vs {
		mean += v / n
	}
	for _, v := range vs {
		square += (v - mean) * (v - mean) / n
	}
	for i, v := range vs {
		vs[i] = max(-2.5, min(2.5, (v-mean)/(math.Sqrt(square)+1e-6)))
	}
}

func (s *script) endsInStory(w window) bool {
	x := &s.sentences[w.last]
	return w.last > w.first && (s.lexicon.tellsStory(x) || x.counts[cueStory] >= 2)
}

func (s *script) replayed(w window) bool {
	for i := w.first; i <= w.last; i++ {
		if s.sentences[i].replayed {
			return true
		}
	}
	return false
}

// How picks of one episode keep apart.
const (
	consideredMost = 300
	apart          = 10   // sentences
	alikeFrom      = 0.12 // cosine
	alikeCost      = 0.9
)

// pick chooses up to count candidates, best first: a good one that is neither near nor like one chosen before, and whose
// shown form passes the gates.
func (s *script) pick(cs []candidate, count int) []shown {
	slices.SortStableFunc(cs, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	var out []shown
	var chosen []candidate
	for len(out) < count {
		best := bestOf(cs, chosen)
		if best < 0 {
			break
		}
		c := cs[best]
		cs = slices.Delete(cs, best, best+1)
		if x, ok := s.show(c); ok {
			out, chosen = append(out, x), append(chosen, c)
		}
	}
	return out
}

// bestOf returns the number of the best candidate given those already chosen, -1 when none is left.
func bestOf(cs, chosen []candidate) int {
	best, most := -1, math.Inf(-1)
	for i := range cs[:min(len(cs), consideredMost)] {
		c := &cs[i]
		if c.score <= most {
			break // sorted: the rest is no better even without deductions
		}
		if v, ok := c.beside(chosen); ok && v > most {
			best, most = i, v
		}
	}
	return best
}

// beside returns the score of c next to those chosen, and whether it stands far enough from them.
func (c *candidate) beside(chosen []candidate) (float64, bool) {
	alike := 0.0
	for i := range chosen {
		o := &chosen[i]
		if c.last >= o.first-apart && c.first <= o.last+apart {
			return 0, false
		}
		alike = max(alike, cosine(c.vector, o.vector))
	}
	return c.score - alikeCost*max(0, alike-alikeFrom), true
}

// shown is a candidate as readers see it.
type shown struct {
	candidate
	trimmed window
	text    string
}

// show trims and renders a candidate; when the trimmed text fails the gates, the whole may still pass.
func (s *script) show(c candidate) (shown, bool) {
	trimmed := s.trim(c.window)
	text := s.render(trimmed)
	if Form(text) == "" {
		return shown{c, trimmed, text}, true
	}
	text = s.render(c.window)
	return shown{c, c.window, text}, trimmed != c.window && Form(text) == ""
}

// render writes a window for readers.
func (s *script) render(w window) string {
	var out []byte
	for i := w.first; i <= w.last; i++ {
		x := &s.sentences[i]
		text := x.text()
		if i == w.first {
			text = capitalise(text[x.lead:])
		} else {
			out = append(out, ' ')
		}
		if s.setApart(i) && (i == w.first || !s.setApart(i-1)) {
			out = append(out, "“"...)
		}
		out = append(out, display(text)...)
		if s.setApart(i) && (i == w.last || !s.setApart(i+1)) {
			out = append(out, "”"...)
		}
	}
	return string(out)
}

// trim leaves out a clearly weaker last or first sentence when two or more remain, long enough, that still begin well.
func (s *script) trim(w window) window {
	for w.last > w.first+1 && s.weakEnd(w) && s.wordsIn(window{w.first, w.last - 1}) >= shownFewest {
		w.last--
	}
	for w.last > w.first+1 && s.weakBeginning(w) && s.wordsIn(window{w.first + 1, w.last}) >= shownFewest {
		w.first++
	}
	return w
}

func (s *script) wordsIn(w window) int {
	n := 0
	for i := w.first; i <= w.last; i++ {
		n += len(s.sentences[i].words)
	}
	return n
}

func (s *script) weakEnd(w window) bool {
	x := &s.sentences[w.last]
	mean := 0.0
	for i := w.first; i < w.last; i++ {
		mean += s.sentences[i].claim / float64(w.last-w.first)
	}
	if x.claim < min(0, mean-1.2) {
		return true
	}
	_, points := s.lexicon.begins(x.tokens, 0, cueDeicticStart)
	return x.claim < 0.35 && (points || s.lexicon.tellsStory(x) || x.counts[cueStory] > 0 || len(x.words) < 9)
}

func (s *script) weakBeginning(w window) bool {
	x, next := &s.sentences[w.first], &s.sentences[w.first+1]
	return x.claim < 0.2 && next.claim > x.claim+0.6 && s.standsAlone(next) && (s.reference || s.opensWell(next))
}
