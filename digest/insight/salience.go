package insight

import (
	"math"
	"slices"
	"strings"

	"podbrief/digest/feed"
)

// vocabulary weighs an episode's terms.
type vocabulary struct {
	idf      []float64 // by term
	df       []int     // sentences that hold the term, ads left out
	salience []float64 // what the episode is about; of length 1 over all terms
	title    map[int32]float64
	titleSum float64
	notes    map[int32]float64
}

// salientFrom is the number of sentences that a term must occur in to be what an episode is about.
const salientFrom = 3

func (s *script) vocabulary(ep feed.Episode) *vocabulary {
	v := s.countTerms()
	known := len(v.idf)
	guests := map[int32]bool{}
	for _, p := range ep.Persons {
		if p.Role == "guest" {
			for _, t := range s.termsOf(p.Name) {
				guests[t] = true
			}
		}
	}
	title := ep.Title
	if n := strings.IndexAny(title, "|("); n >= 0 {
		title = title[:n]
	}
	v.title, v.notes = map[int32]float64{}, map[int32]float64{}
	for _, t := range s.termsOf(title) {
		if !guests[t] {
			v.title[t] = s.idfOf(v, known, t)
		}
	}
	for _, x := range v.title {
		v.titleSum += x
	}
	s.weighNotes(v, known, ep.Notes, guests)
	return v
}

func (s *script) idfOf(v *vocabulary, known int, t int32) float64 {
	if int(t) < known {
		return v.idf[t]
	}
	return math.Log(float64(len(s.sentences)+1) / 0.5)
}

// countTerms counts the terms of the episode.
func (s *script) countTerms() *vocabulary {
	n := len(s.lexicon.stems)
	v := &vocabulary{idf: make([]float64, n), df: make([]int, n), salience: make([]float64, n)}
	tf, seenIn := make([]int, n), make([]int, n)
	for i := range s.sentences {
		x := &s.sentences[i]
		if s.paragraphs[x.paragraph].ad >= nearAd {
			continue
		}
		for _, t := range x.terms {
			tf[t]++
			if seenIn[t] != i+1 {
				seenIn[t] = i + 1
				v.df[t]++
			}
		}
	}
	norm := 0.0
	for t := range v.idf {
		v.idf[t] = math.Log(float64(len(s.sentences)+1) / (float64(v.df[t]) + 0.5))
		if v.df[t] >= salientFrom {
			v.salience[t] = (1 + math.Log(float64(tf[t]))) * v.idf[t]
			norm += v.salience[t] * v.salience[t]
		}
	}
	for t := range v.salience {
		v.salience[t] /= max(math.Sqrt(norm), 1e-9)
	}
	return v
}

// rareShare is the share of sentences above which a term of the show notes tells nothing.
const rareShare = 0.05

func (s *script) weighNotes(v *vocabulary, known int, notes string, guests map[int32]bool) {
	tf := map[int32]int{}
	for _, t := range s.termsOf(notes) {
		if !guests[t] {
			tf[t]++
		}
	}
	norm := 0.0
	for t, n := range tf {
		if int(t) < known && float64(v.df[t]) >= rareShare*float64(len(s.sentences)) {
			continue
		}
		v.notes[t] = (1 + math.Log(float64(n))) * s.idfOf(v, known, t)
	}
	for _, t := range sortedKeys(v.notes) { // in order, so that rounding is the same every time
		norm += v.notes[t] * v.notes[t]
	}
	for t := range v.notes {
		v.notes[t] /= max(math.Sqrt(norm), 1e-9)
	}
}

func sortedKeys(m map[int32]float64) []int32 {
	keys := make([]int32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// termsOf returns the terms of any text.
func (s *script) termsOf(text string) []int32 {
	toks := s.lexicon.tokenize(nil, text, 0, len(text))
	var out []int32
	for _, w := range s.lexicon.wholes(nil, toks) {
		if t := s.lexicon.words[w.word].term; t >= 0 {
			out = append(out, t)
		}
	}
	return out
}

// vector is a text's terms, in order, with weights of length 1.
type vector struct {
	terms  []int32
	weight []float64
}

// vectorOf gives a window its vector.
func (s *script) vectorOf(v *vocabulary, w window) vector {
	var all []int32
	for i := w.first; i <= w.last; i++ {
		all = append(all, s.sentences[i].terms...)
	}
	slices.Sort(all)
	out := vector{terms: all[:0], weight: make([]float64, 0, len(all))}
	norm := 0.0
	for i := 0; i < len(all); {
		t, n := all[i], 0
		for ; i < len(all) && all[i] == t; i++ {
			n++
		}
		x := (1 + math.Log(float64(n))) * v.idf[t]
		out.terms, out.weight = append(out.terms, t), append(out.weight, x)
		norm += x * x
	}
	for i := range out.weight {
		out.weight[i] /= max(math.Sqrt(norm), 1e-9)
	}
	return out
}

// cosine compares two vectors.
func cosine(a, b vector) float64 {
	sum := 0.0
	for i, j := 0, 0; i < len(a.terms) && j < len(b.terms); {
		switch d := a.terms[i] - b.terms[j]; {
		case d < 0:
			i++
		case d > 0:
			j++
		default:
			sum += a.weight[i] * b.weight[j]
			i, j = i+1, j+1
		}
	}
	return sum
}

// bearings is how a window lies to what the episode is about.
type bearings struct{ salience, title, notes float64 }

func (v *vocabulary) bearings(x vector) bearings {
	var b bearings
	for i, t := range x.terms {
		b.salience += v.salience[t]
		b.title += v.title[t]
		b.notes += x.weight[i] * v.notes[t]
	}
	b.salience *= 3 / math.Sqrt(float64(max(1, len(x.terms))))
	b.title = min(0.6, b.title/max(v.titleSum, 1e-9))
	return b
}
