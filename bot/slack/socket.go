package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

// Socket Mode is spoken here and not by slack-go's client: that one drops its connection before it opens the next, never
// acknowledges events that it does not know, and leaves without a word, so that Slack goes on sending to nobody.
// https://docs.slack.dev/apis/events-api/using-socket-mode
const (
	socketCount = 2 // so that one stands while the other is exchanged
	pingEvery   = 20 * time.Second
	silence     = 60 * time.Second // after which a connection counts as dead
	writeTime   = 5 * time.Second
	lingerTime  = 10 * time.Second // an old connection is read while the next one stands already
	maxFrame    = 4 << 20
	maxAck      = 20_000 // bytes: Slack drops larger ones silently
	maxRetry    = time.Minute
)

// envelope is a frame of Socket Mode.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Reason  string          `json:"reason"`
	Payload json.RawMessage `json:"payload"`
	Accepts bool            `json:"accepts_response_payload"` // an acknowledgement may carry a payload
}

// ack answers an envelope.
type ack struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// receive holds the connections until ctx is done, or until Slack refuses the token.
func (a *Adapter) receive(ctx context.Context) error {
	if a.AppToken == "" {
		return errors.New("Socket Mode needs SLACK_APP_TOKEN: make an app-level token with the scope connections:write")
	}
	g, ctx := errgroup.WithContext(ctx)
	for range socketCount {
		g.Go(func() error { return a.holdSocket(ctx) })
	}
	return g.Wait()
}

// holdSocket keeps one connection open: the next is opened when Slack announces the end of the last, which is read on.
func (a *Adapter) holdSocket(ctx context.Context) error {
	var open sync.WaitGroup
	defer open.Wait()
	pause := time.Second
	for ctx.Err() == nil {
		began := time.Now()
		err := a.openSocket(ctx, &open)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && isFatal(err) {
			return fmt.Errorf("open Socket Mode with SLACK_APP_TOKEN: %w", err)
		}
		if err != nil {
			a.Log.Warn("socket not open; I try again", "after", pause, "err", err)
		}
		if time.Since(began) > maxRetry {
			pause = time.Second
		}
		if err == nil && time.Since(began) > time.Second {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, maxRetry)
	}
	return nil
}

// isFatal reports whether trying again is of no use.
func isFatal(err error) bool {
	switch code(err) {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "not_allowed_token_type", "missing_scope", "forbidden_team":
		return true
	}
	return false
}

// openSocket opens a connection and returns when it ends or is about to.
func (a *Adapter) openSocket(ctx context.Context, open *sync.WaitGroup) error {
	dctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var address string
	err := a.pace.call(dctx, "apps.connections.open", func(ctx context.Context) (err error) {
		_, address, err = a.api.StartSocketModeContext(ctx)
		return err
	})
	if err != nil {
		return err
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: callTime}
	conn, resp, err := dialer.DialContext(dctx, address, nil)
	if err != nil {
		return notDialed(address, resp, err)
	}
	resp.Body.Close()
	s := &socket{Adapter: a, conn: conn, leaving: make(chan struct{})}
	open.Go(func() { s.read(ctx) })
	<-s.leaving
	return nil
}

// notDialed says why there is no connection, without the address, which is a secret beyond its host.
func notDialed(address string, resp *http.Response, err error) error {
	u, bad := url.Parse(address)
	switch {
	case bad != nil || u.Host == "":
		return errors.New("dial the socket that Slack named: its address is none")
	case resp != nil:
		return fmt.Errorf("dial the socket that Slack named: %s answered %s", u.Host, resp.Status)
	}
	return fmt.Errorf("dial the socket that Slack named: %s: %w", u.Host, err)
}

// Trouble says that nothing of what people send can arrive, once no socket has stood for a minute; "" while all is well.
func (a *Adapter) Trouble() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session == nil || a.HTTP || a.standing > 0 || time.Since(a.down) < time.Minute {
		return ""
	}
	return fmt.Sprintf("no socket to Slack has stood since %s; look in the log for the reason, and check that this machine reaches Slack",
		a.down.UTC().Format("2 Jan 15:04 UTC"))
}

// stands notes that one more socket stands, or with -1 one fewer.
func (a *Adapter) stands(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.standing += n
	a.down = time.Now()
}

// socket is one connection.
type socket struct {
	*Adapter
	conn    *websocket.Conn
	mu      sync.Mutex // of writes
	leaving chan struct{}
	once    sync.Once
	handled sync.WaitGroup
}

func (s *socket) leave() { s.once.Do(func() { close(s.leaving) }) }

// read takes frames until the connection ends. When ctx is done it says goodbye, so that Slack sends nothing more here.
func (s *socket) read(ctx context.Context) {
	s.stands(1)
	defer s.stands(-1)
	defer s.leave()
	defer s.conn.Close()
	defer s.handled.Wait()
	stop := context.AfterFunc(ctx, s.goodbye)
	defer stop()
	end := make(chan struct{})
	defer close(end)
	go s.ping(end)
	s.conn.SetReadLimit(maxFrame)
	s.alive()
	s.conn.SetPongHandler(func(string) error { s.alive(); return nil })
	s.conn.SetPingHandler(func(data string) error {
		s.alive()
		return s.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTime))
	})
	for {
		_, frame, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		if ctx.Err() != nil {
			continue // not acknowledged: another process gets it
		}
		s.frame(frame)
	}
}

// alive notes that the other side is there.
func (s *socket) alive() {
	select {
	case <-s.leaving: // it lingers, and that has an end
	default:
		s.conn.SetReadDeadline(time.Now().Add(silence)) //nolint:errcheck // never fails on an open connection
	}
}

func (s *socket) ping(end <-chan struct{}) {
	for {
		select {
		case <-end:
			return
		case <-time.After(pingEvery):
			s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime)) //nolint:errcheck // reading finds out
		}
	}
}

func (s *socket) goodbye() {
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	s.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(writeTime)) //nolint:errcheck // it ends either way
	s.conn.SetReadDeadline(time.Now().Add(time.Second))                         //nolint:errcheck // never fails on an open connection
}

// frame handles one frame.
func (s *socket) frame(data []byte) {
	s.alive()
	var e envelope
	if err := json.Unmarshal(data, &e); err != nil {
		s.Log.Warn("frame not understood", "err", err)
		return
	}
	switch {
	case e.Type == "disconnect":
		s.Log.Info("socket is exchanged", "reason", e.Reason)
		s.leave()
		s.conn.SetReadDeadline(time.Now().Add(lingerTime)) //nolint:errcheck // never fails on an open connection
	case e.ID != "":
		s.handled.Go(func() { s.envelope(e) })
	}
}

// envelope acknowledges an envelope, of whatever type, and acts on it when that has gone out.
func (s *socket) envelope(e envelope) {
	run := s.enter()
	if run == nil {
		return
	}
	defer run.leave()
	t, err := s.take(run, e.Type, e.Payload)
	if err != nil {
		return // not acknowledged: it is sent again
	}
	answer := t.encode()
	if len(answer) >= maxAck || !e.Accepts {
		answer = nil
	}
	if err := s.write(ack{ID: e.ID, Payload: answer}); err != nil {
		s.Log.Warn("envelope not acknowledged", "type", e.Type, "err", err)
		if t.id != "" {
			s.seen.forget(t.id)
		}
		return
	}
	if t.work != nil {
		t.work()
	}
}

func (s *socket) write(v any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	return s.conn.WriteJSON(v)
}
