package bot

import (
	"strings"
	"testing"
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
	t.Run("something new", func(t *testing.T) {
		_, _, happen := setUp(t)
		if m := happen("melted", room("C1")); !m.IsZero() {
			t.Errorf("an event that nobody knows is answered with %+v", m)
		}
	})
}
