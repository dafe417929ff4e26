package discord

import (
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

// matrix are commands with the right that each needs, those that end something last.
var matrix = []struct {
	line string
	need bot.Rights
}{
	{"ask what about prices?", bot.Read}, {"status", bot.Read}, {"feeds", bot.Read}, {"topic @me science", bot.Own}, {"save 1", bot.Own},
	{"topic open source", bot.Manage}, {"untopic open source", bot.Manage}, {"follow nothing like this", bot.Manage},
	{"unfollow nothing", bot.Manage}, {"time 09:00", bot.Manage}, {"time Europe/Paris", bot.Manage}, {"pause", bot.Manage},
	{"resume", bot.Manage}, {"now", bot.Manage}, {"settings count 4", bot.Manage}, {"settings managers members", bot.Administer},
	{"leave workspace yes", bot.Administer},
}

// TestMatrix lets everybody send everything, by a button of the channel: what somebody may not do is refused to that person
// alone, and the missing right is named.
func TestMatrix(t *testing.T) {
	const reader = bot.Read | bot.Own
	for _, role := range []struct {
		name        string
		permissions uint64
		want        bot.Rights
	}{
		{"member", 0, reader},
		{"who manages messages", 1 << 13, reader},
		{"who manages channels", discordtest.ManageChannels, reader | bot.Manage},
		{"who manages the server", discordtest.ManageGuild, reader | bot.Manage | bot.Administer},
		{"administrator", 1 << 3, reader | bot.Manage | bot.Administer},
	} {
		t.Run(role.name, func(t *testing.T) {
			t.Parallel()
			w := newScene(t)
			w.wants(discordtest.Command(manager(), "topic", "topics", "ai"), "Following: ai")
			for _, cell := range matrix {
				in := discordtest.Press(discordtest.In(discordtest.General, role.permissions), "5", customID("", cell.line))
				text, a := w.answer(in)
				refused := strings.Contains(text, "You need the right")
				if allowed := role.want&cell.need != 0; refused == allowed {
					t.Errorf("%q: refused %v, want %v: %s", cell.line, refused, !allowed, text)
				}
				if refused && !a.Private {
					t.Errorf("the refusal of %q is shown to all", cell.line)
				}
			}
		})
	}
}

// TestMatrixDirect does in direct messages what is about one's own brief; nobody manages a server there.
func TestMatrixDirect(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	for _, cell := range matrix {
		text, _ := w.answer(discordtest.Press(discordtest.InDM(), "5", customID("", cell.line)))
		if refused, want := strings.Contains(text, "You need the right"), cell.need == bot.Administer; refused != want {
			t.Errorf("%q: refused %v, want %v: %s", cell.line, refused, want, text)
		}
	}
}

// TestProgramsAreNotAnswered lets another bot do what people do.
func TestProgramsAreNotAnswered(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	s.run(commands(), p.handle)
	program := map[string]any{"id": "5", "bot": true}
	in := member()
	in["member"] = map[string]any{"user": program, "permissions": "8"}
	s.server.Interact(discordtest.Command(in, "topic", "topics", "ai"))
	s.server.Dispatch("MESSAGE_CREATE", posting("1", "99", "", "topic ai", map[string]any{"author": program}))
	s.answered(s.server.Interact(discordtest.Command(member(), "status"))) // what comes after is answered
	if r := <-p.asked; r.Words[0] != "status" || len(p.asked) > 0 {
		t.Errorf("asked %q and %d more, want the person's question alone", r.Words, len(p.asked))
	}
}
