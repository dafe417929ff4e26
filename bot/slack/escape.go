package slack

import (
	"regexp"
	"strings"
	"unicode"

	"podbrief/bot"
)

// escape replaces the three characters that Slack reads as markup, and only those.
// https://docs.slack.dev/messaging/formatting-message-text#escaping
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

// flat is a clean text in one line.
func flat(s string) string { return strings.Join(strings.Fields(bot.Clean(s)), " ") }

// inText prepares a clean text for the texts that Slack parses: what would format is replaced by what looks alike, and
// lines begin neither with a number nor with the sign of a quotation, so that no outside text makes up an item of ours.
func inText(s string) string {
	s = quotation.ReplaceAllString(item.ReplaceAllString(s, "\n· $1"), "$1›")
	return escape(looksAlike(noItalics(s)))
}

// noItalics replaces the low lines at the edges of words, where they format; within a word, as in a name of code, they stay.
func noItalics(s string) string {
	if !strings.Contains(s, "_") {
		return s
	}
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	runes := []rune(s)
	for i, r := range runes {
		if r == '_' && (i == 0 || i+1 == len(runes) || !inWord(runes[i-1]) || !inWord(runes[i+1])) {
			runes[i] = 'ˍ'
		}
	}
	return string(runes)
}

var (
	looksAlike = strings.NewReplacer("*", "∗", "`", "'", "~", "∼").Replace
	item       = regexp.MustCompile(`\n\s*([*_]*\d+[.)]\s)`)
	quotation  = regexp.MustCompile(`(?m)^(\s*)>+`)
)

// readable turns what a person wrote, as Slack sends it, into plain text: links become their address or label, mentions
// of channels their name, those of people nothing.
func readable(s string) string {
	s = markup.ReplaceAllStringFunc(s, func(m string) string {
		target, label, _ := strings.Cut(m[1:len(m)-1], "|")
		switch {
		case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "!"):
			return label
		case strings.HasPrefix(target, "#") && label != "":
			return "#" + label
		case strings.HasPrefix(target, "#"):
			return ""
		}
		return strings.TrimPrefix(target, "mailto:")
	})
	return strings.TrimSpace(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s))
}

var markup = regexp.MustCompile(`<[^<>]+>`)

// withoutMention takes the mentions of a user out of what a person wrote, as Slack sends it, and the signs that stand between
// a name that is called and what is said.
func withoutMention(s, user string) (rest string, mentioned bool) {
	rest = mention.ReplaceAllStringFunc(s, func(m string) string {
		if id, _, _ := strings.Cut(m[2:len(m)-1], "|"); id != user {
			return m
		}
		mentioned = true
		return " "
	})
	if mentioned {
		rest = strings.TrimLeft(rest, " \u00a0,:;!-–—")
	}
	return rest, mentioned
}

var mention = regexp.MustCompile(`<@[^<>]+>`)

// saysSomething reports whether a text has words beside emoji.
func saysSomething(s string) bool {
	return strings.ContainsFunc(emoji.ReplaceAllString(s, ""), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

var emoji = regexp.MustCompile(`:[a-z0-9_+'-]+:`)
