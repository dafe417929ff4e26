package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// link is a guard and the other end of its wire.
type link struct {
	*guard
	t    *testing.T
	wire net.Conn
}

// newLink returns a guard whose handshake is done. What comes is read along until the guard ends.
func newLink(t *testing.T, s session) *link {
	return newLinkUntil(context.Background(), t, s)
}

// newLinkUntil returns one of a bot that ends with ctx.
func newLinkUntil(ctx context.Context, t *testing.T, s session) *link {
	near, far := net.Pipe()
	g := newGuard(ctx, nil, "", "token", s)
	if err := g.take(near); err != nil {
		t.Fatal(err)
	}
	go func() {
		io.Copy(io.Discard, g) //nolint:errcheck // the guard says why it ended
		g.Close()
	}()
	t.Cleanup(func() { g.Close() })
	return &link{guard: g, t: t, wire: far}
}

// says sends a message of the gateway.
func (l *link) says(text string) {
	l.t.Helper()
	if _, err := l.wire.Write(frame{kind: textFrame, payload: []byte(text)}.bytes(false)); err != nil {
		l.t.Fatal(err)
	}
}

// hears reads a message to the gateway.
func (l *link) hears() string {
	l.t.Helper()
	f, err := readFrame(l.wire, true)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(f.payload)
}

const helloEvery40s = `{"op":10,"d":{"heartbeat_interval":40000}}`

// Two heartbeats are an interval apart, and the first comes after a random part of it.
func TestHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var soonest, latest time.Duration = time.Hour, 0
		for range 40 {
			l := newLink(t, session{})
			began := time.Now()
			l.says(helloEvery40s)
			if got := l.hears(); got != `{"op":1,"d":null}` {
				t.Fatalf("the first heartbeat is %s", got)
			}
			first := time.Since(began)
			soonest, latest = min(soonest, first), max(latest, first)
			l.says(`{"op":11}`)
			l.says(`{"op":0,"s":7,"t":"READY","d":{}}`)
			if got := l.hears(); got != `{"op":1,"d":7}` {
				t.Fatalf("the second heartbeat is %s", got)
			}
			if got := time.Since(began) - first; got != 40*time.Second {
				t.Fatalf("the second heartbeat comes %v after the first, want 40s", got)
			}
		}
		if soonest > 10*time.Second || latest < 30*time.Second || latest > 40*time.Second {
			t.Errorf("of 40 connections the first heartbeat comes after %v to %v, want all of 0 to 40s", soonest, latest)
		}
	})
}

func TestHeartbeatNotAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink(t, session{})
		l.says(helloEvery40s)
		l.hears()
		sent := time.Now()
		l.says(`{"op":0,"s":1,"t":"X","d":{}}`) // an event is no acknowledgement
		<-l.ctx.Done()
		if err := context.Cause(l.ctx); !errors.Is(err, errSilent) || time.Since(sent) != 10*time.Second {
			t.Errorf("the connection ended %v after the heartbeat with %v, want 10s and %v", time.Since(sent), err, errSilent)
		}
	})
}

// A heartbeat that is asked for is sent at once, and its acknowledgement is not taken for another's.
func TestHeartbeatOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink(t, session{})
		l.says(helloEvery40s)
		began := time.Now()
		l.says(`{"op":1,"d":null}`)
		if l.hears(); time.Since(began) != 0 {
			t.Errorf("the heartbeat came after %v, want it at once", time.Since(began))
		}
		l.says(`{"op":11}`)
		l.hears()
		<-l.ctx.Done()
		if err := context.Cause(l.ctx); !errors.Is(err, errSilent) {
			t.Errorf("the connection ended with %v, want %v", err, errSilent)
		}
	})
}

func TestWireThatTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink(t, session{})
		began := time.Now()
		_, err := l.Write(frame{kind: textFrame, payload: []byte(`{"op":2}`)}.bytes(true))
		if !errors.Is(err, errSilent) || time.Since(began) != writeTimeout {
			t.Errorf("Write = %v after %v, want %v after %v", err, time.Since(began), errSilent, writeTimeout)
		}
	})
}

