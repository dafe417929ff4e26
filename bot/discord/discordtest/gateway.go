package discordtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Play is one gateway connection. It returns when the connection is to end.
type Play func(*Conn)

// gateway is the state of all connections.
type gateway struct {
	mu         sync.Mutex
	changed    chan struct{} // closed and made anew with each change
	paths      []string      // of all connections
	identifies []time.Time
	resumes    int
	heartbeats int
	closes     []int // the codes that clients closed with
	begun      int   // sessions
	sessions   map[string]*gwSession
	live       []*Conn
}

// gwSession is what can be resumed: its events.
type gwSession struct {
	id     string
	events [][]byte
}

// Conn is one connection of the gateway.
type Conn struct {
	*websocket.Conn
	server  *Server
	writing sync.Mutex
	session *gwSession
	shard   [2]int
	muted   bool // under writing
}

// Packet is a message of the gateway.
type Packet struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	c := &Conn{Conn: ws, server: s}
	defer c.leave()
	n := 0
	s.gw.change(func() {
		n = len(s.gw.paths)
		s.gw.paths = append(s.gw.paths, strings.TrimSuffix(r.URL.Path, "/"))
	})
	var play Play
	if s.Gateway != nil {
		play = s.Gateway(n)
	}
	if play == nil {
		play = (*Conn).Usual
	}
	play(c)
}

// change changes the state, and tells those who wait.
func (g *gateway) change(do func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	do()
	if g.changed != nil {
		close(g.changed)
		g.changed = nil
	}
}

// Wait waits until something about the gateway's connections is so, and returns an error when ctx ends before.
func (s *Server) Wait(ctx context.Context, so func() bool) error {
	for {
		s.gw.mu.Lock()
		if s.gw.changed == nil {
			s.gw.changed = make(chan struct{})
		}
		changed := s.gw.changed
		s.gw.mu.Unlock()
		if so() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Usual plays a connection as it should be.
func (c *Conn) Usual() {
	if c.Hello() && c.Begin() {
		c.Serve()
	}
}

// Send sends a message as it is.
func (c *Conn) Send(text string) bool {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.write([]byte(text))
}

// write sends a message, or loses it. The caller holds writing.
func (c *Conn) write(text []byte) bool {
	return c.muted || c.WriteMessage(websocket.TextMessage, text) == nil
}

// Hello begins a connection.
func (c *Conn) Hello() bool {
	every := c.server.Heartbeat
	if every == 0 {
		every = time.Second
	}
	return c.Send(fmt.Sprintf(`{"op":10,"d":{"heartbeat_interval":%d}}`, every.Milliseconds()))
}

// Next reads a message; false when there is none. A client that closes normally ends its session, as Discord has it.
func (c *Conn) Next() (Packet, bool) {
	var p Packet
	err := c.ReadJSON(&p)
	g := &c.server.gw
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok && closed.Code != websocket.CloseAbnormalClosure {
		g.change(func() { g.closes = append(g.closes, closed.Code) })
		if closed.Code == websocket.CloseNormalClosure || closed.Code == websocket.CloseGoingAway {
			c.Forget()
		}
	}
	g.change(func() { c.count(p) })
	return p, err == nil
}

// count counts a message. The caller holds the gateway's mu.
func (c *Conn) count(p Packet) {
	g := &c.server.gw
	switch p.Op {
	case 1:
		g.heartbeats++
	case 2:
		var d struct{ Shard [2]int }
		json.Unmarshal(p.D, &d) //nolint:errcheck // without a shard it is the only one
		c.shard = d.Shard
		g.identifies = append(g.identifies, time.Now())
	case 6:
		g.resumes++
	}
}

// Forget ends the connection's session: it cannot be resumed.
func (c *Conn) Forget() {
	c.server.gw.change(func() {
		if c.session != nil {
			delete(c.server.gw.sessions, c.session.id)
		}
	})
}

// Greeting reads until IDENTIFY or RESUME.
func (c *Conn) Greeting() (Packet, bool) {
	for {
		if p, ok := c.Next(); !ok || p.Op == 2 || p.Op == 6 {
			return p, ok
		}
	}
}

// Begin takes IDENTIFY or RESUME and answers READY, or what was missed and RESUMED.
func (c *Conn) Begin() bool {
	p, ok := c.Greeting()
	if !ok {
		return false
	}
	first := c.begin
	if p.Op == 6 {
		first = func() [][]byte { return c.resume(p.D) }
	}
	c.writing.Lock() // so that no event comes before
	var events [][]byte
	c.server.gw.change(func() { events = first() })
	for _, e := range events {
		ok = c.write(e) && ok
	}
	c.writing.Unlock()
	if events == nil {
		c.Send(`{"op":9,"d":false}`)
		c.Silence()
	}
	return ok && events != nil
}

// begin makes a session, and returns its first event. The caller holds the gateway's mu.
func (c *Conn) begin() [][]byte {
	g := &c.server.gw
	if g.sessions == nil {
		g.sessions = map[string]*gwSession{}
	}
	g.begun++
	c.session = &gwSession{id: fmt.Sprintf("session-%d", g.begun)}
	g.sessions[c.session.id] = c.session
	g.live = append(g.live, c)
	return [][]byte{c.session.add("READY", fmt.Sprintf(
		`{"v":9,"session_id":%q,"resume_gateway_url":%q,"user":{"id":%q},"guilds":[{"id":%q,"unavailable":true}],"application":{"id":%q}}`,
		c.session.id, c.server.gatewayURL()+"/"+c.session.id, Bot, Guild, Application))}
}

// resume goes on with a session, and returns what it missed; nil when the session is not known. The caller holds the
// gateway's mu.
func (c *Conn) resume(data json.RawMessage) [][]byte {
	var d struct {
		ID  string `json:"session_id"`
		Seq int    `json:"seq"`
	}
	g := &c.server.gw
	if json.Unmarshal(data, &d) != nil || g.sessions[d.ID] == nil {
		return nil
	}
	c.session = g.sessions[d.ID]
	g.live = append(g.live, c)
	missed := slices.Clone(c.session.events[min(d.Seq, len(c.session.events)):])
	return append(missed, c.session.add("RESUMED", `{}`))
}

// dispatch sends an event of the connection's session.
func (c *Conn) dispatch(name, data string) bool {
	c.writing.Lock()
	defer c.writing.Unlock()
	var e []byte
	c.server.gw.change(func() { e = c.session.add(name, data) })
	return c.write(e)
}

func (s *gwSession) add(name, data string) []byte {
	e := fmt.Appendf(nil, `{"op":0,"s":%d,"t":%q,"d":%s}`, len(s.events)+1, name, data)
	s.events = append(s.events, e)
	return e
}

// Serve answers heartbeats until the connection ends.
func (c *Conn) Serve() {
	for {
		p, ok := c.Next()
		if !ok || p.Op == 1 && !c.Send(`{"op":11}`) {
			return
		}
	}
}

// Silence reads and never answers.
func (c *Conn) Silence() {
	for {
		if _, ok := c.Next(); !ok {
			return
		}
	}
}

func (c *Conn) leave() {
	g := &c.server.gw
	g.change(func() { g.live = slices.DeleteFunc(g.live, func(o *Conn) bool { return o == c }) })
}

// End closes the connection with a code. Of some codes the session does not go on.
func (c *Conn) End(code int) {
	if code == 1000 || code == 4007 || code == 4009 {
		c.Forget()
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)) //nolint:errcheck // it ends anyway
}

// Reset cuts the connection as a broken network does.
func (c *Conn) Reset() {
	if tcp, ok := c.NetConn().(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // then it is cut a little softer
	}
	c.Conn.Close()
}

// Mute loses all that is sent from now on, as a network does that breaks without a word.
func (c *Conn) Mute() { c.Half("") }

// Half sends the beginning of a frame, and nothing after it.
func (c *Conn) Half(frame string) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.muted = true
	io.WriteString(c.NetConn(), frame) //nolint:errcheck // it ends anyway
}

