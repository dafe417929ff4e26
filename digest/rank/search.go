package rank

import "slices"

// Search returns the docs that are closest to a text's words, at most n, by BM25 over text and title. A doc must hold half
// of the words, at most three; words that no doc holds count too, so that nonsense finds nothing.
func (x *Index) Search(text string, n int) []Scored {
	x.mu.RLock()
	defer x.mu.RUnlock()
	asked := slices.DeleteFunc(x.lookUp(text), func(t term) bool { return t != absent && x.vocab.stop[t] })
	need := min((len(asked)+1)/2, 3)
	found := slices.DeleteFunc(x.search(text, 3*n), func(s Scored) bool { return x.holds(x.byID[s.ID], asked) < need })
	return firstOf(found, n)
}

// holds counts the terms that a doc's text or title holds, as words or as names.
func (x *Index) holds(d int, terms []term) (n int) {
	title := &x.episodes[x.docs[d].episode]
	for _, t := range terms {
		if t == absent {
			continue
		}
		has := func(t term) bool {
			return slices.Contains(x.docs[d].seq, t) || slices.Contains(title.seq[:title.titled], t)
		}
		if name, ok := x.vocab.nameOf(t); has(t) || ok && has(name) {
			n++
		}
	}
	return n
}

func (x *Index) search(text string, n int) []Scored {
	s := x.borrow()
	defer x.scratch.Put(s)
	found := x.newScores(s)
	terms := x.asked(text)
	x.addTexts(terms, found)
	x.addTitles(terms, found)
	return x.closest(found, n, s)
}

// titleShare is the weight of a title's BM25 beside the text's in a search.
const titleShare = 0.5

// asked returns the terms of a question, each once, without stop words. Who asks for "react" may mean the library or
// the verb.
func (x *Index) asked(text string) []term {
	var out []term
	for _, t := range x.lookUp(text) {
		if name, ok := x.vocab.nameOf(t); ok {
			out = append(out, name)
		}
		if t != absent && !x.vocab.stop[t] {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// scores are the docs' scores in one search. Most docs have none: those that have are remembered.
type scores struct {
	of      []float32
	touched []int32
}

func (x *Index) newScores(s *scratch) *scores {
	return &scores{grown(&s.scores, len(x.docs)), s.touched[:0]}
}

func (s *scores) add(doc int, v float32) {
	if s.of[doc] == 0 {
		s.touched = append(s.touched, int32(doc))
	}
	s.of[doc] += v
}

// addTexts adds the BM25 of each doc's text to scores.
func (x *Index) addTexts(terms []term, to *scores) {
	var norms [256]float32 // by length; texts are shorter, and longer ones are all too long
	average := x.average()
	for i := range norms {
		norms[i] = float32(k1 * (1 - b + b*float64(i)/average))
	}
	for _, t := range terms {
		weight := x.idfOf(t) * (k1 + 1)
		for _, hit := range x.text.get(t, 0) {
			d, count := hit.doc(), float32(hit.count())
			to.add(d, weight*count/(count+norms[min(x.lengths[d], 255)]))
		}
	}
}

// addTitles adds the BM25 of each doc's title, weakened, to scores.
func (x *Index) addTitles(terms []term, to *scores) {
	for _, t := range terms {
		weight := titleShare * idf(len(x.episodes), x.titles.count(t))
		for _, hit := range x.titles.get(t, 0) {
			e := &x.episodes[hit.doc()]
			add := float32(weight * saturate(float64(hit.count()), float64(e.titleN), meanTitle))
			for _, d := range e.docs {
				to.add(int(d), add)
			}
		}
	}
}

// closest returns the n docs with the largest scores, equals by ID.
func (x *Index) closest(of *scores, n int, s *scratch) []Scored {
	var out []Scored
	for _, h := range x.leaders(of, n, s) {
		out = append(out, Scored{x.docs[h.doc].id, float64(h.score)})
	}
	return out
}

// leaders returns the n living docs with the largest scores, the largest first.
func (x *Index) leaders(of *scores, n int, s *scratch) []hit {
	s.touched = of.touched
	if n <= 0 {
		return nil
	}
	var top shortlist[hit]
	floor := float32(0)
	for _, d := range of.touched {
		if v := of.of[d]; v >= floor && !x.docs[d].dead {
			top.offer(hit{int(d), v}, n, x.closer)
			if len(top) == n {
				floor = top[0].score
			}
		}
	}
	return top.best(n, x.closer)
}

// hit is a doc with its score.
type hit struct {
	doc   int
	score float32
}

// closer puts the larger score first; equals by ID.
func (x *Index) closer(a, b hit) int {
	switch {
	case a.score > b.score:
		return -1
	case a.score < b.score:
		return 1
	case x.docs[a.doc].id < x.docs[b.doc].id:
		return -1
	}
	return 1
}

// Episodes returns the episodes that most probably speak of a text, at most n: the first stage of answering a question.
// An episode counts by its best three insights, its title and its notes.
func (x *Index) Episodes(text string, n int) []Scored {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.borrow()
	defer x.scratch.Put(s)
	found := x.newScores(s)
	terms := x.asked(text)
	x.addTexts(terms, found)
	s.touched = found.touched
	heads := make([]float64, len(x.episodes))
	for _, t := range terms {
		for _, hit := range x.titles.get(t, 0) {
			heads[hit.doc()] += shareTitle * idf(len(x.episodes), x.titles.count(t)) *
				saturate(float64(hit.count()), float64(x.episodes[hit.doc()].titleN), meanTitle)
		}
		for _, hit := range x.notes.get(t, 0) {
			heads[hit.doc()] += shareNotes * idf(len(x.episodes), x.notes.count(t)) *
				saturate(float64(hit.count()), float64(x.episodes[hit.doc()].notesN), meanNotes)
		}
	}
	var out []Scored
	for i := range x.episodes {
		if v := heads[i] + bestThree(x.episodes[i].docs, found.of); v > 0 && len(x.episodes[i].docs) > 0 {
			out = append(out, Scored{x.episodes[i].id, v})
		}
	}
	best(out)
	return firstOf(out, n)
}

// firstOf returns the first n of a list, or all there are.
func firstOf[T any](list []T, n int) []T { return list[:max(0, min(n, len(list)))] }

// bestThree adds up the three largest scores, each counting half of the one before.
func bestThree(docs []int32, scores []float32) float64 {
	var top [3]float32
	for _, d := range docs {
		v := scores[d]
		for i := range top {
			if v > top[i] {
				v, top[i] = top[i], v
			}
		}
	}
	return float64(top[0]) + float64(top[1])/2 + float64(top[2])/4
}

// Matching returns the docs that answer a topic, at most n, the closest first.
func (x *Index) Matching(topic string, n int) []Scored {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.borrow()
	defer x.scratch.Put(s)
	p := x.prepare(topic)
	if len(p.concepts) == 0 {
		return nil
	}
	found := x.newScores(s)
	for d, m := range x.matches(p, 0, s) {
		if m.sure >= enough {
			found.add(d, float32(m.relevance()))
		}
	}
	return x.closest(found, n, s)
}