// TestLastWord checks that a connection ends with a word about it when the bot ends, which ends the session, and without one
// when the session may go on.
func TestLastWord(t *testing.T) {
	for _, tt := range []struct {
		name  string
		end   func(l *link, bot context.CancelFunc)
		want  []byte
		after error // nil: the last word is read
	}{
		{"the bot ends", func(_ *link, bot context.CancelFunc) { bot() }, []byte{0x03, 0xe8}, nil},
		{"the connection is lost", func(l *link, _ context.CancelFunc) { l.end(errSilent) }, nil, io.EOF},
		{"discordgo lets go", func(l *link, _ context.CancelFunc) { l.Close() }, nil, io.EOF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bot, end := context.WithCancel(t.Context())
			defer end()
			l := newLinkUntil(bot, t, session{})
			tt.end(l, end)
			f, err := readFrame(l.wire, true)
			if !errors.Is(err, tt.after) || err == nil && f.kind != closeFrame || !bytes.Equal(f.payload, tt.want) {
				t.Errorf("the last word is %+v, %v; want %x, %v", f, err, tt.want, tt.after)
			}
			<-l.hung
		})
	}
}

// TestWireTooLate checks that a wire that stands only after the end is closed, and that nobody waits for it.
func TestWireTooLate(t *testing.T) {
	g := newGuard(t.Context(), nil, "", "", session{})
	g.end(errNotReady)
	<-g.hung
	near, far := net.Pipe()
	if err := g.take(near); !errors.Is(err, errNotReady) {
		t.Errorf("take = %v, want %v", err, errNotReady)
	}
	if _, err := far.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the wire has %v, want it closed", err)
	}
}

// TestNoTimeForALastWord checks that a wire that takes nothing holds the bot's end up for half a second only.
func TestNoTimeForALastWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bot, end := context.WithCancel(t.Context())
		l := newLinkUntil(bot, t, session{})
		began := time.Now()
		end()
		<-l.hung
		if took := time.Since(began); took != byeTimeout {
			t.Errorf("the wire is closed after %v, want %v", took, byeTimeout)
		}
	})
}

// TestGuardWrites checks what of discordgo's messages is sent.
func TestGuardWrites(t *testing.T) {
	text := func(s string) frame { return frame{kind: textFrame, payload: []byte(s)} }
	for _, tt := range []struct {
		name string
		in   frame
		from session
		want string // "" for nothing
	}{
		{"identify", text(`{"op":2,"d":{"token":"Bot token"}}`), session{}, `{"op":2,"d":{"token":"Bot token"}}`},
		{"identify of a session that goes on", text(`{"op":2,"d":{}}`), session{ID: "abc", seq: 5},
			`{"d":{"seq":5,"session_id":"abc","token":"Bot token"},"op":6}`},
		{"heartbeat", text(`{"op":1,"d":5}`), session{}, ""},
		{"close", frame{kind: closeFrame, payload: []byte{3, 232}}, session{}, ""},
		{"pong", frame{kind: pongFrame, payload: []byte("x")}, session{}, "x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLink(t, tt.from)
			go func() {
				b := tt.in.bytes(true)
				if n, err := l.Write(b); n != len(b) || err != nil {
					t.Errorf("Write = %d, %v; want %d", n, err, len(b))
				}
				l.Close()
			}()
			got := ""
			if f, err := readFrame(l.wire, true); err == nil {
				got = string(f.payload)
			}
			if got != tt.want {
				t.Errorf("sent %q, want %q", got, tt.want)
			}
		})
	}
}

// TestGuardEnds checks why a connection ends, and with what the next one begins.
func TestGuardEnds(t *testing.T) {
	known := session{ID: "abc", URL: "wss://resume", seq: 3}
	for _, tt := range []struct {
		name string
		in   string
		want error
		next session
	}{
		{"reconnect", `{"op":7,"d":null}`, errReconnect, known},
		{"invalid", `{"op":9,"d":false}`, errInvalid, session{}},
		{"refused", `{"op":9,"d":true}`, errResumable, known},
		{"refused after an event without a number", `{"op":0,"t":"X","s":null,"d":{}}` + "\n" + `{"op":9,"d":true}`, errResumable, known},
		{"no JSON", `{"op":`, nil, known},
		{"a second greeting", helloEvery40s, nil, known},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLink(t, session{})
			l.says(helloEvery40s)
			l.says(`{"op":0,"s":3,"t":"READY","d":{"session_id":"abc","resume_gateway_url":"wss://resume"}}`)
			for line := range strings.Lines(tt.in) {
				l.says(line)
			}
			<-l.ctx.Done()
			if err := context.Cause(l.ctx); tt.want != nil && !errors.Is(err, tt.want) || errors.Is(err, errLetGo) {
				t.Errorf("ended with %v, want %v", err, tt.want)
			}
			if diff := cmp.Diff(tt.next, l.resumable(), cmp.AllowUnexported(session{})); diff != "" {
				t.Errorf("what is resumed (-want +got):\n%s", diff)
			}
		})
	}
}