// Counts returns how many connections, IDENTIFYs and RESUMEs there were.
func (s *Server) Counts() (conns, identifies, resumes int) {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	return len(s.gw.paths), len(s.gw.identifies), s.gw.resumes
}

// Heartbeats returns how many heartbeats there were.
func (s *Server) Heartbeats() int {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	return s.gw.heartbeats
}

// Closes returns the codes that clients closed connections with.
func (s *Server) Closes() []int {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	return slices.Clone(s.gw.closes)
}

// Paths returns where the connections were made.
func (s *Server) Paths() []string {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	return slices.Clone(s.gw.paths)
}

// Identified returns when there were IDENTIFYs.
func (s *Server) Identified() []time.Time {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	return slices.Clone(s.gw.identifies)
}

// Live returns the connections that are ready, in the order in which they became so.
func (s *Server) Live() []*Conn {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	return slices.Clone(s.gw.live)
}

// Shard returns which shard of how many the connection is.
func (c *Conn) Shard() (number, of int) {
	c.server.gw.mu.Lock()
	defer c.server.gw.mu.Unlock()
	return c.shard[0], c.shard[1]
}

// Dispatch sends an event: over the living connection, or into the session that was begun last.
func (s *Server) Dispatch(name string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	if live := s.Live(); len(live) > 0 {
		live[len(live)-1].dispatch(name, string(b))
		return
	}
	s.gw.change(func() {
		if last := s.gw.sessions[fmt.Sprintf("session-%d", s.gw.begun)]; last != nil {
			last.add(name, string(b))
		}
	})
}
