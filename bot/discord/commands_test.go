package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

// echo answers with the words that it was asked.
func echo(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
	return bot.Message{Text: "heard: " + strings.Join(r.Words, " ")}
}

func commands() []bot.Command { return (&bot.Bot{}).Commands() }

// TestEveryCommand plays every command with every argument.
func TestEveryCommand(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	cmds := commands()
	for i := range cmds {
		cmds[i].Form = nil // forms are another test's
	}
	s.run(cmds, p.handle)
	for _, c := range cmds {
		var options, want []string
		want = append(want, c.Word)
		for _, arg := range c.Args {
			value := "two words"
			if len(arg.Choices) > 0 {
				value = arg.Choices[0].Value
			}
			options, want = append(options, arg.Name, value), append(want, value)
		}
		a := s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, discordtest.ManageGuild), c.Word, options...)))
		if a.Type != respondMessage {
			t.Errorf("%s: answered with %d, want a message", c.Word, a.Type)
		}
		r := <-p.asked
		if got := strings.Join(r.Words, " "); got != strings.Join(want, " ") {
			t.Errorf("%s: asked %q, want %q", c.Word, got, want)
		}
		if r.Channel != general() || r.User != discordtest.User || r.Rights&bot.Administer == 0 || r.CannotPost {
			t.Errorf("%s: the request is %+v", c.Word, r)
		}
	}
}

func TestRights(t *testing.T) {
	member := bot.Read | bot.Own
	for _, tt := range []struct {
		name        string
		permissions uint64
		want        bot.Rights
	}{
		{"member", 0, member},
		{"manages channels", discordtest.ManageChannels, member | bot.Manage},
		{"manages the server", discordtest.ManageGuild, member | bot.Manage | bot.Administer},
		{"administrator", 1 << 3, member | bot.Manage | bot.Administer},
	} {
		s, p := newStage(t), newPlay(echo)
		s.run(nil, p.handle)
		s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, tt.permissions), "status")))
		if r := <-p.asked; r.Rights != tt.want {
			t.Errorf("%s: rights %b, want %b", tt.name, r.Rights, tt.want)
		}
	}
}

func TestWhere(t *testing.T) {
	foreign := discordtest.In(discordtest.General, 0)
	foreign["authorizing_integration_owners"] = map[string]any{"1": discordtest.User}
	mute := discordtest.In(discordtest.General, 0)
	mute["app_permissions"] = "1024"
	group := discordtest.InDM()
	group["context"] = 2
	thread := discordtest.In("777", 0)
	thread["channel"] = map[string]any{"id": "777", "type": discordtest.PublicThread, "parent_id": discordtest.Forum}
	s, p := newStage(t), newPlay(echo)
	s.run(nil, p.handle)
	for _, tt := range []struct {
		name   string
		in     map[string]any
		want   bot.Channel
		thread string
		cannot bool
	}{
		{"direct", discordtest.InDM(), personal(discordtest.User), "", false},
		{"installed by the user only", foreign, bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: discordtest.General, Kind: bot.Foreign, Name: "general"}, "", true},
		{"without the right to post", mute, general(), "", true},
		{"group", group, bot.Channel{Platform: Platform, Workspace: "@me", ID: discordtest.DMOf(discordtest.User), Kind: bot.Foreign}, "", true},
		{"thread of a forum", thread, bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: discordtest.Forum, Kind: bot.Forum, Name: "briefs"}, "777", false},
	} {
		s.answered(s.server.Interact(discordtest.Command(tt.in, "status")))
		r := <-p.asked
		if diff := cmp.Diff(tt.want, r.Channel); diff != "" || r.Thread != tt.thread || r.CannotPost != tt.cannot {
			t.Errorf("%s: thread %q, cannot post %v; the channel differs:\n%s", tt.name, r.Thread, r.CannotPost, diff)
		}
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	cmds := commands()
	at := slices.IndexFunc(cmds, func(c bot.Command) bool { return c.Word == "topic" })
	cmds[at].Complete = func(_ bot.Request, arg, typed string) []bot.Choice {
		var out []bot.Choice
		for i := range 40 {
			out = append(out, bot.Choice{Label: fmt.Sprintf("%s %s %d", arg, typed, i), Value: fmt.Sprint(i)})
		}
		return out
	}
	s.run(cmds, newPlay(echo).handle)
	a := s.answered(s.server.Interact(discordtest.Typing(discordtest.In(discordtest.General, 0), "topic", "topics", "a")))
	choices, _ := a.Data["choices"].([]any)
	if a.Type != respondComplete || len(choices) != maxChoices {
		t.Fatalf("answer %d with %d choices, want %d", a.Type, len(choices), maxChoices)
	}
	if name := choices[0].(map[string]any)["name"]; name != "topics a 0" {
		t.Errorf("first choice %q", name)
	}
}

func TestActsOnce(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	s.run(nil, p.handle)
	in := discordtest.Command(discordtest.In(discordtest.General, 0), "status")
	s.answered(s.server.Interact(in))
	s.server.Dispatch("INTERACTION_CREATE", in)
	s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "help")))
	if n := len(p.asked); n != 2 {
		t.Errorf("asked %d times, want 2: the repeated interaction counts once", n)
	}
}

// TestPanic checks that a panic in the bot ends one answer only.
func TestPanic(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := newPlay(func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		if r.Words[0] == "status" {
			panic("a defect")
		}
		return bot.Message{Text: "fine"}
	})
	s.run(nil, p.handle)
	for word, want := range map[string]string{"status": "Something went wrong", "help": "fine"} {
		a := s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), word)))
		if text, _ := a.Data["content"].(string); !strings.HasPrefix(text, want) {
			t.Errorf("%s: answered %q, want %q", word, text, want)
		}
	}
}

// TestNobodysCommands sends commands that no person gave in any place, and one of a kind that is not known: none is done.
func TestNobodysCommands(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	s.run(commands(), p.handle)
	for what, change := range map[string]func(map[string]any){
		"without a user":    func(in map[string]any) { delete(in, "member") },
		"without a channel": func(in map[string]any) { delete(in, "channel_id"); delete(in, "channel") },
		"of a bot":          func(in map[string]any) { in["member"].(map[string]any)["user"].(map[string]any)["bot"] = true },
		"of another kind":   func(in map[string]any) { in["type"] = 99 },
	} {
		in := discordtest.Command(member(), "status")
		change(in)
		s.server.Interact(in)
		s.answered(s.server.Interact(discordtest.Command(member(), "help"))) // is answered behind it
		if r := <-p.asked; r.Words[0] != "help" {
			t.Errorf("a command %s is done", what)
		}
	}
}
