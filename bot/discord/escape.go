package discord

import (
	"regexp"
	"strings"

	"podbrief/bot"
	"podbrief/bot/fit"
)

var (
	// invite is an address that Discord shows as an invitation even without a scheme.
	invite = regexp.MustCompile(`(?i)(discord(?:\.gg|(?:app)?\.com/invite|\.me|\.io))/`)
	// markedUp is what Discord turns into a person, channel, command, time or emoji; a backslash does not stop all of them.
	markedUp = regexp.MustCompile(`<(@|#|/|:|a:|id:|t:)`)
	// lineMark makes a line a heading, small print or quotation.
	lineMark = regexp.MustCompile(`(?m)^(\s*)(#{1,3}|-#|>{1,3}|[-+*])( )`)
	// listMark makes a line an item of a numbered list.
	listMark = regexp.MustCompile(`(?m)^(\s*\d+)(\. )`)
	// markdown is what formats inside a line.
	markdown = regexp.MustCompile("[\\\\*_~`|\\[\\]]")
)

// clean leaves of an outside text what can be read, and nothing that pings. It is what plain text (labels, footers, titles
// of forms) needs; Markdown needs escape besides.
func clean(s string) string {
	s = invite.ReplaceAllString(bot.Clean(s), "$1 / ")
	s = markedUp.ReplaceAllString(s, "‹$1")
	return strings.TrimSpace(strings.NewReplacer("@everyone", "＠everyone", "@here", "＠here").Replace(s))
}

// escape makes a clean text show as it is where Discord reads Markdown.
func escape(s string) string {
	s = markdown.ReplaceAllString(s, `\$0`)
	s = lineMark.ReplaceAllString(s, `$1\$2$3`)
	return listMark.ReplaceAllString(s, `$1\$2`)
}

// label is a clean text in one line that fits where Discord reads no Markdown. Marks that a client might read all the same
// are taken out.
func label(s string, most int) string {
	s = strings.NewReplacer("```", "'''", "||", "¦¦").Replace(flat(s))
	s = lineMark.ReplaceAllString(s, "$1$2\u00a0")
	return fit.Words(s, most, fit.Characters)
}

// flat is a clean text in one line.
func flat(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
