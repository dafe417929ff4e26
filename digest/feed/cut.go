package feed

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"
)

// window is how much of a document is read at least, so that short feeds are read whole, whatever their order is.
const window = 256 << 10

// Episodes are taken until they are usualItem bytes each on average, but fewItems of them in any case: some podcasts put
// whole transcripts into their show notes.
const (
	usualItem = 12 << 10
	fewItems  = 8
)

// maxRest limits what is kept of elements between and after the episodes.
const maxRest = 64 << 10

// A span is one episode in the document.
type span struct {
	start, end int
	date       time.Time // zero when it could not be read
}

// An outline is what has been found of a document without parsing it.
type outline struct {
	doc    []byte
	root   string   // rss, rdf or feed
	open   [][]byte // elements that are open where the episodes stand, outermost first
	head   []byte   // from the root's start tag to the first episode
	items  []span
	rest   [][]byte // pieces between and after the episodes: some podcasts put their own elements there
	whole  bool     // the whole document was read
	broken bool     // the document ends too early
}

// sketch reads the head of an XML document and its episodes from the front, until there are limit of them and a window
// is read. When the last episode of the document is newer than those, it reads from the end as well.
func sketch(doc []byte, limit int) (*outline, error) {
	s := &scanner{doc: doc}
	root, ok := s.next()
	if !ok {
		return nil, cmp.Or(s.err, error(newError(NotFeed, "this is no feed; give the address of the podcast's RSS feed", nil)))
	}
	o := &outline{doc: doc, root: strings.ToLower(string(root.local()))}
	switch o.root {
	case "rss", "rdf", "feed":
	case "html", "head", "body", "script", "div":
		return nil, newError(NotFeed, "this is a web page and no feed; give the address of the podcast's RSS feed", nil)
	default:
		return nil, newError(NotFeed, "this is no RSS, Atom or JSON feed; give the address of the podcast's RSS feed", nil)
	}
	o.open = append(o.open, root.name)
	o.fromFront(s, root, limit)
	if s.err == nil && !o.whole && len(o.items) > 0 {
		o.fromBack(s, limit)
	}
	if s.err != nil {
		return nil, s.err
	}
	return o, nil
}

// fromFront reads the head and the first episodes.
func (o *outline) fromFront(s *scanner, root tag, limit int) {
	last := root.start // where the piece that is being read began
	for {
		t, ok := s.next()
		switch {
		case !ok:
			o.finish(last, len(o.doc))
			o.broken = true
			return
		case o.isItem(t):
			o.finish(last, t.start)
			last = o.addItem(s, t)
			if len(o.items) >= maxItems {
				s.err = newError(TooLarge, "the feed has more than 20,000 episodes and was refused", nil)
				return
			}
			if len(o.items) >= limit && s.pos >= window {
				return
			}
		case t.closing:
			if o.leave(t) {
				o.finish(last, t.start)
				o.whole = true
				return
			}
		case !t.empty && !isVoid(t.name):
			if o.enter(t); len(o.open) > maxDepth {
				s.err = tooDeep()
				return
			}
		}
		if s.err != nil {
			return
		}
	}
}

// isItem tells whether a tag begins an episode.
func (o *outline) isItem(t tag) bool {
	name := "item"
	if o.root == "feed" {
		name = "entry"
	}
	return !t.closing && len(o.open) <= 2 && bytes.EqualFold(t.name, []byte(name)) ||
		!t.closing && o.root != "rss" && len(o.open) <= 2 && bytes.EqualFold(t.local(), []byte(name)) // prefixed RDF and Atom
}

// addItem notes the episode that begins with t and returns where the document goes on after it. An episode that is not
// closed before the next begins is kept for the parser to judge; one that the document's end cuts off is left out.
func (o *outline) addItem(s *scanner, t tag) int {
	if t.empty {
		return t.end
	}
	end, ok := s.inside(t, len(o.open)+1)
	switch {
	case ok:
		o.add(t.start, end.end)
		return end.end
	case end.name != nil: // the next episode's start tag
		o.add(t.start, end.start)
		s.pos = end.start
		return end.start
	}
	return len(o.doc)
}

func (o *outline) add(start, end int) {
	o.items = append(o.items, span{start, end, spanDate(o.doc[start:end])})
}

// enter and leave follow the elements around the episodes. Leave tells whether the document is over for us: the element
// that holds the episodes has ended.
func (o *outline) enter(t tag) { o.open = append(o.open, t.name) }

func (o *outline) leave(t tag) bool {
	i := len(o.open) - 1
	for i >= 0 && !bytes.EqualFold(o.open[i], t.name) {
		i--
	}
	if i < 0 {
		return false // an end tag that nothing opened
	}
	if i == 0 || i == 1 && len(o.items) > 0 {
		o.open = o.open[:min(len(o.open), i+1)]
		return true
	}
	o.open = o.open[:i]
	return false
}

// finish keeps the piece of the document before an episode, or after the last one.
func (o *outline) finish(start, end int) {
	if o.head == nil {
		o.head = o.doc[start:end]
		return
	}
	piece := o.doc[start:end]
	if len(piece) <= maxRest && bytes.IndexByte(piece, '<') >= 0 {
		o.rest = append(o.rest, piece)
	}
}

