package feed

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Link is a feed that a web page points to.
type Link struct {
	Title string `json:"title,omitempty"`
	URL   string `json:"url"`
}

const (
	maxPage  = 2 << 20 // bytes of a web page
	maxLinks = 20
)

// usualPaths are where podcasts keep their feed when their page does not say. They are tried in this order.
var usualPaths = []string{"/feed", "/feed.xml", "/rss", "/rss.xml", "/podcast.xml", "/feed/podcast", "/index.xml", "/atom.xml"}

// Discover finds the feeds of a web page: those it names, comments left to the end, or else the first that answers at
// one of the usual paths of its host. An address that is a feed itself is its only link. The list may be empty; errors
// are of type *Error and tell that the page cannot be read.
func Discover(ctx context.Context, c *http.Client, pageURL string) ([]Link, error) {
	body, _, finalURL, err := ReadBody(ctx, c, pageURL, maxPage, acceptFeed)
	if err != nil {
		return nil, err
	}
	if link, ok := feedLink(body, finalURL); ok {
		return []Link{link}, nil
	}
	base, err := url.Parse(finalURL)
	if err != nil {
		return nil, newError(Blocked, "the address cannot be read; copy it once more", err)
	}
	if links := pageLinks(body, base); len(links) > 0 {
		return links, nil
	}
	for _, path := range usualPaths {
		guess := base.ResolveReference(&url.URL{Path: path}).String()
		body, _, finalURL, err := ReadBody(ctx, c, guess, MaxFeed, acceptFeed)
		if err != nil {
			if ctx.Err() != nil {
				return nil, at(guess, explain(ctx.Err()))
			}
			continue
		}
		if link, ok := feedLink(body, finalURL); ok {
			return []Link{link}, nil
		}
	}
	return nil, nil
}

// feedLink tells whether a body is a feed.
func feedLink(body []byte, at string) (Link, bool) {
	src, err := newSource(body)
	if err != nil || isBinary(src.body) {
		return Link{}, false
	}
	src.body = bytes.TrimLeft(src.body, " \t\r\n\x00")
	if len(src.body) > 0 && src.body[0] == '{' {
		_, err := excerptJSON(src.decode(src.body), 1)
		return Link{URL: at, Title: titleOf(body, at)}, err == nil
	}
	start := bytes.IndexByte(src.body, '<')
	if start < 0 {
		return Link{}, false
	}
	_, err = sketch(src.body[start:], 1)
	return Link{URL: at, Title: titleOf(body, at)}, err == nil
}

// titleOf reads the title of a feed; "" when it has none that can be read.
func titleOf(body []byte, at string) string {
	f, _, err := ParseNewest(body, Feed{URL: at}, time.Now(), 1)
	if err != nil {
		return ""
	}
	return f.Title
}

// pageLinks reads the links of a web page that name a feed.
func pageLinks(page []byte, base *url.URL) []Link {
	var links, comments []Link
	z := html.NewTokenizer(bytes.NewReader(page))
	for len(links)+len(comments) < maxLinks {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		t := z.Token()
		switch t.DataAtom {
		case atom.Base:
			if to, err := base.Parse(attrOf(t, "href")); err == nil && attrOf(t, "href") != "" {
				base = to
			}
		case atom.Link:
			link, ok := alternate(t, base)
			switch {
			case !ok || slices.ContainsFunc(append(links, comments...), func(l Link) bool { return l.URL == link.URL }):
			case strings.Contains(strings.ToLower(link.URL+link.Title), "comment"):
				comments = append(comments, link)
			default:
				links = append(links, link)
			}
		}
	}
	return append(links, comments...)
}

// alternate reads one <link rel="alternate"> of a feed's type.
func alternate(t html.Token, base *url.URL) (Link, bool) {
	rels := strings.Fields(strings.ToLower(attrOf(t, "rel")))
	switch kind := mediaType(attrOf(t, "type"), ""); kind {
	case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json":
	default:
		return Link{}, false
	}
	to, err := base.Parse(strings.TrimSpace(attrOf(t, "href")))
	if err != nil || !slices.Contains(rels, "alternate") || to.Scheme != "http" && to.Scheme != "https" {
		return Link{}, false
	}
	return Link{Title: line(attrOf(t, "title")), URL: to.String()}, true
}

func attrOf(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// CleanURL turns what people type or copy into an address to fetch: it adds https:// where the scheme is missing and
// replaces the schemes by which podcast apps open feeds. Whether the result may be fetched is for Check to say.
func CleanURL(typed string) string {
	typed = strings.Trim(strings.TrimSpace(typed), "<>")
	scheme, rest, found := strings.Cut(typed, ":")
	switch strings.ToLower(scheme) {
	case "http", "https":
		return typed
	case "feed", "itpc", "pcast", "podcast", "rss":
		if strings.HasPrefix(strings.ToLower(rest), "http") { // feed:https://…
			return rest
		}
		return "https://" + strings.TrimLeft(rest, "/")
	}
	if found && !strings.Contains(scheme, ".") {
		return typed // another scheme: left for Check to refuse
	}
	return "https://" + strings.TrimLeft(typed, "/")
}
