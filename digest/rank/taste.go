package rank

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Taste is what votes taught about a reader: weights per feed and word, -1 to 1, positive when liked.
type Taste struct {
	Feeds map[string]float64
	Words map[string]float64
}

// What one vote teaches.
const (
	tasteOfFeed  = 0.10
	tasteOfWord  = 0.15
	wordsPerVote = 4
	maxTastes    = 100 // words that a taste holds; the weakest go first
)

// Vote returns taste after a vote on a doc: worth is 1 for a thumb up, -1 for one down, and the opposite to take a vote
// back. A doc that is not there teaches nothing.
func (x *Index) Vote(taste Taste, id string, worth float64) Taste {
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := Taste{Feeds: map[string]float64{}, Words: map[string]float64{}}
	maps.Copy(out.Feeds, taste.Feeds)
	maps.Copy(out.Words, taste.Words)
	n, ok := x.byID[id]
	if !ok {
		return out
	}
	shift(out.Feeds, x.feeds[x.docs[n].feed].url, worth*tasteOfFeed)
	for _, word := range x.salient(n) {
		shift(out.Words, word, worth*tasteOfWord)
	}
	prune(out.Words)
	return out
}

func shift(weights map[string]float64, name string, by float64) {
	w := max(-1, min(1, weights[name]+by))
	if w > -1e-9 && w < 1e-9 {
		delete(weights, name)
		return
	}
	weights[name] = w
}

// salient returns the words of a doc that say most of what it is about.
func (x *Index) salient(n int) []string {
	var found []Scored
	for _, w := range x.unit(nil, x.docs[n].vec) {
		if x.text.count(w.term) > 1 && !strings.HasSuffix(x.vocab.text[w.term], nameMark) {
			found = append(found, Scored{x.vocab.shown[w.term], float64(w.weight)})
		}
	}
	best(found)
	var out []string
	for _, f := range found[:min(wordsPerVote, len(found))] {
		out = append(out, f.ID)
	}
	return out
}

// prune drops the weakest words of a taste that grew too large.
func prune(words map[string]float64) {
	var all []Scored
	for w, v := range words {
		all = append(all, Scored{w, max(v, -v)})
	}
	best(all)
	for _, w := range all[min(maxTastes, len(all)):] {
		delete(words, w.ID)
	}
}

// sortedKeys returns a map's keys in order, so that sums do not depend on chance.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
