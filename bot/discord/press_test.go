package discord

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// pressable are the ways of pressing what stands under a message: the ID of each button, and of each menu with each value.
func pressable(m map[string]any) [][]string {
	var out [][]string
	for _, c := range discordtest.Controls(m) {
		id, _ := c["custom_id"].(string)
		options, _ := c["options"].([]any)
		for _, o := range options {
			out = append(out, []string{id, o.(map[string]any)["value"].(string)})
		}
		if id != "" && len(options) == 0 {
			out = append(out, []string{id})
		}
	}
	return out
}

// offeredWords are the words of all actions of a message.
func offeredWords(m bot.Message) []string {
	actions := slices.Clone(m.Actions)
	for _, s := range m.Sections {
		actions = append(actions, s.Actions...)
	}
	var out []string
	for _, a := range actions {
		if len(a.Command) > 0 {
			out = append(out, strings.Join(a.Command, " "))
		}
	}
	return out
}

// TestPressEverything posts every message of the fixtures and presses all that stands under it. Each press asks what the
// message says, and all that the message offers is there, unless that is more than a message holds.
func TestPressEverything(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	cmds := commands()
	for i := range cmds {
		cmds[i].Form = nil
	}
	s.run(cmds, p.handle)
	for _, f := range bottest.Fixtures() {
		if f.Message.Form != nil || f.Message.IsZero() {
			continue
		}
		id, err := s.Post(t.Context(), general(), f.Message, bot.DeliveryKey(f.Name))
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		posts := s.server.Messages(discordtest.General)
		var got []string
		for _, press := range pressable(posts[len(posts)-1].Body) {
			s.answered(s.server.Interact(discordtest.Press(discordtest.In(discordtest.General, 0), id, press[0], press[1:]...)))
			r := <-p.asked
			got = append(got, strings.Join(r.Words, " "))
			if r.Thread != id {
				t.Errorf("%s: pressed under %q, want %q", f.Name, r.Thread, id)
			}
		}
		want := offeredWords(f.Message)
		if f.Name == "many-sections" {
			want = want[:4*maxOptions]
		}
		if len(want) == 0 {
			want = []string{"help"} // what carries the delivery's marker
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: pressed words differ:\n%s", f.Name, diff)
		}
	}
}

// TestPressEverywhere presses the same button in a channel, a thread, direct messages and a group.
func TestPressEverywhere(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	s.run(commands(), p.handle)
	th := s.server.Place("777")
	th.Type, th.Parent = discordtest.PublicThread, discordtest.General
	thread := discordtest.In("777", 0)
	thread["channel"] = map[string]any{"id": "777", "type": discordtest.PublicThread, "parent_id": discordtest.General}
	group := discordtest.InDM()
	group["context"] = 2
	for _, tt := range []struct {
		name   string
		in     map[string]any
		kind   bot.Kind
		thread string
	}{
		{"channel", discordtest.In(discordtest.General, 0), bot.Room, "5"},
		{"thread", thread, bot.Room, "777"},
		{"direct messages", discordtest.InDM(), bot.Direct, "5"},
		{"group", group, bot.Foreign, "5"},
	} {
		a := s.answered(s.server.Interact(discordtest.Press(tt.in, "5", "1~~more 0mdx4k2h0-abcdef-0")))
		r := <-p.asked
		if a.Type != respondMessage || r.Channel.Kind != tt.kind || r.Thread != tt.thread || r.User != discordtest.User {
			t.Errorf("%s: answered with %d; asked in %+v under %q by %q", tt.name, a.Type, r.Channel, r.Thread, r.User)
		}
	}
}

// TestChosenAgain chooses from the menus of a brief, quickly and slowly answered, and from the form that one opens. Each time
// the menus are drawn anew, and nothing else of the brief, so that the same can be chosen again; the answer follows.
func TestChosenAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		slow    bool
		answer  bot.Message
		form    bool
		private bool
		calls   int // answers and edits that follow
	}{
		{"a private answer", false, bot.Message{Text: "the answer", Private: true}, false, true, 1},
		{"an answer for all", false, bot.Message{Text: "the answer"}, false, false, 1},
		{"a slow answer", true, bot.Message{Text: "the answer"}, false, true, 2},
		{"a slow answer, of which nothing was shown before", true, bot.Message{Text: "the answer"}, false, true, 2},
		{"a form", false, bot.Message{Text: "the answer"}, true, false, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			p := newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message {
				if tt.slow {
					time.Sleep(directly + 100*time.Millisecond)
				}
				return tt.answer
			})
			var once sync.Once
			s.server.Fault = func(r *http.Request) (f *discordtest.Fault) {
				if strings.Contains(tt.name, "nothing was shown") && strings.Contains(r.URL.Path, "/webhooks/") {
					once.Do(func() { f = &discordtest.Fault{Status: 500} })
				}
				return f
			}
			s.run(commands(), p.handle)
			id, err := s.Post(t.Context(), general(), bottest.Brief(5), "d")
			if err != nil {
				t.Fatal(err)
			}
			in := discordtest.Press(member(), id, customID("", menuWords+"0"), "more x")
			if tt.form {
				in = discordtest.Submit(member(), customID("", "ask x"), "question", "why?")
				in["message"] = map[string]any{"id": id}
			}
			a := s.answered(s.server.Interact(in))
			want := map[string]any{"components": s.server.Messages(discordtest.General)[0].Body["components"], "allowed_mentions": map[string]any{"parse": []any{}}}
			if diff := cmp.Diff(want, a.Redrawn); diff != "" || a.Type != respondUpdate {
				t.Errorf("first answered with %d; drawn anew (-want +got):\n%s", a.Type, diff)
			}
			s.until("the answer", func() bool { return len(s.server.Requests("", "/webhooks/")) == tt.calls })
			if a = s.answered(s.server.Interact(in)); a.Private != tt.private { // the same again
				t.Errorf("answered with %v, for the asker alone: %v", a.Data, a.Private)
			}
		})
	}
}

