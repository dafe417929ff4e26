package bottest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"podbrief/bot"
	"podbrief/bot/queue"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/digest/sample"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// World is a bot on a store of its own, as cmd/bot wires it, but without network: its catalog is the invented podcasts.
type World struct {
	Bot   *bot.Bot
	DB    *store.Bolt
	Queue *queue.Local
}

// Options change what a World is made of. The zero value is usual.
type Options struct {
	Client  *http.Client // fetches feeds; nil: only the invented podcasts exist
	Catalog []feed.Outline
	Log     slog.Handler // nil: nowhere
	Times   bot.Times
}

// Open opens the world that is kept in a file. Adapters are added to its Bot before it serves.
func Open(ctx context.Context, path string, o Options) (*World, error) {
	if o.Client == nil {
		o.Client, o.Catalog = &http.Client{Transport: sample.Transport(time.Now())}, sampleCatalog()
	}
	if o.Log == nil {
		o.Log = slog.DiscardHandler
	}
	lg := slog.New(o.Log)
	db, err := store.OpenBolt(path, store.Options{})
	if err != nil {
		return nil, fmt.Errorf("open the world: %w", err)
	}
	e := &digest.Engine{
		DB: db, Fetcher: &feed.Fetcher{Client: o.Client},
		Transcripts: transcript.First{&transcript.Linked{Client: o.Client}, transcript.Notes{}},
		Extractor:   insight.NewBuiltin(), Answerer: insight.Closest{}, Index: rank.NewIndex(),
	}
	if err := e.Load(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	q, err := queue.NewLocal(ctx, db, queue.Options{Kinds: bot.Kinds(), Log: lg})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	b := &bot.Bot{
		DB: db, Engine: e, Queue: q, Log: lg, Times: o.Times, Zone: "Europe/Berlin",
		Sources: bot.Sources{Catalog: o.Catalog, Client: o.Client},
	}
	return &World{Bot: b, DB: db, Queue: q}, nil
}

// sampleCatalog lists the invented podcasts as a catalog.
func sampleCatalog() []feed.Outline {
	var out []feed.Outline
	for i, s := range sample.Shows() {
		topic := [...]string{"ai", "open-source", "engineering", "product", "science"}[i]
		out = append(out, feed.Outline{Title: s.Title, URL: s.URL(), Topic: topic})
	}
	return out
}

// Settle does what is due now, jobs that jobs add included, and returns when nothing is left.
func (w *World) Settle(ctx context.Context) error {
	if _, err := w.Bot.Tick(ctx); err != nil {
		return err
	}
	return w.Queue.Drain(ctx, w.Bot.Do)
}

// Close closes the store.
func (w *World) Close() error { return w.DB.Close() }

// Accepting is a platform that takes every message at once and keeps them. It is safe for concurrent use.
type Accepting struct {
	mu    sync.Mutex
	posts []Posted
}

// Posted is a message that Accepting took.
type Posted struct {
	Channel bot.Channel
	Message bot.Message
}

// Posts returns what was posted so far, oldest first.
func (p *Accepting) Posts() []Posted {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.posts)
}

// Platform implements bot.Adapter.
func (*Accepting) Platform() string { return "accept" }

// Run implements bot.Adapter: nobody says anything.
func (*Accepting) Run(ctx context.Context, _ []bot.Command, _ bot.Handler) error {
	<-ctx.Done()
	return nil
}

// Post implements bot.Adapter.
func (p *Accepting) Post(_ context.Context, ch bot.Channel, m bot.Message, _ bot.DeliveryKey) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts = append(p.posts, Posted{ch, m})
	return fmt.Sprintf("m%d", len(p.posts)), nil
}

// Find implements bot.Adapter: no post is ever in doubt.
func (*Accepting) Find(context.Context, bot.Channel, bot.DeliveryKey, time.Time) (string, bool, bool, error) {
	return "", false, true, nil
}

// Probe implements bot.Adapter.
func (*Accepting) Probe(context.Context, bot.Channel) error { return nil }
