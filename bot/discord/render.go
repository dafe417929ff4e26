package discord

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"podbrief/bot"
	"podbrief/bot/fit"
)

// Limits of a message in characters. https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const (
	maxContent     = 2000
	maxEmbeds      = 10
	maxTitle       = 256
	maxDescription = 4096
	maxFooter      = 2048
	maxTotal       = 6000 // of all embeds together
	maxMeta        = 600  // ours: what is told small under a section
	maxURL         = 512  // of a button, and in a text, where it counts
	maxEmbedURL    = 2048
)

// step is how short a message is drawn. Parts are left out whole, in the order of steps; only what stands in no insight of a
// model is cut, after a sentence.
type step struct {
	limit    int  // characters of a part
	quotes   bool // also of sections that are Short, where More shows them
	metas    bool
	texts    bool // all of them, and not the first line of sections that are Short
	firsts   bool // that first line
	sections int
}

// steps are tried until a message fits.
func steps(sections int) []step {
	out := []step{
		{limit: 3000, quotes: true, metas: true, texts: true, firsts: true},
		{limit: 3000, metas: true, texts: true, firsts: true},
		{limit: 3000, texts: true, firsts: true},
		{limit: 3000, firsts: true},
	}
	for _, limit := range []int{3000, 1500, 800, 400, 200, 100, 60} {
		out = append(out, step{limit: limit})
	}
	for i := range out {
		out[i].sections = sections
	}
	for n := sections - 1; n > 0; n-- {
		out = append(out, step{limit: 60, sections: n})
	}
	return out
}

// render draws a message. marker goes into the ID of a component, so that the message is known again; "" marks nothing. It
// is a pure function.
func render(m bot.Message, marker string) message {
	var p page
	neat := m.Cleaned(flat, clean)
	for _, s := range steps(len(m.Sections)) {
		p = page{step: s, linked: map[string]bool{}}
		if p.draw(neat); p.fits() {
			break
		}
	}
	out := message{Content: p.content, Embeds: p.embeds, Components: controls(m, marker), AllowedMentions: nobody()}
	if out.Content == "" && len(out.Embeds) == 0 && (len(out.Components) > 0 || m.File != nil) {
		out.Content = "Podbrief"
	}
	if f := m.File; f != nil {
		out.file = &upload{Name: f.Name, Type: f.Type, Body: f.Body}
	}
	return out
}

// nobody is who messages ping.
func nobody() mentions { return mentions{Parse: []string{}} }

// page is a message while it is drawn.
type page struct {
	step
	linked map[string]bool // the addresses of embeds: of two with one address clients show the first only

	content string
	embeds  []embed
	cut     bool
}

func (p *page) fits() bool { return len(p.embeds) <= maxEmbeds && total(p.embeds) <= maxTotal }

// total counts as Discord does.
func total(embeds []embed) int {
	n := 0
	for _, e := range embeds {
		n += utf8.RuneCountInString(e.Title) + utf8.RuneCountInString(e.Description) + utf8.RuneCountInString(e.footer())
	}
	return n
}

func (p *page) draw(m bot.Message) {
	p.embeds = []embed{}
	p.head(m)
	per := (p.sections + maxEmbeds - 1) / maxEmbeds // sections of an embed, usually one
	for i := 0; i < p.sections; i += max(per, 1) {
		p.embeds = append(p.embeds, p.embed(m.Sections[i:min(i+per, p.sections)]))
	}
	p.foot(m)
}

// head puts what stands before the sections into the text over the embeds; without sections it makes an embed of a text
// that is longer than that.
func (p *page) head(m bot.Message) {
	if len(m.Sections) == 0 && utf8.RuneCountInString(escape(m.Text)) > maxContent-300 {
		p.content = bold(p.fit(m.Heading, 250))
		short, cut := cutMarkdown(m.Text, maxDescription)
		p.cut = p.cut || cut
		p.embeds = append(p.embeds, embed{Description: short})
		return
	}
	short, cut := cutMarkdown(m.Text, maxContent-300)
	p.cut = p.cut || cut
	p.content = strings.Join(nonEmpty(bold(p.fit(m.Heading, 250)), short), "\n")
}

func (p *page) foot(m bot.Message) {
	note := ""
	if p.cut {
		note = bot.Shortened
	}
	if p.sections < len(m.Sections) {
		note = bot.LeftOut
	}
	text := strings.Join(nonEmpty(label(m.Footer, min(p.limit, maxFooter-maxMeta-100)), note), " · ")
	if text == "" {
		return
	}
	n := len(p.embeds)
	switch {
	case n == 0 || n < maxEmbeds && p.embeds[n-1].Footer != nil:
		p.embeds = append(p.embeds, embed{Description: escape(text)})
	case p.embeds[n-1].Footer == nil:
		p.embeds[n-1].Footer = &footer{Text: text}
	default:
		p.embeds[n-1].Footer.Text += " · " + text
	}
}

