package store

import (
	"bytes"
	"maps"
	"os"
	"strings"
	"testing"
)

// FuzzPages harms a small file at will: reading its pages must not panic, and find what changed.
func FuzzPages(f *testing.F) {
	good := smallFile(f)
	want, m, err := readAll(good)
	if err != nil {
		f.Fatal(err)
	}
	root := uint32(m.root) * uint32(m.pageSize)
	f.Add(root+10, []byte{0xff, 0xff}) // count
	f.Add(root+10, []byte{0, 0})       // no records at all
	f.Add(root+12, []byte{0xff, 0xff}) // overflow
	f.Add(root+pageHead, []byte{0, 1, 2, 3, 4, 5, 6, 7})
	f.Add(uint32(40), []byte{9})
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		bad := bytes.Clone(good)
		copy(bad[int(at)%len(bad):], patch)
		got, m, err := readAll(bad)
		if err != nil || check(t.Context(), bytes.NewReader(bad), m, 0) != nil {
			return
		}
		if !maps.Equal(got, want) {
			t.Errorf("check of a file changed at %d = nil, with %d of %d records", at, len(got), len(want))
		}
	})
}

// smallFile returns a file with a bucket within another's page and one with pages of its own.
func smallFile(f *testing.F) []byte {
	f.Helper()
	path := f.TempDir() + "/podbrief.db"
	b, err := OpenBolt(path, Options{})
	if err != nil {
		f.Fatal(err)
	}
	err = b.Update(f.Context(), func(tx Tx) error {
		for i := range 60 {
			if err := tx.Put("big", string(rune('A'+i)), bytes.Repeat([]byte{byte(i)}, i*4)); err != nil {
				return err
			}
		}
		return tx.Put("small", "k", []byte("v"))
	})
	if err != nil {
		f.Fatal(err)
	}
	if err := b.Close(); err != nil {
		f.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	return file
}

func readAll(file []byte) (records map[string]string, m meta, err error) {
	r := bytes.NewReader(file)
	if m, err = readMeta(r, r.Size()); err != nil {
		return nil, m, err
	}
	records = map[string]string{}
	err = walk(r, m, func(path []string, key, val []byte) error {
		records[strings.Join(path, "/")+"/"+string(key)] = string(val)
		return nil
	})
	return records, m, err
}
