package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
)

// shared reads a file of cases that is kept outside of this repository; the test is skipped when it is not there.
func shared(t *testing.T, name string, v any) {
	t.Helper()
	dir := os.Getenv("PODBRIEF_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "payloads", name))
	if err != nil {
		t.Skipf("no cases: %v", err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func TestSignatures(t *testing.T) {
	var cases struct {
		Secret string `json:"slack_signing_secret"`
		Cases  []signedCase
	}
	var whole map[string]json.RawMessage
	shared(t, "signatures.json", &whole)
	if err := json.Unmarshal(whole["slack_signing_secret"], &cases.Secret); err != nil {
		t.Fatal(err)
	}
	for _, v := range whole {
		var list []signedCase
		if json.Unmarshal(v, &list) == nil && len(list) > 3 {
			cases.Cases = list
		}
	}
	n := 0
	for _, c := range cases.Cases {
		if c.Platform == "slack" {
			n++
			t.Run(c.ID, func(t *testing.T) { testSignature(t, c, cases.Secret) })
		}
	}
	if n == 0 {
		t.Error("no cases of Slack")
	}
}

type signedCase struct {
	ID, Platform, Why, Body, Verdict string
	Offset                           int `json:"timestamp_offset_s"`
	Headers                          map[string]string
}

func testSignature(t *testing.T, c signedCase, secret string) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	a.HTTP, a.SigningSecret = true, secret
	asked := make(chan bot.Request, 8)
	start(t, s, a, nil, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		asked <- r
		return bot.Message{}
	})
	body := strings.Replace(c.Body, "user_id=U1", "user_id="+member, 1)
	r := httptest.NewRequest(http.MethodPost, "/slack", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	key := secret
	if strings.Contains(c.Why, "empty secret") {
		key = ""
	}
	computed := http.Header{}
	at := time.Now().Add(time.Duration(c.Offset) * time.Second)
	if c.Headers["X-Slack-Request-Timestamp"] == "-1" {
		at = time.Unix(-1, 0)
	}
	slacktest.Sign(computed, []byte(body), key, at)
	for name, value := range c.Headers {
		if strings.HasPrefix(value, "<") {
			value = computed.Get(name)
		}
		r.Header.Set(name, value)
	}
	began, w := time.Now(), httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if c.Verdict == "accept" {
		if w.Code != http.StatusOK || (<-asked).User != member {
			t.Errorf("%s: status %d, want 200 and a request", c.Why, w.Code)
		}
		return
	}
	if w.Code != http.StatusUnauthorized || w.Body.Len() > 0 || time.Since(began) > time.Second {
		t.Errorf("%s: status %d with body %q after %v, want 401 at once without a word", c.Why, w.Code, w.Body, time.Since(began))
	}
	if len(asked) > 0 {
		t.Errorf("%s: it was acted on", c.Why)
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	a.HTTP = true
	asked := make(chan bot.Request, 8)
	start(t, s, a, nil, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		asked <- r
		return bot.Message{}
	})
	send := func(method, target, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		slacktest.Sign(r.Header, []byte(body), slacktest.Secret, time.Now())
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		return w
	}
	press := url.QueryEscape(`{"type":"block_actions","user":{"id":"` + member + `"},"actions":[{"type":"button","value":"help"}]}`)
	for name, tt := range map[string]struct {
		method, target, body string
		want                 int
	}{
		"too large":              {"POST", "/slack", strings.Repeat("a", maxBody+1), 401},
		"not a POST":             {"GET", "/slack", "", 401},
		"payload in the address": {"POST", "/slack?payload=" + press, "", 200},
		"certificate check":      {"POST", "/slack", "ssl_check=1&token=x", 200},
		"the same with GET":      {"GET", "/slack?ssl_check=1&token=x", "", 200},
	} {
		if got := send(tt.method, tt.target, tt.body); got.Code != tt.want || got.Body.Len() > 0 {
			t.Errorf("%s: status %d, body %q, want %d and none", name, got.Code, got.Body, tt.want)
		}
	}
	if len(asked) > 0 {
		t.Errorf("a refused request was acted on: %+v", <-asked)
	}
	p := s.Command(member, general, "help")
	for range 3 {
		if _, err := s.Play(p); err != nil {
			t.Fatal(err)
		}
	}
	<-asked
	if len(asked) > 0 {
		t.Error("a request that came three times was acted on more than once")
	}
}

// TestPlatformErrors posts against every error, and looks up what must not happen after it.
func TestPlatformErrors(t *testing.T) {
	var cases struct {
		Rows []struct{ ID, Platform, Signal, Class string }
	}
	shared(t, "platform-errors.json", &cases)
	n := 0
	for _, c := range cases.Rows {
		if c.Platform == "slack" {
			n++
			t.Run(c.ID, func(t *testing.T) { testSignal(t, c.Signal, bot.Class(c.Class)) })
		}
	}
	if n == 0 {
		t.Error("no cases of Slack")
	}
}

func testSignal(t *testing.T, signal string, want bot.Class) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	ch := bot.Channel{Platform: Platform, Workspace: slacktest.Team, ID: general}
	method := "chat.postMessage"
	if strings.Contains(signal, "conversations.open") {
		method, ch = "conversations.open", bot.Channel{Platform: Platform, Workspace: slacktest.Team, Kind: bot.Direct, User: member}
	}
	f := faultOf(signal)
	s.Fault = func(called string, _ url.Values) *slacktest.Fault {
		if called == method {
			return f
		}
		return nil
	}
	ctx, cancel := withTimeout(t, f)
	defer cancel()
	_, err := a.Post(ctx, ch, bottest.Brief(1), "key-1")
	pe := asPostError(t, err)
	if pe.Class != want {
		t.Errorf("Post after %q: class %s (%v), want %s", signal, pe.Class, err, want)
	}
	if strings.Contains(err.Error(), slacktest.BotToken) {
		t.Errorf("the error shows the token: %v", err)
	}
	if got := len(s.Calls(method)); got != 1 {
		t.Errorf("%d calls of %s, want one", got, method)
	}
}