// A message may come in parts, with something between them.
func TestGuardJoinsFragments(t *testing.T) {
	hello := []byte(helloEvery40s)
	in := slicesOf(frame{kind: textFrame, more: true, payload: hello[:9]}, frame{kind: pingFrame, payload: []byte("!")}, frame{payload: hello[9:]})
	got := passed(t, in)
	want := []frame{{kind: pingFrame, payload: []byte("!")}, {kind: textFrame, payload: hello}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(frame{})); diff != "" {
		t.Errorf("handed out (-want +got):\n%s", diff)
	}
}

func slicesOf(frames ...frame) []byte {
	var out []byte
	for _, f := range frames {
		out = append(out, f.bytes(false)...)
	}
	return out
}

// memoryWire is a wire on which something has come.
type memoryWire struct{ io.Reader }

func (memoryWire) Write(b []byte) (int, error) { return len(b), nil }
func (memoryWire) Close() error                { return nil }

// passed returns the frames that a guard hands out of what comes.
func passed(t *testing.T, in []byte) []frame {
	g := newGuard(t.Context(), nil, "", "", session{})
	if err := g.take(memoryWire{bytes.NewReader(in)}); err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(g)
	if g.ctx.Err() == nil {
		t.Fatalf("the guard lives after %v", err)
	}
	var frames []frame
	for r := bytes.NewReader(out); r.Len() > 0; {
		f, err := readFrame(r, false)
		if err != nil {
			t.Fatalf("handed out %q: %v", out, err)
		}
		frames = append(frames, f)
	}
	return frames
}

// FuzzGuard checks that whatever comes, discordgo sees whole messages only, and none that it cannot handle.
func FuzzGuard(f *testing.F) {
	hello := frame{kind: textFrame, payload: []byte(helloEvery40s)}
	text := func(s string) frame { return frame{kind: textFrame, payload: []byte(s)} }
	f.Add(slicesOf(hello, text(`{"op":0,"s":1,"t":"READY","d":{"session_id":"a"}}`), text(`{"op":7}`)))
	f.Add(slicesOf(hello, text(`{"op":1}`), text(`{"op":11}`), text(`{"op":9,"d":true}`)))
	f.Add(slicesOf(hello, text(`{"op":0,"s":1,"t":"GUILD_CREATE","d":{}}`), text(`{"op":0,"t":"RESUMED","d":[null]}`), text(`{"op":99}`)))
	f.Add(slicesOf(hello, frame{kind: closeFrame, payload: []byte{15, 164}}))
	f.Add(slicesOf(frame{kind: textFrame, more: true, payload: []byte(`{"op"`)}, frame{payload: []byte(`:10,"d":{"heartbeat_interval":1}}`)}))
	f.Add(slicesOf(hello, text(strings.Repeat("x", 300)), frame{kind: pingFrame}))
	f.Add([]byte("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("\x81\x7f\x00\x00\x00\x00\x03\xff\xff\xffhalf"))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, fr := range passed(t, in) {
			if fr.kind != textFrame {
				continue
			}
			var p struct {
				Op int
				T  string
				D  json.RawMessage
			}
			err := json.Unmarshal(fr.payload, &p)
			if err != nil || p.Op != opHello && p.Op != opAck && (p.Op != opDispatch || p.T != "READY" && p.T != "RESUMED" || string(p.D) != "{}") {
				t.Errorf("handed out %q", fr.payload)
			}
		}
	})
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte("hello"), true)
	f.Add(bytes.Repeat([]byte("x"), 200), false)
	f.Add(bytes.Repeat([]byte("x"), 1<<16), true)
	f.Fuzz(func(t *testing.T, payload []byte, masked bool) {
		in := frame{kind: textFrame, more: masked, payload: payload}
		got, err := readFrame(bytes.NewReader(in.bytes(masked)), masked)
		if err != nil || got.kind != in.kind || got.more != in.more || !bytes.Equal(got.payload, payload) {
			t.Errorf("readFrame = %+v, %v; want %+v", got, err, in)
		}
	})
}
