package discord

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
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

// TestErrorsBesideTheList plays answers that are not in the shared list.
func TestErrorsBesideTheList(t *testing.T) {
	elsewhere := http.Header{"Location": {"/api/v10/users/@me"}} // where something with an ID is
	for _, tt := range []struct {
		name  string
		fault *discordtest.Fault
		want  bot.Class
	}{
		{"sent elsewhere", &discordtest.Fault{Status: 302, Header: elsewhere}, bot.Ambiguous},
		{"sent elsewhere, to post there", &discordtest.Fault{Status: 307, Header: elsewhere}, bot.Ambiguous},
		{"too slow", discordtest.Refused(408, 0), bot.Ambiguous},
		{"overloaded", discordtest.Refused(400, 130000), bot.Ambiguous},
		{"switched off", discordtest.Refused(400, 40006), bot.Wait},
		{"sending switched off", discordtest.Refused(400, 40004), bot.Wait},
		{"another type of channel", discordtest.Refused(400, 50024), bot.ChannelStop},
		{"a forum that wants tags", discordtest.Refused(400, 40067), bot.ChannelStop},
		{"too many threads", discordtest.Refused(400, 160006), bot.Wait},
		{"a code that is a text", &discordtest.Fault{Status: 403, Body: `{"code":"50013","message":[]}`}, bot.ChannelStop},
		{"an ID that is a number", &discordtest.Fault{Status: 200, Body: `{"id":12}`}, bot.Ambiguous},
		{"nothing", &discordtest.Fault{Status: 204}, bot.Ambiguous},
	} {
		if got := classOfError(postWith(t, tt.fault)); got != tt.want {
			t.Errorf("%s: class %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for in, want := range map[float64]time.Duration{
		0.25: 250 * time.Millisecond, -5: 0, math.NaN(): 0, 1e300: 24 * time.Hour, math.Inf(1): 24 * time.Hour, math.Inf(-1): 0,
	} {
		if got := seconds(in); got != want {
			t.Errorf("seconds(%v) = %v, want %v", in, got, want)
		}
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
