// Package bot is the bot without its platforms: it knows channels, subscriptions, commands and deliveries, and nothing of
// Slack or Discord.
//
// An adapter turns what a user does into a Request and draws the Message that Handle answers with. What a channel wants is
// a Subscription in the store. Once a minute Tick reads from the store what is due and adds jobs to the queue; Do does
// them: refresh a feed, process an episode, deliver to a workspace. Nothing is remembered outside the store that a
// restart could lose, and every job may be done again.
//
// A brief goes out exactly once for a channel and a date: see Deliver.
package bot

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"podbrief/bot/directory"
	"podbrief/bot/queue"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/store"
)

// Bot answers requests and sends briefs. The fields are set before its first use; then its methods are safe for
// concurrent use.
type Bot struct {
	DB       store.DB       // required
	Engine   *digest.Engine // required
	Queue    queue.Queue    // required
	Adapters []Adapter      // required
	Log      *slog.Logger   // required
	Sources  Sources        // where podcasts come from
	Zone     string         // of subscriptions whose maker's zone is not known; UTC when ""
	Times    Times          // for tests
	Models   *Models        // that cost something; nil when there are none
	// Compact takes deleted bytes off the disk, after a workspace or a person was deleted; nil where that needs nothing.
	Compact func(context.Context) error

	busy   keyed         // by workspace: one delivery run at a time
	owners owners        // who may know of which podcast
	casts  podcasts      // the podcasts known, for names and completion
	kick   chan struct{} // wakes the schedule; made by Serve
	health health
	tally  tally // of what was sent since the start
	unread unread

	compacted struct { // when the store was, last
		sync.Mutex
		at time.Time
	}
}

// Sources is where podcasts come from.
type Sources struct {
	Catalog   []feed.Outline      // podcasts by topic
	Packs     []string            // the packs to scan; none: those of the topics subscribed
	Directory directory.Directory // finds podcasts by name; nil: none
	Client    *http.Client        // for web pages and OPML; nil: only feeds' addresses are understood
}

// Models is what the bot can tell of language models that cost something, and do about them. All of it is required.
type Models struct {
	// Spent says in a few lines what was spent today: by all, and by the accounts given.
	Spent func(context.Context, ...insight.Account) (string, error)
	// Off says why no model is called; "" when they are.
	Off func(context.Context) (string, error)
	// Switch lets no model be called any more, also after a restart, for a reason that readers are told; "" lets them be
	// called again.
	Switch func(ctx context.Context, why string) error
	// Forget deletes what is kept of the spend of accounts whose names begin with a text.
	Forget func(ctx context.Context, owner string) error
	// Tidy deletes what models left behind and is of no use any more at a time. It is called once a day.
	Tidy func(ctx context.Context, now time.Time) error
}

// Times are the clock and the delays of deliveries. The zero value is right for everything but tests.
type Times struct {
	Now    func() time.Time
	Settle time.Duration // after which a look-up proves something
	Post   time.Duration // for one post
	Look   time.Duration // for one look-up
	Tick   time.Duration // between two looks at what is due; 0: every minute, and when a delivery waits for its time
}

func (b *Bot) now() time.Time {
	if b.Times.Now != nil {
		return b.Times.Now()
	}
	return time.Now()
}

func (b *Bot) settleTime() time.Duration { return cmp.Or(b.Times.Settle, settleTime) }
func (b *Bot) postTime() time.Duration   { return cmp.Or(b.Times.Post, postTime) }
func (b *Bot) lookTime() time.Duration   { return cmp.Or(b.Times.Look, lookTime) }

// adapter returns the adapter of a channel's platform.
func (b *Bot) adapter(ch Channel) (Adapter, error) {
	for _, a := range b.Adapters {
		if a.Platform() == ch.Platform {
			return a, nil
		}
	}
	return nil, fmt.Errorf("platform %q is not configured", ch.Platform)
}

// zoneFor returns the zone that a new subscription begins with.
func (b *Bot) zoneFor(r Request) string {
	for _, z := range []string{r.Zone, b.Zone} {
		if name, ok := findZone(z); ok {
			return name
		}
	}
	return "UTC"
}

// calendar is that of who asks.
func (b *Bot) calendar(a *asking) calendar {
	zone, err := time.LoadLocation(b.zoneFor(a.Request))
	if err != nil {
		zone = time.UTC
	}
	return calendar{now: a.now, zone: zone}
}

// wake lets what is due in a channel's workspace be sent at once.
func (b *Bot) wake(ctx context.Context, ch Channel) {
	if ch.Platform == "" {
		return
	}
	if err := b.Queue.Add(ctx, queue.Job{Kind: jobDeliver, Key: workspaceKey(ch)}); err != nil {
		b.Log.Error("job not added", "err", err)
	}
}

// keyed is a set of locks by name. The zero value is ready.
type keyed struct {
	mu    sync.Mutex
	held  map[string]int
	locks map[string]*sync.Mutex
}

func (k *keyed) lock(name string) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks, k.held = map[string]*sync.Mutex{}, map[string]int{}
	}
	l := k.locks[name]
	if l == nil {
		l = &sync.Mutex{}
		k.locks[name] = l
	}
	k.held[name]++
	k.mu.Unlock()
	l.Lock()
}

func (k *keyed) unlock(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	l := k.locks[name]
	if k.held[name]--; k.held[name] == 0 {
		delete(k.locks, name)
		delete(k.held, name)
	}
	l.Unlock()
}
