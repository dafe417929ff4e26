package queue

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

// Idle waits until no job runs and none that is due waits; jobs for later do not count. It needs a Run beside it.
func (q *Local) Idle(ctx context.Context) error {
	q.mu.Lock()
	if q.isIdle() {
		q.mu.Unlock()
		return nil
	}
	done := make(chan struct{})
	q.idlers = append(q.idlers, done)
	q.mu.Unlock()
	q.wake()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (q *Local) isIdle() bool {
	q.board.wake(time.Now())
	return !q.inTurn && q.board.ready == 0 && len(q.board.running) == 0 && len(q.unsaved) == 0
}

func (q *Local) signalIdle() {
	if len(q.idlers) == 0 || !q.isIdle() {
		return
	}
	for _, done := range q.idlers {
		close(done)
	}
	q.idlers = nil
}

// Drain runs jobs, those that jobs add included, until there is none left that is due: what one-shot runs and tests use in
// place of Run.
func (q *Local) Drain(ctx context.Context, do func(context.Context, Job) error) error {
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		if q.Idle(runCtx) == nil {
			cancel()
		}
	}()
	if err := q.Run(runCtx, do); err != nil {
		return err
	}
	return ctx.Err()
}

// Counts are the jobs of one kind: those on the queue, and those since the start that were done and that failed.
type Counts struct{ Ready, Delayed, Running, Parked, Done, Failed int }

// Stats returns the counts per kind.
func (q *Local) Stats() map[string]Counts {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := map[string]Counts{}
	for kind, c := range q.counts {
		out[kind] = Counts{Done: c.Done, Failed: c.Failed}
	}
	for j, e := range q.board.jobs {
		c := out[j.Kind]
		switch e.state {
		case ready:
			c.Ready++
		case delayed:
			c.Delayed++
		case running:
			c.Running++
		case parked:
			c.Parked++
		}
		out[j.Kind] = c
	}
	return out
}

func (q *Local) count(kind string) *Counts {
	if q.counts[kind] == nil {
		q.counts[kind] = &Counts{}
	}
	return q.counts[kind]
}

// Failure is a parked job.
type Failure struct {
	Job      Job
	Attempts int
	Since    time.Time
	Err      string // of the last attempt
}

// Parked returns the jobs that were given up, in the order of their names.
func (q *Local) Parked() (out []Failure) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for e := range maps.Values(q.board.jobs) {
		if e.state == parked {
			out = append(out, Failure{e.job, e.Attempts, time.Unix(0, e.Parked), e.Err})
		}
	}
	slices.SortFunc(out, func(a, b Failure) int {
		return strings.Compare(a.Job.key(), b.Job.key())
	})
	return out
}
