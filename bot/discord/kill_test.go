package discord

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

func TestMain(m *testing.M) {
	bottest.Killed(func(address string) bot.Adapter { return &Adapter{Token: discordtest.Token, API: address} })
	if args := strings.Fields(os.Getenv(bareVar) + " -"); len(args) > 1 {
		if err := runBare(args[0], args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestKill ends the bot at random moments while Discord gives faulty answers: nothing is lost, nothing doubled.
func TestKill(t *testing.T) {
	n := bottest.Kills(t, 20)
	s := discordtest.New()
	defer s.Close()
	defer s.CloseClientConnections()
	var counted bottest.Collector
	s.Window = time.Millisecond // a nonce alone would hide what look-ups miss
	s.Posted = counted.Accept
	s.Fault = func(r *http.Request) *discordtest.Fault {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/messages") {
			return nil
		}
		return killFault(counted.Fault())
	}
	k := bottest.Killing{
		Kills: n, Collector: &counted,
		Channel: func(n int) bot.Channel {
			id := fmt.Sprintf("5%017d", n)
			s.Place(id)
			return bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: id}
		},
		Address: s.API(),
		Began: func(start time.Time) {
			s.SetClock(func() time.Time { return start.Add(time.Since(start) * bottest.KillSpeed) })
		},
	}
	k.Test(t)
}

// killFault makes a fault of the harness into an answer of Discord.
func killFault(f bottest.Fault) *discordtest.Fault {
	switch f {
	case bottest.Limit:
		return discordtest.Limited(10*time.Second, "user")
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
