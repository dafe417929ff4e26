package discord

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/bot/discord/discordtest"
)

// TestTrouble loses connections: health tells the one that has been lost for the longest, after a minute, until it is back.
func TestTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &Adapter{}
		told := func(want string) {
			t.Helper()
			if got := a.Trouble(); !strings.HasPrefix(got, want) || want == "" && got != "" {
				t.Errorf("Trouble() = %q, want %q", got, want)
			}
		}
		told("") // before Run
		a.away.lost(0)
		time.Sleep(30 * time.Second)
		a.away.lost(1)
		told("")
		time.Sleep(30 * time.Second)
		told("shard 0 has had no connection to Discord since 1 Jan 00:00 UTC; ")
		a.away.back(0)
		told("")
		time.Sleep(30 * time.Second)
		told("shard 1 ")
		a.away.back(1)
		told("")
	})
}

// TestTroubleOfAConnection checks that a shard is away from the end of its connection until the next one is ready.
func TestTroubleOfAConnection(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	again := make(chan struct{})
	s.server.Gateway = func(n int) discordtest.Play {
		if n == 1 {
			<-again
		}
		return nil
	}
	isAway := func() bool { _, _, ok := s.away.longest(); return ok }
	s.run(nil, echo)
	s.until("a shard that is ready", func() bool { return !isAway() })
	s.server.Live()[0].Close()
	s.until("a shard that is away", isAway)
	close(again)
	s.until("a shard that is back", func() bool { return !isAway() })
}
