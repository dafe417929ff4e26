package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"podbrief/bot/discord/discordtest"
)

// asked plays a command and fails when it is not answered.
func (s *stage) asks() {
	s.t.Helper()
	a := s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "status")))
	if a.Type != respondMessage {
		s.t.Errorf("answered with %d, want a message", a.Type)
	}
}

// TestGatewayFaults plays what a gateway does wrong on the first connection, and wants the bot to answer after it.
func TestGatewayFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("plays time-outs of a fifth of a second, which the race detector stretches beyond their order")
	}
	// discordgo notes the session of READY in a goroutine of its own; one that ends before has nothing to resume.
	begin := func(c *discordtest.Conn) bool {
		ok := c.Hello() && c.Begin()
		return ok
	}
	for _, tt := range []struct {
		name    string
		play    discordtest.Play
		resumes bool // the session goes on
	}{
		{"silent before hello", func(c *discordtest.Conn) { c.Silence() }, false},
		{"silent after identify", func(c *discordtest.Conn) {
			c.Hello()
			c.Silence()
		}, false},
		{"reconnect as the first packet", func(c *discordtest.Conn) {
			c.Hello()
			c.Greeting()
			c.Send(`{"op":7,"d":null}`)
			c.Silence()
		}, false},
		{"reconnect", func(c *discordtest.Conn) {
			begin(c)
			c.Send(`{"op":7,"d":null}`)
			c.Silence()
		}, true},
		{"invalid session", func(c *discordtest.Conn) {
			begin(c)
			c.Send(`{"op":9,"d":false}`)
			c.Silence()
		}, false},
		{"session refused for now", func(c *discordtest.Conn) {
			begin(c)
			c.Send(`{"op":9,"d":true}`)
			c.Silence()
		}, true},
		{"no acknowledgement", func(c *discordtest.Conn) {
			begin(c)
			c.Silence()
		}, true},
		{"cut", func(c *discordtest.Conn) { begin(c) }, true},
		{"closed with 4000", func(c *discordtest.Conn) {
			begin(c)
			c.End(4000)
		}, true},
		{"closed with 4009", func(c *discordtest.Conn) {
			begin(c)
			c.End(4009)
		}, false},
		{"asked for a heartbeat while it ends", func(c *discordtest.Conn) {
			begin(c)
			c.Send(`{"op":1,"d":null}`)
		}, true},
		{"no JSON", func(c *discordtest.Conn) {
			begin(c)
			c.Send(`{"op":`)
			c.Silence()
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.server.Heartbeat = 200 * time.Millisecond
			s.server.Gateway = func(n int) discordtest.Play {
				if n == 0 {
					return tt.play
				}
				return nil
			}
			s.start(nil, newPlay(echo).handle)
			s.until("another connection", func() bool {
				conns, _, _ := s.server.Counts()
				return conns > 1 && len(s.server.Live()) > 0
			})
			s.asks()
			if _, _, resumes := s.server.Counts(); resumes > 0 != tt.resumes {
				t.Errorf("resumed %d times, want it: %v", resumes, tt.resumes)
			}
		})
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
	s.run(nil, newPlay(echo).handle)
	s.server.Live()[0].Close()
	s.until("the end", func() bool { return len(s.server.Live()) == 0 })
	a := s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "status"))
	close(away)
	s.answered(a)
}

// TestFatalCodes checks that the bot does not knock on a door that stays shut.
func TestFatalCodes(t *testing.T) {
	for code := range closeHints {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.server.Gateway = func(int) discordtest.Play {
				return func(c *discordtest.Conn) {
					c.Hello()
					c.Greeting()
					c.End(code)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err := s.Run(ctx, nil, newPlay(echo).handle)
			if c, ok := errors.AsType[closedError](err); !ok || int(c) != code || !strings.Contains(err.Error(), ": ") {
				t.Errorf("Run = %v, want code %d and what to do", err, code)
			}
			if conns, _, _ := s.server.Counts(); conns != 1 {
				t.Errorf("connected %d times, want once", conns)
			}
		})
	}
}

func TestShards(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Shards = 3
	s.start(nil, newPlay(echo).handle)
	s.until("three connections", func() bool { return len(s.server.Live()) == 3 })
}

// TestDisconnects disconnects in all ways, answers after each, and leaves nothing behind.
func TestDisconnects(t *testing.T) {
	if testing.Short() {
		t.Skip("discordgo needs a second for each end of a connection")
	}
	before := runtime.NumGoroutine()
	s := newStage(t)
	s.run(nil, newPlay(echo).handle)
	const times = 12
	for n := range times {
		c := s.server.Live()[0]
		switch rand.IntN(5) {
		case 0:
			c.Close()
		case 1:
			c.End(4000)
		case 2:
			c.Send(`{"op":7,"d":null}`)
		case 3:
			c.Send(`{"op":9,"d":false}`)
		case 4:
			c.Send(`{"op":9,"d":true}`)
		}
		s.until("another connection", func() bool {
			conns, _, _ := s.server.Counts()
			live := s.server.Live()
			return conns > n+1 && len(live) == 1 && live[0] != c
		})
		s.asks()
	}
	s.end()
	s.server.CloseClientConnections()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	s.Client.CloseIdleConnections()
	s.until("the end of all goroutines", func() bool { return runtime.NumGoroutine() <= before }) // the server's own
}
