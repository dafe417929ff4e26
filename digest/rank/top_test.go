package rank

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTopTakesTheCount(t *testing.T) {
	x := filledWith(about(8)...)
	for _, test := range []struct{ count, want int }{{0, 5}, {3, 3}, {8, 8}, {10, 8}} {
		q := today()
		q.Count = test.count
		r := x.Top(q)
		if len(r.Picks) != test.want {
			t.Errorf("Top(Count: %d) = %d picks, want %d", test.count, len(r.Picks), test.want)
		}
		if r.Podcasts != 8 {
			t.Errorf("Top().Podcasts = %d, want 8", r.Podcasts)
		}
		for _, p := range r.Picks {
			if p.Topic != "databases" || p.Source != FromTopic || p.Relevance <= 0 || p.Total <= 0 || p.Total > 1 {
				t.Errorf("Top() holds %+v", p)
			}
		}
	}
}

// TestTopLeavesOut changes one of two docs, or the query, so that the first one must not be picked.
func TestTopLeavesOut(t *testing.T) {
	tests := []struct {
		name   string
		doc    func(*Doc)
		query  func(*Query)
		stage  string // "" when it is no candidate at all
		change bool
	}{
		{name: "another subject", doc: func(d *Doc) { d.Text = "Tomatoes like the sun and a dry leaf." }},
		{name: "too old", doc: func(d *Doc) { d.Ingested = noon.Add(-25 * time.Hour) }},
		{name: "published before", doc: func(d *Doc) { d.Published = noon.Add(-72 * time.Hour) }, query: func(q *Query) { q.Published = noon.Add(-48 * time.Hour) }},
		{name: "another language", doc: func(d *Doc) { d.Language = "de-AT" }, query: func(q *Query) { q.Language = "en" }},
		{name: "below the floor", doc: func(d *Doc) { d.Quality = 1.29 }, stage: StageQuality},
		{name: "below the floor without a speaker", doc: func(d *Doc) { d.Quality, d.Speaker = 1.34, false }, stage: StageQuality},
		{name: "below another engine's floor", doc: func(d *Doc) { d.Quality, d.Scale = 7, Scale{First: 9, Fill: 8, Blind: 8, Slope: 1, Bias: -8} }, stage: StageQuality},
		{name: "muted podcast", query: func(q *Query) { q.Mute = []string{"f0", "unknown"} }, stage: StageMuted},
		{name: "muted word", query: func(q *Query) { q.MuteWords = []string{"vacuum"} }, stage: StageMuted},
		{name: "excluded word of the title", doc: func(d *Doc) { d.Title = "All about crypto" }, query: func(q *Query) { q.Exclude = []string{"crypto"} }, stage: StageMuted},
		{name: "excluded topic by a related term", doc: func(d *Doc) { d.Text += " Even Ethereum uses it." }, query: func(q *Query) { q.Exclude = []string{"crypto"} }, stage: StageMuted},
		{name: "seen", query: func(q *Query) { q.Seen = []string{"gone", "d0"} }, stage: StageSeen},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs, q := about(2), today()
			if test.doc != nil {
				test.doc(&docs[0])
			}
			if test.query != nil {
				test.query(&q)
			}
			r := filledWith(docs...).Top(q)
			if diff := cmp.Diff([]string{"d1"}, ids(r.Picks)); diff != "" {
				t.Errorf("picks (-want +got):\n%s", diff)
			}
			if got := stages(r.Fallen)["d0"]; got != test.stage {
				t.Errorf("d0 fell at %q, want %q", got, test.stage)
			}
		})
	}
}

func TestTopKeepsUnknownLanguages(t *testing.T) {
	docs, q := about(2), today()
	docs[0].Language, q.Language = "en-GB", "en-US"
	if got := filledWith(docs...).Top(q).Picks; len(got) != 2 {
		t.Errorf("Top(Language: en-US) = %v, want the doc in en-GB and the one in an unknown language", ids(got))
	}
}

