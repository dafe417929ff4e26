package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"podbrief/store"
	"podbrief/store/storetest"
)

func closeStore(t *testing.T, b *store.Bolt) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Fatalf("Close = %v", err)
	}
}

// refused checks that opening path fails with an error that says all of the hints.
func refused(t *testing.T, path string, o store.Options, want error, hints ...string) {
	t.Helper()
	b, err := store.OpenBolt(path, o)
	if err == nil {
		b.Close() //nolint:errcheck // should not be open
	}
	if !errors.Is(err, want) {
		t.Fatalf("OpenBolt(%s) = %v, want %v", path, err, want)
	}
	for _, hint := range hints {
		if !strings.Contains(err.Error(), hint) {
			t.Errorf("OpenBolt(%s) = %q, want it to say %q", path, err, hint)
		}
	}
}

func TestReopen(t *testing.T) {
	path := t.TempDir() + "/deep/er/podbrief.db"
	b := open(t, path, store.Options{})
	storetest.Fill(t, b, "b", "k", "v")
	closeStore(t, b)
	if _, err := storetest.Lookup(t, b, "b", "k"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("View after Close = %v, want ErrClosed", err)
	}
	if err := b.Update(t.Context(), func(store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Update after Close = %v, want ErrClosed", err)
	}
	if got, err := storetest.Lookup(t, open(t, path, store.Options{}), "b", "k"); got != "v" || err != nil {
		t.Errorf("Get in the next process = %q, %v; want %q", got, err, "v")
	}
}

func TestCheckFile(t *testing.T) {
	path := t.TempDir() + "/podbrief.db"
	if err := store.CheckFile(path, store.Options{}); err != nil {
		t.Errorf("CheckFile of no file = %v", err)
	}
	b := open(t, path, store.Options{Schema: 1})
	o := store.Options{Schema: 1, Timeout: 50 * time.Millisecond}
	if err := store.CheckFile(path, o); !errors.Is(err, store.ErrBusy) {
		t.Errorf("CheckFile of an open store = %v, want ErrBusy", err)
	}
	closeStore(t, b)
	if err := store.CheckFile(path, o); err != nil {
		t.Errorf("CheckFile = %v", err)
	}
	if err := os.Truncate(path, 3*pageSize); err != nil {
		t.Fatal(err)
	}
	if err := store.CheckFile(path, o); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("CheckFile of a file cut short = %v, want ErrDamaged", err)
	}
}

func TestModes(t *testing.T) {
	path := t.TempDir() + "/folder/podbrief.db"
	b := open(t, path, store.Options{})
	backup := filepath.Dir(path) + "/copy"
	if err := b.Backup(t.Context(), backup); err != nil {
		t.Errorf("Backup = %v", err)
	}
	closeStore(t, b)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, path, store.Options{})
	for p, want := range map[string]os.FileMode{path: 0o600, path + ".marker": 0o600, backup: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("mode of %s = %v, %v; want %o", p, info.Mode(), err, want)
		}
	}
}

func TestBusy(t *testing.T) {
	path := t.TempDir() + "/podbrief.db"
	b := open(t, path, store.Options{})
	refused(t, path, store.Options{Timeout: 50 * time.Millisecond}, store.ErrBusy, path, "another bot is running")
	if err := b.Compact(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	refused(t, path, store.Options{Timeout: 50 * time.Millisecond}, store.ErrBusy, path)
	closeStore(t, b)
	open(t, path, store.Options{})
}

func TestMissing(t *testing.T) {
	for name, c := range map[string]struct {
		harm    func(path string) error
		missing bool
	}{
		"gone":                           {os.Remove, true},
		"empty":                          {func(p string) error { return os.Truncate(p, 0) }, true},
		"gone, and its marker":           {func(p string) error { return errors.Join(os.Remove(p), os.Remove(p+".marker")) }, false},
		"gone, and its marker, a backup": {func(p string) error { return errors.Join(os.Rename(p, p+".1.backup"), os.Remove(p+".marker")) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir() + "/podbrief.db"
			closeStore(t, open(t, path, store.Options{}))
			if err := c.harm(path); err != nil {
				t.Fatal(err)
			}
			if c.missing {
				refused(t, path, store.Options{}, store.ErrMissing, "restore", "remove "+path+".marker")
				return
			}
			open(t, path, store.Options{})
		})
	}
}

func TestBadPath(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir+"/file", []byte("x"))
	for _, path := range []string{dir, dir + "/file/podbrief.db"} {
		if b, err := store.OpenBolt(path, store.Options{}); err == nil {
			b.Close() //nolint:errcheck // should not be open
			t.Errorf("OpenBolt(%s) = nil, want an error", path)
		}
	}
}

