package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"podbrief/store"
)

// How long records are kept.
const (
	keepDeliveries = 400 * 24 * time.Hour // with their messages and the marks of their insights
	keepUses       = 7 * 24 * time.Hour
	keepThreads    = 30 * 24 * time.Hour // what was asked in a thread, after the last question
	keepGone       = 90 * 24 * time.Hour // the subscription of a person who cannot be reached
)

// tidy deletes what is too old.
func (b *Bot) tidy(ctx context.Context) error {
	now := b.now()
	if err := b.dropDeliveries(ctx, now); err != nil {
		return err
	}
	if b.Models != nil {
		if err := b.Models.Tidy(ctx, now); err != nil {
			return err
		}
	}
	return b.DB.Update(ctx, func(tx store.Tx) error {
		return errors.Join(dropUses(tx, now), dropThreads(tx, now), dropGone(tx, now), dropTopics(tx), leaveStopped(tx, now))
	})
}

// dropDeliveries deletes those that are too old, at most a tenth of them at once: a clock that jumps ahead must not delete
// all. Their messages are many megabytes, so they are found by the dates in their keys, and deleted some at a time.
func (b *Bot) dropDeliveries(ctx context.Context, now time.Time) error {
	var old []string
	before, most := string(dateOf(now.UTC().Add(-keepDeliveries))), 1
	err := b.DB.View(ctx, func(tx store.Tx) error {
		n := 0
		for key := range tx.Scan(deliveryBucket, "", "") {
			if n++; key[strings.LastIndexByte(key, '/')+1:] >= before {
				continue
			}
			open, err := exists(tx, openBucket, key)
			if err != nil {
				return err
			}
			if !open {
				old = append(old, key)
			}
		}
		most += n / 10
		return nil
	})
	if err != nil {
		return err
	}
	if len(old) > most {
		b.Log.Warn("many old deliveries; the rest is deleted tomorrow")
	}
	for keys := range slices.Chunk(old[:min(len(old), most)], 100) {
		if err := b.DB.Update(ctx, func(tx store.Tx) error { return dropAll(tx, keys) }); err != nil {
			return err
		}
	}
	return nil
}

// dropAll deletes some deliveries.
func dropAll(tx store.Tx, keys []string) error {
	for _, key := range keys {
		d, found, err := get[Delivery](tx, deliveryBucket, key)
		if err != nil {
			return err
		}
		if !found {
			continue // its channel left meanwhile
		}
		if err := dropDelivery(tx, &d); err != nil {
			return err
		}
	}
	return nil
}

// dropDelivery deletes a delivery with its marks.
func dropDelivery(tx store.Tx, d *Delivery) error {
	key := channelKey(d.Channel)
	for _, id := range d.Insights {
		if err := tx.Delete(seenBucket, key+id); err != nil {
			return err
		}
	}
	if d.MessageID != "" {
		for _, bucket := range []string{messageBucket, threadBucket} {
			if err := tx.Delete(bucket, key+part(d.MessageID)); err != nil {
				return err
			}
		}
	}
	return tx.Delete(deliveryBucket, d.ID)
}

// dropUses deletes counts of what was done.
func dropUses(tx store.Tx, now time.Time) error {
	for key := range tx.Scan(useBucket, "", "") {
		u, err := store.Get[Uses](tx, useBucket, key)
		if err != nil {
			return err
		}
		if len(u.Times) == 0 || now.Sub(u.Times[len(u.Times)-1]) > keepUses {
			if err := tx.Delete(useBucket, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropThreads deletes conversations that nobody goes on with.
func dropThreads(tx store.Tx, now time.Time) error {
	for key := range tx.Scan(threadBucket, "", "") {
		th, err := store.Get[Thread](tx, threadBucket, key)
		if err != nil {
			return err
		}
		if now.Sub(th.At) > keepThreads {
			if err := tx.Delete(threadBucket, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropTopics deletes what the directory knew of topics that nobody follows any more.
func dropTopics(tx store.Tx) error {
	subs, err := all[Subscription](tx, subscriptionBucket, "")
	if err != nil {
		return err
	}
	followed := map[string]bool{}
	for _, s := range subs {
		for _, t := range s.Topics {
			followed[part(t)] = true
		}
	}
	for key := range tx.Scan(topicBucket, "", "") {
		if !followed[key] {
			if err := tx.Delete(topicBucket, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropGone deletes subscriptions of people who are gone.
func dropGone(tx store.Tx, now time.Time) error {
	subs, err := all[Subscription](tx, subscriptionBucket, "")
	if err != nil {
		return err
	}
	for _, s := range subs {
		if s.Stop.Class == UserGone && now.Sub(s.Stop.Since) > keepGone {
			if err := tx.Delete(subscriptionBucket, channelKey(s.Channel)); err != nil {
				return err
			}
		}
	}
	return nil
}
