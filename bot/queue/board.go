package queue

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

type state int

const (
	ready   state = iota // may run
	delayed              // waits for its time
	running
	parked
	gone // no longer on the board
)

// entry is one job on the board.
type entry struct {
	job    Job
	lane   *lane
	state  state
	again  bool   // added once more while it ran
	stored bool   // its record is in the store
	saved  *group // the write after which another Add of it may return
	record
}

// board is where all jobs stand, in memory: it decides what runs next and does nothing itself. It is not safe for
// concurrent use.
type board struct {
	kinds   map[string]Kind
	jobs    map[Job]*entry
	lanes   []*lane // the most urgent first
	delayed timeHeap
	running map[*entry]bool
	ready   int
}

// lane holds the jobs of one kind.
type lane struct {
	name    string
	kind    Kind
	running int
	turns   []string            // groups with ready jobs, in the order of their turns
	groups  map[string][]*entry // ready jobs, the newest last; entries that are not ready any more are skipped
}

func newBoard(kinds map[string]Kind) *board {
	b := &board{kinds: kinds, jobs: map[Job]*entry{}, running: map[*entry]bool{}}
	for name := range kinds {
		b.lane(name)
	}
	return b
}

func (b *board) lane(name string) *lane {
	for _, l := range b.lanes {
		if l.name == name {
			return l
		}
	}
	l := &lane{name: name, kind: b.kinds[name].withDefaults(), groups: map[string][]*entry{}}
	b.lanes = append(b.lanes, l)
	slices.SortFunc(b.lanes, func(a, b *lane) int {
		return cmp.Or(cmp.Compare(b.kind.Priority, a.kind.Priority), cmp.Compare(a.name, b.name))
	})
	return l
}

// put adds a job, as new or as loaded.
func (b *board) put(j Job, r record, now time.Time) *entry {
	e := &entry{job: j, lane: b.lane(j.Kind), state: gone, record: r}
	b.jobs[j] = e
	switch {
	case r.Parked != 0:
		e.state = parked
	case r.Attempts >= e.lane.kind.Attempts: // the last attempt ended with the process
		b.park(e, "the bot stopped while it ran", now)
	default:
		b.wait(e, now)
	}
	return e
}

func (b *board) park(e *entry, why string, now time.Time) {
	e.state, e.Parked, e.Err = parked, now.UnixNano(), why
}

// wait makes e ready, or delayed when its time has not come.
func (b *board) wait(e *entry, now time.Time) {
	if e.At > now.UnixNano() {
		e.state = delayed
		heap.Push(&b.delayed, e)
		return
	}
	e.state = ready
	b.ready++
	l, g := e.lane, e.job.Group()
	if len(l.groups[g]) == 0 {
		l.turns = append(l.turns, g)
	}
	l.groups[g] = append(l.groups[g], e)
}

// remove takes a job that waits, or has run, off the board.
func (b *board) remove(e *entry) {
	if e.state == ready {
		b.ready--
	}
	e.state = gone
	delete(b.jobs, e.job)
}

// wake makes ready whose time has come.
func (b *board) wake(now time.Time) {
	for len(b.delayed) > 0 && b.delayed[0].At <= now.UnixNano() {
		if e := heap.Pop(&b.delayed).(*entry); e.state == delayed {
			b.wait(e, now)
		}
	}
}

// claim takes at most n ready jobs that may run now, the most urgent first, and counts their attempt.
func (b *board) claim(n int) (claimed []*entry) {
	for _, l := range b.lanes {
		for len(claimed) < n && l.running < l.kind.Workers {
			e := l.next()
			if e == nil {
				break
			}
			l.running++
			b.running[e] = true
			b.ready--
			e.state = running
			e.Attempts++
			claimed = append(claimed, e)
		}
	}
	return claimed
}

// next pops the newest job of the group whose turn it is.
func (l *lane) next() *entry {
	for len(l.turns) > 0 {
		g := l.turns[0]
		stack := l.groups[g]
		e := stack[len(stack)-1]
		stack[len(stack)-1] = nil
		l.groups[g] = stack[:len(stack)-1]
		l.turns = l.turns[1:]
		if len(stack) > 1 {
			l.turns = append(l.turns, g)
		} else {
			delete(l.groups, g)
		}
		if e.state == ready {
			return e
		}
	}
	return nil
}

// stop ends the running of e; the caller says where it goes.
func (b *board) stop(e *entry) {
	delete(b.running, e)
	e.lane.running--
	e.state = gone
}

// runningKeys returns the keys of what runs; never nil.
func (b *board) runningKeys() []string {
	keys := make([]string, 0, len(b.running))
	for e := range b.running {
		keys = append(keys, e.job.key())
	}
	return keys
}

// nextWake returns when the first delayed job is due; ok is false when there is none.
func (b *board) nextWake() (at time.Time, ok bool) {
	for len(b.delayed) > 0 && b.delayed[0].state != delayed {
		heap.Pop(&b.delayed)
	}
	if len(b.delayed) == 0 {
		return time.Time{}, false
	}
	return time.Unix(0, b.delayed[0].At), true
}

// timeHeap is a heap of entries, the first due first.
type timeHeap []*entry

func (h timeHeap) Len() int           { return len(h) }
func (h timeHeap) Less(i, j int) bool { return h[i].At < h[j].At }
func (h timeHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *timeHeap) Push(x any)        { *h = append(*h, x.(*entry)) }
func (h *timeHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return e
}
