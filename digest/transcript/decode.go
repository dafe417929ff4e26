package transcript

import (
	"bytes"
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// decode turns a file into clean text: UTF-8, lines ended by "\n", no control and no invisible characters.
func decode(body []byte, mediaType string) string {
	s := toUTF8(body, mediaType)
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	s = repairMojibake(s)
	if hasInvisible(s) {
		s = strings.Map(visible, s)
	}
	return s
}

func toUTF8(body []byte, mediaType string) string {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		body = body[3:]
	case bytes.HasPrefix(body, []byte("\xff\xfe\x00\x00")):
		return decoded(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewDecoder().Bytes(body))
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		return decoded(utf16.UTF16(utf16.BigEndian, utf16.UseBOM).NewDecoder().Bytes(body))
	case zeroEverySecond(body, 0):
		return decoded(utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM).NewDecoder().Bytes(body))
	case zeroEverySecond(body, 1):
		return decoded(utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM).NewDecoder().Bytes(body))
	}
	_, params, _ := mime.ParseMediaType(strings.TrimRight(mediaType, "; "))
	declared, name := charset.Lookup(params["charset"])
	if utf8.Valid(body) && name != "iso-2022-jp" { // which is written in the letters of ASCII
		return string(body)
	}
	if declared == nil { // a page may tell in its head
		if e, n, _ := charset.DetermineEncoding(body, ""); n != "windows-1252" { // the guess when it does not
			declared, name = e, n
		}
	}
	if declared != nil && name != "utf-8" && name != "replacement" {
		return decoded(declared.NewDecoder().Bytes(body))
	}
	if mostlyUTF8(body) {
		return strings.ToValidUTF8(string(body), "")
	}
	return decoded(charmap.Windows1252.NewDecoder().Bytes(body))
}

func decoded(b []byte, _ error) string { return strings.ToValidUTF8(string(b), "") }

// zeroEverySecond reports whether the text looks like UTF-16 without a mark: zeros at the odd or the even places only.
func zeroEverySecond(body []byte, at int) bool {
	n := min(len(body), 200) &^ 1
	if n < 20 {
		return false
	}
	zeros, others := 0, 0
	for i := range n {
		switch {
		case body[i] == 0 && i&1 == at:
			zeros++
		case body[i] == 0:
			others++
		}
	}
	return others == 0 && zeros > n/4
}

// mostlyUTF8 reports whether UTF-8 sequences outnumber the bytes that are none.
func mostlyUTF8(body []byte) bool {
	good, bad := 0, 0
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		body = body[n:]
	}
	return good > bad
}

func hasInvisible(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' && c != '\n' || c == 0x7f {
			return true
		}
		if c == 0xc2 || c == 0xd8 || c == 0xdb || c == 0xdc || c == 0xe1 || c == 0xe2 || c >= 0xee { // lead bytes of what visible drops
			return true
		}
	}
	return false
}

// visible drops control, direction and other invisible characters, which could hide words from a reader.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == 0xa0:
		return ' '
	case r == utf8.RuneError, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co):
		return -1
	}
	return r
}

// repairMojibake reads UTF-8 that somebody took for Windows-1252 once more as UTF-8.
func repairMojibake(s string) string {
	if !strings.Contains(s, "â€") && !strings.Contains(s, "Ã") {
		return s
	}
	var b strings.Builder
	for s != "" {
		ascii := func(r rune) bool { return r < utf8.RuneSelf }
		n := until(s, func(r rune) bool { return !ascii(r) })
		b.WriteString(s[:n])
		s = s[n:]
		n = until(s, ascii)
		b.WriteString(reread(s[:n]))
		s = s[n:]
	}
	return strings.ReplaceAll(b.String(), "â€", "”") // its third byte stands for nothing in Windows-1252 and gets lost
}

// until returns where the first such character stands, or the end.
func until(s string, is func(rune) bool) int {
	if n := strings.IndexFunc(s, is); n >= 0 {
		return n
	}
	return len(s)
}

// reread returns a run of non-ASCII characters as the UTF-8 that they were, or unchanged when they were none.
func reread(run string) string {
	raw := make([]byte, 0, len(run))
	for _, r := range run {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok && (r < 0x80 || r > 0x9f) {
			return run
		}
		if !ok {
			b = byte(r)
		}
		raw = append(raw, b)
	}
	if !utf8.Valid(raw) {
		return run
	}
	return string(raw)
}
