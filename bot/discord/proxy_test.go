package discord

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"podbrief/bot/discord/discordtest"
)

// tunnel is a proxy that connects to one address, whatever it is asked for, for those who know the password.
type tunnel struct {
	to string

	mu   sync.Mutex
	seen []string // what was asked for
}

func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.Host)
	p.mu.Unlock()
	auth := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	if user, password, ok := auth.BasicAuth(); r.Method != http.MethodConnect || !ok || user != "podbrief" || password != "secret" {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	far, err := net.Dial("tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, read, err := http.NewResponseController(w).Hijack()
	if err != nil {
		far.Close()
		return
	}
	io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n") //nolint:errcheck // shows with the next call
	go func() {
		io.Copy(far, read) //nolint:errcheck // ends with the connection
		far.Close()
	}()
	io.Copy(near, far) //nolint:errcheck // ends with the connection
	near.Close()
}

// runFar is a bot of a Discord at an address, until its input ends.
func runFar(args []string) error {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck // the end is what counts
		cancel()
	}()
	return (&Adapter{Token: discordtest.Token, API: args[0]}).Run(ctx, nil, echo)
}

// TestProxyAndRoots runs a bot in an environment with a proxy and a certificate of its own: calls and gateway both go
// through the one and trust the other, and nothing else.
func TestProxyAndRoots(t *testing.T) {
	s := checked(t, discordtest.NewTLS())
	defer s.Close()
	s.Front = "wss://example.com/gateway"
	p := &tunnel{to: s.Listener.Addr().String()}
	web := httptest.NewServer(p)
	defer web.Close()
	roots := filepath.Join(t.TempDir(), "roots.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(roots, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	at := web.Listener.Addr().String()
	for _, tt := range []struct {
		name, password, roots string
		says                  string // "" when it works
	}{
		{"right", "secret", roots, ""},
		{"wrong password", "guess", roots, "Proxy Authentication Required"},
		{"certificate not trusted", "secret", os.DevNull, "certificate"},
	} {
		out, err := goFar(t, s, tt.says == "", "HTTPS_PROXY=http://podbrief:"+tt.password+"@"+at, "NO_PROXY=",
			"SSL_CERT_FILE="+tt.roots, "SSL_CERT_DIR="+t.TempDir())
		if (err == nil) != (tt.says == "") || !strings.Contains(out, tt.says) {
			t.Errorf("%s: the bot ends with %v and says %q, want %q", tt.name, err, out, tt.says)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if others := slices.DeleteFunc(slices.Clone(p.seen), func(s string) bool { return s == "CONNECT example.com:443" }); len(others) > 0 {
		t.Errorf("the proxy was asked for %q", others)
	}
	if len(p.seen) < 4 {
		t.Errorf("the proxy was asked %d times, want a call and a gateway, and twice in vain", len(p.seen))
	}
}

// goFar runs a bot in an environment, lets it answer a command when it works, and returns what it says and how it ends.
func goFar(t *testing.T, s *discordtest.Server, works bool, env ...string) (string, error) {
	t.Helper()
	cmd := process("far", "https://example.com/api/v10")
	cmd.Env = append(cmd.Env, env...)
	var out bytes.Buffer
	cmd.Stderr = &out
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if works {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := s.Wait(ctx, func() bool { return len(s.Live()) == 1 }); err != nil {
			t.Errorf("no connection: %v", err)
		}
		if _, err := s.Final(ctx, s.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "status"))); err != nil {
			t.Error(err)
		}
		stdin.Close()
	}
	err = cmd.Wait()
	return out.String(), err
}
