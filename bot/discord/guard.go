package discord

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// guard is the connection of one session of discordgo. It stands between discordgo and the gateway, reads along, and does
// itself what discordgo does wrong:
//
//   - It connects over the transport of the REST calls, so that proxies and certificates are the same.
//   - It sends the heartbeats: the first after a random time, and one that is not acknowledged soon ends the connection.
//     discordgo waits for five.
//   - It makes IDENTIFY into RESUME when a session goes on, so that each connection has a session of discordgo of its own
//     and none is used twice: one that is ended needs a second for it, and may hang.
//   - It keeps from discordgo what that cannot handle: a request to reconnect (a deadlock when it comes first), an invalid
//     session (an IDENTIFY at once), a request for a heartbeat (a panic while closing), and events, which it takes itself (a
//     panic when one lacks what is expected). Of the first one discordgo hears that it came.
//   - It keeps from Discord the close frame that discordgo writes, because that would end the session. It writes one itself
//     when the bot ends, so that nobody sees the bot as there any more.
type guard struct {
	bot       context.Context         // done with the bot
	ctx       context.Context         // done with the connection; its cause says why
	end       context.CancelCauseFunc // the first cause counts
	transport http.RoundTripper
	address   string
	token     string
	event     func(name string, data json.RawMessage) // takes events; it must not block

	asked   []byte             // of the handshake, while it is not whole
	wire    io.ReadWriteCloser // nil before the handshake
	in      *bufio.Reader      // what comes over the wire
	message []byte             // what came of a message in more than one frame
	out     []byte             // for discordgo, but not read by it yet
	greeted bool

	sending sync.Mutex    // one frame after the other
	acked   chan struct{} // holds a token after an acknowledgement
	ready   chan struct{} // closed with READY or RESUMED
	hung    chan struct{} // closed after the wire, or when there is none at the end

	mu      sync.Mutex
	session session
}

// session is what the next connection resumes; one without ID begins anew.
type session struct {
	ID  string
	URL string // where
	seq int64  // of the last event
}

// The codes of the gateway. https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// writeTimeout is how long a connection may take a message, and byeTimeout the last one, for which the bot's end waits.
const (
	writeTimeout = 10 * time.Second
	byeTimeout   = 500 * time.Millisecond
)

// normalClosure is the code of an end that is wanted; Discord then ends the session too.
const normalClosure = 1000

// newGuard returns a guard whose connection is made when discordgo begins with it. It resumes a session that has an ID.
func newGuard(ctx context.Context, transport http.RoundTripper, address, token string, s session) *guard {
	g := &guard{
		bot: ctx, transport: transport, address: address, token: token, session: s, event: func(string, json.RawMessage) {},
		acked: make(chan struct{}, 1), ready: make(chan struct{}), hung: make(chan struct{}),
	}
	g.ctx, g.end = context.WithCancelCause(ctx)
	context.AfterFunc(g.ctx, g.hangUp)
	return g
}

// fail ends the connection, and returns why it ended.
func (g *guard) fail(err error) error {
	g.end(err)
	return context.Cause(g.ctx)
}

// resumable returns what the next connection resumes after this one has ended.
func (g *guard) resumable() session {
	err := context.Cause(g.ctx)
	c, closed := errors.AsType[closedError](err)
	if errors.Is(err, errInvalid) || closed && (c == 4007 || c == 4009) {
		return session{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.session
}

// Write takes what discordgo sends: the handshake first, then frames.
func (g *guard) Write(b []byte) (int, error) {
	if g.wire == nil {
		return len(b), g.shake(b)
	}
	f, err := readFrame(bytes.NewReader(b), true)
	if err != nil {
		return 0, g.fail(fmt.Errorf("read what discordgo sends: %w", err))
	}
	if f.kind == closeFrame {
		return len(b), nil
	}
	if f.kind == textFrame {
		var p struct{ Op int }
		switch err := json.Unmarshal(f.payload, &p); {
		case err != nil:
			return 0, g.fail(fmt.Errorf("read what discordgo sends: %w", err))
		case p.Op == opHeartbeat:
			return len(b), nil
		case p.Op == opIdentify:
			f.payload = g.greeting(f.payload)
		}
	}
	return len(b), g.send(f)
}

// shake makes the handshake that discordgo asks for.
func (g *guard) shake(b []byte) error {
	g.asked = append(g.asked, b...)
	if !bytes.HasSuffix(g.asked, []byte("\r\n\r\n")) {
		return nil
	}
	req, err := g.request()
	if err != nil {
		return g.fail(fmt.Errorf("read discordgo's handshake: %w", err))
	}
	resp, err := g.transport.RoundTrip(req)
	if err != nil {
		return g.fail(fmt.Errorf("connect to the gateway: %w", err))
	}
	wire, ok := resp.Body.(io.ReadWriteCloser)
	if resp.StatusCode != http.StatusSwitchingProtocols || !ok {
		return g.fail(errors.Join(fmt.Errorf("connect to the gateway: it answers %s", resp.Status), resp.Body.Close()))
	}
	if err := g.take(wire); err != nil {
		return err
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %s\r\n", resp.Status)
	resp.Header.Write(&head) //nolint:errcheck // into memory
	g.out = append(head.Bytes(), "\r\n"...)
	return nil
}

// take takes the wire, unless the connection has ended before it stood.
func (g *guard) take(wire io.ReadWriteCloser) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ctx.Err() != nil {
		return errors.Join(context.Cause(g.ctx), wire.Close())
	}
	g.wire, g.in = wire, bufio.NewReader(wire)
	return nil
}

// hangUp closes the wire, after a word about it when the bot ends: a session that may go on is not closed with a word.
// https://discord.com/developers/docs/events/gateway#initiating-a-disconnect
func (g *guard) hangUp() {
	defer close(g.hung)
	g.mu.Lock()
	wire := g.wire
	g.mu.Unlock()
	if wire == nil {
		return
	}
	defer wire.Close()
	if g.bot.Err() == nil {
		return
	}
	late := time.AfterFunc(byeTimeout, func() { wire.Close() })
	defer late.Stop()
	g.sending.Lock()
	defer g.sending.Unlock()
	code := binary.BigEndian.AppendUint16(nil, normalClosure)
	wire.Write(frame{kind: closeFrame, payload: code}.bytes(true)) //nolint:errcheck // it ends anyway
}

// request is discordgo's handshake as a request of the transport.
func (g *guard) request() (*http.Request, error) {
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(g.asked)))
	if err != nil {
		return nil, err
	}
	to, err := url.Parse(g.address)
	if err != nil {
		return nil, err
	}
	req.URL.Scheme = map[string]string{"ws": "http", "wss": "https"}[to.Scheme]
	req.URL.Host, req.RequestURI = to.Host, ""
	return req.WithContext(g.ctx), nil
}

