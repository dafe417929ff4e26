package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

// shared returns a file of the shared data, or skips the test.
func shared(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sharedFolder(), name))
	if err != nil {
		t.Skipf("no shared data: set PODBRIEF_SHARED to the folder with %s", name)
	}
	return b
}

func sharedFolder() string {
	if dir := os.Getenv("PODBRIEF_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared")
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// fast is the pace of tests.
var fast = pace{
	ready: 2 * time.Second, firstPause: 20 * time.Millisecond, mostPause: 200 * time.Millisecond, invalid: 20 * time.Millisecond,
	identify: 5 * time.Millisecond,
}

// stage is a Discord and an adapter for it.
type stage struct {
	t      *testing.T
	server *discordtest.Server
	*Adapter
	done chan error
	stop context.CancelFunc
}

// checked has whatever is sent to a Discord checked by Discord's own description and the documented limits.
func checked(t *testing.T, s *discordtest.Server) *discordtest.Server {
	s.Check = openAPI().check
	t.Cleanup(func() {
		for _, err := range s.Wrong() {
			t.Error(err)
		}
	})
	return s
}

// newStage starts a Discord; whatever is sent to it is checked.
func newStage(t *testing.T) *stage {
	t.Helper()
	s := checked(t, discordtest.New())
	st := &stage{t: t, server: s, Adapter: &Adapter{Token: discordtest.Token, API: s.API(), pace: fast, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}}
	t.Cleanup(func() {
		if st.stop != nil {
			st.end()
		}
		s.CloseClientConnections()
		s.Close()
	})
	return st
}

// run connects the adapter and waits until it is ready.
func (s *stage) run(cmds []bot.Command, h bot.Handler) {
	s.t.Helper()
	s.start(cmds, h)
	s.until("a connection", func() bool { return len(s.server.Live()) > 0 })
}

func (s *stage) start(cmds []bot.Command, h bot.Handler) {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop, s.done = cancel, make(chan error, 1)
	go func() { s.done <- s.Run(ctx, cmds, h) }()
}

func (s *stage) end() {
	s.stop()
	s.stop = nil
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Errorf("Run = %v, want nil", err)
		}
	case <-time.After(5 * time.Second):
		s.t.Error("Run did not end within 5 s")
	}
}

// until waits for something that happens over real connections.
func (s *stage) until(what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited 20 s for %s", what)
		}
	}
}

// answered waits for an interaction's answer.
func (s *stage) answered(a *discordtest.Answer) discordtest.Answer {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 15*time.Second)
	defer cancel()
	final, err := s.server.Final(ctx, a)
	if err != nil {
		s.t.Fatal(err)
	}
	return final
}

// general is the text channel.
func general() bot.Channel {
	return bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: discordtest.General, Name: "general"}
}

func forum() bot.Channel {
	return bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: discordtest.Forum, Kind: bot.Forum}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
