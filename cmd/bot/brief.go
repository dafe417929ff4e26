package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"podbrief/digest"
	"podbrief/digest/feed"
)

const (
	mostTopics = 20
	mostPicks  = 50
)

// briefCmd is `podbrief brief`.
type briefCmd struct {
	Topic []string `sep:"none" short:"t" placeholder:"TOPIC" help:"What to look for, as \"ai, open source\"; a topic after a minus is left out. None: everything."`
	sources
	Since  string `default:"7d" help:"How far to look back: 36h, 7d, 2w, a date, or all. With all, the back catalogue is read too."`
	Count  int    `default:"5" short:"n" help:"How many insights."`
	Format string `enum:"text,json,markdown" default:"text" help:"text, json or markdown."`
}

// Help is the long help of the command.
func (briefCmd) Help() string {
	return `Scans the podcasts that are named, or else all that are in the store, and prints the best insights on the topics.
A podcast that is new to the store has its newest episodes read: those of the last 30 days, at least 3 and at most 10.

Examples:
  podbrief brief --topic "ai, open source" --catalog ai --since 7d
  podbrief brief --topic security --feed https://feeds.twit.tv/sn.xml --format json`
}

// Run scans, chooses and prints.
func (c briefCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	q, err := c.query(time.Now())
	if err != nil {
		return err
	}
	named, err := c.list()
	if err != nil {
		return err
	}
	if len(named) == 0 && missing(address) {
		return nothingScanned()
	}
	return a.withEngine(ctx, address, func(e *digest.Engine) error {
		b, err := a.brief(ctx, e, q, named, c.Since == "all")
		if err != nil {
			return err
		}
		if err := a.printBrief(b, c.Format); err != nil {
			return err
		}
		if len(b.Picks) == 0 {
			return errNothing
		}
		return nil
	})
}

func nothingScanned() error {
	return usagef("nothing is scanned yet; name podcasts with --feed URL, --opml FILE or --catalog TOPIC (%s)", strings.Join(packs(), ", "))
}

// query checks the flags and makes a query of them.
func (c briefCmd) query(now time.Time) (digest.Query, error) {
	q := digest.Query{Now: now, Count: c.Count}
	if c.Count < 1 || c.Count > mostPicks {
		return q, usagef("--count is %d; give a number from 1 to %d", c.Count, mostPicks)
	}
	var err error
	if q.Published, err = parseSince(c.Since, now); err != nil {
		return q, err
	}
	q.Topics, q.Exclude, err = parseTopics(c.Topic)
	return q, err
}

// brief scans the podcasts that were named and asks for the best of them only; without names it scans all that are in
// the store.
func (a *app) brief(ctx context.Context, e *digest.Engine, q digest.Query, named []feed.Outline, all bool) (*digest.Brief, error) {
	known, err := e.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	if len(named) == 0 {
		for _, h := range known {
			named = append(named, feed.Outline{URL: h.URL, Title: h.Title})
		}
	}
	if len(named) == 0 {
		return nil, nothingScanned()
	}
	scanned, err := a.scan(ctx, e, named, all)
	if err != nil {
		return nil, err
	}
	for _, h := range known {
		if !slices.Contains(scanned, h.URL) {
			q.Mute = append(q.Mute, h.URL)
		}
	}
	return e.Brief(ctx, q)
}

func (a *app) printBrief(b *digest.Brief, format string) error {
	switch format {
	case "json":
		return writeJSON(a.stdout, briefJSON(b))
	case "markdown":
		_, err := fmt.Fprint(a.stdout, briefMarkdown(b))
		return err
	}
	_, err := fmt.Fprint(a.stdout, a.screen.brief(b, true))
	return err
}

// parseSince reads how far to look back, with or without a minus; the zero time is "all".
func parseSince(s string, now time.Time) (time.Time, error) {
	if s == "all" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return day, nil
	}
	s = strings.TrimPrefix(s, "-") // "3 days back" is written so too
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if s != "" && units[s[len(s)-1]] > 0 {
		if n, err := strconv.Atoi(s[:len(s)-1]); err == nil && n > 0 && n < 10000 {
			return now.Add(-time.Duration(n) * units[s[len(s)-1]]), nil
		}
	}
	return time.Time{}, usagef("--since is %q; give 36h, 7d, 2w, a date as 2026-11-01, or all", s)
}

// parseTopics takes topics apart at commas. Those after a minus are not wanted.
func parseTopics(given []string) (topics, exclude []string, err error) {
	for _, t := range strings.Split(strings.Join(given, ","), ",") {
		t = strings.Join(strings.Fields(t), " ")
		word, minus := strings.CutPrefix(t, "-")
		switch {
		case t == "":
		case !hasWord(word) || len(word) > 100:
			return nil, nil, usagef("%q is not a topic; give a word or a phrase, such as \"open source\"", t)
		case minus:
			exclude = append(exclude, word)
		case !slices.Contains(topics, t):
			topics = append(topics, t)
		}
	}
	switch {
	case len(topics) > mostTopics:
		return nil, nil, usagef("%d topics are too many; give at most %d", len(topics), mostTopics)
	case len(topics) == 0 && len(exclude) == 0 && strings.Join(given, "") != "" || len(given) > 0 && len(topics)+len(exclude) == 0:
		return nil, nil, usagef("--topic is empty; give a word or a phrase, or leave the flag out for everything")
	}
	return topics, exclude, nil
}

// hasWord reports whether a topic has anything to look for.
func hasWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0
}
