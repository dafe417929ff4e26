package feed

import (
	"bytes"
	"slices"
)

// Limits on a document, checked before the parser sees it: gofeed's XML layer copies its table of namespaces at every
// element, so that a few hundred kilobytes of nested elements cost gigabytes.
const (
	maxDepth      = 64
	maxAttrs      = 128
	maxNamespaces = 2000
	maxItems      = 20_000
)

// A tag is one start or end tag of a document.
type tag struct {
	name       []byte // as written, with its prefix
	start, end int    // where it stands in the document
	closing    bool   // </name>
	empty      bool   // <name/>
}

// local returns the tag's name without prefix.
func (t tag) local() []byte {
	if _, after, found := bytes.Cut(t.name, []byte(":")); found {
		return after
	}
	return t.name
}

// A scanner walks over the tags of a document and looks at nothing else: no entities, no text. That is some ten times
// faster than a parser and allocates nothing. It forgives what parsers forgive.
type scanner struct {
	doc        []byte
	pos        int
	namespaces int
	err        error // a limit that was passed
}

// next returns the next tag. It is false at the end of the document, in the middle of an unfinished tag, comment or
// CDATA section, and when a limit is passed.
func (s *scanner) next() (tag, bool) {
	for s.err == nil {
		i := bytes.IndexByte(s.doc[s.pos:], '<')
		if i < 0 {
			break
		}
		s.pos += i
		if end, isMarkup := skipMarkup(s.doc, s.pos); isMarkup {
			if end < 0 {
				break
			}
			s.pos = end
			continue
		}
		if t, ok := s.tag(); ok {
			return t, true
		}
		s.pos++ // a stray "<" in text
	}
	if s.err == nil {
		s.pos = len(s.doc)
	}
	return tag{}, false
}

// skipMarkup returns where the comment, CDATA section, processing instruction or declaration ends that starts at pos;
// -1 when it does not end.
func skipMarkup(doc []byte, pos int) (end int, isMarkup bool) {
	rest := doc[pos:]
	for _, m := range [...]struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if bytes.HasPrefix(rest, []byte(m.open)) {
			i := bytes.Index(rest[len(m.open):], []byte(m.close))
			if i < 0 {
				return -1, true
			}
			return pos + len(m.open) + i + len(m.close), true
		}
	}
	if !bytes.HasPrefix(rest, []byte("<!")) {
		return 0, false
	}
	for depth, i := 0, 2; i < len(rest); i++ {
		switch rest[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return pos + i + 1, true
			}
		}
	}
	return -1, true
}

// tag reads the tag at s.pos.
func (s *scanner) tag() (tag, bool) {
	t := tag{start: s.pos}
	i := s.pos + 1
	if i < len(s.doc) && s.doc[i] == '/' {
		t.closing = true
		i++
	}
	from := i
	for i < len(s.doc) && isNameByte(s.doc[i]) {
		i++
	}
	if i == from || isNotFirst(s.doc[from]) {
		return tag{}, false
	}
	t.name = s.doc[from:i]
	end := s.attributes(i)
	if end < 0 {
		return tag{}, false
	}
	t.end = end + 1
	t.empty = !t.closing && s.doc[end-1] == '/'
	s.pos = t.end
	return t, true
}

// attributes counts the attributes of the tag whose name ends at i and returns where its ">" stands, -1 without one.
func (s *scanner) attributes(i int) int {
	attrs := 0
	var quote byte
	for ; i < len(s.doc); i++ {
		switch c := s.doc[i]; {
		case quote != 0:
			next := bytes.IndexByte(s.doc[i:], quote)
			if next < 0 {
				return -1
			}
			i += next
			quote = 0
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		case c == '<':
			return -1
		case c == '=':
			if attrs++; attrs > maxAttrs {
				s.err = newError(Malformed, "the feed has an element with more than 128 attributes and was refused", nil)
				return -1
			}
		case c == 'x' && bytes.HasPrefix(s.doc[i:], []byte("xmlns")):
			if s.namespaces++; s.namespaces > maxNamespaces {
				s.err = newError(Malformed, "the feed declares more than 2,000 namespaces and was refused", nil)
				return -1
			}
			i += len("xmlns") - 1
		}
	}
	return -1
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == ':' || c == '_' || c == '-' || c == '.' || c >= 0x80
}

func isNotFirst(c byte) bool { return c >= '0' && c <= '9' || c == '-' || c == '.' }

// inside walks over the content of an element whose start tag was just read and returns its end tag. It is false when
// the element does not end before stop does, a start tag of the same name comes first, or a limit is passed.
func (s *scanner) inside(open tag, depth int) (tag, bool) {
	base := depth
	for {
		t, ok := s.next()
		switch {
		case !ok:
			return tag{}, false
		case bytes.Equal(t.name, open.name):
			return t, t.closing
		case t.closing:
			depth = max(depth-1, base)
		case !t.empty && !isVoid(t.name):
			if depth++; depth > maxDepth {
				s.err = tooDeep()
				return tag{}, false
			}
		}
	}
}

func tooDeep() error {
	return newError(Malformed, "the feed nests its elements deeper than 64 levels and was refused", nil)
}

// isVoid tells whether an element of HTML has no end tag. They stand in feeds whose authors forgot to escape the notes.
func isVoid(name []byte) bool {
	return slices.Contains([]string{"br", "hr", "img", "BR", "HR", "IMG"}, string(name))
}
