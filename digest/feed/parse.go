package feed

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/mmcdole/gofeed"
)

// DefaultLimit is how many of a feed's newest episodes are taken when nobody asks for another number.
const DefaultLimit = 20

// Parse reads an RSS, Atom or JSON Feed document and returns f with what the document says of the podcast, and its
// newest episodes, newest first, at most DefaultLimit and fewer when they are very long. Relative addresses are resolved against f.URL. An episode whose
// date is missing, unreadable or in the future is dated now. Errors are of type *Error, of kind NotFeed, Malformed or
// TooLarge; a document that is cut off or broken in the middle yields the episodes that can be read.
func Parse(body []byte, f Feed, now time.Time) (Feed, []Episode, error) {
	return ParseNewest(body, f, now, DefaultLimit)
}

// ParseNewest is Parse for another number of episodes. What it costs depends on limit and not on the length of the
// document.
func ParseNewest(body []byte, f Feed, now time.Time, limit int) (Feed, []Episode, error) {
	p, err := parse(body, f, now, limit)
	if err != nil {
		return f, nil, err
	}
	return p.feed, p.episodes, nil
}

// A parsed document, with what only the fetcher needs of it.
type parsed struct {
	feed     Feed
	episodes []Episode
	ttl      time.Duration // <ttl>, 0 when not said
	newURL   string        // itunes:new-feed-url
}

func parse(body []byte, f Feed, now time.Time, limit int) (*parsed, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	src, err := newSource(body)
	if err != nil {
		return nil, err
	}
	src.body = bytes.TrimLeft(src.body, " \t\r\n\x00")
	var doc excerpt
	switch {
	case len(src.body) == 0:
		return nil, newError(NotFeed, "the answer is empty; give the address of the podcast's RSS feed", nil)
	case src.body[0] == '{':
		doc, err = excerptJSON(src.decode(src.body), limit)
	case isBinary(src.body):
		return nil, newError(NotFeed, "this is audio, an image or other data and no feed; give the address of the podcast's RSS feed", nil)
	default:
		doc, err = excerptXML(src, limit)
	}
	if err != nil {
		return nil, err
	}
	parts, err := doc.read()
	if err != nil {
		return nil, err
	}
	p := build(parts, doc.prefixes, f, now)
	p.feed.State.OldestFirst = doc.oldestFirst
	return p, nil
}

// isBinary tells whether a body cannot be text, by the first of its bytes.
func isBinary(body []byte) bool {
	first := body[:min(len(body), 512)]
	if bytes.HasPrefix(first, []byte("ID3")) || bytes.HasPrefix(first, []byte("OggS")) || bytes.HasPrefix(first, []byte("%PDF")) {
		return true
	}
	control := 0
	for _, c := range first {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			control++
		}
	}
	return control > len(first)/10 && bytes.IndexByte(first, '<') < 0 || control > len(first)/4
}

// An excerpt is the part of a document that is parsed.
type excerpt struct {
	count       int                       // of episodes in it
	part        func(from, to int) []byte // the head and some of the episodes as a document of its own
	prefixes    map[string]vocabulary     // what the prefixes of its elements mean
	oldestFirst bool
}

// excerptXML takes the head and the newest episodes of an RSS or Atom document.
func excerptXML(src source, limit int) (excerpt, error) {
	start := xmlStart(src.body)
	if start < 0 {
		return excerpt{}, newError(NotFeed, "this is text and no feed; give the address of the podcast's RSS feed", nil)
	}
	o, err := sketch(src.body[start:], limit)
	if err != nil {
		return excerpt{}, err
	}
	items := newest(o.items, limit)
	if len(items) == 0 && o.broken {
		return excerpt{}, newError(Malformed, "the feed is cut off before its first episode; try again later", nil)
	}
	return excerpt{
		count:       len(items),
		part:        func(from, to int) []byte { return o.assemble(items[from:to], src.decode) },
		prefixes:    o.prefixes(items),
		oldestFirst: oldestFirst(o.items),
	}, nil
}

// xmlStart returns where a document begins: a server may write a warning before it. -1 when nothing like one is there.
func xmlStart(body []byte) int {
	head := bytes.ToLower(body[:min(len(body), 4096)])
	declared := bytes.Index(head, []byte("<?xml"))
	if declared > 0 && !bytes.Contains(head[:declared], []byte("<html")) && !bytes.Contains(head[:declared], []byte("<!")) {
		return declared
	}
	return bytes.IndexByte(body, '<')
}

// excerptJSON takes the newest episodes of a JSON Feed. Other JSON is no feed: gofeed would take any object for one.
func excerptJSON(doc []byte, limit int) (excerpt, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(doc, &fields); err != nil {
		return excerpt{}, newError(Malformed, "the JSON feed is broken; try again later", err)
	}
	if !bytes.Contains(fields["version"], []byte("jsonfeed.org")) {
		return excerpt{}, newError(NotFeed, "this is JSON, but no JSON Feed; give the address of the podcast's RSS feed", nil)
	}
	var items []json.RawMessage
	if raw := fields["items"]; raw != nil {
		if err := json.Unmarshal(raw, &items); err != nil {
			return excerpt{}, newError(Malformed, "the JSON feed has no list of episodes; try again later", err)
		}
	}
	if len(items) > maxItems {
		return excerpt{}, newError(TooLarge, "the feed has more than 20,000 episodes and was refused", nil)
	}
	order := make([]span, len(items))
	for i, it := range items {
		var dated struct {
			Published string `json:"date_published"`
		}
		_ = json.Unmarshal(it, &dated) // an episode that cannot be read has no date either
		order[i] = span{start: i, end: i + 1, date: parseDate(dated.Published)}
	}
	taken := newest(order, limit)
	part := func(from, to int) []byte {
		some := make([]json.RawMessage, 0, to-from)
		for _, s := range taken[from:to] {
			some = append(some, items[s.start])
		}
		fields["items"], _ = json.Marshal(some) // what was valid stays valid
		out, _ := json.Marshal(fields)
		return out
	}
	return excerpt{count: len(taken), part: part, oldestFirst: oldestFirst(order)}, nil
}

// read parses the excerpt. When one episode breaks the document, the episodes are read one by one, each in a document
// of its own, and those that cannot be read are left out.
func (e excerpt) read() ([]*gofeed.Feed, error) {
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true // it knows more than the universal form: ttl, permanent links, lengths
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	whole, err := parser.Parse(bytes.NewReader(e.part(0, e.count)))
	if err == nil {
		return []*gofeed.Feed{whole}, nil
	}
	var parts []*gofeed.Feed
	for i := range e.count {
		if one, err := parser.Parse(bytes.NewReader(e.part(i, i+1))); err == nil {
			parts = append(parts, one)
		}
	}
	if len(parts) == 0 {
		return nil, newError(Malformed, "the feed is broken and cannot be read; try again later or tell its owner", err)
	}
	return parts, nil
}
