// Package queue runs jobs: pieces of work that may be done again without harm.
package queue

import "context"

// Job names a piece of work. Two jobs of one Kind and Key are the same work.
type Job struct{ Kind, Key string }

// Queue runs jobs at least once.
type Queue interface {
	// Add adds jobs; one equal to a job that waits or runs is dropped (an equal one that runs is run once more after).
	Add(ctx context.Context, jobs ...Job) error
	// Run does jobs until ctx is done. A job whose do fails is tried again later.
	Run(ctx context.Context, do func(context.Context, Job) error) error
}
