package rank

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// plainTop is Top without postings, windows, heaps and working memory: it looks at every doc and every pair.
func plainTop(x *Index, q Query) []Pick {
	var lists []list
	for i, name := range q.Topics {
		p := x.prepare(name)
		lists = append(lists, plainList(x, q, candidate{topic: i}, func(d int) (sure, relevance float64) {
			if m := plainMatch(x, p, d); m.sure >= enough {
				return float64(m.sure), m.relevance()
			}
			return 0, 0
		}))
	}
	if len(q.Follow) > 0 {
		lists = append(lists, plainList(x, q, candidate{topic: -1}, func(d int) (sure, relevance float64) {
			return map[bool]float64{true: 1}[slices.Contains(q.Follow, x.feeds[x.docs[d].feed].url)], relevantFeed
		}))
	}
	return plainChoice(x, q, lists)
}

// plainMatch is how far one doc answers a topic, by its own words.
func plainMatch(x *Index, p *prepared, d int) match {
	out, total := match{sure: 1}, 0.0
	for _, c := range p.concepts {
		total += c.idf
	}
	e := &x.docs[d]
	ep := &x.episodes[e.episode]
	for i, c := range p.concepts {
		var text evidence
		var head headline
		for _, ph := range c.phrases {
			if slices.Contains(ph.terms, absent) {
				continue
			}
			for j, seq := range [][]term{e.seq, ep.seq[:ep.titled], ep.seq[ep.titled:]} {
				to := []*evidence{&text, &head.title, &head.notes}[j]
				if n := occurrences(seq, ph.terms); n > 0 {
					to.note(ph.weight, n)
				} else if j == 0 && c.loose && together(seq, ph.terms) {
					to.note(weightClose, 1)
				}
			}
		}
		share, m := float32(c.idf/total), match{}
		if feed := p.feeds[i][e.feed]; text.sure+head.title.sure+head.notes.sure+feed > 0 {
			m = x.weighEvidence(d, text, head, feed)
		}
		out.score += share * m.score
		out.sure *= pow(m.sure, share)
	}
	return out
}

// plainList judges all docs of the index and sorts those that may be posted.
func plainList(x *Index, q Query, c candidate, ask func(int) (sure, relevance float64)) list {
	var out list
	for d := range x.docs {
		e := &x.docs[d]
		c.doc = d
		c.sure, c.relevance = ask(d)
		if c.sure == 0 || e.dead || moment(e.ingested).Before(q.Since) || e.tier == tierNever || slices.Contains(q.Mute, x.feeds[e.feed].url) || slices.Contains(q.Seen, e.id) {
			continue
		}
		c.recency = math.Exp2(-max(0, q.Now.Sub(moment(e.ingested)).Hours()/24) / halfLife)
		c.total = max(0, min(1, partRelevance*c.relevance+partQuality*float64(e.good)+partRecency*c.recency))
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(x.docs[b.doc].tier, x.docs[a.doc].tier), x.order(a, b))
	})
	return out
}

// plainChoice is choose, but for its working memory: every pair is compared every time.
func plainChoice(x *Index, q Query, lists []list) []Pick {
	c := &choice{x: x, w: &window{Query: q, barred: make([]barrier, len(x.docs))}, s: &scratch{}}
	c.merge(lists)
	alike := func(a, b int) (float64, bool) { return likeness(x.profile(a), x.profile(b)) }
	free := func(cand candidate) bool {
		episodes, podcasts := 0, 0
		for _, id := range q.Seen {
			if _, same := alike(x.byID[id], cand.doc); same {
				return false
			}
		}
		for _, o := range c.chosen {
			like, same := alike(o.doc, cand.doc)
			if same || like >= sameEpisode && x.docs[o.doc].episode == x.docs[cand.doc].episode {
				return false
			}
			episodes += map[bool]int{true: 1}[x.docs[o.doc].episode == x.docs[cand.doc].episode]
			podcasts += map[bool]int{true: 1}[x.docs[o.doc].feed == x.docs[cand.doc].feed]
		}
		return episodes < perEpisode && podcasts < perPodcast
	}
	take := func(ok func(candidate) bool) bool {
		best, most, looked := -1, 0.0, 0
		for i, cand := range c.pool {
			if len(c.chosen) >= q.Count || looked == looksPerPick || !ok(cand) || !free(cand) {
				continue
			}
			looked++
			value, closest := cand.merged, 0.0
			for _, o := range c.chosen {
				like, _ := alike(o.doc, cand.doc)
				closest = max(closest, like)
				value -= map[bool]float64{true: deduction}[x.docs[o.doc].episode == x.docs[cand.doc].episode]
			}
			if v := diversity*value - (1-diversity)*closest; best < 0 || v > most {
				best, most = i, v
			}
		}
		if best >= 0 {
			c.chosen = append(c.chosen, chosen{candidate: c.pool[best]})
			c.pool = slices.Delete(c.pool, best, best+1)
		}
		return best >= 0
	}
	for _, l := range c.neediest(lists) {
		in := func(cand candidate) bool {
			return slices.ContainsFunc(l, func(o candidate) bool { return o.doc == cand.doc })
		}
		has := slices.ContainsFunc(c.chosen, func(p chosen) bool { return in(p.candidate) })
		_ = has || take(func(cand candidate) bool { return in(cand) && c.first(cand) }) || take(func(cand candidate) bool { return in(cand) && c.solid(cand) })
	}
	for _, ok := range []func(candidate) bool{c.first, c.solid, c.good} {
		for take(ok) {
		}
	}
	return c.picks()
}

// TestTopIsThePlainOne compares Top with plainTop on invented docs: few words, so that much is alike, and few podcasts.
func TestTopIsThePlainOne(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	words := []string{"Postgres", "database", "kernel", "the", "of", "garden", "tax", "open", "source", "security", "pump", "rust", "bread"}
	for i := range 60 {
		words = append(words, fmt.Sprint("word", i))
	}
	text := func(n int) (s string) {
		for range n {
			s += words[min(r.IntN(len(words)), r.IntN(len(words)))] + " "
		}
		return s
	}
	picked := 0
	for round := range 60 {
		var docs []Doc
		for i := range 40 + r.IntN(80) {
			d := said(fmt.Sprintf("d%03d", i), fmt.Sprint("f", r.IntN(12)), "", "", text(14))
			if i > 0 && r.IntN(8) == 0 {
				d.Text = docs[r.IntN(i)].Text
			}
			d.Episode, d.Quality, d.Ingested = d.Feed+fmt.Sprint("e", r.IntN(3)), 0.8+1.5*r.Float64(), noon.Add(-time.Duration(r.IntN(60))*time.Hour)
			d.Title = "On " + words[len(d.Episode)*int(d.Episode[1]-'0')%len(words)]
			docs = append(docs, d)
		}
		x := filledWith(docs...)
		x.Remove("d001", "d007")
		q := Query{Topics: []string{"databases", "garden tax", "word3"}[:1+r.IntN(3)], Since: noon.Add(-30 * time.Hour), Now: noon, Count: 5, Mute: []string{"f1"}, Seen: []string{"d002", "d011", "d020"}}
		if r.IntN(2) == 0 {
			q.Follow = []string{"f2", "f3"}
		}
		got := x.Top(q).Picks
		for i := range got {
			got[i].Also = nil
		}
		picked += len(got)
		if diff := gocmp.Diff(plainTop(x, q), got); diff != "" {
			t.Fatalf("round %d: Top(%v) (-plain +got):\n%s", round, q.Topics, diff)
		}
	}
	if picked < 100 {
		t.Errorf("%d picks in all: too few to compare", picked)
	}
}
