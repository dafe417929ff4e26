package digest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"podbrief/digest/insight"
)

// Activity is work that goes on now and may take minutes.
type Activity struct {
	Work  string    `json:"work"` // "process", "listen", "embed"
	Of    string    `json:"of"`   // title of the episode; "" for work on many
	Step  string    `json:"step"` // how far it is, "part 2 of 5"
	Began time.Time `json:"began"`
	Moved time.Time `json:"moved"` // when it last told how far it is; one that stands still is stuck
}

// activities are what goes on. The zero value is ready; it is safe for concurrent use.
type activities struct {
	mu  sync.Mutex
	all map[*Activity]bool
}

// begin notes that work begins. Under the context that it returns the work tells how far it is; done ends it.
func (a *activities) begin(ctx context.Context, work, of string) (_ context.Context, done func()) {
	now := time.Now()
	act := &Activity{Work: work, Of: of, Began: now, Moved: now}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[*Activity]bool{}
	}
	a.all[act] = true
	tell := func(step string) {
		a.mu.Lock()
		defer a.mu.Unlock()
		act.Step, act.Moved = step, time.Now()
	}
	return insight.WithProgress(ctx, tell), func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.all, act)
	}
}

// Busy returns what goes on now, the longest first.
func (e *Engine) Busy() []Activity {
	e.busy.mu.Lock()
	defer e.busy.mu.Unlock()
	var all []Activity
	for act := range e.busy.all {
		all = append(all, *act)
	}
	slices.SortFunc(all, func(x, y Activity) int { return cmp.Or(x.Began.Compare(y.Began), cmp.Compare(x.Of, y.Of)) })
	return all
}
