package rank

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Bounds of what is learned about a topic from the corpus.
const (
	maxPrepared = 1024 // topics kept ready
	maxLookedAt = 2000 // newest docs of the topic that are looked at
	maxFound    = 8    // terms taken
	minTogether = 4    // docs in which a term must stand beside the topic …
	minPodcasts = 2    // … in so many podcasts
	minLift     = 4.0  // … and so many times as often as elsewhere
	feedSmooth  = 5    // docs that a podcast must have before its share counts by half
)

// prepared is a topic with what the corpus teaches about it.
type prepared struct {
	topic
	feeds [][]float32 // by concept and feed: how far the podcast is about it, 0 to 1
}

// cache keeps prepared topics until the index changes.
type cache struct {
	mu     sync.Mutex
	change uint64
	topics map[string]*prepared
}

// prepare returns a topic ready for matching. What is learned depends on the index alone, so it does not matter
// whether it was kept or made anew.
func (x *Index) prepare(name string) *prepared {
	x.learned.mu.Lock()
	defer x.learned.mu.Unlock()
	if x.learned.change != x.change || len(x.learned.topics) >= maxPrepared || x.learned.topics == nil {
		x.learned.change, x.learned.topics = x.change, map[string]*prepared{}
	}
	p, ok := x.learned.topics[name]
	if !ok {
		p = x.learn(x.understand(name))
		x.learned.topics[name] = p
	}
	return p
}

// learn looks at where a topic's concepts are spoken of: in which podcasts, and beside which words.
func (x *Index) learn(t topic) *prepared {
	p := &prepared{topic: t}
	s := x.borrow()
	defer x.scratch.Put(s)
	for i := range p.concepts {
		texts := grown(&s.texts, len(x.docs))
		x.inTexts(p.concepts[i], 0, texts)
		p.feeds = append(p.feeds, x.about(p.concepts[i], texts))
		p.concepts[i].phrases = append(slices.Clip(p.concepts[i].phrases), x.beside(p.concepts[i], texts)...)
	}
	return p
}

// about returns by feed how far the podcast is about a concept: it is named for it, or much of what is said in it is.
func (x *Index) about(c concept, texts []evidence) []float32 {
	out := make([]float32, len(x.feeds))
	for f := range x.feeds {
		feed := &x.feeds[f]
		said := 0
		for _, d := range feed.docs {
			if texts[d].sure >= weightClose {
				said++
			}
		}
		out[f] = min(1, 2*float32(said)/float32(len(feed.docs)+feedSmooth))
		for _, p := range c.phrases {
			if p.weight >= weightClose && occurrences(feed.seq, p.terms) > 0 {
				out[f] = max(out[f], p.weight)
			}
		}
	}
	return out
}

// beside returns the terms that stand much more often in the texts about a concept than elsewhere.
func (x *Index) beside(c concept, texts []evidence) []phrase {
	type pair struct {
		docs, feeds int
		last        int32
	}
	pairs := map[term]pair{}
	looked := 0
	for d := len(texts) - 1; d >= 0 && looked < maxLookedAt; d-- {
		if texts[d].sure < weightClose {
			continue
		}
		looked++
		for _, n := range x.docs[d].vec {
			p, met := pairs[n.term()]
			if !met || p.last != x.docs[d].feed {
				p.feeds++
			}
			p.docs, p.last = p.docs+1, x.docs[d].feed
			pairs[n.term()] = p
		}
	}
	var found []Scored
	byName := map[string]term{}
	for t, p := range pairs {
		lift := float64(p.docs) / float64(looked) * float64(x.living()) / float64(x.text.count(t))
		if p.docs < minTogether || p.feeds < minPodcasts || lift < minLift || holds(c, t) {
			continue
		}
		found = append(found, Scored{x.vocab.text[t], float64(p.docs) * math.Log(lift)})
		byName[x.vocab.text[t]] = t
	}
	best(found)
	var out []phrase
	for _, f := range found[:min(maxFound, len(found))] {
		out = append(out, phrase{[]term{byName[f.ID]}, weightFound})
	}
	return out
}

func holds(c concept, t term) bool {
	return slices.ContainsFunc(c.phrases, func(p phrase) bool { return slices.Contains(p.terms, t) })
}

// best sorts by score, the largest first; equals by ID, so that the order never depends on chance.
func best(s []Scored) {
	slices.SortFunc(s, closerScored)
}

func closerScored(a, b Scored) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
}
