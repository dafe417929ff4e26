package discord

import (
	"context"
	"errors"
	"net/http"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
	"podbrief/store"
)

// runAsked is a bot with the usual times, until it is asked to end.
func runAsked(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	w, err := bottest.Open(ctx, args[1], bottest.Options{Times: bot.Times{Tick: 10 * time.Millisecond}})
	if err != nil {
		return err
	}
	w.Bot.Adapters = []bot.Adapter{&Adapter{Token: discordtest.Token, API: args[0]}}
	return errors.Join(w.Bot.Serve(ctx), w.Close())
}

// TestSigterm asks the process to end. It ends within 5 seconds when no post is in flight; a post in flight is finished and
// recorded; and one that is never answered is waited for 20 seconds.
func TestSigterm(t *testing.T) {
	for _, tt := range []struct {
		name     string
		posting  bool
		answered bool
		within   time.Duration // from the moment when nothing is in flight any more, or else from the signal
		want     bot.State     // of the delivery
	}{
		{"nothing in flight", false, false, 5 * time.Second, ""},
		{"a post in flight", true, true, 5 * time.Second, bot.Delivered},
		{"a post that is never answered", true, false, 25 * time.Second, bot.Sending},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && tt.within > 5*time.Second {
				t.Skip("a post is waited for 20 seconds")
			}
			s := discordtest.New()
			defer s.Close()
			posts, answer, once := make(chan struct{}), make(chan struct{}), sync.Once{}
			defer once.Do(func() { close(answer) })
			s.Fault = func(r *http.Request) *discordtest.Fault {
				if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/messages") {
					close(posts) // a second post is none too many: it panics
					<-answer
				}
				return nil
			}
			path := filepath.Join(t.TempDir(), "asked.db")
			if tt.posting {
				subscribeNow(t, path)
			}
			p := process("asked", s.API(), path)
			p.Stderr = t.Output()
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- p.Wait() }()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := s.Wait(ctx, func() bool { return len(s.Live()) == 1 }); err != nil {
				t.Fatal(err)
			}
			if tt.posting {
				<-posts
			}
			p.Process.Signal(syscall.SIGTERM) //nolint:errcheck // then it does not end
			if err := s.Wait(ctx, func() bool { return len(s.Live()) == 0 }); err != nil {
				t.Fatalf("it still receives: %v", err)
			}
			began := time.Now()
			if tt.answered {
				once.Do(func() { close(answer) })
			}
			if err := <-ended; err != nil {
				t.Errorf("ended with %v, want exit code 0", err)
			}
			if took := time.Since(began); took > tt.within || tt.within > 20*time.Second && took < 15*time.Second {
				t.Errorf("the end took %v, want at most %v", took, tt.within)
			}
			if got := stateOf(t, path); got != tt.want {
				t.Errorf("the delivery is %q, want %q", got, tt.want)
			}
		})
	}
}

// subscribeNow makes a subscription whose brief is due.
func subscribeNow(t *testing.T, path string) {
	t.Helper()
	now := time.Now().UTC()
	sub := bot.Subscription{
		Channel: general(), Topics: []string{"ai"}, Count: 5, Created: now, Since: now.Add(-time.Minute).Truncate(time.Minute),
		Schedule: bot.Schedule{Hour: now.Hour(), Minute: now.Minute(), Zone: "UTC"},
	}
	inStore(t, path, func(tx store.Tx) error { return bot.PutSubscription(tx, sub) })
}

// stateOf returns the state of the only delivery, "" when there is none.
func stateOf(t *testing.T, path string) (state bot.State) {
	t.Helper()
	inStore(t, path, func(tx store.Tx) error {
		for key := range tx.Scan("delivery", "", "\xff") {
			d, err := store.Get[bot.Delivery](tx, "delivery", key)
			if err != nil {
				return err
			}
			state = d.State
		}
		return nil
	})
	return state
}

func inStore(t *testing.T, path string, do func(store.Tx) error) {
	t.Helper()
	db, err := store.OpenBolt(path, store.Options{})
	if err == nil {
		err = errors.Join(db.Update(t.Context(), do), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestHealthShowsTheEnd checks that /healthz says why Discord wants no connection any more.
func TestHealthShowsTheEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.server.Gateway = func(int) discordtest.Play { return closes(4014) }
	w, err := bottest.Open(t.Context(), filepath.Join(t.TempDir(), "health.db"), bottest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Bot.Adapters = []bot.Adapter{s.Adapter}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- w.Bot.Serve(ctx) }()
	s.until("the end in Health", func() bool { return strings.Contains(w.Bot.Health().Adapters[Platform], "Message Content Intent") })
	if w.Bot.Health().OK {
		t.Error("Health is OK without Discord")
	}
	cancel()
	if err := errors.Join(<-served, w.Close()); err != nil {
		t.Errorf("Serve = %v", err)
	}
}
