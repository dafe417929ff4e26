package slack

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
)

// faultOf reads a signal as the cases write it.
func faultOf(signal string) *slacktest.Fault {
	switch {
	case strings.HasPrefix(signal, "error:"):
		name, _, _ := strings.Cut(strings.TrimPrefix(signal, "error:"), " ")
		return &slacktest.Fault{Error: name}
	case strings.Contains(signal, "Retry-After: soon"):
		return &slacktest.Fault{Status: 429, RetryAfterText: "soon"}
	case strings.Contains(signal, "429 without"):
		return &slacktest.Fault{Status: 429, RetryAfterText: "none"}
	case strings.Contains(signal, "429"):
		return &slacktest.Fault{Status: 429, RetryAfter: 7}
	case strings.Contains(signal, "without ts"):
		return &slacktest.Fault{Body: `{"ok":true}`}
	case strings.Contains(signal, "timeout"):
		return &slacktest.Fault{Store: true, Wait: 300 * time.Millisecond, Cut: true}
	case strings.Contains(signal, "reset"):
		return &slacktest.Fault{Store: true, Cut: true}
	case strings.Contains(signal, "HTTP 5"):
		return &slacktest.Fault{Status: 503}
	case strings.Contains(signal, "unknown error"):
		return &slacktest.Fault{Error: "something_new"}
	}
	return &slacktest.Fault{Body: "<html>not JSON</html>"}
}

func withTimeout(t *testing.T, f *slacktest.Fault) (context.Context, context.CancelFunc) {
	d := 20 * time.Second
	if f.Wait > 0 {
		d = f.Wait / 2
	}
	return context.WithTimeout(t.Context(), d)
}

func asPostError(t *testing.T, err error) *bot.PostError {
	t.Helper()
	pe, ok := errors.AsType[*bot.PostError](err)
	if !ok {
		t.Fatalf("error %v is no *bot.PostError", err)
	}
	return pe
}

// TestUnreachable checks that nothing was sent when there was no connection.
func TestUnreachable(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	a.APIURL = "http://127.0.0.1:1/"
	_, err := a.Post(t.Context(), bot.Channel{ID: general}, bottest.Brief(1), "k")
	if got := asPostError(t, err).Class; got != bot.Wait {
		t.Errorf("Post without a connection: class %s, want wait", got)
	}
}

// TestRetryAfter checks that after a 429 nothing goes to the channel before its time, and that others do not wait.
func TestRetryAfter(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	first := true
	s.Fault = func(method string, form url.Values) *slacktest.Fault {
		if method == "chat.postMessage" && form.Get("channel") == general && first {
			first = false
			return &slacktest.Fault{Status: 429, RetryAfter: 40}
		}
		return nil
	}
	ch := bot.Channel{Platform: Platform, ID: general}
	_, err := a.Post(t.Context(), ch, bottest.Brief(1), "k")
	if pe := asPostError(t, err); pe.Class != bot.Wait || pe.RetryAfter != 40*time.Second {
		t.Errorf("Post after a 429 = %v after %v, want wait after 40s", pe, pe.RetryAfter)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for range 3 {
		_, err = a.Post(ctx, ch, bottest.Brief(1), "k")
		if pe := asPostError(t, err); pe.Class != bot.Wait || pe.RetryAfter < 39*time.Second {
			t.Errorf("Post before its time = %v after %v, want wait after 39s or more", pe, pe.RetryAfter)
		}
	}
	if _, err := a.Post(ctx, bot.Channel{Platform: Platform, ID: secret}, bottest.Brief(1), "k"); err != nil {
		t.Errorf("Post to another channel = %v", err)
	}
	if got := len(s.Calls("chat.postMessage")); got != 2 {
		t.Errorf("%d posts were tried, want one for each channel", got)
	}
}

// TestPace checks that a channel gets a message a second, however many are posted at once.
func TestPace(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	done := make(chan error, 3)
	for range 3 {
		go func() {
			_, err := a.Post(t.Context(), bot.Channel{Platform: Platform, ID: general}, bot.Message{Text: "x"}, "k")
			done <- err
		}()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	posts := s.Messages(general)
	for i := 1; i < len(posts); i++ {
		if gap := posts[i].At.Sub(posts[i-1].At); gap < time.Second {
			t.Errorf("two messages within %v", gap)
		}
	}
}

func TestFind(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	ch := bot.Channel{Platform: Platform, ID: general}
	since := time.Now().Add(-time.Minute)
	id, err := a.Post(t.Context(), ch, bottest.Brief(1), "key-1")
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, ch bot.Channel, key bot.DeliveryKey, wantID string, wantTrust, wantErr bool) {
		t.Helper()
		got, found, trust, err := a.Find(t.Context(), ch, key, since)
		if got != wantID || found != (wantID != "") || trust != wantTrust || (err != nil) != wantErr {
			t.Errorf("Find of %s = %q, %v, %v, %v; want %q, trustworthy %v, error %v", what, got, found, trust, err, wantID, wantTrust, wantErr)
		}
	}
	check("what is there", ch, "key-1", id, true, false)
	check("what is not there", ch, "key-2", "", true, false)
	check("a channel that is gone", bot.Channel{Platform: Platform, ID: "C9"}, "key-1", "", false, false)
	s.Lacks = []string{"channels:history"}
	check("what cannot be read", ch, "key-1", "", false, false)
	s.Lacks = nil
	s.Fault = func(string, url.Values) *slacktest.Fault { return &slacktest.Fault{Status: 503} }
	check("what is not answered", ch, "key-1", "", false, true)
}

func TestProbe(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	s.AddChannel(slacktest.Channel{ID: "C5", Archived: true})
	for id, want := range map[string]bot.Class{general: "", outside: bot.ChannelStop, "C5": bot.ChannelStop, "": ""} {
		var got bot.Class
		if err := a.Probe(t.Context(), bot.Channel{Platform: Platform, ID: id}); err != nil {
			got = asPostError(t, err).Class
		}
		if got != want {
			t.Errorf("Probe(%q): class %q, want %q", id, got, want)
		}
	}
	s.Fault = func(string, url.Values) *slacktest.Fault { return &slacktest.Fault{Error: "token_revoked"} }
	if got := asPostError(t, a.Probe(t.Context(), bot.Channel{Platform: Platform})).Class; got != bot.TenantStop {
		t.Errorf("Probe with a dead token: class %q", got)
	}
}
