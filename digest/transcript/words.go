package transcript

import (
	"strings"
	"unicode/utf8"
)

// countWords counts the words of s. Two signs of a script written without spaces count as one word.
func countWords(s string) int {
	n, wide, inWord := 0, 0, false
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			space := c <= ' '
			if !space && !inWord {
				n++
			}
			inWord = !space
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if unspaced(r) {
			wide++
			inWord = false
			continue
		}
		if !inWord {
			n++
		}
		inWord = true
	}
	return n + (wide+1)/2
}

// unspaced reports whether r belongs to a script written without spaces: Thai to Khmer, kana, ideographs.
func unspaced(r rune) bool {
	return r >= 0x0e00 && r < 0x0f00 || r >= 0x1780 && r < 0x1800 || r >= 0x3000 && r < 0xa000 || r >= 0xf900 && r < 0xfb00 || r >= 0x20000
}

// cjk reports whether s ends in a script written without spaces.
func cjk(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r != utf8.RuneError && unspaced(r) && r < 0x20000
}

// oneLine puts single spaces between the words of s.
func oneLine(s string) string {
	if tidy(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// tidy reports whether oneLine would leave s as it is, so that most texts need no copy.
func tidy(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c == ' ' {
			if space {
				return false
			}
			space = true
			continue
		}
		if c < ' ' || c == 0xc2 || c == 0xe2 || c == 0xe3 { // maybe a no-break, thin or wide space
			return false
		}
		space = false
	}
	return s == "" || !space
}

// sentenceEnd reports whether s ends like a sentence, maybe within quotation marks.
func sentenceEnd(s string) bool {
	s = strings.TrimSuffix(strings.TrimSuffix(s, `"`), "”")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?。！？", r)
}
