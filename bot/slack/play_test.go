package slack

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/slack/slacktest"
)

// eachMode runs a story over Socket Mode and over signed requests.
func eachMode(t *testing.T, story func(*testing.T, world)) {
	for name, http := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, newWorld(t, http))
		})
	}
}

// text is all that people read of an answer.
func text(m any) string {
	b, _ := json.Marshal(m)
	return strings.Join(slacktest.Texts(b), "\n")
}

func wantText(t *testing.T, what string, m any, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text(m), p) {
			t.Errorf("%s: %q is not in it:\n%s", what, p, text(m))
		}
	}
}

// brief subscribes a channel and returns the brief that is posted in it.
func (w world) brief(t *testing.T, channel string) slacktest.Message {
	t.Helper()
	got := w.command(t, member, channel, "topic ai")
	wantText(t, "/brief topic ai", got, "Following: ai")
	if got["response_type"] != "in_channel" {
		t.Errorf("/brief topic ai is answered %v", got["response_type"])
	}
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	posts := w.slack.Messages(channel)
	if len(posts) != 1 || posts[0].Metadata["event_type"] != metadataType {
		t.Fatalf("%d messages after the first command, want a brief", len(posts))
	}
	return posts[0]
}

// press presses a button and returns the payload that was played.
func (w world) press(t *testing.T, user string, m slacktest.Message, label string) slacktest.Payload {
	t.Helper()
	p, err := w.slack.Press(user, m, label)
	if err != nil {
		t.Fatal(err)
	}
	w.play(t, p)
	return p
}

// threadReply waits for a message of the bot in a thread.
func (w world) threadReply(t *testing.T, channel, thread string) slacktest.Message {
	t.Helper()
	var got slacktest.Message
	w.await(t, "reply in the thread", func() bool {
		for _, m := range w.slack.Messages(channel) {
			if m.Thread == thread && m.User == slacktest.BotUser {
				got = m
				return true
			}
		}
		return false
	})
	return got
}

func TestBriefAndItsButtons(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		m := w.brief(t, general)
		wantText(t, "brief", m.Blocks, "Settings", "More", "Related", "Ask", "👍")
		if m.Text == "" || m.Form.Get("unfurl_links") != "false" || m.Form.Get("unfurl_media") != "false" || m.Form.Get("parse") == "full" || m.Form.Get("link_names") == "true" {
			t.Errorf("brief is posted with %v", m.Form)
		}
		w.press(t, member, m, "More")
		wantText(t, "More", w.threadReply(t, general, m.TS).Blocks, "The quote")

		p := w.press(t, member, m, "👍")
		w.await(t, "vote", func() bool { return len(w.slack.Replies(p.ResponseURL)) == 1 })
		got := w.slack.Replies(p.ResponseURL)[0]
		wantText(t, "vote", got, "more like this")
		if got["response_type"] != "ephemeral" || got["replace_original"] != "false" {
			t.Errorf("a vote is answered %v, replacing: %v", got["response_type"], got["replace_original"])
		}
	})
}

func TestAskInForm(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		m := w.brief(t, general)
		w.press(t, member, m, "Ask")
		w.await(t, "form", func() bool { return len(w.slack.Views()) == 1 })
		v := w.slack.Views()[0]
		empty := w.slack.Submit(member, v, map[string]string{"question": " "})
		for range 2 { // also when it is delivered again
			answer := w.play(t, empty)
			if !strings.Contains(string(answer.Body), `"response_action":"errors"`) || !strings.Contains(string(answer.Body), `"question"`) {
				t.Errorf("an empty question is answered %s, want an error at its field", answer.Body)
			}
		}
		answer := w.play(t, w.slack.Submit(member, v, map[string]string{"question": "What was said about prices?"}))
		if len(answer.Body) > 0 {
			t.Errorf("a question is acknowledged with %s", answer.Body)
		}
		if got := w.threadReply(t, general, m.TS); len(got.Blocks) == 0 {
			t.Errorf("the answer is %+v", got)
		}
	})
}

