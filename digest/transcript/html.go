package transcript

import (
	"cmp"
	"strings"

	"golang.org/x/net/html"
)

// parseHTML reads a page: its paragraphs, with names and times that stand in their own elements (<cite>, <time>, or a
// class that says so) or inside the paragraphs.
func parseHTML(s string) ([]Segment, error) {
	p := readPage(s, true)
	if wordsOf(p.paras) < MinWords { // maybe an element that was left out and never closed holds everything
		if all := readPage(s, false); wordsOf(all.paras) > wordsOf(p.paras) && !p.whole {
			p = all
		}
	}
	if p.feed || errorTitle(p.title) && wordsOf(p.paras) < 4*MinWords {
		return nil, refuse(NotTranscript, "it is an error page or another document (%q)", clip(p.title, 60))
	}
	paras := p.paras
	if !p.named {
		nameParagraphs(paras)
	}
	timed := false
	for i := range paras {
		timed = timed || len(paras[i].marks) > 0
	}
	named := false
	for i := range paras {
		named = named || paras[i].speaker != ""
	}
	if !named && !timed {
		paras = dropChrome(paras)
	}
	if p.whole && wordsOf(paras) < MinWords {
		return nil, refuse(NotTranscript, "it is a page without a transcript (%q)", clip(p.title, 60))
	}
	return timeParagraphs(split(dropFront(paras))), nil
}

