package slack

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"testing"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
)

// The people and places of the tests' workspace.
const (
	member, admin, guest, stranger = "U1MEMBER", "U2ADMIN", "U3GUEST", "U4STRANGE"
	general, secret, outside       = "C1GENERAL", "C2SECRET", "C3OUTSIDE"
)

// newWorkspace is a workspace with people and channels in it.
func newWorkspace(t testing.TB) *slacktest.Server {
	s := slacktest.New(t)
	for _, u := range []slacktest.User{
		{ID: member, Name: "ada", Team: slacktest.Team, Zone: "Europe/Berlin", Locale: "en-US"},
		{ID: admin, Name: "boss", Team: slacktest.Team, Admin: true},
		{ID: guest, Name: "visitor", Team: slacktest.Team, Guest: true},
		{ID: stranger, Name: "other", Team: "T9", Stranger: true},
	} {
		s.AddUser(u)
	}
	s.AddChannel(slacktest.Channel{ID: general, Name: "general", Members: []string{member, admin, guest}})
	s.AddChannel(slacktest.Channel{ID: secret, Name: "secret", Private: true, Members: []string{member}})
	s.AddChannel(slacktest.Channel{ID: outside, Name: "outside", NotMember: true, Members: []string{member}})
	return s
}

func newAdapter(t testing.TB, s *slacktest.Server) *Adapter {
	return &Adapter{
		BotToken: slacktest.BotToken, AppToken: slacktest.AppToken, SigningSecret: slacktest.Secret, APIURL: s.URL,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

// modes are the two ways in which Slack's payloads come.
var modes = map[string]bool{"socket": false, "http": true}

// start runs an adapter with commands and a handler until the test ends.
func start(t testing.TB, s *slacktest.Server, a *Adapter, cmds []bot.Command, h bot.Handler) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, cmds, h) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	if a.HTTP {
		s.Handler = a
		for a.enter() == nil {
			runtime.Gosched()
		}
		a.session.leave()
		return
	}
	if !s.Await(func() bool { return s.Sockets() == socketCount }) {
		t.Fatalf("%d sockets are open, want %d", s.Sockets(), socketCount)
	}
}

// world is a whole bot on a workspace.
type world struct {
	*bottest.World
	slack   *slacktest.Server
	adapter *Adapter
}

func newWorld(t testing.TB, http bool) world {
	s := newWorkspace(t)
	w, err := bottest.Open(t.Context(), filepath.Join(t.TempDir(), "podbrief.db"), bottest.Options{Log: slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	a := newAdapter(t, s)
	a.HTTP = http
	w.Bot.Adapters = []bot.Adapter{a}
	start(t, s, a, w.Bot.Commands(), w.Bot.Handle)
	return world{w, s, a}
}

// play sends a payload and checks that it is acknowledged.
func (w world) play(t testing.TB, p slacktest.Payload) slacktest.Answer {
	t.Helper()
	answer, err := w.slack.Play(p)
	if err != nil {
		t.Fatalf("%s %v: %v", p.Kind, p.Body["text"], err)
	}
	return answer
}

// await waits until the workspace shows something.
func (w world) await(t testing.TB, what string, cond func() bool) {
	t.Helper()
	if !w.slack.Await(cond) {
		for _, c := range w.slack.Calls("") {
			t.Logf("%s %v", c.Method, c.Form.Get("text"))
		}
		t.Fatalf("not seen: %s", what)
	}
}

// command sends "/brief text" and returns the answer at its address.
func (w world) command(t testing.TB, user, channel, text string) map[string]any {
	t.Helper()
	p := w.slack.Command(user, channel, text)
	w.play(t, p)
	w.await(t, "answer to "+text, func() bool { return len(w.slack.Replies(p.ResponseURL)) > 0 })
	return w.slack.Replies(p.ResponseURL)[0]
}
