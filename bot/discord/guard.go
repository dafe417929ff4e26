package discord

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// guard stands between discordgo and a gateway connection and reads along. discordgo must not see what it cannot handle: a
// request to reconnect (a deadlock when it comes first), an invalid session (an IDENTIFY at once), a request for a heartbeat
// (a panic while closing). It never waits for ever: reads have a deadline of a heartbeat and a half. When it ends, it is cut
// without the close frame that discordgo writes, because that would end the session that is to be resumed.
type guard struct {
	net.Conn
	in *bufio.Reader

	wait     time.Duration // for the next frame
	pending  []byte        // read, but not handed out
	upgraded bool
	writing  sync.Mutex

	mu       sync.Mutex
	cause    error
	ready    chan struct{} // closed with READY or RESUMED
	done     chan struct{} // closed with the end
	sequence int64
	session  session
}

// session is what a connection can be resumed with.
type session struct {
	ID  string
	URL string
}

// Why a connection ended.
var (
	errReconnect = errors.New("Discord asks to connect again") //nolint:staticcheck // a name
	errInvalid   = errors.New("the session is not valid any more")
	errResumable = errors.New("the session is refused for now")
)

// closedError is a connection that Discord closed with a code.
type closedError int

func (c closedError) Error() string {
	return fmt.Sprintf("Discord closed the connection with code %d%s", int(c), closeHints[int(c)])
}

// closeHints say what to do about the codes after which connecting again does not help.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
var closeHints = map[int]string{
	4004: ": the token is wrong; put a new one into DISCORD_TOKEN",
	4010: ": the shard is wrong; set DISCORD_SHARDS=auto",
	4011: ": more shards are needed; set DISCORD_SHARDS=auto",
	4012: ": this version of the gateway is gone; update the bot",
	4013: ": the intents are wrong; update the bot",
	4014: ": an intent is not allowed; switch on “Message Content Intent” for the bot in the developer portal, or set DISCORD_MESSAGE_CONTENT=0",
}

func (c closedError) fatal() bool { return closeHints[int(c)] != "" }

// writeTimeout is how long a connection may take a message.
const writeTimeout = 10 * time.Second

// maxFrame bounds a message of the gateway; a large server's first message has a few megabytes.
const maxFrame = 64 << 20

func newGuard(c net.Conn, firstWait time.Duration) *guard {
	return &guard{Conn: c, in: bufio.NewReader(c), wait: firstWait, ready: make(chan struct{}), done: make(chan struct{})}
}

// end takes note of the first reason for the end, and cuts the connection.
func (g *guard) end(cause error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == nil {
		g.cause = cause
		close(g.done)
		g.Conn.Close()
	}
	return g.cause
}

// why returns the reason for the end, nil while it lasts.
func (g *guard) why() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cause
}

// Close ends the connection.
func (g *guard) Close() error {
	g.end(net.ErrClosed) //nolint:errcheck // returns its argument
	return nil
}

// Write sends what discordgo writes, but nothing after the end and no close frame.
func (g *guard) Write(b []byte) (int, error) {
	if g.why() != nil {
		return 0, net.ErrClosed
	}
	if g.upgraded && len(b) > 0 && b[0]&0x0f == opClose {
		return len(b), nil
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	if err := g.Conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return g.Conn.Write(b)
}

// Read hands out what discordgo may see.
func (g *guard) Read(b []byte) (int, error) {
	for len(g.pending) == 0 {
		if err := g.next(); err != nil {
			return 0, g.end(err)
		}
	}
	n := copy(b, g.pending)
	g.pending = g.pending[n:]
	return n, nil
}

// next reads a line of the handshake, or a frame.
func (g *guard) next() error {
	if err := g.Conn.SetReadDeadline(time.Now().Add(g.wait)); err != nil {
		return err
	}
	if !g.upgraded {
		line, err := g.in.ReadBytes('\n')
		g.upgraded = len(bytes.TrimSpace(line)) == 0
		g.pending = line
		return err
	}
	frame, op, payload, err := readFrame(g.in)
	if err != nil {
		return err
	}
	pass := true
	switch op {
	case opClose:
		if len(payload) >= 2 {
			return closedError(binary.BigEndian.Uint16(payload))
		}
		return io.EOF
	case opText:
		if pass, err = g.look(payload); err != nil {
			return err
		}
	}
	if pass {
		g.pending = frame
	}
	return nil
}

// The kinds of frames that matter here.
const (
	opText  = 1
	opClose = 8
)

// readFrame reads a frame of a server, which masks nothing. https://www.rfc-editor.org/rfc/rfc6455#section-5.2
func readFrame(r io.Reader) (frame []byte, op byte, payload []byte, err error) {
	var head [10]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return nil, 0, nil, err
	}
	n, used := uint64(head[1]&0x7f), 2
	switch n {
	case 126:
		used = 4
	case 127:
		used = 10
	}
	if _, err := io.ReadFull(r, head[2:used]); err != nil {
		return nil, 0, nil, err
	}
	switch used {
	case 4:
		n = uint64(binary.BigEndian.Uint16(head[2:4]))
	case 10:
		n = binary.BigEndian.Uint64(head[2:10])
	}
	if n > maxFrame || head[1]&0x80 != 0 {
		return nil, 0, nil, fmt.Errorf("a frame of %d bytes that no gateway sends", n)
	}
	frame = make([]byte, used+int(n))
	copy(frame, head[:used])
	_, err = io.ReadFull(r, frame[used:])
	return frame, head[0] & 0x0f, frame[used:], err
}

// look reads a message of the gateway and says whether discordgo may see it.
func (g *guard) look(payload []byte) (pass bool, err error) {
	var p struct {
		Op int
		S  int64
		T  string
		D  json.RawMessage
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return false, fmt.Errorf("a message of the gateway that is no JSON: %w", err)
	}
	switch p.Op {
	case 0:
		g.dispatched(p.S, p.T, p.D)
	case 1:
		return false, g.beat()
	case 7:
		return false, errReconnect
	case 9:
		if string(p.D) == "true" {
			return false, errResumable
		}
		return false, errInvalid
	case 10:
		g.hello(p.D)
	}
	return true, nil
}

func (g *guard) dispatched(seq int64, name string, data []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sequence = seq
	if name == "READY" {
		var d struct {
			ID  string `json:"session_id"`
			URL string `json:"resume_gateway_url"`
		}
		if json.Unmarshal(data, &d) == nil {
			g.session = session(d)
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

// hello takes the interval of heartbeats, whose answers keep the connection alive.
func (g *guard) hello(data []byte) {
	var d struct {
		Interval int `json:"heartbeat_interval"`
	}
	if json.Unmarshal(data, &d) == nil && d.Interval > 0 {
		g.wait = max(time.Duration(d.Interval)*time.Millisecond*3/2, 100*time.Millisecond)
	}
}

// beat answers a request for a heartbeat itself.
func (g *guard) beat() error {
	g.mu.Lock()
	seq := g.sequence
	g.mu.Unlock()
	payload := fmt.Appendf(nil, `{"op":1,"d":%d}`, seq)
	// A client's frame is masked; a mask of zeros leaves the payload as it is.
	frame := append([]byte{0x80 | opText, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
	_, err := g.Write(frame)
	return err
}
