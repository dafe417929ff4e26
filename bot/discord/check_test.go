package discord

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"podbrief/bot"
)

// text has so many characters, of more bytes.
func text(n int) string { return strings.Repeat("ü", n) }

// say is a message that is right.
func say(change func(*message)) message {
	m := message{Content: "x", AllowedMentions: nobody()}
	change(&m)
	return m
}

// under is a message with a row of components.
func under(parts ...component) message {
	return say(func(m *message) { m.Components = []row{{Type: rowType, Components: parts}} })
}

func button(label, id string) component {
	return component{Type: buttonType, Style: grayButton, Label: label, CustomID: id}
}

func buttons(n int) (out []component) {
	for i := range n {
		out = append(out, button("x", fmt.Sprint(i)))
	}
	return out
}

func menu(o ...option) message { return under(component{Type: menuType, CustomID: "1", Options: o}) }

func form(part modalPart) modal {
	return modal{Title: "x", CustomID: "x", Components: []modalPart{part}}
}

// TestLimits holds payloads to each documented limit: what is at it passes, what is over it does not.
func TestLimits(t *testing.T) {
	many := func(n int, make func(*message, int)) message {
		return say(func(m *message) {
			for i := range n {
				make(m, i)
			}
		})
	}
	embedOf := func(e embed) message { return say(func(m *message) { m.Embeds = []embed{e} }) }
	for _, tt := range []struct {
		what string
		most int
		make func(n int) payload
	}{
		{"content", 2000, func(n int) payload { return say(func(m *message) { m.Content = text(n) }) }},
		{"embeds", 10, func(n int) payload {
			return many(n, func(m *message, _ int) { m.Embeds = append(m.Embeds, embed{Title: "x"}) })
		}},
		{"all embeds together", 6000, func(n int) payload {
			return say(func(m *message) {
				m.Embeds = []embed{{Title: text(200), Description: text(3000)}, {Description: text(n - 3300), Footer: &footer{text(100)}}}
			})
		}},
		{"title", 256, func(n int) payload { return embedOf(embed{Title: text(n)}) }},
		{"description", 4096, func(n int) payload { return embedOf(embed{Description: text(n)}) }},
		{"footer", 2048, func(n int) payload { return embedOf(embed{Footer: &footer{text(n)}}) }},
		{"address of an embed", 2048, func(n int) payload { return embedOf(embed{URL: text(n)}) }},
		{"picture", 2048, func(n int) payload { return embedOf(embed{Thumbnail: &embedImage{text(n)}}) }},
		{"one address", 1, func(n int) payload {
			return many(n, func(m *message, _ int) { m.Embeds = append(m.Embeds, embed{URL: "https://one.example/"}) })
		}},
		{"rows", 5, func(n int) payload {
			return many(n, func(m *message, i int) {
				m.Components = append(m.Components, row{Type: rowType, Components: []component{button("x", fmt.Sprint(i))}})
			})
		}},
		{"buttons of a row", 5, func(n int) payload { return under(buttons(n)...) }},
		{"one ID", 1, func(n int) payload { return under(slices.Repeat([]component{button("x", "same")}, n)...) }},
		{"menus of a row", 1, func(n int) payload {
			m := menu(option{Label: "x", Value: "x"})
			if n > 1 {
				m.Components[0].Components = append(m.Components[0].Components, button("x", "2"))
			}
			return m
		}},
		{"label", 80, func(n int) payload { return under(button(text(n), "1")) }},
		{"ID", 100, func(n int) payload { return under(button("x", strings.Repeat("x", n))) }},
		{"address of a button", 512, func(n int) payload {
			return under(component{Type: buttonType, Style: linkButton, Label: "x", URL: strings.Repeat("x", n)})
		}},
		{"options", 25, func(n int) payload {
			var o []option
			for i := range n {
				o = append(o, option{Label: "x", Value: fmt.Sprint(i)})
			}
			return menu(o...)
		}},
		{"label of an option", 100, func(n int) payload { return menu(option{Label: text(n), Value: "x"}) }},
		{"value of an option", 100, func(n int) payload { return menu(option{Label: "x", Value: text(n)}) }},
		{"description of an option", 100, func(n int) payload { return menu(option{Label: "x", Value: "x", Description: text(n)}) }},
		{"placeholder", 150, func(n int) payload {
			return under(component{Type: menuType, CustomID: "1", Options: []option{{Label: "x", Value: "x"}}, Placeholder: text(n)})
		}},
		{"nonce", 25, func(n int) payload { return say(func(m *message) { m.Nonce = strings.Repeat("x", n) }) }},
		{"choices", 25, func(n int) payload {
			l := choiceList{}
			for range n {
				l.Choices = append(l.Choices, offered{"x", "x"})
			}
			return response{Type: respondComplete, Data: l}
		}},
		{"name of a choice", 100, func(n int) payload { return choiceList{[]offered{{text(n), "x"}}} }},
		{"name of a thread", 100, func(n int) payload { return newThread{Name: text(n)} }},
		{"name of a post", 100, func(n int) payload { return forumPost{Name: text(n), FirstMessage: say(func(*message) {})} }},
		{"title of a form", 45, func(n int) payload { m := form(modalPart{}); m.Title = text(n); return m }},
		{"label of a field", 45, func(n int) payload { return form(modalPart{Label: text(n), Component: &component{}}) }},
		{"description of a field", 100, func(n int) payload {
			return form(modalPart{Label: "x", Description: text(n), Component: &component{}})
		}},
		{"text of a field", 4000, func(n int) payload { return form(modalPart{Label: "x", Component: &component{Value: text(n)}}) }},
		{"description of a command", 100, func(n int) payload { return commandSet{{Name: "x", Description: text(n)}} }},
		{"translation", 100, func(n int) payload {
			return commandSet{{Name: "x", Description: "x", Localized: map[string]string{"de": text(n)}}}
		}},
		{"name of a command", 32, func(n int) payload { return commandSet{{Name: text(n), Description: "x"}} }},
		{"options of a command", 25, func(n int) payload {
			return commandSet{definition{Name: "x", Description: "x", Options: make([]definition, n)}.filled()}
		}},
		{"a command with all below it", 8000, func(n int) payload {
			d := definition{Name: "x", Description: text(99), Options: make([]definition, 25)}.filled()
			for i := range d.Options {
				d.Options[i].Choices = []offered{{text(100), text(100)}} // 25 * (2 + 200)
			}
			d.Options[0].Choices = append(d.Options[0].Choices, offered{text(n - 100 - 25*202), ""})
			return commandSet{d}
		}},
	} {
		if err := tt.make(tt.most).check(); err != nil {
			t.Errorf("%s at its limit of %d: check() = %v, want nil", tt.what, tt.most, err)
		}
		if tt.make(tt.most+1).check() == nil {
			t.Errorf("%s over its limit of %d: check() = nil, want an error", tt.what, tt.most)
		}
	}
}

