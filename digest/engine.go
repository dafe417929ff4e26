package digest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// What callers decide on.
var (
	ErrUnknownFeed    = errors.New("this podcast is not scanned")
	ErrUnknownEpisode = errors.New("there is no such episode")
	ErrUnknownInsight = errors.New("there is no such insight")
)

func isUnknown(err error) bool {
	return errors.Is(err, ErrUnknownFeed) || errors.Is(err, ErrUnknownEpisode) || errors.Is(err, ErrUnknownInsight)
}

// Engine reads podcasts and answers questions about them. The fields are set before its first use; after Load its
// methods are safe for concurrent use. What it knows is in the store: a process that dies anywhere mends itself by
// doing the same work again.
type Engine struct {
	DB          store.DB          // required
	Fetcher     *feed.Fetcher     // required
	Transcripts transcript.Source // required
	Extractor   insight.Extractor // required
	Answerer    insight.Answerer  // required
	Index       *rank.Index       // required; Load fills it

	// What only a language model can do; nil where there is none. A failure of theirs takes away what they add, and
	// nothing else.
	Embedder  rank.Embedder // knows meaning, for Related and Search
	Headline  func(context.Context, []insight.Insight) (string, error)
	Translate func(ctx context.Context, language string, texts []string) ([]string, error) // as many as were given
	Speech    transcript.Source                                                            // for Listen; ErrLater: not today

	kin   kin
	busy  activities
	feeds locks // by feed: one episode of a podcast is worked on at a time
}

// Load fills the index out of the store. It is called once, before anything is asked.
func (e *Engine) Load(ctx context.Context) error {
	var docs []rank.Doc
	err := e.DB.View(ctx, func(tx store.Tx) (err error) {
		docs, err = allDocs(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("load the insights: %w", err)
	}
	e.Index.Add(docs...)
	if e.Embedder == nil {
		return nil
	}
	return e.loadVectors(ctx)
}

// reindex takes insights out of the index and puts others in.
func (e *Engine) reindex(gone []string, come []rank.Doc) {
	e.Index.Remove(gone...)
	e.Index.Add(come...)
	e.kin.forget()
}

// locks is a set of locks by name. The zero value is ready.
type locks struct {
	mu    sync.Mutex
	named map[string]*sync.Mutex
}

// lock takes the lock of that name and returns what gives it back.
func (l *locks) lock(name string) (unlock func()) {
	l.mu.Lock()
	if l.named == nil {
		l.named = map[string]*sync.Mutex{}
	}
	m := l.named[name]
	if m == nil {
		m = &sync.Mutex{}
		l.named[name] = m
	}
	l.mu.Unlock()
	m.Lock()
	return m.Unlock
}
