package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// An Outline is one feed of an OPML file, the form in which podcast apps exchange subscriptions.
type Outline struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Topic string `json:"topic,omitempty"` // the title of the outline around it, "" at the top level
}

// maxOutlines is how many feeds an OPML file may hold.
const maxOutlines = 5000

// ReadOPML reads the feeds of an OPML file in its order, each address once, at whatever depth they stand. It reads at
// most MaxFeed bytes. Errors are of type *Error.
func ReadOPML(r io.Reader) ([]Outline, error) {
	doc, err := io.ReadAll(io.LimitReader(r, MaxFeed+1))
	if err != nil {
		return nil, fmt.Errorf("read OPML: %w", err)
	}
	if len(doc) > MaxFeed {
		return nil, tooLarge(MaxFeed)
	}
	src, err := newSource(doc)
	if err != nil {
		return nil, err
	}
	start := bytes.IndexByte(src.body, '<')
	if start < 0 {
		return nil, newError(NotFeed, "this is no OPML file; export your subscriptions as OPML and give that", nil)
	}
	clean := bytes.NewBuffer(make([]byte, 0, len(src.body)))
	appendClean(clean, src.decode(src.body[start:]))
	return readOutlines(clean.Bytes())
}

func readOutlines(doc []byte) ([]Outline, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	var (
		out    []Outline
		topics []string // titles of the outlines that are open
		seen   = map[string]bool{}
		isOPML bool
	)
	for {
		token, err := d.Token()
		if err != nil {
			if !isOPML || len(out) == 0 && err != io.EOF {
				return nil, newError(NotFeed, "this is no OPML file; export your subscriptions as OPML and give that", err)
			}
			return out, nil // what was read of a damaged file is worth having
		}
		switch t := token.(type) {
		case xml.StartElement:
			isOPML = isOPML || strings.EqualFold(t.Name.Local, "opml")
			if !strings.EqualFold(t.Name.Local, "outline") {
				continue
			}
			o := outlineOf(t, topics)
			topics = append(topics, o.Title)
			if o.URL == "" || seen[o.URL] {
				continue
			}
			if seen[o.URL] = true; len(out) == maxOutlines || len(topics) > maxDepth {
				return nil, newError(TooLarge, "the OPML file holds more than 5,000 feeds or nests them too deeply; split it", nil)
			}
			out = append(out, o)
		case xml.EndElement:
			if strings.EqualFold(t.Name.Local, "outline") && len(topics) > 0 {
				topics = topics[:len(topics)-1]
			}
		}
	}
}

// outlineOf reads one outline; topics are the titles of those around it.
func outlineOf(t xml.StartElement, topics []string) Outline {
	var o Outline
	var text string
	for _, a := range t.Attr {
		switch strings.ToLower(a.Name.Local) {
		case "xmlurl":
			o.URL = strings.TrimSpace(a.Value)
		case "url":
			if o.URL == "" && strings.HasPrefix(strings.TrimSpace(a.Value), "http") {
				o.URL = strings.TrimSpace(a.Value)
			}
		case "title":
			o.Title = line(a.Value)
		case "text":
			text = line(a.Value)
		}
	}
	if o.Title == "" {
		o.Title = text
	}
	if len(topics) > 0 {
		o.Topic = topics[len(topics)-1]
	}
	return o
}

// WriteOPML writes feeds as an OPML 2.0 file, grouped by topic in the order in which the topics first appear.
func WriteOPML(w io.Writer, title string, feeds []Outline) error {
	type outline struct {
		Type     string    `xml:"type,attr,omitempty"`
		Text     string    `xml:"text,attr"`
		Title    string    `xml:"title,attr,omitempty"`
		URL      string    `xml:"xmlUrl,attr,omitempty"`
		Outlines []outline `xml:"outline"`
	}
	var doc struct {
		XMLName  xml.Name  `xml:"opml"`
		Version  string    `xml:"version,attr"`
		Title    string    `xml:"head>title"`
		Outlines []outline `xml:"body>outline"`
	}
	doc.Version, doc.Title = "2.0", title
	group := map[string]int{}
	for _, f := range feeds {
		one := outline{Type: "rss", Text: f.Title, Title: f.Title, URL: f.URL}
		if f.Topic == "" {
			doc.Outlines = append(doc.Outlines, one)
			continue
		}
		i, known := group[f.Topic]
		if !known {
			i = len(doc.Outlines)
			group[f.Topic] = i
			doc.Outlines = append(doc.Outlines, outline{Text: f.Topic})
		}
		doc.Outlines[i].Outlines = append(doc.Outlines[i].Outlines, one)
	}
	out, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write OPML: %w", err)
	}
	if _, err := fmt.Fprintf(w, "%s%s\n", xml.Header, out); err != nil {
		return fmt.Errorf("write OPML: %w", err)
	}
	return nil
}
