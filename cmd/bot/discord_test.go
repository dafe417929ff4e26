package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"podbrief/bot/discord/discordtest"
	"podbrief/digest/sample"
)

// operated is the bot as an operator runs it, with settings and nothing else, on a Discord.
type operated struct {
	operator
	server *discordtest.Server
}

func newOperated(t *testing.T) *operated {
	server := discordtest.New()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	o := &operated{server: server}
	o.operator = newOperator(t, map[string]string{"DISCORD_TOKEN": discordtest.Token, "DISCORD_API_URL": server.API(), "LISTEN": "off"},
		func() bool { return len(server.Live()) > 0 })
	return o
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
