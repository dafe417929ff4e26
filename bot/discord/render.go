package discord

import (
	"strings"
	"unicode/utf8"

	"podbrief/bot"
)

// Limits of a message in characters. https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const (
	maxContent     = 2000
	maxEmbeds      = 10
	maxTitle       = 256
	maxDescription = 4096
	maxFooter      = 2048
	maxTotal       = 6000 // of all embeds together
	maxURL         = 512
)

// fieldLimits are the steps in which a message that is too long is made shorter: what each part may have then.
var fieldLimits = []int{3000, 1500, 800, 400, 200, 100, 60}

// The notes that say that something is missing.
const (
	shortened = "Shortened to fit into one message"
	leftOut   = "Shortened to fit into one message: the last parts are left out"
)

// render draws a message. marker goes into the ID of a component, so that the message is known again; "" marks nothing. It
// is a pure function.
func render(m bot.Message, marker string) message {
	p := page{sections: len(m.Sections)}
	for i, limit := range fieldLimits {
		p.limit, p.dropShort = limit, i > 0
		if p.draw(m); p.fits() {
			break
		}
	}
	for !p.fits() && p.sections > 0 {
		p.sections--
		p.draw(m)
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
	limit     int  // characters of a part
	dropShort bool // leave out the quotes of sections that are Short
	sections  int  // how many sections to draw

	content string
	embeds  []embed
	cut     bool
}

func (p *page) fits() bool { return len(p.embeds) <= maxEmbeds && total(p.embeds) <= maxTotal }

// total counts as Discord does.
func total(embeds []embed) int {
	n := 0
	for _, e := range embeds {
		n += utf8.RuneCountInString(e.Title) + utf8.RuneCountInString(e.Description)
		if e.Footer != nil {
			n += utf8.RuneCountInString(e.Footer.Text)
		}
	}
	return n
}

func (p *page) draw(m bot.Message) {
	p.embeds, p.cut = []embed{}, false
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
	text := escape(clean(m.Text))
	if len(m.Sections) == 0 && utf8.RuneCountInString(text) > maxContent-300 {
		p.content = bold(p.fit(m.Heading, 250))
		short, cut := cutMarkdown(clean(m.Text), maxDescription)
		p.cut = p.cut || cut
		p.embeds = append(p.embeds, embed{Description: short})
		return
	}
	short, cut := cutMarkdown(clean(m.Text), maxContent-300)
	p.cut = p.cut || cut
	p.content = strings.Join(nonEmpty(bold(p.fit(m.Heading, 250)), short), "\n")
}

func (p *page) foot(m bot.Message) {
	note := ""
	if p.cut {
		note = shortened
	}
	if p.sections < len(m.Sections) {
		note = leftOut
	}
	text := strings.Join(nonEmpty(label(m.Footer, min(p.limit, maxFooter-100)), note), " · ")
	if text == "" {
		return
	}
	if n := len(p.embeds); n > 0 && p.embeds[n-1].Footer == nil {
		p.embeds[n-1].Footer = &footer{Text: text}
		return
	}
	p.embeds = append(p.embeds, embed{Footer: &footer{Text: text}})
	if n := len(p.embeds); n > maxEmbeds { // the last section's footer makes room
		p.embeds = p.embeds[:n-1]
		last := &p.embeds[n-2]
		last.Footer.Text = label(last.Footer.Text+" · "+text, maxFooter)
	}
}

// embed draws sections into one embed: one is usual, more when there are more than embeds.
func (p *page) embed(sections []bot.Section) embed {
	var e embed
	var parts []string
	for _, s := range sections {
		if e.Thumbnail == nil && webAddress(s.Image) != "" {
			e.Thumbnail = &embedImage{URL: webAddress(s.Image)}
		}
		parts = append(parts, strings.Join(p.section(s), "\n"))
	}
	short, cut := joinWithin(parts, "\n\n", maxDescription)
	p.cut = p.cut || cut
	e.Description = short
	return e
}

// section draws a part of a message line by line. The quotation is in italics: a line that begins with a sign of quotation
// could as well be outside text that was not escaped.
func (p *page) section(s bot.Section) []string {
	quote := ""
	if s.Quote != "" && !(s.Short && p.dropShort) {
		quote = "*“" + p.fit(s.Quote, p.limit) + "”*"
	} else if s.Quote != "" {
		p.cut = true
	}
	text, cut := cutMarkdown(clean(s.Text), p.limit)
	p.cut = p.cut || cut
	meta := p.fit(s.Meta, min(p.limit, 600))
	return nonEmpty(bold(p.fit(s.Heading, p.limit)), text, quote, p.link(s.Link), meta)
}

// link is the address of a source under its label; one that Discord would not take is only named.
func (p *page) link(l bot.Link) string {
	text, address := p.fit(l.Label, min(p.limit, 300)), webAddress(l.URL)
	if address == "" {
		return text
	}
	if text == "" {
		text = "Source"
	}
	// Brackets inside a label would end it on some clients, escaped or not.
	return "[" + strings.NewReplacer(`\[`, "(", `\]`, ")").Replace(text) + "](" + address + ")"
}

// fit is one line of outside text, escaped, of at most so many characters.
func (p *page) fit(s string, most int) string {
	short, cut := cutMarkdown(flat(s), most)
	p.cut = p.cut || cut
	return short
}

// cutMarkdown escapes a clean text so that the result has at most so many characters, and no escape is cut in two.
func cutMarkdown(s string, most int) (string, bool) {
	out := escape(s)
	if utf8.RuneCountInString(out) <= most {
		return out, false
	}
	for n := most; n > 0; n = n * 9 / 10 {
		short, _ := shorten(s, n)
		if out = escape(short); utf8.RuneCountInString(out) <= most {
			return out, true
		}
	}
	return "…", true
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
