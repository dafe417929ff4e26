package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"podbrief/store"
)

// Options says how a Local runs jobs.
type Options struct {
	Kinds   map[string]Kind // a kind that is not here runs as the zero Kind
	Workers int             // so many jobs of all kinds at once; 0: as many as their kinds allow
	Log     *slog.Logger    // of jobs that fail; nil: nowhere
}

// Local is a Queue for one process, kept in its store. All waiting jobs stand in memory too, and many changes share one
// commit. Within a kind groups take turns, and a group's newest job is the first. It is safe for concurrent use.
type Local struct {
	log     *slog.Logger
	workers int
	journal *journal
	wakeup  chan struct{} // something changed; Run looks again

	mu       sync.Mutex
	board    *board
	finished []result
	unsaved  map[Job]bool    // done, but the store was full when that should be written
	inTurn   bool            // Run is between taking results and having written them
	runs     bool            // there is a Run
	idlers   []chan struct{} // closed when there is nothing to do
	counts   map[string]*Counts
}

// result is how a job's run ended.
type result struct {
	entry *entry
	err   error
}

const (
	parkTime  = 24 * time.Hour      // then Add brings a parked job back
	parkKeep  = 30 * 24 * time.Hour // then it is forgotten
	maxBatch  = 1024                // jobs in one commit of Run
	fullPause = time.Second         // before a store that was full is asked again
)

