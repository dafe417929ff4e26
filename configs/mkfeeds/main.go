// Mkfeeds makes configs/feeds.opml out of the feed catalog: one outline a topic, those with evidence of transcripts first.
//
//	go run ./configs/mkfeeds ../shared/catalog.yaml > configs/feeds.opml
package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/goccy/go-yaml"
)

// entry is one feed of the catalog.
type entry struct {
	Name, URL, Topic, Language, Transcript string
}

// evidence orders feeds by how likely they offer transcripts.
var evidence = []string{"tag_seen", "public_repo", "host_supports", "unknown"}

type outline struct {
	Text     string    `xml:"text,attr"`
	Type     string    `xml:"type,attr,omitempty"`
	URL      string    `xml:"xmlUrl,attr,omitempty"`
	Language string    `xml:"language,attr,omitempty"`
	Category string    `xml:"category,attr,omitempty"`
	Feeds    []outline `xml:"outline"`
}

type opml struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Topics  []outline `xml:"body>outline"`
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mkfeeds:", err)
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("name the catalog: mkfeeds CATALOG.yaml > feeds.opml")
	}
	src, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var catalog struct{ Feeds []entry }
	if err := yaml.Unmarshal(src, &catalog); err != nil {
		return fmt.Errorf("read %s: %w", args[0], err)
	}
	return write(w, group(catalog.Feeds))
}

// group makes one outline a topic, in the catalog's order of topics.
func group(feeds []entry) []outline {
	slices.SortStableFunc(feeds, func(a, b entry) int {
		return slices.Index(evidence, a.Transcript) - slices.Index(evidence, b.Transcript)
	})
	var topics []outline
	for _, name := range topicOrder(feeds) {
		t := outline{Text: name}
		for _, f := range feeds {
			if f.Topic == name {
				t.Feeds = append(t.Feeds, outline{Text: f.Name, Type: "rss", URL: f.URL, Language: f.Language, Category: "/transcript/" + f.Transcript})
			}
		}
		topics = append(topics, t)
	}
	return topics
}

func topicOrder(feeds []entry) []string {
	var names []string
	for _, f := range feeds {
		if !slices.Contains(names, f.Topic) {
			names = append(names, f.Topic)
		}
	}
	slices.Sort(names)
	return names
}

func write(w io.Writer, topics []outline) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(opml{Version: "2.0", Title: "Podbrief feeds by topic", Topics: topics}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