// filled names the options of a command.
func (d definition) filled() definition {
	for i := range d.Options {
		d.Options[i] = definition{Name: "o", Description: "x"}
	}
	return d
}

// TestChecked lists what no limit of a number finds.
func TestChecked(t *testing.T) {
	for what, p := range map[string]payload{
		"a message that is empty":               message{AllowedMentions: nobody()},
		"a message that may ping":               message{Content: "x"},
		"a row without anything":                under(),
		"a menu without options":                menu(),
		"a button without ID or address":        under(component{Type: buttonType, Style: grayButton, Label: "x"}),
		"a link with an ID":                     under(component{Type: buttonType, Style: linkButton, Label: "x", CustomID: "1"}),
		"two options of one value":              menu(option{Label: "x", Value: "x"}, option{Label: "y", Value: "x"}),
		"a command in capitals":                 commandSet{{Name: "Brief", Description: "x"}},
		"a command without a description":       commandSet{{Name: "brief"}},
		"an argument that is required too late": commandSet{{Name: "x", Description: "x", Options: []definition{{Name: "a", Description: "x"}, {Name: "b", Description: "x", Required: true}}}},
		"autocomplete with choices":             commandSet{{Name: "x", Description: "x", Autocomplete: true, Choices: []offered{{"x", "x"}}}},
		"a form without fields":                 modal{Title: "x", CustomID: "x"},
		"a refused message in an answer":        response{Type: respondMessage, Data: message{}},
	} {
		if p.check() == nil {
			t.Errorf("%s: check() = nil, want an error", what)
		}
	}
}

// TestNothingWrongIsSent checks that a call with a body that breaks a limit is not made.
func TestNothingWrongIsSent(t *testing.T) {
	s := newStage(t)
	s.init()
	_, err := s.create(t.Context(), general().ID, message{Content: text(maxContent + 1), AllowedMentions: nobody()})
	if classOfError(err) != bot.PayloadFix || len(s.server.Requests("POST", "")) > 0 {
		t.Errorf("create = %v after %d requests, want %s and none", err, len(s.server.Requests("POST", "")), bot.PayloadFix)
	}
}
