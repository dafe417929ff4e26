package rank

import (
	"math"
	"slices"
	"sort"
)

// Parameters of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) with the usual values.
const (
	k1 = 1.2
	b  = 0.75
)

// posting says that a document holds a term: its number in the upper 24 bits, the term's count in the lower 8.
type posting uint32

// maxDocs is how many documents an index can number.
const maxDocs = 1 << 24

func newPosting(doc, count int) posting { return posting(doc<<8 | min(count, 255)) }
func (p posting) doc() int              { return int(p >> 8) }
func (p posting) count() int            { return int(p & 255) }

// lists holds the postings of each term, in the order of documents.
type lists struct {
	of [][]posting // by term
	df []int32     // by term: how many living documents hold it
}

func (l *lists) add(t term, p posting) {
	for int(t) >= len(l.of) {
		l.of = append(l.of, nil)
		l.df = append(l.df, 0)
	}
	list := append(l.of[t], p)
	for i := len(list) - 1; i > 0 && list[i-1] > list[i]; i-- {
		list[i-1], list[i] = list[i], list[i-1]
	}
	l.of[t] = list
	l.df[t]++
}

// drop takes a document with its terms out.
func (l *lists) drop(terms []counted, doc int) {
	for _, c := range terms {
		t := c.term()
		l.of[t] = slices.DeleteFunc(l.of[t], func(p posting) bool { return p.doc() == doc })
		l.df[t]--
	}
}

// renumber gives every document the number that now holds, and drops those whose number is negative.
func (l *lists) renumber(now []int32) {
	for t, list := range l.of {
		kept := list[:0]
		for _, p := range list {
			if n := now[p.doc()]; n >= 0 {
				kept = append(kept, newPosting(int(n), p.count()))
			}
		}
		l.of[t] = kept
		l.df[t] = int32(len(kept))
	}
}

// get returns a term's postings from the document numbered from onwards.
func (l *lists) get(t term, from int) []posting {
	if int(t) >= len(l.of) {
		return nil
	}
	return since(l.of[t], from)
}

// since returns the end of a list, from a document onwards. It looks from the end, in growing steps: what is asked for
// is nearly always the newest.
func since(list []posting, from int) []posting {
	if from == 0 {
		return list
	}
	back := 1
	for back < len(list) && list[len(list)-back].doc() >= from {
		back *= 2
	}
	first := max(0, len(list)-back)
	return list[first+sort.Search(len(list)-first, func(i int) bool { return list[first+i].doc() >= from }):]
}

func (l *lists) count(t term) int {
	if int(t) >= len(l.df) {
		return 0
	}
	return int(l.df[t])
}

// rarest returns the term of a phrase that the fewest documents hold; noTerm when there is nothing to look for.
func (l *lists) rarest(phrase []term, stop []bool) term {
	best, least := noTerm, math.MaxInt
	for _, t := range phrase {
		if t == absent {
			return noTerm
		}
		if n := l.count(t); !stop[t] && n < least {
			best, least = t, n
		}
	}
	return best
}

// idf is the inverse document frequency of BM25 in the form that is never negative: ln(1 + (docs-df+½)/(df+½)).
func idf(docs, df int) float64 {
	return math.Log(float64(docs+1)) - math.Log(float64(df)+0.5)
}

// logarithms holds ln(n+½) for small n: most terms are rare, and every comparison of two docs asks for dozens.
type logarithms [4096]float32

func newLogarithms() *logarithms {
	var l logarithms
	for n := range l {
		l[n] = float32(math.Log(float64(n) + 0.5))
	}
	return &l
}

func (l *logarithms) half(n int) float32 {
	if n < len(l) {
		return l[n]
	}
	return float32(math.Log(float64(n) + 0.5))
}

// saturate is BM25's weight of a count in a document of length against the average length.
func saturate(count, length, average float64) float64 {
	return count * (k1 + 1) / (count + k1*(1-b+b*length/average))
}

// counted is a term with its count: the term in the upper 24 bits, the count in the lower 8.
type counted uint32

func (c counted) term() term { return term(c >> 8) }
func (c counted) count() int { return int(c & 255) }

// countTerms returns the terms of seq that are not stop words with their counts, in the order of terms.
func countTerms(dst []counted, seq []term, stop []bool) []counted {
	start := len(dst)
	for _, t := range seq {
		if !stop[t] {
			dst = append(dst, counted(t)<<8|1)
		}
	}
	own := dst[start:]
	slices.Sort(own)
	n := 0
	for _, c := range own {
		if n > 0 && own[n-1].term() == c.term() {
			if own[n-1].count() < 255 {
				own[n-1]++
			}
			continue
		}
		own[n] = c
		n++
	}
	return dst[:start+n]
}
