package feed

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestFetchMoved(t *testing.T) {
	for _, test := range []struct {
		name  string
		codes []int
		moved bool
	}{
		{"permanent", []int{301}, true},
		{"permanent all the way", []int{308, 301}, true},
		{"for now", []int{302}, false},
		{"for now at the end", []int{301, 307}, false},
		{"for now at first", []int{302, 301}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
				hop := len(r.URL.Path) - 1
				if hop == len(test.codes) {
					fmt.Fprint(w, small("a"))
					return
				}
				http.Redirect(w, r, r.URL.Path+"x", test.codes[hop])
			})
			f, episodes, err := ft.Fetch(t.Context(), Feed{URL: url + "/"})
			want := url + "/"
			if test.moved {
				want += strings.Repeat("x", len(test.codes))
			}
			if err != nil || f.URL != want || episodes[0].Feed != want {
				t.Errorf("Fetch = %s (episodes of %s), %v; want %s", f.URL, episodes[0].Feed, err, want)
			}
		})
	}
}

func TestFetchNewFeedURL(t *testing.T) {
	canaryAt, visits := canary(t)
	moving := func(guid, to string) string {
		return strings.Replace(small(guid), "<item>", `<itunes:new-feed-url xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">`+to+`</itunes:new-feed-url><item>`, 1)
	}
	for _, test := range []struct {
		name, to string
		moved    bool
	}{
		{"same podcast", "/new", true},
		{"another podcast", "/other", false},
		{"nothing there", "/404", false},
		{"itself", "/old", false},
		{"private host", "http://" + canaryAt + "/", false},
		{"metadata", "http://169.254.169.254/latest/", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/old":
					fmt.Fprint(w, moving("a", test.to))
				case "/new":
					fmt.Fprint(w, small("a"))
				case "/other":
					fmt.Fprint(w, strings.ReplaceAll(small("b"), "One talk", "Another talk"))
				default:
					w.WriteHeader(404)
				}
			})
			f, episodes, err := ft.Fetch(t.Context(), Feed{URL: url + "/old"})
			if err != nil || len(episodes) != 1 || (f.URL != url+"/old") != test.moved {
				t.Errorf("Fetch = %s, %d episodes, %v; want moved %v", f.URL, len(episodes), err, test.moved)
			}
		})
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the canary had %d visits, want 0", n)
	}
}
