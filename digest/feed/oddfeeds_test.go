package feed

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// oddFeed is what other readers say of one file of the odd feeds; null where they see nothing.
type oddFeed struct {
	Facts struct {
		Channel struct{ Title, Link, Language, Author, Image *string }
		Items   []struct {
			Title, GUID, Link, Published *string
			Seconds                      *float64 `json:"duration_s"`
			Enclosures                   []struct{ URL string }
			Transcripts                  []struct{ URL string }
		}
		Count int `json:"n_items"`
	}
}

// oddDifferences are the facts that we see otherwise, each with its reason.
var oddDifferences = map[string]string{
	"feedparser__rss_incomplete_cdata.xml count":                "its only episode has no end: an error and another try",
	"feedparser__rss2.0simplechapter.xml author":                "Atom elements without Atom's namespace",
	"gofeed__issue_217_enclosure_children.xml item title":       "its title is inside the enclosure",
	"podcast-namespace__example.xml author":                     "name without mail address",
	"podcast-namespace__example.xml link":                       "the other reader takes that of a live item",
	"podcastparser__atom_relative_cover.rss link":               "a link to the feed itself is no page",
	"podcastparser__permalink.rss guid":                         "a GUID is no address to resolve",
	"podcastparser__permalink.rss item link":                    "a relative GUID is no link",
	"podcastparser__relative_cover.rss image":                   "relative to the feed",
	"01-truncated.xml count":                                    "the cut episode is left for the next try",
	"01-truncated.xml item title":                               "the cut episode is left for the next try",
	"09-bad-dates.xml date":                                     "a date of 1714 is a mistake",
	"10-html-entities.xml title":                                "a fixed space is a space",
	"10-html-entities.xml item title":                           "a fixed space is a space",
	"11-bare-ampersand.xml title":                               "the other reader invents semicolons",
	"11-bare-ampersand.xml item title":                          "the other reader invents semicolons",
	"12-control-chars.xml title":                                "control characters are removed",
	"12-control-chars.xml item title":                           "control characters are removed",
	"13-enclosure-variants.xml enclosures":                      "a PDF is no episode, an empty address is none",
	"17-future-dates.xml date":                                  "what is dated in the future came out today at the latest",
	"22-double-escaped.xml title":                               "no markup is shown",
	"23-transcript-variants.xml transcripts":                    "only http and https are fetched",
	"28-injection.xml item title":                               "no markup, no direction, at most 300 letters, never empty",
	"feedparser__eucjp.xml item title":                          "its encoding is not declared",
	"feedparser__euckr.xml item title":                          "its encoding is not declared",
	"feedparser__gb2312.xml item title":                         "its encoding is not declared",
	"feedparser__koi8r.xml item title":                          "its encoding is not declared",
	"feedparser__shiftjis.xml item title":                       "its encoding is not declared",
	"podcastparser__episode_podcast_transcript.rss transcripts": "the other reader wants the namespace declared",
	"04-latin1-declared-utf8.xml transcripts":                   "the other reader gives up at the first wrong byte",
	"12-control-chars.xml transcripts":                          "the other reader gives up at the first wrong byte",
	"podcastparser__mediarss.rss enclosures":                    "the other reader knows no Media RSS",
}

func TestOddFeeds(t *testing.T) {
	used := map[string]bool{}
	for _, dir := range []string{"feedparser", "gofeed", "podcastparser", "podcast-namespace", "mutated"} {
		var files map[string]oddFeed
		readJSON(t, &files, "corpus", "odd-feeds", dir, "expected.json")
		for name, want := range files {
			if ext := filepath.Ext(name); ext != ".xml" && ext != ".rss" && ext != ".gz" || name == "18-huge.xml" {
				continue
			}
			t.Run(name, func(t *testing.T) {
				body := readFile(t, shared(t, "corpus", "odd-feeds", dir, name))
				f, episodes, err := ParseNewest(body, Feed{URL: "https://feeds.example.com/a/feed.xml"}, now, 1000)
				if err != nil {
					if KindOf(err) == "" || want.Facts.Count > 0 && oddDifferences[name+" count"] == "" {
						t.Errorf("ParseNewest = %v, want %d episodes", err, want.Facts.Count)
					}
					used[name+" count"] = true
					return
				}
				checkFeed(t, f, episodes, now)
				for _, difference := range compareOdd(want, f, episodes) {
					fact, _, _ := strings.Cut(difference, ":")
					if used[name+" "+fact] = true; oddDifferences[name+" "+fact] == "" {
						t.Errorf("ParseNewest %s", difference)
					}
				}
			})
		}
	}
	for known := range oddDifferences {
		if !used[known] {
			t.Errorf("%s is no difference any more: take it from the list", known)
		}
	}
}

