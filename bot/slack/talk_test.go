package slack

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/slack/slacktest"
)

// TestQuestionInDirectMessages asks in direct messages, and in a thread there: each question is answered where it was asked.
func TestQuestionInDirectMessages(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		const dm = "D1MEMBER"
		w.Bot.Engine.Answerer = answerer{}
		w.slack.AddChannel(slacktest.Channel{ID: dm, IM: true, User: member})
		w.brief(t, general)
		w.play(t, w.slack.Say(member, dm, "", "what did they say about models?"))
		w.await(t, "answer", func() bool { return wrote(w.slack.Messages(dm), "", "It was said once.") })
		w.play(t, w.slack.Say(member, dm, "5.000001", "and what about caches and models?"))
		w.await(t, "answer in the thread", func() bool { return wrote(w.slack.Messages(dm), "5.000001", "It was said once.") })
	})
}

// wrote reports whether the bot wrote something in a thread; "" for the channel itself.
func wrote(messages []slacktest.Message, thread, part string) bool {
	for _, m := range messages {
		if m.User == slacktest.BotUser && m.Thread == thread && strings.Contains(text(m.Blocks), part) {
			return true
		}
	}
	return false
}

// TestAskCites asks about an insight in the form of its button: the answer comes into the brief's thread, with the place
// where it was said, and offers the next question, which is answered there too.
func TestAskCites(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		w.Bot.Engine.Answerer = answerer{}
		m := w.brief(t, general)
		w.press(t, member, m, "Ask")
		w.await(t, "form", func() bool { return len(w.slack.Views()) == 1 })
		w.play(t, w.slack.Submit(member, w.slack.Views()[0], map[string]string{"question": "What was said about models?"}))
		answer := w.threadReply(t, general, m.TS)
		wantText(t, "answer", answer.Blocks, "It was said once.", "[1]", "“", " — ", "<https://")
		w.press(t, member, answer, "What did the cache cost?")
		w.await(t, "second answer", func() bool { return len(w.slack.Messages(general)) == 3 })
		if got := w.slack.Messages(general)[2]; got.Thread != m.TS {
			t.Errorf("the next question is answered in thread %q, want %q", got.Thread, m.TS)
		}
	})
}

// TestWithoutHistory runs a bot that may not read the history: mentions and buttons work, and a brief of which nobody knows
// whether it arrived is sent once more, marked, and never again.
func TestWithoutHistory(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		w.slack.SetLacks("channels:history", "groups:history", "im:history")
		later := time.Duration(0)
		w.Bot.Times.Now = func() time.Time { return time.Now().Add(later) }
		first := true
		w.slack.SetFault(func(method string, _ url.Values) *slacktest.Fault {
			if method == "chat.postMessage" && first {
				first = false
				return &slacktest.Fault{Store: true, Status: 500}
			}
			return nil
		})
		m := w.brief(t, general)
		for range 4 {
			later += 3 * time.Minute
			if err := w.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		posts := w.slack.Messages(general)
		if len(posts) != 2 || !wrote(posts[1:], "", "Sent again after an interruption") {
			t.Errorf("%d briefs, want two, the second marked", len(posts))
		}
		w.press(t, member, m, "More")
		w.threadReply(t, general, m.TS)
		p := w.slack.Say(member, general, "", "<@"+slacktest.BotUser+"> what about models?")
		w.play(t, p)
		ts, _ := p.Body["event"].(map[string]any)["ts"].(string)
		w.threadReply(t, general, ts)
	})
}

// TestEventsAct plays every event to a whole bot: channels that are gone are paused, names followed, and everything is
// deleted when the app is removed.
func TestEventsAct(t *testing.T) {
	gone := []string{"channel_archive", "channel_deleted", "channel_left", "group_archive", "group_deleted", "group_left"}
	eachMode(t, func(t *testing.T, w world) {
		for _, kind := range gone {
			id := "C9" + strings.ToUpper(kind)
			w.slack.AddChannel(slacktest.Channel{ID: id, Name: kind, Members: []string{member}, Private: strings.HasPrefix(kind, "group")})
			w.command(t, member, id, "topic ai")
			w.play(t, w.slack.Event(map[string]any{"type": kind, "channel": id, "user": member}))
			w.until(t, "pause after "+kind, func() bool { return w.stopped(t, id) })
		}
		w.command(t, member, general, "topic ai")
		w.command(t, member, secret, "topic ai")
		for kind, id := range map[string]string{"channel_rename": general, "group_rename": secret} {
			name := "new-" + strings.ToLower(id)
			w.play(t, w.slack.Event(map[string]any{"type": kind, "channel": map[string]any{"id": id, "name": name}}))
			w.until(t, "new name after "+kind, func() bool { return w.named(t, id) == name })
		}
		for _, inner := range []map[string]any{{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": map[string]any{"bot": []string{slacktest.BotUser}}}} {
			w.play(t, w.slack.Event(inner))
			w.until(t, "deletion", func() bool { return len(w.channels(t)) == 0 })
			w.command(t, member, general, "topic ai")
		}
	})
}

// until waits until something is so that the workspace does not show.
func (w world) until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not seen: %s", what)
		}
	}
}

func (w world) channels(t *testing.T) []bot.Channel {
	t.Helper()
	all, err := bot.Channels(t.Context(), w.DB, Platform)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (w world) named(t *testing.T, id string) string {
	t.Helper()
	for _, ch := range w.channels(t) {
		if ch.ID == id {
			return ch.Name
		}
	}
	return ""
}

// stopped reports whether a channel's status says that it is gone.
func (w world) stopped(t *testing.T, id string) bool {
	t.Helper()
	return strings.Contains(text(w.command(t, member, id, "status")), "the channel is gone or I was removed from it")
}
