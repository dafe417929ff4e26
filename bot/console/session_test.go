package console

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot"
)

// talk types lines at a console whose bot answers as handle does, and returns what was printed and asked.
func talk(t *testing.T, commands []bot.Command, handle func(bot.Request) bot.Message, lines ...string) (string, []bot.Request) {
	t.Helper()
	var out strings.Builder
	var asked []bot.Request
	c := &Console{In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out, Width: 100}
	err := c.Run(t.Context(), commands, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		asked = append(asked, r)
		return handle(r)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), asked
}

func silent(bot.Request) bot.Message { return bot.Message{} }

// TestDirectives checks what each directive changes of the requests that follow.
func TestDirectives(t *testing.T) {
	mine := func(user string) bot.Channel {
		return bot.Channel{Platform: Platform, Workspace: Platform, Kind: bot.Direct, User: user}
	}
	room := func(name string) bot.Channel {
		return bot.Channel{Platform: Platform, Workspace: Platform, ID: name, Name: name}
	}
	tests := []struct {
		lines []string
		want  bot.Request
	}{
		{[]string{":user ada", "status"}, bot.Request{Channel: room("general"), User: "ada", Rights: everything}},
		{[]string{":user ada", ":channel #random", "status"}, bot.Request{Channel: room("random"), User: "ada", Rights: everything}},
		{[]string{":user ada", ":dm", "status"}, bot.Request{Channel: mine("ada"), User: "ada", Rights: everything}},
		{[]string{":user ada", ":rights read,own", "status"}, bot.Request{Channel: room("general"), User: "ada", Rights: bot.Read | bot.Own}},
		{[]string{":user ada", ":rights none", "status"}, bot.Request{Channel: room("general"), User: "ada"}},
		{[]string{":user ada", ":post off", "status"}, bot.Request{Channel: room("general"), User: "ada", Rights: everything, CannotPost: true}},
		{[]string{":user ada", ":post off", ":post on", "status"}, bot.Request{Channel: room("general"), User: "ada", Rights: everything}},
	}
	for _, tt := range tests {
		tt.want.Personal, tt.want.Words, tt.want.Locale, tt.want.Invite = mine("ada"), []string{"status"}, "en", ":post on"
		_, asked := talk(t, nil, silent, tt.lines...)
		if len(asked) != 1 {
			t.Errorf("%q: %d requests, want 1", tt.lines, len(asked))
			continue
		}
		got := asked[0]
		got.Member = nil
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.lines, diff)
		}
	}
}

// TestLines checks what becomes of a line: nothing, an event, a reply, a command, a question.
func TestLines(t *testing.T) {
	table := []bot.Command{{Word: "more"}, {Word: "ask"}}
	tests := []struct {
		line     string
		words    []string
		event    bot.Event
		thread   string
		implicit bool
	}{
		{"more 2", []string{"more", "2"}, bot.None, "", false},
		{"/brief more 2", []string{"more", "2"}, bot.None, "", false},
		{">t7 more 2", []string{"more", "2"}, bot.None, "t7", false},
		{">t7 why is that?", []string{"ask", "why", "is", "that?"}, bot.None, "t7", true},
		{":home", nil, bot.HomeOpened, "", false},
		{":event gone", nil, bot.Gone, "", false},
		{"# a remark", nil, bot.None, "-", false},
		{"   ", nil, bot.None, "-", false},
	}
	for _, tt := range tests {
		_, asked := talk(t, table, silent, tt.line)
		if tt.thread == "-" {
			if len(asked) > 0 {
				t.Errorf("%q asks %+v, want nothing", tt.line, asked)
			}
			continue
		}
		if len(asked) != 1 {
			t.Errorf("%q: %d requests, want 1", tt.line, len(asked))
			continue
		}
		r := asked[0]
		if diff := cmp.Diff(tt.words, r.Words); diff != "" || r.Event != tt.event || r.Thread != tt.thread || r.Implicit != tt.implicit {
			t.Errorf("%q asks %q, event %q, thread %q, implicit %v", tt.line, r.Words, r.Event, r.Thread, r.Implicit)
		}
	}
}

