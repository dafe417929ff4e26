package bot

import (
	"strings"
	"testing"
	"time"
)

// TestEvents plays what happens to channels and workspaces.
func TestEvents(t *testing.T) {
	const all = Read | Own | Manage | Administer
	setUp := func(t *testing.T) (*Bot, *fakePlatform, func(Event, Channel) Message) {
		b, p := emptyBot(t)
		for _, ch := range []string{"C1", "C2"} {
			r := sentBy(all, false, "topic ai")
			r.Channel = room(ch)
			b.Handle(t.Context(), r, nil)
		}
		return b, p, func(e Event, ch Channel) Message {
			return b.Handle(t.Context(), Request{Channel: ch, Event: e}, nil)
		}
	}
	stopped := func(b *Bot, ch string) bool {
		stop, err := b.stopOf(t.Context(), room(ch))
		if err != nil {
			t.Fatal(err)
		}
		return stop.Class != ""
	}

	t.Run("gone", func(t *testing.T) {
		b, p, happen := setUp(t)
		for range 3 { // platforms say it again
			if m := happen(Gone, room("C1")); !m.IsZero() {
				t.Errorf("the event is answered with %+v", m)
			}
		}
		if !stopped(b, "C1") || stopped(b, "C2") {
			t.Errorf("stopped are C1: %v, C2: %v, want only C1", stopped(b, "C1"), stopped(b, "C2"))
		}
		if err := b.Deliver(t.Context(), "fake:W/"); err != nil {
			t.Fatal(err)
		}
		if n := p.count(); n != 1 || !strings.Contains(p.posts[0].Text, "I cannot post the daily brief in this channel any more") {
			t.Errorf("%d messages, want one word to who set it up", n)
		}
	})
	t.Run("gone, and never ours", func(t *testing.T) {
		b, p, happen := setUp(t)
		happen(Gone, room("C9"))
		if err := b.Deliver(t.Context(), "fake:W/"); err != nil || p.count() != 0 {
			t.Errorf("%d messages, %v, want none", p.count(), err)
		}
	})
	t.Run("renamed", func(t *testing.T) {
		b, _, happen := setUp(t)
		for _, id := range []string{"C1", "C9"} {
			ch := room(id)
			ch.Name = "engineering"
			if m := happen(Renamed, ch); !m.IsZero() {
				t.Errorf("the event is answered with %+v", m)
			}
		}
		sub, _, err := b.subscriptionOf(t.Context(), room("C1"))
		if err != nil || sub.Channel.Name != "engineering" || sub.Channel.ID != "C1" {
			t.Errorf("the subscription's channel is %+v, %v", sub.Channel, err)
		}
		if _, found, _ := b.subscriptionOf(t.Context(), room("C9")); found {
			t.Error("a channel that is not ours got a subscription")
		}
	})
	t.Run("uninstalled", func(t *testing.T) {
		b, _, happen := setUp(t)
		for range 2 {
			happen(Uninstalled, Channel{Platform: "fake", Workspace: "W"})
		}
		for key := range everything(t, b) {
			t.Errorf("%q is left", key)
		}
	})
	t.Run("removed while it was down", func(t *testing.T) {
		b, _, happen := setUp(t)
		now := noon
		b.Times.Now = func() time.Time { return now }
		after := func(d time.Duration) int {
			now = now.Add(d)
			keys, err := b.cutOff(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range keys {
				if err := b.purgeJob(t.Context(), key); err != nil {
					t.Fatal(err)
				}
			}
			return len(everything(t, b))
		}
		list := func(in ...string) {
			b.Handle(t.Context(), Request{Event: Listed, Channel: Channel{Platform: "fake"}, Words: in}, nil)
		}
		all := len(everything(t, b))
		if list("W"); after(25*time.Hour) != all || stopped(b, "C1") {
			t.Error("a workspace that is listed lost something")
		}
		if list("W2"); !stopped(b, "C1") || after(23*time.Hour) < all {
			t.Error("a workspace that is not listed is not stopped, or purged before the day is over")
		}
		if happen(Joined, Channel{Platform: "fake", Workspace: "W"}); stopped(b, "C1") || after(25*time.Hour) < all {
			t.Error("a workspace that has the bot again is stopped or purged")
		}
		list()
		happen(Left, Channel{Platform: "fake", Workspace: "W"})
		if n := after(25 * time.Hour); n != 0 {
			t.Errorf("%d records are left a day after the removal", n)
		}
	})
	t.Run("stopped for a month", func(t *testing.T) {
		b, _, _ := setUp(t)
		now := noon
		b.Times.Now = func() time.Time { return now }
		d := Delivery{Channel: room("C1"), Error: "the token is refused"}
		if err := b.stopFor(t.Context(), &d, TenantStop); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			later time.Duration
			want  bool
		}{{29 * 24 * time.Hour, false}, {2 * 24 * time.Hour, false}, {25 * time.Hour, true}} { // marked on day 31, purged on day 32
			now = now.Add(step.later)
			if err := b.tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			if keys, err := b.cutOff(t.Context()); err != nil || (len(keys) == 1) != step.want {
				t.Errorf("%s after the stop: to be purged are %q, %v, want one: %v", now.Sub(noon), keys, err, step.want)
			}
		}
	})
	t.Run("something new", func(t *testing.T) {
		_, _, happen := setUp(t)
		if m := happen("melted", room("C1")); !m.IsZero() {
			t.Errorf("an event that nobody knows is answered with %+v", m)
		}
	})
}
