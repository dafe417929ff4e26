package discord

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"podbrief/bot/discord/discordtest"
)

// signer is a Discord that sends interactions to an address.
type signer struct {
	t   *testing.T
	a   http.Handler
	key ed25519.PrivateKey
}

// send sends a body that was signed some time ago.
func (s signer) send(body []byte, ago time.Duration) *httptest.ResponseRecorder {
	at := strconv.FormatInt(time.Now().Add(-ago).Unix(), 10)
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "/discord", bytes.NewReader(body))
	r.Header.Set("X-Signature-Timestamp", at)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(s.key, append([]byte(at), body...))))
	w := httptest.NewRecorder()
	s.a.ServeHTTP(w, r)
	return w
}

// TestSignedRequests takes interactions over HTTP: each acts once, and none that is old, forged or too long.
func TestSignedRequests(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, forger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.server.Key = hex.EncodeToString(public)
	discord := signer{t, s.Adapter, private}
	ping := []byte(`{"type":1}`)
	if w := discord.send(ping, 0); w.Code != http.StatusServiceUnavailable {
		t.Errorf("before Run: %d, want %d", w.Code, http.StatusServiceUnavailable)
	}
	s.run(commands(), p.handle)
	if w := discord.send(ping, 0); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"type":1}` {
		t.Errorf("a ping is answered with %d %q", w.Code, w.Body)
	}
	in, answer := s.server.Signed(discordtest.Command(manager(), "status"))
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		by   signer
		body []byte
		ago  time.Duration
		want int
	}{
		{"forged", signer{t, s.Adapter, forger}, body, 0, http.StatusUnauthorized},
		{"too old", discord, body, 6 * time.Minute, http.StatusUnauthorized},
		{"too long", discord, bytes.Repeat([]byte(" "), maxSigned+1), 0, http.StatusRequestEntityTooLarge},
		{"no JSON", discord, []byte("type=1"), 0, http.StatusBadRequest},
		{"right", discord, body, 0, http.StatusAccepted},
		{"again", discord, body, 0, http.StatusAccepted},
	} {
		w := tt.by.send(tt.body, tt.ago)
		if w.Code != tt.want || w.Body.Len() > 0 {
			t.Errorf("%s: %d with the body %q, want %d and none", tt.name, w.Code, w.Body, tt.want)
		}
	}
	if a := s.answered(answer); a.Data["content"] != "heard: status" {
		t.Errorf("answered with %v", a.Data)
	}
	s.answered(s.server.Interact(discordtest.Command(member(), "help"))) // what comes after is answered
	if n := len(p.asked); n != 2 {
		t.Errorf("asked %d times, want twice: what is sent again acts once", n)
	}
}

// TestSignedWithoutKey refuses everything when Discord names no key.
func TestSignedWithoutKey(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run(nil, newPlay(echo).handle)
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if w := (signer{t, s.Adapter, key}).send([]byte(`{"type":1}`), 0); w.Code != http.StatusUnauthorized {
		t.Errorf("without a key: %d, want %d", w.Code, http.StatusUnauthorized)
	}
}

// TestSlowBody sends a request that never ends: it is given up in time.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.server.Key = hex.EncodeToString(public)
	s.run(nil, newPlay(echo).handle)
	srv := httptest.NewServer(s.Adapter)
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nX-Signature-Timestamp: %d\r\nContent-Length: 10\r\n\r\n{", time.Now().Unix())
	time.AfterFunc(3*bodyTime, func() { conn.Close() })
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("a request that does not end is not answered: %v", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a request that does not end is answered with %d, want %d", resp.StatusCode, http.StatusUnauthorized)
	}
}
