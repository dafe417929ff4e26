package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot/queue"
	"podbrief/bot/queue/queuetest"
	"podbrief/store"
)

func openDB(t testing.TB) *store.Bolt {
	t.Helper()
	db, err := store.OpenBolt(t.TempDir()+"/podbrief.db", store.Options{})
	if err != nil {
		t.Fatalf("OpenBolt = %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return db
}

func openLocal(t testing.TB, db store.DB, o queue.Options) *queue.Local {
	t.Helper()
	q, err := queue.NewLocal(t.Context(), db, o)
	if err != nil {
		t.Fatalf("NewLocal = %v", err)
	}
	return q
}

func add(t testing.TB, q *queue.Local, jobs ...queue.Job) {
	t.Helper()
	if err := q.Add(t.Context(), jobs...); err != nil {
		t.Fatalf("Add(%v) = %v", jobs, err)
	}
}

// diary notes what ran and when, and answers with the errors given per key, one after the other.
type diary struct {
	mu     sync.Mutex
	start  time.Time
	lines  []string
	answer map[string][]error
}

func (d *diary) do(_ context.Context, j queue.Job) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%s %s/%s", time.Since(d.start), j.Kind, j.Key))
	if errs := d.answer[j.Key]; len(errs) > 0 {
		d.answer[j.Key] = errs[1:]
		return errs[0]
	}
	return nil
}

func drain(t *testing.T, q *queue.Local, do func(context.Context, queue.Job) error) {
	t.Helper()
	if err := q.Drain(t.Context(), do); err != nil {
		t.Fatalf("Drain = %v", err)
	}
}

func TestLocal(t *testing.T) {
	queuetest.Run(t, func(t *testing.T) func() queue.Queue {
		db := openDB(t)
		return func() queue.Queue { return openLocal(t, db, queue.Options{Kinds: queuetest.Kinds()}) }
	})
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		name string
		adds [][]queue.Job
		want []string
	}{
		{
			"urgent kinds first, unknown ones as priority 0",
			[][]queue.Job{{{"process", "a"}, {"other", "a"}, {"refresh", "a"}, {"deliver", "a"}}},
			[]string{"deliver/a", "refresh/a", "process/a", "other/a"},
		}, {
			"newest first, and as listed within one Add",
			[][]queue.Job{{{"process", "g/1"}, {"process", "g/2"}}, {{"process", "g/3"}, {"process", "g/4"}}},
			[]string{"process/g/3", "process/g/4", "process/g/1", "process/g/2"},
		}, {
			"groups take turns",
			[][]queue.Job{{{"deliver", "w1/1"}, {"deliver", "w1/2"}, {"deliver", "w1/3"}, {"deliver", "w1/4"}}, {{"deliver", "w2/1"}, {"deliver", "w3/1"}, {"deliver", "w3/2"}}},
			[]string{"deliver/w1/1", "deliver/w3/1", "deliver/w2/1", "deliver/w1/2", "deliver/w3/2", "deliver/w1/3", "deliver/w1/4"},
		},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restart %v", c.name, restart), func(t *testing.T) {
				db := openDB(t)
				o := queue.Options{Workers: 1, Kinds: map[string]queue.Kind{"deliver": {Priority: 30}, "refresh": {Priority: 20}, "process": {Priority: 10}}}
				q := openLocal(t, db, o)
				for _, jobs := range c.adds {
					add(t, q, jobs...)
				}
				if restart {
					q = openLocal(t, db, o)
				}
				var got []string
				drain(t, q, func(_ context.Context, j queue.Job) error { got = append(got, j.Kind+"/"+j.Key); return nil })
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("order of jobs: -want +got\n%s", diff)
				}
			})
		}
	}
}

func TestRetries(t *testing.T) {
	fail := errors.New("no")
	db := openDB(t)
	synctest.Test(t, func(t *testing.T) {
		q := openLocal(t, db, queue.Options{Kinds: map[string]queue.Kind{"k": {Attempts: 4, Workers: 9}}})
		d := &diary{start: time.Now(), answer: map[string][]error{
			"twice":  {fail, fail},
			"later":  {&queue.LaterError{After: time.Minute, Err: fail}, fail},
			"never":  {fail, fail, fail, fail, fail},
			"at ten": nil,
		}}
		add(t, q, queue.Job{Kind: "k", Key: "twice"}, queue.Job{Kind: "k", Key: "later"}, queue.Job{Kind: "k", Key: "never"})
		if err := q.AddAt(t.Context(), d.start.Add(10*time.Second), queue.Job{Kind: "k", Key: "at ten"}); err != nil {
			t.Fatalf("AddAt = %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := q.Run(ctx, d.do); err != nil {
			t.Errorf("Run = %v", err)
		}
		want := []string{
			"0s k/later", "0s k/never", "0s k/twice", "10s k/at ten", "15s k/never", "15s k/twice",
			"1m0s k/later", "1m5s k/later", "35s k/never", "5s k/never", "5s k/twice",
		}
		slices.Sort(d.lines)
		if diff := cmp.Diff(want, d.lines); diff != "" {
			t.Errorf("runs: -want +got\n%s", diff)
		}
		parked := []queue.Failure{{Job: queue.Job{Kind: "k", Key: "never"}, Attempts: 4, Since: d.start.Add(35 * time.Second), Err: "no"}}
		if diff := cmp.Diff(parked, q.Parked()); diff != "" {
			t.Errorf("Parked: -want +got\n%s", diff)
		}
		if diff := cmp.Diff(parked, openLocal(t, db, queue.Options{}).Parked()); diff != "" {
			t.Errorf("Parked after a restart: -want +got\n%s", diff)
		}
		if diff := cmp.Diff(map[string]queue.Counts{"k": {Parked: 1, Done: 3, Failed: 7}}, q.Stats()); diff != "" {
			t.Errorf("Stats: -want +got\n%s", diff)
		}
	})
}
