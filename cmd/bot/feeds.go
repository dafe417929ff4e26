package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"podbrief/digest"
	"podbrief/digest/feed"
)

// feedsCmd is `podbrief feeds`.
type feedsCmd struct {
	Check  feedsCheckCmd  `cmd:"" help:"Fetch feeds and say what they offer; nothing is stored."`
	Add    feedsAddCmd    `cmd:"" help:"Add podcasts to the store and read their newest episodes."`
	Remove feedsRemoveCmd `cmd:"" help:"Remove a podcast with all that was kept of it."`
	List   feedsListCmd   `cmd:"" help:"List the podcasts in the store and how healthy they are."`
	Export feedsExportCmd `cmd:"" help:"Print the podcasts in the store as OPML."`
}

type feedsCheckCmd struct {
	URL    []string `arg:"" help:"Addresses of feeds, or of pages that link to one."`
	Format string   `enum:"text,json" default:"text" help:"text or json."`
}

// checked is what a feed offers.
type checked struct {
	URL         string   `json:"url"`
	Title       string   `json:"title"`
	Episodes    int      `json:"episodes"`
	Transcripts int      `json:"transcripts"`
	Types       []string `json:"types"`
	Newest      string   `json:"newest,omitempty"` // date
	Error       string   `json:"error,omitempty"`
}

// Run fetches each feed once and tells what it offers.
func (c feedsCheckCmd) Run(ctx context.Context, a *app) error {
	client := feed.NewClient(feed.Policy{Allow: a.config.Fields("FETCH_ALLOW")})
	fetcher := &feed.Fetcher{Client: client}
	results := []checked{}
	failed := 0
	for _, address := range c.URL {
		if err := checkAddress(address); err != nil {
			return err
		}
		got, episodes, err := fetchOrFollow(ctx, fetcher, address)
		r := offers(got, episodes)
		if err != nil {
			failed++
			r.Error = now(reasonOf(err))
		}
		results = append(results, r)
	}
	if err := a.printChecked(results, c.Format); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%s of %d cannot be used", count(failed, "feed"), len(results))
	}
	return nil
}

// now leaves out of a reason that the bot would try again: who checks a feed does so once.
func now(reason string) string {
	for _, later := range []string{"; it is tried again later", " It is tried again later"} {
		reason = strings.TrimSuffix(reason, later)
	}
	return reason
}

// reasonOf says why a feed cannot be read, without its address, which stands beside it.
func reasonOf(err error) string {
	if fe, ok := errors.AsType[*feed.Error](err); ok && fe.Reason != "" {
		return fe.Reason
	}
	return err.Error()
}

func offers(f feed.Feed, episodes []feed.Episode) checked {
	c := checked{URL: f.URL, Title: f.Title, Episodes: len(episodes), Types: []string{}}
	for i, ep := range episodes {
		if i == 0 && !ep.Published.IsZero() {
			c.Newest = ep.Published.Format("2006-01-02")
		}
		if len(ep.Transcripts) > 0 {
			c.Transcripts++
		}
		for _, t := range ep.Transcripts {
			if t.Type != "" && !slices.Contains(c.Types, t.Type) {
				c.Types = append(c.Types, t.Type)
			}
		}
	}
	return c
}

func (a *app) printChecked(results []checked, format string) error {
	if format == "json" {
		return writeJSON(a.stdout, struct {
			Feeds []checked `json:"feeds"`
		}{results})
	}
	for _, r := range results {
		if r.Error != "" {
			fmt.Fprintf(a.stdout, "%s\n  cannot be used: %s\n", printable(r.URL), printable(r.Error))
			continue
		}
		line := fmt.Sprintf("newest %s looked at", count(r.Episodes, "episode"))
		if r.Newest != "" {
			line += ", the last of " + r.Newest
		}
		transcripts := "no transcripts: insights come from the show notes"
		switch {
		case r.Episodes == 0:
			line, transcripts = "no episodes yet", "nothing to take insights from"
		case r.Transcripts > 0:
			transcripts = fmt.Sprintf("%d with transcripts (%s)", r.Transcripts, strings.Join(r.Types, ", "))
		}
		fmt.Fprintf(a.stdout, "%s\n  %s\n  %s\n  %s\n", a.screen.bold(printable(r.Title)), printable(r.URL), line, transcripts)
	}
	return nil
}

