package slack

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"podbrief/bot"
	"podbrief/bot/slack/slacktest"
)

func incomingOf(t *testing.T, kind string, payload any) incoming {
	t.Helper()
	body, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	in, err := decode(kind, body, slack.AuthTestResponse{UserID: slacktest.BotUser, TeamID: slacktest.Team})
	if err != nil {
		t.Fatalf("decode(%q, %s) = %v", kind, body, err)
	}
	return in
}

// TestTyped is how what people type after /brief arrives, and what is made of it.
func TestTyped(t *testing.T) {
	for text, want := range map[string]string{
		"topic\u00a0ai,\nopen source":                "topic ai, open source",
		"<@U0BOT|podbrief> topic ai":                 "topic ai",
		"<@U0BOT>: topic ai":                         "topic ai",
		"topic <@U1MEMBER|ada>, ai":                  "topic ada, ai",
		"topic <#C123|general>":                      "topic #general",
		"topic <#C2SECRET>":                          "topic",
		"topic <!channel>":                           "topic",
		"follow <https://a.example/b?c=1&amp;d=2>":   "follow https://a.example/b?c=1&d=2",
		"follow <http://x.example|y>":                "follow http://x.example",
		"topic a &lt; b &amp;amp; c":                 "topic a < b &amp; c",
		"ask " + strings.Repeat("why ", 750) + "now": "ask " + strings.Repeat("why ", 750) + "now",
		"topic :rocket: ai :wave::skin-tone-2:":      "topic ai",
		"time 08:30 weekdays":                        "time 08:30 weekdays",
		"  ":                                         "help",
	} {
		in := incomingOf(t, slashKind, map[string]string{"command": "/brief", "text": text, "user_id": member, "channel_id": general})
		if got := strings.Join(in.words, " "); got != want {
			t.Errorf("/brief %.80q is %q, want %q", text, got, want)
		}
	}
}

// TestSaid is what people say in channels and direct messages: which of it is for the bot, and what it asks.
func TestSaid(t *testing.T) {
	const prices = "what about prices?"
	thread := map[string]any{"thread_ts": "1.0"}
	direct := map[string]any{"channel_type": "im", "channel": "D1"}
	for _, tt := range []struct {
		name, kind, text string
		more             map[string]any
		want             string // "" for what is not looked at
	}{
		{"a mention with a colon", "app_mention", "<@U0BOT>: " + prices, nil, prices},
		{"a mention with its name", "app_mention", "<@U0BOT|podbrief>, " + prices, nil, prices},
		{"a mention in the middle", "app_mention", "hey <@U0BOT> " + prices, nil, "hey " + prices},
		{"a mention and nothing else", "app_mention", "<@U0BOT>", nil, "help"},
		{"a mention with a picture", "app_mention", "<@U0BOT> " + prices, map[string]any{"subtype": "file_share"}, prices},
		{"a mention by a bot", "app_mention", "<@U0BOT> " + prices, map[string]any{"bot_id": "B1"}, ""},
		{"a question", "message", prices, direct, prices},
		{"a question with a picture", "message", prices, map[string]any{"channel_type": "im", "channel": "D1", "subtype": "file_share"}, prices},
		{"a question that was edited", "message", prices, map[string]any{"channel_type": "im", "channel": "D1", "subtype": "message_changed"}, ""},
		{"a question that was deleted", "message", prices, map[string]any{"channel_type": "im", "channel": "D1", "subtype": "message_deleted"}, ""},
		{"a reply", "message", prices, thread, "ask " + prices},
		{"a reply that the channel sees too", "message", prices, map[string]any{"thread_ts": "1.0", "subtype": "thread_broadcast"}, "ask " + prices},
		{"a reply in somebody's thread", "message", prices, map[string]any{"thread_ts": "1.0", "parent_user_id": member}, ""},
		{"a reply with a mention, which comes as one too", "message", "<@U0BOT|podbrief> " + prices, thread, ""},
		{"a reply of emoji", "message", ":tada: 👍 :+1:", thread, ""},
		{"a reply of a picture", "message", "", map[string]any{"thread_ts": "1.0", "subtype": "file_share"}, ""},
		{"talk", "message", prices, nil, ""},
		{"somebody joins", "message", "<@U9> has joined the channel", map[string]any{"thread_ts": "1.0", "subtype": "channel_join"}, ""},
	} {
		inner := map[string]any{"type": tt.kind, "user": member, "text": tt.text, "ts": "2.0", "channel": general, "channel_type": "channel"}
		maps.Copy(inner, tt.more)
		in := incomingOf(t, eventsKind, map[string]any{"type": "event_callback", "event_id": "E1", "team_id": slacktest.Team, "event": inner})
		if got := strings.Join(in.words, " "); got != tt.want {
			t.Errorf("%s: %q is %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// TestOurEnd is when all that is stored of a workspace is deleted, and when it is not.
func TestOurEnd(t *testing.T) {
	for _, tt := range []struct {
		name, team string
		inner      map[string]any
		want       bot.Event
	}{
		{"uninstalled", slacktest.Team, map[string]any{"type": "app_uninstalled"}, bot.Uninstalled},
		{"uninstalled in another workspace", "T9", map[string]any{"type": "app_uninstalled"}, bot.None},
		{"our token revoked", slacktest.Team, map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"bot": []string{slacktest.BotUser}}}, bot.Uninstalled},
		{"another bot's token revoked", slacktest.Team, map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"bot": []string{"U9"}}}, bot.None},
		{"a person's token revoked", slacktest.Team, map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"oauth": []string{member}}}, bot.None},
	} {
		in := incomingOf(t, eventsKind, map[string]any{"type": "event_callback", "event_id": "E1", "team_id": tt.team, "event": tt.inner})
		if in.event != tt.want {
			t.Errorf("%s: event %q, want %q", tt.name, in.event, tt.want)
		}
	}
}

// TestPressedInThread is a press under a message that only one person sees, which Slack does not send along.
func TestPressedInThread(t *testing.T) {
	in := incomingOf(t, interactiveKind, map[string]any{
		"type": "block_actions", "user": map[string]string{"id": member}, "actions": []any{map[string]string{"type": "button", "block_id": "b", "value": "more 1"}},
		"container": map[string]any{"type": "message", "message_ts": "5.0", "thread_ts": "1.0", "channel_id": general, "is_ephemeral": true},
	})
	if in.thread != "1.0" || in.reply != "1.0" || in.channel != general || !in.hidden {
		t.Errorf("decode = thread %q, reply %q, channel %q, hidden %v; want 1.0, 1.0, %s, true", in.thread, in.reply, in.channel, in.hidden, general)
	}
}