// TestButtons presses what was drawn, also after a message without buttons: a command is asked, an address is printed, and
// what is not there is told.
func TestButtons(t *testing.T) {
	shown := bot.Message{Text: "Look", Actions: []bot.Action{{Label: "More", Command: []string{"more", "x"}}, {Label: "Page", URL: "https://x.example/"}}}
	handle := func(r bot.Request) bot.Message {
		if r.Words[0] == "look" {
			return shown
		}
		return bot.Message{Text: "Done"}
	}
	out, asked := talk(t, nil, handle, ".1", "look", ".2", "look", "1", "2", "look", ".3", "look", ".x", "look", "0")
	var words []string
	for _, r := range asked {
		words = append(words, strings.Join(r.Words, " "))
	}
	if got, want := strings.Join(words, ", "), "look, look, more x, look, look, look"; got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
	if n := strings.Count(out, "https://x.example/"); n != 2 {
		t.Errorf("the address of a button is printed %d times, want 2, the second after a message without buttons:\n%s", n, out)
	}
	for _, want := range []string{
		"There is no button 1; nothing shown has one.", "https://x.example/", "Done", "There is no button 3; there are 1 to 2.",
		"There is no button x; there are 1 to 2.", "There is no button 0; there are 1 to 2.",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the console says %q, want %q in it", out, want)
		}
	}
}

