// Package queuetest is the contract of queue.Queue as tests, which every implementation passes.
package queuetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot/queue"
)

// Kinds are those that the suite's jobs have: "quick" runs many at once, "one" runs one after the other, both try again at
// once, and "one" gives up after 3 attempts.
func Kinds() map[string]queue.Kind {
	soon := func(int) time.Duration { return time.Millisecond }
	return map[string]queue.Kind{
		"quick": {Workers: 16, Attempts: 20, Backoff: soon},
		"one":   {Workers: 1, Attempts: 3, Backoff: soon},
	}
}

// Run tests a queue. open is called once per test, for an empty one with Kinds; the function that it returns opens it, and
// when called again opens it as after a crash: what the earlier queue was doing counts as never ended.
func Run(t *testing.T, open func(*testing.T) func() queue.Queue) {
	for _, c := range []struct {
		name string
		test func(*testing.T, func() queue.Queue)
	}{
		{"every job once", testOnce},
		{"equal jobs", testEqual},
		{"equal to one that runs", testAgain},
		{"jobs that add jobs", testChain},
		{"failures are tried again", testFailures},
		{"panics are failures", testPanics},
		{"poison is given up", testPoison},
		{"workers of a kind", testWorkers},
		{"a busy group", testFair},
		{"kept from one process to the next", testKept},
		{"crash while jobs run", testCrash},
		{"end of run", testEnd},
		{"bad names", testNames},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open(t))
		})
	}
}

func testOnce(t *testing.T, open func() queue.Queue) {
	const adders, each = 8, 50
	q, y := open(), newTally(adders*each)
	stop := start(t, q, y.do)
	var all []queue.Job
	var wg sync.WaitGroup
	for i := range adders {
		jobs := numbered("quick", fmt.Sprint("g", i), each)
		all = append(all, jobs...)
		wg.Go(func() {
			for _, j := range jobs {
				if err := q.Add(t.Context(), j); err != nil {
					t.Errorf("Add(%v) = %v", j, err)
				}
			}
		})
	}
	wg.Wait()
	wait(t, y.enough)
	stop()
	again := newTally(1)
	stop = start(t, open(), again.do)
	stop()
	if diff := cmp.Diff(times(1, all...), y.counts()); diff != "" {
		t.Errorf("runs per job: -want +got\n%s", diff)
	}
	if got := again.counts(); len(got) != 0 {
		t.Errorf("jobs run once more by the next process: %v", got)
	}
}

func testEqual(t *testing.T, open func() queue.Queue) {
	q, y := open(), newTally(3)
	a, b := queue.Job{Kind: "quick", Key: "a"}, queue.Job{Kind: "quick", Key: "b"}
	other := queue.Job{Kind: "one", Key: "other/a"}
	add(t, q, a, a, b)
	add(t, q, a, other)
	stop := start(t, q, y.do)
	wait(t, y.enough)
	stop()
	if diff := cmp.Diff(times(1, a, b, other), y.counts()); diff != "" {
		t.Errorf("runs per job: -want +got\n%s", diff)
	}
}

func testAgain(t *testing.T, open func() queue.Queue) {
	q, y := open(), newTally(2)
	began, goOn := make(chan struct{}), make(chan struct{})
	j := queue.Job{Kind: "quick", Key: "a"}
	add(t, q, j)
	stop := start(t, q, func(_ context.Context, j queue.Job) error {
		if y.note(j) == 1 {
			close(began)
			<-goOn
		}
		return nil
	})
	wait(t, began)
	add(t, q, j)
	add(t, q, j)
	close(goOn)
	wait(t, y.enough)
	stop()
	if diff := cmp.Diff(times(2, j), y.counts()); diff != "" {
		t.Errorf("runs of a job that is added twice while it runs: -want +got\n%s", diff)
	}
}

func testChain(t *testing.T, open func() queue.Queue) {
	q, y := open(), newTally(30)
	add(t, q, queue.Job{Kind: "one", Key: "0"})
	stop := start(t, q, func(ctx context.Context, j queue.Job) error {
		var n int
		if _, err := fmt.Sscan(j.Key, &n); err != nil {
			return err
		}
		if n < 29 {
			if err := q.Add(ctx, queue.Job{Kind: "one", Key: fmt.Sprint(n + 1)}); err != nil {
				return err
			}
		}
		return y.do(ctx, j)
	})
	wait(t, y.enough)
	stop()
	if got := len(y.counts()); got != 30 {
		t.Errorf("%d jobs of a chain of 30 ran", got)
	}
}

func testFailures(t *testing.T, open func() queue.Queue) {
	q, y := open(), newTally(4*20)
	jobs := numbered("quick", "g", 20)
	add(t, q, jobs...)
	stop := start(t, q, func(_ context.Context, j queue.Job) error {
		if y.note(j) < 4 {
			return errors.New("not yet")
		}
		return nil
	})
	wait(t, y.enough)
	stop()
	if diff := cmp.Diff(times(4, jobs...), y.counts()); diff != "" {
		t.Errorf("runs of jobs that fail 3 times: -want +got\n%s", diff)
	}
}

