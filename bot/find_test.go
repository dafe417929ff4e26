package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"podbrief/bot/directory"
	"podbrief/digest/feed"
)

// webOf serves some pages, and returns a bot that may fetch them.
func webOf(t *testing.T, pages map[string]string) (*Bot, string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".html") {
			w.Header().Set("Content-Type", "text/html")
		}
		fmt.Fprint(w, strings.ReplaceAll(page, "$WEB", "http://"+r.Host))
	}))
	t.Cleanup(srv.Close)
	b, _ := emptyBot(t)
	b.Sources.Client = feed.NewClient(feed.Policy{Allow: []string{strings.TrimPrefix(srv.URL, "http://")}})
	return b, srv.URL
}

const (
	smallFeed = `<rss version="2.0"><channel><title>%s</title><item><title>One</title><guid>1</guid></item></channel></rss>`
	pageHead  = `<html><head>%s</head><body>A page</body></html>`
	feedTag   = `<link rel="alternate" type="application/rss+xml" title="%s" href="$WEB/%s">`
)

// TestFollowAnAddress follows what people paste: feeds, pages, lists, and what is none of them.
func TestFollowAnAddress(t *testing.T) {
	var many strings.Builder
	for i := range 60 {
		fmt.Fprintf(&many, `<outline text="Show %d" type="rss" xmlUrl="https://shows.example/%d.xml"/>`, i, i)
	}
	b, web := webOf(t, map[string]string{
		"/slow.xml":   fmt.Sprintf(smallFeed, "Slow Pods"),
		"/fast.xml":   fmt.Sprintf(smallFeed, "Fast Pods"),
		"/loud.xml":   fmt.Sprintf(smallFeed, "Loud Pods!"),
		"/one.html":   fmt.Sprintf(pageHead, fmt.Sprintf(feedTag, "Slow Pods", "slow.xml")),
		"/two.html":   fmt.Sprintf(pageHead, fmt.Sprintf(feedTag, "Slow Pods", "slow.xml")+fmt.Sprintf(feedTag, "Fast Pods", "fast.xml")),
		"/none.html":  fmt.Sprintf(pageHead, "<title>Nothing</title>"),
		"/list.opml":  `<opml version="2.0"><body><outline text="A" type="rss" xmlUrl="https://a.example/feed"/><outline text="B" type="rss" xmlUrl="https://b.example/feed"/></body></opml>`,
		"/many.opml":  `<opml version="2.0"><body>` + many.String() + `</body></opml>`,
		"/empty.opml": `<opml version="2.0"><body/></opml>`,
	})
	tests := []struct {
		address string
		says    string
		choices []string
		follows int
	}{
		{"$WEB/slow.xml", "Following Slow Pods.", nil, 1},
		{"$WEB/loud.xml", "Following Loud Pods!\n", nil, 1},
		{"<$WEB/slow.xml>", "Following Slow Pods.", nil, 1},
		{"<$WEB/slow.xml|slow.xml>", "Following Slow Pods.", nil, 1},
		{"$WEB/one.html", "Following Slow Pods.", nil, 1},
		{"$WEB/two.html", "Which one do you mean", []string{"Slow Pods", "Fast Pods"}, 0},
		{"$WEB/none.html", "There is no podcast feed at that address", nil, 0},
		{"$WEB/nowhere", "That address cannot be followed", nil, 0},
		{"$WEB/list.opml", "Following A, B.", nil, 2},
		{"$WEB/many.opml", "10 more of the list were left out: a channel follows at most 50 podcasts.", nil, 50},
		{"$WEB/empty.opml", "There is no podcast feed at that address", nil, 0},
		{"http://169.254.169.254/latest/meta-data", "That address cannot be followed", nil, 0},
		{"http://localhost:1/feed", "That address cannot be followed", nil, 0},
	}
	for i, tt := range tests {
		ch := room(fmt.Sprintf("C%d", i))
		m := b.Handle(t.Context(), Request{Channel: ch, User: "U1", Rights: Read | Manage, Words: []string{"follow", strings.ReplaceAll(tt.address, "$WEB", web)}}, nil)
		if !strings.Contains(m.Text, tt.says) {
			t.Errorf("follow %s: %q, want %q", tt.address, m.Text, tt.says)
		}
		var offered []string
		for _, s := range m.Sections {
			offered = append(offered, s.Heading)
		}
		if !slices.Equal(offered, tt.choices) {
			t.Errorf("follow %s offers %q, want %q", tt.address, offered, tt.choices)
		}
		sub, _, err := b.subscriptionOf(t.Context(), ch)
		if err != nil || len(sub.Follow) != tt.follows {
			t.Errorf("follow %s: %d podcasts are followed, %v, want %d", tt.address, len(sub.Follow), err, tt.follows)
		}
	}
}

