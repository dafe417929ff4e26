package rank

import (
	"cmp"
	"slices"
)

// kinship is what two insights of different podcasts have in common.
//
// One word in common makes two remarks alike by chance. Judged by eye, what tells those that speak of the same is that
// their episodes do, and that they share a phrase, or a rare word and what they are about: rather none than a wrong one.
type kinship struct {
	cosine float64 // of the texts
	around float64 // closeness of the episodes
	told   bool    // enough is known of both episodes for that
	phrase bool    // two words in a row in common
	topics int     // words in common among what each is about
	terms  int     // words in common
	rare   bool    // one of them stands in few docs
	noted  bool    // one of them was never said, but stands in show notes
}

const (
	kinCosine   = 0.12 // less is chance, whatever else
	kinTopics   = 0.17 // cosine from which on a rare word is enough with two of the topics …
	kinWords    = 0.20 // … or, in episodes as close as this too, by itself
	kinUntold   = 0.25 // cosine from which on a rare word is enough where the episodes tell nothing
	kinApart    = 0.40 // cosine from which on the episodes may be about different things
	sameSubject = 0.15 // closeness of the episodes
	toldBy      = 3    // docs that tell an episode's subject
	fewTerms    = 3    // terms that must be shared where the episodes tell nothing …
	manyTerms   = 6    // … and that are enough then, with a phrase; what stands in show notes must share so many
	rareShare   = 0.01 // of all docs may hold a rare word …
	minRare     = 8    // … and so many in any case
)

// possible reports whether two insights may be close, before more is looked at.
func (k kinship) possible() bool {
	return k.cosine >= kinCosine && (k.around >= sameSubject || !k.told || k.cosine >= kinApart)
}

// close reports whether two insights speak of the same.
func (k kinship) close() bool {
	switch {
	case !k.possible(), k.noted && k.terms < manyTerms:
		return false
	case k.cosine >= kinApart:
		return k.terms >= fewTerms
	case !k.told:
		return k.phrase && (k.terms >= manyTerms || k.terms >= fewTerms && k.cosine >= kinTopics) ||
			k.rare && k.terms >= fewTerms && k.cosine >= kinUntold
	}
	return k.phrase || k.rare && (k.topics >= 2 && k.cosine >= kinTopics || k.cosine >= kinWords && k.around >= kinWords)
}

// told reports whether so much of an episode is known that its subject is.
func (x *Index) told(episode int) bool { return len(x.episodes[episode].docs) >= toldBy }

// sharePhrase reports whether two docs have two words with a meaning in a row in common.
func (x *Index) sharePhrase(a, b *entry) bool {
	one, other := a.seq[:a.said], b.seq[:b.said]
	for i := 0; i+1 < len(one); i++ {
		if !x.vocab.stop[one[i]] && !x.vocab.stop[one[i+1]] && occurrences(other, one[i:i+2]) > 0 {
			return true
		}
	}
	return false
}

// sharedTopics counts the words that the topics of two docs have in common.
func sharedTopics(a, b *entry) int {
	n := 0
	topics := a.seq[a.said:]
	for i, t := range topics {
		if t != noTerm && !slices.Contains(topics[:i], t) && slices.Contains(b.seq[b.said:], t) {
			n++
		}
	}
	return n
}

// shared counts the terms that two vectors have in common, and tells whether one of them is rare.
func (x *Index) shared(a, b []weighted) (n int, rare bool) {
	for _, w := range a {
		if _, ok := slices.BinarySearchFunc(b, w.term, func(v weighted, t term) int { return cmp.Compare(v.term, t) }); ok {
			n++
			rare = rare || float64(x.text.count(w.term)) <= max(minRare, rareShare*float64(x.living()))
		}
	}
	return n, rare
}
