package digest

import (
	"context"

	"podbrief/digest/feed"
	"podbrief/store"
)

// Podcasts returns every podcast that is scanned, in the order of their addresses. Unlike Feeds it counts nothing, which
// makes it cheap enough to be asked every minute.
func (e *Engine) Podcasts(ctx context.Context) (feeds []feed.Feed, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		records, err := store.All[feedRecord](tx, feedBucket, "", "")
		feeds = make([]feed.Feed, len(records))
		for i, rec := range records {
			feeds[i] = rec.Feed
		}
		return err
	})
	return feeds, err
}

// Pending returns the episodes that Process may be called for now.
func (e *Engine) Pending(ctx context.Context) (ids []string, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		ids = nil
		for id := range tx.Scan(pendingBucket, "", "") {
			if due(tx, id) {
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}
