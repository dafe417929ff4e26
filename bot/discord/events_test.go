package discord

import (
	"context"
	"testing"
	"time"

	"podbrief/bot"
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
	if r := next(); r.Event != bot.Uninstalled || r.Channel.Workspace != "2" {
		t.Errorf("event %q of %q, want the removal from 2", r.Event, r.Channel.Workspace)
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
