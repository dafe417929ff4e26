package rank

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestIndexKeepsDocs(t *testing.T) {
	d := said("a", "f", "e", "Title", "Postgres is a database.")
	d.Language, d.FromNotes, d.Published = "en-US", true, noon
	x := filledWith(d)
	got, ok := x.Get("a")
	want := d
	want.Text, want.Language = "", "en"
	want.Quality = float64(float32(d.Quality))
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("Get(a) = %t (-want +got):\n%s", ok, diff)
	}
	d.Text, d.Title = "MySQL is a database.", "Another"
	x.Add(d)
	if x.Len() != 1 || len(x.Search("postgres", 5)) != 0 || len(x.Search("mysql", 5)) != 1 {
		t.Errorf("after Add of the same ID: Len %d, postgres %v, mysql %v", x.Len(), x.Search("postgres", 5), x.Search("mysql", 5))
	}
	if got := x.Search("title", 5); len(got) != 0 {
		t.Errorf("Search(title) = %v after the episode's title changed", got)
	}
	x.Remove("a", "unknown")
	if _, ok := x.Get("a"); ok || x.Len() != 0 || len(x.Search("mysql", 5)) != 0 {
		t.Errorf("after Remove: found %t, Len %d", ok, x.Len())
	}
}

// pool is a vocabulary from which property tests make texts.
var pool = strings.Fields("postgres index query vacuum llm prompt agent token rust borrow trait docker image founder revenue garden tomato river bread flour the a is and")

func drawDoc(t *rapid.T, id int) Doc {
	text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pool), 3, 14).Draw(t, "text"), " ")
	ep := rapid.IntRange(0, 9).Draw(t, "episode")
	d := said(fmt.Sprintf("d%03d", id), fmt.Sprint("f", ep%4), fmt.Sprint("e", ep), "Episode", text)
	d.Quality = rapid.Float64Range(0.5, 2.5).Draw(t, "quality")
	d.Ingested = noon.Add(-rapid.SampledFrom(ages).Draw(t, "age"))
	return d
}

func drawDocs(t *rapid.T) []Doc {
	docs := make([]Doc, rapid.IntRange(0, 30).Draw(t, "docs"))
	for i := range docs {
		docs[i] = drawDoc(t, i)
	}
	return docs
}

func drawQuery(t *rapid.T, docs []Doc) Query {
	q := today()
	q.Topics = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"databases", "ai", "rust", "containers", "startups", "tomato", "bread flour"}), 0, 3, rapid.ID).Draw(t, "topics")
	q.Count = rapid.IntRange(1, 8).Draw(t, "count")
	q.Follow = rapid.SliceOfN(rapid.SampledFrom([]string{"f0", "f1"}), 0, 1).Draw(t, "follow")
	q.Mute = rapid.SliceOfN(rapid.SampledFrom([]string{"f2", "f3"}), 0, 1).Draw(t, "mute")
	q.MuteWords = rapid.SliceOfN(rapid.SampledFrom(pool[:20]), 0, 1).Draw(t, "mute words")
	for _, d := range docs {
		if rapid.IntRange(0, 9).Draw(t, "seen") == 0 {
			q.Seen = append(q.Seen, d.ID)
		}
	}
	return q
}

func TestTopKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := drawDocs(t)
		q := drawQuery(t, docs)
		x := filledWith(docs...)
		r := x.Top(q)
		checkBrief(t, x, docs, q, r)
		if diff := cmp.Diff(r, x.Top(q)); diff != "" {
			t.Errorf("a second Top differs (-first +second):\n%s", diff)
		}
		shuffled := rapid.Permutation(docs).Draw(t, "shuffled")
		if diff := cmp.Diff(ids(r.Picks), ids(filledWith(shuffled...).Top(q).Picks)); diff != "" {
			t.Errorf("Top depends on the order of Add (-ordered +shuffled):\n%s", diff)
		}
	})
}

