package store

import (
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
)

// Get reads the record under key as JSON; ErrNotFound when there is none.
func Get[T any](tx Tx, bucket, key string) (T, error) {
	var v T
	b, err := tx.Get(bucket, key)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("decode %s %q: %w", bucket, key, err)
	}
	return v, nil
}

// Put writes v under key as JSON.
func Put[T any](tx Tx, bucket, key string, v T) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s %q: %w", bucket, key, err)
	}
	return tx.Put(bucket, key, b)
}

// chunk is how many records one goroutine decodes at a time: enough that handing over costs nothing.
const chunk = 512

// All reads the records with from <= key < to, in the order of their keys; to "" is the end. All processors decode, since
// that is what takes the time: 100,000 insights are read at start.
func All[T any](tx Tx, bucket, from, to string) ([]T, error) {
	var keys []string
	var vals [][]byte
	for k, v := range tx.Scan(bucket, from, to) {
		keys, vals = append(keys, k), append(vals, v)
	}
	out := make([]T, len(keys))
	errs := make([]error, (len(keys)+chunk-1)/chunk)
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range errs {
		lo, hi := i*chunk, min((i+1)*chunk, len(keys))
		slots <- struct{}{}
		wg.Go(func() {
			errs[i] = decode(bucket, keys[lo:hi], vals[lo:hi], out[lo:hi])
			<-slots
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func decode[T any](bucket string, keys []string, vals [][]byte, out []T) error {
	for i, b := range vals {
		if err := json.Unmarshal(b, &out[i]); err != nil {
			return fmt.Errorf("decode %s %q: %w", bucket, keys[i], err)
		}
	}
	return nil
}
