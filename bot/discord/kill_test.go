package discord

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// TestKill ends the bot at random moments while Discord gives faulty answers: nothing is lost, nothing doubled.
func TestKill(t *testing.T) {
	s := checked(t, discordtest.New())
	defer s.Close()
	s.Window = time.Millisecond // a nonce alone would hide what look-ups miss
	testKill(t, s, bottest.Kills(t, 20), false)
}

// nonceMinutes is the “few minutes” for which Discord is believed to remember a nonce.
const nonceMinutes = 3 * time.Minute

// TestKillBlind does so without the right to read the history: every brief is there at least once and at most twice, and the
// second one says that it is.
func TestKillBlind(t *testing.T) {
	s := checked(t, discordtest.New())
	defer s.Close()
	s.Window = nonceMinutes / bottest.KillSpeed
	n := bottest.Kills(t, 20)
	testKill(t, s, n, true)
	twice := 0
	for i := range 4 * n {
		m := s.Messages(killedChannel(i).ID)
		if len(m) < 2 {
			continue
		}
		twice++
		b, err := json.Marshal(m[1].Body)
		if err != nil || len(m) > 2 || !strings.Contains(string(b), "Sent again after an interruption") {
			t.Errorf("%d briefs in channel %d, the second %s, %v; want at most 2 and the second marked", len(m), i, b, err)
		}
	}
	t.Logf("%d of %d briefs are there twice", twice, 4*n)
}

func killedChannel(n int) bot.Channel {
	return bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: fmt.Sprintf("5%017d", n)}
}

func testKill(t *testing.T, s *discordtest.Server, n int, blind bool) {
	defer s.CloseClientConnections()
	var counted bottest.Collector
	s.Posted = counted.Accept
	s.Fault = func(r *http.Request) *discordtest.Fault {
		switch messages := strings.HasSuffix(r.URL.Path, "/messages"); {
		case messages && r.Method == http.MethodPost:
			return killFault(counted.Fault())
		case messages && rand.IntN(20) == 0:
			return &discordtest.Fault{Status: 503}
		}
		return nil
	}
	for i := range 4 * n {
		p := s.Place(killedChannel(i).ID)
		if blind {
			p.Deny = uint64(readHistory)
		}
	}
	k := bottest.Killing{
		Kills: n, Collector: &counted, Blind: blind, Channel: killedChannel, Address: s.API(),
		Began: func(start time.Time) {
			s.SetClock(func() time.Time { return bottest.Simulated(start) })
		},
	}
	k.Test(t)
}

// killFault makes a fault of the harness into an answer of Discord.
func killFault(f bottest.Fault) *discordtest.Fault {
	switch f {
	case bottest.Limit:
		return discordtest.Limited(10*time.Second, "shared") // one that is not counted: ten minutes of the limiter are days here
	case bottest.Unavailable:
		return &discordtest.Fault{Status: 503}
	case bottest.StoreThenFail:
		return &discordtest.Fault{Status: 500, Store: true}
	case bottest.StoreThenCut:
		return &discordtest.Fault{Store: true, Cut: true}
	case bottest.StoreLate:
		return &discordtest.Fault{Status: 200, Store: true, Late: bottest.LateBy()}
	}
	return nil
}