func TestSchema(t *testing.T) {
	path := t.TempDir() + "/podbrief.db"
	b := open(t, path, store.Options{Schema: 2})
	storetest.Fill(t, b, "b", "k", "v")
	closeStore(t, b)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, path, store.Options{Schema: 1}, store.ErrNewer, "schema 2", "up to 1", "run the version that wrote it")
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("a file of a newer schema was written to (%v)", err)
	}
	b = open(t, path, store.Options{Schema: 3})
	if got, err := storetest.Lookup(t, b, "b", "k"); got != "v" || err != nil {
		t.Errorf("Get from a file of an older schema = %q, %v; want %q", got, err, "v")
	}
	closeStore(t, b)
	refused(t, path, store.Options{Schema: 2}, store.ErrNewer, "schema 3")
}

// TestFull fills a store of limited size: what was there stays readable, deleting makes room, and no restart is needed.
func TestFull(t *testing.T) {
	path := t.TempDir() + "/podbrief.db"
	const limit = 4 << 20
	b := open(t, path, store.Options{MaxSize: limit})
	value := make([]byte, 40_000)
	key := func(i int) string { return fmt.Sprintf("%06d", i) }
	put := func(i int) error {
		return b.Update(t.Context(), func(tx store.Tx) error { return tx.Put("b", key(i), value) })
	}
	for range 3 {
		n := 0
		for ; ; n++ {
			err := put(n)
			if errors.Is(err, store.ErrFull) {
				break
			}
			if err != nil || n > 2*limit/len(value) {
				t.Fatalf("Put of record %d = %v, want ErrFull at %d bytes", n, err, limit)
			}
		}
		if got := len(storetest.Dump(t, b, "b", "", "")); got != n || n < limit/len(value)/4 {
			t.Errorf("%d records in the full store, %d were put", got, n)
		}
		if err := b.Check(t.Context()); err != nil {
			t.Errorf("Check of the full store = %v", err)
		}
		for i := range n {
			update(t, b, func(tx store.Tx) error { return tx.Delete("b", key(i)) })
		}
	}
	if info, err := os.Stat(path); err != nil || info.Size() > limit {
		t.Errorf("file size = %d, %v; want at most %d", info.Size(), err, limit)
	}
}

// TestBackupUnderLoad makes backups while two goroutines move units between counters, and opens each.
func TestBackupUnderLoad(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir+"/podbrief.db", store.Options{})
	storetest.Fill(t, b, "b", "0", "500", "1", "500")
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				update(t, b, func(tx store.Tx) error {
					return errors.Join(
						tx.Put("b", "0", fmt.Append(nil, i%1000)), tx.Put("b", "1", fmt.Append(nil, 1000-i%1000)),
						tx.Put("more", fmt.Sprint(w, "-", i%200), make([]byte, i%5000)))
				})
			}
		})
	}
	for i := range 20 {
		path := store.BackupPath(dir+"/podbrief.db", dir, time.Unix(int64(i), 0))
		if err := b.Backup(t.Context(), path); err != nil {
			t.Fatalf("Backup = %v", err)
		}
		copied := open(t, path, store.Options{})
		var x, y int
		if n, err := fmt.Sscanf(strings.Join(storetest.Dump(t, copied, "b", "", ""), " "), "0=%d 1=%d", &x, &y); n != 2 || x+y != 1000 {
			t.Errorf("backup %d holds %d + %d (%v), want a sum of 1000", i, x, y, err)
		}
		closeStore(t, copied)
	}
	cancel()
	wg.Wait()
	if err := b.Check(t.Context()); err != nil {
		t.Errorf("Check = %v", err)
	}
	if left, err := filepath.Glob(dir + "/*.tmp"); len(left) != 0 || err != nil {
		t.Errorf("files left behind: %q, %v", left, err)
	}
}

