package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// backupSuffix is how the names of backups end that are proposed when the store is damaged.
const backupSuffix = ".backup"

// BackupPath returns where a backup of the store at path that is made now belongs in folder dir, so that it is found when
// it is needed.
func BackupPath(path, dir string, now time.Time) string {
	return filepath.Join(dir, filepath.Base(path)+now.UTC().Format(".20060102T150405Z")+backupSuffix)
}

// backups returns the backups of the store at path, the newest first.
func backups(path string, o Options) (out []string) {
	entries, err := os.ReadDir(o.Backups)
	if err != nil {
		return nil // none that can be proposed
	}
	age := map[string]time.Time{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), filepath.Base(path)+".") || !strings.HasSuffix(e.Name(), backupSuffix) {
			continue
		}
		p := filepath.Join(o.Backups, e.Name())
		out, age[p] = append(out, p), info.ModTime()
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(age[b].Compare(age[a]), strings.Compare(b, a))
	})
	return out
}

// Backup writes the records as they are now to a file at path, readable by its owner only, while others read and write.
// The file is complete and checked when it appears; one that was there before is replaced. To restore, stop the bot and
// copy it over the store's file.
func (b *Bolt) Backup(ctx context.Context, path string) error {
	err := create(path, func(tmp string) error {
		if err := b.copyTo(ctx, tmp); err != nil {
			return err
		}
		return checkIdle(ctx, tmp, b.opts.Schema)
	})
	if err != nil {
		return fmt.Errorf("back up store to %s: %w", path, err)
	}
	return nil
}

func (b *Bolt) copyTo(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = b.read(func(tx *bolt.Tx) error {
		return guard(func() error {
			_, err := tx.WriteTo(contextWriter{ctx, f})
			return err
		})
	})
	return fault(errors.Join(err, f.Sync(), f.Close()))
}

// contextWriter fails when its context ends.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (w contextWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(p)
}

// create lets write make a file under another name beside path, and moves it to path when it is complete.
func create(path string, write func(tmp string) error) error {
	tmp := path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	err := write(tmp)
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		os.Remove(tmp) //nolint:errcheck // err is what went wrong
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename last. Systems without it, as Windows, need none.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // only read
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}

// Compact writes the records, and nothing of those that were deleted, to a new file at path. When path is the store's own
// the store goes on with it: what was deleted before is on the disk no more then. Nobody can write meanwhile.
func (b *Bolt) Compact(ctx context.Context, path string) error {
	unlock, err := b.lockWriter(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	var fresh *bolt.DB
	err = create(path, func(tmp string) (err error) {
		fresh, err = b.compactTo(tmp)
		return err
	})
	if err != nil {
		err = fmt.Errorf("compact store to %s: %w", path, err)
	}
	if err != nil || filepath.Clean(path) != filepath.Clean(b.path) {
		return errors.Join(err, closeAny(fresh))
	}
	b.swap.Lock()
	defer b.swap.Unlock()
	old := b.db
	b.db = fresh // it holds the lock on the new file since before it had its name
	return old.Close()
}

// compactTo copies all records to a new file and returns it open.
func (b *Bolt) compactTo(path string) (*bolt.DB, error) {
	fresh, err := openFile(path, b.opts, false)
	if err != nil {
		return nil, err
	}
	return fresh, guard(func() error {
		fresh.NoSync = true // one sync at the end
		if err := bolt.Compact(fresh, b.db, 1<<20); err != nil {
			return err
		}
		fresh.NoSync = false
		return fresh.Sync()
	})
}

func closeAny(db *bolt.DB) error {
	if db == nil {
		return nil
	}
	return db.Close()
}