// greeting is what opens the session: discordgo's IDENTIFY, or RESUME when a session goes on.
func (g *guard) greeting(identify []byte) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.session.ID == "" {
		return identify
	}
	b, err := json.Marshal(map[string]any{"op": opResume, "d": map[string]any{
		"token": "Bot " + g.token, "session_id": g.session.ID, "seq": g.session.seq,
	}})
	if err != nil {
		panic(err) // strings and a number
	}
	return b
}

// send writes a frame. A connection that does not take it is ended.
func (g *guard) send(f frame) error {
	g.sending.Lock()
	defer g.sending.Unlock()
	late := time.AfterFunc(writeTimeout, func() { g.end(errSilent) })
	defer late.Stop()
	if _, err := g.wire.Write(f.bytes(true)); err != nil {
		return g.fail(err)
	}
	return nil
}

// Read hands out what discordgo may see.
func (g *guard) Read(b []byte) (int, error) {
	for len(g.out) == 0 {
		if err := g.next(); err != nil {
			return 0, g.fail(err)
		}
	}
	n := copy(b, g.out)
	g.out = g.out[n:]
	return n, nil
}

// next reads a frame.
func (g *guard) next() error {
	f, err := readFrame(g.in, false)
	if err != nil {
		return err
	}
	switch f.kind {
	case closeFrame:
		if len(f.payload) >= 2 {
			return closedError(binary.BigEndian.Uint16(f.payload))
		}
		return io.EOF
	case pingFrame, pongFrame:
		g.out = f.bytes(false)
		return nil
	case textFrame, moreFrame:
	default:
		return fmt.Errorf("a frame of kind %d, which no gateway sends", f.kind)
	}
	if g.message = append(g.message, f.payload...); len(g.message) > maxMessage {
		return fmt.Errorf("a message of more than %d bytes", maxMessage)
	}
	if f.more {
		return nil
	}
	pass, err := g.look(g.message)
	if pass != nil {
		g.out = frame{kind: textFrame, payload: pass}.bytes(false)
	}
	g.message = nil
	return err
}

// look reads a message of the gateway and returns what discordgo may see of it; nil for nothing.
func (g *guard) look(payload []byte) (pass []byte, err error) {
	var p struct {
		Op int
		S  int64
		T  string
		D  json.RawMessage
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return nil, fmt.Errorf("a message of the gateway that is no JSON: %w", err)
	}
	if g.greeted == (p.Op == opHello) {
		return nil, fmt.Errorf("the gateway greets with %d", p.Op)
	}
	switch p.Op {
	case opDispatch:
		return g.dispatched(p.S, p.T, p.D), nil
	case opHeartbeat:
		return nil, g.heartbeat()
	case opReconnect:
		return nil, errReconnect
	case opInvalid:
		if string(p.D) == "true" {
			return nil, errResumable
		}
		return nil, errInvalid
	case opHello:
		return payload, g.hello(p.D)
	case opAck:
		select {
		case g.acked <- struct{}{}:
		default:
		}
		return payload, nil
	}
	return nil, nil
}

// dispatched passes an event on. discordgo hears that the session has begun, and nothing of it.
func (g *guard) dispatched(seq int64, name string, data []byte) []byte {
	g.note(seq, name, data)
	g.event(name, data)
	if name == "READY" || name == "RESUMED" {
		return fmt.Appendf(nil, `{"op":0,"s":%d,"t":%q,"d":{}}`, seq, name)
	}
	return nil
}

// note takes note of the last event, and of the session that begins with READY.
func (g *guard) note(seq int64, name string, data []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if name == "READY" || seq > g.session.seq { // an event without a number is not the first one
		g.session.seq = seq
	}
	if name == "READY" {
		var d struct {
			ID  string `json:"session_id"`
			URL string `json:"resume_gateway_url"`
		}
		if json.Unmarshal(data, &d) == nil {
			g.session.ID, g.session.URL = d.ID, d.URL
		}
	}
	if name == "READY" || name == "RESUMED" {
		select {
		case <-g.ready:
		default:
			close(g.ready)
		}
	}
}

// Close ends the connection.
func (g *guard) Close() error {
	g.end(errLetGo)
	return nil
}

// The rest of a net.Conn. A guard has limits of its own and no addresses.

// LocalAddr returns nothing.
func (g *guard) LocalAddr() net.Addr { return &net.TCPAddr{} }

// RemoteAddr returns nothing.
func (g *guard) RemoteAddr() net.Addr { return &net.TCPAddr{} }

// SetDeadline does nothing.
func (g *guard) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (g *guard) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (g *guard) SetWriteDeadline(time.Time) error { return nil }
