package rank

import (
	"math"
	"slices"

	"github.com/viterin/vek/vek32"
)

// Two docs say the same when they share so much. Measured on 275 edited passages against 899 others: both catch over
// nine in ten, neither catches a wrong one.
const (
	sameWords  = 0.4 // containment of word trigrams
	sameTopics = 0.5 // cosine
	worthALook = 0.2 // cosine under which trigrams are not compared
	// sameMeaning is the cosine of a model's vectors from which on two texts are one story (zenfeed joins from 0.85 on).
	sameMeaning = 0.85
)

// idfOf is the inverse document frequency of a term in texts.
func (x *Index) idfOf(t term) float32 { return x.logDocs - x.logs.half(x.text.count(t)) }

// weighted is a term with its part of a unit vector.
type weighted struct {
	term   term
	weight float32
}

// unit appends a doc's TF-IDF vector of length 1 to dst.
func (x *Index) unit(dst []weighted, vec []counted) []weighted {
	start, sum := len(dst), float32(0)
	for _, c := range vec {
		w := x.idfOf(c.term())
		if n := c.count(); n > 1 {
			w *= 1 + float32(math.Log(float64(n)))
		}
		dst = append(dst, weighted{c.term(), w})
		sum += w * w
	}
	norm := float32(1 / math.Sqrt(max(1e-12, float64(sum))))
	for i := start; i < len(dst); i++ {
		dst[i].weight *= norm
	}
	return dst
}

// cosine multiplies two vectors in the order of terms.
func cosine(a, b []weighted) float64 {
	sum := float32(0)
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].term == b[j].term:
			sum += a[i].weight * b[j].weight
			i, j = i+1, j+1
		case a[i].term < b[j].term:
			i++
		default:
			j++
		}
	}
	return float64(sum)
}

// containment returns how much of the shorter text's word trigrams stands in the other one too (Broder, "On the
// resemblance and containment of documents", 1997). Signatures such as SimHash are useless for texts as short as these.
func containment(a, b []term) float64 {
	x, y := trigrams(a), trigrams(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	shared := 0
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			shared, i, j = shared+1, i+1, j+1
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return float64(shared) / float64(min(len(x), len(y)))
}

// trigrams returns the distinct runs of three terms, hashed, in order.
func trigrams(seq []term) []uint64 {
	if len(seq) < 3 {
		return nil
	}
	out := make([]uint64, 0, len(seq)-2)
	for i := 0; i+3 <= len(seq); i++ {
		out = append(out, (uint64(seq[i])*0x9E3779B97F4A7C15+uint64(seq[i+1]))*0xBF58476D1CE4E5B9+uint64(seq[i+2]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// profile is what a doc is compared by.
type profile struct {
	doc int
	vec []weighted
	seq []term
	// meaning is a model's vector, of length 1; nil without one.
	meaning []float32
}

func (x *Index) profile(n int) profile {
	e := &x.docs[n]
	return profile{n, x.unit(make([]weighted, 0, len(e.vec)), e.vec), e.seq[:e.said], x.vectors.of(e.id)}
}

// profileIn is profile with its vector behind others in one memory.
func (x *Index) profileIn(memory *[]weighted, n int) profile {
	e, start := &x.docs[n], len(*memory)
	*memory = x.unit(*memory, e.vec)
	return profile{n, (*memory)[start:len(*memory):len(*memory)], e.seq[:e.said], x.vectors.of(e.id)}
}

// likeness returns how much two docs say the same, 0 to 1, and whether it is so much that one of them is enough.
func likeness(a, b profile) (float64, bool) { return judge(cosine(a.vec, b.vec), &a, &b) }

// judge is likeness of two docs whose cosine is known. What a model tells counts beside the words: the same said in other
// words is the same, and what means something alike is somewhat alike.
func judge(c float64, a, b *profile) (float64, bool) {
	m := meansLike(a.meaning, b.meaning)
	if m < relatedMeaning {
		m = 0
	}
	if c < worthALook {
		return max(c, m), m >= sameMeaning
	}
	shared := containment(a.seq, b.seq)
	return max(c, shared, m), c >= sameTopics || shared >= sameWords || m >= sameMeaning
}

// meansLike is the cosine of two vectors of a model; 0 when one is missing.
func meansLike(a, b []float32) float64 {
	if len(a) == 0 || len(a) != len(b) {
		return 0
	}
	return float64(vek32.Dot(a, b))
}

// spread lays a vector out by term, so that many can be compared with it in one walk each.
func spread(dense []float32, vec []weighted) {
	for _, w := range vec {
		dense[w.term] = w.weight
	}
}

// unspread makes dense what it was before spread.
func unspread(dense []float32, vec []weighted) {
	for _, w := range vec {
		dense[w.term] = 0
	}
}

// likeTo is likeness of two docs, the first of which is spread out.
func likeTo(dense []float32, a, b *profile) (float64, bool) {
	sum := float32(0)
	for _, w := range b.vec {
		sum += dense[w.term] * w.weight
	}
	return judge(float64(sum), a, b)
}

// rounding is more than two ways to add up the same cosine can differ.
const rounding = 1e-4

// cosineWith is the cosine of a vector that is spread out and a doc's, without the doc's unit vector being made.
func (x *Index) cosineWith(dense []float32, vec []counted) float64 {
	dot, norm := float32(0), float32(0)
	for _, c := range vec {
		w := x.idfOf(c.term())
		if n := c.count(); n > 1 {
			w *= 1 + float32(math.Log(float64(n)))
		}
		dot += w * dense[c.term()]
		norm += w * w
	}
	return float64(dot) / math.Sqrt(max(1e-12, float64(norm)))
}

// echoes returns the living docs numbered from on that say the same as p, which is one of them, in order and without p.
func (x *Index) echoes(p profile, from int, s *scratch) []int {
	dots := grown(&s.scores, len(x.docs)-from)
	for _, w := range p.vec {
		weight := w.weight * x.idfOf(w.term)
		for _, hit := range x.text.get(w.term, from) {
			dots[hit.doc()-from] += weight
		}
	}
	// A dot product lacks the division by the other's length. That is about p's own, which is p's product with itself,
	// times the root of how many terms more it has; half of it is surely less.
	own := float64(dots[p.doc-from]) / math.Sqrt(float64(max(1, len(p.vec))))
	dense := grown(&s.echoing, len(x.vocab.text))
	spread(dense, p.vec)
	var out []int
	for i, dot := range dots {
		n := from + i
		e := &x.docs[n]
		if e.dead || n == p.doc {
			continue
		}
		if p.meaning != nil && meansLike(p.meaning, x.vectors.of(e.id)) >= sameMeaning {
			out = append(out, n)
			continue
		}
		if dot == 0 || float64(dot) < worthALook*own/2*math.Sqrt(float64(len(e.vec))) {
			continue
		}
		if x.cosineWith(dense, e.vec) < worthALook-rounding {
			continue
		}
		if _, same := likeness(p, x.profile(n)); same {
			out = append(out, n)
		}
	}
	return out
}
