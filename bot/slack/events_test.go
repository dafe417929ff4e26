package slack

import (
	"context"
	"testing"

	"podbrief/bot"
	"podbrief/bot/slack/slacktest"
)

func TestEvents(t *testing.T) {
	want := map[string]bot.Event{
		"channel_archive": bot.Gone, "channel_deleted": bot.Gone, "channel_left": bot.Gone, "group_archive": bot.Gone,
		"group_deleted": bot.Gone, "group_left": bot.Gone, "channel_rename": bot.Renamed, "group_rename": bot.Renamed,
		"app_uninstalled": bot.Uninstalled, "tokens_revoked": bot.Uninstalled, "app_home_opened": bot.HomeOpened,
	}
	for name, http := range modes {
		t.Run(name, func(t *testing.T) {
			s := newWorkspace(t)
			a := newAdapter(t, s)
			a.HTTP = http
			got := make(chan bot.Request, 4)
			start(t, s, a, nil, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
				got <- r
				return bot.Message{}
			})
			for kind, event := range want {
				inner := map[string]any{"type": kind, "channel": general, "user": member, "tab": "home", "tokens": map[string]any{"bot": []string{"U0BOT"}}}
				if event == bot.Renamed {
					inner["channel"] = map[string]any{"id": general, "name": "new-name"}
				}
				p := s.Event(inner)
				for range 2 { // delivered again, it is not acted on again
					if _, err := s.Play(p); err != nil {
						t.Fatal(err)
					}
				}
				r := <-got
				if r.Event != event || r.Channel.Workspace != slacktest.Team || event == bot.Gone && r.Channel.ID != general ||
					event == bot.Renamed && r.Channel.Name != "new-name" {
					t.Errorf("%s = %+v, want %s", kind, r, event)
				}
			}
			for _, inner := range []map[string]any{
				{"type": "tokens_revoked", "tokens": map[string]any{"oauth": []string{member}}}, {"type": "something_new", "channel": []int{1}},
				{"type": "message", "subtype": "channel_join", "channel": general, "user": member, "text": "joined"},
				{"type": "message", "bot_id": "B9", "channel": "D1MEMBER", "channel_type": "im", "text": "hi"},
			} {
				if _, err := s.Play(s.Event(inner)); err != nil {
					t.Errorf("%v is not acknowledged: %v", inner, err)
				}
			}
			if len(got) > 0 {
				t.Errorf("acted on %+v", <-got)
			}
		})
	}
}
