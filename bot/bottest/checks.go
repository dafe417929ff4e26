package bottest

import (
	"strings"
	"testing"
	"unicode"

	"podbrief/bot"
)

// Missing returns what of a message cannot be found in what an adapter drew of it, given as all its texts in one string.
// Of every field the first words must be there; a section that is Short may lack its quote, and the message's Summary
// everything.
func Missing(m bot.Message, drawn string) []string {
	have := letters(drawn)
	var missing []string
	want := func(field, text string) {
		if w := letters(text); w != "" && !strings.Contains(have, w[:min(len(w), 24)]) {
			missing = append(missing, field+": "+text)
		}
	}
	want("heading", m.Heading)
	want("text", m.Text)
	want("footer", m.Footer)
	actions := func(as []bot.Action) {
		for _, a := range as {
			want("action", a.Label)
		}
	}
	actions(m.Actions)
	for _, s := range m.Sections {
		want("section heading", s.Heading)
		want("section text", s.Text)
		want("section meta", s.Meta)
		want("section link", s.Link.Label)
		if !s.Short {
			want("section quote", s.Quote)
		}
		actions(s.Actions)
	}
	if m.Form != nil {
		want("form title", m.Form.Title)
		for _, f := range m.Form.Few() {
			want("field", f.Label)
		}
	}
	return missing
}

// letters leaves the letters and digits of a text: what drawing must not change.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// TestDrawn checks that an adapter draws every field of the fixtures that fit into a message of any platform. draw returns
// all texts that people see of a message, in one string.
func TestDrawn(t *testing.T, draw func(bot.Message) string) {
	for _, f := range Fixtures() {
		switch f.Name {
		case "long", "many-sections", "hostile", "brief-10", "help":
			continue // must be cut, escaped or may be folded
		}
		if missing := Missing(f.Message, draw(f.Message)); len(missing) > 0 {
			t.Errorf("%s: not drawn: %q", f.Name, missing)
		}
	}
}
