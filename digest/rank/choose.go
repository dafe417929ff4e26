package rank

import (
	"cmp"
	"slices"
)

// Limits and weights of the choice.
const (
	perEpisode   = 2
	perPodcast   = 2
	deduction    = 0.15 // from an episode's second: it must be clearly better than the next
	sameEpisode  = 0.25 // likeness from which on an episode's second says nothing new
	diversity    = 0.7  // lambda of MMR: the share of a candidate's own worth
	rrf          = 60.0 // k of reciprocal rank fusion
	looksPerPick = 12   // how many candidates are compared before a pick is made
)

// choice is a brief in the making.
type choice struct {
	x      *Index
	w      *window
	s      *scratch
	pool   []candidate // merged, best first; taken ones are removed
	chosen []chosen
	dense  []float32 // by term: working memory of compare
}

// chosen is a candidate that was taken.
type chosen struct {
	candidate
	also []int
}

// choose takes the picks out of the candidates: one for each topic that has any, then those that are good, then those
// that may fill a thin brief, and at last good ones that are not surely on the topic. What is neither good nor surely on
// the topic is left out: rather four picks than a weak fifth.
func (x *Index) choose(w *window, lists []list, s *scratch) []Pick {
	c := &choice{x: x, w: w, s: s, dense: grown(&s.dense, len(x.vocab.text))}
	c.merge(lists)
	for _, l := range c.neediest(lists) {
		if !c.slot(l, c.first) {
			c.slot(l, c.solid)
		}
	}
	for _, ok := range []func(candidate) bool{c.first, c.solid, c.good} {
		for c.take(ok) {
		}
	}
	c.leftOver()
	return c.picks()
}

func (c *choice) first(cand candidate) bool { return c.good(cand) && c.solid(cand) }

func (c *choice) solid(cand candidate) bool { return cand.sure >= surely }

func (c *choice) good(cand candidate) bool { return c.x.docs[cand.doc].tier == tierFirst }

// merge makes one pool of several lists by their candidates' totals and by reciprocal rank fusion (Cormack, Clarke and
// Büttcher, SIGIR 2009), which keeps a topic with weak matches from starving beside one with strong ones.
func (c *choice) merge(lists []list) {
	at := grown(&c.s.at, len(c.w.barred)) // by doc: its number in the pool, from 1
	var fused []float64
	for _, l := range lists {
		for place, cand := range l {
			i := &at[cand.doc-c.w.from]
			if *i == 0 {
				c.pool, fused = append(c.pool, cand), append(fused, 0)
				*i = int32(len(c.pool))
			}
			fused[*i-1] += rrf / (rrf + float64(place))
			if p := &c.pool[*i-1]; cand.total > p.total {
				*p = cand
			}
		}
	}
	for i := range c.pool {
		p := &c.pool[i]
		p.merged = (p.total + fused[i]/float64(max(1, len(lists)))) / 2
	}
	slices.SortFunc(c.pool, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.merged, a.merged), c.x.order(a, b))
	})
}

// neediest orders the lists by their best candidate, so that the count goes to the strongest topics when there are more
// topics than picks.
func (c *choice) neediest(lists []list) []list {
	out := slices.DeleteFunc(slices.Clone(lists), func(l list) bool { return len(l) == 0 })
	slices.SortStableFunc(out, func(a, b list) int { return cmp.Compare(b[0].total, a[0].total) })
	return out
}

// slot sees to it that a list has a pick, if it has a candidate that is good enough, and reports whether it has.
func (c *choice) slot(l list, ok func(candidate) bool) bool {
	in := map[int]bool{}
	for _, cand := range l {
		in[cand.doc] = true
	}
	if slices.ContainsFunc(c.chosen, func(p chosen) bool { return in[p.doc] }) {
		return true
	}
	return c.take(func(cand candidate) bool { return in[cand.doc] && ok(cand) })
}

// take makes the next pick among the candidates that are good enough, and reports whether there was one.
func (c *choice) take(ok func(candidate) bool) bool {
	if len(c.chosen) >= c.w.Count {
		return false
	}
	best, worth, looked := -1, 0.0, 0
	for i := 0; i < len(c.pool) && looked < looksPerPick; i++ {
		if !ok(c.pool[i]) {
			continue
		}
		if c.falls(&c.pool[i]) {
			c.pool = slices.Delete(c.pool, i, i+1)
			i--
			continue
		}
		looked++
		if v := c.worth(c.pool[i]); best < 0 || v > worth {
			best, worth = i, v
		}
	}
	if best < 0 {
		return false
	}
	c.add(best)
	return true
}

// falls reports whether a candidate cannot be picked any more, and records why.
func (c *choice) falls(cand *candidate) bool {
	stage, by := c.obstacle(cand)
	if stage == "" {
		return false
	}
	c.w.fall(c.x, *cand, stage, by)
	return true
}

