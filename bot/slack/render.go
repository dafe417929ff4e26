package slack

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"podbrief/bot"
	"podbrief/bot/fit"
)

// Limits of a message, in characters and blocks.
// https://docs.slack.dev/reference/block-kit/blocks; the total is not documented: Slack was seen to refuse messages of
// 11,300 characters and more (slackapi/bolt-js#2509, #2867).
const (
	maxBlocks  = 49
	maxTotal   = 9_800
	maxHeader  = 150
	maxSection = 3_000
	maxField   = 2_900
	maxLabel   = 300
	maxSmall   = 1_000
	maxButton  = 75
	maxButtons = 25
	maxURL     = 3_000
	maxNotice  = 600
)

// rendered is a message as Slack takes it.
type rendered struct {
	Text   string        `json:"text"` // what notifications show and screen readers say
	Blocks []slack.Block `json:"blocks"`
}

// Steps in which a message that is too long is made shorter: what each field may have then.
var fieldLimits = []int{maxField, 1500, 800, 400, 200, 100}

// render draws a message for a surface that takes so many blocks. It is a pure function. What is too long is drawn again
// with less room for each field and without the quotes that are Short; then without lines and gaps between sections, and at
// last without the last sections.
func render(m bot.Message, most int) rendered {
	m = m.Cleaned(flat, bot.Clean)
	p := page{sections: len(m.Sections), home: most > maxBlocks}
	for i, limit := range fieldLimits {
		p.limit, p.dropShort = limit, i > 0
		if p.draw(m); p.size <= maxTotal {
			break
		}
	}
	if len(p.blocks) > most {
		p.dense = true
		p.draw(m)
	}
	for ; (len(p.blocks) > most || p.size > maxTotal) && p.sections > 0; p.draw(m) {
		p.sections--
	}
	return rendered{Text: notice(m), Blocks: p.blocks}
}

// page is a message while it is drawn.
type page struct {
	limit     int  // characters of a field
	dropShort bool // leave out the quotes of sections that are Short
	dense     bool // without lines and gaps between sections
	sections  int  // how many sections to draw
	home      bool // it is no message: feedback buttons exist in messages only

	blocks []slack.Block
	text   string // of the block that is being made
	size   int    // characters so far
	cut    bool
}

func (p *page) draw(m bot.Message) {
	p.blocks, p.text, p.size, p.cut = nil, "", 0, false
	if h := m.Heading; utf8.RuneCountInString(h) <= maxHeader && h != "" {
		p.add(slack.NewHeaderBlock(plainText(h)), h)
	} else {
		p.bold(h)
	}
	p.line(m.Text)
	for i, s := range m.Sections[:min(p.sections, len(m.Sections))] {
		if !p.dense {
			p.flush()
		}
		if i > 0 {
			p.divide(m.Sections[i-1])
		}
		p.section(s)
	}
	p.flush()
	if n := len(m.Sections); n > 1 {
		p.divide(m.Sections[n-1])
	}
	footer := p.fitPlain(m.Footer, maxSmall)
	p.small("", join(" · ", footer, p.note(len(m.Sections))))
	p.actions(m.Actions)
}

// note says what is missing of a message of so many sections.
func (p *page) note(sections int) string {
	switch {
	case p.sections < sections:
		return bot.LeftOut
	case p.cut:
		return bot.Shortened
	}
	return ""
}

// divide draws a line after a section under which there is more than one thing to press.
func (p *page) divide(s bot.Section) {
	if !p.dense && len(s.Actions) > 1 {
		p.add(slack.NewDividerBlock())
	}
}

func join(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), between)
}

// section draws a part of a message: claim, text, quote and source in one block, what is small and what can be pressed
// under it.
func (p *page) section(s bot.Section) {
	p.bold(s.Heading)
	p.line(s.Text)
	if s.Quote != "" && !(s.Short && p.dropShort) {
		p.quote(s.Quote)
	} else if s.Quote != "" {
		p.cut = true
	}
	p.link(s.Link)
	if s.Meta != "" || s.Image != "" {
		p.flush()
		p.small(s.Image, p.fitPlain(s.Meta, maxSmall))
	}
	if len(s.Actions) > 0 {
		p.flush()
		p.actions(s.Actions)
	}
}

// fit shortens a field to the sentences for which there is room, one at least, and makes markup of it that shows it as it
// is. The markup has at most so many characters.
func (p *page) fit(s string, most int) string {
	return inText(p.shorten(s, most, func(s string) int { return utf8.RuneCountInString(inText(s)) }))
}

// fitPlain shortens a field of plain text, which is no markup.
func (p *page) fitPlain(s string, most int) string {
	short := p.shorten(s, most, fit.Characters)
	p.size += fit.Characters(short)
	return short
}

func (p *page) shorten(s string, most int, size fit.Size) string {
	short, cut := fit.FirstWhole(s, min(most, p.limit), most, size)
	p.cut = p.cut || cut
	return short
}

// put adds a line of markup to the block that is being made.
func (p *page) put(markup string) {
	n := utf8.RuneCountInString(markup)
	if utf8.RuneCountInString(p.text)+n >= maxSection {
		p.flush()
	}
	if p.text != "" {
		p.text += "\n"
	}
	p.text += markup
	p.size += n
}

func (p *page) line(text string) {
	if text != "" {
		p.put(p.fit(text, maxField))
	}
}

func (p *page) bold(text string) {
	if text != "" {
		p.put("*" + p.fit(text, maxField) + "*")
	}
}

func (p *page) quote(text string) { p.put("&gt; “" + p.fit(text, maxField) + "”") }

// link adds the address of a source under its label; one that Slack would not take is only named.
func (p *page) link(l bot.Link) {
	label, address := l.Label, escape(bot.WebAddress(l.URL, maxURL))
	if address == "" || len(address)+maxLabel+3 > maxSection {
		p.line(label)
		return
	}
	if label == "" {
		label = "Source"
	}
	p.put("<" + address + "|" + strings.ReplaceAll(p.fit(label, maxLabel), "|", "¦") + ">")
}

// flush ends the block of text that is being made. Verbatim: nothing in it becomes a link or mention by itself.
func (p *page) flush() {
	if p.text != "" {
		p.blocks = append(p.blocks, slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, p.text, false, true), nil, nil))
		p.text = ""
	}
}

func (p *page) add(b slack.Block, texts ...string) {
	p.blocks = append(p.blocks, b)
	for _, t := range texts {
		p.size += utf8.RuneCountInString(t)
	}
}

// small adds a line in small letters, behind a small image when there is one.
func (p *page) small(image, text string) {
	var parts []slack.MixedElement
	if address := bot.WebAddress(image, maxURL); address != "" {
		p.size += len(address)
		parts = append(parts, slack.NewImageBlockElement(address, "artwork"))
	}
	if text != "" {
		parts = append(parts, plainText(text))
	}
	if len(parts) > 0 {
		p.blocks = append(p.blocks, slack.NewContextBlock("", parts...))
	}
}

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// notice is the line that a notification shows of a cleaned message.
func notice(m bot.Message) string {
	text := m.Summary
	if text == "" {
		text = join(". ", strings.TrimSuffix(m.Heading, "."), m.Text)
	}
	if text == "" && len(m.Sections) > 0 {
		text = join(". ", m.Sections[0].Heading, m.Sections[0].Text, m.Sections[0].Quote)
	}
	text, _ = fit.Sentences(flat(text), maxNotice, fit.Characters)
	if text == "" {
		text = "Podbrief"
	}
	return inText(text)
}
