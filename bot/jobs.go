package bot

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"podbrief/bot/queue"
	"podbrief/digest"
)

// The kinds of job.
const (
	jobRefresh  = "refresh"  // key: a feed's address
	jobProcess  = "process"  // key: an episode
	jobDeliver  = "deliver"  // key: a workspace
	jobProbe    = "probe"    // key: a workspace
	jobListen   = "listen"   // key: "next"
	jobDiscover = "discover" // key: a topic
	jobTidy     = "tidy"     // key: "all"
	jobPurge    = "purge"    // key: a purgeMark's
	jobCompact  = "compact"  // key: "all"
)

// Kinds says how the bot's jobs are run. Deliveries go before all others; whether they succeed stands in their records
// and not in the queue, so they are never parked, and are run again at once after a crash. One needs no grace at the end: a
// post that has begun is ended in any case, and none is begun any more.
func Kinds() map[string]queue.Kind {
	soon := func(int) time.Duration { return time.Second }
	return map[string]queue.Kind{
		jobDeliver:  {Priority: 3, Workers: 16, Timeout: 10 * time.Minute, Attempts: math.MaxInt32, Backoff: soon},
		jobRefresh:  {Priority: 2, Workers: 16},
		jobProcess:  {Priority: 1, Workers: 2, Timeout: 15 * time.Minute},
		jobProbe:    {Workers: 2},
		jobDiscover: {Workers: 1},
		jobTidy:     {Workers: 1, Timeout: 10 * time.Minute},
		jobPurge:    {Workers: 1, Timeout: 10 * time.Minute},
		jobCompact:  {Workers: 1, Timeout: 10 * time.Minute},
		// Speech to text comes after everything that is cheaper.
		jobListen: {Priority: -1, Workers: 1, Timeout: 4 * time.Hour, Attempts: math.MaxInt32},
	}
}

// Do does one job. Every one may be done again.
func (b *Bot) Do(ctx context.Context, j queue.Job) error {
	switch j.Kind {
	case jobRefresh:
		return b.refresh(ctx, j.Key)
	case jobProcess:
		err := b.Engine.Process(ctx, j.Key)
		if err != nil && !errors.Is(err, context.Canceled) {
			// The engine keeps the failure and when to try again; Tick adds the job then.
			b.Log.Warn("episode not processed", "episode", j.Key, "err", err)
		}
		return b.afterScan(ctx)
	case jobListen:
		return b.listen(ctx)
	case jobDeliver:
		return b.deliverJob(ctx, j.Key)
	case jobProbe:
		return b.Probe(ctx, j.Key)
	case jobDiscover:
		return b.discover(ctx, j.Key)
	case jobTidy:
		return b.tidy(ctx)
	case jobPurge:
		return b.purgeJob(ctx, j.Key)
	case jobCompact:
		return b.compact(ctx)
	}
	return fmt.Errorf("job of an unknown kind %q", j.Kind)
}

// compactEvery is how often deleted bytes are taken off the disk at most: nobody can write meanwhile, and anybody can ask for
// a deletion.
const compactEvery = 6 * time.Hour

// compact takes deleted bytes off the disk, later when that was done not long ago.
func (b *Bot) compact(ctx context.Context) error {
	if b.Compact == nil {
		return nil
	}
	b.compacted.Lock()
	defer b.compacted.Unlock()
	if left := compactEvery - b.now().Sub(b.compacted.at); left > 0 {
		return &queue.LaterError{After: left, Err: errors.New("the store was compacted not long ago")}
	}
	b.compacted.at = b.now()
	return b.Compact(ctx)
}

// listen lets the newest episode without a transcript be heard, and asks for the next one after it. The engine keeps
// failures and when to try again.
func (b *Bot) listen(ctx context.Context) error {
	ids, err := b.Engine.Silent(ctx)
	if err != nil || len(ids) == 0 {
		return err
	}
	heard, err := b.Engine.Listen(ctx, ids[0])
	if err != nil && ctx.Err() == nil {
		b.Log.Warn("episode not heard", "episode", ids[0], "err", err)
	}
	if heard {
		if err := b.addJobs(ctx, jobProcess, ids[:1]); err != nil {
			return err
		}
	}
	return errors.Join(ctx.Err(), b.addListen(ctx, ids[1:]))
}

// addListen adds the job that listens, when episodes wait for it.
func (b *Bot) addListen(ctx context.Context, silent []string) error {
	if len(silent) == 0 {
		return nil
	}
	return b.addJobs(ctx, jobListen, []string{"next"})
}