// embed draws sections into one embed: one is usual, more when there are more than embeds.
func (p *page) embed(sections []bot.Section) embed {
	if len(sections) == 1 && sections[0].Quote != "" {
		return p.card(sections[0])
	}
	var e embed
	var parts []string
	for _, s := range sections {
		e.picture(s)
		parts = append(parts, strings.Join(append(p.section(s), nonEmpty(p.link(s.Link), p.meta(s))...), "\n"))
	}
	short, cut := joinWithin(parts, "\n\n", maxDescription)
	p.cut = p.cut || cut
	e.Description = short
	return e
}

// card draws what was said under its source, whose address does not count in a title, and over what is told small.
func (p *page) card(s bot.Section) embed {
	var e embed
	e.picture(s)
	lines := p.section(s)
	if address := bot.WebAddress(s.Link.URL, maxEmbedURL); address != "" && !p.linked[address] {
		p.linked[address] = true
		e.Title, e.URL = p.fit(cmp.Or(s.Link.Label, "Source"), maxTitle), address
	} else {
		lines = append(lines, nonEmpty(p.link(s.Link))...)
	}
	short, cut := joinWithin(lines, "\n", maxDescription)
	p.cut = p.cut || cut
	e.Description = short
	if text := label(s.Meta, min(p.limit, maxMeta)); text != "" && p.metas {
		e.Footer = &footer{Text: text}
	}
	p.cut = p.cut || s.Meta != "" && !p.metas
	return e
}

func (e *embed) picture(s bot.Section) {
	if address := bot.WebAddress(s.Image, maxEmbedURL); e.Thumbnail == nil && address != "" {
		e.Thumbnail = &embedImage{URL: address}
	}
}

// section draws a part of a message line by line. A line never begins with the sign of a quotation or of small print: it
// could as well be outside text that was not escaped.
func (p *page) section(s bot.Section) []string {
	return nonEmpty(bold(p.fit(s.Heading, p.limit)), p.text(s), p.quote(s))
}

// text draws the text of a section. That of a model's insight is left out line by line and never cut.
func (p *page) text(s bot.Section) string {
	text := s.Text
	if first, _, more := strings.Cut(text, "\n"); s.Short && !p.texts && more {
		text, p.cut = first, true
	}
	if s.Short && !p.firsts && text != "" {
		text, p.cut = "", true
	}
	short, cut := cutMarkdown(text, p.limit)
	p.cut = p.cut || cut
	return short
}

// quote draws what was said; in italics where a claim stands over it.
func (p *page) quote(s bot.Section) string {
	switch {
	case s.Quote == "":
		return ""
	case !s.Short:
		return "“" + p.fit(s.Quote, p.limit) + "”"
	case p.quotes:
		return "*“" + p.fit(s.Quote, p.limit) + "”*"
	}
	p.cut = true
	return ""
}

func (p *page) meta(s bot.Section) string {
	if p.metas {
		return p.fit(s.Meta, min(p.limit, maxMeta))
	}
	p.cut = p.cut || s.Meta != ""
	return ""
}

// link is the address of a source under its label; one that Discord would not take is only named.
func (p *page) link(l bot.Link) string {
	text, address := p.fit(l.Label, min(p.limit, 300)), bot.WebAddress(l.URL, maxURL)
	if address == "" {
		return text
	}
	if text == "" {
		text = "Source"
	}
	// Brackets inside a label would end it on some clients, escaped or not.
	return "[" + strings.NewReplacer(`\[`, "(", `\]`, ")").Replace(text) + "](" + address + ")"
}

// fit is one line of clean text, escaped, of at most so many characters.
func (p *page) fit(s string, most int) string {
	short, cut := cutMarkdown(s, most)
	p.cut = p.cut || cut
	return short
}

// cutMarkdown shortens a clean text and escapes it, so that the result has at most so many characters.
func cutMarkdown(s string, most int) (string, bool) {
	short, cut := fit.Sentences(s, most, func(s string) int { return utf8.RuneCountInString(escape(s)) })
	return escape(short), cut
}

// joinWithin joins the parts that fit.
func joinWithin(parts []string, between string, most int) (string, bool) {
	for n := len(parts); n > 0; n-- {
		if out := strings.Join(nonEmpty(parts[:n]...), between); utf8.RuneCountInString(out) <= most {
			return out, n < len(parts)
		}
	}
	return "…", true
}

func bold(s string) string {
	if s == "" {
		return ""
	}
	return "**" + s + "**"
}

func nonEmpty(parts ...string) []string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
