package discord

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"podbrief/bot/discord/discordtest"
)

// The behaviours of the bare client.
const (
	plain    = "plain"
	panics   = "panics"   // its handler of commands panics
	lingers  = "lingers"  // it closes when it is asked for a heartbeat, and is slow to answer
	measures = "measures" // it looks at the latency of heartbeats
)

// runBare is a client that is discordgo and nothing else. What it does is what the guard contains; it may hang or die, so it
// is a process of its own.
func runBare(args []string) error {
	address, mode := args[0], args[1]
	d, err := discordgo.New("Bot " + discordtest.Token)
	if err != nil {
		return err
	}
	d.Client = &http.Client{Transport: gatewayAnswer(address)}
	d.AddHandler(func(*discordgo.Session, *discordgo.InteractionCreate) {
		if mode == panics {
			panic("a handler failed")
		}
	})
	closed := make(chan struct{})
	if mode == lingers {
		d.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { close(closed) })
		d.LogLevel = discordgo.LogInformational
		discordgo.Logger = func(_, _ int, format string, _ ...any) {
			if strings.Contains(format, "in response to Op1") {
				go d.Close() //nolint:errcheck // the process does not live to see it
				<-closed
			}
		}
	}
	if err := d.Open(); err != nil {
		return err
	}
	end := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck // the end of the test is what counts
		close(end)
	}()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for mode == measures {
		select {
		case <-end:
			return nil
		case <-look.C:
			d.HeartbeatLatency()
		}
	}
	<-end
	return nil
}

// bare is a running client of discordgo.
type bare struct {
	input  io.Closer // whose end ends it
	ended  chan struct{}
	output *bytes.Buffer // to be read after the end
}

// startBare starts discordgo as a client of a gateway. It ends with the test.
func startBare(t *testing.T, s *discordtest.Server, mode string) *bare {
	t.Helper()
	b := &bare{ended: make(chan struct{}), output: &bytes.Buffer{}}
	cmd := process("bare", s.Socket(), mode)
	cmd.Stderr = b.output
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		cmd.Wait() //nolint:errcheck // how it ended is in its output
		close(b.ended)
	}()
	b.input = stdin
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-b.ended
	})
	return b
}
