package queuetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"podbrief/bot/queue"
)

// tally counts the runs of each job, and tells when wanted are there.
type tally struct {
	mu     sync.Mutex
	runs   map[string]int
	all    int
	want   int
	enough chan struct{}
}

// newTally returns a tally whose channel enough is closed at the given number of runs.
func newTally(want int) *tally {
	return &tally{runs: map[string]int{}, want: want, enough: make(chan struct{})}
}

func (y *tally) note(j queue.Job) int {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.runs[j.Key]++
	if y.all++; y.all == y.want {
		close(y.enough)
	}
	return y.runs[j.Key]
}

func (y *tally) do(_ context.Context, j queue.Job) error {
	y.note(j)
	return nil
}

func (y *tally) counts() map[string]int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return maps.Clone(y.runs)
}

// start runs q until the returned function is called.
func start(t *testing.T, q queue.Queue, do func(context.Context, queue.Job) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx, do) }()
	return func() {
		t.Helper()
		cancel()
		if err := wait(t, ended); err != nil {
			t.Errorf("Run = %v, want nil at the end of its context", err)
		}
	}
}

// wait receives from c, and fails the test after a time that only a queue that hangs needs.
func wait[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(time.Minute):
		t.Fatal("the queue did not get there within a minute")
	}
	return v
}

func add(t *testing.T, q queue.Queue, jobs ...queue.Job) {
	t.Helper()
	if err := q.Add(t.Context(), jobs...); err != nil {
		t.Fatalf("Add(%d jobs) = %v", len(jobs), err)
	}
}

// numbered returns n jobs of a kind, keys "<group>/<i>".
func numbered(kind, group string, n int) (jobs []queue.Job) {
	for i := range n {
		jobs = append(jobs, queue.Job{Kind: kind, Key: fmt.Sprintf("%s/%d", group, i)})
	}
	return jobs
}

// times is what a tally counts when each job ran n times.
func times(n int, jobs ...queue.Job) map[string]int {
	out := map[string]int{}
	for _, j := range jobs {
		out[j.Key] = n
	}
	return out
}

// crash runs q until n jobs run, and leaves it there until the end of the test.
func crash(t *testing.T, q queue.Queue, n int) {
	t.Helper()
	y, end, ended := newTally(n), make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	go func() {
		defer close(ended)
		q.Run(ctx, func(_ context.Context, j queue.Job) error { //nolint:errcheck // its process is gone
			y.note(j)
			<-end
			return errors.New("its process is gone")
		})
	}()
	t.Cleanup(func() { cancel(); close(end); <-ended })
	wait(t, y.enough)
}
