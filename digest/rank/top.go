package rank

import (
	"cmp"
	"math"
	"slices"
)

// The parts of a candidate's total.
const (
	partRelevance = 0.55
	partQuality   = 0.30
	partRecency   = 0.15
	partTaste     = 0.15
	halfLife      = 3.0 // days after which an insight's recency is halved
	relevantFeed  = 0.6 // relevance of what a followed podcast says
	relevantAny   = 0.5 // relevance where nothing was asked for
)

// Defaults of a query.
const (
	defaultCount  = 5
	defaultFallen = 20
)

// candidate is a doc in a query's window.
type candidate struct {
	doc       int
	topic     int     // number of the query's topic that it answers best; -1 when none
	sure      float64 // that it is what was asked for
	relevance float64
	recency   float64
	taste     float64
	total     float64
	merged    float64   // total and places in the topics' lists together
	compared  *compared // nil until it is first looked at
}

// Top composes a brief. It looks at what was ingested since q.Since only, never changes the index, and gives the same
// for the same.
func (x *Index) Top(q Query) Result {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.borrow()
	defer x.scratch.Put(s)
	if q.Count <= 0 {
		q.Count = defaultCount
	}
	w := x.window(q, s)
	picks := x.choose(w, x.candidates(w, s), s)
	return Result{Picks: picks, Fallen: w.told(picks), Podcasts: x.podcasts(q)}
}

// podcasts counts the podcasts that a query looks through.
func (x *Index) podcasts(q Query) int {
	n := 0
	for i := range x.feeds {
		if len(x.feeds[i].docs) > 0 && !slices.Contains(q.Mute, x.feeds[i].url) && !q.hides(x.feeds[i].url) {
			n++
		}
	}
	return n
}

// window is the part of the index that a query looks at, with what the reader's wishes mean for it.
type window struct {
	Query
	since, published int64  // in seconds
	language         string // without its region

	from   int
	barred []barrier // by doc
	taste  []float32 // by doc
	follow []bool    // by feed
	seen   []profile // of docs that the reader got
	fallen shortlist[Fallen]
}

// barrier tells whether wishes keep a doc out.
type barrier uint8

const (
	open barrier = iota
	barredSeen
	barredMuted
	barredHidden // nobody is told
)

func (b barrier) stage() string { return [...]string{"", StageSeen, StageMuted}[b] }

func (q *Query) hides(feed string) bool { return q.Hidden != nil && q.Hidden(feed) }

func (x *Index) window(q Query, s *scratch) *window {
	w := &window{
		Query: q, since: seconds(q.Since), published: seconds(q.Published), language: baseLanguage(q.Language),
		from: x.since(q.Since), seen: make([]profile, 0, len(q.Seen)),
	}
	n := len(x.docs) - w.from
	s.unit = s.unit[:0]
	w.barred = grown(&s.barred, n)
	w.follow = make([]bool, len(x.feeds))
	for _, url := range q.Follow {
		if f, ok := x.byFeed[url]; ok {
			w.follow[f] = true
		}
	}
	for _, url := range q.Mute {
		if f, ok := x.byFeed[url]; ok {
			x.barFeed(w, f, barredMuted)
		}
	}
	for _, list := range [][]string{q.Exclude, q.MuteWords} {
		for _, word := range list {
			x.barWord(w, word, s)
		}
	}
	for _, id := range q.Seen {
		if d, ok := x.byID[id]; ok {
			w.seen = append(w.seen, x.profileIn(&s.unit, d))
			if d >= w.from {
				w.barred[d-w.from] = barredSeen
			}
		}
	}
	for f := range x.feeds {
		if q.hides(x.feeds[f].url) {
			x.barFeed(w, f, barredHidden)
		}
	}
	x.tasteOf(w, s)
	return w
}

func (x *Index) barFeed(w *window, feed int, as barrier) {
	docs := x.feeds[feed].docs
	for i := len(docs) - 1; i >= 0 && int(docs[i]) >= w.from; i-- {
		w.barred[int(docs[i])-w.from] = as
	}
}

// barWord bars the docs whose text or title speaks of a word or topic. The words themselves bar whatever they mean.
func (x *Index) barWord(w *window, name string, s *scratch) {
	concepts := strong(x.prepare(name).concepts)
	if len(concepts) == 0 {
		return
	}
	x.bar(w, concepts, s)
	words := x.lookUp(name)
	if ambiguous := len(words) == 1 && words[0] != absent && x.vocab.names[x.vocab.text[words[0]]]; !ambiguous {
		x.bar(w, []concept{{phrases: []phrase{{words, weightName}}}}, s)
	}
}

// strong leaves the phrases that are enough by themselves.
func strong(concepts []concept) []concept {
	var out []concept
	for _, c := range concepts {
		c.phrases = slices.DeleteFunc(slices.Clone(c.phrases), func(p phrase) bool { return p.weight < weightClose })
		out = append(out, c)
	}
	return out
}

// bar bars the docs that speak of all concepts.
func (x *Index) bar(w *window, concepts []concept, s *scratch) {
	n := len(w.barred)
	met := grown(&s.met, n)
	first := x.firstEpisode(w.from)
	for _, c := range concepts {
		texts, heads := grown(&s.texts, n), grown(&s.heads, len(x.episodes)-first)
		x.inTexts(c, w.from, texts)
		x.inHeads(c, first, heads)
		for i := range met {
			if texts[i].sure >= weightClose || heads[int(x.docs[w.from+i].episode)-first].title.sure >= weightClose {
				met[i]++
			}
		}
	}
	for i := range met {
		if int(met[i]) == len(concepts) {
			w.barred[i] = barredMuted
		}
	}
}

