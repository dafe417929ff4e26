package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape replaces the three characters that Slack reads as markup, and only those.
// https://docs.slack.dev/messaging/formatting-message-text#escaping
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

var (
	// webScheme begins an address that clients make into a link; without it the address is read and not pressed.
	webScheme = regexp.MustCompile(`(?i)\b(?:https?|ftp|file|slack|discord)://`)
	// otherScheme begins what is no web address and can do more than open a page.
	otherScheme = regexp.MustCompile(`(?i)\b(https?|ftp|file|data|javascript|slack|discord|mailto|tel|vbscript):(/{0,2})(\S)`)
)

// maxMarks is how many combining marks a letter may carry: more are there to draw over other lines.
const maxMarks = 4

// clean leaves of a text what can be read: no control characters but line breaks, nothing that is invisible or changes the
// direction, no heaps of marks, no addresses that could be pressed. Only links that a message states may be pressed.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	var sb strings.Builder
	marks := 0
	for _, r := range s {
		if !visible(r) {
			continue
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		if r == '\t' || r == '\u2028' || r == '\u2029' {
			r = ' '
		}
		sb.WriteRune(r)
	}
	return strings.TrimSpace(unlink(sb.String()))
}

// unlink makes addresses into words, also those that come apart into others.
func unlink(s string) string {
	if !strings.Contains(s, ":") {
		return s
	}
	for webScheme.MatchString(s) {
		s = webScheme.ReplaceAllString(s, "")
	}
	for otherScheme.MatchString(s) {
		s = otherScheme.ReplaceAllString(s, "$1: $3")
	}
	return s
}

// visible reports whether a character shows and does nothing to its neighbors. The joiners of emoji and scripts stay.
func visible(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return true
	case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return false
	case r == 0x00ad, r == 0x200b, r == 0x2060, r == 0xfeff, r == 0x180e, r == 0x3164, r == 0x115f, r == 0x1160, r >= 0xe0000 && r <= 0xe007f:
		return false
	}
	return true
}

// flat is a clean text in one line.
func flat(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// inText prepares a clean text for the texts that Slack parses: what would format is replaced by what looks alike, and
// lines do not begin with a number, so that no outside text makes up an item of ours.
func inText(s string) string { return escape(looksAlike(item.ReplaceAllString(s, "\n· $1"))) }

var (
	looksAlike = strings.NewReplacer("*", "∗", "`", "'", "~", "∼").Replace
	item       = regexp.MustCompile(`\n\s*([*_]*\d+[.)]\s)`)
)

// whole returns the whole sentences of a text that fit into n characters, and the first one also when it is longer but
// has at most so many characters, with a sign that there were more.
func whole(s string, n, most int) (short string, cut bool) {
	if n < most && utf8.RuneCountInString(s) > n && lastEnd([]rune(s), max(n-2, 0), sentenceEnds) == 0 {
		n = min(most, firstEnd([]rune(s))+2)
	}
	return shorten(s, n)
}

// firstEnd returns the length of a text's first sentence.
func firstEnd(runes []rune) int {
	for i := 1; i < len(runes); i++ {
		if sentenceEnds(runes[i-1], runes[i]) {
			return i
		}
	}
	return len(runes)
}

// shorten returns the whole sentences of a text that fit into n characters, with a sign that there were more. Of a sentence
// that is too long by itself the words that fit stay.
func shorten(s string, n int) (short string, cut bool) {
	if utf8.RuneCountInString(s) <= n {
		return s, false
	}
	runes, room := []rune(s), max(n-2, 0)
	if end := lastEnd(runes, room, sentenceEnds); end > 0 {
		return strings.TrimSpace(string(runes[:end])) + " …", true
	}
	if end := lastEnd(runes, room, wordEnds); end > n/3 {
		return strings.TrimSpace(string(runes[:end])) + "…", true
	}
	return strings.TrimSpace(string(runes[:room])) + "…", true
}

func sentenceEnds(r, next rune) bool {
	return strings.ContainsRune(".!?", r) && unicode.IsSpace(next) || strings.ContainsRune("。！？\n", r)
}

func wordEnds(_, next rune) bool { return unicode.IsSpace(next) }

// lastEnd returns the length of the longest beginning, of at most so many characters, that ends as is wanted; 0 when there
// is none.
func lastEnd(runes []rune, most int, ends func(r, next rune) bool) int {
	for i := min(most, len(runes)-1); i > 0; i-- {
		if ends(runes[i-1], runes[i]) {
			return i
		}
	}
	return 0
}

// readable turns what a person wrote, as Slack sends it, into plain text: links become their address or label, mentions
// of channels their name, those of people nothing.
func readable(s string) string {
	s = markup.ReplaceAllStringFunc(s, func(m string) string {
		target, label, _ := strings.Cut(m[1:len(m)-1], "|")
		switch {
		case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "!"):
			return label
		case strings.HasPrefix(target, "#"):
			return "#" + label
		}
		return strings.TrimPrefix(target, "mailto:")
	})
	return strings.TrimSpace(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s))
}

var markup = regexp.MustCompile(`<[^<>]+>`)
