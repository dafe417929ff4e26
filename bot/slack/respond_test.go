package slack

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/bot"
	"podbrief/bot/slack/slacktest"
)

// slow is a command that takes so long, with what it says meanwhile.
func slow(private bool, d time.Duration) ([]bot.Command, bot.Handler) {
	return []bot.Command{{Word: "ask", Right: bot.Read, Slow: true, Private: private}},
		func(_ context.Context, r bot.Request, progress func(bot.Message)) bot.Message {
			progress(bot.Message{Text: "Looking…"})
			time.Sleep(d)
			return bot.Message{Text: "Found.", Private: private}
		}
}

// TestPlaceholder checks that slow work shows that it is under way, and quick work does not.
func TestPlaceholder(t *testing.T) {
	for _, tt := range []struct {
		name  string
		takes time.Duration
		want  string // what is shown meanwhile
	}{{"quick", 200 * time.Millisecond, ""}, {"slow", 5 * time.Second, "Looking…"}, {"very slow", 9 * time.Minute, "Looking…"}} {
		synctest.Test(t, func(t *testing.T) {
			cmds, h := slow(false, tt.takes)
			var shown []string
			m := asked(t.Context(), h, bot.Request{}, cmds[0], func(m bot.Message) { shown = append(shown, m.Text) })
			if got := strings.Join(shown, "|"); got != tt.want || m.Text != "Found." {
				t.Errorf("%s: shown meanwhile %q, want %q; answer %q", tt.name, got, tt.want, m.Text)
			}
		})
	}
}

// TestPlaceholderIsEdited checks that the answer comes in the place of the line that says that work is under way.
func TestPlaceholderIsEdited(t *testing.T) {
	for name, http := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorkspace(t)
			a := newAdapter(t, s)
			a.HTTP = http
			cmds, h := slow(false, 1200*time.Millisecond)
			start(t, s, a, cmds, h)
			typed := s.Command(member, general, "ask x")
			said := s.Say(member, general, "", "<@"+slacktest.BotUser+"> ask x")
			for _, p := range []slacktest.Payload{typed, said} {
				if _, err := s.Play(p); err != nil {
					t.Fatal(err)
				}
			}
			s.Await(func() bool { return len(s.Replies(typed.ResponseURL)) == 2 && len(s.Calls("chat.update")) == 1 })
			if got := s.Replies(typed.ResponseURL); len(got) != 2 || got[0]["replace_original"] != "false" || got[1]["replace_original"] != "true" || got[1]["text"] != "Found." {
				t.Errorf("answers at the address: %v", got)
			}
			if got := s.Messages(general); len(got) != 2 || got[1].Text != "Found." || got[1].Edits != 1 {
				t.Errorf("answers to the mention: %+v", got)
			}
		})
	}
}

// TestExpiredAddress checks that an answer is posted when the address to answer at does not work any more.
func TestExpiredAddress(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		answerAt := func(channel, line, suffix string) {
			p := w.slack.Command(member, channel, line)
			p.Body["response_url"] = p.ResponseURL + suffix
			w.play(t, p)
		}
		answerAt(secret, "status", "/expired")
		answerAt(general, "topic ai", "/expired")
		w.await(t, "posted answer", func() bool { return len(w.slack.Messages(general)) == 1 })
		answerAt(general, "topic science", "/busy")
		w.await(t, "posted answer", func() bool { return len(w.slack.Messages(general)) == 2 })
		gone := w.slack.Command(member, general, "topic music")
		gone.Body["response_url"] = "http://127.0.0.1:1/response"
		w.play(t, gone)
		w.await(t, "posted answer", func() bool { return len(w.slack.Messages(general)) == 3 })
		w.await(t, "private answer", func() bool { return len(w.slack.Ephemera()) == 1 })
		wantText(t, "posted answer", w.slack.Messages(general)[0].Blocks, "Following: ai")
	})
}

