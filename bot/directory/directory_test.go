package directory

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func server(t *testing.T, check func(*http.Request), status int, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		check(r)
		w.WriteHeader(status)
		w.Write([]byte(body)) //nolint:errcheck // a test sees what is missing
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestApple(t *testing.T) {
	url := server(t, func(r *http.Request) {
		if q := r.URL.Query(); r.URL.Path != "/search" || q.Get("term") != "slow pods" || q.Get("media") != "podcast" || q.Get("limit") != "5" {
			t.Errorf("asked %s", r.URL)
		}
	}, 200, `{"resultCount":4,"results":[
		{"collectionName":" Slow Pods ","artistName":"Ada","feedUrl":"https://a.example/rss","collectionViewUrl":"https://a.example/"},
		{"collectionName":"Without a feed"},
		{"collectionName":"Slow Pods again","feedUrl":"https://a.example/rss"},
		{"collectionName":"Bad","feedUrl":"file:///etc/passwd"}]}`)
	got, err := (&Apple{Client: http.DefaultClient, URL: url}).Search(t.Context(), "slow pods", 5)
	want := []Podcast{{Title: "Slow Pods", Author: "Ada", URL: "https://a.example/rss", Page: "https://a.example/"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Search: error %v (-want +got):\n%s", err, diff)
	}
}

func TestPodcastIndex(t *testing.T) {
	url := server(t, func(r *http.Request) {
		h := r.Header
		if r.URL.Path != "/api/1.0/search/byterm" || h.Get("X-Auth-Key") != "key" || len(h.Get("Authorization")) != 40 || h.Get("User-Agent") == "" {
			t.Errorf("asked %s with %v", r.URL, h)
		}
	}, 200, `{"feeds":[{"title":"Slow Pods","author":"Ada","url":"https://a.example/rss","link":"https://a.example/"}]}`)
	got, err := (&PodcastIndex{Client: http.DefaultClient, URL: url, Key: "key", Secret: "secret"}).Search(t.Context(), "slow", 5)
	want := []Podcast{{Title: "Slow Pods", Author: "Ada", URL: "https://a.example/rss", Page: "https://a.example/"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Search: error %v (-want +got):\n%s", err, diff)
	}
}

func TestDirectoryInTrouble(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
	}{{503, ""}, {200, "<html>"}, {200, `{"results":"no"}`}} {
		url := server(t, func(*http.Request) {}, tt.status, tt.body)
		if got, err := (&Apple{Client: http.DefaultClient, URL: url}).Search(t.Context(), "x", 5); err == nil {
			t.Errorf("Search of %d %q = %v, want an error", tt.status, tt.body, got)
		}
	}
}