type feedsAddCmd struct {
	URL []string `arg:"" optional:"" help:"Addresses of feeds, or of pages that link to one."`
	sources
	All bool `help:"Read the whole back catalogue."`
}

// Run adds the podcasts and reads them.
func (c feedsAddCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	c.Feed = append(c.Feed, c.URL...)
	named, err := c.list()
	if err != nil {
		return err
	}
	if len(named) == 0 {
		return usagef("name a podcast: podbrief feeds add URL, or --opml FILE, or --catalog TOPIC")
	}
	return a.withEngine(ctx, address, func(e *digest.Engine) error {
		scanned, err := a.scan(ctx, e, named, c.All)
		if err != nil {
			return err
		}
		return a.printHealth(ctx, e, "text", func(h digest.Health) bool { return slices.Contains(scanned, h.URL) })
	})
}

type feedsRemoveCmd struct {
	URL []string `arg:"" help:"Addresses as podbrief feeds list shows them."`
}

// Run removes the podcasts.
func (c feedsRemoveCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	return a.withEngine(ctx, address, func(e *digest.Engine) error {
		for _, url := range c.URL {
			err := e.RemoveFeed(ctx, url)
			if errors.Is(err, digest.ErrUnknownFeed) {
				return usagef("%w; `podbrief feeds list` shows those that are", err)
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Removed %s with all that was kept of it.\n", printable(url))
		}
		return nil
	})
}

type feedsListCmd struct {
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run lists the podcasts.
func (c feedsListCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	return a.withEngine(ctx, address, func(e *digest.Engine) error {
		return a.printHealth(ctx, e, c.Format, func(digest.Health) bool { return true })
	})
}

// printHealth prints the podcasts that are wanted; none is said in words, and is errNothing.
func (a *app) printHealth(ctx context.Context, e *digest.Engine, format string, wanted func(digest.Health) bool) error {
	all, err := e.Feeds(ctx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(h digest.Health) bool { return !wanted(h) })
	if format == "json" {
		list := []jsonFeed{}
		for _, h := range all {
			list = append(list, feedJSON(h))
		}
		return writeJSON(a.stdout, struct {
			Feeds []jsonFeed `json:"feeds"`
		}{list})
	}
	for _, h := range all {
		fmt.Fprint(a.stdout, a.screen.health(h))
	}
	if len(all) == 0 {
		fmt.Fprintln(a.stdout, "No podcasts are in the store; add one with `podbrief feeds add URL` or `podbrief feeds add --catalog ai`.")
		return errNothing
	}
	return nil
}

// health draws what a podcast's scans came to.
func (s screen) health(h digest.Health) string {
	out := s.bold(printable(h.URL)) + "\n"
	if h.Title != "" {
		out = s.bold(printable(h.Title)) + "\n  " + printable(h.URL) + "\n"
	}
	line := fmt.Sprintf("%s, %s, %s", count(h.Episodes, "episode"), count(h.Transcripts, "transcript"), count(h.Insights, "insight"))
	if !h.Newest.IsZero() {
		line += ", newest of " + h.Newest.Format("2 Jan 2006")
	}
	out += "  " + line + "\n"
	if h.State.Error != "" {
		out += s.block("  ", 2, "Last failure: "+printable(h.State.Reason()), plain)
	}
	return out
}

type feedsExportCmd struct{}

// Run prints the podcasts as OPML.
func (feedsExportCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	return a.withEngine(ctx, address, func(e *digest.Engine) error {
		all, err := e.Feeds(ctx)
		if err != nil {
			return err
		}
		var outlines []feed.Outline
		for _, h := range all {
			outlines = append(outlines, feed.Outline{Title: cmp.Or(h.Title, h.URL), URL: h.URL})
		}
		return feed.WriteOPML(a.stdout, "Podcasts scanned by Podbrief", outlines)
	})
}