func TestBackupFails(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir+"/podbrief.db", store.Options{})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	writeFile(t, dir+"/kept", []byte("older backup"))
	for _, c := range []struct {
		ctx  context.Context
		path string
	}{{ended, dir + "/kept"}, {t.Context(), dir + "/no-such-folder/copy"}} {
		if err := b.Backup(c.ctx, c.path); err == nil {
			t.Errorf("Backup(%s) = nil, want an error", c.path)
		}
	}
	if got, err := os.ReadFile(dir + "/kept"); string(got) != "older backup" {
		t.Errorf("a backup that failed left %q, %v in place of the one before", got, err)
	}
}

// TestCompact looks for deleted text in the raw file.
func TestCompact(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/podbrief.db"
	b := open(t, path, store.Options{})
	var pairs []string
	for i := range 200 {
		pairs = append(pairs, fmt.Sprintf("secret-key-%d", i), fmt.Sprintf("canary-%d", i), fmt.Sprintf("kept-%d", i), strings.Repeat("kept ", 300))
	}
	storetest.Fill(t, b, "b", pairs...)
	update(t, b, func(tx store.Tx) error {
		for k := range tx.Scan("b", "secret", store.End("secret")) {
			if err := tx.Delete("b", k); err != nil {
				return err
			}
		}
		return nil
	})
	if n := count(t, path, "canary-"); n == 0 {
		t.Fatal("deleted text is gone from the file before Compact: this test looks in the wrong place")
	}
	for _, to := range []string{dir + "/copy.db", path} {
		if err := b.Compact(t.Context(), to); err != nil {
			t.Fatalf("Compact(%s) = %v", to, err)
		}
		if n, m := count(t, to, "canary-"), count(t, to, "secret-key"); n+m != 0 {
			t.Errorf("%s holds %d deleted values and %d deleted keys after Compact", to, n, m)
		}
		storetest.Fill(t, b, "b", "after", "works")
		if err := b.Check(t.Context()); err != nil {
			t.Errorf("Check after Compact(%s) = %v", to, err)
		}
	}
	closeStore(t, b)
	for p, want := range map[string]int{path: 201, dir + "/copy.db": 200} {
		if got := len(storetest.Dump(t, open(t, p, store.Options{}), "b", "", "")); got != want {
			t.Errorf("%d records in %s after Compact, want %d", got, p, want)
		}
	}
}

func count(t *testing.T, path, text string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(b, []byte(text))
}

// TestDamageWhileOpen harms the file of an open store: errors, no crash, and no wrong values.
func TestDamageWhileOpen(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"cut to nothing": func(p string) error { return os.Truncate(p, 0) },
		"cut short":      func(p string) error { return os.Truncate(p, 2*pageSize) },
		"overwritten": func(p string) error {
			f, err := os.OpenFile(p, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteAt(bytes.Repeat([]byte{0xa5}, 60*pageSize), 2*pageSize)
			return errors.Join(err, f.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir() + "/podbrief.db"
			b := open(t, path, store.Options{})
			for i := range 10 {
				storetest.Fill(t, b, "b", fmt.Sprint(i), strings.Repeat("v", 10_000))
			}
			if err := harm(path); err != nil {
				t.Fatal(err)
			}
			if got, err := storetest.Lookup(t, b, "b", "5"); err == nil {
				t.Errorf("Get = %.20q, want an error", got)
			}
			err := b.View(t.Context(), func(tx store.Tx) error {
				for k := range tx.Scan("b", "", "") {
					t.Errorf("Scan yields %q", k)
				}
				return nil
			})
			if !errors.Is(err, store.ErrDamaged) {
				t.Errorf("View with a Scan = %v, want ErrDamaged", err)
			}
			if err := b.Update(t.Context(), func(tx store.Tx) error { return tx.Put("b", "5", nil) }); err == nil {
				t.Error("Update = nil, want an error")
			}
			if err := b.Check(t.Context()); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("Check = %v, want ErrDamaged", err)
			}
		})
	}
}
