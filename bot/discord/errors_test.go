package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// postWith posts to a Discord that answers posts with a fault.
func postWith(t *testing.T, f *discordtest.Fault) error {
	s := newStage(t)
	s.server.Fault = func(r *http.Request) *discordtest.Fault {
		if strings.HasSuffix(r.URL.Path, "/messages") {
			return f
		}
		return nil
	}
	_, err := s.Post(t.Context(), general(), bottest.Brief(1), "key")
	return err
}

var (
	codeSignal   = regexp.MustCompile(`^code (\d+)`)
	statusSignal = regexp.MustCompile(`^HTTP (\d+)`)
)

// TestPlatformErrors plays each error of the shared list through a post.
func TestPlatformErrors(t *testing.T) {
	var file struct {
		Rows []struct{ ID, Platform, Signal, Class string }
	}
	if err := json.Unmarshal(shared(t, "payloads/platform-errors.json"), &file); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range file.Rows {
		f := faultOf(row.Signal)
		if row.Platform != "discord" || f == nil {
			continue // what comes over the gateway is the gateway's test
		}
		n++
		t.Run(row.ID, func(t *testing.T) {
			if got := classOfError(postWith(t, f)); string(got) != row.Class {
				t.Errorf("%s: class %q, want %q", row.Signal, got, row.Class)
			}
		})
	}
	if n < 15 {
		t.Errorf("only %d rows were played", n)
	}
}

// faultOf makes a signal of the list into an answer; nil when it is none of a post.
func faultOf(signal string) *discordtest.Fault {
	switch {
	case strings.Contains(signal, "timeout"):
		return &discordtest.Fault{Store: true, Cut: true}
	case strings.Contains(signal, "body cut"):
		return &discordtest.Fault{Status: 200, Body: `{"id":"12`}
	case strings.Contains(signal, "retry_after 3600"):
		return discordtest.Limited(time.Hour, "user")
	case strings.Contains(signal, "scope"):
		return discordtest.Limited(10*time.Second, signal[strings.LastIndexByte(signal, ' ')+1:])
	}
	if m := codeSignal.FindStringSubmatch(signal); m != nil {
		code, _ := strconv.Atoi(m[1])
		return discordtest.Refused(403, code)
	}
	if m := statusSignal.FindStringSubmatch(signal); m != nil {
		status, _ := strconv.Atoi(m[1])
		return &discordtest.Fault{Status: status, Body: `{"message":"x"}`}
	}
	return nil
}

func TestRetryAfter(t *testing.T) {
	err := postWith(t, discordtest.Limited(time.Hour, "user"))
	if p, _ := errors.AsType[*bot.PostError](err); p == nil || p.RetryAfter != time.Hour {
		t.Errorf("Post = %v, want a wait of an hour", err)
	}
	err = postWith(t, &discordtest.Fault{Status: 429, Body: "<html>error 1015</html>"})
	if p, _ := errors.AsType[*bot.PostError](err); p == nil || p.Class != bot.Wait || p.RetryAfter != cloudflareWait {
		t.Errorf("Post through a page of Cloudflare = %v, want a wait of %v", err, cloudflareWait)
	}
}

func TestNotSentWithoutConnection(t *testing.T) {
	a := &Adapter{Token: "x", API: "http://127.0.0.1:1"}
	if _, err := a.Post(t.Context(), general(), bottest.Brief(1), "key"); classOfError(err) != bot.Wait {
		t.Errorf("Post without a connection = %v, want %s", err, bot.Wait)
	}
}

// TestNoRetry checks that a post that may have been stored is not sent again by this package.
func TestNoRetry(t *testing.T) {
	s := newStage(t)
	s.server.Fault = func(*http.Request) *discordtest.Fault { return &discordtest.Fault{Status: 502, Store: true} }
	if _, err := s.Post(t.Context(), general(), bottest.Brief(1), "key"); classOfError(err) != bot.Ambiguous {
		t.Errorf("Post = %v, want %s", err, bot.Ambiguous)
	}
	if n := len(s.server.Requests(http.MethodPost, "/messages")); n != 1 {
		t.Errorf("posted %d times, want once", n)
	}
}

