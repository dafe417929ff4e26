package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message { return bot.Message{} })
	s.run(nil, p.handle)
	next := func() bot.Request {
		select {
		case r := <-p.asked:
			return r
		case <-time.After(5 * time.Second):
			t.Fatal("no event within 5 s")
			return bot.Request{}
		}
	}
	s.server.Dispatch("GUILD_DELETE", map[string]any{"id": "1", "unavailable": true}) // an outage
	s.server.Dispatch("GUILD_DELETE", map[string]any{"id": "2"})
	if r := next(); r.Event != bot.Left || r.Channel.Workspace != "2" {
		t.Errorf("event %q of %q, want the removal from 2", r.Event, r.Channel.Workspace)
	}
	s.server.Dispatch("GUILD_CREATE", map[string]any{"id": "2", "name": "again"})
	if r := next(); r.Event != bot.Joined || r.Channel.Workspace != "2" {
		t.Errorf("event %q of %q, want that 2 has the bot again", r.Event, r.Channel.Workspace)
	}
	s.server.Dispatch("CHANNEL_DELETE", map[string]any{"id": "3", "guild_id": "2", "type": 0})
	if r := next(); r.Event != bot.Gone || r.Channel.ID != "3" {
		t.Errorf("event %q of %q, want that 3 is gone", r.Event, r.Channel.ID)
	}
	s.server.Dispatch("CHANNEL_UPDATE", map[string]any{"id": "3", "guild_id": "2", "name": "new", "type": 0})
	if r := next(); r.Event != bot.Renamed || r.Channel.Name != "new" {
		t.Errorf("event %q, name %q, want a new name", r.Event, r.Channel.Name)
	}
}

// TestListed connects: the bot is told of all servers that have it, and of the place of direct messages; with two shards
// once both have told theirs.
func TestListed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	got := make(chan []string, 1)
	s.run(nil, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		if r.Event == bot.Listed {
			got <- r.Words
		}
		return bot.Message{}
	})
	select {
	case in := <-got:
		if want := []string{discordtest.Guild, "@me"}; !slices.Equal(in, want) {
			t.Errorf("listed are %q, want %q", in, want)
		}
	case <-time.After(5 * time.Second):
		t.Error("no list within 5 s")
	}
	var all servers
	for _, step := range []struct {
		data     string
		want     []string
		complete bool
	}{
		{`{}`, nil, false}, // nothing said is not nowhere
		{`{"shard":[1,2],"guilds":[{"id":"3"}]}`, []string{"3"}, false},
		{`{"shard":[0,2],"guilds":[{"id":"1"},{"id":"2"}]}`, []string{"1", "2", "3"}, true},
		{`{"shard":[1,2],"guilds":[null,{}]}`, []string{"1", "2"}, true},
	} {
		var d ready
		if err := json.Unmarshal([]byte(step.data), &d); err != nil {
			t.Fatal(err)
		}
		in, complete := all.add(d)
		if slices.Sort(in); !slices.Equal(in, step.want) || complete != step.complete {
			t.Errorf("add(%s) = %q, %v, want %q, %v", step.data, in, complete, step.want, step.complete)
		}
	}
}

// TestEventAfterTheEnd brings an event once Run has ended, as one of a connection that is given up may come: nothing is answered.
func TestEventAfterTheEnd(t *testing.T) {
	t.Parallel()
	r := &receiver{Adapter: &Adapter{Log: slog.New(slog.DiscardHandler)}}
	nothing := func(context.Context, guild) {}
	if !spawn(r, json.RawMessage(`{}`), nothing) {
		t.Error("an event is not taken, want it taken")
	}
	r.answers.end(time.Minute)
	if spawn(r, json.RawMessage(`{}`), nothing) {
		t.Error("an event after the end is taken, want it left")
	}
}
