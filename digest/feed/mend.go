package feed

import (
	"bytes"
	"unicode/utf8"
)

// maxRun limits one piece of text, in bytes: no notes are longer that are kept, and parsers copy each several times.
const maxRun = 8 * maxNotes

// appendClean appends a piece of XML without what makes parsers stop: comments, declarations, control characters, and
// "<" that begins nothing.
func appendClean(out *bytes.Buffer, piece []byte) {
	for len(piece) > 0 {
		i := bytes.IndexByte(piece, '<')
		if i < 0 {
			appendText(out, beginning(piece, maxRun))
			return
		}
		appendText(out, beginning(piece[:i], maxRun))
		piece = piece[i:]
		end, isMarkup := skipMarkup(piece, 0)
		switch {
		case isMarkup && end < 0:
			return
		case isMarkup && bytes.HasPrefix(piece, []byte("<![CDATA[")):
			appendText(out, beginning(piece[:end-len("]]>")], maxRun))
			out.WriteString("]]>")
			piece = piece[end:]
		case isMarkup:
			piece = piece[end:]
		case len(piece) > 1 && (piece[1] == '/' || isNameByte(piece[1]) && !isNotFirst(piece[1])):
			out.WriteByte('<')
			piece = piece[1:]
		default:
			out.WriteString("&lt;")
			piece = piece[1:]
		}
	}
}

// beginning returns the first n bytes of a text, less when that would cut a character.
func beginning(text []byte, n int) []byte {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// appendText appends text without the control characters that XML forbids.
func appendText(out *bytes.Buffer, text []byte) {
	for {
		i := bytes.IndexFunc(text, isForbidden)
		if i < 0 {
			out.Write(text)
			return
		}
		out.Write(text[:i])
		text = text[i:]
		next := bytes.IndexFunc(text, func(r rune) bool { return !isForbidden(r) })
		if next < 0 {
			return
		}
		text = text[next:]
	}
}

func isForbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}
