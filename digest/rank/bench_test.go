package rank

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const corpusSize = 100_000

// invented is a corpus of pseudo-words that are spread like those of a language, with some real topics mixed in.
var invented = sync.OnceValue(func() []Doc {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 60, 60_000) // the commonest in 8 texts of 100, as in real insights
	topics := strings.Fields("llm kubernetes postgres bitcoin rust python founder vulnerability maintainer telemetry privacy css")
	common := strings.Fields(stopWords)
	text := func(words int) string {
		var b strings.Builder
		for i := range words {
			switch n := r.IntN(100); {
			case n < 50:
				b.WriteString(common[r.IntN(len(common))])
			case n < 52:
				b.WriteString(topics[r.IntN(len(topics))])
			default:
				fmt.Fprintf(&b, "w%dx", zipf.Uint64())
			}
			if i%17 == 16 {
				b.WriteByte('.')
			}
			b.WriteByte(' ')
		}
		return b.String()
	}
	docs := make([]Doc, corpusSize)
	start := noon.Add(-30 * 24 * time.Hour)
	var title, notes string
	for i := range docs {
		ep := i / 7
		if i%7 == 0 {
			title, notes = text(8), text(150)
		}
		docs[i] = Doc{
			ID: fmt.Sprintf("20260301-%08d", i), Episode: fmt.Sprint("ep", ep), Feed: fmt.Sprintf("https://feeds.example/%d", ep%400),
			Podcast: fmt.Sprint("Show ", ep%400), Title: title, Notes: notes, Text: text(40 + r.IntN(25)),
			Quality: 0.6 + 1.2*r.Float64(), Speaker: true,
			Ingested: start.Add(time.Duration(i) * (30 * 24 * time.Hour / corpusSize)),
		}
	}
	return docs
})

var filled = sync.OnceValue(func() *Index {
	x := NewIndex()
	docs := invented()
	for i := 0; i < len(docs); i += 7 {
		x.Add(docs[i:min(len(docs), i+7)]...)
	}
	return x
})

func BenchmarkAdd100k(b *testing.B) {
	docs := invented()
	b.ResetTimer()
	for range b.N {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := NewIndex()
		for i := 0; i < len(docs); i += 7 {
			x.Add(docs[i:min(len(docs), i+7)]...)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		runtime.KeepAlive(x)
	}
}

// median reports the middle of the times that one call took.
func median(b *testing.B, took []time.Duration) {
	b.ReportMetric(float64(middle(took).Microseconds()), "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}

func BenchmarkBM25Top10_100k(b *testing.B) {
	x := filled()
	r := rand.New(rand.NewPCG(3, 4))
	queries := make([]string, 512)
	for i := range queries {
		var q []string
		for len(q) < 4 {
			words := strings.Fields(invented()[r.IntN(corpusSize)].Text)
			w := strings.Trim(words[r.IntN(len(words))], ".")
			if strings.HasPrefix(w, "w") && strings.HasSuffix(w, "x") {
				q = append(q, w)
			}
		}
		queries[i] = strings.Join(q, " ")
	}
	var took []time.Duration
	b.ResetTimer()
	for i := range b.N {
		t := time.Now()
		x.Search(queries[i%len(queries)], 10)
		took = append(took, time.Since(t))
	}
	median(b, took)
}

func BenchmarkRelated100k(b *testing.B) {
	x := filled()
	var took []time.Duration
	b.ResetTimer()
	for i := range b.N {
		t := time.Now()
		x.Related(invented()[i*7919%corpusSize].ID, 5)
		took = append(took, time.Since(t))
	}
	median(b, took)
}

// BenchmarkTop_10kSubscriptions composes a brief for each of 10,000 subscriptions with one to three topics, a follow, a
// muted word and 150 insights that they got before.
func BenchmarkTop_10kSubscriptions(b *testing.B) {
	x := filled()
	topics := []string{"ai", "kubernetes", "databases", "bitcoin", "rust", "python", "startups", "security", "open source", "observability", "privacy", "css", "w100x w200x", "w77x"}
	r := rand.New(rand.NewPCG(5, 6))
	queries := make([]Query, 10_000)
	for i := range queries {
		q := Query{Now: noon, Since: noon.Add(-24 * time.Hour), MuteWords: []string{topics[r.IntN(len(topics))]}}
		for range 1 + r.IntN(3) {
			q.Topics = append(q.Topics, topics[r.IntN(len(topics))])
		}
		q.Follow = []string{fmt.Sprintf("https://feeds.example/%d", r.IntN(400))}
		for range 150 {
			q.Seen = append(q.Seen, invented()[r.IntN(corpusSize)].ID)
		}
		queries[i] = q
	}
	b.ResetTimer()
	for range b.N {
		start := time.Now()
		for _, q := range queries {
			x.Top(q)
		}
		b.ReportMetric(time.Since(start).Seconds()*1000/float64(len(queries)), "ms/brief")
		b.ReportMetric(time.Since(start).Seconds(), "s/10k")
	}
}

// middle sorts times and returns the one in the middle.
func middle(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}
