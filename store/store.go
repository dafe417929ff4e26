// Package store keeps records. It knows buckets, keys and bytes, and nothing of podcasts or chats: what a record means,
// and what its key looks like, stands in records.go of the package that owns it.
//
// DB and Tx are the narrow interface that every backend offers; Bolt is the embedded one. Get, Put and All are typed on
// top of it.
package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// What callers decide on.
var (
	ErrNotFound = errors.New("not found")                      // there is no record under the key
	ErrFull     = errors.New("storage full")                   // the disk or the size allowed is used up; nothing was changed
	ErrDamaged  = errors.New("damaged")                        // bytes are not what was written
	ErrMissing  = errors.New("no data where data was")         // the file is gone or empty though it was used
	ErrBusy     = errors.New("in use by another process")      // somebody else has the store open
	ErrNewer    = errors.New("written by a newer version")     // the records' schema is not known yet
	ErrClosed   = errors.New("store or transaction is closed") // used after its end
)

// DB is a store of records. It is safe for concurrent use: readers see the records as they were when their transaction
// began, writers follow each other.
type DB interface {
	// View reads. It fails with the error of fn, the reason of ctx, or ErrDamaged when fn met a damaged record. fn must
	// not call View or Update itself.
	View(ctx context.Context, fn func(Tx) error) error
	// Update reads and writes: all of what fn wrote is kept when Update returns nil, nothing of it otherwise, also when
	// fn panics or ctx ends meanwhile. fn may run again, so it must have no effects but through Tx, and must not call
	// View or Update itself.
	Update(ctx context.Context, fn func(Tx) error) error
	// Close waits for running transactions.
	Close() error
}

// Tx is a consistent view of the records, its own changes included. It ends with the function it was given to, and only
// one goroutine may use it. Keys are UTF-8, 1 to 1024 bytes, without NUL; buckets are names of 1 to 64 of a-z, 0-9 and
// "-", and need not be created. Bytes that it returns belong to the caller.
type Tx interface {
	Get(bucket, key string) ([]byte, error) // ErrNotFound
	Put(bucket, key string, val []byte) error
	Delete(bucket, key string) error // no error when there is none
	// Scan yields from <= key < to in byte order; to "" is the end. It yields what there was when the loop began, also
	// when the loop's body writes. At a damaged record it stops, and the View or Update around it fails.
	Scan(bucket, from, to string) iter.Seq2[string, []byte]
}

// MaxKey is the length of the longest key, in bytes.
const MaxKey = 1024

// MaxValue is the size of the largest record, in bytes.
const MaxValue = 64 << 20

// CheckKey says why bucket and key cannot name a record. Every backend calls it, so that none accepts what another refuses.
func CheckKey(bucket, key string) error {
	switch {
	case len(bucket) == 0 || len(bucket) > 64 || strings.Trim(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return fmt.Errorf("bucket %q: must be 1 to 64 of a-z, 0-9 and -", bucket)
	case len(key) == 0 || len(key) > MaxKey:
		return fmt.Errorf("key of %d bytes in %q: must be 1 to %d bytes", len(key), bucket, MaxKey)
	case strings.IndexByte(key, 0) >= 0 || !utf8.ValidString(key):
		return fmt.Errorf("key %q in %q: must be UTF-8 without NUL", key, bucket)
	}
	return nil
}

// End returns the end of the range of keys that begin with prefix: Scan(bucket, prefix, End(prefix)).
func End(prefix string) string {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			return prefix[:i] + string([]byte{prefix[i] + 1})
		}
	}
	return ""
}