func wordsOf(paras []paragraph) int {
	n := 0
	for i := range paras {
		n += countWords(paras[i].text)
	}
	return n
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// errorTitle reports whether a page's title is that of an error, a challenge or a login.
func errorTitle(title string) bool {
	title = strings.ToLower(title)
	for _, t := range []string{"404", "403", "500", "502", "503", "not found", "just a moment", "access denied", "attention required", "sign in", "log in", "login", "forbidden", "error", "accessdenied", "nosuchkey"} {
		if strings.Contains(title, t) {
			return true
		}
	}
	return false
}

// dropChrome drops the short lines of a page's frame: menus, buttons, dates.
func dropChrome(paras []paragraph) []paragraph {
	out := paras[:0]
	for _, p := range paras {
		if countWords(p.text) > 6 || sentenceEnd(p.text) {
			out = append(out, p)
		}
	}
	return out
}

// page collects the paragraphs of an HTML document.
type page struct {
	paras   []paragraph
	title   string
	whole   bool // a whole document, not a piece of one
	feed    bool // XML of another kind
	named   bool // names stand in their own elements
	strict  bool // leave out menus, footers and the like
	text    strings.Builder
	linked  int // bytes of text within links
	speaker string
	marks   []mark
	into    string // the element whose text is a name ("cite"), a time ("time") or the title
	closes  string // the tag that ends it
	aside   strings.Builder
	skip    string // the element being left out
	depth   int
	quotes  int // open block quotations
	link    bool
}

var (
	blocks = set("p div li ul ol br hr h1 h2 h3 h4 h5 h6 tr td th table section article main blockquote dd dt dl pre figure body html tt")
	frames = set("nav footer header aside button select svg figcaption dialog menu")
	hidden = set("script style noscript template iframe textarea object canvas")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

func readPage(s string, strict bool) *page {
	p := &page{strict: strict}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			p.flush()
			return p
		case html.TextToken:
			text := string(z.Text())
			if hasInvisible(text) { // out of an entity
				text = strings.Map(visible, text)
			}
			p.words(text)
		case html.StartTagToken:
			name, attrs := z.TagName()
			p.start(string(name), z, attrs)
		case html.SelfClosingTagToken:
			name, _ := z.TagName()
			if blocks[string(name)] {
				p.flush()
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(string(name))
		case html.DoctypeToken:
			p.whole = true
		}
	}
}

func (p *page) words(text string) {
	switch {
	case p.skip != "":
	case p.into != "":
		p.aside.WriteString(text)
	default:
		if p.link {
			p.linked += len(text)
		}
		p.text.WriteString(text)
	}
}

func (p *page) start(name string, z *html.Tokenizer, attrs bool) {
	if p.skip != "" {
		if name == p.skip {
			p.depth++
		}
		return
	}
	switch {
	case hidden[name] || p.strict && frames[name]:
		p.skip, p.depth = name, 1
	case blocks[name]:
		p.flush()
		if name == "blockquote" {
			p.quotes++
		}
	case name == "rss" || name == "error":
		p.feed, p.whole = true, true
	case name == "a":
		p.link = true
	}
	p.whole = p.whole || name == "html" || name == "title" || name == "body"
	if role := roleOf(name, z, attrs); role != "" && p.into == "" && (role != "cite" || p.blank()) {
		p.into, p.closes = role, name
	}
}

// roleOf tells whether an element holds a name, a time or the title.
func roleOf(name string, z *html.Tokenizer, attrs bool) string {
	switch name {
	case "cite", "time", "title":
		return name
	case "span", "b", "strong", "a", "h3", "h4", "h5", "dt":
	default:
		return ""
	}
	for attrs {
		var key, value []byte
		key, value, attrs = z.TagAttr()
		if string(key) != "class" {
			continue
		}
		class := strings.ToLower(string(value))
		switch {
		case strings.Contains(class, "speaker"):
			return "cite"
		case strings.Contains(class, "timestamp"), strings.Contains(class, "timecode"), class == "time":
			return "time"
		}
	}
	return ""
}

// blank reports whether the paragraph has no words yet.
func (p *page) blank() bool { return strings.TrimSpace(p.text.String()) == "" }

func (p *page) end(name string) {
	if p.skip != "" {
		if name == p.skip {
			if p.depth--; p.depth == 0 {
				p.skip = ""
			}
		}
		return
	}
	if p.into != "" && name == p.closes {
		p.endAside()
	}
	if name == "a" {
		p.link = false
	}
	if blocks[name] {
		p.flush()
	}
	if name == "blockquote" {
		p.quotes = max(0, p.quotes-1)
	}
}

// endAside takes the collected text as a name, a time or the title.
func (p *page) endAside() {
	text := oneLine(p.aside.String())
	p.aside.Reset()
	role := p.into
	p.into, p.closes = "", ""
	switch role {
	case "title":
		p.title = cmp.Or(p.title, text)
	case "cite":
		p.named = true
		label, at, timed := cutClock(strings.TrimSuffix(text, ":"))
		p.speaker = clip(strings.TrimSuffix(strings.TrimSpace(label), ":"), longestName)
		if timed {
			p.marks = append(p.marks, mark{0, at})
		}
	case "time":
		if at, _, ok := clockAt(text); ok {
			p.marks = append(p.marks, mark{countWords(p.text.String()), at})
		}
	}
}

// flush ends a paragraph. One that is mostly links is part of the page's frame.
func (p *page) flush() {
	if p.into == "title" || p.into != "" && p.aside.Len() > 200 { // an element that never ended
		p.endAside()
	}
	raw, linked := p.text.String(), p.linked
	p.text.Reset()
	p.linked = 0
	if strings.TrimSpace(raw) == "" || p.strict && linked*10 > len(raw)*6 {
		return
	}
	text, marks := takeMarks(raw)
	if h := unnamed(text); h.timed {
		text, marks = h.rest, append([]mark{{0, h.at}}, marks...)
	}
	text = strings.TrimLeft(text, " :")
	if strings.Trim(text, "- *") == "" { // maybe a time in a cell of its own
		p.marks = append(p.marks, marks...)
		return
	}
	first := len(p.paras)
	quoted := p.quotes > 0 || strings.HasPrefix(text, "> ")
	for _, part := range quotedParts(text) {
		p.paras = append(p.paras, paragraph{speaker: p.speaker, text: part, quoted: quoted})
	}
	p.paras[first].marks, p.marks = append(p.marks, marks...), nil
}

// quotedParts cuts a paragraph that was made out of a quotation in Markdown ("> One: > > - two") at its lines.
func quotedParts(text string) []string {
	if !strings.HasPrefix(text, "> ") || len(text) > 2 && text[2] == '>' {
		return []string{text}
	}
	var parts []string
	for part := range strings.SplitSeq(text[2:], " > ") {
		if part = strings.TrimLeft(part, "> -*"); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return []string{text}
	}
	return parts
}
