package digest

import (
	"context"
	"slices"
	"time"

	"podbrief/digest/feed"
	"podbrief/store"
)

// An episode is found by its insights. One that none was taken from, as from captions without punctuation, is kept in a list
// of its own: its words can still answer a question.

// quietRecord marks an episode with a transcript and no insight.
type quietRecord struct {
	Published time.Time `json:"published,omitzero"`
}

// quieten marks an episode as quiet when it is, and takes the mark away when it is not.
func quieten(tx store.Tx, ep feed.Episode, r reading) error {
	if r.text == nil || r.text.FromNotes() || len(r.insights) > 0 {
		return tx.Delete(quietBucket, ep.ID)
	}
	return store.Put(tx, quietBucket, ep.ID, quietRecord{Published: ep.Published})
}

// quiet returns the newest of the quiet episodes that the asker may see, at most n, without those named.
func quiet(ctx context.Context, tx store.Tx, n int, without []string) ([]string, error) {
	var ids []string
	of := map[string]time.Time{}
	for id := range tx.Scan(quietBucket, "", "") {
		rec, err := store.Get[quietRecord](tx, quietBucket, id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(without, id) && !hiddenEpisode(ctx, tx, id) {
			ids, of[id] = append(ids, id), rec.Published
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int { return of[b].Compare(of[a]) })
	return ids[:min(len(ids), n)], nil
}
