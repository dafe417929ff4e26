package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"podbrief/bot/slack/slacktest"
	"podbrief/digest/sample"
)

// inSlack is the bot as an operator runs it, with settings and nothing else, on a Slack.
type inSlack struct {
	operator
	server *slacktest.Server
}

const (
	slackMember  = "U1MEMBER"
	slackChannel = "C1GENERAL"
)

func newInSlack(t *testing.T, mode string) *inSlack {
	s := slacktest.New(t)
	s.AddUser(slacktest.User{ID: slackMember, Name: "ada", Team: slacktest.Team})
	s.AddChannel(slacktest.Channel{ID: slackChannel, Name: "general", Members: []string{slackMember}})
	address := freeAddress(t)
	if mode == "http" {
		s.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: address}) }}
	}
	o := &inSlack{server: s}
	o.operator = newOperator(t, map[string]string{
		"SLACK_MODE": mode, "SLACK_BOT_TOKEN": slacktest.BotToken, "SLACK_APP_TOKEN": slacktest.AppToken, "SLACK_SIGNING_SECRET": slacktest.Secret,
		"SLACK_API_URL": s.URL, "LISTEN": address,
	}, o.serving)
	return o
}

// freeAddress is an address at which nothing listens.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serving reports whether the bot takes commands.
func (o *inSlack) serving() bool {
	if o.env["SLACK_MODE"] == "socket" {
		return o.server.Sockets() == 2
	}
	_, err := o.server.Play(o.server.Command(slackMember, slackChannel, "help"))
	return err == nil
}

// brief types a command and waits for its answer.
func (o *inSlack) brief(line string) {
	o.t.Helper()
	p := o.server.Command(slackMember, slackChannel, line)
	if _, err := o.server.Play(p); err != nil {
		o.t.Fatalf("/brief %s: %v", line, err)
	}
	o.until("the answer to "+line, func() bool { return len(o.server.Replies(p.ResponseURL)) > 0 })
}

// briefs are the messages that the bot sent by itself.
func (o *inSlack) briefs() (n int) {
	for _, m := range o.server.Messages(slackChannel) {
		if m.Metadata != nil {
			n++
		}
	}
	return n
}

// TestServeSlack is an operator's first day with Slack, over sockets and with signed requests: serve, follow, the first
// brief, another at once, doctor, and a restart after which nothing comes twice.
func TestServeSlack(t *testing.T) {
	for _, mode := range []string{"socket", "http"} {
		t.Run(mode, func(t *testing.T) {
			o := newInSlack(t, mode)
			end := o.serve()
			for _, s := range sample.Shows()[:3] {
				o.brief("follow " + o.web + s.Path)
			}
			o.until("the first brief", func() bool { return o.briefs() == 1 })
			o.brief("now")
			o.until("a brief at once", func() bool { return o.briefs() == 2 })
			if took := end(); took > 5*time.Second {
				t.Errorf("the bot ended after %v, want at most 5 s", took)
			}
			out, err := o.run(t.Context(), "doctor", "slack")
			if err != nil || !strings.Contains(out, "All scopes are there.") {
				t.Errorf("doctor = %v:\n%s", err, out)
			}
			end = o.serve()
			o.brief("status")
			end()
			if n := o.briefs(); n != 2 {
				t.Errorf("%d briefs after a restart, want 2", n)
			}
		})
	}
}

// TestServeSlackRefused says what to do about a token that Slack refuses, and about a secret that is missing.
func TestServeSlackRefused(t *testing.T) {
	for mode, missing := range map[string]string{"socket": "SLACK_BOT_TOKEN", "http": "SLACK_SIGNING_SECRET"} {
		t.Run(mode, func(t *testing.T) {
			o := newInSlack(t, mode)
			o.env["SLACK_BOT_TOKEN"] = "xoxb-wrong"
			delete(o.env, "SLACK_SIGNING_SECRET")
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := o.run(ctx, "serve")
				done <- err
			}()
			o.until("a word about "+missing, func() bool { return strings.Contains(o.stderr.String(), missing) })
			health, err := http.Get("http://" + o.env["LISTEN"] + "/healthz")
			if err != nil {
				t.Fatal(err)
			}
			health.Body.Close()
			if health.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("GET /healthz = %s, want 503", health.Status)
			}
			stop()
			<-done
			if out, err := o.run(t.Context(), "doctor", "slack"); err == nil || !strings.Contains(out, "SLACK_BOT_TOKEN is refused") {
				t.Errorf("doctor = %v:\n%s", err, out)
			}
		})
	}
}
