package rank

import (
	"cmp"
	"math"
	"slices"
)

// How related insights are looked for and ordered; what they must share stands in kindred.go.
const (
	relatedAround  = 0.5  // weight of the episodes' closeness beside the cosine
	titleTimes     = 3    // how often a title's word counts among an episode's
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
	return firstOf(out, n)
}

// SearchMeaning is Search for a text whose vector is known: both orders are fused by rank.
func (x *Index) SearchMeaning(text string, vec []float32, n int) []Scored {
	x.mu.RLock()
	defer x.mu.RUnlock()
	words := x.search(text, max(n, fusedFrom))
	out := fuse(words, x.vectors.nearest(vec, max(n, fusedFrom)))
	return firstOf(out, n)
}

// meant returns the docs that mean nearly the same as a vector.
func (x *Index) meant(vec []float32) []Scored {
	near := x.vectors.nearest(vec, fusedFrom)
	return slices.DeleteFunc(near, func(s Scored) bool { return s.Score < relatedMeaning })
}

// kin returns the docs of other podcasts that speak of the same as a doc, closest first.
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
	subject := x.subjectOf(int(x.docs[d].episode), s)
	var out []Scored
	for _, other := range slices.Compact(docs) {
		o := &x.docs[other]
		if o.feed == x.docs[d].feed {
			continue
		}
		s.unit = x.unit(s.unit[:0], o.vec)
		k := kinship{cosine: cosine(p.vec, s.unit), around: subject.closeness(x, int(o.episode))}
		k.told, k.noted = x.told(int(x.docs[d].episode)) && x.told(int(o.episode)), x.docs[d].notes || o.notes
		if k.possible() {
			k.phrase, k.topics = x.sharePhrase(&x.docs[d], o), sharedTopics(&x.docs[d], o)
			k.terms, k.rare = x.shared(p.vec, s.unit)
			if k.close() {
				out = append(out, Scored{o.id, relatedText*(k.cosine+relatedAround*k.around) + relatedTitle*titles[int(o.episode)]})
			}
		}
	}
	best(out)
	return out
}

// subject is what an episode is about: the weights of the terms of all its docs and its title.
type subject struct {
	weights []float32 // by term
	norm    float64
}

func (x *Index) subjectOf(episode int, s *scratch) subject {
	sub := subject{weights: grown(&s.weights, len(x.vocab.text))}
	x.eachTerm(episode, func(t term, n float32) { sub.weights[t] += n * x.idfOf(t) })
	for _, w := range sub.weights {
		sub.norm += float64(w) * float64(w)
	}
	return sub
}

// eachTerm calls f for the terms of an episode's docs and of its title. A term may come several times.
func (x *Index) eachTerm(episode int, f func(term, float32)) {
	e := &x.episodes[episode]
	for _, d := range e.docs {
		for _, c := range x.docs[d].vec {
			f(c.term(), 1)
		}
	}
	for _, t := range e.seq[:e.titled] {
		if !x.vocab.stop[t] {
			f(t, titleTimes)
		}
	}
}

// closeness returns how far another episode is about the same: the cosine of both, but for the other's repeated terms,
// which count as often as they come.
func (sub subject) closeness(x *Index, episode int) float64 {
	dot, norm := 0.0, 0.0
	x.eachTerm(episode, func(t term, n float32) {
		w := float64(n * x.idfOf(t))
		dot += w * float64(sub.weights[t])
		norm += w * w
	})
	return dot / math.Sqrt(max(1e-12, sub.norm*norm))
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
	return firstOf(keys, n)
}

// onePerPodcast keeps the closest doc of each other podcast that does not say the same as d.
func (x *Index) onePerPodcast(d int, found []Scored, n int) []Scored {
	p := x.profile(d)
	met := map[int32]bool{x.docs[d].feed: true}
	var out []Scored
	for _, f := range found {
		if len(out) >= n {
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
