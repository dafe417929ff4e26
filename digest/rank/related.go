package rank

import (
	"cmp"
	"math"
	"slices"
)

// What related insights must share.
const (
	relatedEnough  = 0.12 // cosine
	relatedMeaning = 0.45 // cosine of a model's vectors
	relatedText    = 10.0 // weights of cosine and of the titles' BM25
	relatedTitle   = 0.5
	lookedAt       = 256 // docs compared exactly
	titlesLooked   = 24  // episodes with the closest titles, whose docs are compared too
	fusedFrom      = 100 // docs of each list that are fused
)

// Related returns docs of other podcasts that speak of the same as a doc, at most n, one a podcast, the closest first.
// What says the very same is left out: it is not related but told again. With vectors, closeness in words and in
// meaning are fused by rank.
func (x *Index) Related(id string, n int) []Scored {
	x.mu.RLock()
	defer x.mu.RUnlock()
	d, ok := x.byID[id]
	if !ok {
		return nil
	}
	found := x.kin(d)
	if vec := x.vectors.of(id); vec != nil {
		found = fuse(found, x.meant(vec))
	}
	return x.onePerPodcast(d, found, n)
}

// Similar returns the docs that are closest to a doc in words, wherever they come from, by cosine.
func (x *Index) Similar(id string, n int) []Scored {
	x.mu.RLock()
	defer x.mu.RUnlock()
	d, ok := x.byID[id]
	if !ok {
		return nil
	}
	s := x.borrow()
	defer x.scratch.Put(s)
	p := x.profile(d)
	var out []Scored
	for _, other := range x.lookAlikes(p, s) {
		out = append(out, Scored{x.docs[other].id, cosine(p.vec, x.profile(other).vec)})
	}
	best(out)
	return out[:min(n, len(out))]
}

// SearchMeaning is Search for a text whose vector is known: both orders are fused by rank.
func (x *Index) SearchMeaning(text string, vec []float32, n int) []Scored {
	x.mu.RLock()
	defer x.mu.RUnlock()
	words := x.search(text, max(n, fusedFrom))
	out := fuse(words, x.vectors.nearest(vec, max(n, fusedFrom)))
	return out[:min(n, len(out))]
}

// meant returns the docs that mean nearly the same as a vector.
func (x *Index) meant(vec []float32) []Scored {
	near := x.vectors.nearest(vec, fusedFrom)
	return slices.DeleteFunc(near, func(s Scored) bool { return s.Score < relatedMeaning })
}

// kin returns the docs of other podcasts that share enough words with a doc, closest first.
func (x *Index) kin(d int) []Scored {
	s := x.borrow()
	defer x.scratch.Put(s)
	p := x.profile(d)
	titles := x.titleScores(d)
	docs := x.lookAlikes(p, s)
	for _, e := range largest(titles, titlesLooked) {
		for _, other := range x.episodes[e].docs {
			docs = append(docs, int(other))
		}
	}
	slices.Sort(docs)
	var out []Scored
	for _, other := range slices.Compact(docs) {
		if x.docs[other].feed == x.docs[d].feed {
			continue
		}
		s.unit = x.unit(s.unit[:0], x.docs[other].vec)
		c := cosine(p.vec, s.unit)
		if c >= relatedEnough {
			score := relatedText*c + relatedTitle*titles[int(x.docs[other].episode)]
			out = append(out, Scored{x.docs[other].id, score})
		}
	}
	best(out)
	return out
}

// lookAlikes returns the docs that probably have the largest cosines with p. Words that one doc in ten holds are not
// asked for: they cost most and tell least; and instead of by its vector's length, which depends on the whole corpus, a
// doc is judged by its number of terms.
func (x *Index) lookAlikes(p profile, s *scratch) []int {
	dots := x.newScores(s)
	common := max(100, x.living()/10)
	for _, w := range p.vec {
		if x.text.count(w.term) > common {
			continue
		}
		weight := w.weight * x.idfOf(w.term)
		for _, hit := range x.text.get(w.term, 0) {
			dots.add(hit.doc(), weight)
		}
	}
	for _, d := range dots.touched {
		dots.of[d] /= float32(math.Sqrt(float64(x.lengths[d])))
	}
	dots.of[p.doc] = 0
	var out []int
	for _, h := range x.leaders(dots, lookedAt, s) {
		out = append(out, h.doc)
	}
	return out
}

// titleScores returns by episode the BM25 of its title for the words of a doc's title.
func (x *Index) titleScores(d int) map[int]float64 {
	own := int(x.docs[d].episode)
	out := map[int]float64{}
	e := &x.episodes[own]
	for _, c := range countTerms(nil, e.seq[:e.titled], x.vocab.stop) {
		weight := idf(len(x.episodes), x.titles.count(c.term()))
		for _, hit := range x.titles.get(c.term(), 0) {
			if n := hit.doc(); n != own {
				out[n] += weight * saturate(float64(hit.count()), float64(x.episodes[n].titleN), meanTitle)
			}
		}
	}
	return out
}

// largest returns the n keys with the largest values; of equals the smallest.
func largest(of map[int]float64, n int) []int {
	keys := sortedKeys(of)
	slices.SortStableFunc(keys, func(a, b int) int { return cmp.Compare(of[b], of[a]) })
	return keys[:min(n, len(keys))]
}

// onePerPodcast keeps the closest doc of each other podcast that does not say the same as d.
func (x *Index) onePerPodcast(d int, found []Scored, n int) []Scored {
	p := x.profile(d)
	met := map[int32]bool{x.docs[d].feed: true}
	var out []Scored
	for _, f := range found {
		if len(out) == n {
			break
		}
		other := x.byID[f.ID]
		if met[x.docs[other].feed] {
			continue
		}
		if _, same := likeness(p, x.profile(other)); !same {
			met[x.docs[other].feed] = true
			out = append(out, f)
		}
	}
	return out
}

// fuse merges orders by reciprocal rank.
func fuse(orders ...[]Scored) []Scored {
	scores := map[string]float64{}
	for _, o := range orders {
		for i, s := range o {
			scores[s.ID] += 1 / (rrf + float64(i+1))
		}
	}
	out := make([]Scored, 0, len(scores))
	for id, v := range scores {
		out = append(out, Scored{id, v})
	}
	best(out)
	return out
}