// TestForm fills in a form: what is empty stays, a minus empties, what is wrong is asked again, and the rest is not.
func TestForm(t *testing.T) {
	form := &bot.Form{Title: "Daily brief", Intro: "Choose.", Command: []string{"settings"}, Fields: []bot.Field{
		{Name: "topics", Label: "Topics", Value: "ai"}, {Name: "time", Label: "When", Value: "08:30"}, {Name: "count", Label: "How many", Value: "5", Choices: []bot.Choice{{Label: "five", Value: "5"}}},
	}}
	table := []bot.Command{{
		Word: "settings",
		Form: func(bot.Request) *bot.Form { return form },
		Check: func(_ bot.Request, f bot.Fields) map[string]string {
			if f["time"] == "noon" {
				return map[string]string{"time": "write it like 12:00"}
			}
			return nil
		},
	}}
	out, asked := talk(t, table, func(bot.Request) bot.Message { return bot.Message{Text: "Saved."} }, "settings", "-", "noon", "", "12:00")
	if len(asked) != 1 {
		t.Fatalf("asked %+v, want the form once", asked)
	}
	want := bot.Fields{"topics": "", "time": "12:00", "count": "5"}
	if diff := cmp.Diff(want, asked[0].Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	for _, text := range []string{"Daily brief", "Choose.", "Topics", "When: write it like 12:00", "Saved."} {
		if !strings.Contains(out, text) {
			t.Errorf("the console says %q, want %q in it", out, text)
		}
	}
	if strings.Count(out, "Topics") != 1 {
		t.Errorf("the right fields are asked again: %q", out)
	}
	// A form that the input ends in is not sent.
	if _, asked := talk(t, table, silent, "settings", "ai"); len(asked) != 0 {
		t.Errorf("half a form was sent: %+v", asked)
	}
}

// TestLeavingForms types what leaves a form: nothing of it is sent, and the line is done that left it.
func TestLeavingForms(t *testing.T) {
	settings := &bot.Form{Title: "Daily brief", Command: []string{"settings"}, Fields: []bot.Field{
		{Name: "topics", Label: "Topics", Value: "ai"}, {Name: "time", Label: "When", Value: "08:30"},
	}}
	question := &bot.Form{Title: "Ask", Command: []string{"ask"}, Fields: []bot.Field{{Name: "question", Label: "Your question"}}}
	table := []bot.Command{
		{Word: "settings", Form: func(bot.Request) *bot.Form { return settings },
			Check: func(_ bot.Request, f bot.Fields) map[string]string {
				if f["time"] == "noon" {
					return map[string]string{"time": "write it like 12:00"}
				}
				return nil
			}},
		{Word: "ask", Form: func(bot.Request) *bot.Form { return question }},
		{Word: "search"}, {Word: "why"}, {Word: "status"},
	}
	tests := []struct {
		lines []string
		want  string // words of the requests, and fields
	}{
		{[]string{"settings", "cancel", "status"}, "status"},
		{[]string{"settings", "", "cancel", "status"}, "status"},
		{[]string{"settings", "search prices"}, "search prices"},
		{[]string{"settings", "/brief status"}, "status"},
		{[]string{"settings", ":channel x", "status"}, "status"},
		{[]string{"settings", "quit", "status"}, ""},
		{[]string{"settings", "-", "08:30"}, "settings time=08:30 topics="},
		{[]string{"settings", "search, ai", "08:30"}, "settings time=08:30 topics=search, ai"},
		{[]string{"settings", "ai", "noon", "noon", "cancel"}, ""},
		{[]string{"ask", "", "status"}, "status"},
		{[]string{"ask", "search"}, "search"},
		{[]string{"ask", "why do rewrites fail?"}, "ask question=why do rewrites fail?"},
		{[]string{"quit", "status"}, ""},
		{[]string{"exit", "status"}, ""},
		{[]string{":quit", "status"}, ""},
	}
	for _, tt := range tests {
		out, asked := talk(t, table, silent, tt.lines...)
		var got []string
		for _, r := range asked {
			got = append(got, r.Words...)
			for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
				got = append(got, name+"="+r.Fields[name])
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q asks %q, want %q; the console says\n%s", tt.lines, got, tt.want, out)
		}
	}
	out, _ := talk(t, table, silent, "settings", "ai", "noon", "noon", "cancel")
	if n := strings.Count(out, howTo); n != 2 {
		t.Errorf("how to leave is said %d times, want at the beginning and at the second mistake:\n%s", n, out)
	}
}

// TestHelpHere checks that help says how buttons are pressed here, and that a number is a command where there are none.
func TestHelpHere(t *testing.T) {
	out, asked := talk(t, nil, func(bot.Request) bot.Message { return bot.Message{Text: "Commands"} }, "help", "2")
	if !strings.Contains(out, "Press the button [2]") || len(asked) != 2 {
		t.Errorf("help and a number ask %+v and print\n%s", asked, out)
	}
}

// TestComplete shows what completes a line.
func TestComplete(t *testing.T) {
	table := []bot.Command{
		{Word: "topic", Args: []bot.Arg{{Name: "topics"}}, Complete: func(_ bot.Request, arg, typed string) []bot.Choice {
			return []bot.Choice{{Label: arg + " like " + typed}}
		}},
		{Word: "vote", Args: []bot.Arg{{Name: "way", Choices: []bot.Choice{{Label: "up"}, {Label: "down"}}}}},
		{Word: "pause"},
	}
	out, _ := talk(t, table, silent, ":complete topic sec", ":complete vote", ":complete nothing", ":complete pause")
	for _, want := range []string{"topics like sec", "up\ndown"} {
		if !strings.Contains(out, want) {
			t.Errorf("the console says %q, want %q in it", out, want)
		}
	}
}

// TestEndOfInput checks that the end of what a person types ends the program, and that of a file does not.
func TestEndOfInput(t *testing.T) {
	for _, person := range []bool{true, false} {
		ended := false
		c := &Console{In: strings.NewReader("status\n"), Out: io.Discard, Prompt: person, Quit: func() { ended = true }}
		err := c.Run(t.Context(), nil, func(context.Context, bot.Request, func(bot.Message)) bot.Message { return bot.Message{} })
		if err != nil || ended != person {
			t.Errorf("typed by a person: %v; ended %v, %v", person, ended, err)
		}
	}
}
