package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
)

// asked is a request of somebody in the channel that got a brief.
func asked(thread, line string) bot.Request {
	return bot.Request{
		Channel: bot.Channel{Platform: "accept", Workspace: "W", ID: "C1", Name: "general"}, User: "U1", Thread: thread, Words: bot.Split(line),
		Rights:   bot.Read | bot.Own | bot.Manage,
		Personal: bot.Channel{Platform: "accept", Workspace: "W", Kind: bot.Direct, User: "U1"},
	}
}

// posted is what the world's platform took.
func posted(w *bottest.World) []bottest.Posted { return w.Bot.Adapters[0].(*bottest.Accepting).Posts() }

// TestThread talks under a brief: numbers mean its insights, replies are questions, and elsewhere nothing is said unasked.
func TestThread(t *testing.T) {
	w, _ := briefed(t)
	if got := posted(w); len(got) != 1 {
		t.Fatalf("%d messages were posted, want the first brief", len(got))
	}
	reply := func(thread, line string) bot.Message {
		r := asked(thread, "")
		r.Words, r.Implicit = []string{"ask", line}, true
		return w.Bot.Handle(t.Context(), r, nil)
	}
	for _, tt := range []struct{ thread, line, want string }{
		{"m1", "more 1", "What was said there"},
		{"m1", "what is the cheapest token?", "closest passages"},
		{"m1", "vote up 1", "Noted: more like this."},
		{"m1", "more 99", "That brief has insights 1 to"},
	} {
		m := reply(tt.thread, tt.line)
		if text := m.Heading + m.Text; !strings.Contains(text, tt.want) {
			t.Errorf("reply %q: %q, want %q", tt.line, text, tt.want)
		}
	}
	for _, thread := range []string{"", "m2", "m11"} {
		if m := reply(thread, "what is that?"); !m.IsZero() {
			t.Errorf("in thread %q, which is not ours, it says %+v", thread, m)
		}
	}
	other := asked("m1", "")
	other.Words, other.Implicit, other.Channel.ID = []string{"ask", "what is that?"}, true, "C2"
	if m := w.Bot.Handle(t.Context(), other, nil); !m.IsZero() {
		t.Errorf("a thread of the same name in another channel is answered: %+v", m)
	}
}

// TestAnswersShowTheirPlaces asks, and looks at what the answer rests on.
func TestAnswersShowTheirPlaces(t *testing.T) {
	w, _ := briefed(t)
	var told []string
	m := w.Bot.Handle(t.Context(), asked("m1", "ask what is the cheapest token?"), func(m bot.Message) { told = append(told, m.Text) })
	if !slices.Equal(told, []string{"Looking through the episodes…"}) {
		t.Errorf("while it looks it tells %q", told)
	}
	if len(m.Sections) == 0 || !m.InThread {
		t.Fatalf("answer: %+v, want passages, in a thread", m)
	}
	for _, s := range m.Sections {
		if s.Quote == "" || !strings.Contains(s.Link.Label, " — ") || !strings.HasPrefix(s.Link.URL, "https://") {
			t.Errorf("passage %+v, want its words, its episode and an address", s)
		}
	}
	about := w.Bot.Handle(t.Context(), asked("m1", "ask 1 why is that?"), nil)
	if len(about.Actions) != 2 || about.Actions[0].Command[0] != "more" {
		t.Errorf("an answer about one insight offers %+v, want More and Related", about.Actions)
	}
}

// TestEveryButtonWorks presses every button of what the bot says, and those of the answers, to a depth of three.
func TestEveryButtonWorks(t *testing.T) {
	w, say := briefed(t)
	pressed := map[string]bool{}
	presses := 0
	var press func(m bot.Message, depth int)
	press = func(m bot.Message, depth int) {
		actions := slices.Clone(m.Actions)
		for _, s := range m.Sections {
			actions = append(actions, s.Actions...)
		}
		for _, a := range actions {
			line := strings.Join(a.Command, " ")
			if a.URL != "" || pressed[line] || depth == 0 || presses > 150 {
				continue
			}
			pressed[line] = true
			presses++
			answer := w.Bot.Handle(t.Context(), bot.Request{
				Channel: asked("", "").Channel, User: fmt.Sprintf("U%d", presses/5), Words: a.Command, Rights: bot.Read | bot.Own | bot.Manage,
				Personal: asked("", "").Personal, Thread: "m1",
			}, nil)
			if strings.Contains(answer.Text, "Something went wrong") || strings.Contains(answer.Text, "I do not know") || answer.IsZero() {
				t.Errorf("button %q (%q) answers %q", a.Label, line, answer.Text)
			}
			press(answer, depth-1)
		}
	}
	press(posted(w)[0].Message, 3)
	for _, line := range []string{"help", "status", "feeds", "save", "search documentation", "topic science"} {
		press(say(line), 3)
	}
	if presses < 40 {
		t.Errorf("%d buttons were pressed, want many", presses)
	}
}

// TestPromisesAreKept checks what a confirmation promises: the next brief comes when it says, and one a day.
func TestPromisesAreKept(t *testing.T) {
	w, say := briefed(t)
	now := time.Now().UTC()
	w.Bot.Times.Now = func() time.Time { return now }
	m := say("time " + now.Add(2*time.Hour).Truncate(15*time.Minute).Format("15:04") + " UTC")
	_, promised, ok := strings.Cut(m.Text, "Next brief: ")
	if !ok {
		t.Fatalf("time: %q, want a promise", m.Text)
	}
	var came []string
	sent := len(posted(w))
	for until := now.Add(73 * time.Hour); now.Before(until); now = now.Truncate(15 * time.Minute).Add(15 * time.Minute) {
		if _, err := w.Bot.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.Bot.Deliver(t.Context(), "accept:W/"); err != nil {
			t.Fatal(err)
		}
		if n := len(posted(w)); n > sent {
			came, sent = append(came, now.Format("Mon 2 Jan 15:04")), n
		}
	}
	if len(came) < 2 || len(came) > 3 || !strings.HasPrefix(promised, came[0]) {
		t.Errorf("briefs came at %q, and the first was promised for %q", came, promised)
	}
}
