package bottest_test

import (
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/bottest"
)

// TestFixturesKeepTheContract checks what adapters may count on, on the messages that they are tested with.
func TestFixturesKeepTheContract(t *testing.T) {
	names := map[string]bool{}
	for _, f := range bottest.Fixtures() {
		if names[f.Name] {
			t.Errorf("two fixtures are called %q", f.Name)
		}
		names[f.Name] = true
		actions := f.Message.Actions
		for _, s := range f.Message.Sections {
			actions = append(actions, s.Actions...)
		}
		for _, a := range actions {
			if line := strings.Join(a.Command, " "); len(line) > 90 {
				t.Errorf("%s: command %q has %d bytes, at most 90", f.Name, line, len(line))
			}
			if a.Label == "" || (len(a.Command) == 0) == (a.URL == "") {
				t.Errorf("%s: action %+v wants a label, and a command or an address", f.Name, a)
			}
		}
		if form := f.Message.Form; form != nil && (len(form.Few()) > 5 || len([]rune(form.Title)) > 24) {
			t.Errorf("%s: form %q has %d fields", f.Name, form.Title, len(form.Few()))
		}
	}
	if got := len(bottest.Brief(5).Sections); got != 5 {
		t.Errorf("Brief(5) has %d sections", got)
	}
}

func TestMissing(t *testing.T) {
	m := bot.Message{Heading: "One *two*", Sections: []bot.Section{{Heading: "Three", Quote: "Four", Short: true}, {Text: "Five"}}}
	if got := bottest.Missing(m, "one two three five"); len(got) != 0 {
		t.Errorf("Missing of all that is drawn = %q", got)
	}
	if got := bottest.Missing(m, "one two five"); len(got) != 1 {
		t.Errorf("Missing = %q, want the section's heading", got)
	}
}
