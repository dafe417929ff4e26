package discord

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// TestSlow checks that a slow answer is deferred in time, and shown in the place of the deferral.
func TestSlow(t *testing.T) {
	for _, tt := range []struct {
		name          string
		word          string
		private       bool // the answer
		wantDeferred  bool // the deferral is private
		wantFollowing bool // the answer follows a deferral that went away
	}{
		{"public", "now", false, false, false},
		{"private command", "preview", true, true, false},
		{"private answer of a public command", "now", true, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			p := newPlay(func(_ context.Context, _ bot.Request, progress func(bot.Message)) bot.Message {
				time.Sleep(directly + 200*time.Millisecond)
				progress(bot.Message{Text: "half of it"})
				time.Sleep(50 * time.Millisecond)
				return bot.Message{Text: "all of it", Private: tt.private}
			})
			s.run(commands(), p.handle)
			began := time.Now()
			a := s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, discordtest.ManageGuild), tt.word))
			s.until("a deferral", func() bool { return len(s.server.Requests(http.MethodPost, "/callback")) == 1 })
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("deferred after %v, want at most 3s", took)
			}
			s.until("the answer", func() bool {
				now := s.answered(a)
				return len(now.Follow) > 0 || now.Data["content"] == "all of it"
			})
			now := s.answered(a)
			if now.Type != respondDefer || now.Private != tt.wantDeferred || now.Deleted != tt.wantFollowing || len(now.Follow) > 0 != tt.wantFollowing {
				t.Errorf("answer %+v", now)
			}
		})
	}
}

// answersLong answers with what belongs in a thread.
func answersLong(context.Context, bot.Request, func(bot.Message)) bot.Message {
	return bot.Message{Text: "long answer", InThread: true}
}

// TestAnswerInThread checks that a long answer to a press does not disturb the channel.
func TestAnswerInThread(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run(commands(), newPlay(answersLong).handle)
	id, err := s.Post(t.Context(), general(), bottest.Brief(1), "d")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		a := s.answered(s.server.Interact(discordtest.Press(discordtest.In(discordtest.General, 0), id, "1~~more x")))
		if !a.Private || a.Data["content"] != "The answer is in the thread under the brief." {
			t.Errorf("private %v: %v, want the presser alone told where the answer is", a.Private, a.Data)
		}
		msgs := s.server.Messages(id)
		if len(msgs) != n+2 { // the first says how to ask there
			t.Errorf("%d messages in the thread, want %d", len(msgs), n+2)
		}
	}
}

// TestNoThreadInAThread presses under a message of a thread, which can have none itself: the answer stands there.
func TestNoThreadInAThread(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run(commands(), newPlay(answersLong).handle)
	in := discordtest.In("777", 0)
	in["channel"] = map[string]any{"id": "777", "type": discordtest.PublicThread, "parent_id": discordtest.General}
	a := s.answered(s.server.Interact(discordtest.Press(in, "5", customID("", "more x"))))
	if n := len(s.server.Requests(http.MethodPost, "/threads")); a.Private || a.Data["content"] != "long answer" || n > 0 {
		t.Errorf("answered with %v, private %v, after %d tries to open a thread", a.Data, a.Private, n)
	}
}

// TestThreadAfterTheDeferral has threads open slowly: the press is deferred before that.
func TestThreadAfterTheDeferral(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	early := make(chan bool, 1)
	s.server.Fault = func(r *http.Request) *discordtest.Fault {
		if strings.HasSuffix(r.URL.Path, "/threads") {
			early <- len(s.server.Requests(http.MethodPost, "/callback")) > 0
		}
		return nil
	}
	s.run(commands(), newPlay(answersLong).handle)
	id, err := s.Post(t.Context(), general(), bottest.Brief(1), "d")
	if err != nil {
		t.Fatal(err)
	}
	s.answered(s.server.Interact(discordtest.Press(member(), id, customID("", "more x"))))
	if !<-early {
		t.Error("a thread is opened before the press is answered, want it deferred first")
	}
}

// TestExpiredToken checks that an answer is posted when the interaction cannot be answered any more.
func TestExpiredToken(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	release := make(chan struct{})
	p := newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message {
		<-release
		return bot.Message{Text: "at last"}
	})
	s.run(commands(), p.handle)
	a := s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, discordtest.ManageGuild), "now"))
	s.until("a deferral", func() bool { return s.server.Deferred(a) })
	s.server.Expire(a)
	close(release)
	s.until("a post", func() bool { return len(s.server.Messages(discordtest.General)) == 1 })
}

