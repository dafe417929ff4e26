package feed

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// source is a document whose markup can be read as ASCII, and how the text between the markup is encoded.
type source struct {
	body []byte
	enc  encoding.Encoding // nil for UTF-8
}

// newSource finds out the encoding of a document by its first bytes and by what it declares. Encodings that keep ASCII
// as it is are not decoded here, so that only the part of a document that is used is ever decoded.
func newSource(body []byte) (source, error) {
	if enc := wideEncoding(body); enc != nil {
		plain, err := enc.NewDecoder().Bytes(body)
		if err != nil {
			return source{}, newError(Malformed, "the feed's text encoding is broken", err)
		}
		return source{body: bytes.TrimPrefix(plain, []byte("\uFEFF"))}, nil
	}
	if rest, found := bytes.CutPrefix(body, []byte("\xEF\xBB\xBF")); found {
		return source{body: rest}, nil
	}
	label := declaredEncoding(body)
	enc, name := charset.Lookup(label)
	switch name {
	case "", "utf-8", "utf-16le", "utf-16be", "replacement": // not known, or claimed although the bytes say otherwise
		return source{body: body}, nil
	case "iso-2022-jp":
		plain, err := enc.NewDecoder().Bytes(body)
		if err != nil {
			return source{}, newError(Malformed, "the feed's text encoding is broken", err)
		}
		return source{body: plain}, nil
	}
	return source{body: body, enc: enc}, nil
}

// wideEncoding recognises UTF-16 and UTF-32 by their byte order mark or by the zero bytes of "<" or "{".
func wideEncoding(body []byte) encoding.Encoding {
	if len(body) < 4 {
		return nil
	}
	switch first := binary.BigEndian.Uint32(body); {
	case first == 0x0000FEFF || first == 0x0000003C:
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case first == 0xFFFE0000 || first == 0x3C000000:
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case first>>16 == 0xFEFF, first>>16 == 0x003C, first>>16 == 0x007B:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case first>>16 == 0xFFFE, first>>16 == 0x3C00, first>>16 == 0x7B00:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	return nil
}

// declaredEncoding returns the encoding that the XML declaration names, "" when there is none.
func declaredEncoding(body []byte) string {
	start := bytes.Index(body[:min(len(body), 1024)], []byte("<?xml"))
	if start < 0 {
		return ""
	}
	declaration := body[start:min(len(body), start+256)]
	if end := bytes.Index(declaration, []byte("?>")); end >= 0 {
		declaration = declaration[:end]
	}
	_, value, found := bytes.Cut(declaration, []byte("encoding"))
	value = bytes.TrimLeft(value, " \t\r\n=")
	if !found || len(value) < 2 || value[0] != '"' && value[0] != '\'' {
		return ""
	}
	name, _, _ := bytes.Cut(value[1:], value[:1])
	return string(name)
}

// decode returns a piece of the document as valid UTF-8.
func (s source) decode(piece []byte) []byte {
	if s.enc != nil {
		if plain, err := s.enc.NewDecoder().Bytes(piece); err == nil {
			return plain
		}
	}
	if utf8.Valid(piece) {
		return piece
	}
	return repairUTF8(piece)
}

// repairUTF8 reads the bytes that are no UTF-8 as Windows-1252: what declares UTF-8 and is not, most often is that.
func repairUTF8(piece []byte) []byte {
	out := make([]byte, 0, len(piece)+len(piece)/8)
	for len(piece) > 0 {
		r, size := utf8.DecodeRune(piece)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(piece[0])
		}
		out = utf8.AppendRune(out, r)
		piece = piece[size:]
	}
	return out
}
