package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Ack is what came back for an envelope.
type Ack struct {
	Envelope string          `json:"envelope_id"`
	Payload  json.RawMessage `json:"payload"`
}

// socket is one connection of a Socket Mode client.
type socket struct {
	conn *websocket.Conn
	mu   sync.Mutex // of writes
}

func (c *socket) write(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.conn.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	return c.conn.WriteJSON(v)
}

func (c *socket) close() { c.conn.Close() }

// accept opens a socket, greets and takes acknowledgements until it is closed.
func (s *Server) accept(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &socket{conn: conn}
	s.mu.Lock()
	s.sockets = append(s.sockets, c)
	n := len(s.sockets)
	s.change()
	s.mu.Unlock()
	err = c.write(map[string]any{"type": "hello", "num_connections": n, "connection_info": map[string]string{"app_id": AppID}})
	for err == nil {
		var a Ack
		if err = conn.ReadJSON(&a); err == nil {
			s.acknowledge(a)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
		s.goodbyes++
	}
	s.sockets = slices.DeleteFunc(s.sockets, func(o *socket) bool { return o == c })
	conn.Close()
}

func (s *Server) acknowledge(a Ack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(a.Payload) >= 20_000 {
		s.problem("acknowledgement of %d bytes: Slack drops those silently", len(a.Payload))
		return
	}
	if ch := s.waiting[a.Envelope]; ch != nil {
		delete(s.waiting, a.Envelope)
		ch <- a
	}
}

// Sockets is how many connections are open.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// Goodbyes is how many connections were closed by their client with a close frame.
func (s *Server) Goodbyes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.goodbyes
}

// Disconnect sends a disconnect frame on one connection, and then cuts it when cut is set. It returns false when none is
// open.
func (s *Server) Disconnect(reason string, cut bool) bool {
	c := s.pick()
	if c == nil {
		return false
	}
	err := c.write(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{}})
	if cut {
		c.close()
	}
	return err == nil
}

// pick chooses a connection in turn, as each payload goes to one of them.
func (s *Server) pick() *socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets) == 0 {
		return nil
	}
	s.turn++
	return s.sockets[s.turn%len(s.sockets)]
}

// sendEnvelope sends a payload on one of the connections and waits for its acknowledgement.
func (s *Server) sendEnvelope(p Payload) (Answer, error) {
	began := time.Now()
	c := s.pick()
	if c == nil {
		return Answer{}, fmt.Errorf("no socket is open")
	}
	s.mu.Lock()
	s.envelopes++
	id := fmt.Sprintf("envelope-%d", s.envelopes)
	ch := make(chan Ack, 1)
	s.waiting[id] = ch
	s.mu.Unlock()
	err := c.write(map[string]any{"envelope_id": id, "type": p.Kind, "payload": p.Body, "accepts_response_payload": p.Kind != Events})
	if err != nil {
		return Answer{}, err
	}
	select {
	case a := <-ch:
		return Answer{Body: a.Payload, Took: time.Since(began), Status: http.StatusOK}, nil
	case <-time.After(3 * time.Second):
		return Answer{}, fmt.Errorf("%s envelope was not acknowledged within 3 s", p.Kind)
	}
}