func TestOldButton(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	s.run(commands(), p.handle)
	a := s.answered(s.server.Interact(discordtest.Press(discordtest.In(discordtest.General, 0), "1", "0~old")))
	if !a.Private || len(p.asked) > 0 {
		t.Errorf("a button of another version is answered with %v", a.Data)
	}
}

// TestForms opens the form of each command that has one, as a command and as a button, fills in every field, and sends it.
func TestForms(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	cmds := commands()
	for i := range cmds {
		if cmds[i].Form == nil {
			continue
		}
		f := bot.Form{Title: "Fill in", Command: []string{cmds[i].Word}}
		for _, fixture := range bottest.Fixtures() {
			if fixture.Name == "settings" {
				f.Fields = fixture.Message.Form.Fields
			}
		}
		cmds[i].Form, cmds[i].Check = func(bot.Request) *bot.Form { return &f }, nil
	}
	s.run(cmds, p.handle)
	manager := func() map[string]any { return discordtest.In(discordtest.General, discordtest.ManageGuild) }
	for _, c := range cmds {
		if c.Form == nil {
			continue
		}
		for way, in := range map[string]map[string]any{
			"command": discordtest.Command(manager(), c.Word),
			"button":  discordtest.Press(manager(), "5", customID("", c.Word)),
		} {
			a := s.answered(s.server.Interact(in))
			id, _ := a.Data["custom_id"].(string)
			if a.Type != respondModal || id == "" {
				t.Fatalf("%s by %s: answer %d, want a form", c.Word, way, a.Type)
			}
			want, values := bot.Fields{}, []string{}
			for _, f := range c.Form(bot.Request{}).Fields {
				value := "filled in"
				if len(f.Choices) > 0 {
					value = f.Choices[len(f.Choices)-1].Value
				}
				want[f.Name], values = value, append(values, f.Name, value)
			}
			s.answered(s.server.Interact(discordtest.Submit(manager(), id, values...)))
			if r := <-p.asked; !cmp.Equal(r.Fields, want) || !slices.Equal(r.Words, []string{c.Word}) {
				t.Errorf("%s by %s: asked %q with %v, want %v", c.Word, way, r.Words, r.Fields, want)
			}
		}
	}
}

// TestFormChecked sends a form with a wrong field: what is wrong is said to the asker in the form's
// order, with a button that opens it again with what was typed.
func TestFormChecked(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	cmds := commands()
	at := slices.IndexFunc(cmds, func(c bot.Command) bool { return c.Word == "settings" })
	cmds[at].Form = func(bot.Request) *bot.Form {
		return &bot.Form{Title: "Daily brief", Command: []string{"settings"}, Fields: []bot.Field{
			{Name: "topics", Label: "Topics", Value: "stored"}, {Name: "time", Label: "Time"}, {Name: "count", Label: "How many", Value: "5"},
		}}
	}
	cmds[at].Check = func(bot.Request, bot.Fields) map[string]string {
		return map[string]string{"time": "Write 08:30.", "topics": "Name a topic."}
	}
	s.run(cmds, p.handle)
	manager := func() map[string]any { return discordtest.In(discordtest.General, discordtest.ManageGuild) }
	a := s.answered(s.server.Interact(discordtest.Submit(manager(), customID("", "settings"), "topics", "", "time", "late", "count", "7")))
	again := pressable(a.Data)
	if !a.Private || a.Data["content"] != "Topics: Name a topic.\nTime: Write 08:30." || len(again) != 1 || len(p.asked) > 0 {
		t.Fatalf("a wrong form is answered with %v", a.Data)
	}
	if a = s.answered(s.server.Interact(discordtest.Press(manager(), "5", again[0][0]))); a.Type != respondModal {
		t.Errorf("the button opens %d, want the form", a.Type)
	}
	if got, want := typed(a.Data), map[string]any{"topics": nil, "time": "late", "count": "7"}; !cmp.Equal(got, want) {
		t.Errorf("the form opened again has %v, want what was typed: %v", got, want)
	}
	if a = s.answered(s.server.Interact(discordtest.Command(manager(), "settings"))); typed(a.Data)["topics"] != "stored" {
		t.Errorf("the command opens the form with %v, want what is stored", typed(a.Data))
	}
}

// typed are the values in the inputs of a form, by name; nil for an empty one.
func typed(form map[string]any) map[string]any {
	out := map[string]any{}
	for _, c := range form["components"].([]any) {
		if input, ok := c.(map[string]any)["component"].(map[string]any); ok {
			out[input["custom_id"].(string)] = input["value"]
		}
	}
	return out
}
