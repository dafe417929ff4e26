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
