package bot

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

var (
	// webScheme begins an address that clients make into a link; without it the address is read and not pressed.
	webScheme = regexp.MustCompile(`(?i)\b(?:https?|ftp|file|slack|discord)://`)
	// otherScheme begins what is no web address and can do more than open a page.
	otherScheme = regexp.MustCompile(`(?i)\b(https?|ftp|file|data|javascript|slack|discord|mailto|tel|vbscript):(/{0,2})(\S)`)
)

// maxMarks is how many combining marks a letter may carry: more are there to draw over other lines.
const maxMarks = 4

// Clean leaves of an outside text what can be read: no control characters but line breaks, nothing that is invisible or
// changes the direction, no heaps of marks, and no addresses that could be pressed: only links that a message states may
// be. What a platform reads as markup is left to its adapter.
func Clean(s string) string {
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

// WebAddress returns an outside address as it can stand in a link, without what platforms read as markup; "" when it is no
// address of the web, names a user, or has more than so many bytes.
func WebAddress(s string, most int) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	out := markupToPercent.Replace(u.String())
	if len(out) > most {
		return ""
	}
	return out
}

var markupToPercent = strings.NewReplacer("<", "%3C", ">", "%3E", "(", "%28", ")", "%29", "|", "%7C", `"`, "%22", " ", "%20", "`", "%60")
