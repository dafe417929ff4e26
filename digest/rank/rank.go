// Package rank chooses: it finds the insights that a reader's topics ask for, orders them, and leaves out what says the
// same again. It works in memory on values, is deterministic, and reads neither store nor clock nor network.
package rank

import (
	"context"
	"time"
)

// Doc is an insight as ranking sees it.
type Doc struct {
	ID        string // sorts by time of processing
	Episode   string
	Feed      string
	Text      string
	Title     string // of the episode
	Podcast   string // title of the podcast
	Notes     string // show notes, shortened by the caller
	Topics    []string
	Language  string
	Quality   float64 // insight.Score
	Speaker   bool    // whether the speaker is known
	FromNotes bool
	Ingested  time.Time
	Published time.Time
}

// Embedder turns texts into vectors. It must be safe for concurrent use.
type Embedder interface {
	Model() string // a changed name means that old vectors are worthless
	Embed(context.Context, []string) ([][]float32, error)
}
