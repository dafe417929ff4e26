package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

func TestPost(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id, err := s.Post(t.Context(), general(), bottest.Brief(5), "delivery-1")
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Post(t.Context(), general(), bottest.Brief(5), "delivery-1")
	if err != nil || again != id {
		t.Errorf("posted again: %q, %v; want the first message %q", again, err, id)
	}
	msgs := s.server.Messages(discordtest.General)
	if len(msgs) != 1 {
		t.Fatalf("%d messages, want 1", len(msgs))
	}
	if n, _ := msgs[0].Body["nonce"].(string); len(n) > 25 || n == "" || msgs[0].Body["enforce_nonce"] != true {
		t.Errorf("nonce %q, enforced %v", n, msgs[0].Body["enforce_nonce"])
	}
	if ping, _ := json.Marshal(msgs[0].Body["allowed_mentions"]); string(ping) != `{"parse":[]}` {
		t.Errorf("allowed_mentions = %s", ping)
	}
}

func TestPostDirect(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if _, err := s.Post(t.Context(), personal(discordtest.User), bottest.Brief(1), "d"); err != nil {
		t.Fatal(err)
	}
	if n := len(s.server.Messages(discordtest.DMOf(discordtest.User))); n != 1 {
		t.Errorf("%d direct messages, want 1", n)
	}
}

func TestPostFile(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	m := bot.Message{Text: "Here it is.", File: &bot.File{Name: "podcasts.opml", Type: "text/x-opml", Body: []byte("<opml/>")}}
	if _, err := s.Post(t.Context(), general(), m, "file"); err != nil {
		t.Fatal(err)
	}
	r := s.server.Requests(http.MethodPost, "/messages")
	if len(r) != 1 || !strings.HasPrefix(r[0].Header.Get("Content-Type"), "multipart/form-data") {
		t.Errorf("requests %v, want one with a file", r)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if err := s.Probe(t.Context(), general()); err != nil {
		t.Errorf("Probe of a channel = %v", err)
	}
	if err := s.Probe(t.Context(), bot.Channel{Platform: Platform}); err != nil {
		t.Errorf("Probe of the token = %v", err)
	}
	if err := s.Probe(t.Context(), bot.Channel{Platform: Platform, Workspace: discordtest.Guild}); err != nil {
		t.Errorf("Probe of the server = %v", err)
	}
	if n := len(s.server.Requests(http.MethodGet, "/guilds/"+discordtest.Guild)); n == 0 {
		t.Error("Probe of the server asked nothing about it")
	}
	if err := s.Probe(t.Context(), bot.Channel{Platform: Platform, Workspace: workspaceOfDirect, Kind: bot.Direct, User: "1"}); classOfError(err) != bot.UserGone {
		t.Errorf("Probe of a person who took no messages = %v, want %s", err, bot.UserGone)
	}
	s.server.Place(discordtest.General).Deny = uint64(sendMessages)
	err := s.Probe(t.Context(), general())
	if p, ok := errors.AsType[*bot.PostError](err); !ok || p.Class != bot.ChannelStop || !strings.Contains(err.Error(), "Send Messages") {
		t.Errorf("Probe without the right = %v, want a stop that names Send Messages", err)
	}
}

func TestRunRefusedToken(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Token = "wrong"
	err := s.Run(t.Context(), nil, nil)
	if !errors.Is(err, errUnauthorized) {
		t.Errorf("Run = %v, want %v", err, errUnauthorized)
	}
	n := len(s.server.Requests(http.MethodGet, ""))
	if _, err := s.Post(t.Context(), general(), bottest.Brief(1), "x"); classOfError(err) != bot.TenantStop {
		t.Errorf("Post with a dead token = %v, want %s", err, bot.TenantStop)
	}
	if len(s.server.Requests(http.MethodPost, "")) > 0 || len(s.server.Requests(http.MethodGet, "")) > n {
		t.Error("a call was made with a token that is known to be dead")
	}
}

func classOfError(err error) bot.Class {
	if p, ok := errors.AsType[*bot.PostError](err); ok {
		return p.Class
	}
	return ""
}

func TestEffective(t *testing.T) {
	roles := []role{{"g", "3072"}, {"r", "16384"}} // view and send; embed
	for _, tt := range []struct {
		name string
		has  []string
		over []overwrite
		want permission
	}{
		{"everybody", nil, nil, viewChannel | sendMessages},
		{"with a role", []string{"r"}, nil, viewChannel | sendMessages | embedLinks},
		{"denied to everybody", nil, []overwrite{{"g", 0, "0", "2048"}}, viewChannel},
		{"allowed by a role", []string{"r"}, []overwrite{{"g", 0, "0", "2048"}, {"r", 0, "2048", "0"}}, viewChannel | sendMessages | embedLinks},
		{"denied to the bot", []string{"r"}, []overwrite{{"me", 1, "0", "16384"}}, viewChannel | sendMessages},
		{"not to be seen", nil, []overwrite{{"g", 0, "0", "1024"}}, 0},
	} {
		if got := effective(server{"g", "owner", roles}, "me", tt.has, tt.over); got != tt.want {
			t.Errorf("%s: effective = %b, want %b", tt.name, got, tt.want)
		}
	}
	if got := effective(server{"g", "me", roles}, "me", nil, nil); got != everything {
		t.Errorf("effective of the owner = %b, want everything", got)
	}
}

// play is a handler that gives the answer to each word, and keeps what it was asked.
type play struct {
	asked chan bot.Request
	say   func(context.Context, bot.Request, func(bot.Message)) bot.Message
}

func newPlay(say func(context.Context, bot.Request, func(bot.Message)) bot.Message) *play {
	return &play{asked: make(chan bot.Request, 100), say: say}
}

func (p *play) handle(ctx context.Context, r bot.Request, progress func(bot.Message)) bot.Message {
	if r.Event == bot.Listed {
		return bot.Message{} // each connection begins with it
	}
	p.asked <- r
	return p.say(ctx, r, progress)
}
