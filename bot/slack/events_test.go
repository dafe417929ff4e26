package slack

import (
	"context"
	"strings"
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

// TestRights checks what each sort of person may do.
func TestRights(t *testing.T) {
	all := bot.Read | bot.Own | bot.Manage
	people := map[string]struct {
		user slacktest.User
		want bot.Rights
	}{
		"member":                {slacktest.User{Team: slacktest.Team}, all},
		"admin":                 {slacktest.User{Team: slacktest.Team, Admin: true}, all | bot.Administer},
		"owner":                 {slacktest.User{Team: slacktest.Team, Owner: true}, all | bot.Administer},
		"guest":                 {slacktest.User{Team: slacktest.Team, Guest: true}, bot.Read},
		"guest of one channel":  {slacktest.User{Team: slacktest.Team, SingleChannelGuest: true}, bot.Read},
		"of another workspace":  {slacktest.User{Team: "T9"}, 0},
		"stranger":              {slacktest.User{Team: slacktest.Team, Stranger: true}, 0},
		"bot":                   {slacktest.User{Team: slacktest.Team, Bot: true}, 0},
		"deleted":               {slacktest.User{Team: slacktest.Team, Deleted: true}, 0},
		"admin of another team": {slacktest.User{Team: "T9", Admin: true}, 0},
	}
	s := newWorkspace(t)
	a := newAdapter(t, s)
	got := make(chan bot.Request, 1)
	start(t, s, a, nil, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		got <- r
		return bot.Message{}
	})
	for name, p := range people {
		p.user.ID = "U9" + strings.ToUpper(strings.ReplaceAll(name, " ", ""))
		s.AddUser(p.user)
		for range 2 {
			if _, err := s.Play(s.Command(p.user.ID, general, "help")); err != nil {
				t.Fatal(err)
			}
			if r := <-got; r.Rights != p.want {
				t.Errorf("rights of %s = %b, want %b", name, r.Rights, p.want)
			}
		}
	}
	if n := len(s.Calls("users.info")); n != len(people) {
		t.Errorf("%d people were looked up %d times", len(people), n)
	}
}

// TestPressedFromOutside checks that who is not in a channel does not manage it by a button of its brief.
func TestPressedFromOutside(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		m := w.brief(t, general)
		w.slack.AddUser(slacktest.User{ID: "U7", Name: "passer-by", Team: slacktest.Team})
		p := w.press(t, "U7", m, "Settings")
		w.await(t, "refusal", func() bool { return len(w.slack.Replies(p.ResponseURL)) == 1 })
		wantText(t, "Settings", w.slack.Replies(p.ResponseURL)[0], "right to manage")
		if len(w.slack.Views()) > 0 {
			t.Error("a form was opened for somebody who may not")
		}
	})
}
