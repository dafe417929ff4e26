package slack

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/slack/slacktest"
	"podbrief/digest/insight"
)

// answerer answers every question with its first passage, and offers another question.
type answerer struct{}

func (answerer) Answer(_ context.Context, a insight.Asking) (insight.Answer, error) {
	if len(a.Passages) == 0 {
		return insight.Answer{Gap: "nothing"}, nil
	}
	quote := a.Passages[0].Text
	return insight.Answer{
		Sentences: []insight.Sentence{{Text: "It was said once.", Citations: []insight.Citation{{Passage: 0, Quote: quote}}}},
		Next:      []string{"What did the cache cost?"}, Engine: "test",
	}, nil
}

// ids are the parts of a button's command that are not the same everywhere.
var ids = regexp.MustCompile(`^(0m|p-)[a-z0-9-]{6,}$`)

// kindOf is what a button does, whatever it does it to: "more ID", "vote up ID", "ask …" for a question.
func kindOf(value string) string {
	words := strings.Fields(value)
	for i, w := range words {
		if ids.MatchString(w) {
			words[i] = "ID"
		}
	}
	if len(words) > 2 && words[0] == "ask" {
		return "ask …"
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "@me" }), " ")
}

// goldenKinds are the kinds of button in all golden files, each with a message that has one.
func goldenKinds(t *testing.T) map[string]slacktest.Message {
	t.Helper()
	files, err := filepath.Glob("testdata/*.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]slacktest.Message{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var m struct{ Blocks []map[string]any }
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for _, b := range slacktest.Buttons(m.Blocks) {
			if b.Value != "" && !strings.Contains(f, "settings") {
				kinds[kindOf(b.Value)] = slacktest.Message{Channel: general, TS: "1.000001", Blocks: m.Blocks}
			}
		}
	}
	return kinds
}

// presser presses every kind of button that it comes across once, in what the bot says to its presses too.
type presser struct {
	world
	t       *testing.T
	pressed map[string]bool // by kind, those of the home apart
	seen    [2]int          // messages and ephemeral ones that were looked at
}

// TestEveryButton presses every button that a golden message has, and all that come up by that; each is answered. The forms
// that open are sent as they are.
func TestEveryButton(t *testing.T) {
	want := goldenKinds(t)
	eachMode(t, func(t *testing.T, w world) {
		w.Bot.Engine.Answerer = answerer{}
		p := &presser{world: w, t: t, pressed: map[string]bool{}}
		w.brief(t, general)
		w.openHome(t)
		p.all()
		for _, line := range []string{"topic science", "follow e", "feeds", "search model", "save 1", "save", "preview", "last", "why 1", "ask what about prices?", "help"} {
			p.look(general, w.command(t, member, general, line))
			p.all()
		}
		for kind, m := range want {
			if !p.pressed[kind] && !p.pressed["home: "+kind] {
				t.Logf("pressed in a golden message, as nothing else has it: %q", kind)
				p.message(m)
			}
		}
		t.Logf("pressed: %q", slices.Sorted(maps.Keys(p.pressed)))
	})
}

// all presses what is new until nothing is.
func (p *presser) all() {
	for again := true; again; {
		again = false
		messages, whispers := p.slack.Messages(""), p.slack.Ephemera()
		for _, m := range messages[p.seen[0]:] {
			again = p.message(m) || again
		}
		for _, m := range whispers[p.seen[1]:] {
			m.TS = ""
			again = p.message(m) || again
		}
		p.seen[0], p.seen[1] = len(messages), len(whispers)
		again = p.home() || again
	}
}

// look presses the buttons of an answer that came to the address of a command.
func (p *presser) look(channel string, answer map[string]any) {
	blocks, _ := answer["blocks"].([]map[string]any)
	p.message(slacktest.Message{Channel: channel, Blocks: blocks})
}

func (p *presser) message(m slacktest.Message) (pressed bool) {
	for _, b := range slacktest.Buttons(m.Blocks) {
		if !p.isNew("", b) {
			continue
		}
		payload, err := p.slack.Press(member, m, b.Label)
		if err != nil {
			p.t.Fatal(err)
		}
		p.press(m.Channel, b, payload)
		pressed = true
	}
	return pressed
}

func (p *presser) home() (pressed bool) {
	blocks, _ := p.slack.Home(member)["blocks"].([]any)
	for _, b := range slacktest.Buttons(asMaps(blocks)) {
		if !p.isNew("home: ", b) {
			continue
		}
		payload, err := p.slack.PressHome(member, b.Label)
		if err != nil {
			p.t.Fatal(err)
		}
		p.press("D1MEMBER", b, payload)
		return true // the home changes by it
	}
	return pressed
}

