package digest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/digest/feed"
	"podbrief/store"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// dated makes episodes of these ages in days, newest first.
func dated(days ...int) []feed.Episode {
	var out []feed.Episode
	for i, d := range days {
		out = append(out, feed.Episode{GUID: fmt.Sprint("guid-", i), Title: fmt.Sprint("Episode ", i), Published: noon.AddDate(0, 0, -d)})
	}
	return out
}

func TestFirstTake(t *testing.T) {
	tests := []struct {
		name string
		days []int
		want int
	}{
		{"none", nil, 3}, // there are no three to take
		{"all old", []int{100, 200, 300, 400}, 3},
		{"some new", []int{1, 8, 15, 22, 29, 36}, 5},
		{"daily", []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 10},
	}
	for _, tt := range tests {
		if got := firstTake(dated(tt.days...), noon); got != tt.want {
			t.Errorf("firstTake(%s) = %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestSortOut(t *testing.T) {
	old := dated(10, 20)
	old, _ = feed.Identify(nil, old)
	known := []knownRecord{{Episode: slim(old[0])}, {Episode: slim(old[1]), Skipped: true}}
	withTranscript := slices.Clone(old)
	withTranscript[0].Transcripts = []feed.Transcript{{URL: "https://a.example/0.vtt"}}
	withTranscript[1].Transcripts = withTranscript[0].Transcripts
	renamed := slices.Clone(old)
	renamed[0].Title = "Episode 0, corrected"
	fresh := feed.Episode{GUID: "new", Title: "New", Published: noon}
	ancient := feed.Episode{GUID: "ancient", Title: "Ancient", Published: noon.AddDate(-2, 0, 0)}
	undated := feed.Episode{GUID: "undated", Title: "Undated"}
	tests := []struct {
		name     string
		known    []knownRecord
		episodes []feed.Episode
		all      bool
		want     []change
	}{
		{"first time", nil, dated(1, 100, 200, 300), false, []change{wanted, wanted, wanted, skipped}},
		{"first time, all", nil, dated(1, 100, 200, 300), true, []change{wanted, wanted, wanted, wanted}},
		{"nothing new", known, old, false, []change{same, same}},
		{"a new one", known, append([]feed.Episode{fresh}, old...), false, []change{wanted, same, same}},
		{"an old one comes into view", known, append(slices.Clone(old), ancient), false, []change{same, same, skipped}},
		{"all old ones are wanted", known, append(slices.Clone(old), ancient), true, []change{same, same, wanted}},
		{"no date", known, append([]feed.Episode{undated}, old...), false, []change{wanted, same, same}},
		{"a title changes", known, renamed, false, []change{changed, same}},
		{"a transcript comes later", known, withTranscript, false, []change{wanted, skipped}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []change
			for _, c := range sortOut(tt.known, tt.episodes, tt.all, noon) {
				got = append(got, c.change)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("sortOut (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFeedThatMoves(t *testing.T) {
	const old, moved = "https://a.example/feed", "https://new.example/feed"
	w := newWeb(map[string]string{old: "-> " + moved, moved: rss("A", "one|1")})
	e := newEngine(t, w)
	addAll(t, e, old)
	for i := range 3 {
		w.set(moved, rss("A", fmt.Sprint("one more ", i, "|", i), "one|1"))
		if err := e.Scan(t.Context(), []string{old}, nil); err != nil {
			t.Fatalf("Scan: %v", err)
		}
	}
	if w.asked[old] != 1 || w.asked[moved] != 3 {
		t.Errorf("the old address was asked %d times and the new one %d times, want 1 and 3", w.asked[old], w.asked[moved])
	}
	feeds, err := e.Feeds(t.Context())
	if err != nil || len(feeds) != 1 || feeds[0].URL != old {
		t.Errorf("Feeds() = %v, %v, want one that keeps the address it was added under", feeds, err)
	}
}

func TestChangedNamesMakeNoDoubles(t *testing.T) {
	const url = "https://a.example/feed"
	w := newWeb(map[string]string{url: rss("A", "one|1", "two|2", "three|3")})
	e := newEngine(t, w)
	addAll(t, e, url)
	if err := e.Scan(t.Context(), []string{url}, nil); err != nil {
		t.Fatal(err)
	}
	n := e.Index.Len()
	w.set(url, rss("A", "one|https://host.example/?p=1", "two|https://host.example/?p=2", "three|https://host.example/?p=3"))
	fresh, err := e.Refresh(t.Context(), url)
	if err != nil || len(fresh) != 0 {
		t.Errorf("Refresh() after the host changed all GUIDs = %v, %v, want nothing new", fresh, err)
	}
	if got := e.Index.Len(); got != n || n == 0 {
		t.Errorf("Index.Len() = %d, want %d", got, n)
	}
}

func TestTheBackCatalogueIsReadWhenItIsWanted(t *testing.T) {
	const url = "https://a.example/feed"
	var items []string
	for i := range 15 {
		items = append(items, fmt.Sprintf("Episode %d|%d", i, i))
	}
	w := newWeb(map[string]string{url: rss("A", items...)})
	e := newEngine(t, w)
	addAll(t, e, url)
	scanned := func() int {
		t.Helper()
		if err := e.Scan(t.Context(), []string{url}, nil); err != nil {
			t.Fatal(err)
		}
		feeds, err := e.Feeds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return feeds[0].Episodes
	}
	if got := scanned(); got > firstMax || got < firstMin {
		t.Errorf("a first scan took %d episodes, want %d to %d", got, firstMin, firstMax)
	}
	if err := e.AddFeed(t.Context(), feed.Feed{URL: url}, true); err != nil {
		t.Fatal(err)
	}
	if got := scanned(); got != len(items) {
		t.Errorf("after AddFeed with all, %d episodes were taken, want %d", got, len(items))
	}
	addAll(t, e, url)
	if got := scanned(); got != len(items) {
		t.Errorf("after adding it once more, there are %d episodes, want %d", got, len(items))
	}
}

func TestRemoveFeedLeavesNothing(t *testing.T) {
	e := sampleEngine(t)
	other := e.Index.Len()
	gone := firstFeed(t, e)
	if err := e.RemoveFeed(t.Context(), gone.URL); err != nil {
		t.Fatal(err)
	}
	if got := e.Index.Len(); got != other-gone.Insights {
		t.Errorf("Index.Len() = %d, want %d", got, other-gone.Insights)
	}
	err := e.DB.View(t.Context(), func(tx store.Tx) error {
		for _, b := range []string{feedBucket, episodeBucket, knownBucket, pendingBucket, insightBucket, transcriptBucket, showBucket} {
			for k, v := range tx.Scan(b, "", "") {
				if strings.Contains(k+string(v), gone.URL) {
					t.Errorf("bucket %s, key %q still holds the removed feed", b, k)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// firstFeed returns one of the podcasts of an engine.
func firstFeed(t *testing.T, e *Engine) Health {
	t.Helper()
	feeds, err := e.Feeds(t.Context())
	if err != nil || len(feeds) == 0 {
		t.Fatalf("Feeds() = %v, %v", feeds, err)
	}
	return feeds[0]
}
