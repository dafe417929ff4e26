package discord

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

// fault is something that a gateway does and discordgo does not survive. It is played twice: with the guard the bot goes on,
// and discordgo alone does not.
type fault struct {
	name  string
	every time.Duration // between heartbeats
	play  func(*discordtest.Conn)
	// good is what the bot brings about.
	good func(*discordtest.Server) bool
	// bad is what discordgo alone brings about; nil: nothing at all, for it hangs.
	bad   func(*discordtest.Server) bool
	mode  string // of discordgo alone
	dies  string // what discordgo alone says when it ends its process
	final bool   // the bot stops
}

// again says that there is one connection that works, and that it is not the first.
func again(s *discordtest.Server) bool {
	conns, _, _ := s.Counts()
	return conns > 1 && len(s.Live()) == 1
}

// resumed says that it goes on with the session of the first.
func resumed(s *discordtest.Server) bool {
	_, identifies, resumes := s.Counts()
	return again(s) && identifies == 1 && resumes == 1 && len(s.Closes()) == 0
}

// begun says that a new session was begun over a new connection.
func begun(s *discordtest.Server) bool {
	conns, identifies, _ := s.Counts()
	return again(s) && conns == identifies
}

// sameSocket says that somebody identified twice over one connection.
func sameSocket(s *discordtest.Server) bool {
	conns, identifies, _ := s.Counts()
	return identifies > conns
}

func closedNormally(s *discordtest.Server) bool { return slices.Contains(s.Closes(), 1000) }

func connectedAgain(s *discordtest.Server) bool { return len(s.Paths()) > 1 }

// sends plays a connection that works until it sends something and falls silent.
func sends(text string) func(*discordtest.Conn) {
	return func(c *discordtest.Conn) {
		if c.Hello() && c.Begin() && c.Send(text) {
			c.Silence()
		}
	}
}

// closes plays a connection that works until it is closed with a code.
func closes(code int) func(*discordtest.Conn) {
	return func(c *discordtest.Conn) {
		if c.Hello() && c.Begin() {
			c.End(code)
			c.Silence()
		}
	}
}

// faults are those of discordgo v0.29.0 and the ways in which connections end.
var faults = []fault{
	{name: "silent server", play: (*discordtest.Conn).Silence, good: again},
	{name: "silent after identify", play: func(c *discordtest.Conn) {
		c.Hello()
		c.Silence()
	}, good: again},
	{name: "op 7 first", play: func(c *discordtest.Conn) {
		c.Hello()
		c.Greeting()
		c.Send(`{"op":7,"d":null}`)
		c.Silence()
	}, good: begun},
	{name: "op 7", play: sends(`{"op":7,"d":null}`), good: resumed, bad: connectedAgain},
	{name: "zombie link", every: 200 * time.Millisecond, play: func(c *discordtest.Conn) {
		c.Hello()
		c.Begin()
		c.Silence()
	}, good: resumed, bad: closedNormally},
	{name: "op 9, invalid", play: sends(`{"op":9,"d":false}`), good: begun, bad: sameSocket},
	{name: "op 9, to be resumed", play: sends(`{"op":9,"d":true}`), good: resumed, bad: sameSocket},
	{name: "cut: where to resume", play: func(c *discordtest.Conn) {
		c.Hello()
		c.Begin()
	}, good: func(s *discordtest.Server) bool { return resumed(s) && s.Paths()[1] == "/gateway/session-1" },
		bad: func(s *discordtest.Server) bool { return connectedAgain(s) && s.Paths()[1] == "/gateway" }},
	{name: "refused resume", play: func(c *discordtest.Conn) {
		c.Hello()
		c.Begin()
		c.Forget()
	}, good: func(s *discordtest.Server) bool {
		conns, identifies, resumes := s.Counts()
		return len(s.Live()) == 1 && conns == 3 && identifies == 2 && resumes == 1
	}, bad: func(s *discordtest.Server) bool {
		conns, identifies, _ := s.Counts()
		return conns == 2 && identifies == 2
	}},
	{name: "first heartbeat", every: time.Hour, play: (*discordtest.Conn).Usual,
		good: func(s *discordtest.Server) bool { return len(s.Live()) == 1 && s.Heartbeats() == 0 },
		bad:  func(s *discordtest.Server) bool { return s.Heartbeats() == 1 }},
	{name: "asked for a heartbeat while closing", every: time.Hour, play: func(c *discordtest.Conn) {
		if c.Hello() && c.Begin() && c.Send(`{"op":1,"d":null}`) {
			c.Serve()
		}
	}, good: func(s *discordtest.Server) bool { return s.Heartbeats() == 1 }, mode: lingers, dies: "panic: runtime error"},
	{name: "an event without its data", play: func(c *discordtest.Conn) {
		if c.Hello() && c.Begin() && c.Send(`{"op":0,"s":2,"t":"GUILD_CREATE","d":{}}`) {
			c.Serve()
		}
	}, good: func(s *discordtest.Server) bool {
		conns, _, _ := s.Counts()
		return conns == 1 && len(s.Live()) == 1
	}, dies: "panic: runtime error"},
	{name: "no JSON", play: sends(`{"op":`), good: resumed, bad: func(s *discordtest.Server) bool { return len(s.Live()) == 1 }},
	{name: "closed with 4000", play: closes(4000), good: resumed, bad: closedNormally},
	{name: "closed with 4004", play: closes(4004), final: true, bad: connectedAgain},
	{name: "closed with 4010", play: closes(4010), final: true, bad: connectedAgain},
	{name: "closed with 4011", play: closes(4011), final: true, bad: connectedAgain},
	{name: "closed with 4012", play: closes(4012), final: true, bad: connectedAgain},
	{name: "closed with 4013", play: closes(4013), final: true, bad: connectedAgain},
	{name: "closed with 4014", play: closes(4014), final: true, bad: connectedAgain},
}

