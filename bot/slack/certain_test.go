package slack

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
)

// brokenConn is a connection that breaks when it is written to, or when it is read from.
type brokenConn struct {
	net.Conn
	writes bool // writing works
	hangs  bool // writing takes until the end
	closed chan struct{}
}

func (c *brokenConn) Write(b []byte) (int, error) {
	if c.hangs {
		<-c.closed
	}
	if !c.writes {
		return 0, errors.New("broken pipe")
	}
	return len(b), nil
}

func (c *brokenConn) Read([]byte) (int, error) {
	if c.writes {
		return 0, errors.New("connection reset")
	}
	<-c.closed
	return 0, net.ErrClosed
}

func (c *brokenConn) Close() error {
	select {
	case <-c.closed:
	default:
		close(c.closed)
	}
	return nil
}

func (c *brokenConn) SetDeadline(time.Time) error      { return nil }
func (c *brokenConn) SetReadDeadline(time.Time) error  { return nil }
func (c *brokenConn) SetWriteDeadline(time.Time) error { return nil }
func (c *brokenConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *brokenConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }

// TestCertain checks which broken requests are certainly not sent. Only those may be repeated without a look-up.
func TestCertain(t *testing.T) {
	for _, tt := range []struct {
		name string
		conn *brokenConn // nil: no connection comes about
		want bot.Class
	}{
		{"no connection", nil, bot.Wait},
		{"cannot be written", &brokenConn{}, bot.Wait},
		{"written, and then cut", &brokenConn{writes: true}, bot.Ambiguous},
		{"time is up while it is written", &brokenConn{hangs: true, writes: true}, bot.Ambiguous},
	} {
		client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			if tt.conn == nil {
				return nil, errors.New("no route to host")
			}
			tt.conn.closed = make(chan struct{})
			return tt.conn, nil
		}}}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		err := traced(ctx, func(ctx context.Context) error {
			body := strings.NewReader(strings.Repeat("a", 20_000))
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://slack.example/api/chat.postMessage", body)
			if err != nil {
				return err
			}
			resp, err := client.Do(req)
			if err == nil {
				resp.Body.Close()
			}
			return err
		})
		cancel()
		if got := asPostError(t, err).Class; got != tt.want {
			t.Errorf("%s: class %s (%v), want %s", tt.name, got, err, tt.want)
		}
	}
}

// TestBeforeThePost checks that nothing was sent when a call before the post failed, however it did.
func TestBeforeThePost(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	s.Fault = func(method string, _ url.Values) *slacktest.Fault {
		if method == "conversations.open" {
			return &slacktest.Fault{Status: http.StatusInternalServerError}
		}
		return nil
	}
	ch := bot.Channel{Platform: Platform, Workspace: slacktest.Team, Kind: bot.Direct, User: member}
	_, err := a.Post(t.Context(), ch, bottest.Brief(1), "k")
	if got := asPostError(t, err).Class; got != bot.Wait {
		t.Errorf("Post after a failed conversations.open: class %s, want wait", got)
	}
	if n := len(s.Calls("chat.postMessage")); n != 0 {
		t.Errorf("%d posts, want none", n)
	}
}

// TestEndlessAnswer checks that an answer that does not end is not read to its end.
func TestEndlessAnswer(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	s.Fault = func(method string, _ url.Values) *slacktest.Fault {
		if method == "chat.postMessage" {
			return &slacktest.Fault{Body: strings.Repeat(" ", maxAnswer) + `{"ok":true,"ts":"1.2"}`}
		}
		return nil
	}
	_, err := a.Post(t.Context(), bot.Channel{Platform: Platform, ID: general}, bottest.Brief(1), "k")
	if got := asPostError(t, err).Class; got != bot.Ambiguous {
		t.Errorf("Post after an answer of more than %d bytes: class %s, want ambiguous", maxAnswer, got)
	}
}
