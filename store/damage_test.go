package store_test

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"podbrief/store"
	"podbrief/store/storetest"
)

const pageSize = 4096

// TestDamage opens copies of a store that are damaged in many ways. Each must be refused with a hint to the backup, or
// hold exactly the records that were written; nothing may crash.
func TestDamage(t *testing.T) {
	good, want := sample(t)
	for name, harm := range damages() {
		t.Run(name, func(t *testing.T) {
			refused := 0
			for seed := range uint64(*harms) {
				rnd := rand.New(rand.NewPCG(seed, 1))
				bad := harm(rnd, append([]byte(nil), good...))
				if openDamaged(t, bad, good, want) {
					refused++
				}
			}
			t.Logf("%d of %d refused", refused, *harms)
		})
	}
}

// harms is small for every change; 60 is for a release.
var harms = flag.Int("harms", 6, "how many files are damaged in each way")

// sample returns the bytes of a store with a history, and its records.
func sample(t *testing.T) (file []byte, records map[string]string) {
	t.Helper()
	path := t.TempDir() + "/podbrief.db"
	b := open(t, path, store.Options{})
	for round := range 6 {
		var pairs []string
		for i := range 120 {
			pairs = append(pairs, fmt.Sprintf("key-%03d", (i*7+round*11)%500), strings.Repeat(fmt.Sprintf("%d/%d ", round, i), 1+i%90))
		}
		storetest.Fill(t, b, "insights", pairs...)
		storetest.Fill(t, b, "small", "k", fmt.Sprint(round))
		storetest.Fill(t, b, "big", fmt.Sprint(round), strings.Repeat("x", 3*pageSize))
	}
	update(t, b, func(tx store.Tx) error { return tx.Delete("big", "2") })
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file, contents(t, open(t, path, store.Options{}))
}

func update(t *testing.T, b *store.Bolt, fn func(store.Tx) error) {
	t.Helper()
	if err := b.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update = %v", err)
	}
}

func contents(t *testing.T, b *store.Bolt) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := b.View(t.Context(), func(tx store.Tx) error {
		for _, bucket := range []string{"insights", "small", "big"} {
			for k, v := range tx.Scan(bucket, "", "") {
				out[bucket+"/"+k] = string(v)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("read an undamaged store: %v", err)
	}
	return out
}

// openDamaged opens bad beside a good backup, and tells whether it was refused.
func openDamaged(t *testing.T, bad, good []byte, want map[string]string) (refused bool) {
	t.Helper()
	dir := t.TempDir()
	path, backup := dir+"/podbrief.db", dir+"/podbrief.db.1.backup"
	writeFile(t, path, bad)
	writeFile(t, backup, good)
	writeFile(t, dir+"/podbrief.db.2.backup", bad)
	b, err := store.OpenBolt(path, store.Options{})
	if err == nil {
		defer b.Close() //nolint:errcheck // what it holds is what matters
		if got := contents(t, b); !maps.Equal(got, want) {
			t.Errorf("opened a damaged file with %d records that are not the %d written", len(got), len(want))
		}
		return false
	}
	if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrMissing) || !strings.Contains(err.Error(), "cp "+backup) {
		t.Errorf("OpenBolt of a damaged file = %v, want ErrDamaged or ErrMissing with the newest good backup", err)
	}
	return true
}

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damages are the ways in which a file is harmed; used is the part of it that is not free space.
func damages() map[string]func(*rand.Rand, []byte) []byte {
	within := func(r *rand.Rand, b []byte) int { return r.IntN(used(b)) }
	page := func(r *rand.Rand, b []byte) []byte {
		i := r.IntN(used(b) / pageSize)
		return b[i*pageSize : (i+1)*pageSize]
	}
	return map[string]func(*rand.Rand, []byte) []byte{
		"empty":        func(*rand.Rand, []byte) []byte { return nil },
		"other file":   func(_ *rand.Rand, b []byte) []byte { return []byte(strings.Repeat("not a store\n", len(b)/12)) },
		"all zero":     func(_ *rand.Rand, b []byte) []byte { clear(b); return b },
		"cut anywhere": func(r *rand.Rand, b []byte) []byte { return b[:within(r, b)] },
		"cut at page":  func(r *rand.Rand, b []byte) []byte { return b[:within(r, b)/pageSize*pageSize] },
		"one bit": func(r *rand.Rand, b []byte) []byte {
			b[within(r, b)] ^= 1 << r.IntN(8)
			return b
		},
		"bit of a head page": func(r *rand.Rand, b []byte) []byte {
			b[r.IntN(2)*pageSize+r.IntN(80)] ^= 1 << r.IntN(8)
			return b
		},
		"bit of a page's head": func(r *rand.Rand, b []byte) []byte {
			page(r, b)[r.IntN(200)] ^= 1 << r.IntN(8)
			return b
		},
		"both head pages": func(r *rand.Rand, b []byte) []byte { clear(b[:2*pageSize]); return b },
		"zero page":       func(r *rand.Rand, b []byte) []byte { clear(page(r, b)); return b },
		"random page": func(r *rand.Rand, b []byte) []byte {
			p := page(r, b)
			for i := range p {
				p[i] = byte(r.Uint32())
			}
			return b
		},
		"random sector": func(r *rand.Rand, b []byte) []byte {
			at := within(r, b) / 512 * 512
			for i := range 512 {
				b[at+i] = byte(r.Uint32())
			}
			return b
		},
		"page over another": func(r *rand.Rand, b []byte) []byte { copy(page(r, b), page(r, b)); return b },
		"page over another, with its number": func(r *rand.Rand, b []byte) []byte {
			to := page(r, b)
			id := append([]byte(nil), to[:8]...)
			copy(to, page(r, b))
			copy(to, id)
			return b
		},
		"shifted by a byte": func(r *rand.Rand, b []byte) []byte { at := within(r, b); copy(b[at+1:], b[at:]); return b },
		"tail of another":   func(r *rand.Rand, b []byte) []byte { return append(b, b[:pageSize]...) },
		"huge count": func(r *rand.Rand, b []byte) []byte {
			binary.NativeEndian.PutUint16(page(r, b)[10:], 0xffff)
			return b
		},
		"huge overflow": func(r *rand.Rand, b []byte) []byte {
			binary.NativeEndian.PutUint32(page(r, b)[12:], 0xffffffff)
			return b
		},
	}
}

// used returns the number of bytes up to the high-water mark in the newer head page.
func used(b []byte) int {
	newer := b
	if binary.NativeEndian.Uint64(b[pageSize+16+48:]) > binary.NativeEndian.Uint64(b[16+48:]) {
		newer = b[pageSize:]
	}
	return int(binary.NativeEndian.Uint64(newer[16+40:])) * pageSize
}
