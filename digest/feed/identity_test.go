package feed

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"
)

var validID = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// talk is an episode as a feed would give it.
func talk(n int) Episode {
	return Episode{
		Feed: "https://f.example.com/rss", GUID: fmt.Sprintf("guid-%d", n), Title: fmt.Sprintf("Talk number %d", n),
		Link: fmt.Sprintf("https://f.example.com/%d", n), Published: now.AddDate(0, 0, -7*n),
		Enclosure: Enclosure{URL: fmt.Sprintf("https://cdn.example.com/%d.mp3", n)},
	}
}

func TestIdentifyRecognises(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Episode)
		isNew  bool
	}{
		{"unchanged", func(*Episode) {}, false},
		{"new GUID", func(ep *Episode) { ep.GUID = "other" }, false},
		{"no GUID", func(ep *Episode) { ep.GUID = "" }, false},
		{"new enclosure", func(ep *Episode) { ep.Enclosure.URL = "https://elsewhere.example.com/x.mp3" }, false},
		{"new title", func(ep *Episode) { ep.Title = "Renamed" }, false},
		{"new title and date", func(ep *Episode) { ep.Title, ep.Published = "Renamed", ep.Published.AddDate(0, 1, 0) }, true}, // with the rest below
		{"new GUID and tracked enclosure", func(ep *Episode) {
			ep.GUID, ep.Link = "other", ""
			ep.Enclosure.URL = "https://dts.podtrac.com/redirect.mp3/chrt.fm/track/1A2B/cdn.example.com/1.mp3?updated=99"
		}, false},
		{"new GUID, enclosure and title", func(ep *Episode) { ep.GUID, ep.Enclosure.URL, ep.Title = "o", "https://e.example.com/x.mp3", "Renamed" }, false},
		{"new GUID, enclosure and link", func(ep *Episode) { ep.GUID, ep.Enclosure.URL, ep.Link = "o", "https://e.example.com/x.mp3", "" }, false},
		{"all new", func(ep *Episode) { *ep = talk(99) }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			known, firstNew := Identify(nil, []Episode{talk(1), talk(2)})
			if slices.Contains(firstNew, false) {
				t.Fatalf("Identify(nil, …) new = %v, want all", firstNew)
			}
			changed := talk(1)
			test.change(&changed)
			if test.name == "new title and date" {
				changed.GUID, changed.Link, changed.Enclosure.URL = "guid-1", "https://f.example.com/again", "https://cdn.example.com/again.mp3"
			}
			got, isNew := Identify(known, []Episode{talk(2), changed})
			if isNew[0] || got[0].ID != known[1].ID {
				t.Errorf("Identify other = %s new %v, want %s known", got[0].ID, isNew[0], known[1].ID)
			}
			if isNew[1] != test.isNew || (got[1].ID == known[0].ID) == test.isNew {
				t.Errorf("Identify = %s new %v, want new %v (known under %s)", got[1].ID, isNew[1], test.isNew, known[0].ID)
			}
			if !validID.MatchString(got[1].ID) {
				t.Errorf("Identify ID = %q, want it to match %s", got[1].ID, validID)
			}
		})
	}
}

func TestIdentifyIsStable(t *testing.T) {
	shared := func(n int) Episode { // a podcast that gives every episode the same GUID and link
		ep := talk(n)
		ep.GUID, ep.Link = "always", "https://f.example.com"
		return ep
	}
	byQuery := func(n int) Episode { // and one that names them in the query only
		ep := talk(n)
		ep.GUID, ep.Link, ep.Title = "", "", "Same title"
		ep.Enclosure.URL = fmt.Sprintf("https://cdn.example.com/play?id=%d", n)
		return ep
	}
	bare := func(n int) Episode {
		return Episode{Title: fmt.Sprintf("Only a title %d", n), Published: now.AddDate(0, 0, -n)}
	}
	for name, episode := range map[string]func(int) Episode{"usual": talk, "shared GUID": shared, "query": byQuery, "bare": bare} {
		t.Run(name, func(t *testing.T) {
			var first, later []Episode
			for n := range 50 {
				first, later = append(first, episode(n+10)), append(later, episode(n))
			}
			known, _ := Identify(nil, first)
			ids := map[string]bool{}
			for _, ep := range known {
				ids[ep.ID] = true
			}
			if len(ids) != 50 {
				t.Errorf("Identify = %d IDs for 50 episodes, want 50", len(ids))
			}
			got, isNew := Identify(known, later) // ten new ones, ten fallen out of the feed
			for i := range got {
				if isNew[i] != (i < 10) || i >= 10 && got[i].ID != known[i-10].ID {
					t.Errorf("Identify episode %d = %s new %v, want new %v", i, got[i].ID, isNew[i], i < 10)
				}
			}
			again, _ := Identify(nil, first)
			if again[0].ID != known[0].ID {
				t.Errorf("Identify twice = %s and %s, want the same", known[0].ID, again[0].ID)
			}
		})
	}
}

func TestIdentifyKeepsTheEarlierDate(t *testing.T) {
	known, _ := Identify(nil, []Episode{talk(1)})
	moved := talk(1)
	moved.Published = moved.Published.Add(48 * time.Hour)
	got, _ := Identify(known, []Episode{moved})
	if !got[0].Published.Equal(known[0].Published) {
		t.Errorf("Identify date = %v, want %v", got[0].Published, known[0].Published)
	}
}

// A podcast whose only item always has the same GUID and file has a new episode whenever its title and date change.
func TestIdentifyRollingItem(t *testing.T) {
	rolling := func(n int) Episode {
		ep := talk(n)
		ep.GUID, ep.Link, ep.Enclosure.URL = "latest", fmt.Sprintf("https://f.example.com/day/%d", n), "https://cdn.example.com/latest.mp3"
		return ep
	}
	known, _ := Identify(nil, []Episode{rolling(2)})
	got, isNew := Identify(known, []Episode{rolling(1)})
	if !isNew[0] || got[0].ID == known[0].ID {
		t.Errorf("Identify = %s new %v, want a new ID other than %s", got[0].ID, isNew[0], known[0].ID)
	}
}

func TestUntracked(t *testing.T) {
	for in, want := range map[string]string{
		"cdn.example.com/show/1.mp3":                                           "cdn.example.com/show/1.mp3",
		"www.podtrac.com/pts/redirect.mp3/traffic.example.com/1.mp3":           "traffic.example.com/1.mp3",
		"pdst.fm/e/chrt.fm/track/AB12/mgln.ai/e/7/traffic.example.com/a/1.mp3": "traffic.example.com/a/1.mp3",
		"op3.dev/e/https://cdn.example.com/1.mp3":                              "cdn.example.com/1.mp3",
		"t.example.com/go/https%3A%2F%2Fcdn.example.com/1.mp3":                 "cdn.example.com/1.mp3",
		"cdn.example.com/file.mp3/part/2.mp3":                                  "cdn.example.com/file.mp3/part/2.mp3",
		"cdn.example.com/v1.2/1.mp3":                                           "cdn.example.com/v1.2/1.mp3",
	} {
		if got := untracked(in); got != want {
			t.Errorf("untracked(%q) = %q, want %q", in, got, want)
		}
	}
}