func TestSettingsInForm(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		w.brief(t, general)
		w.play(t, w.slack.Command(member, general, "settings"))
		w.await(t, "form", func() bool { return len(w.slack.Views()) == 1 })
		v := w.slack.Views()[0]
		wantText(t, "form", v.View, "Topics", "Podcasts to follow", "When", "Insights in a brief", "Is paused", "Save")
		answer := w.play(t, w.slack.Submit(member, v, map[string]string{"time": "half past never"}))
		var wrong struct{ Errors map[string]string }
		if err := json.Unmarshal(answer.Body, &wrong); err != nil || wrong.Errors["time"] == "" || len(wrong.Errors) != 1 {
			t.Errorf("a wrong time is answered %s", answer.Body)
		}
		answer = w.play(t, w.slack.Submit(member, v, map[string]string{"podcasts": "Held-Out Set\nNobody Knows Me"}))
		if !strings.Contains(string(answer.Body), "Nobody Knows Me") || !strings.Contains(string(answer.Body), `"podcasts"`) {
			t.Errorf("an unknown podcast is answered %s", answer.Body)
		}
		values := map[string]string{"time": "09:15 weekdays Europe/Berlin", "topics": "ai, science", "podcasts": "Held-Out Set", "count": "7", "besides": "quiet"}
		w.play(t, w.slack.Submit(member, v, values))
		w.await(t, "confirmation", func() bool { return len(w.slack.Ephemera()) == 1 })
		wantText(t, "confirmation", w.slack.Ephemera()[0].Blocks, "Saved.", "09:15", "1 followed podcast")
		wantText(t, "status", w.command(t, member, general, "status"), "7 insights at 09:15 weekdays", "science")
		values["paused"] = "on"
		w.play(t, w.slack.Submit(member, v, values))
		w.await(t, "pause", func() bool { return len(w.slack.Ephemera()) == 2 })
		wantText(t, "pause", w.slack.Ephemera()[1].Blocks, "Saved.", "No brief comes until")
		if got := w.slack.Ephemera()[0].User; got != member {
			t.Errorf("confirmation shown to %q", got)
		}
		w.play(t, w.slack.Command(member, general, "settings"))
		w.await(t, "form again", func() bool { return len(w.slack.Views()) == 2 })
		again, err := json.Marshal(w.slack.Views()[1].View)
		if err != nil {
			t.Fatal(err)
		}
		for _, kept := range []string{`"initial_options":[{"text":{"emoji":false,"text":"Say nothing on a day without insights"`, `"initial_value":"09:15 weekdays Europe/Berlin"`, `"initial_value":"Held-Out Set"`} {
			if !strings.Contains(string(again), kept) {
				t.Errorf("the form that is opened again lacks %s:\n%s", kept, again)
			}
		}
	})
}

// TestMentionsAndReplies asks in all the ways that are no command.
func TestMentionsAndReplies(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		m := w.brief(t, general)
		p := w.slack.Say(member, general, "", "<@"+slacktest.BotUser+"> what did they say about prices &amp; costs?")
		w.play(t, p)
		ts, _ := p.Body["event"].(map[string]any)["ts"].(string)
		w.threadReply(t, general, ts)

		w.play(t, w.slack.Say(member, general, m.TS, "and what about the cache?"))
		w.threadReply(t, general, m.TS)

		before := len(w.slack.Calls(""))
		w.play(t, w.slack.Say(member, general, "", "lunch anyone?"))
		w.play(t, w.slack.Say(member, general, "1.000001", "a reply in a thread of somebody else"))
		w.play(t, w.slack.Say(member, general, m.TS, "<@"+slacktest.BotUser+"> status"))
		w.await(t, "private answer to a mention", func() bool { return len(w.slack.Ephemera()) == 1 })
		for _, c := range w.slack.Calls("")[before:] {
			if c.Method == "chat.postMessage" {
				t.Errorf("the bot said %q to what was not for it", c.Form.Get("text"))
			}
		}
		if e := w.slack.Ephemera()[0]; e.Thread != m.TS || e.User != member {
			t.Errorf("private answer in thread %q to %q", e.Thread, e.User)
		}
	})
}

