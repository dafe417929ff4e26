package sample_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/sample"
	"podbrief/digest/transcript"
)

// get asks the sample for a URL and returns the answer with its body.
func get(t *testing.T, method, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := sample.Client().Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read %s: %v", url, err)
	}
	return resp, string(body)
}

func TestTransportAnswers(t *testing.T) {
	for _, tt := range []struct {
		method, path string
		status       int
		mediaType    string
		begins       string
	}{
		{"GET", "/held-out-set/feed.xml", 200, "application/rss+xml", "<?xml"},
		{"HEAD", "/held-out-set/feed.xml", 200, "application/rss+xml", ""},
		{"GET", "/held-out-set/two-hundred-tickets.vtt", 200, "text/vtt", "WEBVTT"},
		{"GET", "/second-maintainer/wash-the-truck.srt", 200, "application/x-subrip", "1\n00:00:00,400"},
		{"GET", "/second-maintainer/live-in-ghent.md", 200, "text/markdown", "# Live in Ghent"},
		{"GET", "/load-bearing/eleven-minutes.json", 200, "application/json", "{"},
		{"GET", "/load-bearing/by-the-canal.txt", 200, "text/plain", "[00:00:00] Yewande Salt:"},
		{"GET", "/fourth-tab/price-per-cat.html", 200, "text/html", "<!doctype html>"},
		{"GET", "/held-out-set/two-hundred-tickets.mp3", 404, "text/plain", "There is no such sample file."},
		{"GET", "/held-out-set/../../sample.go", 404, "text/plain", "There is no such sample file."},
		{"GET", "/held-out-set", 404, "text/plain", "There is no such sample file."},
		{"GET", "/", 404, "text/plain", "There is no such sample file."},
		{"POST", "/held-out-set/feed.xml", 405, "text/plain", "The sample shows can only be read."},
	} {
		resp, body := get(t, tt.method, sample.Base+tt.path)
		mediaType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
		if resp.StatusCode != tt.status || mediaType != tt.mediaType || !strings.HasPrefix(body, tt.begins) {
			t.Errorf("%s %s = %d, %q, %.40q, want %d, %q, %q…", tt.method, tt.path, resp.StatusCode, mediaType, body, tt.status, tt.mediaType, tt.begins)
		}
		if tt.method == "HEAD" && (body != "" || resp.ContentLength == 0) {
			t.Errorf("HEAD %s: body %.20q, length %d, want no body and its length", tt.path, body, resp.ContentLength)
		}
	}
}

func TestTransportRefusesOtherAddresses(t *testing.T) {
	for _, url := range []string{"https://podbrief.example/held-out-set/feed.xml", "http://sample.podbrief.example/held-out-set/feed.xml", "https://sample.podbrief.example:8443/"} {
		resp, err := sample.Client().Get(url)
		if err == nil {
			resp.Body.Close()
			t.Errorf("Get(%s) = %s, want an error", url, resp.Status)
			continue
		}
		if !strings.Contains(err.Error(), sample.Base) {
			t.Errorf("Get(%s): %v, want an error that names %s", url, err, sample.Base)
		}
	}
}

func TestTransportHonoursContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, sample.Feeds()[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := sample.Transport(time.Now()).RoundTrip(req)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("RoundTrip with a cancelled context = %v, %v, want context.Canceled", resp, err)
	}
	if resp != nil {
		resp.Body.Close()
	}
}

func TestShowsCoverTheTopics(t *testing.T) {
	var topics []string
	for i, s := range sample.Shows() {
		topics = append(topics, s.Topic)
		if got := sample.Feeds()[i]; got != s.URL() || got != sample.Base+s.Path {
			t.Errorf("Feeds()[%d] = %q, want the URL of %q", i, got, s.Title)
		}
	}
	for _, want := range []string{"ai", "open source", "engineering", "product", "science"} {
		if !slices.Contains(topics, want) {
			t.Errorf("no show about %q in %q", want, topics)
		}
	}
}

