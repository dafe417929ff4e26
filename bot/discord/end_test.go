package discord

import (
	"context"
	"errors"
	"net/http"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
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
		at, most time.Duration // from the moment when nothing is in flight any more, or else from the signal
		want     bot.State     // of the delivery
	}{
		{"nothing in flight", false, false, 0, 5 * time.Second, ""},
		{"a post in flight", true, true, 0, 5 * time.Second, bot.Delivered},
		{"a post that is never answered", true, false, 15 * time.Second, 25 * time.Second, bot.Sending},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && tt.at > 0 {
				t.Skip("a post is waited for 20 seconds")
			}
			a := startAsked(t, tt.posting)
			began := a.ask()
			if tt.answered {
				a.answer()
			}
			if err := <-a.ended; err != nil {
				t.Errorf("ended with %v, want exit code 0", err)
			}
			if took := time.Since(began); took < tt.at || took > tt.most {
				t.Errorf("the end took %v, want %v to %v", took, tt.at, tt.most)
			}
			if got := stateOf(t, a.store); got != tt.want {
				t.Errorf("the delivery is %q, want %q", got, tt.want)
			}
			if got := a.server.Closes(); !slices.Equal(got, []int{normalClosure}) {
				t.Errorf("the gateway was closed with %v, want %d, so that the bot is not seen any more", got, normalClosure)
			}
		})
	}
}

// asked is a running bot that is going to be asked to end.
type asked struct {
	t      *testing.T
	server *discordtest.Server
	store  string // where
	cmd    *exec.Cmd
	ended  chan error
	answer func() // the post in flight
}

// startAsked starts a bot and waits until it is connected, and until it posts when it has something to post.
func startAsked(t *testing.T, posting bool) *asked {
	t.Helper()
	s := checked(t, discordtest.New())
	t.Cleanup(s.Close)
	posts, release := make(chan struct{}), make(chan struct{})
	s.Fault = func(r *http.Request) *discordtest.Fault {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/messages") {
			close(posts) // a second post panics
			<-release
		}
		return nil
	}
	a := &asked{t: t, server: s, store: filepath.Join(t.TempDir(), "asked.db"), ended: make(chan error, 1)}
	a.answer = sync.OnceFunc(func() { close(release) })
	t.Cleanup(a.answer)
	if posting {
		subscribeNow(t, a.store)
	}
	a.cmd = process("asked", s.API(), a.store)
	a.cmd.Stderr = t.Output()
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { a.ended <- a.cmd.Wait() }()
	a.wait("a connection", func() bool { return len(s.Live()) == 1 })
	if posting {
		<-posts
	}
	return a
}

// ask asks the bot to end, waits until it does not receive any more, and returns when that was.
func (a *asked) ask() time.Time {
	a.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // then it does not end
	a.wait("the end of receiving", func() bool { return len(a.server.Live()) == 0 })
	return time.Now()
}

func (a *asked) wait(what string, so func() bool) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), time.Minute)
	defer cancel()
	if err := a.server.Wait(ctx, so); err != nil {
		a.t.Fatalf("%s: %v", what, err)
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
