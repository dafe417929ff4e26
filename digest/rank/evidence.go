package rank

import "math"

// How far a match outside of an insight's own text speaks for the topic, and how much it adds to its score. The title's
// and the notes' shares of the score were measured: ranking by text alone is a fifth worse.
const (
	trustTitle   = 0.8
	trustNotes   = 0.4
	trustPodcast = 0.5
	shareTitle   = 1.0
	shareNotes   = 0.5
	sharePodcast = 0.5
)

// The confidence from which on a doc may answer a topic, and from which on it surely does.
const (
	enough = 0.5
	surely = 0.7
)

// evidence is what speaks for one concept: how sure it is, and the weighted count of its phrases.
type evidence struct{ sure, count float32 }

// note adds a phrase that occurs n times. Phrases confirm each other: two loose ones are worth more than either.
func (e *evidence) note(weight float32, n int) {
	e.sure = 1 - (1-e.sure)*(1-weight)
	e.count += weight * float32(n)
}

// inTexts gathers the evidence for a concept in the texts of the docs from a number on; out is by doc from there.
func (x *Index) inTexts(c concept, from int, out []evidence) {
	for _, p := range c.phrases {
		for _, hit := range x.text.get(x.text.rarest(p.terms, x.vocab.stop), from) {
			if x.docs[hit.doc()].dead {
				continue
			}
			e := &out[hit.doc()-from]
			if len(p.terms) == 1 {
				e.note(p.weight, hit.count())
				continue
			}
			seq := x.docs[hit.doc()].seq
			if n := occurrences(seq, p.terms); n > 0 {
				e.note(p.weight, n)
			} else if c.loose && together(seq, p.terms) {
				e.note(weightClose, 1)
			}
		}
	}
}

// headline is the evidence in an episode's title and in its notes.
type headline struct{ title, notes evidence }

// inHeads gathers the evidence for a concept in the titles and notes of the episodes from a number on.
func (x *Index) inHeads(c concept, from int, out []headline) {
	for _, p := range c.phrases {
		for _, hit := range x.titles.get(x.titles.rarest(p.terms, x.vocab.stop), from) {
			e := &x.episodes[hit.doc()]
			if n := times(hit, e.seq[:e.titled], p.terms); n > 0 {
				out[hit.doc()-from].title.note(p.weight, n)
			}
		}
		for _, hit := range x.notes.get(x.notes.rarest(p.terms, x.vocab.stop), from) {
			e := &x.episodes[hit.doc()]
			if n := times(hit, e.seq[e.titled:], p.terms); n > 0 {
				out[hit.doc()-from].notes.note(p.weight, n)
			}
		}
	}
}

// times counts how often a phrase stands in seq, whose posting for the phrase's rarest term is hit.
func times(hit posting, seq, phrase []term) int {
	if len(phrase) == 1 {
		return hit.count()
	}
	return occurrences(seq, phrase)
}

// firstEpisode returns the smallest number of an episode that a doc numbered from on belongs to.
func (x *Index) firstEpisode(from int) int {
	first := len(x.episodes)
	for i := from; i < len(x.docs); i++ {
		first = min(first, int(x.docs[i].episode))
	}
	return first
}

// match is how far a doc answers a topic.
type match struct {
	sure  float32 // confidence, 0 to 1
	score float32 // BM25 over text, title and notes
}

// relevance brings a match into 0 to 1.
func (m match) relevance() float64 {
	s := float64(m.score)
	return float64(m.sure) * s / (s + 1.5)
}

// matches returns how far the docs from a number on answer a topic. It is out, grown when need be.
func (x *Index) matches(p *prepared, from int, s *scratch) []match {
	n := len(x.docs) - from
	out := grown(&s.matches, n)
	if n == 0 || len(p.concepts) == 0 {
		return out
	}
	total := 0.0
	for _, c := range p.concepts {
		total += c.idf
	}
	for i := range out {
		out[i] = match{sure: 1}
	}
	first := x.firstEpisode(from)
	for i, c := range p.concepts {
		texts, heads := grown(&s.texts, n), grown(&s.heads, len(x.episodes)-first)
		x.inTexts(c, from, texts)
		x.inHeads(c, first, heads)
		share, feeds := float32(c.idf/total), p.feeds[i]
		nothing := pow(0, share)
		for d := range out {
			e := &x.docs[from+d]
			head := &heads[int(e.episode)-first]
			if texts[d].sure == 0 && head.title.sure == 0 && head.notes.sure == 0 && feeds[e.feed] == 0 {
				out[d].sure *= nothing
				continue
			}
			m := x.weighEvidence(from+d, texts[d], *head, feeds[e.feed])
			out[d].score += share * m.score
			out[d].sure *= pow(m.sure, share)
		}
	}
	return out
}

func pow(base, exp float32) float32 {
	if exp == 1 {
		return base
	}
	return float32(math.Pow(max(float64(base), 0.05), float64(exp)))
}

// weighEvidence puts together what speaks for a concept.
func (x *Index) weighEvidence(d int, text evidence, head headline, feed float32) match {
	ep := &x.episodes[x.docs[d].episode]
	score := saturate(float64(text.count), float64(x.lengths[d]), x.average())
	score += shareTitle * saturate(float64(head.title.count), float64(ep.titleN), meanTitle)
	score += shareNotes * saturate(float64(head.notes.count), float64(ep.notesN), meanNotes)
	score += sharePodcast * float64(feed)
	return match{
		sure:  1 - (1-text.sure)*(1-trustTitle*head.title.sure)*(1-trustNotes*head.notes.sure)*(1-trustPodcast*feed),
		score: float32(score),
	}
}

// The mean lengths of titles and notes without stop words, taken as fixed: they differ little between corpora.
const (
	meanTitle = 6
	meanNotes = 100
)

// scratch is the working memory of one query.
type scratch struct {
	matches []match
	texts   []evidence
	heads   []headline
	scores  []float32
	touched []int32
	unit    []weighted
	weights []float32
	dense   []float32
	echoing []float32
	barred  []barrier
	met     []uint8
	at      []int32
}

// grown returns *s with n zero values.
func grown[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n+n/4)
	}
	out := (*s)[:n]
	clear(out)
	return out
}

func (x *Index) borrow() *scratch {
	if s, ok := x.scratch.Get().(*scratch); ok {
		return s
	}
	return &scratch{}
}
