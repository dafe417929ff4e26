package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/time/rate"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/sample"
	"podbrief/store"
)

// tryCmd is `podbrief try`.
type tryCmd struct{}

// tryTopics are the topics of the first brief that a newcomer sees.
var tryTopics = []string{"ai", "open source"}

// Run prints a brief of the invented podcasts, and then takes commands, typed or piped.
func (tryCmd) Run(ctx context.Context, a *app) error {
	e, clean, err := a.sampleEngine(ctx)
	if err != nil {
		return err
	}
	defer clean()
	s := &session{engine: e, screen: a.screen, out: a.stdout, query: digest.Query{Topics: tryTopics, Now: time.Now()}}
	if err := s.newBrief(ctx); err != nil {
		return err
	}
	fmt.Fprint(a.stdout, a.screen.block("", 0, "These podcasts are invented. For real ones: podbrief brief --topic \"ai, open source\" --catalog ai", a.screen.faint))
	s.piped = !isTerminal(a.stdin) || !isTerminal(a.stdout)
	return s.loop(ctx, a.stdin)
}

// sampleEngine returns an engine on a database of its own that has read the invented podcasts, and what removes it.
func (a *app) sampleEngine(ctx context.Context) (e *digest.Engine, clean func(), err error) {
	dir, err := os.MkdirTemp("", "podbrief-try-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	db, err := store.OpenBolt(filepath.Join(dir, "try.db"), store.Options{Schema: schema})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	clean = func() {
		_ = db.Close() // nothing of it is kept
		_ = os.RemoveAll(dir)
	}
	e = newEngine(db, sample.Client(), a.config)
	e.Fetcher.Pace = rate.Inf // they come out of memory
	if err = e.Load(ctx); err == nil {
		err = a.scanSample(ctx, e)
	}
	if err != nil {
		clean()
		return nil, nil, err
	}
	return e, clean, nil
}

func (a *app) scanSample(ctx context.Context, e *digest.Engine) error {
	for _, s := range sample.Shows() {
		if err := e.AddFeed(ctx, feed.Feed{URL: s.URL(), Title: s.Title}, false); err != nil {
			return err
		}
	}
	draw, done := progressOn(a.stderr)
	defer done()
	return e.Scan(ctx, sample.Feeds(), draw)
}
