package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"podbrief/digest/feed"
	"podbrief/store"
)

// Feeds returns every podcast that is scanned with what its scans came to, in the order of their addresses.
func (e *Engine) Feeds(ctx context.Context) (feeds []Health, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		feeds = nil
		records, err := store.All[feedRecord](tx, feedBucket, "", "")
		if err != nil {
			return err
		}
		episodes, err := store.All[episodeCount](tx, episodeBucket, "", "")
		if err != nil {
			return err
		}
		at := map[string]int{}
		for _, rec := range records {
			if !hides(ctx, rec.Feed.URL) {
				at[rec.Feed.URL] = len(feeds)
				feeds = append(feeds, Health{Feed: rec.Feed})
			}
		}
		for _, ep := range episodes {
			if i, ok := at[ep.Feed]; ok {
				feeds[i].count(ep)
			}
		}
		return nil
	})
	return feeds, err
}

// episodeCount is what of an episodeRecord is counted: the notes, most of a record, stay undecoded.
type episodeCount struct {
	Feed      string    `json:"feed"`
	Published time.Time `json:"published"`
	Source    string    `json:"source"`
	Insights  []string  `json:"insights"`
}

func (h *Health) count(ep episodeCount) {
	h.Episodes++
	h.Insights += len(ep.Insights)
	if ep.Source != "" && ep.Source != "notes" {
		h.Transcripts++
	}
	if ep.Published.After(h.Newest) {
		h.Newest = ep.Published
	}
}

// Kept is an episode with the insights that were kept of it.
type Kept struct {
	Episode  feed.Episode // without notes
	Podcast  string       // title
	Outcome  Outcome      // "" while it is pending
	Error    string
	Source   string // of the transcript
	Engine   string // that looked for insights
	Insights []Item
}

// Episodes returns the episodes of a feed, newest first, with all insights kept of them.
func (e *Engine) Episodes(ctx context.Context, feedURL string) (out []Kept, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		rec, err := getFeed(tx, feedURL)
		if err != nil {
			return err
		}
		from, to := knownRange(feedURL)
		known, err := store.All[knownRecord](tx, knownBucket, from, to)
		if err != nil {
			return err
		}
		slices.SortFunc(known, func(a, b knownRecord) int { return b.Episode.Published.Compare(a.Episode.Published) })
		for _, k := range known {
			if k.Skipped {
				continue
			}
			kept, err := getKept(tx, rec.Feed, k.Episode.ID)
			if err != nil {
				return err
			}
			out = append(out, kept)
		}
		return nil
	})
	return out, err
}

// Episode returns the episode of that ID, or else of that GUID, with the insights kept of it; ErrUnknownEpisode when there
// is none.
func (e *Engine) Episode(ctx context.Context, idOrGUID string) (kept Kept, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		ep, err := findEpisode(tx, idOrGUID)
		if err != nil {
			return err
		}
		rec, err := getFeed(tx, ep.Feed)
		if err != nil {
			return err
		}
		kept, err = getKept(tx, rec.Feed, ep.ID)
		return err
	})
	return kept, err
}

func findEpisode(tx store.Tx, idOrGUID string) (feed.Episode, error) {
	rec, err := getEpisode(tx, idOrGUID)
	if !errors.Is(err, ErrUnknownEpisode) {
		return rec.Episode, err
	}
	known, err := store.All[knownRecord](tx, knownBucket, "", "")
	if err != nil {
		return feed.Episode{}, err
	}
	for _, k := range known {
		if k.Episode.GUID == idOrGUID && !k.Skipped {
			return k.Episode, nil
		}
	}
	return feed.Episode{}, fmt.Errorf("episode %q: %w", idOrGUID, ErrUnknownEpisode)
}

func getKept(tx store.Tx, podcast feed.Feed, episodeID string) (Kept, error) {
	rec, err := getEpisode(tx, episodeID)
	if err != nil {
		return Kept{}, err
	}
	kept := Kept{Podcast: title(podcast), Outcome: rec.Outcome, Error: rec.Error, Source: rec.Source, Engine: rec.Engine}
	for _, id := range rec.Insights {
		ins, err := getInsight(tx, id)
		if err != nil {
			return Kept{}, err
		}
		kept.Insights = append(kept.Insights, item(podcast, rec.Episode, ins))
	}
	kept.Episode = rec.Episode
	kept.Episode.Notes = ""
	return kept, nil
}

// RemoveFeed stops scanning a podcast and deletes all that was kept of it.
func (e *Engine) RemoveFeed(ctx context.Context, feedURL string) error {
	var gone []string
	err := e.DB.Update(ctx, func(tx store.Tx) error {
		gone = nil
		if _, err := getFeed(tx, feedURL); err != nil {
			return err
		}
		from, to := knownRange(feedURL)
		known, err := store.All[knownRecord](tx, knownBucket, from, to)
		if err != nil {
			return err
		}
		for _, k := range known {
			ids, err := removeEpisode(tx, k.Episode.ID)
			if err = errors.Join(err, tx.Delete(knownBucket, knownKey(feedURL, k.Episode.ID))); err != nil {
				return err
			}
			gone = append(gone, ids...)
		}
		key := feedKey(feedURL)
		return errors.Join(tx.Delete(showBucket, key), tx.Delete(feedBucket, key))
	})
	if err != nil {
		return err
	}
	e.reindex(gone, nil)
	return nil
}

// removeEpisode deletes an episode and returns the insights that went with it.
func removeEpisode(tx store.Tx, id string) ([]string, error) {
	rec, err := store.Get[episodeRecord](tx, episodeBucket, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	for _, ins := range rec.Insights {
		err = errors.Join(err, tx.Delete(insightBucket, ins), tx.Delete(vectorBucket, ins))
	}
	return rec.Insights, errors.Join(err, tx.Delete(transcriptBucket, id), tx.Delete(pendingBucket, id), tx.Delete(silentBucket, id), tx.Delete(quietBucket, id), tx.Delete(episodeBucket, id))
}