func TestWebAddress(t *testing.T) {
	tests := []struct {
		text, want string
		ok         bool
	}{
		{"https://a.example/feed.xml", "https://a.example/feed.xml", true},
		{" a.example/feed ", "https://a.example/feed", true},
		{"<https://a.example/x|a.example/x>", "https://a.example/x", true},
		{"a.example", "https://a.example", true},
		{"Hard Fork", "", false},
		{"hello", "", false},
		{"and so on.", "", false},
		{"etc.", "", false},
		{"https://", "", false},
		{"", "", false},
	}
	for _, tt := range tests {
		got, ok := webAddress(tt.text)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("webAddress(%q) = %q, %v, want %q, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

// FuzzWebAddress checks that what is taken for an address has a host and no space.
func FuzzWebAddress(f *testing.F) {
	for _, s := range []string{"a.example", "<https://a.example|x>", "http://[::1]/", "x.y z", "//a.b", "https://%zz.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := webAddress(text); ok && (strings.ContainsAny(got, " \t") || hostOf(got) == "a podcast") {
			t.Errorf("webAddress(%q) = %q", text, got)
		}
	})
}

// brokenDirectory does not answer.
type brokenDirectory struct{}

func (brokenDirectory) Search(context.Context, string, int) ([]directory.Podcast, error) {
	return nil, errors.New("no answer, key=secret")
}

// TestFollowUnknownName follows names that nothing known has.
func TestFollowUnknownName(t *testing.T) {
	tests := []struct {
		directory directory.Directory
		says      string
	}{
		{nil, "I know no podcast called “Slow Pods”; give the address of its feed or web page."},
		{brokenDirectory{}, "the directory does not answer; give the address of its feed."},
		{&fakeDirectory{}, "No podcast called “Slow Pods” was found"},
		{&fakeDirectory{found: []directory.Podcast{{Title: "SLOW  pods", URL: "https://s.example/rss"}, {Title: "Slow Pods Too", URL: "https://t.example/rss"}}}, "Following SLOW  pods."},
		{&fakeDirectory{found: []directory.Podcast{{Title: "Slow Pods Daily", URL: "https://s.example/rss", Author: "Ada", Page: "https://s.example/"}}}, "Which one do you mean by “Slow Pods”?"},
	}
	for _, tt := range tests {
		b, _ := emptyBot(t)
		b.Sources.Directory = tt.directory
		m := b.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Manage, Words: []string{"follow", "Slow Pods"}}, nil)
		if !strings.Contains(m.Text, tt.says) || strings.Contains(m.Text, "secret") {
			t.Errorf("follow with %T: %q, want %q", tt.directory, m.Text, tt.says)
		}
		for _, s := range m.Sections {
			if s.Text != "Ada" || s.Link.URL != "https://s.example/" || s.Actions[0].Command[1] != token("https://s.example/rss") {
				t.Errorf("choice %+v, want its author, its page and a button for it", s)
			}
		}
	}
}

func TestHostOf(t *testing.T) {
	for address, want := range map[string]string{
		"https://user:secret@feeds.example/key/123": "feeds.example", "https://a.example:8443/x": "a.example:8443", "": "a podcast", "%zz": "a podcast", "/path": "a podcast",
	} {
		if got := hostOf(address); got != want || strings.Contains(got, "secret") {
			t.Errorf("hostOf(%q) = %q, want %q", address, got, want)
		}
	}
}

// TestNamed checks what a name finds among podcasts.
func TestNamed(t *testing.T) {
	b := &Bot{Sources: Sources{Catalog: []feed.Outline{
		{Title: "Practical Parsers", URL: "https://p.example/parsers", Topic: "engineering"},
		{Title: "Practical Pumps", URL: "https://p.example/pumps", Topic: "science"},
		{Title: "Pumps", URL: "https://q.example/pumps", Topic: "science"},
	}}}
	all := b.everywhere(room("C1"))
	tests := []struct {
		among []string
		name  string
		want  []string
	}{
		{all, "practical", []string{"Practical Parsers", "Practical Pumps"}},
		{all, "PUMPS", []string{"Pumps"}}, // the whole name goes before parts of others
		{all, "parsers", []string{"Practical Parsers"}},
		{all, "https://p.example/pumps", []string{"Practical Pumps"}},
		{all, token("https://p.example/pumps"), []string{"Practical Pumps"}},
		{all, "cooking", nil},
		{all[:1], "pumps", nil},
		{nil, "pumps", nil}, // among none there is none
		{all, "", []string{"Practical Parsers", "Practical Pumps", "Pumps"}},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range b.named(tt.among, tt.name) {
			got = append(got, p.Title)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("named(%d podcasts, %q) = %q, want %q", len(tt.among), tt.name, got, tt.want)
		}
	}
	if got := b.called(room("C1"), "practical"); len(got) > 0 {
		t.Errorf("called by a part of its name: %+v", got)
	}
	if got := b.called(room("C1"), "“Practical  pumps”"); len(got) != 1 {
		t.Errorf("called by its whole name: %+v", got)
	}
}