// TestSlowPress checks that a slow answer to a press is deferred for the presser alone, and stands in the thread at last.
func TestSlowPress(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message {
		time.Sleep(directly + 100*time.Millisecond)
		return bot.Message{Text: "long answer", InThread: true}
	})
	s.run(commands(), p.handle)
	id, err := s.Post(t.Context(), general(), bottest.Brief(1), "d")
	if err != nil {
		t.Fatal(err)
	}
	a := s.answered(s.server.Interact(discordtest.Press(member(), id, customID("", "more x"))))
	if a.Type != respondDefer || !a.Private || a.Data["content"] != "The answer is in the thread under the brief." {
		t.Errorf("answered with %d, private %v, %v", a.Type, a.Private, a.Data)
	}
	if msgs := s.server.Messages(id); len(msgs) != 2 || msgs[1].Body["content"] != "long answer" {
		t.Errorf("%d messages in the thread, want how to ask and the answer", len(msgs))
	}
}

// TestPrivateAfterPublic answers privately after a public deferral that is gone, and not at all when it cannot be taken away:
// the answer would be public.
func TestPrivateAfterPublic(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault *discordtest.Fault
		want  int // answers
	}{
		{"gone already", discordtest.Refused(404, unknownMessage), 1},
		{"it stays", &discordtest.Fault{Status: 500}, 0},
	} {
		s := newStage(t)
		s.init()
		s.server.Fault = func(r *http.Request) *discordtest.Fault {
			if r.Method == http.MethodDelete {
				return tt.fault
			}
			return nil
		}
		a := &answer{receiver: &receiver{Adapter: s.Adapter}, interaction: interaction{ID: "1", Token: "x"}, began: time.Now()}
		err := a.last(t.Context(), bot.Message{Text: "for you", Private: true})
		if n := len(s.server.Requests(http.MethodPost, "/webhooks/")); n != tt.want {
			t.Errorf("%s: %d answers, want %d (%v)", tt.name, n, tt.want, err)
		}
	}
}

// TestFormTooLate checks that a form that comes after a deferral, which Discord does not allow, is opened by a button.
func TestFormTooLate(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message {
		time.Sleep(directly + 100*time.Millisecond)
		return bot.Message{Form: &bot.Form{Title: "Ask", Command: []string{"ask"}, Intro: "What is it?"}, Private: true}
	})
	s.run(commands(), p.handle)
	a := s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "status")))
	if got := pressable(a.Data); a.Type != respondDefer || a.Data["content"] != "What is it?\nPress the button to fill in the form." || len(got) != 1 || got[0][0] != customID("", "ask") {
		t.Errorf("answered with %d, %v", a.Type, a.Data)
	}
}

// TestTokenLife answers a quarter of an hour after the question, when the interaction cannot be answered any more: with a
// post, to the asker alone when it is private or the bot may not post there.
func TestTokenLife(t *testing.T) {
	t.Parallel()
	dm := discordtest.DMOf(discordtest.User)
	for _, tt := range []struct {
		name    string
		private bool // the deferral
		m       bot.Message
		cannot  bool
		want    string
	}{
		{"public", false, bot.Message{Text: "at last"}, false, discordtest.General},
		{"private answer", false, bot.Message{Text: "at last", Private: true}, false, dm},
		{"private command", true, bot.Message{Text: "at last"}, false, dm},
		{"where the bot may not post", false, bot.Message{Text: "at last"}, true, dm},
	} {
		s := newStage(t)
		s.init()
		a := &answer{
			receiver: &receiver{Adapter: s.Adapter}, interaction: interaction{ID: "1", Token: "old"}, private: tt.private,
			began:   time.Now().Add(-tokenLife - time.Second),
			request: bot.Request{Channel: general(), Personal: personal(discordtest.User), CannotPost: tt.cannot},
		}
		if err := a.last(t.Context(), tt.m); err != nil {
			t.Errorf("%s: last = %v", tt.name, err)
		}
		if n := len(s.server.Messages(tt.want)); n != 1 || len(s.server.Requests(http.MethodPatch, "")) > 0 {
			t.Errorf("%s: %d posts in %s, want one and no edit", tt.name, n, tt.want)
		}
	}
}
