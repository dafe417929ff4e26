package slack

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/bot"
	"podbrief/bot/slack/slacktest"
)

// echo is a handler that passes on what it was asked.
func echo() (bot.Handler, chan bot.Request) {
	asked := make(chan bot.Request, 64)
	return func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		asked <- r
		return bot.Message{}
	}, asked
}

// TestDisconnect checks that no command is lost while connections are exchanged, announced or not.
func TestDisconnect(t *testing.T) {
	for reason, cut := range map[string]bool{"warning": false, "refresh_requested": false, "link_disabled": false, "too_many_websockets": true} {
		t.Run(reason, func(t *testing.T) {
			s := newWorkspace(t)
			h, asked := echo()
			start(t, s, newAdapter(t, s), nil, h)
			for range 3 {
				if !s.Disconnect(reason, cut) {
					t.Fatal("no socket is open")
				}
				if _, err := s.Play(s.Command(member, general, "help")); err != nil {
					t.Errorf("while a connection is exchanged: %v", err)
				}
				if !s.Await(func() bool { return s.Sockets() >= socketCount }) {
					t.Fatalf("%d sockets are open, want %d", s.Sockets(), socketCount)
				}
			}
			for range 3 {
				<-asked
			}
		})
	}
}

// TestUnknownEnvelope checks that types that do not exist yet are acknowledged and not acted on.
func TestUnknownEnvelope(t *testing.T) {
	s := newWorkspace(t)
	h, asked := echo()
	start(t, s, newAdapter(t, s), nil, h)
	for _, kind := range []string{"something_new", slacktest.Events, slacktest.Interactive} {
		if _, err := s.Play(slacktest.Payload{Kind: kind, Body: map[string]any{"event": map[string]any{"type": "nobody_knows"}}}); err != nil {
			t.Error(err)
		}
	}
	limited := map[string]any{"type": "app_rate_limited", "team_id": slacktest.Team, "minute_rate_limited": 1}
	if _, err := s.Play(slacktest.Payload{Kind: slacktest.Events, Body: limited}); err != nil {
		t.Error(err)
	}
	if len(asked) > 0 {
		t.Errorf("acted on %+v", <-asked)
	}
}

// TestGoodbye checks that what is being answered is ended, and that Slack is told that nobody listens any more.
func TestGoodbye(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	begun, release, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		done <- a.Run(ctx, nil, func(ctx context.Context, _ bot.Request, _ func(bot.Message)) bot.Message {
			begun <- true
			<-release
			return bot.Message{Text: "Done.", Private: true, Heading: map[bool]string{true: "cut short"}[ctx.Err() != nil]}
		})
	}()
	s.Await(func() bool { return s.Sockets() == socketCount })
	p := s.Command(member, general, "help")
	if _, err := s.Play(p); err != nil {
		t.Fatal(err)
	}
	<-begun
	stop()
	s.Await(func() bool { return s.Goodbyes() == socketCount })
	release <- true
	if err := <-done; err != nil {
		t.Errorf("Run = %v", err)
	}
	if got := s.Replies(p.ResponseURL); len(got) != 1 || strings.Contains(text(got[0]), "cut short") {
		t.Errorf("the answer that was under way: %v", got)
	}
	if s.Goodbyes() != socketCount || s.Sockets() != 0 {
		t.Errorf("%d sockets said goodbye and %d are open, want %d and none", s.Goodbyes(), s.Sockets(), socketCount)
	}
}

func TestRefusedTokens(t *testing.T) {
	s := newWorkspace(t)
	for name, change := range map[string]func(*Adapter){
		"SLACK_BOT_TOKEN":      func(a *Adapter) { a.BotToken = "xoxb-wrong" },
		"SLACK_APP_TOKEN":      func(a *Adapter) { a.AppToken = "xapp-wrong" },
		"connections:write":    func(a *Adapter) { a.AppToken = "" },
		"SLACK_SIGNING_SECRET": func(a *Adapter) { a.HTTP, a.SigningSecret = true, "" },
	} {
		a := newAdapter(t, s)
		change(a)
		err := a.Run(t.Context(), nil, nil)
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("Run = %v, want an error that names %s and shows no token", err, name)
		}
	}
}

func TestSeen(t *testing.T) {
	var s seen
	isNew := func(id string) bool { _, ok := s.add(id); return ok }
	if !isNew("a") || isNew("a") || !isNew("b") {
		t.Error("an ID is not new once and only once")
	}
	s.forget("a")
	if !isNew("a") {
		t.Error("a forgotten ID is not new")
	}
	for i := range maxSeen {
		isNew(time.Duration(i).String())
	}
	if len(s.of) > maxSeen || len(s.ids) > maxSeen || !isNew("b") {
		t.Errorf("%d IDs are remembered, want at most %d", len(s.of), maxSeen)
	}
}

// TestSameAnswer checks that a form that is delivered on both connections gets the same answer on both.
func TestSameAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen
		first, _ := s.add("a")
		again, isNew := s.add("a")
		go func() {
			time.Sleep(time.Second)
			first.is("wrong")
		}()
		if got := again.wait(checkTime); isNew || got != "wrong" {
			t.Errorf("the second delivery is new %v and answered %v, want the answer of the first", isNew, got)
		}
		other, _ := s.add("b")
		if got := other.wait(checkTime); got != nil {
			t.Errorf("a delivery without an answer is answered %v, want nothing", got)
		}
	})
}

// TestTrouble checks that being cut off is told after a minute, and no longer once a socket stands.
func TestTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &Adapter{session: &session{}}
		told := func(want bool) {
			t.Helper()
			if got := a.Trouble(); (got != "") != want {
				t.Errorf("Trouble() = %q, want something: %v", got, want)
			}
		}
		a.stands(0)
		time.Sleep(59 * time.Second)
		told(false)
		time.Sleep(time.Second)
		told(true)
		a.stands(1)
		told(false)
		time.Sleep(time.Hour)
		a.stands(-1)
		told(false)
		time.Sleep(10 * time.Minute)
		told(true)
		a.HTTP = true // it waits to be called
		told(false)
	})
}

// TestNotDialed checks that the log says which host does not answer, and why, and keeps the rest of the address to itself.
func TestNotDialed(t *testing.T) {
	for address, want := range map[string]string{
		"ws://127.0.0.1:1/link?ticket=canary":    "127.0.0.1:1: dial tcp",
		"ws://127.0.0.1:1/%zz?ticket=canary":     "its address is none",
		"http://127.0.0.1:1/link?ticket=canary":  "127.0.0.1:1",
		"wss://nowhere.invalid/?ticket=canary":   "nowhere.invalid",
		"ws://user:canary@127.0.0.1:1/?x=canary": "127.0.0.1:1",
	} {
		s := newWorkspace(t)
		s.Fault = func(method string, _ url.Values) *slacktest.Fault {
			if method != "apps.connections.open" {
				return nil
			}
			return &slacktest.Fault{Body: `{"ok":true,"url":"` + address + `"}`}
		}
		a := newAdapter(t, s)
		a.setUp()
		var open sync.WaitGroup
		err := a.openSocket(t.Context(), &open)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("openSocket at %s = %v, want an error with %q and no ticket", address, err, want)
		}
	}
}
