// Package sample holds invented podcasts, so that the whole system can be tried without a network, a key or a feed.
//
// Everything in it is made up for this purpose: the shows, the people, the companies, the sponsors and the figures they
// quote. What the guests claim is plausible engineering and research practice, written by hand the way people talk, with
// claims that meet across shows so that related insights have something to relate. Do not quote it as evidence.
//
// The shows are served from memory under [Base] by an [http.RoundTripper]: the normal path of fetching a feed, following
// its transcript links and taking insights runs on them unchanged.
package sample

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Base is the address that all sample shows are served under. The host does not exist: only [Transport] answers for it.
const Base = "https://sample.podbrief.example"

//go:embed shows
var files embed.FS

// Show is an invented podcast.
type Show struct {
	Title string
	Topic string // what the show is about, in the words of a subscription
	Path  string // of its feed under Base
}

// URL returns the address of the show's feed.
func (s Show) URL() string { return Base + s.Path }

// Shows returns the invented podcasts, always in the same order.
func Shows() []Show {
	return []Show{
		{Title: "Held-Out Set", Topic: "ai", Path: "/held-out-set/feed.xml"},
		{Title: "Second Maintainer", Topic: "open source", Path: "/second-maintainer/feed.xml"},
		{Title: "Load-Bearing", Topic: "engineering", Path: "/load-bearing/feed.xml"},
		{Title: "The Fourth Tab", Topic: "product", Path: "/fourth-tab/feed.xml"},
		{Title: "The Unblinded Hour", Topic: "science", Path: "/unblinded-hour/feed.xml"},
	}
}

// Feeds returns the addresses of all feeds, in the order of [Shows].
func Feeds() []string {
	var urls []string
	for _, s := range Shows() {
		urls = append(urls, s.URL())
	}
	return urls
}

// Client returns an HTTP client that gets the sample shows from memory and refuses every other address. It is safe for
// concurrent use.
func Client() *http.Client { return &http.Client{Transport: Transport(time.Now())} }

// Transport returns a round tripper that answers GET and HEAD requests under [Base] from memory, with the episodes dated
// a few days before now. Any other address is an error: nothing leaves the process. It is safe for concurrent use.
func Transport(now time.Time) http.RoundTripper { return transport{now: now} }

type transport struct{ now time.Time }

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if got := r.URL.Scheme + "://" + r.URL.Host; got != Base {
		return nil, fmt.Errorf("get %q: the sample shows are only at %s; use an ordinary client for other addresses", r.URL, Base)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return respond(r, http.StatusMethodNotAllowed, "text/plain; charset=utf-8", []byte("The sample shows can only be read.\n")), nil
	}
	body, err := t.read(r.URL.Path)
	if err != nil {
		return respond(r, http.StatusNotFound, "text/plain; charset=utf-8", []byte("There is no such sample file.\n")), nil
	}
	return respond(r, http.StatusOK, mediaType(r.URL.Path), body), nil
}

// read returns the file at a path under Base, with its placeholders filled in.
func (t transport) read(urlPath string) ([]byte, error) {
	body, err := fs.ReadFile(files, "shows"+path.Clean("/"+urlPath))
	if err != nil || path.Ext(urlPath) != ".xml" {
		return body, err
	}
	return fill(body, t.now), nil
}

func respond(r *http.Request, status int, mediaType string, body []byte) *http.Response {
	size := int64(len(body))
	if r.Method == http.MethodHead {
		body = nil
	}
	return &http.Response{
		Status:        strconv.Itoa(status) + " " + http.StatusText(status),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {mediaType}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: size,
		Request:       r,
	}
}

var daysAgo = regexp.MustCompile(`\{\{DAYS_AGO (\d+)\}\}`)

// fill replaces {{BASE}} and {{DAYS_AGO n}} in a feed. Dates are whole hours, so that a feed read twice within the hour
// has not changed.
func fill(body []byte, now time.Time) []byte {
	text := strings.ReplaceAll(string(body), "{{BASE}}", Base)
	text = daysAgo.ReplaceAllStringFunc(text, func(m string) string {
		days, err := strconv.Atoi(daysAgo.FindStringSubmatch(m)[1])
		if err != nil {
			return m
		}
		return now.UTC().Truncate(time.Hour).AddDate(0, 0, -days).Format(time.RFC1123Z)
	})
	return []byte(text)
}

// mediaType returns what a server says a file is. The system's own table of types is not asked: it differs from machine
// to machine.
func mediaType(urlPath string) string {
	switch path.Ext(urlPath) {
	case ".xml":
		return "application/rss+xml; charset=utf-8"
	case ".vtt":
		return "text/vtt; charset=utf-8"
	case ".srt":
		return "application/x-subrip; charset=utf-8"
	case ".json":
		return "application/json; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".md":
		return "text/markdown; charset=utf-8"
	default:
		return "text/plain; charset=utf-8"
	}
}
