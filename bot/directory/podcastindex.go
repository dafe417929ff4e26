package directory

import (
	"context"
	"crypto/sha1" //nolint:gosec // the directory's way of signing
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// PodcastIndexURL is where Podcast Index answers.
const PodcastIndexURL = "https://api.podcastindex.org"

// PodcastIndex searches Podcast Index, which wants a key (https://podcastindex-org.github.io/docs-api).
type PodcastIndex struct {
	Client      *http.Client // required
	Key, Secret string       // required
	URL         string       // PodcastIndexURL when ""
}

// Search finds podcasts.
func (p *PodcastIndex) Search(ctx context.Context, words string, n int) ([]Podcast, error) {
	base := p.URL
	if base == "" {
		base = PodcastIndexURL
	}
	q := url.Values{"q": {words}, "max": {strconv.Itoa(n)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/1.0/search/byterm?"+q.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask Podcast Index: %w", err)
	}
	p.sign(req, time.Now())
	var answer struct {
		Feeds []struct{ Title, Author, URL, Link string }
	}
	if err := getJSON(p.Client, req, &answer); err != nil {
		return nil, err
	}
	var out []Podcast
	for _, f := range answer.Feeds {
		out = append(out, Podcast{Title: f.Title, Author: f.Author, URL: f.URL, Page: f.Link})
	}
	return usable(out, n), nil
}

// sign adds the headers that prove the key: the hash of key, secret and time.
func (p *PodcastIndex) sign(req *http.Request, now time.Time) {
	date := strconv.FormatInt(now.Unix(), 10)
	sum := sha1.Sum([]byte(p.Key + p.Secret + date)) //nolint:gosec // as above
	req.Header.Set("User-Agent", "podbrief")
	req.Header.Set("X-Auth-Key", p.Key)
	req.Header.Set("X-Auth-Date", date)
	req.Header.Set("Authorization", hex.EncodeToString(sum[:]))
}
