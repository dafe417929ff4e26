package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot/queue"
	"podbrief/store"
)

func TestDefaultBackoff(t *testing.T) {
	for attempt, want := range map[int]time.Duration{
		1: 5 * time.Second, 2: 10 * time.Second, 7: 320 * time.Second, 8: 640 * time.Second, 9: 15 * time.Minute, 1000: 15 * time.Minute,
	} {
		if got := queue.DefaultBackoff(attempt); got != want {
			t.Errorf("DefaultBackoff(%d) = %s, want %s", attempt, got, want)
		}
	}
}

// TestJobContext ends contexts of jobs by time-out, and by the end of Run with and without a grace.
func TestJobContext(t *testing.T) {
	for name, c := range map[string]struct {
		kind  queue.Kind
		stop  time.Duration // of Run
		after time.Duration // the job's context ends
		cause error
	}{
		"time-out":                  {queue.Kind{Timeout: time.Minute}, time.Hour, time.Minute, context.DeadlineExceeded},
		"default time-out":          {queue.Kind{}, time.Hour, 2 * time.Minute, context.DeadlineExceeded},
		"time-out within grace":     {queue.Kind{Timeout: time.Minute, Grace: time.Hour}, time.Second, time.Minute, context.DeadlineExceeded},
		"end of Run":                {queue.Kind{}, time.Second, time.Second, context.Canceled},
		"end of Run, after a grace": {queue.Kind{Grace: 20 * time.Second}, time.Second, 21 * time.Second, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			db := openDB(t)
			synctest.Test(t, func(t *testing.T) {
				q := openLocal(t, db, queue.Options{Kinds: map[string]queue.Kind{"k": c.kind}})
				add(t, q, queue.Job{Kind: "k", Key: "a"})
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(c.stop, cancel)
				start := time.Now()
				err := q.Run(ctx, func(ctx context.Context, _ queue.Job) error {
					<-ctx.Done()
					if got := time.Since(start); got != c.after {
						t.Errorf("the job's context ends after %s, want %s", got, c.after)
					}
					if !errors.Is(ctx.Err(), c.cause) {
						t.Errorf("the job's context ends with %v, want %v", ctx.Err(), c.cause)
					}
					return nil
				})
				if err != nil {
					t.Errorf("Run = %v", err)
				}
			})
		})
	}
}

// TestParkedAgain adds a job that was given up: dropped on the same day, new after it, forgotten after a month.
func TestParkedAgain(t *testing.T) {
	db := openDB(t)
	synctest.Test(t, func(t *testing.T) {
		o := queue.Options{Kinds: map[string]queue.Kind{"k": {Attempts: 1}}}
		q, job := openLocal(t, db, o), queue.Job{Kind: "k", Key: "bad"}
		fail := func(context.Context, queue.Job) error { return errors.New("no") }
		add(t, q, job)
		drain(t, q, fail)
		for _, c := range []struct {
			wait time.Duration
			want queue.Counts
		}{
			{time.Hour, queue.Counts{Parked: 1, Failed: 1}},
			{24 * time.Hour, queue.Counts{Ready: 1, Failed: 1}},
		} {
			time.Sleep(c.wait)
			add(t, q, job)
			if diff := cmp.Diff(c.want, q.Stats()["k"]); diff != "" {
				t.Errorf("Stats after %s and Add: -want +got\n%s", c.wait, diff)
			}
		}
		drain(t, q, fail)
		time.Sleep(29 * 24 * time.Hour)
		if got := openLocal(t, db, o).Stats()["k"].Parked; got != 1 {
			t.Errorf("%d parked jobs after 29 days, want 1", got)
		}
		time.Sleep(2 * 24 * time.Hour)
		if got := openLocal(t, db, o).Stats()["k"].Parked; got != 0 {
			t.Errorf("%d parked jobs after 31 days, want none", got)
		}
	})
}

// TestIdle sees that Idle and Drain end when all that is due is done, jobs that jobs add included, and later ones are not.
func TestIdle(t *testing.T) {
	db := openDB(t)
	synctest.Test(t, func(t *testing.T) {
		q := openLocal(t, db, queue.Options{})
		d := &diary{start: time.Now()}
		do := func(ctx context.Context, j queue.Job) error {
			time.Sleep(time.Second)
			if j.Key == "first" {
				add(t, q, queue.Job{Kind: "k", Key: "second"})
			}
			return d.do(ctx, j)
		}
		drain(t, q, do)
		add(t, q, queue.Job{Kind: "k", Key: "first"})
		if err := q.AddAt(t.Context(), time.Now().Add(time.Minute), queue.Job{Kind: "k", Key: "later"}); err != nil {
			t.Fatal(err)
		}
		drain(t, q, do)
		if diff := cmp.Diff([]string{"1s k/first", "2s k/second"}, d.lines); diff != "" {
			t.Errorf("runs until Drain ended: -want +got\n%s", diff)
		}
		time.Sleep(time.Hour)
		drain(t, q, do)
		if got := len(d.lines); got != 3 {
			t.Errorf("%d runs after the delayed job was due, want 3", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		add(t, q, queue.Job{Kind: "k", Key: "nobody runs this"})
		if err := q.Idle(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Idle without a Run = %v, want the end of its context", err)
		}
	})
}

func TestTwoRuns(t *testing.T) {
	q := openLocal(t, openDB(t), queue.Options{})
	add(t, q, queue.Job{Kind: "k", Key: "a"})
	drain(t, q, func(ctx context.Context, _ queue.Job) error {
		if err := q.Run(ctx, nil); err == nil {
			t.Error("a second Run beside the first = nil, want an error")
		}
		return nil
	})
}

// failing is a store whose writes fail while full is set.
type failing struct {
	store.DB
	full atomic.Bool
}

func (f *failing) Update(ctx context.Context, fn func(store.Tx) error) error {
	if f.full.Load() {
		return store.ErrFull
	}
	return f.DB.Update(ctx, fn)
}

// TestFullStore takes the space away while jobs wait and run: Add says so, nothing is lost, nothing runs twice, and it goes
// on by itself.
func TestFullStore(t *testing.T) {
	db := &failing{DB: openDB(t)}
	synctest.Test(t, func(t *testing.T) {
		q := openLocal(t, db, queue.Options{Kinds: map[string]queue.Kind{"k": {Workers: 2}}})
		d := &diary{start: time.Now()}
		for i := range 4 {
			add(t, q, queue.Job{Kind: "k", Key: fmt.Sprint(i)})
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		ended := make(chan error)
		go func() {
			ended <- q.Run(ctx, func(ctx context.Context, j queue.Job) error {
				time.Sleep(10 * time.Second)
				return d.do(ctx, j)
			})
		}()
		time.Sleep(5 * time.Second)
		db.full.Store(true)
		if err := q.Add(t.Context(), queue.Job{Kind: "k", Key: "refused"}); !errors.Is(err, store.ErrFull) {
			t.Errorf("Add = %v, want ErrFull", err)
		}
		time.Sleep(time.Minute)
		db.full.Store(false)
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
		if got := len(d.lines); got != 4 {
			t.Errorf("%d runs of 4 jobs: %q", got, d.lines)
		}
		if got := openLocal(t, db, queue.Options{}).Stats(); len(got) != 0 {
			t.Errorf("jobs left in the store: %v", got)
		}
	})
}