func asMaps(list []any) (all []map[string]any) {
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

func (p *presser) isNew(place string, b slacktest.Button) bool {
	kind := place + kindOf(b.Value)
	if b.Value == "" || p.pressed[kind] {
		return false
	}
	p.pressed[kind] = true
	return true
}

// press plays a press, waits for what comes of it, and sends a form that opens.
func (p *presser) press(channel string, b slacktest.Button, payload slacktest.Payload) {
	views := len(p.slack.Views())
	p.answered("press of “"+b.Label+"” ("+kindOf(b.Value)+")", payload)
	for _, answer := range p.slack.Replies(payload.ResponseURL) {
		p.look(channel, answer)
	}
	if all := p.slack.Views(); len(all) > views {
		submission := p.slack.Submit(member, all[len(all)-1], map[string]string{"question": "What about prices?", "topics": "science"})
		p.answered("the form of “"+b.Label+"”", submission)
	}
}

// answered plays a payload and waits until something comes of it that people see.
func (p *presser) answered(what string, payload slacktest.Payload) {
	before := p.shown(payload)
	if answer := p.play(p.t, payload); len(answer.Body) > 0 {
		p.t.Errorf("%s is acknowledged with %s", what, answer.Body)
	}
	p.await(p.t, "answer to "+what, func() bool { return p.shown(payload) > before })
}

// shown counts what people have seen so far.
func (p *presser) shown(payload slacktest.Payload) int {
	return len(p.slack.Messages("")) + len(p.slack.Ephemera()) + len(p.slack.Views()) + len(p.slack.Replies(payload.ResponseURL)) +
		len(p.slack.Calls("chat.update"))
}

// commandLines are a line of each command with a part of its answer.
var commandLines = map[string][2]string{
	"topic": {"open source", "Following: open source"}, "untopic": {"open source", "No longer: open source"},
	"follow": {"nothing like this", "nothing like this"}, "unfollow": {"x", "No podcast"}, "mute": {"crypto", "crypto"}, "unmute": {"crypto", "crypto"},
	"feeds": {"", "podcast"}, "time": {"08:30 weekdays", "08:30"}, "settings": {"count 4", "4"}, "pause": {"2 weeks", "Paused until"},
	"resume": {"", "comes again"}, "status": {"", "Next brief"}, "now": {"", "Posted"}, "preview": {"", "insight"}, "last": {"", "insight"},
	"why": {"1", "Why number 1"}, "more": {"1", "The quote"}, "related": {"1", "close to"}, "ask": {"what about prices?", "episodes I know"},
	"search": {"model", "Insights on"}, "save": {"1", "Kept"}, "vote": {"up 1", "more like this"}, "profile": {"", "What votes taught"},
	"help": {"", "topic"}, "leave": {"yes", "ended"},
}

// TestEveryCommand types every command of the table, and looks at what it answers; leave comes last.
func TestEveryCommand(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		w.brief(t, general)
		cmds := w.Bot.Commands()
		slices.SortStableFunc(cmds, func(a, b bot.Command) int { return isLeave(a) - isLeave(b) })
		for _, c := range cmds {
			line, ok := commandLines[c.Word]
			if !ok {
				t.Fatalf("no line for the command %q", c.Word)
			}
			p := w.slack.Command(member, general, strings.TrimSpace(c.Word+" "+line[0]))
			before := len(w.slack.Messages(general))
			w.play(t, p)
			w.await(t, c.Word+" answered with "+line[1], func() bool {
				replies := w.slack.Replies(p.ResponseURL)
				for _, m := range w.slack.Messages(general)[before:] { // a long answer stands in a thread
					replies = append(replies, map[string]any{"blocks": m.Blocks})
				}
				return strings.Contains(text(replies), line[1])
			})
			for _, reply := range w.slack.Replies(p.ResponseURL) {
				if got, want := reply["response_type"], "ephemeral"; c.Private && got != want {
					t.Errorf("/brief %s is answered %v, want %s", c.Word, got, want)
				}
			}
		}
	})
}

func isLeave(c bot.Command) int {
	if c.Word == "leave" {
		return 1
	}
	return 0
}

// TestExport asks for the file of podcasts, which comes as a direct message.
func TestExport(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		w.brief(t, general)
		w.play(t, w.slack.Command(member, general, "feeds export"))
		w.await(t, "file", func() bool { return len(w.slack.Files()) == 1 && w.slack.Files()[0].Channel != "" })
		if f := w.slack.Files()[0]; !strings.Contains(string(f.Body), "<opml") || f.Channel != "D1MEMBER" {
			t.Errorf("file in %q: %.60q", f.Channel, f.Body)
		}
	})
}
