// Package directory finds podcasts by name in a public directory. It knows the directories' web interfaces and nothing
// of channels, feeds' contents or the store.
package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Podcast is a podcast as a directory or a catalog lists it.
type Podcast struct {
	Title  string
	Author string
	URL    string // of the feed
	Page   string // web page; "" when not known
}

// Directory finds podcasts whose names, authors or subjects hold some words, best first, at most n. It is safe for
// concurrent use.
type Directory interface {
	Search(ctx context.Context, words string, n int) ([]Podcast, error)
}

// maxBody is the size of the largest answer that is read, in bytes.
const maxBody = 2 << 20

// getJSON sends a request and decodes the answer into v.
func getJSON(c *http.Client, req *http.Request, v any) error {
	resp, err := c.Do(req)
	if err != nil {
		return fmt.Errorf("ask the podcast directory: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the podcast directory %q: status %d", req.URL.Host, resp.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxBody)).Decode(v); err != nil {
		return fmt.Errorf("read the answer of the podcast directory %q: %w", req.URL.Host, err)
	}
	return nil
}

// usable leaves out what has no address that a feed can be fetched from, and what is listed twice.
func usable(found []Podcast, n int) []Podcast {
	var out []Podcast
	seen := map[string]bool{}
	for _, p := range found {
		u, err := url.Parse(p.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || seen[p.URL] {
			continue
		}
		if p.Title = strings.TrimSpace(p.Title); p.Title == "" {
			continue
		}
		seen[p.URL] = true
		out = append(out, p)
	}
	return out[:min(len(out), n)]
}