// obstacle returns why a candidate cannot be picked beside those that are chosen, and which doc is in the way.
func (c *choice) obstacle(cand *candidate) (stage, by string) {
	looks := c.compare(cand)
	if looks.seen >= 0 {
		return StageSeen, c.x.docs[looks.seen].id
	}
	e := &c.x.docs[cand.doc]
	episodes, podcasts := 0, 0
	for i, o := range c.chosen {
		other := &c.x.docs[o.doc]
		if i == looks.twin {
			return StageDuplicate, other.id
		}
		if other.episode == e.episode {
			if episodes++; episodes == perEpisode {
				return StageEpisode, other.id
			}
		}
		if other.feed == e.feed {
			if podcasts++; podcasts == perPodcast {
				return StagePodcast, other.id
			}
		}
	}
	return "", ""
}

// compared is how a candidate is like what the reader has seen, and like those chosen so far.
type compared struct {
	profile
	seen    int     // a doc that the reader got and that says the same; -1 when none
	twin    int     // number of the first of the chosen that says the same; -1 when none
	closest float64 // how much it is like the chosen that is most like it
	with    int     // how many of the chosen it was compared with
}

// compare compares a candidate with what the reader has seen, when it is first looked at, and with those chosen since
// it was looked at last.
func (c *choice) compare(cand *candidate) *compared {
	looks := cand.compared
	if looks != nil && looks.with == len(c.chosen) {
		return looks
	}
	first := looks == nil
	if first {
		looks = &compared{profile: c.x.profile(cand.doc), seen: -1, twin: -1}
		cand.compared = looks
	}
	spread(c.dense, looks.vec)
	defer unspread(c.dense, looks.vec)
	for i := 0; first && i < len(c.w.seen); i++ {
		if _, same := likeTo(c.dense, &looks.profile, &c.w.seen[i]); same {
			looks.seen = c.w.seen[i].doc
			break
		}
	}
	for ; looks.with < len(c.chosen); looks.with++ {
		other := &c.chosen[looks.with].compared.profile
		like, same := likeTo(c.dense, &looks.profile, other)
		same = same || like >= sameEpisode && c.x.docs[other.doc].episode == c.x.docs[cand.doc].episode
		looks.closest = max(looks.closest, like)
		if same && looks.twin < 0 {
			looks.twin = looks.with
		}
	}
	return looks
}

// worth is a candidate's value beside what is chosen already: maximal marginal relevance (Carbonell and Goldstein,
// SIGIR 1998), less the deduction for an episode's second.
func (c *choice) worth(cand candidate) float64 {
	value := cand.merged
	for _, o := range c.chosen {
		if c.x.docs[o.doc].episode == c.x.docs[cand.doc].episode {
			value -= deduction
		}
	}
	return diversity*value - (1-diversity)*cand.compared.closest
}

// add moves the pool's i-th candidate to the chosen, with what other podcasts say the same.
func (c *choice) add(i int) {
	cand := c.pool[i]
	c.pool = slices.Delete(c.pool, i, i+1)
	p := chosen{candidate: cand}
	feeds := map[int32]bool{c.x.docs[cand.doc].feed: true}
	for _, d := range c.x.echoes(cand.compared.profile, c.w.from, c.s) {
		if f := c.x.docs[d].feed; !feeds[f] && c.w.barred[d-c.w.from] < barredMuted {
			feeds[f] = true
			p.also = append(p.also, d)
		}
	}
	c.chosen = append(c.chosen, p)
}

// leftOver records the candidates that others kept out by being better.
func (c *choice) leftOver() {
	by := ""
	if n := len(c.chosen); n > 0 {
		by = c.x.docs[c.chosen[n-1].candidate.doc].id
	}
	if c.w.Fallen >= 0 {
		c.pool = c.pool[:min(len(c.pool), c.w.toTell())]
	}
	for i := range c.pool {
		if stage, other := c.obstacle(&c.pool[i]); stage != "" {
			c.w.fall(c.x, c.pool[i], stage, other)
		} else {
			c.w.fall(c.x, c.pool[i], StageRank, by)
		}
	}
}

// source tells why a candidate is one.
func (c *choice) source(cand candidate) string {
	switch {
	case cand.topic >= 0:
		return FromTopic
	case len(c.w.Topics)+len(c.w.Follow) > 0:
		return FromFollow
	}
	return FromAll
}

// picks returns the brief, best first.
func (c *choice) picks() []Pick {
	slices.SortStableFunc(c.chosen, func(a, b chosen) int { return c.x.order(a.candidate, b.candidate) })
	var out []Pick
	for _, p := range c.chosen {
		e := &c.x.docs[p.doc]
		pick := Pick{
			ID: e.id, Source: c.source(p.candidate), Relevance: p.relevance, Quality: float64(e.good), Recency: p.recency,
			Taste: p.taste, Total: p.total,
		}
		if p.topic >= 0 {
			pick.Topic = c.w.Topics[p.topic]
		}
		for _, d := range p.also {
			pick.Also = append(pick.Also, c.x.docs[d].id)
		}
		out = append(out, pick)
	}
	return out
}
