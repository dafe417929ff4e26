package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"podbrief/store"
)

// Bucket "jobs": "<kind>/<key>" -> record, from Add to the job's success.
// Bucket "queue": "running" -> the keys of the jobs that run, written before they do, so that a crash counts as an attempt
// of each; one record, because a thousand jobs begin in one commit.
const (
	bucket     = "jobs"
	ownBucket  = "queue"
	runningKey = "running"
)

// record is what is kept of a job besides its name.
type record struct {
	Added    int64  `json:"added"`              // Unix nanoseconds
	At       int64  `json:"at,omitempty"`       // not before; Unix nanoseconds
	Attempts int    `json:"attempts,omitempty"` // in memory the one that runs is included
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
	running []string      // the keys of what runs from now on; nil: as before
	done    chan struct{} // closed when err is set
	err     error
}

func newJournal(db store.DB) *journal { return &journal{db: db, turn: make(chan struct{}, 1)} }

// add appends changes to the group that is written next, and sets what runs when running is not nil. Changes of one job
// are written in the order of their adds.
func (j *journal) add(running []string, changes ...change) *group {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.open == nil {
		j.open = &group{done: make(chan struct{})}
	}
	j.open.changes = append(j.open.changes, changes...)
	if running != nil {
		j.open.running = running
	}
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
		g.err = j.write(context.WithoutCancel(ctx), g)
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

func (j *journal) write(ctx context.Context, g *group) error {
	return j.db.Update(ctx, func(tx store.Tx) error {
		for _, c := range g.changes {
			if err := c.write(tx); err != nil {
				return err
			}
		}
		if g.running == nil {
			return nil
		}
		return store.Put(tx, ownBucket, runningKey, g.running)
	})
}

func (c change) write(tx store.Tx) error {
	if !c.keep {
		return tx.Delete(bucket, c.job.key())
	}
	return store.Put(tx, bucket, c.job.key(), c.record)
}

func (j Job) key() string { return j.Kind + "/" + j.Key }

// parseKey is the inverse of Job.key.
func parseKey(key string) Job {
	kind, rest, _ := strings.Cut(key, "/")
	return Job{kind, rest}
}

// load reads all jobs. It counts the attempt of those that ran when the process before ended, and returns their keys.
func load(ctx context.Context, db store.DB) (all []change, ran map[string]bool, err error) {
	err = db.View(ctx, func(tx store.Tx) error {
		all, ran = nil, map[string]bool{}
		keys, err := store.Get[[]string](tx, ownBucket, runningKey)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		for _, k := range keys {
			ran[k] = true
		}
		for k, v := range tx.Scan(bucket, "", "") {
			c := change{job: parseKey(k), keep: true}
			if err := json.Unmarshal(v, &c.record); err != nil {
				return fmt.Errorf("decode job %q: %w", k, err)
			}
			if ran[k] {
				c.record.Attempts++
			}
			all = append(all, c)
		}
		return nil
	})
	return all, ran, err
}
