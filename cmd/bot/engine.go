package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"

	"podbrief/configs"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// schema is the version of the records; a store written by a newer version is refused.
const schema = 1

// open opens the database at an address and the engine on it. The caller closes the database.
func (a *app) open(ctx context.Context, address storeAddress) (*digest.Engine, store.DB, error) {
	db, err := openStore(string(address))
	if err != nil {
		return nil, nil, err
	}
	client := feed.NewClient(feed.Policy{Allow: a.config.Fields("FETCH_ALLOW")})
	e := newEngine(db, client, a.config)
	s, err := a.newService(ctx, db)
	if s != nil {
		a.useModel(e, s, a.logger())
	}
	if err == nil {
		err = e.Load(ctx)
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return e, db, nil
}

// openStore opens the database that an address names.
func openStore(address string) (store.DB, error) {
	path := strings.TrimPrefix(address, "bolt:")
	if strings.Contains(path, "://") {
		return nil, usagef("the store %q is not of a kind that is known; give a file, or bolt:FILE", address)
	}
	db, err := store.OpenBolt(path, store.Options{Schema: schema})
	if errors.Is(err, store.ErrDamaged) && !ours(path) {
		return nil, usagef("%q is no database of Podbrief; name another file with --store or STORE", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return db, nil
}

// ours reports whether a file was ever a store: a marker lies beside it, or a copy begins as one does.
func ours(path string) bool {
	if _, err := os.Stat(path + ".marker"); err == nil {
		return true
	}
	f, err := os.Open(path)
	if err != nil {
		return true // then that is what is told
	}
	defer f.Close()
	head := make([]byte, 20)
	_, err = io.ReadFull(f, head)
	const magic = 0xED0CDAED // of bbolt, behind the header of a page
	return err == nil && binary.NativeEndian.Uint32(head[16:]) == magic
}

// newEngine wires an engine out of its parts, without a model. It is not loaded.
func newEngine(db store.DB, client *http.Client, c configs.Config) *digest.Engine {
	return &digest.Engine{
		DB:      db,
		Fetcher: &feed.Fetcher{Client: client},
		Transcripts: transcript.First{
			&transcript.Linked{Client: client, Languages: c.Fields("LANGUAGES")},
			transcript.Notes{},
		},
		Extractor: insight.NewBuiltin(),
		Answerer:  insight.Closest{},
		Index:     rank.NewIndex(),
	}
}

// withEngine runs a command on the engine.
func (a *app) withEngine(ctx context.Context, address storeAddress, do func(*digest.Engine) error) error {
	e, db, err := a.open(ctx, address)
	if err != nil {
		return err
	}
	return errors.Join(do(e), db.Close())
}

// withInsights is withEngine for commands that only read what is there: an empty store is told how to be filled, and one
// that does not exist is not made.
func (a *app) withInsights(ctx context.Context, address storeAddress, do func(*digest.Engine) error) error {
	empty := usagef("the store %q is empty; fill it with `podbrief brief --topic ai --catalog ai`, or with --feed URL", string(address))
	if missing(address) && a.record+a.replay == "" { // with those, a model that is not there is the first thing to tell
		return empty
	}
	return a.withEngine(ctx, address, func(e *digest.Engine) error {
		feeds, err := e.Feeds(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(feeds, func(h digest.Health) bool { return h.Episodes > 0 }) {
			return empty
		}
		return do(e)
	})
}

// missing reports whether the file of a store is not there.
func missing(address storeAddress) bool {
	_, err := os.Stat(strings.TrimPrefix(string(address), "bolt:"))
	return errors.Is(err, fs.ErrNotExist) && !strings.Contains(string(address), "://")
}
