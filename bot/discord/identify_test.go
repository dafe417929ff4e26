package discord

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/bot/discord/discordtest"
)

// network is one in memory, so that its time can be virtual.
type network struct {
	conns chan net.Conn
	once  sync.Once
	down  atomic.Bool
}

func (n *network) Accept() (net.Conn, error) {
	c, ok := <-n.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (n *network) Close() error {
	n.once.Do(func() { close(n.conns) })
	return nil
}

func (n *network) Addr() net.Addr { return &net.TCPAddr{} }

func (n *network) dial(context.Context, string, string) (net.Conn, error) {
	if n.down.Load() {
		return nil, errors.New("the network is down")
	}
	near, far := net.Pipe()
	n.conns <- far
	return near, nil
}

// virtual is a Discord and an adapter at its usual pace, in virtual time.
type virtual struct {
	*discordtest.Server
	adapter *Adapter
	network *network
}

func virtually(t *testing.T, do func(t *testing.T, w *virtual)) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{conns: make(chan net.Conn)}
		s := checked(t, discordtest.NewOn(n))
		s.Front, s.Heartbeat = "ws://discord/gateway", 41250*time.Millisecond
		wires := &http.Transport{DialContext: n.dial}
		a := &Adapter{Token: discordtest.Token, API: "http://discord/api/v10", Client: &http.Client{Transport: wires}}
		defer func() {
			time.Sleep(2 * time.Second) // discordgo needs one for each end
			wires.CloseIdleConnections()
			s.Close()
		}()
		do(t, &virtual{s, a, n})
	})
}

// run runs the adapter for so long, while do is done. It returns how Run ended.
func (w *virtual) run(t *testing.T, d time.Duration, do func(context.Context)) error {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- w.adapter.Run(ctx, nil, echo) }()
	if do != nil {
		do(ctx)
		synctest.Wait() // discordgo waits for a lock when it begins while it ends, and that stops virtual time
		cancel()
	}
	return <-done
}

// TestADayOfInvalidSessions ends every session as soon as it is asked for, for more than a day. Discord resets the token
// after 1,000 IDENTIFYs within 24 hours.
func TestADayOfInvalidSessions(t *testing.T) {
	virtually(t, func(t *testing.T, w *virtual) {
		w.Gateway = func(int) discordtest.Play {
			return func(c *discordtest.Conn) {
				c.Hello()
				c.Greeting()
				c.Send(`{"op":9,"d":false}`)
				c.Silence()
			}
		}
		for range 2 { // a new start begins no new count
			if err := w.run(t, 20*time.Hour, nil); err != nil {
				t.Errorf("Run = %v", err)
			}
		}
		at := w.Identified()
		most, longest := 0, time.Duration(0)
		for i, from := range at {
			within := slices.IndexFunc(at[i:], func(t time.Time) bool { return t.Sub(from) >= 24*time.Hour })
			if within < 0 {
				within = len(at) - i
			}
			most = max(most, within)
			if i > 0 {
				longest = max(longest, from.Sub(at[i-1]))
				if pause := from.Sub(at[i-1]); pause < 5*time.Second {
					t.Fatalf("two IDENTIFYs within %v, want 5s between them", pause)
				}
			}
		}
		t.Logf("%d IDENTIFYs within 40 hours, at most %d within 24, the longest pause %v", len(at), most, longest)
		if most > 900 || most < 800 || longest > 3*time.Minute {
			t.Errorf("%d IDENTIFYs within a day and a pause of %v, want at most 900 and no long pause", most, longest)
		}
	})
}

// TestBackWithinAMinute ends the connection in every way, at the usual pace.
func TestBackWithinAMinute(t *testing.T) {
	ways := slices.Clone(disconnects)
	ways = append(ways, disconnect{name: "an hour without network"})
	virtually(t, func(t *testing.T, w *virtual) {
		err := w.run(t, 24*time.Hour, func(ctx context.Context) {
			for _, d := range ways {
				w.live(ctx, nil)
				time.Sleep(10 * time.Minute)
				c := w.Live()[0]
				if d.end != nil {
					d.end(c)
				} else {
					w.network.down.Store(true)
					c.Reset()
					time.Sleep(time.Hour)
					w.network.down.Store(false)
				}
				began := time.Now()
				w.live(ctx, c)
				if took := time.Since(began); took > time.Minute || ctx.Err() != nil {
					t.Errorf("%s: back after %v, want at most a minute", d.name, took)
				}
			}
		})
		if err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

// live waits for a connection that works, and is another than before.
func (w *virtual) live(ctx context.Context, before *discordtest.Conn) {
	w.Wait(ctx, func() bool { //nolint:errcheck // the caller looks at ctx
		live := w.Live()
		return len(live) == 1 && live[0] != before
	})
}

// TestShardsTakeTurns checks when shards identify: two at once, because Discord says so, and those with the same key five
// seconds and a half after one another.
func TestShardsTakeTurns(t *testing.T) {
	virtually(t, func(t *testing.T, w *virtual) {
		w.Sharding = map[string]any{
			"shards": 5, "session_start_limit": map[string]any{"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 2},
		}
		began := time.Now()
		var got []string
		err := w.run(t, time.Hour, func(ctx context.Context) {
			if err := w.Wait(ctx, func() bool { return len(w.Live()) == 5 }); err != nil {
				t.Fatal(err)
			}
			at := w.Identified()
			for _, c := range w.Live() {
				n, of := c.Shard()
				got = append(got, fmt.Sprintf("key %d of %d", n%2, of))
			}
			for i := range at {
				got[i] += fmt.Sprintf(" after %v", at[i].Sub(began))
			}
		})
		slices.Sort(got)
		want := []string{
			"key 0 of 5 after 0s", "key 0 of 5 after 11s", "key 0 of 5 after 5.5s", "key 1 of 5 after 0s", "key 1 of 5 after 5.5s",
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("shards identify %q, %v; want %q", got, err, want)
		}
	})
}

// TestSessionStartLimit checks that what Discord says is left is believed: other processes use it up too.
func TestSessionStartLimit(t *testing.T) {
	virtually(t, func(t *testing.T, w *virtual) {
		w.Sharding = map[string]any{
			"session_start_limit": map[string]any{"total": 1000, "remaining": 102, "reset_after": time.Hour.Milliseconds(), "max_concurrency": 1},
		}
		w.Gateway = func(int) discordtest.Play {
			return func(c *discordtest.Conn) {
				c.Hello()
				c.Begin()
				time.Sleep(time.Second)
				c.End(4009)
			}
		}
		if err := w.run(t, 30*time.Minute, nil); !errors.Is(err, errIdentifies) {
			t.Errorf("Run = %v, want %v", err, errIdentifies)
		}
		if n := len(w.Identified()); n != 2 {
			t.Errorf("%d IDENTIFYs, want the 2 that are left above a tenth", n)
		}
	})
}
