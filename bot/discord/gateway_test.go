package discord

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"podbrief/bot/discord/discordtest"
)

// asks plays a command and fails when it is not answered.
func (s *stage) asks() {
	s.t.Helper()
	s.heard(s.ask())
}

// ask plays a command, on a living connection or while there is none.
func (s *stage) ask() *discordtest.Answer {
	return s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "status"))
}

// heard fails when a command is not answered.
func (s *stage) heard(a *discordtest.Answer) {
	s.t.Helper()
	if got := s.answered(a); got.Type != respondMessage {
		s.t.Errorf("answered with %d, want a message", got.Type)
	}
}

// TestMissedWhileAway checks that what happened between two connections is answered.
func TestMissedWhileAway(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	away := make(chan struct{})
	s.server.Gateway = func(n int) discordtest.Play {
		if n == 1 {
			<-away
		}
		return nil
	}
	s.run(nil, echo)
	s.server.Live()[0].Close()
	s.await(func(s *discordtest.Server) bool { return len(s.Live()) == 0 })
	a := s.ask()
	close(away)
	s.heard(a)
}

// disconnect is a way in which a connection ends.
type disconnect struct {
	name string
	end  func(*discordtest.Conn)
	lost bool // the session ends too
}

func closeWith(code int, lost bool) disconnect {
	return disconnect{fmt.Sprintf("close %d", code), func(c *discordtest.Conn) { c.End(code) }, lost}
}

// disconnects are all of them but those after which connecting again does not help.
var disconnects = []disconnect{
	{name: "reset", end: (*discordtest.Conn).Reset},
	{name: "end without a word", end: func(c *discordtest.Conn) { c.Conn.Close() }},
	closeWith(1000, true), closeWith(1001, false),
	closeWith(4000, false), closeWith(4001, false), closeWith(4002, false), closeWith(4003, false), closeWith(4005, false),
	closeWith(4007, true), closeWith(4008, false), closeWith(4009, true),
	{name: "op 7", end: func(c *discordtest.Conn) { c.Send(`{"op":7,"d":null}`) }},
	{name: "op 9, to be resumed", end: func(c *discordtest.Conn) { c.Send(`{"op":9,"d":true}`) }},
	{name: "op 9, invalid", end: func(c *discordtest.Conn) {
		c.Forget()
		c.Send(`{"op":9,"d":false}`)
	}, lost: true},
	{name: "silence", end: (*discordtest.Conn).Mute},
	{name: "half a length", end: func(c *discordtest.Conn) { c.Half("\x81\x7e\x01") }},
	{name: "half a message", end: func(c *discordtest.Conn) { c.Half("\x81\x7e\x01\x00" + `{"op":0`) }},
}

// TestDisconnects ends the connection 200 times, in all ways by turns. Each time a command that is given while it ends is
// answered when the session goes on, and one that is given afterwards always. Nothing is left behind.
func TestDisconnects(t *testing.T) {
	before := runtime.NumGoroutine()
	s := newStage(t)
	s.server.Heartbeat = 100 * time.Millisecond
	s.pace.firstPause, s.pace.mostPause, s.pace.invalid = 2*time.Millisecond, 10*time.Millisecond, 2*time.Millisecond
	s.run(nil, echo)
	const times = 200
	for n := range times {
		d := disconnects[n%len(disconnects)]
		c := s.server.Live()[0]
		d.end(c)
		var meanwhile *discordtest.Answer
		if !d.lost {
			meanwhile = s.ask()
		}
		s.await(func(s *discordtest.Server) bool {
			live := s.Live()
			return len(live) == 1 && live[0] != c
		})
		if meanwhile != nil {
			s.heard(meanwhile)
		}
		s.asks()
		if t.Failed() {
			t.Fatalf("disconnect %d: %s", n, d.name)
		}
	}
	conns, identifies, resumes := s.server.Counts()
	s.end()
	s.server.CloseClientConnections()
	s.server.Close()
	s.Client.CloseIdleConnections()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	s.until("the end of all goroutines", func() bool { return runtime.NumGoroutine() <= before })
	t.Logf("%d disconnects, %d connections, %d sessions begun, %d resumed", times, conns, identifies, resumes)
}

// TestResumedInVain checks that a shard gives up to resume where nobody answers: at a host that is gone, and at one that is
// silent.
func TestResumedInVain(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(n int) discordtest.Play{
		"a host that is gone": func(n int) discordtest.Play {
			if n > 0 {
				return nil
			}
			return func(c *discordtest.Conn) {
				c.Hello()
				c.Greeting()
				c.Send(`{"op":0,"s":1,"t":"READY","d":{"session_id":"gone","resume_gateway_url":"ws://127.0.0.1:1","guilds":[]}}`)
			}
		},
		"a host that is silent": func(n int) discordtest.Play {
			switch {
			case n == 0:
				return func(c *discordtest.Conn) { c.Hello(); c.Begin() }
			case n <= mostFailed:
				return func(c *discordtest.Conn) { c.Hello(); c.Silence() }
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.pace.ready = 200 * time.Millisecond
			s.server.Gateway = play
			s.start(nil, echo)
			s.await(func(s *discordtest.Server) bool {
				_, identifies, _ := s.Counts()
				return identifies == 2 && len(s.Live()) == 1
			})
			s.asks()
		})
	}
}

func TestShards(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Shards = 3
	s.start(nil, echo)
	s.await(func(s *discordtest.Server) bool { return len(s.Live()) == 3 })
	seen := map[int]bool{}
	for _, c := range s.server.Live() {
		n, of := c.Shard()
		if seen[n] || of != 3 {
			t.Errorf("shard %d of %d, want each of 3 once", n, of)
		}
		seen[n] = true
	}
}

// TestPause checks how long the bot waits before it connects again: not at all at first, 1 to 5 seconds after an invalid
// session, as Discord asks for, and never longer than three quarters of a minute.
func TestPause(t *testing.T) {
	s := &shard{Adapter: &Adapter{pace: pace{}.orUsual()}}
	for _, tt := range []struct {
		err         error
		failed      int
		least, most time.Duration
	}{
		{errReconnect, 0, 0, 0},
		{io.EOF, 0, 0, 0},
		{errReconnect, 1, time.Second / 2, time.Second},
		{io.EOF, 3, 2 * time.Second, 4 * time.Second},
		{io.EOF, 100, 22 * time.Second, 45 * time.Second},
		{errInvalid, 0, time.Second, 5 * time.Second},
		{errResumable, 9, time.Second, 5 * time.Second},
	} {
		for range 100 {
			if got := s.pause(tt.err, tt.failed); got < tt.least || got > tt.most {
				t.Fatalf("pause(%v, %d) = %v, want %v to %v", tt.err, tt.failed, got, tt.least, tt.most)
			}
		}
	}
}
