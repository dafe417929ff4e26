package store

import (
	"bytes"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"
)

// boltTx is a Tx on one bbolt transaction.
type boltTx struct {
	tx      *bolt.Tx
	buckets map[string]*bolt.Bucket // those used so far; nil when they are not there
	total   total                   // of all records, with the changes of this transaction
	changed bool
	done    bool
	err     error // what ended a Scan early
}

func (t *boltTx) end() { t.done = true }

// bucket returns nil when there is none.
func (t *boltTx) bucket(name string) *bolt.Bucket {
	if b := t.buckets[name]; b != nil {
		return b
	}
	b := t.tx.Bucket([]byte(name))
	if b != nil {
		if t.buckets == nil {
			t.buckets = map[string]*bolt.Bucket{}
		}
		t.buckets[name] = b
	}
	return b
}

// do runs fn between the checks that all methods share.
func (t *boltTx) do(bucket, key string, fn func() error) error {
	if t.done {
		return ErrClosed
	}
	if err := CheckKey(bucket, key); err != nil {
		return err
	}
	return guard(fn)
}

func (t *boltTx) Get(bucket, key string) (val []byte, err error) {
	err = t.do(bucket, key, func() error {
		b := t.bucket(bucket)
		if b == nil {
			return ErrNotFound
		}
		rec := b.Get([]byte(key))
		if rec == nil {
			return ErrNotFound
		}
		v, ok := unseal(bucket, key, rec)
		if !ok {
			return damagedRecord(bucket, key)
		}
		val = bytes.Clone(v)
		return nil
	})
	return val, err
}

func damagedRecord(bucket, key string) error {
	return fmt.Errorf("record %q in %q: %w", key, bucket, ErrDamaged)
}

func (t *boltTx) Put(bucket, key string, val []byte) error {
	if len(val) > MaxValue {
		return fmt.Errorf("record %q in %q: %d bytes are more than %d", key, bucket, len(val), MaxValue)
	}
	return t.do(bucket, key, func() error { return t.change(bucket, key, seal(bucket, key, val)) })
}

func (t *boltTx) Delete(bucket, key string) error {
	return t.do(bucket, key, func() error { return t.change(bucket, key, nil) })
}

// change sets the record under key to rec, or deletes it when rec is nil, and keeps the total.
func (t *boltTx) change(bucket, key string, rec []byte) error {
	b, err := t.writable(bucket, rec != nil)
	if b == nil || err != nil {
		return err
	}
	k := []byte(key)
	old := b.Get(k)
	switch {
	case old == nil && rec == nil:
		return nil
	case old != nil && len(old) < headSize:
		return damagedRecord(bucket, key)
	case old != nil:
		t.total = t.total.minus(old)
	}
	t.changed = true
	if rec == nil {
		return b.Delete(k)
	}
	t.total = t.total.plus(rec)
	return b.Put(k, rec)
}

// writable returns the bucket, and reads the total before the first change.
func (t *boltTx) writable(bucket string, create bool) (*bolt.Bucket, error) {
	if !t.changed {
		var ok bool
		if t.total, ok = parseTotal(getOwn(t.tx.Bucket([]byte(own)), totalKey)); !ok {
			return nil, fmt.Errorf("total: %w", ErrDamaged)
		}
	}
	b := t.bucket(bucket)
	if b != nil || !create {
		return b, nil
	}
	return t.tx.CreateBucketIfNotExists([]byte(bucket))
}

// record is one step of a Scan.
type record struct {
	key string
	val []byte
}

func (t *boltTx) Scan(bucket, from, to string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		next := t.stream(bucket, from, to)
		if t.err == nil && t.tx.Writable() {
			next = t.collect(next) // a bbolt cursor loses its place when its bucket changes
		}
		for r, ok := next(); ok; r, ok = next() {
			if !yield(r.key, r.val) {
				return
			}
		}
	}
}

// stream returns a function that reads one record after the other; it ends at the end of the range, or at an error, which
// it leaves in t.err.
func (t *boltTx) stream(bucket, from, to string) func() (record, bool) {
	var c *bolt.Cursor
	return func() (r record, ok bool) {
		err := t.do(bucket, "x", func() error {
			var k, rec []byte
			if c == nil {
				b := t.bucket(bucket)
				if b == nil {
					return nil
				}
				c = b.Cursor()
				k, rec = c.Seek([]byte(from))
			} else {
				k, rec = c.Next()
			}
			if k == nil || to != "" && string(k) >= to {
				return nil
			}
			r.key = string(k)
			v, good := unseal(bucket, r.key, rec)
			if !good {
				return damagedRecord(bucket, r.key)
			}
			r.val, ok = bytes.Clone(v), true
			return nil
		})
		if err != nil && t.err == nil {
			t.err = err
		}
		return r, ok && err == nil
	}
}

func (t *boltTx) collect(next func() (record, bool)) func() (record, bool) {
	var all []record
	for r, ok := next(); ok; r, ok = next() {
		all = append(all, r)
	}
	return func() (r record, ok bool) {
		if len(all) == 0 {
			return r, false
		}
		r, all = all[0], all[1:]
		return r, true
	}
}