func checkBrief(t *rapid.T, x *Index, docs []Doc, q Query, r Result) {
	if len(r.Picks) > q.Count {
		t.Errorf("Top() = %d picks, want at most %d", len(r.Picks), q.Count)
	}
	byID := map[string]Doc{}
	for _, d := range docs {
		byID[d.ID] = d
	}
	feeds, episodes := map[string]int{}, map[string]int{}
	for i, p := range r.Picks {
		d := byID[p.ID]
		feeds[d.Feed]++
		episodes[d.Episode]++
		switch {
		case d.Ingested.Before(q.Since), d.Quality < 1.2, slices.Contains(q.Mute, d.Feed), slices.Contains(q.Seen, d.ID):
			t.Errorf("Top() picked %+v for %+v", d, q)
		case i > 0 && r.Picks[i-1].Total < p.Total:
			t.Errorf("Top() has %v before %v", r.Picks[i-1], p)
		}
		for _, word := range q.MuteWords {
			if slices.Contains(strings.Fields(d.Text), word) && !set(stopWords)[word] {
				t.Errorf("Top() picked %q although %q is muted", d.Text, word)
			}
		}
		for _, o := range append(ids(r.Picks[:i]), q.Seen...) {
			if _, same := likeness(x.profile(x.byID[p.ID]), x.profile(x.byID[o])); same {
				t.Errorf("Top() picked %s, which says the same as %s", p.ID, o)
			}
		}
	}
	for feed, n := range feeds {
		if n > perPodcast {
			t.Errorf("Top() picked %d of %s, want at most %d", n, feed, perPodcast)
		}
	}
	for ep, n := range episodes {
		if n > perEpisode {
			t.Errorf("Top() picked %d of %s, want at most %d", n, ep, perEpisode)
		}
	}
}

// TestIndexForgets compares an index after changes with one that never knew of what was removed.
func TestIndexForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := drawDocs(t)
		x := filledWith(docs...)
		var kept []Doc
		for _, d := range docs {
			switch rapid.IntRange(0, 2).Draw(t, "change") {
			case 0:
				x.Remove(d.ID)
				continue
			case 1:
				d.Text = "bread " + d.Text
				x.Add(d)
			}
			kept = append(kept, d)
		}
		if rapid.Bool().Draw(t, "compact") {
			x.forceCompact()
		}
		for _, query := range []string{"postgres index", "bread", "llm agent token"} {
			if diff := cmp.Diff(byHand(kept, query), scoresOf(x.search(query, 100)), near6); diff != "" {
				t.Errorf("search(%q) (-by hand +got):\n%s", query, diff)
			}
		}
		if x.Len() != len(kept) {
			t.Errorf("Len() = %d, want %d", x.Len(), len(kept))
		}
	})
}

// near6 compares numbers to about six digits: the index adds float32.
var near6 = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-4*max(1, math.Abs(a)) })

func scoresOf(found []Scored) map[string]float64 {
	out := map[string]float64{}
	for _, s := range found {
		out[s.ID] = s.Score
	}
	return out
}

// byHand is BM25 over texts as the textbook has it.
func byHand(docs []Doc, query string) map[string]float64 {
	v := newVocabulary()
	content := func(s string) []term {
		return slices.DeleteFunc(v.addAll(nil, s), func(t term) bool { return v.stop[t] })
	}
	total, df := 0, map[term]int{}
	for _, d := range docs {
		total += len(content(d.Text))
		for _, c := range countTerms(nil, content(d.Text), v.stop) {
			df[c.term()]++
		}
	}
	out := map[string]float64{}
	for _, d := range docs {
		score, terms := 0.0, content(d.Text)
		for _, t := range content(query) {
			count := float64(len(slices.DeleteFunc(slices.Clone(terms), func(o term) bool { return o != t })))
			score += idf(len(docs), df[t]) * saturate(count, float64(len(terms)), float64(total)/float64(len(docs)))
		}
		if score > 0 {
			out[d.ID] = score
		}
	}
	return out
}

func TestIndexIsSafeForConcurrentUse(t *testing.T) {
	x := filledWith(about(8)...)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 20 {
				d := said(fmt.Sprint("c", i, n), "f", "e", "A talk", fmt.Sprint("Database number ", i*n))
				x.Add(d)
				x.Remove(d.ID)
			}
		})
		wg.Go(func() {
			for range 20 {
				x.Top(today())
				x.Related("d0", 3)
				x.Search("database", 3)
				x.Episodes("why is the database slow", 3)
			}
		})
	}
	wg.Wait()
	if x.Len() != 8 {
		t.Errorf("Len() = %d after as many removals as additions, want 8", x.Len())
	}
}
