package bottest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"podbrief/bot"
)

// killed holds, in a process that is killed, the address of its platform, its store and the beginning of its clock.
const killed = "PODBRIEF_TEST_KILLED"

// command returns the test program as a process in which Killed serves.
func (k *Killing) command(t *testing.T, store string, start time.Time) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killed+"="+strings.Join([]string{k.Address, store, start.Format(time.RFC3339Nano)}, "\n"))
	cmd.Stderr = t.Output()
	return cmd
}

// Killed is called by a TestMain before all else: in a process that the kill harness started it serves a bot with the
// adapter for a platform at an address, and ends the process; in any other it returns.
func Killed(adapter func(address string) bot.Adapter) {
	args := strings.Split(os.Getenv(killed), "\n")
	if len(args) != 3 {
		return
	}
	if err := serveKilled(args[1], args[2], adapter(args[0])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serveKilled serves a bot on a store with an adapter until it is asked to end. Its clock begins at start and runs fast.
func serveKilled(path, begins string, a bot.Adapter) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	start, err := time.Parse(time.RFC3339Nano, begins)
	if err != nil {
		return err
	}
	w, err := Open(ctx, path, Options{Times: bot.Times{
		Now:    func() time.Time { return Simulated(start) },
		Settle: killSettle * KillSpeed, Post: killPost, Look: killLook, Tick: 10 * time.Millisecond,
	}})
	if err != nil {
		return err
	}
	w.Bot.Adapters = []bot.Adapter{a}
	if _, err := os.Stdout.WriteString(serving); err != nil {
		return err
	}
	return errors.Join(w.Bot.Serve(ctx), w.Close())
}

// Kills returns how often a test kills: as the variable KILLS says, or as usual. Short runs are without.
func Kills(t *testing.T, usual int) int {
	t.Helper()
	if testing.Short() {
		t.Skip("kills take half a minute")
	}
	if n, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		return n
	}
	return usual
}
