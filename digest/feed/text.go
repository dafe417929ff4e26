package feed

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits on what is kept of a document's texts, so that one feed cannot fill the store.
const (
	maxTitle = 300      // runes
	maxNotes = 64 << 10 // bytes
	maxShort = 512      // bytes of a GUID, a name, a language
)

// line makes one clean line of plain text out of a title or name, which may hold entities and markup although it
// should not. What only looks like markup ("vector<int>") stays.
func line(s string) string {
	s = s[:min(len(s), 64*maxTitle)]
	if strings.ContainsAny(s, "<&") {
		s = withoutTags(plain(s))
	}
	return cut(strings.Join(strings.Fields(clean(s)), " "), maxTitle)
}

// paragraphs makes plain text out of show notes. Paragraphs are set apart by an empty line, list items and line breaks
// by a new line.
func paragraphs(s string) string {
	if len(s) > 8*maxNotes {
		s = s[:8*maxNotes] // markup is seldom more than text; the rest is not worth the walk
	}
	out := tidyLines(clean(withoutTags(plain(s))))
	if len(out) > maxNotes {
		out = strings.TrimSpace(strings.ToValidUTF8(out[:maxNotes], ""))
	}
	return out
}

// plain takes text out of HTML. Text without any element of HTML is only freed of its entities, its lines kept.
func plain(s string) string {
	if !hasTag(s) {
		return html.UnescapeString(s)
	}
	var w textWriter
	z := nethtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return w.String()
		case nethtml.TextToken:
			w.text(string(z.Text()))
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			w.open(atom.Lookup(name), raw)
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			w.close(atom.Lookup(name))
		}
	}
}

// textWriter collects the text of HTML with line breaks where a browser would break.
type textWriter struct {
	strings.Builder
	hidden atom.Atom // the element whose content is not shown, while inside it
}

func (w *textWriter) text(s string) {
	if w.hidden != 0 || s == "" {
		return
	}
	// In HTML every white space is one space; breaks come from elements.
	startsWithSpace := unicode.IsSpace(rune(s[0]))
	words := strings.Join(strings.Fields(s), " ")
	if startsWithSpace || words == "" {
		w.WriteByte(' ')
	}
	if words == "" {
		return
	}
	w.WriteString(words)
	if unicode.IsSpace(rune(s[len(s)-1])) {
		w.WriteByte(' ')
	}
}

func (w *textWriter) open(a atom.Atom, raw string) {
	switch {
	case w.hidden != 0:
	case a == 0:
		w.WriteString(raw) // no element of HTML: "vector<int>"
	case a == atom.Script || a == atom.Style || a == atom.Head || a == atom.Template || a == atom.Iframe || a == atom.Noscript:
		w.hidden = a
	default:
		w.WriteString(breaks(a))
	}
}

func (w *textWriter) close(a atom.Atom) {
	switch {
	case a == w.hidden:
		w.hidden = 0
	case w.hidden == 0 && a != atom.Br && a != atom.Li:
		w.WriteString(breaks(a))
	}
}

// breaks returns the white space that an element puts before and after itself.
func breaks(a atom.Atom) string {
	switch a {
	case atom.Br, atom.Li, atom.Tr, atom.Dt, atom.Dd:
		return "\n"
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Hr,
		atom.Blockquote, atom.Pre, atom.Table, atom.Section, atom.Article, atom.Figure, atom.Header, atom.Footer:
		return "\n\n"
	case atom.Td, atom.Th, atom.Img:
		return " "
	}
	return ""
}

// hasTag tells whether s holds an element of HTML.
func hasTag(s string) bool {
	for i := strings.IndexByte(s, '<'); i >= 0; {
		if tagEnd(s[i:]) > 0 {
			return true
		}
		next := strings.IndexByte(s[i+1:], '<')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// withoutTags removes what is left of markup after one round of unescaping: text that was escaped twice. It decodes
// nothing, so that text is never unescaped a third time.
func withoutTags(s string) string {
	if !hasTag(s) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		if end := tagEnd(s[i:]); end > 0 {
			s = s[i+end:]
		} else {
			b.WriteByte('<')
			s = s[i+1:]
		}
	}
}

// tagEnd returns the length of the tag of an HTML element that s starts with, 0 when there is none.
func tagEnd(s string) int {
	if strings.HasPrefix(s, "<!--") {
		if end := strings.Index(s, "-->"); end > 0 {
			return end + len("-->")
		}
		return 0
	}
	name := strings.TrimPrefix(s[1:], "/")
	n := strings.IndexFunc(name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if n <= 0 || n > 12 || !strings.ContainsRune(" \t\r\n/>", rune(name[n])) || atom.Lookup([]byte(strings.ToLower(name[:n]))) == 0 {
		return 0
	}
	end := strings.IndexByte(s, '>')
	if end < 0 || strings.IndexByte(s[1:end], '<') >= 0 {
		return 0
	}
	return end + 1
}

// tidyLines trims every line and leaves at most one empty line between two.
func tidyLines(s string) string {
	var b strings.Builder
	empty := 0
	for l := range strings.Lines(s) {
		l = strings.Join(strings.Fields(l), " ")
		if l == "" {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n"[:1+min(empty, 1)])
		}
		empty = 0
		b.WriteString(l)
	}
	return b.String()
}

// clean returns valid UTF-8 without control, direction and invisible characters and with at most four combining marks
// in a row. Line feeds stay, and so do the joiners inside emoji and scripts that need them.
func clean(s string) string {
	if isPlainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for _, r := range lineEnds.Replace(strings.ToValidUTF8(s, "\uFFFD")) {
		if r != '\n' && (unicode.IsControl(r) || isInvisible(r)) {
			continue
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			marks++
		} else {
			marks = 0
		}
		if marks <= 4 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// lineEnds turns everything that ends a line into one line feed, and tabs into spaces. It is never changed.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ")

func isPlainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' {
			return false
		}
	}
	return true
}

// isInvisible tells whether r shows nothing but can turn, hide or break up the text around it.
func isInvisible(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, // direction
		r == 0x200E, r == 0x200F, r == 0x061C,
		r == 0x200B, r == 0x2060, r == 0xFEFF, r == 0x00AD, r == 0x180E, // no width
		r >= 0xFFF9 && r <= 0xFFFB,                     // annotation
		r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE: // no characters
		return true
	case r >= 0xE0000 && r <= 0xE0FFF: // tags: flags of England, Scotland and Wales lose their pattern, hidden text its cover
		return true
	}
	return false
}

// cut shortens s to n runes, the last of which is an ellipsis when something was cut off.
func cut(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count++; count == n {
			return strings.TrimSpace(s[:i]) + "…"
		}
	}
	return s
}