func TestTopCapsEpisodesAndPodcasts(t *testing.T) {
	docs := about(7)
	for i := range 3 {
		docs[i].Episode, docs[i].Feed, docs[i].Podcast, docs[i].Quality = "e0", "f0", "Show f0", 2.5-float64(i)/10
	}
	for i := 3; i < 6; i++ {
		docs[i].Feed, docs[i].Podcast, docs[i].Quality = "f3", "Show f3", 2.4-float64(i)/10
	}
	q := today()
	q.Count = 7
	r := filledWith(docs...).Top(q)
	perFeed, perEpisode := map[string]int{}, map[string]int{}
	for _, p := range r.Picks {
		d := docs[slices.IndexFunc(docs, func(d Doc) bool { return d.ID == p.ID })]
		perFeed[d.Feed]++
		perEpisode[d.Episode]++
	}
	if perFeed["f0"] != 2 || perFeed["f3"] != 2 || perEpisode["e0"] != 2 || len(r.Picks) != 5 {
		t.Errorf("Top() = %v by podcast and %v by episode, want two of f0, f3 and e0, and d6", perFeed, perEpisode)
	}
	fell := stages(r.Fallen)
	count := map[string]int{}
	for _, s := range fell {
		count[s]++
	}
	if count[StageEpisode] != 1 || count[StagePodcast] != 1 {
		t.Errorf("fallen = %v, want one each at %q and %q", fell, StageEpisode, StagePodcast)
	}
	for _, f := range r.Fallen {
		if f.By == "" || !slices.Contains(ids(r.Picks), f.By) {
			t.Errorf("fallen %+v names no pick that displaced it", f)
		}
	}
}

func TestTopPrefersAnotherEpisodeToASecond(t *testing.T) {
	docs := about(3)
	docs[1].Episode, docs[1].Feed, docs[1].Podcast = docs[0].Episode, docs[0].Feed, docs[0].Podcast
	for _, test := range []struct {
		second float64
		want   string
	}{{1.65, "d2"}, {3.2, "d1"}} {
		docs[0].Quality, docs[1].Quality, docs[2].Quality = 3.3, test.second, 1.6
		q := today()
		q.Count = 2
		if got := ids(filledWith(docs...).Top(q).Picks); len(got) != 2 || !slices.Contains(got, test.want) {
			t.Errorf("Top() with a second of %.2f beside another's 1.60 = %v, want %s among them", test.second, got, test.want)
		}
	}
}

func TestTopMergesDuplicates(t *testing.T) {
	docs := about(3)
	docs[2].Text = "So " + docs[0].Text // told again elsewhere
	docs[2].Quality = 1.6
	docs = append(docs, said("low", "f9", "e9", "A talk", docs[0].Text), said("mute", "f8", "e8", "A talk", docs[0].Text))
	docs[3].Quality = 0.4
	q := today()
	q.Mute = []string{"f8"}
	r := filledWith(docs...).Top(q)
	if diff := cmp.Diff([]string{"d0", "d1"}, slices.Sorted(slices.Values(ids(r.Picks)))); diff != "" {
		t.Fatalf("picks (-want +got):\n%s", diff)
	}
	for _, p := range r.Picks {
		var want []string
		if p.ID == "d0" {
			want = []string{"d2", "low"}
		}
		if diff := cmp.Diff(want, p.Also); diff != "" {
			t.Errorf("also said (-want +got) of %s:\n%s", p.ID, diff)
		}
	}
	if i := slices.IndexFunc(r.Fallen, func(f Fallen) bool { return f.ID == "d2" }); i < 0 || r.Fallen[i].Stage != StageDuplicate || r.Fallen[i].By != "d0" {
		t.Errorf("fallen = %+v, want d2 as a duplicate of d0", r.Fallen)
	}
}

func TestTopLeavesOutWhatSaysTheSameAsSeen(t *testing.T) {
	docs := about(2)
	old := said("old", "f7", "e7", "A talk", docs[0].Text)
	old.Ingested = noon.Add(-200 * time.Hour)
	q := today()
	q.Seen = []string{"old"}
	r := filledWith(append([]Doc{old}, docs...)...).Top(q)
	if diff := cmp.Diff([]string{"d1"}, ids(r.Picks)); diff != "" {
		t.Errorf("picks (-want +got):\n%s", diff)
	}
	if len(r.Fallen) != 1 || r.Fallen[0].Stage != StageSeen || r.Fallen[0].By != "old" {
		t.Errorf("fallen = %+v, want d0 as seen in old", r.Fallen)
	}
}

func TestTopGivesEachTopicASlot(t *testing.T) {
	docs := about(6)
	for i := range docs {
		docs[i].Quality = 2.4
	}
	docs = append(docs, said("lone", "g", "g1", "A talk", "Kettlebell training twice a week is enough for a strong back."))
	docs[6].Quality = 1.35
	q := today()
	q.Topics = []string{"databases", "kettlebell training"}
	r := filledWith(docs...).Top(q)
	if got := ids(r.Picks); !slices.Contains(got, "lone") || len(got) != 5 {
		t.Errorf("Top(%v) = %v, want five with the lone one", q.Topics, got)
	}
}

