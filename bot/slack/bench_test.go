package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
	"podbrief/store"
)

// commandsPerSecond is how many commands come in a second, and loadChannels how many channels get briefs meanwhile.
const (
	commandsPerSecond = 50
	loadChannels      = 1000
)

// BenchmarkAcknowledge measures how soon commands are acknowledged and answered by a whole bot over Socket Mode, while its
// schedule and queue send the briefs of a thousand channels that are all due. It takes ten seconds, or as many as SECONDS
// says.
func BenchmarkAcknowledge(b *testing.B) {
	seconds := 10
	if n, err := strconv.Atoi(os.Getenv("SECONDS")); err == nil {
		seconds = n
	}
	for b.Loop() {
		acks, answered, posts := underLoad(b, seconds)
		slices.Sort(acks)
		at := func(p int) float64 { return float64(acks[(len(acks)-1)*p/100].Microseconds()) / 1000 }
		b.ReportMetric(at(50), "ack-p50-ms")
		b.ReportMetric(at(99), "ack-p99-ms")
		b.ReportMetric(at(100), "ack-max-ms")
		b.ReportMetric(float64(answered), "answers")
		b.ReportMetric(float64(posts)/float64(seconds), "briefs/s")
	}
}

// underLoad plays commands for so many seconds while briefs are sent, and counts those. The workspace reports it when two
// messages of a channel come within a second.
func underLoad(b *testing.B, seconds int) (acks []time.Duration, answered, posts int) {
	s := newWorkspace(b)
	w, err := bottest.Open(b.Context(), filepath.Join(b.TempDir(), "podbrief.db"), bottest.Options{Log: slog.DiscardHandler})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	w.Bot.Adapters = []bot.Adapter{newAdapter(b, s)}
	b.StopTimer()
	if err := subscribeAll(b.Context(), w, s); err != nil {
		b.Fatal(err)
	}
	b.StartTimer()
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- w.Bot.Serve(ctx) }()
	begun := func() bool { return s.Sockets() == socketCount && len(s.Messages("")) > 0 }
	for tries := 0; !s.Await(begun); tries++ { // a thousand briefs are planned before the first is sent
		if tries == 10 {
			b.Fatal("no brief is sent")
		}
	}
	acks, answered = playCommands(b, s, seconds)
	posts = len(s.Messages(""))
	stop()
	if err := <-done; err != nil {
		b.Error(err)
	}
	return acks, answered, posts
}

// subscribeAll makes a thousand channels whose brief has just become due, and reads the podcasts.
func subscribeAll(ctx context.Context, w *bottest.World, s *slacktest.Server) error {
	due := time.Now().UTC().Add(-time.Minute)
	subscribe := func(from, to int) error {
		return w.DB.Update(ctx, func(tx store.Tx) error {
			for i := from; i < to; i++ {
				id := fmt.Sprintf("C9%04d", i)
				s.AddChannel(slacktest.Channel{ID: id})
				sub := bot.Subscription{
					Channel: bot.Channel{Platform: Platform, Workspace: slacktest.Team, ID: id}, Topics: []string{"ai"}, Count: 5,
					Created: due.Add(-time.Hour), Since: due.Add(-time.Hour), Schedule: bot.Schedule{Hour: due.Hour(), Minute: due.Minute(), Zone: "UTC"},
				}
				if i == 0 {
					sub.Paused = true // only that the podcasts of its topic are read
				}
				if err := bot.PutSubscription(tx, sub); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return errors.Join(subscribe(0, 1), w.Settle(ctx), subscribe(1, loadChannels+1))
}

// playCommands plays commands at an even pace and waits for their answers.
func playCommands(b *testing.B, s *slacktest.Server, seconds int) ([]time.Duration, int) {
	var mu sync.Mutex
	var acks []time.Duration
	var played []slacktest.Payload
	var running sync.WaitGroup
	tick := time.NewTicker(time.Second / commandsPerSecond)
	defer tick.Stop()
	for range commandsPerSecond * seconds {
		<-tick.C
		p := s.Command(member, general, "status")
		played = append(played, p)
		running.Go(func() {
			answer, err := s.Play(p)
			if err != nil {
				b.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			acks = append(acks, answer.Took)
		})
	}
	running.Wait()
	answered := 0
	for _, p := range played {
		if s.Await(func() bool { return len(s.Replies(p.ResponseURL)) > 0 }) {
			answered++
		}
	}
	return acks, answered
}
