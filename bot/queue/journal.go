package queue

import (
	"context"
	"encoding/json"
	"sync"

	"podbrief/store"
)

// Bucket "jobs": "<kind>/<key>" -> record. A job is there from Add to its success; one that runs looks like one that
// waits, since after a crash it does.
const bucket = "jobs"

// record is what is kept of a job besides its name.
type record struct {
	Added    int64  `json:"added"`              // Unix nanoseconds
	At       int64  `json:"at,omitempty"`       // not before; Unix nanoseconds
	Attempts int    `json:"attempts,omitempty"` // the one that runs included
	Parked   int64  `json:"parked,omitempty"`   // since when; Unix nanoseconds
	Err      string `json:"err,omitempty"`      // of the last attempt
}

// change is a record to write, or one to delete.
type change struct {
	job    Job
	keep   bool
	record record
}

// journal writes changes to the store in groups: what comes while one group is written makes up the next one, so that one
// fsync serves all who wait.
type journal struct {
	db   store.DB
	turn chan struct{} // holds a token while somebody writes

	mu   sync.Mutex
	open *group // collects changes; nil when there are none
}

// group is a set of changes that are written together.
type group struct {
	changes []change
	done    chan struct{} // closed when err is set
	err     error
}

func newJournal(db store.DB) *journal { return &journal{db: db, turn: make(chan struct{}, 1)} }

// add appends changes to the group that is written next. Changes of one job are written in the order of their adds.
func (j *journal) add(changes ...change) *group {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.open == nil {
		j.open = &group{done: make(chan struct{})}
	}
	j.open.changes = append(j.open.changes, changes...)
	return j.open
}

// commit returns when g is written, by this goroutine or by another that waits for it too. When ctx ends before, g may be
// written or not.
func (j *journal) commit(ctx context.Context, g *group) error {
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
		return ctx.Err()
	case j.turn <- struct{}{}:
	}
	defer func() { <-j.turn }()
	j.mu.Lock()
	mine := j.open == g
	if mine {
		j.open = nil
	}
	j.mu.Unlock()
	if mine {
		g.err = j.write(context.WithoutCancel(ctx), g.changes)
		g.changes = nil
		close(g.done)
	}
	<-g.done
	return g.err
}

// failed tells whether g was not written and will not be.
func (g *group) failed() bool {
	select {
	case <-g.done:
		return g.err != nil
	default:
		return false
	}
}

func (j *journal) write(ctx context.Context, changes []change) error {
	return j.db.Update(ctx, func(tx store.Tx) error {
		for _, c := range changes {
			if err := c.write(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c change) write(tx store.Tx) error {
	key := c.job.Kind + "/" + c.job.Key
	if !c.keep {
		return tx.Delete(bucket, key)
	}
	return store.Put(tx, bucket, key, c.record)
}

// load reads all jobs.
func load(ctx context.Context, db store.DB) (all []change, err error) {
	err = db.View(ctx, func(tx store.Tx) error {
		all = nil
		for k, v := range tx.Scan(bucket, "", "") {
			c := change{job: parseKey(k), keep: true}
			if err := json.Unmarshal(v, &c.record); err != nil {
				return err
			}
			all = append(all, c)
		}
		return nil
	})
	return all, err
}