func TestTopPutsGoodOnesFirst(t *testing.T) {
	docs := about(4)
	for i := range docs {
		docs[i].Quality = []float64{1.4, 1.35, 1.5, 1.6}[i]
	}
	docs[0].Title, docs[1].Title = "Databases", "SQL databases" // more relevant, but not good
	q := today()
	q.Count = 2
	got := slices.Sorted(slices.Values(ids(filledWith(docs...).Top(q).Picks)))
	if diff := cmp.Diff([]string{"d2", "d3"}, got); diff != "" {
		t.Errorf("picks (-want +got):\n%s", diff)
	}
}

func TestTopFollowsAndTakesAll(t *testing.T) {
	docs := append(about(1), said("other", "garden", "g1", "Gardening", "Tomatoes need a dry leaf and a lot of sun."))
	x := filledWith(docs...)
	q := today()
	q.Follow = []string{"garden", "nowhere"}
	sources := map[string]string{}
	for _, p := range x.Top(q).Picks {
		sources[p.ID] = p.Source
	}
	if diff := cmp.Diff(map[string]string{"d0": FromTopic, "other": FromFollow}, sources); diff != "" {
		t.Errorf("sources with a followed podcast (-want +got):\n%s", diff)
	}
	q = Query{Since: today().Since, Now: noon}
	picks := x.Top(q).Picks
	if len(picks) != 2 || picks[0].Source != FromAll || picks[0].Topic != "" {
		t.Errorf("Top() without wishes = %+v, want both from %q", picks, FromAll)
	}
}

func TestTopLikesNewAndLiked(t *testing.T) {
	docs := about(3)
	docs[0].Text = docs[1].Text[:len(docs[1].Text)-1] + " that nobody asked for"
	docs = docs[1:]
	docs[0].Ingested = noon.Add(-7 * 24 * time.Hour)
	q := today()
	q.Since = time.Time{}
	r := filledWith(docs...).Top(q)
	for _, p := range r.Picks {
		if fresh := p.ID == "d2"; fresh != (p.Recency > 0.9) {
			t.Errorf("recency of %s = %.2f", p.ID, p.Recency)
		}
	}
	q.Taste = Taste{Feeds: map[string]float64{"f1": 1}, Words: map[string]float64{"replicas": -0.7}}
	for _, p := range filledWith(docs...).Top(q).Picks {
		want := map[string]float64{"d1": 1, "d2": -0.7}[p.ID]
		if diff := p.Taste - want; diff > 1e-6 || diff < -1e-6 {
			t.Errorf("taste of %s = %.2f, want %.2f", p.ID, p.Taste, want)
		}
	}
}

func TestTopTellsAsManyFallenAsAsked(t *testing.T) {
	docs := about(8)
	for i := range 40 {
		d := said(fmt.Sprintf("low%02d", i), fmt.Sprint("g", i), fmt.Sprint("h", i), "A talk", fmt.Sprintf("Database number %d is slow.", i))
		d.Quality = 0.5
		docs = append(docs, d)
	}
	x := filledWith(docs...)
	for _, test := range []struct{ limit, want int }{{0, 20}, {3, 3}, {-1, 43}} {
		q := today()
		q.Fallen = test.limit
		r := x.Top(q)
		if len(r.Fallen) != test.want {
			t.Errorf("Top(Fallen: %d) tells %d, want %d", test.limit, len(r.Fallen), test.want)
		}
		if !slices.IsSortedFunc(r.Fallen, better) {
			t.Errorf("Top(Fallen: %d) tells them out of order", test.limit)
		}
	}
}

func TestTopOfNothing(t *testing.T) {
	for _, q := range []Query{{}, today(), {Topics: []string{"", "the"}, Seen: []string{"x"}, MuteWords: []string{""}}} {
		if r := NewIndex().Top(q); len(r.Picks)+len(r.Fallen) != 0 {
			t.Errorf("Top(%+v) of an empty index = %+v", q, r)
		}
	}
	if r := filledWith(about(3)...).Top(Query{Topics: []string{"the"}}); len(r.Picks) != 0 {
		t.Errorf("Top(the) = %v, want nothing", ids(r.Picks))
	}
}
