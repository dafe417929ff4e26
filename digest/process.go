package digest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/digest/transcript"
	"podbrief/store"
)

const (
	maxAttempts = 4               // then an episode is given up
	firstRetry  = 5 * time.Minute // doubled after each failure
	enoughShow  = 4               // other episodes needed to know what a podcast repeats
)

// Process takes the insights out of an episode: at most one GET for its transcript, then the extractor. What was done
// already is not done again, so it may be called as often as one likes. An episode that fails stays pending until it
// has failed too often; one that is not pending is left alone.
func (e *Engine) Process(ctx context.Context, episodeID string) error {
	known, err := e.episode(ctx, episodeID)
	if err != nil {
		return err
	}
	defer e.feeds.lock(known.Feed)()
	ep, err := e.begin(ctx, episodeID)
	if err != nil || ep == nil {
		return err
	}
	ctx, done := e.busy.begin(ctx, "process", ep.Title)
	defer done()
	err = safely(func() error { return e.work(ctx, *ep) })
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.Join(err, e.forgive(episodeID))
	}
	return errors.Join(fmt.Errorf("process %q: %w", ep.Title, err), e.failed(ctx, episodeID, err))
}

// safely turns a panic of a parser or an extractor into an error of the episode that caused it.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}

func (e *Engine) episode(ctx context.Context, id string) (rec episodeRecord, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) (err error) {
		rec, err = getEpisode(tx, id)
		return err
	})
	return rec, err
}

// attempt is an episode that is worked on.
type attempt struct {
	feed.Episode
	last bool // it is given up when this fails
}

// begin counts an attempt, before the work: an episode that kills the process is noticed by its count. It returns nil
// when there is nothing to do.
func (e *Engine) begin(ctx context.Context, episodeID string) (a *attempt, err error) {
	err = e.DB.Update(ctx, func(tx store.Tx) error {
		a = nil
		rec, err := getEpisode(tx, episodeID)
		if err != nil {
			return err
		}
		p, err := store.Get[pendingRecord](tx, pendingBucket, episodeID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if p.Attempts++; p.Attempts > maxAttempts {
			return giveUp(tx, rec, p)
		}
		a = &attempt{rec.Episode, p.Attempts == maxAttempts}
		return store.Put(tx, pendingBucket, episodeID, p)
	})
	return a, err
}

func giveUp(tx store.Tx, rec episodeRecord, p pendingRecord) error {
	rec.Outcome, rec.Error = GaveUp, p.Error
	if rec.Error == "" {
		rec.Error = "the program ended while it was worked on"
	}
	return errors.Join(tx.Delete(pendingBucket, rec.ID), store.Put(tx, episodeBucket, rec.ID, rec))
}

// failed keeps the error of an attempt and puts the next one off, or gives the episode up.
func (e *Engine) failed(ctx context.Context, episodeID string, cause error) error {
	return e.DB.Update(ctx, func(tx store.Tx) error {
		rec, err := getEpisode(tx, episodeID)
		if err != nil {
			return err
		}
		p, err := store.Get[pendingRecord](tx, pendingBucket, episodeID)
		if err != nil {
			return err
		}
		p.Error = cause.Error()
		if p.Attempts >= maxAttempts {
			return giveUp(tx, rec, p)
		}
		p.NotYet = time.Now().Add(firstRetry << max(0, p.Attempts-1))
		return store.Put(tx, pendingBucket, episodeID, p)
	})
}

// forgive takes back an attempt that was stopped from outside.
func (e *Engine) forgive(episodeID string) error {
	return e.DB.Update(context.Background(), func(tx store.Tx) error {
		p, err := store.Get[pendingRecord](tx, pendingBucket, episodeID)
		if err != nil {
			return err
		}
		p.Attempts--
		return store.Put(tx, pendingBucket, episodeID, p)
	})
}

// work does what Process promises for an episode that is pending.
func (e *Engine) work(ctx context.Context, a attempt) error {
	ep := a.Episode
	text, err := e.transcript(ctx, ep)
	if err != nil && a.last && ctx.Err() == nil {
		if notes, notesErr := (transcript.Notes{}).Transcript(ctx, ep); notesErr == nil {
			text, err = notes, nil // better than nothing, and labelled
		}
	}
	if errors.Is(err, transcript.ErrNone) {
		return e.finish(ctx, ep.ID, reading{unusable: unusable(err)})
	}
	if err != nil {
		return err
	}
	podcast, show, err := e.show(ctx, ep)
	if err != nil {
		return err
	}
	insights, err := e.Extractor.Extract(ctx, insight.Input{Podcast: podcast, Episode: ep, Transcript: text, Show: show})
	if err != nil {
		return err
	}
	return e.finish(ctx, ep.ID, reading{text: text, insights: insights})
}

// transcript returns an episode's transcript, out of the store when it was fetched before. A fetched one is stored, and
// taught to the podcast's Show in the same transaction, so that an episode is never learned twice.
func (e *Engine) transcript(ctx context.Context, ep feed.Episode) (*transcript.Transcript, error) {
	stored, err := e.storedTranscript(ctx, ep.ID)
	if !errors.Is(err, store.ErrNotFound) {
		return stored, err
	}
	text, err := e.Transcripts.Transcript(ctx, ep)
	if err != nil {
		return nil, err
	}
	return text, e.learn(ctx, ep, text)
}

// learn stores a transcript and teaches it to its podcast's Show.
func (e *Engine) learn(ctx context.Context, ep feed.Episode, text *transcript.Transcript) error {
	return e.DB.Update(ctx, func(tx store.Tx) error {
		show, err := getShow(tx, ep.Feed)
		if err != nil {
			return err
		}
		show.Learn(ep, text)
		p, err := store.Get[pendingRecord](tx, pendingBucket, ep.ID)
		if err == nil {
			p.Attempts = 0 // what failed until now was the fetching
			err = store.Put(tx, pendingBucket, ep.ID, p)
		}
		return errors.Join(err, putPacked(tx, showBucket, feedKey(ep.Feed), show), putPacked(tx, transcriptBucket, ep.ID, text))
	})
}

func (e *Engine) storedTranscript(ctx context.Context, episodeID string) (t *transcript.Transcript, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) (err error) {
		t, err = getTranscript(tx, episodeID)
		return err
	})
	return t, err
}

