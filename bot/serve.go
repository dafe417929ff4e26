package bot

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"podbrief/store"
)

// Serve runs the bot until ctx is done: its adapters, its schedule and its queue. Then adapters stop receiving, jobs that
// run end, a post in flight within 25 seconds, and Serve returns nil. An adapter that fails is started again with longer
// and longer pauses and stops nothing else.
func (b *Bot) Serve(ctx context.Context) error {
	if err := b.know(ctx); err != nil {
		return err
	}
	if subs, err := b.subscriptions(ctx); err != nil {
		return err
	} else if err := b.learnOwners(ctx, subs); err != nil {
		return err
	}
	if err := b.probeSoon(ctx); err != nil {
		return err
	}
	b.kick = make(chan struct{}, 1)
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range b.Adapters {
		g.Go(func() error {
			b.runAdapter(ctx, a)
			return nil
		})
	}
	g.Go(func() error { return b.Queue.Run(ctx, b.Do) })
	g.Go(func() error {
		b.schedule(ctx)
		return nil
	})
	return g.Wait()
}

// The pauses between two starts of an adapter that failed.
const (
	firstPause = 5 * time.Second
	mostPause  = 10 * time.Minute
)

// startTime is how long an adapter has to find that it cannot run, as with a bad token; what was wrong before stands until
// then.
const startTime = 10 * time.Second

func (b *Bot) runAdapter(ctx context.Context, a Adapter) {
	pause := firstPause
	b.health.set(a.Platform(), "starting")
	for ctx.Err() == nil {
		began := time.Now()
		run, end := context.WithCancel(ctx)
		up := time.AfterFunc(startTime, func() { b.health.runs(run, a.Platform()) })
		err := a.Run(run, b.Commands(), b.Handle)
		end()
		up.Stop()
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			b.health.set(a.Platform(), "")
			return // it has nothing more to say, as a console at the end of its input
		}
		b.health.set(a.Platform(), err.Error())
		b.Log.Error("adapter stopped; it is started again", "platform", a.Platform(), "after", pause, "err", err)
		if time.Since(began) > mostPause {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, mostPause)
	}
}

// schedule calls Tick every minute, and earlier when a delivery is to be looked at.
func (b *Bot) schedule(ctx context.Context) {
	var tidied time.Time
	for ctx.Err() == nil {
		next, err := b.Tick(ctx)
		if err != nil && ctx.Err() == nil {
			b.Log.Error("schedule not read", "err", err)
		}
		b.health.tick(b.now(), err)
		if now := b.now(); now.Sub(tidied) >= 24*time.Hour {
			tidied = now
			if subs, err := b.subscriptions(ctx); err == nil {
				b.housekeeping(ctx, subs)
			}
		}
		b.rest(ctx, next)
	}
}

// rest waits for the next minute or for the time of a delivery. A delivery that begins to wait meanwhile may shorten it.
func (b *Bot) rest(ctx context.Context, next time.Time) {
	minute := time.NewTimer(b.sleep(time.Time{}))
	defer minute.Stop()
	for {
		sooner := time.NewTimer(b.sleep(next))
		select {
		case <-b.kick:
			next = b.nextWake(ctx)
			sooner.Stop()
			continue
		case <-ctx.Done():
		case <-minute.C:
		case <-sooner.C:
		}
		sooner.Stop()
		return
	}
}

// nextWake returns when the next open delivery is to be looked at; in a second when that should have happened already.
func (b *Bot) nextWake(ctx context.Context) (next time.Time) {
	soon := b.now().Add(time.Second)
	err := b.DB.View(ctx, func(tx store.Tx) error {
		due := map[string]bool{}
		err := openUntil(tx, due, b.now(), &next)
		if len(due) > 0 && (next.IsZero() || soon.Before(next)) {
			next = soon
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		b.Log.Error("open deliveries not read", "err", err)
	}
	return next
}

// sleep returns how long the schedule may sleep: until the next full minute, or until a delivery is to be looked at.
func (b *Bot) sleep(next time.Time) time.Duration {
	if b.Times.Tick > 0 {
		return b.Times.Tick
	}
	now := b.now()
	d := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	if !next.IsZero() {
		d = min(d, next.Sub(now))
	}
	return max(d, time.Millisecond)
}

// lookAgain wakes the schedule, when it runs.
func (b *Bot) lookAgain() {
	select {
	case b.kick <- struct{}{}:
	default: // nil when nothing serves: the caller ticks itself
	}
}

// Health is how the bot is, for /healthz.
type Health struct {
	OK       bool              `json:"ok"`
	Adapters map[string]string `json:"adapters"` // by platform: "ok", or what is wrong
	Ticked   time.Time         `json:"ticked"`   // when it last looked at what is due
	Error    string            `json:"error,omitempty"`
	Podcasts int               `json:"podcasts"`
}

// health collects what Health tells.
type health struct {
	mu       sync.Mutex
	adapters map[string]string
	ticked   time.Time
	err      error
}

func (h *health) set(platform, trouble string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.adapters == nil {
		h.adapters = map[string]string{}
	}
	h.adapters[platform] = trouble
}

// runs notes that an adapter works, unless its run has ended.
func (h *health) runs(run context.Context, platform string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if run.Err() == nil {
		h.adapters[platform] = ""
	}
}

func (h *health) tick(at time.Time, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ticked, h.err = at, err
}

// Health says how the bot is. An adapter that runs can have trouble all the same, like one that is cut off from its platform: then
// its method Trouble says so.
func (b *Bot) Health() Health {
	b.health.mu.Lock()
	defer b.health.mu.Unlock()
	h := Health{OK: b.health.err == nil && !b.health.ticked.IsZero(), Adapters: map[string]string{}, Ticked: b.health.ticked, Podcasts: len(b.casts.list())}
	for p, trouble := range b.health.adapters {
		if h.Adapters[p] = "ok"; trouble != "" {
			h.Adapters[p], h.OK = trouble, false
		}
	}
	for _, a := range b.Adapters {
		if t, ok := a.(interface{ Trouble() string }); ok && h.Adapters[a.Platform()] == "ok" && t.Trouble() != "" {
			h.Adapters[a.Platform()], h.OK = t.Trouble(), false
		}
	}
	if b.health.err != nil {
		h.Error = b.health.err.Error()
	}
	return h
}
