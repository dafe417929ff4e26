package rank

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// commonTopics are what the subscriptions of crowded ask for; each stands in a tenth of all insights.
var commonTopics = []string{"ai", "open source", "security", "databases", "climate", "startups", "design", "finance", "health", "robotics"}

// crowded is an index of a month's insights by few words, of which each holds one of commonTopics. The newest come first.
func crowded(docs int) *Index {
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 4000)
	for i := range words {
		words[i] = fmt.Sprintf("w%d", i)
	}
	out := make([]Doc, docs)
	for i := range out {
		at := noon.Add(-time.Duration(i) * (30 * 24 * time.Hour / time.Duration(docs)))
		text := "About " + commonTopics[r.IntN(len(commonTopics))]
		for range 40 {
			text += " " + words[int(r.ExpFloat64()*400)%len(words)]
		}
		out[i] = Doc{
			ID: fmt.Sprintf("d%08d", docs-i), Episode: fmt.Sprint("e", i/8), Feed: fmt.Sprint("f", i%200), Podcast: fmt.Sprint("Podcast ", i%200),
			Title: "Episode " + words[r.IntN(len(words))], Text: text, Language: "en", Quality: r.Float64() * 2, Ingested: at, Published: at,
		}
	}
	x := NewIndex()
	x.Add(out...)
	return x
}

// BenchmarkTop_CommonTopics composes briefs on two topics that each stand in a tenth of 100,000 insights.
func BenchmarkTop_CommonTopics(b *testing.B) {
	x := crowded(corpusSize)
	q := Query{Now: noon, Since: noon.Add(-26 * time.Hour), Count: 5}
	for i := 0; b.Loop(); i++ {
		t := i % len(commonTopics)
		q.Topics = []string{commonTopics[t], commonTopics[(t+3)%len(commonTopics)]}
		x.Top(q)
	}
}
