package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/digest/transcript"
)

// corpusDir returns the folder of real shows: shared data that is not part of the repository.
func corpusDir(getenv func(string) string) (string, error) {
	dir := getenv("PODBRIEF_SHARED")
	if dir == "" {
		root, err := repository()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, "..", "shared")
	}
	dir = filepath.Join(dir, "corpus")
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("find the corpus: %w (set PODBRIEF_SHARED to the folder that holds it)", err)
	}
	return dir, nil
}

// repository returns the folder of go.mod above the working directory.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("find the repository: no go.mod above the working directory")
		}
	}
}

// listing is one episode of the corpus.
type listing struct {
	ID          string `json:"id"`
	GUID        string `json:"guid"`
	Transcripts []file `json:"transcripts"`
}

// file is a transcript of an episode.
type file struct {
	File      string `json:"file"`
	Type      string `json:"type"`
	Announced bool   `json:"announced_in_feed"`
}

// show is one podcast of the corpus.
type show struct {
	slug     string
	feed     feed.Feed
	episodes []feed.Episode // oldest first; IDs are the corpus's
	listed   map[string]listing
	dir      string
}

// shows reads the feeds of the corpus.
func shows(corpus string) ([]show, error) {
	files, err := filepath.Glob(filepath.Join(corpus, "*", "episodes.json"))
	if err != nil {
		return nil, err
	}
	var out []show
	for _, file := range files {
		s, err := readShow(filepath.Dir(file))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func readShow(dir string) (show, error) {
	s := show{slug: filepath.Base(dir), dir: dir, listed: map[string]listing{}}
	raw, err := os.ReadFile(filepath.Join(dir, "episodes.json"))
	if err != nil {
		return s, err
	}
	var list struct{ Episodes []listing }
	if err := json.Unmarshal(raw, &list); err != nil {
		return s, fmt.Errorf("read episodes of %q: %w", s.slug, err)
	}
	byGUID := map[string]listing{}
	for _, e := range list.Episodes {
		byGUID[e.GUID], s.listed[e.ID] = e, e
	}
	body, err := os.ReadFile(filepath.Join(dir, "feed.xml"))
	if err != nil {
		return s, err
	}
	base := "https://corpus.example/"
	body = []byte(strings.ReplaceAll(string(body), "{{BASE}}", base))
	s.feed, s.episodes, err = feed.ParseNewest(body, feed.Feed{URL: base + s.slug}, time.Now(), 500)
	if err != nil {
		return s, fmt.Errorf("read feed of %q: %w", s.slug, err)
	}
	for i := range s.episodes {
		s.episodes[i].ID = byGUID[s.episodes[i].GUID].ID
	}
	slices.Reverse(s.episodes)
	return s, nil
}

// transcript reads an episode's transcript, or its show notes.
func (s show) transcript(ep feed.Episode) (*transcript.Transcript, error) {
	list := s.listed[ep.ID].Transcripts
	if len(list) == 0 {
		return transcript.Notes{}.Transcript(context.Background(), ep)
	}
	at := max(0, slices.IndexFunc(list, func(f file) bool { return f.Announced }))
	body, err := os.ReadFile(filepath.Join(s.dir, list[at].File))
	if err != nil {
		return nil, err
	}
	return transcript.Parse(body, list[at].Type, "")
}

// insights takes the insights out of a show's episodes, the oldest first, an hour apart.
func insights(s show, from time.Time) ([]rank.Doc, error) {
	engine, learned := insight.NewBuiltin(), &insight.Show{}
	var out []rank.Doc
	for i, ep := range s.episodes {
		t, err := s.transcript(ep)
		if errors.Is(err, transcript.ErrNone) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read transcript of %q: %w", ep.ID, err)
		}
		in := insight.Input{Podcast: s.feed, Episode: ep, Transcript: t, Show: learned}
		found, err := engine.Extract(context.Background(), in)
		if err != nil {
			return nil, err
		}
		learned.Learn(ep, t)
		for _, ins := range found {
			out = append(out, rank.Doc{
				ID: ep.ID + "-" + hash(ins.Text)[:8], Episode: ep.ID, Feed: s.slug, Text: ins.Text, Title: ep.Title,
				Podcast: s.feed.Title, Notes: ep.Notes[:min(len(ep.Notes), 600)], Topics: ins.Topics, Quality: ins.Score,
				Speaker: ins.Speaker != "", FromNotes: t.FromNotes(), Published: ep.Published,
				Ingested: from.Add(time.Duration(i) * time.Hour),
			})
		}
	}
	return out, nil
}

// load returns the insights of the whole corpus, out of the cache file when it is there.
func load(corpus, cache string) ([]rank.Doc, error) {
	var docs []rank.Doc
	if raw, err := os.ReadFile(cache); cache != "" && err == nil {
		return docs, json.Unmarshal(raw, &docs)
	}
	all, err := shows(corpus)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		more, err := insights(s, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			return nil, err
		}
		docs = append(docs, more...)
	}
	slices.SortFunc(docs, func(a, b rank.Doc) int { return strings.Compare(a.ID, b.ID) })
	if cache == "" {
		return docs, nil
	}
	raw, err := json.Marshal(docs)
	if err != nil {
		return nil, err
	}
	return docs, os.WriteFile(cache, raw, 0o600)
}
