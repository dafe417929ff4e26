package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"podbrief/digest"
)

// insightsCmd is `podbrief insights`.
type insightsCmd struct {
	sources
	Episode string `placeholder:"GUID" help:"Only this episode, by its GUID or our ID; it must be in the store."`
	All     bool   `help:"Read the whole back catalogue."`
	Format  string `enum:"text,json" default:"text" help:"text or json."`
}

// Run scans the podcasts that are named and prints all insights that are kept of each of their episodes.
func (c insightsCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	named, err := c.list()
	if err != nil {
		return err
	}
	if len(named) == 0 && c.Episode == "" {
		return usagef("name a podcast with --feed URL, --opml FILE or --catalog TOPIC, or an episode with --episode GUID")
	}
	return a.withEngine(ctx, address, func(e *digest.Engine) error {
		scanned, err := a.scan(ctx, e, named, c.All)
		if err != nil {
			return err
		}
		kept, err := c.kept(ctx, e, scanned)
		if err != nil {
			return err
		}
		return a.printKept(kept, c.Format)
	})
}

// kept fetches the episodes that were asked for.
func (c insightsCmd) kept(ctx context.Context, e *digest.Engine, scanned []string) ([]digest.Kept, error) {
	if c.Episode != "" {
		k, err := e.Episode(ctx, c.Episode)
		if errors.Is(err, digest.ErrUnknownEpisode) {
			return nil, usagef("%w; add its podcast with --feed URL, and --all when it is an old one", err)
		}
		return []digest.Kept{k}, err
	}
	var all []digest.Kept
	for _, url := range scanned {
		episodes, err := e.Episodes(ctx, url)
		if err != nil {
			return nil, err
		}
		all = append(all, episodes...)
	}
	return all, nil
}

func (a *app) printKept(kept []digest.Kept, format string) error {
	found := 0
	list := []jsonKept{}
	var text strings.Builder
	for _, k := range kept {
		found += len(k.Insights)
		list = append(list, keptJSON(k))
		text.WriteString(a.screen.kept(k) + "\n")
	}
	var err error
	if format == "json" {
		err = writeJSON(a.stdout, struct {
			Episodes []jsonKept `json:"episodes"`
		}{list})
	} else {
		_, err = fmt.Fprint(a.stdout, text.String())
	}
	if err == nil && found == 0 {
		return errNothing
	}
	return err
}

// kept draws an episode with the insights that were kept of it.
func (s screen) kept(k digest.Kept) string {
	out := s.bold(printable(k.Podcast+" — "+k.Episode.Title)) + "\n" + s.faint(outcome(k)) + "\n"
	if len(k.Insights) > 0 {
		out += "\n"
	}
	for i, it := range k.Insights {
		first := s.accent(fmt.Sprintf("%2d", i+1)) + "  "
		out += s.block(first, indent, "“"+printable(it.Insight.Text)+"”", plain)
		out += s.block(pad(indent), indent, strings.TrimPrefix(fmt.Sprintf("%s · score %.2f · %s", said(it.Insight), it.Insight.Score, it.Insight.ID), " · "), s.faint)
	}
	return out
}

// outcome says in words what became of an episode.
func outcome(k digest.Kept) string {
	switch {
	case k.Outcome == digest.GaveUp:
		return "It could not be read: " + printable(k.Error)
	case k.Outcome == digest.NoTranscript && k.Error != "":
		return "Its transcript cannot be used: " + printable(k.Error) + "."
	case k.Outcome == digest.NoTranscript:
		return "It offers no transcript and no show notes."
	case k.Outcome == "":
		return "It was not read yet."
	}
	said := fmt.Sprintf("%s from its %s", count(len(k.Insights), "insight"), sourceName(k.Source))
	if len(k.Insights) == 0 && k.Source != "notes" && strings.HasPrefix(k.Engine, "builtin/") {
		said += "; the built-in engine reads English with punctuation only, other talk needs a language model"
	}
	return said
}

// sourceName is a transcript's source in words.
func sourceName(source string) string {
	switch source {
	case "notes":
		return "show notes"
	case "speech":
		return "audio"
	}
	return "transcript (" + source + ")"
}
