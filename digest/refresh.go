package digest

import (
	"context"
	"errors"
	"reflect"
	"time"

	"podbrief/digest/feed"
	"podbrief/store"
)

// A first subscription takes the episodes of the last 30 days, and at least 3 and at most 10 of them.
const (
	firstDays = 30 * 24 * time.Hour
	firstMin  = 3
	firstMax  = 10
)

// AddFeed begins to scan a podcast; nothing is fetched before the next Refresh. With all, its back catalogue is wanted
// too. Adding a podcast again changes nothing but that.
func (e *Engine) AddFeed(ctx context.Context, f feed.Feed, all bool) error {
	return e.DB.Update(ctx, func(tx store.Tx) error {
		rec, err := getFeed(tx, f.URL)
		switch {
		case errors.Is(err, ErrUnknownFeed):
			return putFeed(tx, feedRecord{Feed: f, All: all})
		case err != nil || rec.All || !all:
			return err
		}
		rec.All = true
		rec.Feed.State = feed.State{} // the whole document is needed once more
		return errors.Join(forgetSkipped(tx, f.URL), putFeed(tx, rec))
	})
}

// forgetSkipped lets the next refresh find the episodes that were not taken.
func forgetSkipped(tx store.Tx, feedURL string) error {
	from, to := knownRange(feedURL)
	known, err := store.All[knownRecord](tx, knownBucket, from, to)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Skipped {
			err = errors.Join(err, tx.Delete(knownBucket, knownKey(feedURL, k.Episode.ID)))
		}
	}
	return err
}

// FeedError is why a feed cannot be read. Its text is one sentence without secrets.
type FeedError struct {
	Feed string // its address, as it was added
	Err  error
}

func (e *FeedError) Error() string { return e.Err.Error() }

// Unwrap returns the cause, a *feed.Error when the feed is at fault.
func (e *FeedError) Unwrap() error { return e.Err }

// Refresh fetches a feed, one GET, and stores what is new. It returns the IDs of the episodes that Process is to be
// called for. A feed that cannot be read is a *FeedError; it is kept in the feed's state, too.
func (e *Engine) Refresh(ctx context.Context, feedURL string) ([]string, error) {
	var rec feedRecord
	err := e.DB.View(ctx, func(tx store.Tx) (err error) {
		rec, err = getFeed(tx, feedURL)
		return err
	})
	if err != nil {
		return nil, err
	}
	asked := rec.Feed
	if rec.Moved != "" {
		asked.URL = rec.Moved
	}
	got, episodes, fetchErr := e.Fetcher.Fetch(ctx, asked)
	if fetchErr != nil {
		if err := e.keepState(ctx, feedURL, got.State); err != nil {
			return nil, err
		}
		if errors.Is(fetchErr, feed.ErrNotModified) {
			return nil, nil
		}
		return nil, &FeedError{Feed: feedURL, Err: fetchErr}
	}
	var fresh []string
	err = e.DB.Update(ctx, func(tx store.Tx) (err error) {
		fresh, err = merge(tx, feedURL, got, episodes)
		return err
	})
	return fresh, err
}

// keepState stores what a fetch left behind that brought nothing.
func (e *Engine) keepState(ctx context.Context, feedURL string, s feed.State) error {
	return e.DB.Update(ctx, func(tx store.Tx) error {
		rec, err := getFeed(tx, feedURL)
		if err != nil {
			return err
		}
		rec.Feed.State = s
		return putFeed(tx, rec)
	})
}

// merge stores a fetched feed and marks its new episodes as pending. It returns their IDs.
func merge(tx store.Tx, feedURL string, got feed.Feed, episodes []feed.Episode) ([]string, error) {
	rec, err := getFeed(tx, feedURL)
	if err != nil {
		return nil, err
	}
	from, to := knownRange(feedURL)
	known, err := store.All[knownRecord](tx, knownBucket, from, to)
	if err != nil {
		return nil, err
	}
	if rec.Moved = ""; got.URL != feedURL {
		rec.Moved, got.URL = got.URL, feedURL
	}
	rec.Feed = got
	if err := putFeed(tx, rec); err != nil {
		return nil, err
	}
	var fresh []string
	for i := range episodes {
		episodes[i].Feed = feedURL
	}
	for _, c := range sortOut(known, episodes, rec.All, got.State.CheckedAt) {
		if c.change == wanted {
			fresh = append(fresh, c.episode.ID)
		}
		if err := c.put(tx); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// change is what an episode of a fetched feed is to us.
type change int

const (
	wanted  change = iota // to be processed
	skipped               // seen, but not taken
	changed               // nothing to be done but to keep up with its title and links
	same
)

// candidate is an episode of a fetched feed.
type candidate struct {
	episode feed.Episode
	change  change
}

// sortOut tells new episodes from known ones, and which of the new ones are taken. An episode that gains a transcript
// after it was taken is taken again: many podcasts add theirs some hours later.
func sortOut(known []knownRecord, episodes []feed.Episode, all bool, now time.Time) []candidate {
	before := make(map[string]knownRecord, len(known))
	var seen []feed.Episode
	var newest time.Time
	for _, k := range known {
		before[k.Episode.ID] = k
		seen = append(seen, k.Episode)
		if k.Episode.Published.After(newest) {
			newest = k.Episode.Published
		}
	}
	episodes, isNew := feed.Identify(seen, episodes)
	take := firstTake(episodes, now)
	out := make([]candidate, len(episodes))
	for i, ep := range episodes {
		k := before[ep.ID]
		c := candidate{episode: ep, change: changed}
		switch {
		case isNew[i] && !all && len(known) == 0 && i >= take:
			c.change = skipped
		case isNew[i] && !all && len(known) > 0 && backCatalogue(ep, newest):
			c.change = skipped
		case isNew[i]:
			c.change = wanted
		case reflect.DeepEqual(slim(ep), k.Episode):
			c.change = same
		case k.Skipped:
			c.change = skipped
		case len(ep.Transcripts) > 0 && len(k.Episode.Transcripts) == 0:
			c.change = wanted
		}
		out[i] = c
	}
	return out
}

// firstTake is how many of a feed's episodes, newest first, a first subscription takes.
func firstTake(episodes []feed.Episode, now time.Time) int {
	n := 0
	for n < len(episodes) && now.Sub(episodes[n].Published) <= firstDays {
		n++
	}
	return min(max(n, firstMin), firstMax)
}

// backCatalogue reports whether an unknown episode is an old one that came into view, and not a new one.
func backCatalogue(ep feed.Episode, newest time.Time) bool {
	return !ep.Published.IsZero() && ep.Published.Before(newest.Add(-firstDays))
}

// put stores the episode as what it is to us.
func (c candidate) put(tx store.Tx) error {
	ep := c.episode
	if c.change == same {
		return nil
	}
	err := store.Put(tx, knownBucket, knownKey(ep.Feed, ep.ID), knownRecord{Episode: slim(ep), Skipped: c.change == skipped})
	if err != nil || c.change == skipped {
		return err
	}
	rec, err := store.Get[episodeRecord](tx, episodeBucket, ep.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	rec.Episode = ep
	if c.change == wanted {
		rec.Outcome = ""
		err := errors.Join(tx.Delete(transcriptBucket, ep.ID), store.Put(tx, pendingBucket, ep.ID, pendingRecord{}))
		if err != nil {
			return err
		}
	}
	return store.Put(tx, episodeBucket, ep.ID, rec)
}