// NewLocal returns the queue that is kept in db, with all jobs that a process before left, those that ran included.
func NewLocal(ctx context.Context, db store.DB, o Options) (*Local, error) {
	all, ran, err := load(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("load jobs: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Workers == 0 {
		o.Workers = math.MaxInt
	}
	q := &Local{
		log: o.Log, workers: o.Workers, journal: newJournal(db), wakeup: make(chan struct{}, 1),
		board: newBoard(o.Kinds), unsaved: map[Job]bool{}, counts: map[string]*Counts{},
	}
	now := time.Now()
	slices.SortFunc(all, func(a, b change) int { return cmp.Compare(a.record.Added, b.record.Added) })
	var changes []change // written with the next group
	for _, c := range all {
		if p := c.record.Parked; p != 0 && now.Sub(time.Unix(0, p)) > parkKeep {
			changes = append(changes, change{job: c.job})
			continue
		}
		e := q.board.put(c.job, c.record, now)
		e.stored = true
		if ran[c.job.key()] {
			changes = append(changes, e.change())
		}
	}
	if len(changes) > 0 {
		q.journal.add([]string{}, changes...)
	}
	return q, nil
}

// Add implements Queue; the first of jobs runs first. A job that is parked since less than a day is dropped.
func (q *Local) Add(ctx context.Context, jobs ...Job) error {
	return q.AddAt(ctx, time.Time{}, jobs...)
}

// AddAt adds jobs that do not run before at.
func (q *Local) AddAt(ctx context.Context, at time.Time, jobs ...Job) error {
	for _, j := range jobs {
		if j.Kind == "" || strings.Contains(j.Kind, "/") {
			return fmt.Errorf("job %v: kind must be a word", j)
		}
		if err := store.CheckKey(bucket, j.key()); err != nil || j.Key == "" {
			return fmt.Errorf("job %v: key must be text of 1 to 1000 bytes", j)
		}
	}
	added, groups := q.enter(at, jobs)
	defer q.wake()
	for _, g := range groups {
		if err := q.journal.commit(ctx, g); err != nil {
			q.withdraw(added, g)
			return fmt.Errorf("add jobs: %w", err)
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	markStored(added)
	return nil
}

func markStored(entries []*entry) {
	for _, e := range entries {
		e.stored = true
	}
}

// enter puts jobs on the board, and returns the new ones and the writes that must succeed before all of them are kept.
func (q *Local) enter(at time.Time, jobs []Job) (added []*entry, writes []*group) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	var changes []change
	for i, j := range slices.Backward(jobs) { // the last one entered runs first
		e := q.board.jobs[j]
		switch {
		case e == nil, e.state == parked && now.Sub(time.Unix(0, e.Parked)) > parkTime:
			r := record{Added: now.UnixNano() + int64(len(jobs)-i)}
			if !at.IsZero() {
				r.At = at.UnixNano()
			}
			e = q.board.put(j, r, now)
			added = append(added, e)
			changes = append(changes, e.change())
		case e.state == running:
			e.again = true
		}
		if e.saved != nil && !slices.Contains(writes, e.saved) {
			writes = append(writes, e.saved)
		}
	}
	if len(changes) > 0 {
		g := q.journal.add(nil, changes...)
		for _, e := range added {
			e.saved = g
		}
		writes = append(writes, g)
	}
	return added, writes
}

func (e *entry) change() change { return change{e.job, true, e.record} }

// withdraw takes jobs off the board whose write failed; one that may yet succeed, as its context ended, stays.
func (q *Local) withdraw(added []*entry, g *group) {
	if !g.failed() {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range added {
		if e.saved == g && (e.state == ready || e.state == delayed) {
			q.board.remove(e)
		}
	}
}

// wake makes Run look again.
func (q *Local) wake() {
	select {
	case q.wakeup <- struct{}{}:
	default:
	}
}

// Run implements Queue. At the end of ctx it starts no more jobs, waits for those that run, and returns nil. Only one Run
// at a time may be on a queue.
func (q *Local) Run(ctx context.Context, do func(context.Context, Job) error) error {
	q.mu.Lock()
	other := q.runs
	q.runs = true
	q.mu.Unlock()
	if other {
		return errors.New("run jobs: the queue runs already")
	}
	var wg sync.WaitGroup
	for ctx.Err() == nil {
		claimed := q.turn(ctx, maxBatch)
		for _, e := range claimed {
			wg.Go(func() { q.work(ctx, e, do) })
		}
		if len(claimed) == 0 {
			q.sleep(ctx)
		}
	}
	wg.Wait()
	q.turn(ctx, 0)
	q.mu.Lock()
	q.runs = false
	q.mu.Unlock()
	return nil
}

// turn writes what ended and claims what runs next, at most n, in one commit.
func (q *Local) turn(ctx context.Context, n int) (claimed []*entry) {
	claimed, changes, write := q.beginTurn(ctx, n)
	if write == nil {
		return nil
	}
	err := q.journal.commit(context.WithoutCancel(ctx), write) // the end of Run must not lose what was done
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inTurn = false
	if err != nil {
		q.log.Error("jobs wait: the store cannot be written", "err", err)
		q.unclaim(claimed, changes)
		return nil
	}
	markStored(claimed)
	q.signalIdle()
	return claimed
}

// beginTurn changes the board, and returns the write that must follow; nil when nothing changed.
func (q *Local) beginTurn(ctx context.Context, n int) (claimed []*entry, changes []change, write *group) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	changes = q.settle(ctx, now)
	q.board.wake(now)
	claimed = q.board.claim(min(n, q.workers-len(q.board.running)))
	if len(changes)+len(claimed) == 0 {
		q.signalIdle()
		return nil, nil, nil
	}
	for _, e := range claimed {
		if !e.stored { // its Add is not done yet, or the store was full
			c := e.change()
			c.record.Attempts--
			changes = append(changes, c)
		}
	}
	write = q.journal.add(q.board.runningKeys(), changes...)
	for _, e := range claimed {
		e.saved = write
	}
	q.inTurn = true
	return claimed, changes, write
}

// settle takes the results of jobs that ended, and returns what to write.
func (q *Local) settle(ctx context.Context, now time.Time) (changes []change) {
	for _, r := range q.finished {
		q.board.stop(r.entry)
		q.place(ctx, r, now)
		if r.entry.state == gone {
			changes = append(changes, change{job: r.entry.job})
		} else {
			changes = append(changes, r.entry.change())
		}
	}
	q.finished = q.finished[:0]
	for j := range q.unsaved {
		if q.board.jobs[j] == nil {
			changes = append(changes, change{job: j})
		}
	}
	clear(q.unsaved)
	return changes
}

// place decides where a job goes after its run.
func (q *Local) place(ctx context.Context, r result, now time.Time) {
	e, again, n := r.entry, r.entry.again, q.count(r.entry.job.Kind)
	e.again = false
	var later *LaterError
	switch {
	case r.err == nil && !again:
		n.Done++
		q.board.remove(e)
	case r.err == nil:
		n.Done++
		e.record = record{Added: now.UnixNano()}
		q.board.wait(e, now)
	case errors.As(r.err, &later):
		e.Attempts--
		e.At, e.Err = now.Add(later.After).UnixNano(), r.err.Error()
		q.board.wait(e, now)
	case stopped(ctx, r.err):
		e.Attempts--
		q.board.wait(e, now)
	case e.Attempts >= e.lane.kind.Attempts:
		n.Failed++
		q.log.Error("job parked", "kind", e.job.Kind, "job", e.job.Key, "attempts", e.Attempts, "err", r.err)
		q.board.park(e, r.err.Error(), now)
	default:
		n.Failed++
		q.log.Warn("job failed", "kind", e.job.Kind, "job", e.job.Key, "attempts", e.Attempts, "err", r.err)
		e.At, e.Err = now.Add(e.lane.kind.Backoff(e.Attempts)).UnixNano(), r.err.Error()
		q.board.wait(e, now)
	}
}

// stopped tells whether a job failed only because Run ends.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, ctx.Err()))
}

// unclaim puts back what was claimed in a turn that could not be written, and remembers the jobs that are done.
func (q *Local) unclaim(claimed []*entry, changes []change) {
	now := time.Now()
	for _, e := range claimed {
		q.board.stop(e)
		e.Attempts--
		e.At = now.Add(fullPause).UnixNano()
		q.board.wait(e, now)
	}
	for _, c := range changes {
		if !c.keep {
			q.unsaved[c.job] = true
		}
	}
}

// work does one job and hands in its result.
func (q *Local) work(ctx context.Context, e *entry, do func(context.Context, Job) error) {
	jobCtx, cancel := e.lane.kind.context(ctx)
	defer cancel()
	err := call(jobCtx, e.job, do)
	q.mu.Lock()
	q.finished = append(q.finished, result{e, err})
	q.mu.Unlock()
	q.wake()
}

// context returns the one of a job, which ends with the kind's time-out, and with ctx after the kind's grace.
func (k Kind) context(ctx context.Context) (context.Context, context.CancelFunc) {
	if k.Grace == 0 {
		return context.WithTimeout(ctx, k.Timeout)
	}
	jobCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.Timeout)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(k.Grace, cancel) })
	return jobCtx, func() { stop(); cancel() }
}

// call turns a panic of do into an error: one bad job must not end the others.
func call(ctx context.Context, j Job, do func(context.Context, Job) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return do(ctx, j)
}

// sleep waits until something changes or a delayed job is due.
func (q *Local) sleep(ctx context.Context) {
	q.mu.Lock()
	at, ok := q.board.nextWake()
	if len(q.unsaved) > 0 {
		if pause := time.Now().Add(fullPause); !ok || pause.Before(at) {
			at, ok = pause, true
		}
	}
	q.mu.Unlock()
	var due <-chan time.Time
	if ok {
		t := time.NewTimer(time.Until(at))
		defer t.Stop()
		due = t.C
	}
	select {
	case <-ctx.Done():
	case <-q.wakeup:
	case <-due:
	}
}