// show returns a podcast and what is known of its habits. With few episodes known, the transcripts of others that are
// pending are fetched first: what a podcast repeats is found by comparing.
func (e *Engine) show(ctx context.Context, ep feed.Episode) (podcast feed.Feed, show *insight.Show, err error) {
	others, err := e.unread(ctx, ep)
	if err != nil {
		return feed.Feed{}, nil, err
	}
	for _, other := range others {
		if err := e.read(ctx, other); err != nil {
			return feed.Feed{}, nil, err
		}
	}
	err = e.DB.View(ctx, func(tx store.Tx) error {
		rec, err := getFeed(tx, ep.Feed)
		if err != nil {
			return err
		}
		podcast = rec.Feed
		show, err = getShow(tx, ep.Feed)
		return err
	})
	return podcast, show, err
}

// read fetches the transcript of another episode than the one that is worked on. Its failure is told in its own turn.
func (e *Engine) read(ctx context.Context, id string) error {
	ep, err := e.begin(ctx, id)
	if err != nil || ep == nil {
		return err
	}
	err = safely(func() error { _, err := e.transcript(ctx, ep.Episode); return err })
	switch {
	case ctx.Err() != nil:
		return errors.Join(err, e.forgive(id))
	case errors.Is(err, transcript.ErrNone):
		return e.finish(ctx, id, reading{unusable: unusable(err)})
	case err != nil:
		return e.failed(ctx, id, err)
	}
	return nil
}

// unread returns pending episodes of the same podcast whose transcripts were not fetched, as many as are missing for
// knowing its habits.
func (e *Engine) unread(ctx context.Context, ep feed.Episode) (others []string, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		others = nil
		from, to := knownRange(ep.Feed)
		known, err := store.All[knownRecord](tx, knownBucket, from, to)
		if err != nil {
			return err
		}
		read := 0
		for _, k := range known {
			id := k.Episode.ID
			switch {
			case id == ep.ID || k.Skipped:
			case has(tx, transcriptBucket, id):
				read++
			case due(tx, id):
				others = append(others, id)
			}
		}
		others = others[:min(len(others), max(0, enoughShow-read))]
		return nil
	})
	return others, err
}

// due reports whether an episode is pending and may be tried now.
func due(tx store.Tx, episodeID string) bool {
	p, err := store.Get[pendingRecord](tx, pendingBucket, episodeID)
	return err == nil && !p.NotYet.After(time.Now())
}

func has(tx store.Tx, bucket, key string) bool {
	_, err := tx.Get(bucket, key)
	return err == nil
}

// reading is what the work on an episode came to.
type reading struct {
	text     *transcript.Transcript // nil when there was nothing to read
	insights []insight.Insight
	unusable string // why what was offered could not be read; "" when nothing was offered
}

// unusable returns in one clause why the offered transcripts cannot be read; "" when none was offered.
func unusable(err error) string {
	if r, ok := errors.AsType[*transcript.Refused](err); ok {
		return r.Detail
	}
	if f, ok := errors.AsType[*feed.Error](err); ok {
		return f.Reason
	}
	return ""
}

// finish stores the insights of an episode in the place of those it had, in one transaction with its end, and then in
// the index.
func (e *Engine) finish(ctx context.Context, episodeID string, r reading) error {
	var docs []rank.Doc
	var old []string
	err := e.DB.Update(ctx, func(tx store.Tx) (err error) {
		docs, old, err = e.keep(tx, episodeID, r)
		return err
	})
	if err != nil {
		return err
	}
	e.reindex(old, docs)
	return nil
}

// keep writes what finish promises.
func (e *Engine) keep(tx store.Tx, episodeID string, r reading) (docs []rank.Doc, old []string, err error) {
	rec, err := getEpisode(tx, episodeID)
	if err != nil {
		return nil, nil, err
	}
	if !has(tx, pendingBucket, episodeID) {
		return nil, nil, nil // somebody else was faster
	}
	podcast, err := getFeed(tx, rec.Feed)
	if err != nil {
		return nil, nil, err
	}
	old = rec.Insights
	for _, id := range old {
		err = errors.Join(err, tx.Delete(insightBucket, id), tx.Delete(vectorBucket, id))
	}
	rec.Outcome, rec.Error, rec.Source, rec.Spoken, rec.Insights = NoTranscript, r.unusable, "", "", nil
	rec.Engine = e.Extractor.Name()
	if r.text != nil {
		rec.Outcome, rec.Source, rec.Spoken = Done, r.text.Source, r.text.Language
	}
	now := time.Now().UTC()
	for i, ins := range r.insights {
		ins = replayed(ins, r.text)
		ins.ID, ins.Episode, ins.Feed, ins.Created = newID(now, episodeID, i+1), episodeID, rec.Feed, now
		rec.Insights = append(rec.Insights, ins.ID)
		docs = append(docs, doc(podcast.Feed, rec, ins))
		err = errors.Join(err, store.Put(tx, insightBucket, ins.ID, ins))
	}
	err = errors.Join(err, store.Put(tx, episodeBucket, episodeID, rec), tx.Delete(pendingBucket, episodeID), e.silence(tx, rec.Episode, r.text), quieten(tx, rec.Episode, r))
	return docs, old, err
}
