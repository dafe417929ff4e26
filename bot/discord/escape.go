package discord

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"podbrief/bot"
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
	return shortenWords(s, most)
}

// flat is a clean text in one line.
func flat(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// webAddress returns an address as it can stand in a link; "" when it is none, or has more than so many bytes.
func webAddress(s string, most int) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	out := strings.NewReplacer("<", "%3C", ">", "%3E", "(", "%28", ")", "%29", "|", "%7C", `"`, "%22", " ", "%20", "`", "%60").Replace(u.String())
	if len(out) > most {
		return ""
	}
	return out
}

// shorten returns the whole sentences of a text that fit into n characters, with a sign that there were more. Of a sentence
// that is too long by itself the words that fit stay.
func shorten(s string, n int) (short string, cut bool) {
	if utf8.RuneCountInString(s) <= n {
		return s, false
	}
	runes := []rune(s)[:max(n-2, 0)]
	if end := lastEnd(runes, sentenceEnds); end > 0 {
		return strings.TrimSpace(string(runes[:end])) + " …", true
	}
	return shortenWords(s, n), true
}

// shortenWords returns the whole words of a text that fit into n characters.
func shortenWords(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)[:max(n-1, 0)]
	if end := lastEnd(runes, wordEnds); end > n/2 {
		runes = runes[:end]
	}
	return strings.TrimSpace(string(runes)) + "…"
}

func sentenceEnds(r, next rune) bool {
	return strings.ContainsRune(".!?", r) && unicode.IsSpace(next) || strings.ContainsRune("。！？\n", r)
}

func wordEnds(_, next rune) bool { return unicode.IsSpace(next) }

// lastEnd returns the length of the longest beginning that ends as is wanted; 0 when there is none.
func lastEnd(runes []rune, ends func(r, next rune) bool) int {
	for i := len(runes) - 2; i > 0; i-- {
		if ends(runes[i], runes[i+1]) {
			return i + 1
		}
	}
	return 0
}