func testPanics(t *testing.T, open func() queue.Queue) {
	q, y := open(), newTally(2)
	j := queue.Job{Kind: "one", Key: "a"}
	add(t, q, j)
	stop := start(t, q, func(_ context.Context, j queue.Job) error {
		if y.note(j) == 1 {
			panic("boom")
		}
		return nil
	})
	wait(t, y.enough)
	stop()
	if diff := cmp.Diff(times(2, j), y.counts()); diff != "" {
		t.Errorf("runs of a job that panics once: -want +got\n%s", diff)
	}
}

// testPoison crashes in a job again and again: the queue must give it up, and do the others.
func testPoison(t *testing.T, open func() queue.Queue) {
	poison, good := queue.Job{Kind: "one", Key: "poison"}, queue.Job{Kind: "one", Key: "good"}
	add(t, open(), poison)
	for range Kinds()["one"].Attempts {
		crash(t, open(), 1)
	}
	q, y := open(), newTally(1)
	add(t, q, good)
	stop := start(t, q, y.do)
	wait(t, y.enough)
	stop()
	if diff := cmp.Diff(times(1, good), y.counts()); diff != "" {
		t.Errorf("runs after as many crashes as attempts: -want +got\n%s", diff)
	}
}

func testWorkers(t *testing.T, open func() queue.Queue) {
	q, y := open(), newTally(60)
	jobs := append(numbered("one", "a", 20), numbered("quick", "b", 40)...)
	var mu sync.Mutex
	now, most := map[string]int{}, map[string]int{}
	step := func(kind string, n int) {
		mu.Lock()
		defer mu.Unlock()
		now[kind] += n
		most[kind] = max(most[kind], now[kind])
	}
	add(t, q, jobs...)
	stop := start(t, q, func(ctx context.Context, j queue.Job) error {
		step(j.Kind, 1)
		defer step(j.Kind, -1)
		return y.do(ctx, j)
	})
	wait(t, y.enough)
	stop()
	for kind, k := range Kinds() {
		if most[kind] < 1 || most[kind] > k.Workers {
			t.Errorf("%d jobs of kind %q ran at once, want 1 to %d", most[kind], kind, k.Workers)
		}
	}
}

// testFair adds much of one workspace and then little of another, which must not wait until the first one is done.
func testFair(t *testing.T, open func() queue.Queue) {
	q, y := open(), newTally(220)
	var mu sync.Mutex
	var order []string
	add(t, q, numbered("one", "busy", 200)...)
	add(t, q, numbered("one", "small", 20)...)
	stop := start(t, q, func(ctx context.Context, j queue.Job) error {
		mu.Lock()
		order = append(order, j.Group())
		mu.Unlock()
		return y.do(ctx, j)
	})
	wait(t, y.enough)
	stop()
	last := 0
	for i, group := range order {
		if group == "small" {
			last = i
		}
	}
	if last > 60 {
		t.Errorf("20 jobs of a small group were done after %d jobs, want turns (40)", last+1)
	}
}

func testKept(t *testing.T, open func() queue.Queue) {
	jobs := numbered("quick", "g", 100)
	add(t, open(), jobs...)
	y := newTally(len(jobs))
	stop := start(t, open(), y.do)
	wait(t, y.enough)
	stop()
	if diff := cmp.Diff(times(1, jobs...), y.counts()); diff != "" {
		t.Errorf("runs in the process after: -want +got\n%s", diff)
	}
}

func testCrash(t *testing.T, open func() queue.Queue) {
	q, jobs := open(), numbered("quick", "g", 40)
	add(t, q, jobs...)
	crash(t, q, 16)
	y := newTally(len(jobs))
	stop := start(t, open(), y.do)
	wait(t, y.enough)
	stop()
	if diff := cmp.Diff(times(1, jobs...), y.counts()); diff != "" {
		t.Errorf("runs after a crash with 16 jobs running: -want +got\n%s", diff)
	}
}

// testEnd ends Run while a job runs: Run waits for it, and a job that gives up then is not lost and has not failed.
func testEnd(t *testing.T, open func() queue.Queue) {
	q, j := open(), queue.Job{Kind: "one", Key: "a"}
	add(t, q, j)
	for range 2 * Kinds()["one"].Attempts {
		began := make(chan struct{})
		stop := start(t, q, func(ctx context.Context, _ queue.Job) error {
			close(began)
			<-ctx.Done()
			return fmt.Errorf("fetch: %w", ctx.Err())
		})
		wait(t, began)
		stop()
	}
	y := newTally(1)
	stop := start(t, q, y.do)
	wait(t, y.enough)
	stop()
	if diff := cmp.Diff(times(1, j), y.counts()); diff != "" {
		t.Errorf("runs after the job was stopped: -want +got\n%s", diff)
	}
}

func testNames(t *testing.T, open func() queue.Queue) {
	q := open()
	for _, j := range []queue.Job{{}, {Kind: "one"}, {Key: "a"}, {Kind: "a/b", Key: "c"}, {Kind: "one", Key: "\x00"}, {Kind: "one", Key: string(make([]byte, 2000))}} {
		if err := q.Add(t.Context(), j); err == nil {
			t.Errorf("Add(%.40q) = nil, want an error", fmt.Sprint(j))
		}
	}
	y := newTally(1)
	add(t, q, queue.Job{Kind: "one", Key: "https://example.com/feed?a=b&é=😀"})
	stop := start(t, q, y.do)
	wait(t, y.enough)
	stop()
}