func TestDirectMessages(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		const dm = "D1MEMBER"
		w.slack.AddChannel(slacktest.Channel{ID: dm, IM: true, User: member})
		w.play(t, w.slack.Say(member, dm, "", "topic science"))
		w.await(t, "answer", func() bool { return len(w.slack.Messages(dm)) == 2 })
		wantText(t, "topic in a direct message", w.slack.Messages(dm)[1].Blocks, "Following: science")
		if err := w.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := w.slack.Messages(dm); len(got) != 3 || got[2].Metadata == nil {
			t.Errorf("%d messages, want the personal brief as the third", len(got))
		}
	})
}

// TestHome sets a brief up from the App Home, pauses it and a channel's, and sees each change there at once.
func TestHome(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		shows := func(part string) {
			t.Helper()
			w.await(t, "home with "+part, func() bool { return strings.Contains(text(w.slack.Home(member)), part) })
		}
		w.openHome(t)
		shows("Set up my brief")
		w.pressHome(t, "Set up my brief")
		w.await(t, "form", func() bool { return len(w.slack.Views()) == 1 })
		w.play(t, w.slack.Submit(member, w.slack.Views()[0], map[string]string{"topics": "ai"}))
		shows("topics: ai")
		wantText(t, "confirmation", w.slack.Messages("D1MEMBER")[0].Blocks, "Saved.")
		w.pressHome(t, "Pause")
		shows("Resume")

		m := w.brief(t, general)
		p := w.slack.Command(member, general, "save 1")
		w.play(t, p)
		w.await(t, "kept", func() bool { return len(w.slack.Replies(p.ResponseURL)) == 1 })
		w.openHome(t)
		shows("#general")
		shows("You keep 1 insight")
		w.pressHome(t, "Pause") // only that of #general is not paused
		w.await(t, "both paused", func() bool { return !hasButton(w.slack.Home(member), "Pause") })
		wantText(t, "status of the channel", w.command(t, member, general, "status"), "No brief comes until you send")
		if m.Channel != general {
			t.Errorf("the brief came in %s", m.Channel)
		}
	})
}

func (w world) openHome(t *testing.T) {
	t.Helper()
	w.play(t, w.slack.Event(map[string]any{"type": "app_home_opened", "user": member, "tab": "home", "channel": "D1MEMBER"}))
	w.await(t, "home", func() bool { return w.slack.Home(member) != nil })
}

func (w world) pressHome(t *testing.T, label string) {
	t.Helper()
	p, err := w.slack.PressHome(member, label)
	if err != nil {
		t.Fatal(err)
	}
	w.play(t, p)
}

// hasButton reports whether an App Home has a button with a label.
func hasButton(home map[string]any, label string) bool {
	blocks, _ := home["blocks"].([]any)
	return slices.ContainsFunc(slacktest.Buttons(asMaps(blocks)), func(b slacktest.Button) bool { return b.Label == label })
}

func TestWhereTheBotIsNot(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		for _, line := range []string{"topic ai", "settings", "now"} {
			got := w.command(t, member, outside, line)
			wantText(t, "/brief "+line, got, "/invite @podbrief")
			if got["response_type"] != "ephemeral" {
				t.Errorf("/brief %s is answered %v", line, got["response_type"])
			}
		}
		wantText(t, "/brief help", w.command(t, member, outside, "help"), "topic")
		w.slack.AddChannel(slacktest.Channel{ID: outside, Name: "outside", Members: []string{member}})
		wantText(t, "/brief topic after an invitation", w.command(t, member, outside, "topic ai"), "Following: ai")
	})
}

// TestSenderNotKnown checks that nothing is done for somebody who cannot be looked up, and that this is said.
func TestSenderNotKnown(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		w.slack.SetFault(func(method string, _ url.Values) *slacktest.Fault {
			if method == "users.info" {
				return &slacktest.Fault{Status: 503}
			}
			return nil
		})
		wantText(t, "/brief topic ai", w.command(t, member, general, "topic ai"), "could not look you up")
	})
}

func TestCommandsAreFoundInAnyCase(t *testing.T) {
	s := &session{commands: []bot.Command{{Word: "topic"}}}
	if c, ok := s.command([]string{"Topic", "ai"}); !ok || c.Word != "topic" {
		t.Errorf("command(Topic) = %+v, %v", c, ok)
	}
}
