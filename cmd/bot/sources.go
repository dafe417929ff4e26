package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"podbrief/bot"
	"podbrief/configs"
	"podbrief/digest"
	"podbrief/digest/feed"
)

// sources are the flags that name podcasts.
type sources struct {
	Feed    []string `sep:"none" placeholder:"URL" help:"A podcast's feed, or a page that links to one; may be repeated."`
	OPML    string   `name:"opml" placeholder:"FILE" help:"A list of podcasts, as other podcast programs export it."`
	Catalog []string `placeholder:"TOPIC" help:"A pack of podcasts that comes with the program: ${packs}."`
}

// list returns the addresses that the flags name, each once.
func (s sources) list() ([]feed.Outline, error) {
	var all []feed.Outline
	for _, address := range s.Feed {
		if err := checkAddress(address); err != nil {
			return nil, err
		}
		all = append(all, feed.Outline{URL: address})
	}
	if s.OPML != "" {
		outlines, err := readOPML(s.OPML)
		if err != nil {
			return nil, err
		}
		all = append(all, outlines...)
	}
	for _, topic := range s.Catalog {
		pack := packOf(topic)
		if len(pack) == 0 {
			return nil, usageError{noPack(topic)}
		}
		all = append(all, pack...)
	}
	return unique(all), nil
}

func unique(outlines []feed.Outline) []feed.Outline {
	seen := map[string]bool{}
	return slices.DeleteFunc(outlines, func(o feed.Outline) bool {
		defer func() { seen[o.URL] = true }()
		return seen[o.URL]
	})
}

// checkAddress tells whether an address can be fetched at all.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return usagef("%q is not the address of a podcast; write it in full, such as https://example.org/feed.xml", address)
	}
	return nil
}

func readOPML(path string) ([]feed.Outline, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("the OPML file cannot be read: %w", err)
	}
	defer f.Close()
	outlines, err := feed.ReadOPML(f)
	if err != nil {
		return nil, usagef("read %q: %w", path, err)
	}
	if len(outlines) == 0 {
		return nil, usagef("%q names no podcasts; export the list of your subscriptions as OPML", path)
	}
	return outlines, nil
}

// catalog returns the podcasts that come with the program.
func catalog() []feed.Outline {
	outlines, err := feed.ReadOPML(bytes.NewReader(configs.Feeds))
	if err != nil {
		panic("configs/feeds.opml: " + err.Error()) // a test reads it
	}
	return outlines
}

// noPack says which packs there are, of a name that is none of them.
func noPack(topic string) error {
	return fmt.Errorf("there is no pack %q%s; there are %s", topic, orNearest(topic, packs()), strings.Join(packs(), ", "))
}

// packs returns the topics of the catalog.
func packs() []string {
	var topics []string
	for _, o := range catalog() {
		if !slices.Contains(topics, o.Topic) {
			topics = append(topics, o.Topic)
		}
	}
	return topics
}

// packOf returns the podcasts of a topic: "open source" and "open-source" are the same.
func packOf(topic string) []feed.Outline {
	topic = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(topic)), " ", "-")
	return slices.DeleteFunc(catalog(), func(o feed.Outline) bool { return o.Topic != topic })
}

// scan adds podcasts and reads what is new of them. What cannot be read is told on stderr and stops nothing else. It
// returns the addresses of the feeds, which for pages are not those that were given.
func (a *app) scan(ctx context.Context, e *digest.Engine, outlines []feed.Outline, all bool) ([]string, error) {
	if all {
		e.Fetcher.Limit = backCatalogue
	}
	var feeds []string
	for _, o := range outlines {
		if err := e.AddFeed(ctx, feed.Feed{URL: o.URL, Title: o.Title}, all); err != nil {
			return nil, err
		}
		feeds = append(feeds, o.URL)
	}
	draw, done := progressOn(a.stderr)
	err := e.Scan(ctx, feeds, draw)
	done()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	feeds, err = a.followPages(ctx, e, feeds, err, all)
	tell(a.stderr, err)
	_, err2 := e.Embed(ctx)
	tell(a.stderr, err2)
	if len(feeds) == 0 || unreadable(err) < len(feeds) {
		return feeds, nil
	}
	kept, err := anyKept(ctx, e, feeds)
	if err == nil && !kept {
		err = errors.New("none of these podcasts could be read; they are tried again each time, until `podbrief feeds remove URL` drops them")
	}
	return feeds, err
}

// anyKept reports whether an earlier scan has left insights of one of these feeds.
func anyKept(ctx context.Context, e *digest.Engine, feeds []string) (bool, error) {
	known, err := e.Feeds(ctx)
	return slices.ContainsFunc(known, func(h digest.Health) bool { return h.Insights > 0 && slices.Contains(feeds, h.URL) }), err
}

// backCatalogue is how many episodes of a podcast are read when all of them are wanted.
const backCatalogue = 5000

// unreadable counts the feeds that failed.
func unreadable(err error) int {
	n := 0
	for _, err := range each(err) {
		if _, ok := errors.AsType[*digest.FeedError](err); ok {
			n++
		}
	}
	return n
}

// tell writes joined errors, one line each.
func tell(w io.Writer, err error) {
	for _, err := range each(err) {
		fmt.Fprintln(w, "podbrief:", err)
	}
}

// each takes joined errors apart.
func each(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &joined):
		return []error{err}
	}
	var out []error
	for _, err := range joined.Unwrap() {
		out = append(out, each(err)...)
	}
	return out
}

// orNearest is what an error says of a typo.
func orNearest(typed string, words []string) string {
	if w, ok := bot.Nearest(typed, words); ok {
		return fmt.Sprintf(" (did you mean %q?)", w)
	}
	return ""
}