// compareOdd returns what differs from what other readers see, each as "fact: got …, want …".
func compareOdd(want oddFeed, f Feed, episodes []Episode) (differences []string) {
	compare := func(fact, got string, want *string) {
		if want != nil && *want != "" && !strings.EqualFold(got, *want) {
			differences = append(differences, fmt.Sprintf("%s: got %q, want %q", fact, got, *want))
		}
	}
	c := want.Facts.Channel
	compare("title", f.Title, c.Title)
	compare("link", f.Link, resolvable(c.Link))
	compare("language", f.Language, c.Language)
	compare("author", f.Author, c.Author)
	compare("image", f.Image, c.Image)
	if len(episodes) != want.Facts.Count {
		differences = append(differences, fmt.Sprintf("count: got %d, want %d", len(episodes), want.Facts.Count))
	}
	for _, it := range want.Facts.Items {
		if it.Title == nil {
			continue
		}
		i := slices.IndexFunc(episodes, func(ep Episode) bool { return ep.Title == *it.Title })
		if i < 0 {
			differences = append(differences, fmt.Sprintf("item title: want %q", *it.Title))
			continue
		}
		ep := episodes[i]
		compare("guid", ep.GUID, it.GUID)
		compare("item link", ep.Link, resolvable(it.Link))
		if it.Published != nil {
			compare("date", ep.Published.Format(time.DateTime), new(strings.Replace((*it.Published)[:19], "T", " ", 1)))
		}
		if it.Seconds != nil && ep.Duration.Seconds() != *it.Seconds {
			differences = append(differences, fmt.Sprintf("duration: got %v, want %vs", ep.Duration, *it.Seconds))
		}
		if (ep.Enclosure.URL != "") != (len(it.Enclosures) > 0) {
			differences = append(differences, fmt.Sprintf("enclosures: got %q, want %d", ep.Enclosure.URL, len(it.Enclosures)))
		}
		if len(ep.Transcripts) != len(it.Transcripts) {
			differences = append(differences, fmt.Sprintf("transcripts: got %d, want %d", len(ep.Transcripts), len(it.Transcripts)))
		}
	}
	return differences
}

// resolvable returns a link when it is one to a page: other readers take GUIDs and broken hosts for links.
func resolvable(link *string) *string {
	if link == nil || !strings.HasPrefix(*link, "http") || strings.Contains(*link, "//Exposing") {
		return nil
	}
	return link
}

// What the hand-made variants of one feed demand besides.
func TestMutatedFeeds(t *testing.T) {
	read := func(name string) (Feed, []Episode) {
		t.Helper()
		body := readFile(t, shared(t, "corpus", "odd-feeds", "mutated", name))
		f, episodes, err := ParseNewest(body, Feed{URL: "https://feeds.example.com/nr/feed.xml"}, now, 5000)
		if err != nil {
			t.Fatalf("ParseNewest(%s) = %v, want no error", name, err)
		}
		return f, episodes
	}
	_, base := read("00-good.xml")
	_, prefixed := read("21-other-prefixes.xml")
	for i, ep := range base {
		if got := prefixed[i]; got.Duration != ep.Duration || len(got.Transcripts) != len(ep.Transcripts) || ep.Duration == 0 {
			t.Errorf("21: episode %d = %v, %d transcripts; want %v, %d", i, got.Duration, len(got.Transcripts), ep.Duration, len(ep.Transcripts))
		}
	}
	for _, name := range []string{"07-no-guid.xml", "08-duplicate-guid.xml", "09-bad-dates.xml", "24-oldest-first.xml"} {
		_, first := read(name)
		_, second := read(name)
		if _, isNew := Identify(first, second); len(first) != 12 || slices.Contains(isNew, true) {
			t.Errorf("%s: %d episodes, new again %v; want 12, none", name, len(first), isNew)
		}
	}
	_, old := read("25-update-v1.xml")
	_, updated := read("26-update-v2.xml")
	_, isNew := Identify(old, updated)
	if count := len(slices.DeleteFunc(isNew, func(n bool) bool { return !n })); count != 1 {
		t.Errorf("26 after 25: %d new episodes, want 1", count)
	}
	if f, _ := read("29-no-channel-title.xml"); f.Title != "newrustacean.com" {
		t.Errorf("29: title = %q, want the host's name", f.Title)
	}
	if _, episodes := read("18-huge.xml"); len(episodes) != 3000 {
		t.Errorf("18: %d episodes, want 3000", len(episodes))
	}
	for _, name := range []string{"19-entity-bomb.xml", "20-external-entity.xml"} {
		if f, episodes := read(name); len(f.Title)+len(episodes[0].Title)+len(episodes[0].Notes) > 200 {
			t.Errorf("%s: %q, want no entity expanded", name, f.Title+episodes[0].Title)
		}
	}
}