// fromBack reads what stands after the last episode and, when the feed has its oldest episode first, the last episodes.
func (o *outline) fromBack(s *scanner, limit int) {
	from := o.items[len(o.items)-1].end
	name := o.itemName()
	last, ok := o.lastItem(from, len(o.doc), name)
	if !ok {
		o.readTail(from)
		return
	}
	o.readTail(last.end)
	if !o.newerThanFront(last.date, limit) {
		return
	}
	end := len(o.doc)
	for taken := 0; taken < limit; taken++ {
		it, ok := o.lastItem(from, end, name)
		if !ok {
			break
		}
		if o.items = append(o.items, it); !s.allows(o.doc[it.start:it.end]) {
			return
		}
		end = it.start
	}
}

// itemName returns what the document calls its episodes.
func (o *outline) itemName() []byte {
	first := o.doc[o.items[0].start+1:]
	end := 0
	for end < len(first) && isNameByte(first[end]) {
		end++
	}
	return first[:end]
}

// lastItem finds the last episode between from and end, looking backwards.
func (o *outline) lastItem(from, end int, name []byte) (span, bool) {
	opening := slices.Concat([]byte("<"), name)
	closing := slices.Concat([]byte("</"), name, []byte(">"))
	i := bytes.LastIndex(o.doc[from:end], closing)
	if i < 0 {
		return span{}, false
	}
	end = from + i + len(closing)
	for start := end - len(closing); start > from; {
		i := bytes.LastIndex(o.doc[from:start], opening)
		if i < 0 {
			return span{}, false
		}
		start = from + i
		if piece := o.doc[start:end]; !isNameByte(piece[len(opening)]) && !startsInCDATA(piece) {
			return span{start, end, spanDate(piece)}, true
		}
	}
	return span{}, false
}

// startsInCDATA tells whether a piece of a document begins inside a CDATA section, as show notes about feeds do.
func startsInCDATA(piece []byte) bool {
	end := bytes.Index(piece, []byte("]]>"))
	if end < 0 {
		return false
	}
	begin := bytes.Index(piece[:end], []byte("<![CDATA["))
	return begin < 0
}

// allows checks the limits inside a piece of the document that the scanner has not walked over.
func (s *scanner) allows(piece []byte) bool {
	inner := &scanner{doc: piece, namespaces: s.namespaces}
	if t, ok := inner.next(); ok {
		inner.inside(t, 3)
	}
	s.namespaces, s.err = inner.namespaces, inner.err
	return s.err == nil
}

// readTail keeps what stands after the last episode.
func (o *outline) readTail(from int) {
	if len(o.doc)-from > maxRest {
		return
	}
	level := o.open[len(o.open)-1]
	s := &scanner{doc: o.doc, pos: from}
	for {
		t, ok := s.next()
		if !ok {
			return
		}
		if t.closing && bytes.Equal(t.name, level) {
			o.finish(from, t.start)
			return
		}
	}
}

// newerThanFront tells whether date is after the oldest of the limit newest episodes read from the front.
func (o *outline) newerThanFront(date time.Time, limit int) bool {
	if date.IsZero() {
		return false
	}
	newer := 0
	for _, it := range o.items {
		if !it.date.Before(date) {
			newer++
		}
	}
	return newer < limit
}

// oldestFirst tells whether episodes stand in the order of their dates.
func oldestFirst(items []span) bool {
	rising, falling := 0, 0
	for i := 1; i < len(items); i++ {
		a, b := items[i-1], items[i]
		switch {
		case a.date.IsZero() || b.date.IsZero() || a.start > b.start:
		case a.date.Before(b.date):
			rising++
		case b.date.Before(a.date):
			falling++
		}
	}
	return rising > falling
}

// newest returns the newest of some episodes, newest first; those without a date stay beside their neighbours.
func newest(all []span, limit int) []span {
	items := slices.Clone(all)
	slices.SortStableFunc(items, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	for i := range items {
		if items[i].date.IsZero() && i > 0 {
			items[i].date = items[i-1].date
		}
	}
	for i := len(items) - 2; i >= 0; i-- {
		if items[i].date.IsZero() {
			items[i].date = items[i+1].date
		}
	}
	slices.SortStableFunc(items, func(a, b span) int { return b.date.Compare(a.date) })
	return items[:affordable(items, limit)]
}

// affordable returns how many of some episodes are taken.
func affordable(items []span, limit int) int {
	n, size := 0, 0
	for n < min(len(items), limit) && (n < fewItems || size < limit*usualItem) {
		size += items[n].end - items[n].start
		n++
	}
	return n
}

// assemble makes a small document in UTF-8 out of the head and some episodes.
func (o *outline) assemble(items []span, decode func([]byte) []byte) []byte {
	size := len(o.head)
	for _, it := range items {
		size += it.end - it.start
	}
	out := bytes.NewBuffer(make([]byte, 0, min(size+size/16+256, 1<<20)))
	appendClean(out, decode(o.head))
	for _, it := range items {
		appendClean(out, decode(o.doc[it.start:it.end]))
	}
	for _, piece := range o.rest {
		appendClean(out, decode(piece))
	}
	for _, name := range slices.Backward(o.open) {
		out.WriteString("</")
		out.Write(name)
		out.WriteByte('>')
	}
	return out.Bytes()
}
