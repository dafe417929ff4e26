package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Play is one gateway connection. It returns when the connection is to end.
type Play func(*Conn)

// gateway is the state of all connections.
type gateway struct {
	mu         sync.Mutex
	conns      int
	identifies int
	resumes    int
	sessions   map[string]*gwSession
	live       map[*Conn]bool
}

// gwSession is what can be resumed: its events.
type gwSession struct {
	id     string
	events [][]byte
	seq    int
}

// Conn is one connection of the gateway.
type Conn struct {
	*websocket.Conn
	server  *Server
	writing sync.Mutex
	session *gwSession
}

// packet is a message of the gateway.
type packet struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
	S  *int            `json:"s"`
	T  *string         `json:"t"`
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	c := &Conn{Conn: ws, server: s}
	defer c.leave()
	s.gw.mu.Lock()
	n := s.gw.conns
	s.gw.conns++
	s.gw.mu.Unlock()
	var play Play
	if s.Gateway != nil {
		play = s.Gateway(n)
	}
	if play == nil {
		play = func(c *Conn) {
			if c.Hello() && c.Begin() {
				c.Serve()
			}
		}
	}
	play(c)
}

// Send sends a message as it is.
func (c *Conn) Send(text string) bool {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.WriteMessage(websocket.TextMessage, []byte(text)) == nil
}

// Hello begins a connection.
func (c *Conn) Hello() bool {
	every := c.server.Heartbeat
	if every == 0 {
		every = time.Second
	}
	return c.Send(fmt.Sprintf(`{"op":10,"d":{"heartbeat_interval":%d}}`, every.Milliseconds()))
}

// Begin takes IDENTIFY or RESUME and answers READY, or what was missed and RESUMED.
func (c *Conn) Begin() bool {
	p, ok := c.Greeting()
	if !ok {
		return false
	}
	g := &c.server.gw
	g.mu.Lock()
	if g.sessions == nil {
		g.sessions, g.live = map[string]*gwSession{}, map[*Conn]bool{}
	}
	var missed [][]byte
	if p.Op == 6 {
		var d struct {
			ID  string `json:"session_id"`
			Seq int    `json:"seq"`
		}
		json.Unmarshal(p.D, &d) //nolint:errcheck // an unknown session is refused
		c.session = g.sessions[d.ID]
		if c.session == nil {
			g.mu.Unlock()
			c.Send(`{"op":9,"d":false}`)
			return false
		}
		missed = append(missed, c.session.events[min(d.Seq, len(c.session.events)):]...)
	} else {
		c.session = &gwSession{id: fmt.Sprintf("session-%d", len(g.sessions)+1)}
		g.sessions[c.session.id] = c.session
	}
	g.live[c] = true
	g.mu.Unlock()
	for _, e := range missed {
		c.Send(string(e))
	}
	if p.Op == 6 {
		return c.dispatch("RESUMED", `{}`)
	}
	return c.dispatch("READY", fmt.Sprintf(`{"v":9,"session_id":%q,"resume_gateway_url":%q,"user":{"id":%q},"guilds":[],"application":{"id":%q}}`,
		c.session.id, "ws"+c.server.URL[len("http"):]+"/gateway", Bot, Application))
}

// Greeting reads until IDENTIFY or RESUME.
func (c *Conn) Greeting() (packet, bool) {
	for {
		var p packet
		if c.ReadJSON(&p) != nil {
			return p, false
		}
		g := &c.server.gw
		g.mu.Lock()
		switch p.Op {
		case 2:
			g.identifies++
		case 6:
			g.resumes++
		}
		g.mu.Unlock()
		if p.Op == 2 || p.Op == 6 {
			return p, true
		}
	}
}

// dispatch sends an event of the connection's session.
func (c *Conn) dispatch(name, data string) bool {
	g := &c.server.gw
	g.mu.Lock()
	c.session.seq++
	e := fmt.Appendf(nil, `{"op":0,"s":%d,"t":%q,"d":%s}`, c.session.seq, name, data)
	c.session.events = append(c.session.events, e)
	g.mu.Unlock()
	return c.Send(string(e))
}

// Serve answers heartbeats until the connection ends.
func (c *Conn) Serve() {
	for {
		var p packet
		if c.ReadJSON(&p) != nil {
			return
		}
		if p.Op == 1 && !c.Send(`{"op":11}`) {
			return
		}
	}
}

// Silence reads and never answers.
func (c *Conn) Silence() {
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			return
		}
	}
}

func (c *Conn) leave() {
	c.server.gw.mu.Lock()
	defer c.server.gw.mu.Unlock()
	delete(c.server.gw.live, c)
}

// End closes the connection with a code.
func (c *Conn) End(code int) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)) //nolint:errcheck // it ends anyway
}

// Counts returns how many connections, IDENTIFYs and RESUMEs there were.
func (s *Server) Counts() (conns, identifies, resumes int) {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	return s.gw.conns, s.gw.identifies, s.gw.resumes
}

// Live returns the connections that are ready.
func (s *Server) Live() []*Conn {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	var out []*Conn
	for c := range s.gw.live {
		out = append(out, c)
	}
	return out
}

// Dispatch sends an event: over the living connection, or into the session that was resumable last.
func (s *Server) Dispatch(name string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	for _, c := range s.Live() {
		c.dispatch(name, string(b))
		return
	}
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	if last := s.gw.sessions[fmt.Sprintf("session-%d", len(s.gw.sessions))]; last != nil {
		last.seq++
		last.events = append(last.events, fmt.Appendf(nil, `{"op":0,"s":%d,"t":%q,"d":%s}`, last.seq, name, b))
	}
}
