package bot

import (
	"context"
	"maps"
	"sync"
	"time"

	"podbrief/store"
)

// Metrics are the bot's figures, for /metrics. They name no channel, person or feed.
type Metrics struct {
	Sent       map[Purpose]int // messages that arrived since the start
	Failed     map[Class]int   // posts that failed since the start
	Waiting    int             // deliveries that are not settled
	Late       int             // those of them that were due more than half an hour ago
	Channels   int             // with a subscription
	Stopped    int             // those of them that get nothing until somebody acts
	Podcasts   int             // scanned
	Unreadable int             // those of them that could not be read the last time
	Scanned    time.Time       // when a podcast was last looked at; zero: never
}

// tally counts what became of posts. It is safe for concurrent use.
type tally struct {
	mu     sync.Mutex
	sent   map[Purpose]int
	failed map[Class]int
}

// settled counts a delivery when it has arrived.
func (t *tally) settled(d *Delivery) {
	if d.State != Delivered {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sent == nil {
		t.sent = map[Purpose]int{}
	}
	t.sent[d.Purpose]++
}

// refused counts a failed post.
func (t *tally) refused(c Class) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == nil {
		t.failed = map[Class]int{}
	}
	t.failed[c]++
}

// Metrics returns the figures as they are now.
func (b *Bot) Metrics(ctx context.Context) (Metrics, error) {
	m := Metrics{}
	b.tally.mu.Lock()
	m.Sent, m.Failed = maps.Clone(b.tally.sent), maps.Clone(b.tally.failed)
	b.tally.mu.Unlock()
	for _, f := range b.casts.list() {
		m.Podcasts++
		if f.State.Failures > 0 || f.State.Dead {
			m.Unreadable++
		}
		if f.State.CheckedAt.After(m.Scanned) {
			m.Scanned = f.State.CheckedAt
		}
	}
	subs, err := b.subscriptions(ctx)
	if err != nil {
		return m, err
	}
	m.Channels = len(subs)
	for _, s := range subs {
		if s.Stop.Class != "" {
			m.Stopped++
		}
	}
	return m, b.DB.View(ctx, func(tx store.Tx) error { return m.addOpen(tx, b.now()) })
}

// addOpen counts the deliveries that are not settled.
func (m *Metrics) addOpen(tx store.Tx, now time.Time) error {
	m.Waiting, m.Late = 0, 0
	for key := range tx.Scan(openBucket, "", "") {
		d, err := store.Get[Delivery](tx, deliveryBucket, key)
		if err != nil {
			return err
		}
		m.Waiting++
		if now.Sub(d.Due) > lateAfter {
			m.Late++
		}
	}
	return nil
}
