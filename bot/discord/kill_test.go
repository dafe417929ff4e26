package discord

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// killedVar makes the test binary the process that is killed: it holds the API's address, the store and the start.
const killedVar = "PODBRIEF_KILLED"

func TestMain(m *testing.M) {
	if args := os.Getenv(killedVar); args != "" {
		if err := serveKilled(strings.Split(args, " ")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if args := strings.Fields(os.Getenv(bareVar) + " -"); len(args) > 1 {
		if err := runBare(args[0], args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func serveKilled(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	start, err := time.Parse(time.RFC3339Nano, args[2])
	if err != nil {
		return err
	}
	return bottest.ServeKilled(ctx, args[1], start, &Adapter{Token: discordtest.Token, API: args[0]}, os.Stdout)
}

// TestKill ends the bot at random moments while Discord gives faulty answers: nothing is lost, nothing doubled.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills take half a minute")
	}
	n := 20
	if k, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		n = k
	}
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
		Command: func(store string, start time.Time) *exec.Cmd {
			s.SetClock(func() time.Time { return start.Add(time.Since(start) * killSpeed) })
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), killedVar+"="+strings.Join([]string{s.API(), store, start.Format(time.RFC3339Nano)}, " "))
			cmd.Stderr = t.Output()
			return cmd
		},
	}
	k.Test(t)
}

// killSpeed is how fast the clock of a bot in the harness runs.
const killSpeed = 100

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
