package main

import (
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"
)

const (
	defaultWidth = 80
	widest       = 100 // longer lines are hard to read
)

// screen is where text for people is drawn: a terminal, or anything else, which gets no colors.
type screen struct {
	color bool
	width int
}

// newScreen looks at what w is. NO_COLOR (see no-color.org) and TERM=dumb switch colors off.
func newScreen(w io.Writer, getenv func(string) string) screen {
	s := screen{width: defaultWidth}
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 20 {
		s.width = min(n, widest)
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 20 {
		s.width = min(n, widest)
	}
	s.color = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	return s
}

// isTerminal reports whether v is a terminal.
func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (s screen) draw(style lipgloss.Style, text string) string {
	if !s.color {
		return text
	}
	return style.Render(text)
}

func (s screen) bold(text string) string { return s.draw(lipgloss.NewStyle().Bold(true), text) }
func (s screen) faint(text string) string {
	return s.draw(lipgloss.NewStyle().Foreground(lipgloss.BrightBlack), text)
}
func (s screen) accent(text string) string {
	return s.draw(lipgloss.NewStyle().Foreground(lipgloss.Cyan), text)
}

// block wraps a text and draws each of its lines behind an indent. first stands before the first line, as wide as the
// indent. No line is broken at a no-break space; it is written as a space.
func (s screen) block(first string, indent int, text string, draw func(string) string) string {
	pad := strings.Repeat(" ", indent)
	lines := strings.Split(lipgloss.Wrap(text, s.width-indent, ""), "\n")
	for i, l := range lines {
		lines[i] = pad + draw(strings.ReplaceAll(strings.TrimRight(l, " "), "\u00a0", " "))
	}
	lines[0] = first + strings.TrimPrefix(lines[0], pad)
	return strings.Join(lines, "\n") + "\n"
}

func plain(text string) string { return text }

// printable takes out of a podcast's words what could move a terminal's cursor or hide text: control characters,
// and the marks that change the direction of writing.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff' || r == '\u2028' || r == '\u2029':
			return -1
		}
		return r
	}, text)
}
