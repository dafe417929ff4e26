package digest

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/store"
)

// fill writes n insights, ten an episode and 200 episodes a podcast, as Process would.
func fill(b *testing.B, db store.DB, n int) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 4, 50_000) // words are as often as in speech: a few all the time, most hardly ever
	word := func() string { return "w" + strconv.FormatUint(zipf.Uint64(), 36) + "x" }
	const perTx = 10000
	for from := 0; from < n; from += perTx {
		err := db.Update(b.Context(), func(tx store.Tx) error {
			for i := from; i < min(n, from+perTx); i++ {
				ep := feed.Episode{ID: fmt.Sprint("episode-", i/10), Feed: fmt.Sprintf("https://%d.example/feed", i/2000)}
				if i%10 == 0 {
					ep.Title, ep.Notes = sayings(word, 8), sayings(word, 150)
					if err := store.Put(tx, episodeBucket, ep.ID, episodeRecord{Episode: ep, Outcome: Done}); err != nil {
						return err
					}
				}
				if i%2000 == 0 {
					if err := putFeed(tx, feedRecord{Feed: feed.Feed{URL: ep.Feed, Title: ep.Feed}}); err != nil {
						return err
					}
				}
				text := sayings(word, 50)
				at := time.UnixMilli(int64(1_700_000_000_000 + i))
				ins := insight.Insight{ID: newID(at, ep.ID, i%10), Episode: ep.ID, Feed: ep.Feed, Text: text, Quote: text, Score: 1.5, Created: at, Speaker: "Ada", Engine: "builtin/1"}
				if err := store.Put(tx, insightBucket, ins.ID, ins); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// sayings are n words.
func sayings(word func() string, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = word()
	}
	return strings.Join(words, " ") + "."
}

// BenchmarkLoad is the start on a store of 100,000 insights; to reach: 3 s with the store's opening.
func BenchmarkLoad(b *testing.B) {
	path := filepath.Join(b.TempDir(), "load.db")
	db, err := store.OpenBolt(path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	fill(b, db, 100_000)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		db, err := store.OpenBolt(path, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		e := &Engine{DB: db, Index: rank.NewIndex()}
		if err := e.Load(b.Context()); err != nil || e.Index.Len() != 100_000 {
			b.Fatalf("Load: %v, %d insights", err, e.Index.Len())
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBrief is one brief over 100,000 insights, related insights included; to reach: 2 ms.
func BenchmarkBrief(b *testing.B) {
	db, err := store.OpenBolt(filepath.Join(b.TempDir(), "brief.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing of it is kept
	fill(b, db, 100_000)
	e := &Engine{DB: db, Index: rank.NewIndex()}
	if err := e.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	since := time.UnixMilli(1_700_000_000_000 + 98_000) // the newest 2,000
	for b.Loop() {
		if _, err := e.Brief(b.Context(), Query{Topics: []string{"w2sx", "wa0x"}, Since: since, Now: since}); err != nil {
			b.Fatal(err)
		}
	}
}
