// Package store keeps records. It knows buckets, keys and bytes, and nothing of podcasts or chats: what a record means,
// and what its key looks like, stands in records.go of the package that owns it.
package store

import (
	"context"
	"errors"
	"iter"
)

// ErrNotFound says that there is no record under a key.
var ErrNotFound = errors.New("not found")

// DB is a store of records. It is safe for concurrent use.
type DB interface {
	View(ctx context.Context, fn func(Tx) error) error
	Update(ctx context.Context, fn func(Tx) error) error // fn may run again: no effects but through Tx
	Close() error
}

// Tx is a consistent view of the records. Keys are UTF-8, 1 to 1024 bytes, without NUL.
type Tx interface {
	Get(bucket, key string) ([]byte, error) // ErrNotFound
	Put(bucket, key string, val []byte) error
	Delete(bucket, key string) error                        // no error when there is none
	Scan(bucket, from, to string) iter.Seq2[string, []byte] // from <= key < to in byte order; to "" is the end
}
