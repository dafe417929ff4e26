package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// Speech to text is the dearest work and the slowest, so it comes after all other: an episode without a transcript is
// processed by its show notes at once, and once more when Listen has written down what is said in it.

// maxListens is how often an episode's speech is tried; attempts go on where the one before stopped.
const maxListens = 6

// silentRecord marks an episode of which nobody wrote down what is said.
type silentRecord struct {
	Published time.Time `json:"published,omitzero"`
	Attempts  int       `json:"attempts,omitempty"` // counted before the work
	NotYet    time.Time `json:"not_yet,omitzero"`
	Error     string    `json:"error,omitempty"`
}

// silence marks an episode for Listen when it has no transcript but could get one.
func (e *Engine) silence(tx store.Tx, ep feed.Episode, text *transcript.Transcript) error {
	if e.Speech == nil || text != nil && !text.FromNotes() {
		return tx.Delete(silentBucket, ep.ID)
	}
	if ep.Enclosure.URL == "" {
		return nil
	}
	return store.Put(tx, silentBucket, ep.ID, silentRecord{Published: ep.Published})
}

// Silent returns the episodes that Listen may be called for now, the newest first, whatever podcast they are of.
func (e *Engine) Silent(ctx context.Context) (ids []string, err error) {
	if e.Speech == nil {
		return nil, nil
	}
	err = e.DB.View(ctx, func(tx store.Tx) error {
		ids = nil
		of := map[string]silentRecord{}
		for id := range tx.Scan(silentBucket, "", "") {
			rec, err := store.Get[silentRecord](tx, silentBucket, id)
			if err != nil {
				return err
			}
			if !rec.NotYet.After(time.Now()) {
				ids, of[id] = append(ids, id), rec
			}
		}
		slices.SortStableFunc(ids, func(a, b string) int { return of[b].Published.Compare(of[a].Published) })
		return nil
	})
	return ids, err
}

// Listen lets what is said in an episode be written down. When it returns true, Process is to be called for the episode.
// What was written down before a failure is not lost; an episode that cannot be heard at all is not tried again.
func (e *Engine) Listen(ctx context.Context, episodeID string) (heard bool, err error) {
	ep, err := e.beginListen(ctx, episodeID)
	if err != nil || ep == nil {
		return false, err
	}
	ctx, done := e.busy.begin(ctx, "listen", ep.Title)
	defer done()
	var text *transcript.Transcript
	err = safely(func() (err error) {
		text, err = e.Speech.Transcript(ctx, *ep)
		return err
	})
	if err == nil {
		return true, e.heard(ctx, *ep, text)
	}
	err = fmt.Errorf("listen to %q: %w", ep.Title, err)
	return false, errors.Join(err, e.unheard(ctx, ep.ID, err))
}

// beginListen counts an attempt, before the work. It returns nil when there is nothing to do.
func (e *Engine) beginListen(ctx context.Context, episodeID string) (ep *feed.Episode, err error) {
	if e.Speech == nil {
		return nil, nil
	}
	err = e.DB.Update(ctx, func(tx store.Tx) error {
		ep = nil
		rec, err := store.Get[silentRecord](tx, silentBucket, episodeID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		known, err := getEpisode(tx, episodeID)
		if rec.Attempts++; isUnknown(err) || rec.Attempts > maxListens {
			return tx.Delete(silentBucket, episodeID)
		}
		ep = &known.Episode
		return errors.Join(err, store.Put(tx, silentBucket, episodeID, rec))
	})
	return ep, err
}

// heard stores what was said, in the place of the show notes, and marks the episode as pending.
func (e *Engine) heard(ctx context.Context, ep feed.Episode, text *transcript.Transcript) error {
	err := e.DB.Update(ctx, func(tx store.Tx) error {
		return errors.Join(tx.Delete(silentBucket, ep.ID), store.Put(tx, pendingBucket, ep.ID, pendingRecord{}))
	})
	return errors.Join(err, e.learn(ctx, ep, text))
}

// unheard keeps why an episode was not heard and when it is tried again; never, when it has no sound that can be heard.
func (e *Engine) unheard(ctx context.Context, episodeID string, cause error) error {
	return e.DB.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		rec, err := store.Get[silentRecord](tx, silentBucket, episodeID)
		if err != nil {
			return err
		}
		rec.Error = cause.Error()
		switch {
		case errors.Is(cause, transcript.ErrNone) || rec.Attempts >= maxListens:
			return tx.Delete(silentBucket, episodeID)
		case ctx.Err() != nil:
			rec.Attempts-- // it was stopped from outside
		case errors.Is(cause, transcript.ErrLater):
			rec.Attempts--
			rec.NotYet = time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		default:
			rec.NotYet = time.Now().Add(firstRetry << max(0, rec.Attempts-1))
		}
		return store.Put(tx, silentBucket, episodeID, rec)
	})
}
