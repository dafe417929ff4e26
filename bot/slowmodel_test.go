package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/digest/insight"
	"podbrief/store"
)

// subscribeAt gives channels a brief that is due at a time.
func subscribeAt(t *testing.T, w *bottest.World, n int, due time.Time) {
	t.Helper()
	err := w.DB.Update(t.Context(), func(tx store.Tx) error {
		for i := range n {
			err := bot.PutSubscription(tx, bot.Subscription{
				Channel: bot.Channel{Platform: "accept", Workspace: "W", ID: fmt.Sprintf("D%d", i)}, Topics: []string{"ai"}, Count: 3,
				Created: due.AddDate(0, 0, -2), Since: due.Add(-time.Hour), Schedule: bot.Schedule{Hour: due.Hour(), Minute: due.Minute(), Zone: "UTC"},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSlowModelHoldsNobodyBack gives a workspace's many briefs to a model that takes five seconds for each: the first is
// posted as soon as it is ready, all come in time, and those that the model had time for have its headline.
func TestSlowModelHoldsNobodyBack(t *testing.T) {
	briefed(t) // the compressor that all engines share makes its channels with its first use: outside of the bubble
	synctest.Test(t, func(t *testing.T) {
		w, _ := briefed(t)
		before := len(posted(w))
		var asked atomic.Int32
		w.Bot.Engine.Headline = func(ctx context.Context, _ []insight.Insight) (string, error) {
			asked.Add(1)
			select {
			case <-time.After(5 * time.Second):
				return "A headline", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		const channels = 200
		subscribeAt(t, w, channels, time.Now().UTC().Truncate(time.Minute))
		began := time.Now()
		done := make(chan error)
		go func() { done <- w.Bot.Deliver(t.Context(), "accept:W/") }()
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if n := len(posted(w)) - before; n == 0 || n > 10 {
			t.Errorf("after six seconds %d briefs are posted, want the first ones", n)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		with := 0
		for _, p := range posted(w)[before:] {
			if strings.Contains(p.Message.Text, "A headline") {
				with++
			}
		}
		if n, took := len(posted(w))-before, time.Since(began); n != channels || took > 2*time.Minute || with < 20 || int(asked.Load()) > with+10 {
			t.Errorf("%d of %d briefs after %v, %d with a headline, the model was asked %d times; want all within two minutes, 20 or more with it, and no more asked for than in time",
				n, channels, took, with, asked.Load())
		}
	})
}

// TestModelWaitsForTheDecision lets a first brief wait for more podcasts: no model is asked as long as it is not sent.
func TestModelWaitsForTheDecision(t *testing.T) {
	w, _ := briefed(t)
	asked := 0
	w.Bot.Engine.Headline = func(context.Context, []insight.Insight) (string, error) {
		asked++
		return "A headline", nil
	}
	before := len(posted(w))
	say := sayIn(t, w, "C2")
	say("settings count 10")
	say("topic documentation")
	say("follow https://unread.example/feed")
	for range 3 {
		if err := w.Bot.Deliver(t.Context(), "accept:W/"); err != nil {
			t.Fatal(err)
		}
	}
	if asked > 0 || len(posted(w)) > before {
		t.Fatalf("while a podcast is unread %d briefs came and the model was asked %d times, want neither", len(posted(w))-before, asked)
	}
	now := time.Now().Add(11 * time.Minute)
	w.Bot.Times.Now = func() time.Time { return now }
	if err := w.Bot.Deliver(t.Context(), "accept:W/"); err != nil {
		t.Fatal(err)
	}
	if asked != 1 || len(posted(w)) != before+1 {
		t.Errorf("after the wait %d briefs came and the model was asked %d times, want one each", len(posted(w))-before, asked)
	}
}
