package console

import (
	"fmt"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"

	"podbrief/bot"
)

// look draws parts of a message, in color or without.
type look struct {
	width  int
	styled bool
}

var (
	boldStyle  = lipgloss.NewStyle().Bold(true)
	faintStyle = lipgloss.NewStyle().Faint(true)
	linkStyle  = lipgloss.NewStyle().Foreground(lipgloss.Color("6"))
)

func (l look) draw(style lipgloss.Style, text string) string {
	if !l.styled {
		return text
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = style.Render(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Render draws a message for a terminal of so many columns, and returns its buttons in the order of the numbers that they
// are drawn with.
func Render(m bot.Message, width int, styled bool) (string, []bot.Action) {
	l := look{width: max(width, 20), styled: styled}
	var sb strings.Builder
	var actions []bot.Action
	l.block(&sb, boldStyle, "", m.Heading)
	l.block(&sb, lipgloss.NewStyle(), "", m.Text)
	for _, s := range m.Sections {
		if sb.Len() > 0 {
			sb.WriteString("\n")
		}
		l.section(&sb, s)
		actions = l.buttons(&sb, "   ", s.Actions, actions)
	}
	if m.File != nil {
		l.block(&sb, faintStyle, "", fmt.Sprintf("File %s (%s, %d bytes):", m.File.Name, m.File.Type, len(m.File.Body)))
		sb.WriteString(clean(string(m.File.Body)) + "\n")
	}
	if len(m.Sections) > 0 && (m.Footer != "" || len(m.Actions) > 0) {
		sb.WriteString("\n")
	}
	l.block(&sb, faintStyle, "", m.Footer)
	actions = l.buttons(&sb, "", m.Actions, actions)
	return sb.String(), actions
}

func (l look) section(sb *strings.Builder, s bot.Section) {
	indent := ""
	if s.Heading != "" && (s.Quote != "" || s.Link.Label != "" || s.Meta != "") {
		indent = "   "
	}
	l.block(sb, boldStyle, "", s.Heading)
	l.block(sb, lipgloss.NewStyle(), indent, s.Text)
	quoted := lipgloss.NewStyle()
	if s.Short {
		quoted = faintStyle
	}
	l.block(sb, quoted, indent+"│ ", s.Quote)
	if s.Link.Label != "" || s.Link.URL != "" {
		l.block(sb, lipgloss.NewStyle(), indent, s.Link.Label)
		l.unwrapped(sb, linkStyle, indent, s.Link.URL)
	}
	l.block(sb, faintStyle, indent, s.Meta)
}

// block writes text in lines of the width, each after an indent.
func (l look) block(sb *strings.Builder, style lipgloss.Style, indent, text string) {
	text = clean(text)
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		for _, part := range wrap(line, l.width-lipgloss.Width(indent)) {
			sb.WriteString(indent + l.draw(style, part) + "\n")
		}
	}
}

// unwrapped writes an address in one line, so that it can be opened.
func (l look) unwrapped(sb *strings.Builder, style lipgloss.Style, indent, text string) {
	if text = clean(text); text != "" {
		sb.WriteString(indent + l.draw(style, strings.ReplaceAll(text, "\n", "")) + "\n")
	}
}

// buttons writes actions with their numbers behind those that were drawn before.
func (l look) buttons(sb *strings.Builder, indent string, actions, before []bot.Action) []bot.Action {
	var parts []string
	for _, a := range actions {
		before = append(before, a)
		parts = append(parts, fmt.Sprintf("[%d] %s", len(before), clean(a.Label)))
	}
	l.block(sb, linkStyle, indent, strings.Join(parts, "  "))
	return before
}

// rule is a line with a title in it.
func rule(title string, width int, styled bool) string {
	title = "── " + clean(title) + " "
	line := title + strings.Repeat("─", max(3, width-lipgloss.Width(title)))
	return look{styled: styled}.draw(faintStyle, line) + "\n"
}

// clean leaves of a text what cannot steer a terminal: no control characters, no marks that change the direction.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c, r == 0xfeff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}

// wrap breaks a line at spaces; a word longer than the width is broken too.
func wrap(line string, width int) []string {
	width = max(width, 10)
	var out []string
	current := ""
	for word := range strings.FieldsSeq(line) {
		for lipgloss.Width(word) > width {
			r := []rune(word)
			cut := min(len(r)-1, max(1, width/2))
			if current != "" {
				out, current = append(out, current), ""
			}
			out, word = append(out, string(r[:cut])), string(r[cut:])
		}
		switch {
		case current == "":
			current = word
		case lipgloss.Width(current)+1+lipgloss.Width(word) <= width:
			current += " " + word
		default:
			out, current = append(out, current), word
		}
	}
	return append(out, current)
}