// TestPlaceholderIsGone checks that an answer is posted when somebody deleted the place-holder that it would have replaced.
func TestPlaceholderIsGone(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	a.setUp()
	p := &reply{Adapter: a, in: incoming{user: member, channel: general}, ts: "1.000001", shown: true, open: true}
	p.last(t.Context(), bot.Message{Text: "Found."})
	if got := s.Messages(general); len(got) != 1 || got[0].Text != "Found." {
		t.Errorf("messages: %+v, want the answer", got)
	}
}

// TestAnswerWaits checks that an answer comes when Slack asked to wait with it, and that a place-holder which everybody
// sees goes away before a private answer.
func TestAnswerWaits(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	first := true
	s.Fault = func(method string, _ url.Values) *slacktest.Fault {
		if method == "chat.postMessage" && first {
			first = false
			return &slacktest.Fault{Status: 429, RetryAfter: 1}
		}
		return nil
	}
	a.setUp()
	p := &reply{Adapter: a, in: incoming{user: member, channel: general}}
	if err := p.patiently(t.Context(), bot.Message{Text: "Working…"}); err != nil {
		t.Fatal(err)
	}
	if got := len(s.Messages(general)); got != 1 {
		t.Errorf("%d messages after a 429, want one", got)
	}
	p.last(t.Context(), bot.Message{Text: "Not for you.", Private: true})
	if n, e := len(s.Messages(general)), s.Ephemera(); n != 0 || len(e) != 1 || e[0].User != member {
		t.Errorf("%d place-holders stay and %d private answers came, want none and one", n, len(e))
	}
}

// TestLongAnswer checks that a long answer to a typed command stands in a thread, and a short one in the channel.
func TestLongAnswer(t *testing.T) {
	for name, http := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorkspace(t)
			a := newAdapter(t, s)
			a.HTTP = http
			start(t, s, a, []bot.Command{{Word: "ask", Right: bot.Read, Slow: true}}, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
				if r.Words[1] == "long" {
					time.Sleep(1100 * time.Millisecond) // so that a place-holder stands there
				}
				n := map[string]int{"short": 2, "long": 40}[r.Words[1]]
				return bot.Message{InThread: true, Text: "In short.", Sections: []bot.Section{{Quote: strings.Repeat("A sentence of a citation, word for word. ", n)}}}
			})
			short := s.Command(member, general, "ask short")
			if _, err := s.Play(short); err != nil {
				t.Fatal(err)
			}
			if !s.Await(func() bool { return len(s.Replies(short.ResponseURL)) == 1 }) || len(s.Messages(general)) > 0 {
				t.Errorf("a short answer: %d at its address and %d messages, want one and none", len(s.Replies(short.ResponseURL)), len(s.Messages(general)))
			}
			long := s.Command(member, general, "ask long")
			if _, err := s.Play(long); err != nil {
				t.Fatal(err)
			}
			s.Await(func() bool { return len(s.Messages(general)) == 2 })
			got := s.Messages(general)
			if len(got) != 2 || got[0].Thread != "" || got[1].Thread != got[0].TS {
				t.Fatalf("a long answer is in %+v, want a head and its thread", got)
			}
			wantText(t, "head", got[0].Blocks, "In short.", "/brief ask long", "thread")
			wantText(t, "thread", got[1].Blocks, "word for word")
			replies := s.Replies(long.ResponseURL)
			if len(replies) != 2 || replies[1]["delete_original"] != "true" {
				t.Errorf("at the address of the long answer: %v, want a place-holder that is taken back", replies)
			}
			whole := s.Command(member, outside, "ask long") // where the bot cannot post, it stays one answer
			if _, err := s.Play(whole); err != nil {
				t.Fatal(err)
			}
			s.Await(func() bool { return strings.Contains(text(s.Replies(whole.ResponseURL)), "word for word") })
			wantText(t, "answer where the bot cannot post", s.Replies(whole.ResponseURL), "In short.", "word for word")
		})
	}
}