// TestFeeds checks the feeds themselves, as digest/feed reads them.
func TestFeeds(t *testing.T) {
	now := time.Date(2026, 3, 29, 12, 34, 56, 0, time.UTC)
	client := &http.Client{Transport: sample.Transport(now)}
	for _, show := range sample.Shows() {
		body, _, _, err := feed.ReadBody(t.Context(), client, show.URL(), 1<<20, "*/*")
		if err != nil {
			t.Fatalf("ReadBody(%s): %v", show.URL(), err)
		}
		if strings.Contains(string(body), "{{") {
			t.Errorf("%s: a placeholder is left", show.Path)
		}
		f, episodes, err := feed.Parse(body, feed.Feed{URL: show.URL()}, now)
		if err != nil {
			t.Fatalf("Parse(%s): %v", show.URL(), err)
		}
		if f.Title != show.Title || f.GUID == "" || f.Description == "" || len(f.Persons) == 0 || len(f.Topics) == 0 {
			t.Errorf("%s: feed %+v, want title %q, guid, description, persons and categories", show.Path, f, show.Title)
		}
		if len(episodes) < 3 {
			t.Errorf("%s: %d episodes, want 3 or more", show.Path, len(episodes))
		}
		for i, ep := range episodes {
			checkEpisode(t, ep, now)
			if i > 0 && ep.Published.After(episodes[i-1].Published) {
				t.Errorf("%s: %q is newer than %q before it", show.Path, ep.Title, episodes[i-1].Title)
			}
		}
	}
}

func checkEpisode(t *testing.T, ep feed.Episode, now time.Time) {
	t.Helper()
	if ep.Title == "" || ep.GUID == "" || ep.Link == "" || ep.Notes == "" || ep.Season == 0 || ep.Number == 0 || ep.Duration == 0 || ep.Enclosure.URL == "" {
		t.Errorf("%q lacks a title, guid, link, notes, season, number, duration or enclosure: %+v", ep.Title, ep)
	}
	if len(ep.Transcripts) != 1 || len(ep.Persons) < 2 || len(ep.Soundbites) != 1 || ep.Chapters == "" {
		t.Errorf("%q: %d transcripts, %d persons, %d soundbites, chapters %q, want 1, 2 or more, 1 and a URL", ep.Title, len(ep.Transcripts), len(ep.Persons), len(ep.Soundbites), ep.Chapters)
	}
	if age := now.Sub(ep.Published); age < 0 || age > 30*24*time.Hour {
		t.Errorf("%q was published at %v, want within the 30 days before %v", ep.Title, ep.Published, now)
	}
}

// TestChaptersAndSoundbites checks them against the transcripts: a soundbite begins with a sentence of the timed ones.
func TestChaptersAndSoundbites(t *testing.T) {
	for _, p := range programs(t) {
		_, body := get(t, http.MethodGet, p.episode.Chapters)
		chapters, err := transcript.ParseChapters([]byte(body))
		if err != nil || len(chapters) < 5 {
			t.Fatalf("%s: ParseChapters gives %d chapters, %v, want 5 or more", p.id(), len(chapters), err)
		}
		last := transcript.Chapter{Start: -1}
		for _, c := range chapters {
			if c.Start <= last.Start || c.Start >= p.episode.Duration || c.Title == "" {
				t.Errorf("%s: chapter %q at %v after %q at %v of %v", p.id(), c.Title, c.Start, last.Title, last.Start, p.episode.Duration)
			}
			last = c
		}
		bite := p.episode.Soundbites[0]
		if p.transcript.Source == "json" && !said(p, bite) {
			t.Errorf("%s: nothing that begins at %v says %q", p.id(), bite.Start, bite.Title)
		}
	}
}

// said reports whether a segment about the soundbite's time holds the words of its title.
func said(p program, bite feed.Soundbite) bool {
	words := normal(strings.TrimSuffix(bite.Title, "..."))
	return slices.ContainsFunc(p.transcript.Segments, func(s transcript.Segment) bool {
		return s.Start <= bite.Start+time.Second && bite.Start < s.End && strings.Contains(normal(s.Text), words)
	})
}
