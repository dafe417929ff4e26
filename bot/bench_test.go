package bot

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"podbrief/digest/rank"
	"podbrief/store"
)

// The size of a large installation.
const (
	manySubs     = 10_000
	manyInsights = 100_000
)

var benchTopics = []string{"ai", "open source", "security", "databases", "climate", "startups", "design", "finance", "health", "robotics"}

// largeBot is a bot with ten thousand subscriptions and an index of a hundred thousand insights, a month's of 200 podcasts.
func largeBot(b *testing.B) *Bot {
	b.Helper()
	bot, _ := emptyBot(b)
	bot.Times.Now = func() time.Time { return noon }
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 4000)
	for i := range words {
		words[i] = fmt.Sprintf("w%d", i)
	}
	docs := make([]rank.Doc, manyInsights)
	for i := range docs {
		at := noon.Add(-time.Duration(i) * (30 * 24 * time.Hour / manyInsights))
		text := "About " + benchTopics[r.IntN(len(benchTopics))]
		for range 40 {
			text += " " + words[int(r.ExpFloat64()*400)%len(words)]
		}
		docs[i] = rank.Doc{
			ID: fmt.Sprintf("%s-%06d-0", idAt(at), i), Episode: fmt.Sprintf("e%d", i/8), Feed: fmt.Sprintf("https://f%d.example/", i%200),
			Podcast: fmt.Sprintf("Podcast %d", i%200), Title: "Episode " + words[r.IntN(len(words))], Text: text, Language: "en",
			Quality: r.Float64() * 2, Ingested: at, Published: at,
		}
	}
	bot.Engine.Index.Add(docs...)
	err := bot.DB.Update(b.Context(), func(tx store.Tx) error {
		for i := range manySubs {
			t := i % len(benchTopics)
			sub := Subscription{
				Channel: Channel{Platform: "fake", Workspace: fmt.Sprintf("W%d", i%500), ID: fmt.Sprintf("C%d", i)}, Count: 5,
				Topics: []string{benchTopics[t], benchTopics[(t+3)%len(benchTopics)]}, Created: noon.AddDate(0, -1, 0), Since: noon.AddDate(0, -1, 0),
				LastAt: noon.AddDate(0, 0, -1), Schedule: Schedule{Hour: i % 24, Minute: i % 60, Zone: zoneNames[i%len(zoneNames)]},
			}
			if err := PutSubscription(tx, sub); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return bot
}

// BenchmarkCompose measures the composing of one brief.
func BenchmarkCompose(b *testing.B) {
	bot := largeBot(b)
	subs, err := bot.subscriptions(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		sub := subs[i%len(subs)]
		q, err := bot.query(b.Context(), &sub, noon, bot.since(&sub, noon))
		if err != nil {
			b.Fatal(err)
		}
		bot.Engine.Index.Top(rank.Query{Topics: q.Topics, Since: q.Since, Now: q.Now, Count: q.Count, Seen: q.Seen})
	}
}

// BenchmarkTick measures one look at what is due.
func BenchmarkTick(b *testing.B) {
	bot := largeBot(b)
	for b.Loop() {
		subs, err := bot.subscriptions(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for i := range subs {
			if _, _, _, err := bot.turn(b.Context(), &subs[i], noon); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkAnswer measures the answers to commands; p99-ms is what one in a hundred exceeds.
func BenchmarkAnswer(b *testing.B) {
	bot := largeBot(b)
	lines := []string{"status", "topic robotics", "time 09:15 weekdays Europe/Berlin", "preview", "search about climate w7", "untopic robotics", "help", "settings count 6", "mute w9", "pause", "resume", "feeds"}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		n := i % manySubs
		r := Request{Channel: Channel{Platform: "fake", Workspace: fmt.Sprintf("W%d", n%500), ID: fmt.Sprintf("C%d", n)}, User: "U1",
			Rights: Read | Own | Manage, Words: Split(lines[i%len(lines)])}
		began := time.Now()
		bot.Handle(b.Context(), r, nil)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapInuse)/(1<<20), "heap-MB")
}
