package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// CheckFile reads every page and record of the file at path, which no process may have open, and changes nothing. Its
// errors are those of OpenBolt; there is none when there is no file and never was.
func CheckFile(path string, o Options) error {
	o = o.withDefaults(path)
	if err := checkFile(path, o); err != nil {
		return explain(path, o, err)
	}
	return nil
}

// checkFile reads every page and record of the file at path before bbolt does.
func checkFile(path string, o Options) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return checkNew(path, o)
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("not a file")
	}
	var locked *bolt.DB // keeps writers off the file; bbolt reads nothing but the two heads here
	lockErr := guard(func() (err error) {
		locked, err = openFile(path, o, true)
		return err
	})
	if errors.Is(lockErr, ErrBusy) {
		return lockErr
	}
	if locked != nil {
		defer locked.Close() //nolint:errcheck // only read
	}
	if err := checkIdle(context.Background(), path, o.Schema); err != nil {
		return err
	}
	return lockErr
}

// checkNew lets a store begin at path unless there was one.
func checkNew(path string, o Options) error {
	_, err := os.Stat(markerPath(path))
	if err == nil || len(backups(path, o)) > 0 {
		return ErrMissing
	}
	return nil
}

// checkIdle reads the whole of a file that nobody writes.
func checkIdle(ctx context.Context, path string, schema int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	m, err := readMeta(f, info.Size())
	if err != nil {
		return err
	}
	return check(ctx, f, m, schema)
}

// Check reads every page and record, while others read and write, and returns the first thing that is wrong.
func (b *Bolt) Check(ctx context.Context) error {
	f, err := os.Open(b.path)
	if err != nil {
		return fmt.Errorf("check store: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	err = b.read(func(tx *bolt.Tx) error {
		size := int64(b.db.Info().PageSize)
		m := meta{pageSize: size, root: uint64(tx.Cursor().Bucket().Root()), pages: uint64(tx.Size() / size), txid: uint64(tx.ID())}
		return check(ctx, f, m, b.opts.Schema)
	})
	if err != nil {
		return fmt.Errorf("check store %s: %w", b.path, err)
	}
	return nil
}

// check reads all that m reaches, and compares with what was counted when it was written.
func check(ctx context.Context, r io.ReaderAt, m meta, schema int) error {
	c := checker{ctx: ctx, schema: schema}
	if err := walk(r, m, c.record); err != nil {
		return err
	}
	if !c.stamped && (c.got.count > 0 || m.txid > 1) { // bbolt begins with 1; a crash may leave it so
		return fmt.Errorf("not a store of this program: %w", ErrDamaged)
	}
	if c.stamped && c.want != c.got {
		return fmt.Errorf("%d records where %d were written, or others: %w", c.got.count, c.want.count, ErrDamaged)
	}
	return nil
}

// checker looks at all records of a file and adds them up.
type checker struct {
	ctx       context.Context
	schema    int
	got, want total
	stamped   bool // the file says how many records there are
}

func (c *checker) record(path []string, key, rec []byte) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if len(path) != 1 {
		return fmt.Errorf("record %q in %q: not a store of this program: %w", key, path, ErrDamaged)
	}
	val, ok := unseal(path[0], string(key), rec)
	if !ok {
		return damagedRecord(path[0], string(key))
	}
	if path[0] == own {
		return c.stamp(string(key), val)
	}
	c.got = c.got.plus(rec)
	return nil
}

// stamp reads what the store knows of itself.
func (c *checker) stamp(key string, val []byte) error {
	switch key {
	case totalKey:
		c.want, c.stamped = parseTotal(val)
	case schemaKey:
		n, err := strconv.Atoi(string(val))
		if err != nil || n > c.schema {
			return fmt.Errorf("%w: schema %s, and this one knows up to %d", ErrNewer, val, c.schema)
		}
	}
	return nil
}