// stage is a stage whose first connection plays a fault.
func (f fault) stage(t *testing.T) *stage {
	s := newStage(t)
	s.server.Heartbeat = f.every
	s.server.Gateway = func(n int) discordtest.Play {
		if n == 0 {
			return f.play
		}
		return nil
	}
	s.pace.ready = 300 * time.Millisecond
	return s
}

// TestFaultsContained plays each fault to the bot, which goes on.
func TestFaultsContained(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := f.stage(t)
			s.start(nil, echo)
			if f.final {
				s.stops(f)
				return
			}
			s.await(f.good)
			s.asks()
		})
	}
}

// stops wants Run to end for good, and to say what to do.
func (s *stage) stops(f fault) {
	s.t.Helper()
	err := <-s.done
	if code := f.name[len("closed with "):]; err == nil || !strings.Contains(err.Error(), code+": ") {
		s.t.Errorf("Run = %v, want code %s and what to do", err, code)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Second)
	defer cancel()
	again := s.Run(ctx, nil, nil)
	if n := len(s.server.Paths()); again != err || n != 1 {
		s.t.Errorf("run again: %v after %d connections, want the same and 1", again, n)
	}
	s.stop = nil
}

// await waits until something is so about the gateway's connections.
func (s *stage) await(so func(*discordtest.Server) bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	if err := s.server.Wait(ctx, func() bool { return so(s.server) }); err != nil {
		conns, identifies, resumes := s.server.Counts()
		s.t.Fatalf("%d connections at %q, %d IDENTIFYs, %d RESUMEs, closed with %v: %v",
			conns, s.server.Paths(), identifies, resumes, s.server.Closes(), err)
	}
}

// hangsFor is how long discordgo must hang to be believed.
const hangsFor = 3 * time.Second

// TestFaultsOfDiscordgo plays each fault to discordgo alone. It fails when discordgo has learned to live with one: then the
// guard need not contain it any more.
func TestFaultsOfDiscordgo(t *testing.T) {
	if testing.Short() {
		t.Skip("discordgo alone hangs for seconds")
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := f.stage(t)
			b := startBare(t, s.server, cmp.Or(f.mode, plain))
			switch {
			case f.bad != nil:
				s.await(f.bad)
			case f.dies != "":
				<-b.ended
				if !strings.Contains(b.output.String(), f.dies) {
					t.Errorf("discordgo alone says %q, want %q", b.output, f.dies)
				}
			default:
				s.await(func(s *discordtest.Server) bool { return len(s.Paths()) > 0 })
				ctx, cancel := context.WithTimeout(t.Context(), hangsFor)
				defer cancel()
				if s.server.Wait(ctx, func() bool { return f.good(s.server) }) == nil {
					t.Error("discordgo alone goes on, want it to hang")
				}
			}
		})
	}
}

// TestHandlerPanics checks that a handler that panics ends no process, which it does with discordgo alone.
func TestHandlerPanics(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var commands atomic.Int32 // events come to the handler too, on their own
	s.run(nil, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		if r.Event == bot.None && commands.Add(1) == 1 {
			panic("a handler failed")
		}
		return bot.Message{Text: "still here"}
	})
	s.asks()
	s.asks()
	s.end()
	b := startBare(t, s.server, panics)
	s.await(func(s *discordtest.Server) bool { return len(s.Live()) == 1 })
	s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "status"))
	<-b.ended
	if !strings.Contains(b.output.String(), "panic: a handler failed") {
		t.Errorf("discordgo alone says %q, want it to panic", b.output)
	}
}

// TestRaces checks that the race detector finds what it finds in discordgo alone, so that its silence about the bot, in all
// the other tests, means something.
func TestRaces(t *testing.T) {
	if !raceDetector {
		t.Skip("the race detector is off")
	}
	t.Parallel()
	s := newStage(t)
	s.server.Heartbeat = 5 * time.Millisecond
	b := startBare(t, s.server, measures)
	s.await(func(s *discordtest.Server) bool { return s.Heartbeats() > 20 })
	b.input.Close()
	<-b.ended
	if !strings.Contains(b.output.String(), "DATA RACE") {
		t.Errorf("discordgo alone says %q, want a race", b.output)
	}
}

// TestInteractionsLeaveNothing checks that answers to interactions leave no limits behind, as they do with discordgo alone:
// each has a token in its path.
func TestInteractionsLeaveNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run(nil, echo)
	const times = 50
	for range times {
		s.asks()
	}
	s.rest.mu.Lock()
	kept := len(s.rest.names) + len(s.rest.buckets)
	s.rest.mu.Unlock()
	if kept >= times {
		t.Errorf("%d limits are kept after %d answers, want few", kept, times)
	}
	d, err := discordgo.New("Bot " + discordtest.Token)
	if err != nil {
		t.Fatal(err)
	}
	for n := range times {
		d.Ratelimiter.GetBucket(discordgo.EndpointInteractionResponse("1", strings.Repeat("x", n+1)))
	}
	if n := reflect.ValueOf(d.Ratelimiter).Elem().FieldByName("buckets").Len(); n != times {
		t.Errorf("discordgo keeps %d limits after %d answers; then it need not be kept from answering", n, times)
	}
}
