package main

import (
	"bytes"
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"podbrief/bot/discord/discordtest"
	"podbrief/digest/sample"
)

// lines collects what a program writes while others read it.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// operated is the bot as an operator runs it, with settings and nothing else, on a Discord.
type operated struct {
	t      *testing.T
	server *discordtest.Server
	web    string // the invented podcasts
	env    map[string]string
	stderr lines
}

func newOperated(t *testing.T) *operated {
	web := httptest.NewServer(podcasts(t))
	server := discordtest.New()
	t.Cleanup(web.Close)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return &operated{t: t, server: server, web: web.URL, env: map[string]string{
		"DISCORD_TOKEN": discordtest.Token, "DISCORD_API_URL": server.API(), "FETCH_ALLOW": strings.TrimPrefix(web.URL, "http://"),
		"STORE": filepath.Join(t.TempDir(), "podbrief.db"), "LISTEN": "off", "DIRECTORY_URL": "off", "LANGUAGES": "en",
	}}
}

func (o *operated) run(ctx context.Context, args ...string) (stdout string, err error) {
	var out lines
	err = run(ctx, args, func(k string) string { return o.env[k] }, strings.NewReader(""), &out, &o.stderr)
	return out.String(), err
}

// serve runs `serve` until the result is called, which says how long the end took.
func (o *operated) serve() (end func() time.Duration) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := o.run(ctx, "serve")
		done <- err
	}()
	o.until("a connection", func() bool { return len(o.server.Live()) > 0 })
	return func() time.Duration {
		began := time.Now()
		stop()
		if err := <-done; err != nil {
			o.t.Errorf("serve ended with %v", err)
		}
		return time.Since(began)
	}
}

func (o *operated) until(what string, ok func() bool) {
	o.t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			o.t.Fatalf("waited 30 s for %s; the bot says:\n%s", what, o.stderr.String())
		}
	}
}

// brief sends a command as somebody who manages the server.
func (o *operated) brief(word string, options ...string) discordtest.Answer {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), 30*time.Second)
	defer cancel()
	in := discordtest.Command(discordtest.In(discordtest.General, discordtest.ManageGuild), word, options...)
	a, err := o.server.Final(ctx, o.server.Interact(in))
	if err != nil {
		o.t.Fatalf("%s: %v", word, err)
	}
	return a
}

// briefs are the briefs in the channel.
func (o *operated) briefs() (n int) {
	for _, m := range o.server.Messages(discordtest.General) {
		if said, _ := m.Body["content"].(string); strings.Contains(said, "insights") {
			n++
		}
	}
	return n
}

// TestServeDiscord is an operator's first day with Discord: serve, follow, the first brief, another at once, doctor, and a
// restart after which nothing comes twice.
func TestServeDiscord(t *testing.T) {
	o := newOperated(t)
	end := o.serve()
	for _, s := range sample.Shows()[:3] {
		o.brief("follow", "podcast", o.web+s.Path)
	}
	o.until("the first brief", func() bool { return o.briefs() == 1 })
	o.brief("now")
	o.until("a brief at once", func() bool { return o.briefs() == 2 })
	if took := end(); took > 5*time.Second {
		t.Errorf("the bot ended after %v, want at most 5 s", took)
	}
	out, err := o.run(t.Context(), "doctor", "discord")
	if err != nil || strings.Count(out, "ok") != 3 || !strings.Contains(out, "#general: the bot has all permissions.") {
		t.Errorf("doctor = %v:\n%s", err, out)
	}
	end = o.serve()
	o.brief("status")
	if _, puts := o.server.Registered(); puts != 1 {
		t.Errorf("commands were registered %d times, want once: they did not change", puts)
	}
	end()
	if n := o.briefs(); n != 2 {
		t.Errorf("%d briefs after a restart, want 2", n)
	}
}

// TestServeDiscordRefused says what to do about a token that Discord refuses.
func TestServeDiscordRefused(t *testing.T) {
	o := newOperated(t)
	o.env["DISCORD_TOKEN"] = "wrong"
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() {
		_, err := o.run(ctx, "serve")
		done <- err
	}()
	o.until("a word about the token", func() bool { return strings.Contains(o.stderr.String(), "put a new one into DISCORD_TOKEN") })
	stop()
	<-done
	if out, err := o.run(t.Context(), "doctor", "discord"); err == nil || !strings.Contains(out, "Discord refuses the token") {
		t.Errorf("doctor = %v:\n%s", err, out)
	}
}