// tasteOf adds up what votes taught, by doc.
func (x *Index) tasteOf(w *window, s *scratch) {
	w.taste = grown(&s.weights, len(w.barred))
	for _, word := range sortedKeys(w.Taste.Words) {
		for _, t := range x.lookUp(word) {
			for _, hit := range x.text.get(t, w.from) {
				w.taste[hit.doc()-w.from] += float32(w.Taste.Words[word])
			}
		}
	}
	for _, url := range sortedKeys(w.Taste.Feeds) {
		f, ok := x.byFeed[url]
		if !ok {
			continue
		}
		docs := x.feeds[f].docs
		for i := len(docs) - 1; i >= 0 && int(docs[i]) >= w.from; i-- {
			w.taste[int(docs[i])-w.from] += float32(w.Taste.Feeds[url])
		}
	}
}

// list is the candidates of one topic, or of all followed podcasts, best first.
type list []candidate

// candidates gathers them: one list a topic, then one of followed podcasts, or one of all when nothing is asked.
func (x *Index) candidates(w *window, s *scratch) []list {
	var out []list
	for i, name := range w.Topics {
		found := x.matches(x.prepare(name), w.from, s)
		out = append(out, x.gather(w, candidate{topic: i}, func(d int) (sure, relevance float64) {
			if m := found[d-w.from]; m.sure >= enough {
				return float64(m.sure), m.relevance()
			}
			return 0, 0
		}))
	}
	if len(w.Follow) > 0 {
		out = append(out, x.gather(w, candidate{topic: -1}, func(d int) (sure, relevance float64) {
			if w.follow[x.docs[d].feed] {
				return 1, relevantFeed
			}
			return 0, 0
		}))
	}
	if len(w.Topics)+len(w.Follow) == 0 {
		out = append(out, x.gather(w, candidate{topic: -1}, func(int) (sure, relevance float64) { return 1, relevantAny }))
	}
	return out
}

// perTier is how many candidates of each tier a list keeps.
const perTier = 64

// gather asks about each doc of the window and keeps the best candidates that may be posted. ask tells how sure it is
// that the doc is what was asked for, 0 when it is not; c is what all candidates have in common.
func (x *Index) gather(w *window, c candidate, ask func(doc int) (sure, relevance float64)) list {
	var kept [tierFirst + 1]shortlist[candidate]
	for d := w.from; d < len(x.docs); d++ {
		c.doc = d
		c.sure, c.relevance = ask(d)
		if c.sure == 0 || !w.admits(&x.docs[d]) {
			continue
		}
		e := &x.docs[d]
		x.score(w, &c)
		switch b := w.barred[d-w.from]; {
		case b == barredHidden:
		case b != open:
			w.fall(x, c, b.stage(), "")
		case e.tier == tierNever:
			w.fall(x, c, StageQuality, "")
		default:
			kept[e.tier].offer(c, perTier, x.order)
		}
	}
	out := make(list, 0, len(kept[tierFirst])+len(kept[tierFill]))
	for t := tierFirst; t > tierNever; t-- {
		out = append(out, kept[t].best(perTier, x.order)...)
	}
	return out
}

// admits reports whether a doc is of the time and language that the query looks at.
func (w *window) admits(e *entry) bool {
	return !e.dead && e.ingested >= w.since && (e.published == 0 || e.published >= w.published) &&
		(w.language == "" || e.language == "" || e.language == w.language)
}

// score fills in the parts of a candidate's total.
func (x *Index) score(w *window, c *candidate) {
	e := &x.docs[c.doc]
	days := max(0, float64(seconds(w.Now)-e.ingested)/86400)
	c.recency = math.Exp2(-days / halfLife)
	c.taste = max(-1, min(1, float64(w.taste[c.doc-w.from])))
	total := partRelevance*c.relevance + partQuality*float64(e.good) + partRecency*c.recency + partTaste*c.taste
	c.total = max(0, min(1, total))
}

// order puts the better candidate first; equals by ID.
func (x *Index) order(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(x.docs[a.doc].id, x.docs[b.doc].id))
}

// fall records a candidate that is left out.
func (w *window) fall(x *Index, c candidate, stage, by string) {
	f := Fallen{x.docs[c.doc].id, stage, by, c.total}
	if w.Fallen < 0 {
		w.fallen = append(w.fallen, f)
		return
	}
	// A doc may fall once for each topic.
	w.fallen.offer(f, w.toTell()*(len(w.Topics)+2), better)
}

// better puts the fallen with the higher score first; equals by ID.
func better(a, b Fallen) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Stage, b.Stage))
}

func (w *window) toTell() int { return cmp.Or(w.Fallen, defaultFallen) }

// told returns the best of the fallen that were not picked, each doc once.
func (w *window) told(picks []Pick) []Fallen {
	met := map[string]bool{}
	for _, p := range picks {
		met[p.ID] = true
	}
	var out []Fallen
	for _, f := range w.fallen.best(len(w.fallen), better) {
		if met[f.ID] {
			continue
		}
		if w.Fallen >= 0 && len(out) == w.toTell() {
			break
		}
		met[f.ID] = true
		out = append(out, f)
	}
	return out
}
