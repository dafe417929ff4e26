package directory

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// AppleURL is where Apple's search answers. It needs no key and allows about 20 requests a minute
// (https://performance-partners.apple.com/search-api).
const AppleURL = "https://itunes.apple.com"

// Apple searches Apple's podcast directory.
type Apple struct {
	Client *http.Client // required
	URL    string       // AppleURL when ""
}

// Search finds podcasts.
func (a *Apple) Search(ctx context.Context, words string, n int) ([]Podcast, error) {
	base := a.URL
	if base == "" {
		base = AppleURL
	}
	q := url.Values{"media": {"podcast"}, "entity": {"podcast"}, "term": {words}, "limit": {strconv.Itoa(n)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/search?"+q.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask Apple's directory: %w", err)
	}
	var answer struct {
		Results []struct {
			CollectionName    string
			ArtistName        string
			FeedURL           string
			CollectionViewURL string
		}
	}
	if err := getJSON(a.Client, req, &answer); err != nil {
		return nil, err
	}
	var out []Podcast
	for _, r := range answer.Results {
		out = append(out, Podcast{Title: r.CollectionName, Author: r.ArtistName, URL: r.FeedURL, Page: r.CollectionViewURL})
	}
	return usable(out, n), nil
}