// TestGlobalLimit checks that a limit of the whole bot holds other channels back too.
func TestGlobalLimit(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var hits atomic.Int32
	s.server.Fault = func(*http.Request) *discordtest.Fault {
		if hits.Add(1) == 1 {
			return discordtest.Limited(400*time.Millisecond, "global")
		}
		return nil
	}
	first := make(chan error, 1)
	go func() {
		_, err := s.Post(t.Context(), general(), bottest.Brief(1), "a")
		first <- err
	}()
	s.until("the limit", func() bool { return hits.Load() > 0 })
	s.until("its being known", func() bool {
		s.rest.mu.Lock()
		defer s.rest.mu.Unlock()
		return !s.rest.blocked.IsZero()
	})
	s.server.Place("5")
	began := time.Now()
	if _, err := s.Post(t.Context(), bot.Channel{Platform: Platform, ID: "5"}, bottest.Brief(1), "b"); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("another channel waited %v, want the rest of 400ms", took)
	}
	if err := <-first; err != nil {
		t.Errorf("the first post = %v, want it sent after the wait", err)
	}
}

// TestDeadlineCutsWait checks that nobody waits for a limit longer than there is time.
func TestDeadlineCutsWait(t *testing.T) {
	s := newStage(t)
	s.server.Fault = func(*http.Request) *discordtest.Fault { return discordtest.Limited(3*time.Second, "user") }
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := s.Post(ctx, general(), bottest.Brief(1), "key")
	if took := time.Since(began); took > 600*time.Millisecond || classOfError(err) != bot.Wait {
		t.Errorf("Post = %v after %v, want %s within 500ms", err, took, bot.Wait)
	}
}

// TestSharedBucket checks that routes which share a bucket do not run into its limit.
func TestSharedBucket(t *testing.T) {
	l := &limits{}
	answer := &http.Response{Header: http.Header{}}
	answer.Header.Set("X-RateLimit-Bucket", "b")
	answer.Header.Set("X-RateLimit-Remaining", "1")
	answer.Header.Set("X-RateLimit-Reset-After", "60")
	one, two := call{method: "GET", path: "/channels/1/messages"}, call{method: "GET", path: "/channels/1/messages/5"}
	other := call{method: "GET", path: "/channels/2/messages"}
	for _, c := range []call{one, two, other} {
		l.learn(c, answer)
	}
	for _, tt := range []struct {
		call call
		wait bool
	}{{one, false}, {two, true}, {other, false}} {
		if wait, err := l.reserve(tt.call); err != nil || wait > 0 != tt.wait {
			t.Errorf("reserve(%s) = %v, %v; want a wait: %v", tt.call.path, wait, err, tt.wait)
		}
	}
}

// TestInvalidBudget checks that refusals end before Discord bans the address.
func TestInvalidBudget(t *testing.T) {
	l := &limits{}
	for range invalidBudget {
		l.count(call{}, &apiError{Status: 429, Shared: true})
	}
	if _, err := l.reserve(call{}); err != nil {
		t.Errorf("shared limits count: %v", err)
	}
	for range invalidBudget {
		l.count(call{}, &apiError{Status: 403})
	}
	if _, err := l.reserve(call{}); !errors.Is(err, errNotSent) {
		t.Errorf("after %d refusals: %v, want %v", invalidBudget, err, errNotSent)
	}
}

func TestRouteHoldsNoToken(t *testing.T) {
	for path, want := range map[string]string{
		"/channels/1/messages/2?x=1":            "channels/1/messages/~",
		"/webhooks/1/secret/messages/@original": "webhooks/~/~/messages/@original",
		"/interactions/1/secret/callback":       "interactions/~/~/callback",
		"/guilds/1/members/2":                   "guilds/1/members/~",
	} {
		if got := route(path); got != want {
			t.Errorf("route(%q) = %q, want %q", path, got, want)
		}
	}
}
