package digest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"podbrief/store"
)

const (
	scanFeeds    = 16 // fetched at the same time
	scanEpisodes = 4  // processed at the same time
)

// Progress is how far a scan is.
type Progress struct {
	Feeds, FeedsDone       int
	Episodes, EpisodesDone int // Episodes grows while feeds are read
}

// CatchUp does all that is due, feeds and episodes, and returns when nothing is left that can be done now. What failed
// is joined in its error, and is kept for the next time; it stops nothing else.
func (e *Engine) CatchUp(ctx context.Context) error {
	feeds, err := e.dueFeeds(ctx, time.Now())
	if err != nil {
		return err
	}
	err = errors.Join(e.Scan(ctx, feeds, nil), e.processAll(ctx))
	return errors.Join(err, e.listenAll(ctx))
}

// Scan refreshes these feeds, due or not, and processes their pending episodes. progress may be nil; it is called by one
// goroutine at a time. What failed is joined in the error, one line each; it stops nothing else.
func (e *Engine) Scan(ctx context.Context, feeds []string, progress func(Progress)) error {
	s := &scan{report: progress, slots: make(chan struct{}, scanEpisodes)}
	s.step(func(p *Progress) { p.Feeds = len(feeds) })
	var g errgroup.Group
	g.SetLimit(scanFeeds)
	for _, url := range feeds {
		g.Go(func() error {
			_, err := e.Refresh(ctx, url)
			s.fail(err)
			s.fail(e.processFeed(ctx, s, url))
			s.step(func(p *Progress) { p.FeedsDone++ })
			return nil
		})
	}
	return errors.Join(g.Wait(), ctx.Err(), errors.Join(s.failed...))
}

// scan is the state that the goroutines of a Scan share.
type scan struct {
	report func(Progress)
	slots  chan struct{}

	mu     sync.Mutex
	at     Progress
	failed []error
}

func (s *scan) step(change func(*Progress)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.at)
	if s.report != nil {
		s.report(s.at)
	}
}

func (s *scan) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && !errors.Is(err, context.Canceled) {
		s.failed = append(s.failed, err)
	}
}

// processFeed processes the pending episodes of a feed, oldest first: later ones know more of the podcast's habits.
func (e *Engine) processFeed(ctx context.Context, s *scan, feedURL string) error {
	ids, err := e.pendingOf(ctx, feedURL)
	if err != nil {
		return err
	}
	s.step(func(p *Progress) { p.Episodes += len(ids) })
	for _, id := range ids {
		s.slots <- struct{}{}
		s.fail(e.Process(ctx, id))
		<-s.slots
		s.step(func(p *Progress) { p.EpisodesDone++ })
	}
	return nil
}

// processAll processes what is pending of feeds that were not due.
func (e *Engine) processAll(ctx context.Context) error {
	ids, err := e.Pending(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids {
		failed = append(failed, e.Process(ctx, id))
	}
	return errors.Join(failed...)
}

// listenAll listens to the episodes without transcripts, and processes what was heard.
func (e *Engine) listenAll(ctx context.Context) error {
	ids, err := e.Silent(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids {
		heard, err := e.Listen(ctx, id)
		if failed = append(failed, err); heard {
			failed = append(failed, e.Process(ctx, id))
		}
	}
	return errors.Join(failed...)
}

// dueFeeds returns the feeds whose next check has come.
func (e *Engine) dueFeeds(ctx context.Context, now time.Time) (urls []string, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		urls = nil
		all, err := store.All[feedRecord](tx, feedBucket, "", "")
		for _, rec := range all {
			if !rec.Feed.State.Dead && !rec.Feed.State.NextCheckAt.After(now) {
				urls = append(urls, rec.Feed.URL)
			}
		}
		return err
	})
	return urls, err
}

// pendingOf returns a feed's episodes that may be processed now, oldest first.
func (e *Engine) pendingOf(ctx context.Context, feedURL string) (ids []string, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		ids = nil
		from, to := knownRange(feedURL)
		known, err := store.All[knownRecord](tx, knownBucket, from, to)
		if err != nil {
			return err
		}
		slices.SortFunc(known, func(a, b knownRecord) int { return a.Episode.Published.Compare(b.Episode.Published) })
		for _, k := range known {
			if due(tx, k.Episode.ID) {
				ids = append(ids, k.Episode.ID)
			}
		}
		return nil
	})
	return ids, err
}