// refresh reads a feed and queues its new episodes. What went wrong is kept in the feed's state.
func (b *Bot) refresh(ctx context.Context, address string) error {
	episodes, err := b.Engine.Refresh(ctx, address)
	if errors.Is(err, digest.ErrUnknownFeed) {
		return nil // taken off meanwhile
	}
	if err != nil {
		b.Log.Debug("feed not read", "feed", hostOf(address), "err", err)
		b.unread.add(hostOf(address), err)
	}
	if err := b.addJobs(ctx, jobProcess, episodes); err != nil {
		return err
	}
	if err := b.know(ctx); err != nil {
		return err
	}
	return b.afterScan(ctx)
}

// afterScan lets the first briefs go out that waited for podcasts to be read, once none is left unread.
func (b *Bot) afterScan(ctx context.Context) error {
	if ctx.Err() != nil || b.scanning(ctx) {
		return ctx.Err()
	}
	subs, err := b.subscriptions(ctx)
	if err != nil {
		return err
	}
	waiting := map[string]bool{}
	for _, s := range subs {
		if s.First && !s.empty() {
			waiting[workspaceKey(s.Channel)] = true
		}
	}
	b.addFair(ctx, jobDeliver, waiting)
	return nil
}

func (b *Bot) addJobs(ctx context.Context, kind string, keys []string) error {
	jobs := make([]queue.Job, len(keys))
	for i, k := range keys {
		jobs[i] = queue.Job{Kind: kind, Key: k}
	}
	if len(jobs) == 0 {
		return nil
	}
	return b.Queue.Add(ctx, jobs...)
}

// deliverJob delivers to a workspace and asks for the next look at what is still open.
func (b *Bot) deliverJob(ctx context.Context, workspace string) error {
	err := b.Deliver(ctx, workspace)
	b.lookAgain()
	if err != nil && ctx.Err() == nil {
		return &queue.LaterError{After: 5 * time.Second, Err: err}
	}
	return err
}

// Tick reads from the store what is due and adds jobs for it. It returns when the next delivery that waits is to be looked
// at; the zero time when none waits.
func (b *Bot) Tick(ctx context.Context) (next time.Time, err error) {
	now := b.now()
	b.unread.report(b.Log)
	subs, err := b.subscriptions(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if !sane(now, subs) {
		b.Log.Warn("the clock is behind the store; nothing is sent until it is set", "clock", now)
		return time.Time{}, nil
	}
	return b.tickDeliveries(ctx, subs, now), errors.Join(b.tickPurges(ctx), b.tickScans(ctx, subs, now))
}

// tickPurges adds jobs for deletions that were cut off.
func (b *Bot) tickPurges(ctx context.Context) error {
	keys, err := b.cutOff(ctx)
	if err != nil {
		return err
	}
	return b.addJobs(ctx, jobPurge, keys)
}

// sane reports whether the clock can be right: it is not much earlier than what is stored says.
func sane(now time.Time, subs []Subscription) bool {
	for _, s := range subs {
		if now.Before(s.Created.Add(-24 * time.Hour)) {
			return false
		}
	}
	return true
}

// tickScans adds jobs for the podcasts that are wanted and due, and for episodes that wait.
func (b *Bot) tickScans(ctx context.Context, subs []Subscription, now time.Time) error {
	if err := errors.Join(b.know(ctx), b.learnOwners(ctx, subs)); err != nil {
		return err
	}
	if _, err := b.scanNew(ctx, subs...); err != nil {
		return err
	}
	due := b.dueFeeds(subs, now)
	pending, err := b.Engine.Pending(ctx)
	if err != nil {
		return err
	}
	if err := b.addJobs(ctx, jobRefresh, due); err != nil {
		return err
	}
	if err := b.addJobs(ctx, jobProcess, pending); err != nil {
		return err
	}
	silent, err := b.Engine.Silent(ctx)
	return errors.Join(err, b.addListen(ctx, silent))
}

// dueFeeds lists the wanted podcasts to be read now. Those never read are all; of the others at most a tenth at a time, so
// that the scan after an outage is spread over ten minutes.
func (b *Bot) dueFeeds(subs []Subscription, now time.Time) []string {
	want := map[string]bool{}
	for _, p := range b.wanted(subs) {
		want[p.URL] = true
	}
	known := b.casts.list()
	most := max(1, (len(known)+9)/10)
	var out []string
	for _, f := range known {
		switch {
		case !want[f.URL] || f.State.Dead || f.State.NextCheckAt.After(now):
		case f.State.CheckedAt.IsZero():
			out = append(out, f.URL)
		case most > 0:
			most--
			out = append(out, f.URL)
		}
	}
	return out
}
