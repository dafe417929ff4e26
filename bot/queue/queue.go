// Package queue runs jobs: pieces of work that may be done again without harm. It knows when and how often a job runs and
// nothing of what it does.
package queue

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Job names a piece of work. Two jobs of one Kind and Key are the same work. The text of Key before its first "/" is the
// job's group, as a workspace or the host of a feed: groups get their turns one after the other, so that one with much
// to do does not keep the others waiting.
type Job struct{ Kind, Key string }

// Group returns the group that j takes its turns with.
func (j Job) Group() string {
	group, _, _ := strings.Cut(j.Key, "/")
	return group
}

// Queue runs jobs at least once: exactly once as long as nothing crashes and nothing fails.
type Queue interface {
	// Add adds jobs; one equal to a job that waits or runs is dropped (an equal one that runs is run once more after).
	// They are kept when it returns nil.
	Add(ctx context.Context, jobs ...Job) error
	// Run does jobs until ctx is done. A job whose do fails is tried again later.
	Run(ctx context.Context, do func(context.Context, Job) error) error
}

// LaterError is what a job returns that is to be done later through no fault of its own, as when a platform says when it
// accepts the next message. It does not count as an attempt.
type LaterError struct {
	After time.Duration
	Err   error // why
}

// Error says when and why.
func (e *LaterError) Error() string { return fmt.Sprintf("again in %s: %v", e.After, e.Err) }

// Unwrap returns why.
func (e *LaterError) Unwrap() error { return e.Err }

// Kind says how the jobs of one kind are run. The zero value is one after the other, with a limit of 2 minutes and 8
// attempts.
type Kind struct {
	Priority int                             // a job gets a worker before all that wait with a lower one
	Workers  int                             // so many at once; 1 when 0
	Timeout  time.Duration                   // a job's context ends then; 2 minutes when 0
	Grace    time.Duration                   // how long jobs that run may go on after the end of Run's context
	Attempts int                             // a job that failed so often, a crash counted, is parked; 8 when 0
	Backoff  func(attempt int) time.Duration // the wait after that many attempts; DefaultBackoff when nil
}

// DefaultBackoff doubles from 5 seconds to at most 15 minutes.
func DefaultBackoff(attempt int) time.Duration {
	return min(5*time.Second<<min(attempt-1, 10), 15*time.Minute)
}

// withDefaults returns k with its zero values replaced.
func (k Kind) withDefaults() Kind {
	k.Workers = max(k.Workers, 1)
	if k.Timeout == 0 {
		k.Timeout = 2 * time.Minute
	}
	if k.Attempts == 0 {
		k.Attempts = 8
	}
	if k.Backoff == nil {
		k.Backoff = DefaultBackoff
	}
	return k
}
