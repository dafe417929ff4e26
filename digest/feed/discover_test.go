package feed

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiscover(t *testing.T) {
	const page = `<!DOCTYPE html><html><head><base href="/show/">
<link rel="stylesheet" href="x.css"><link rel="alternate" type="text/html" hreflang="de" href="/de">
<link rel="alternate" type="application/rss+xml" title="Comments" href="comments.xml">
<LINK REL="Alternate feed" TYPE="application/rss+xml; charset=utf-8" TITLE="The &amp; Show" HREF="feed.xml">
<link rel="alternate" type="application/rss+xml" href="feed.xml"><link rel="alternate" type="application/atom+xml" href="javascript:alert(1)">
</head><body></body></html>`
	pages := map[string]string{
		"/page": page, "/feed-itself": small("a"), "/json": `{"version":"https://jsonfeed.org/version/1","title":"J","items":[]}`,
		"/bare": "<html><body>No links</body></html>", "/text": "hello",
	}
	for _, test := range []struct {
		name, path string
		feedAt     string // one of the usual paths
		want       []Link
		kind       Kind
	}{
		{name: "links of a page", path: "/page", want: []Link{{Title: "The & Show", URL: "BASE/show/feed.xml"}, {Title: "Comments", URL: "BASE/show/comments.xml"}}},
		{name: "a feed itself", path: "/feed-itself", want: []Link{{URL: "BASE/feed-itself", Title: "Small"}}},
		{name: "a JSON Feed itself", path: "/json", want: []Link{{URL: "BASE/json", Title: "J"}}},
		{name: "a usual path", path: "/bare", feedAt: "/rss.xml", want: []Link{{URL: "BASE/rss.xml", Title: "Small"}}},
		{name: "nothing", path: "/bare"},
		{name: "text", path: "/text"},
		{name: "no page", path: "/404", kind: NotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			base, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch body, found := pages[r.URL.Path]; {
				case r.URL.Path == test.feedAt:
					fmt.Fprint(w, small("a"))
				case found:
					fmt.Fprint(w, body)
				default:
					w.WriteHeader(http.StatusNotFound)
				}
			})
			got, err := Discover(t.Context(), ft.Client, base+test.path)
			if KindOf(err) != test.kind {
				t.Fatalf("Discover = %v, want kind %q", err, test.kind)
			}
			for i := range got {
				got[i].URL = strings.Replace(got[i].URL, base, "BASE", 1)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Discover (-want +got):\n%s", diff)
			}
		})
	}
}
