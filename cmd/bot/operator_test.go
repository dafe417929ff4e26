package main

import (
	"bytes"
	"context"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
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

// operator is who runs the program with settings and nothing else, on a platform that a test made.
type operator struct {
	t      *testing.T
	web    string // the invented podcasts
	env    map[string]string
	stderr *lines
	ready  func() bool // whether the bot that serves takes commands
}

func newOperator(t *testing.T, env map[string]string, ready func() bool) operator {
	web := httptest.NewServer(podcasts(t))
	t.Cleanup(web.Close)
	all := map[string]string{
		"FETCH_ALLOW": strings.TrimPrefix(web.URL, "http://"), "STORE": filepath.Join(t.TempDir(), "podbrief.db"), "DIRECTORY_URL": "off", "LANGUAGES": "en",
	}
	maps.Copy(all, env)
	return operator{t: t, web: web.URL, env: all, stderr: &lines{}, ready: ready}
}

func (o *operator) run(ctx context.Context, args ...string) (stdout string, err error) {
	var out lines
	err = run(ctx, args, func(k string) string { return o.env[k] }, strings.NewReader(""), &out, o.stderr)
	return out.String(), err
}

// serve runs `serve` until the result is called, which says how long the end took.
func (o *operator) serve() (end func() time.Duration) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := o.run(ctx, "serve")
		done <- err
	}()
	o.until("the bot", o.ready)
	return func() time.Duration {
		began := time.Now()
		stop()
		if err := <-done; err != nil {
			o.t.Errorf("serve ended with %v", err)
		}
		return time.Since(began)
	}
}

func (o *operator) until(what string, ok func() bool) {
	o.t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			o.t.Fatalf("waited 30 s for %s; the bot says:\n%s", what, o.stderr.String())
		}
	}
}
