package slack

import (
	"context"
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
)

// commandsPerSecond is how many commands come in a second, and loadChannels how many channels get briefs meanwhile.
const (
	commandsPerSecond = 50
	loadChannels      = 1000
)

// BenchmarkAcknowledge measures how soon commands are acknowledged and answered by a whole bot over Socket Mode, while it
// posts briefs to a thousand channels. It takes ten seconds, or as many as SECONDS says.
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
		b.ReportMetric(float64(len(posts))/float64(seconds), "posts/s")
		b.ReportMetric(closest(posts).Seconds(), "min-gap-s")
	}
}

// underLoad plays commands for so many seconds while briefs are posted.
func underLoad(b *testing.B, seconds int) (acks []time.Duration, answered int, posts []slacktest.Message) {
	s := newWorkspace(b)
	for i := range loadChannels {
		s.AddChannel(slacktest.Channel{ID: fmt.Sprintf("C9%04d", i)})
	}
	w, err := bottest.Open(b.Context(), filepath.Join(b.TempDir(), "podbrief.db"), bottest.Options{Log: slog.DiscardHandler})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	a := newAdapter(b, s)
	start(b, s, a, w.Bot.Commands(), w.Bot.Handle)
	ctx, stop := context.WithCancel(b.Context())
	var load sync.WaitGroup
	brief := bottest.Brief(5)
	for lane := range 4 { // as many as the bot posts to at once
		load.Go(func() {
			for i := lane; ctx.Err() == nil; i += 4 {
				a.Post(ctx, bot.Channel{Platform: Platform, ID: fmt.Sprintf("C9%04d", i%loadChannels)}, brief, "k") //nolint:errcheck // it ends in the middle
			}
		})
	}
	acks, answered = playCommands(b, s, seconds)
	stop()
	load.Wait()
	return acks, answered, s.Messages("")
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

// closest is the shortest time between two messages of one channel.
func closest(posts []slacktest.Message) time.Duration {
	last := map[string]time.Time{}
	gap := time.Hour
	for _, m := range posts {
		if t, ok := last[m.Channel]; ok {
			gap = min(gap, m.At.Sub(t))
		}
		last[m.Channel] = m.At
	}
	return gap
}
