package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"podbrief/bot/directory"
	"podbrief/store"
)

// askDirectory is how often the directory is asked for new podcasts on a topic, and how often one is proposed.
const askDirectory = 7 * 24 * time.Hour

// topicRecord is what the directory knew of a topic.
type topicRecord struct {
	AskedAt time.Time           `json:"asked_at"`
	Found   []directory.Podcast `json:"found,omitempty"`
}

// discover asks the directory for podcasts on a topic, once a week.
func (b *Bot) discover(ctx context.Context, topic string) error {
	rec, err := view(ctx, b.DB, func(tx store.Tx) (topicRecord, error) {
		rec, _, err := get[topicRecord](tx, topicBucket, part(topic))
		return rec, err
	})
	if err != nil || b.Sources.Directory == nil || b.now().Sub(rec.AskedAt) < askDirectory {
		return err
	}
	found, err := b.Sources.Directory.Search(ctx, topic, 10)
	if err != nil {
		return fmt.Errorf("look for podcasts on %q: %w", topic, err)
	}
	return b.DB.Update(ctx, func(tx store.Tx) error {
		return store.Put(tx, topicBucket, part(topic), topicRecord{AskedAt: b.now(), Found: found})
	})
}

// proposal returns a podcast that a subscription's brief may propose; nil when there is none, or when there was one within
// a week.
func (b *Bot) proposal(ctx context.Context, sub *Subscription, now time.Time) (*Proposal, error) {
	if now.Sub(sub.ProposedAt) < askDirectory {
		return nil, nil
	}
	scanned := b.casts.urls()
	var p *Proposal
	err := b.DB.View(ctx, func(tx store.Tx) error {
		for _, t := range sub.Topics {
			rec, _, err := get[topicRecord](tx, topicBucket, part(t))
			if err != nil {
				return err
			}
			for _, f := range rec.Found {
				if !slices.Contains(scanned, f.URL) && !slices.Contains(sub.Offered, f.URL) && !slices.Contains(sub.Mute, f.URL) {
					p = &Proposal{Title: f.Title, URL: f.URL, Topic: t}
					return nil
				}
			}
		}
		return nil
	})
	return p, err
}

// noteProposal keeps that a podcast was proposed, so that its button works and it is not proposed again.
func noteProposal(tx store.Tx, sub *Subscription, p *Proposal, now time.Time) error {
	sub.Offered, sub.ProposedAt = append(sub.Offered, p.URL), now
	sub.Offered = sub.Offered[max(0, len(sub.Offered)-100):]
	return store.Put(tx, choiceBucket, workspaceKey(sub.Channel)+token(p.URL), directory.Podcast{Title: p.Title, URL: p.URL})
}
