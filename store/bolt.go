package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Options says how a Bolt file is opened. The zero value is what most want.
type Options struct {
	Schema  int           // version of the caller's records; a file of a newer one is refused, an older one is marked with it
	MaxSize int64         // bytes that the file may take; 0: as the disk allows
	Timeout time.Duration // how long to wait while another process has the file open; 0: one second
	Backups string        // folder that is searched for the newest good backup when the file is damaged; "": the file's own
}

func (o Options) withDefaults(path string) Options {
	o.Timeout = cmp.Or(o.Timeout, time.Second)
	o.Backups = cmp.Or(o.Backups, filepath.Dir(path))
	return o
}

// Bolt is a DB in one file, for one process. Every Update is one fsync: those who write much put much into one.
type Bolt struct {
	path    string
	opts    Options
	swap    sync.RWMutex // held for reading by who uses db, for writing by who replaces it
	db      *bolt.DB
	writer  chan struct{} // holds a token while somebody writes, so that waiting ends with the context
	damaged atomic.Bool   // bbolt panicked where it holds locks: it must not be called any more
}

// own is the bucket of what the store knows of itself; its name is not one that callers can use.
const own, schemaKey, totalKey = "_store", "schema", "total"

// OpenBolt opens the file at path, creates it and its folder when they are new, and checks every record in it. It never
// starts empty where data was (ErrMissing), nor on a file with damage (ErrDamaged), of a newer schema (ErrNewer) or open
// elsewhere (ErrBusy); their texts say what to do.
func OpenBolt(path string, o Options) (*Bolt, error) {
	o = o.withDefaults(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("create folder of store: %w", err)
	}
	if err := checkFile(path, o); err != nil {
		return nil, explain(path, o, err)
	}
	b := &Bolt{path: path, opts: o, writer: make(chan struct{}, 1)}
	if err := b.open(); err != nil {
		return nil, explain(path, o, err)
	}
	if err := errors.Join(os.Chmod(path, 0o600), writeMarker(path)); err != nil {
		return nil, errors.Join(explain(path, o, err), b.Close())
	}
	return b, nil
}

// open maps the file, which checkFile found good, and stamps it.
func (b *Bolt) open() error {
	err := guard(func() (err error) {
		b.db, err = openFile(b.path, b.opts, false)
		return err
	})
	if err != nil {
		return err
	}
	err = b.db.Update(func(tx *bolt.Tx) error { return stamp(tx, b.opts.Schema) })
	if err != nil {
		return errors.Join(fault(err), b.db.Close())
	}
	return nil
}

func openFile(path string, o Options, readOnly bool) (*bolt.DB, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout:        o.Timeout,
		ReadOnly:       readOnly,
		NoFreelistSync: true, // else every commit writes the list of free pages, which grows with the file
		FreelistType:   bolt.FreelistMapType,
		NoStatistics:   true,
		MaxSize:        int(o.MaxSize),
	})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, ErrBusy
	}
	return db, fault(err)
}

// stamp writes the schema where it is missing or older.
func stamp(tx *bolt.Tx, schema int) error {
	b, err := tx.CreateBucketIfNotExists([]byte(own))
	if err != nil {
		return err
	}
	if b.Get([]byte(totalKey)) == nil {
		if err := putOwn(b, totalKey, total{}.bytes()); err != nil {
			return err
		}
	}
	text := []byte(strconv.Itoa(schema))
	if bytes.Equal(getOwn(b, schemaKey), text) {
		return nil
	}
	return putOwn(b, schemaKey, text)
}

func putOwn(b *bolt.Bucket, key string, val []byte) error {
	return b.Put([]byte(key), seal(own, key, val))
}

// getOwn returns nil when there is none, or damage.
func getOwn(b *bolt.Bucket, key string) []byte {
	if val, ok := unseal(own, key, b.Get([]byte(key))); ok {
		return val
	}
	return nil
}

// Close waits for running transactions and gives the file free.
func (b *Bolt) Close() error {
	if b.damaged.Load() {
		return nil // what bbolt holds may be locked for ever; the end of the process frees it
	}
	b.swap.RLock()
	defer b.swap.RUnlock()
	return b.db.Close()
}

// View implements DB.
func (b *Bolt) View(ctx context.Context, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return b.read(func(t *bolt.Tx) error {
		tx := &boltTx{tx: t}
		defer tx.end()
		if err := fn(tx); err != nil {
			return err
		}
		return tx.err
	})
}

// read runs fn in a read-only transaction, which ends also when fn panics.
func (b *Bolt) read(fn func(*bolt.Tx) error) error {
	b.swap.RLock()
	defer b.swap.RUnlock()
	t, err := b.begin(false)
	if err != nil {
		return err
	}
	defer t.Rollback() //nolint:errcheck // the end of a read-only transaction cannot fail
	return fn(t)
}

// begin starts a transaction. When that meets damage bbolt keeps its locks, so it is not asked again.
func (b *Bolt) begin(writable bool) (t *bolt.Tx, err error) {
	if b.damaged.Load() {
		return nil, fmt.Errorf("store %s: %w: stop the bot and restore a backup", b.path, ErrDamaged)
	}
	err = guard(func() error {
		t, err = b.db.Begin(writable)
		return err
	})
	if errors.Is(err, ErrDamaged) {
		b.damaged.Store(true)
	}
	return t, err
}

// Update implements DB.
func (b *Bolt) Update(ctx context.Context, fn func(Tx) error) error {
	unlock, err := b.lockWriter(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	t, err := b.begin(true)
	if err != nil {
		return err
	}
	tx := &boltTx{tx: t}
	defer b.rollback(t)
	defer tx.end()
	err = fn(tx)
	if err := cmp.Or(err, tx.err, ctx.Err()); err != nil {
		return err
	}
	return b.commit(tx)
}

// lockWriter makes the caller the only one that writes, or replaces b.db.
func (b *Bolt) lockWriter(ctx context.Context) (unlock func(), err error) {
	select {
	case b.writer <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	unlock = func() { <-b.writer }
	if err := ctx.Err(); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

func (b *Bolt) commit(tx *boltTx) error {
	if !tx.changed {
		return nil
	}
	return guard(func() error {
		if err := putOwn(tx.tx.Bucket([]byte(own)), totalKey, tx.total.bytes()); err != nil {
			return err
		}
		return tx.tx.Commit()
	})
}

// rollback ends a transaction that is not committed. Damage can make bbolt panic here too.
func (b *Bolt) rollback(t *bolt.Tx) {
	err := guard(func() error {
		if err := t.Rollback(); err != nil && !errors.Is(err, berrors.ErrTxClosed) {
			return err
		}
		return nil
	})
	if err != nil {
		b.damaged.Store(true)
	}
}

// guard runs fn, which calls bbolt and nothing of a caller's, and turns the panics and faults that damaged pages cause
// into ErrDamaged.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return fault(fn())
}

// fault gives errors of bbolt and the system our names.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, berrors.ErrMaxSizeReached), errors.Is(err, syscall.ENOSPC),
		strings.Contains(err.Error(), syscall.ENOSPC.Error()): // bbolt flattens some errors to text
		return fmt.Errorf("%w: %w", ErrFull, err)
	case errors.Is(err, berrors.ErrDatabaseNotOpen), errors.Is(err, berrors.ErrTxClosed):
		return ErrClosed
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
