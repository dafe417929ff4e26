package store_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"podbrief/store"
)

// insight is a record of about 1 kB, shaped like those that are read at start.
type insight struct {
	ID, Text, Quote, Speaker, Episode, Engine string
	Start, End, Quality                       float64
	Topics                                    []string
}

const insights = 100_000

func fill(b *testing.B, path string) *store.Bolt {
	b.Helper()
	db, err := store.OpenBolt(path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("most teams find that a review takes longer than the change it is about ", 6)
	for i := 0; i < insights; i += 1000 {
		err := db.Update(b.Context(), func(tx store.Tx) error {
			var errs []error
			for j := i; j < i+1000; j++ {
				v := insight{fmt.Sprintf("%08d", j), text, text, "Ann", "episode-1", "builtin/1", 1.5, 30.25, 1.7, []string{"open source", "ai"}}
				errs = append(errs, store.Put(tx, "insights", v.ID, v))
			}
			return errors.Join(errs...)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return db
}

// BenchmarkStart opens a store of 100,000 insights, which checks them all, and reads them.
func BenchmarkStart(b *testing.B) {
	path := b.TempDir() + "/podbrief.db"
	db := fill(b, path)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		db, err := store.OpenBolt(path, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		readInsights(b, db)
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func readInsights(b *testing.B, db store.DB) {
	b.Helper()
	err := db.View(b.Context(), func(tx store.Tx) error {
		all, err := store.All[insight](tx, "insights", "", "")
		if len(all) != insights {
			b.Fatalf("All = %d insights, want %d", len(all), insights)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkAll(b *testing.B) {
	db := fill(b, b.TempDir()+"/podbrief.db")
	for b.Loop() {
		readInsights(b, db)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkCheck(b *testing.B) {
	db := fill(b, b.TempDir()+"/podbrief.db")
	for b.Loop() {
		if err := db.Check(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkGet(b *testing.B) {
	db := fill(b, b.TempDir()+"/podbrief.db")
	for i := 0; b.Loop(); i++ {
		err := db.View(b.Context(), func(tx store.Tx) error {
			_, err := tx.Get("insights", fmt.Sprintf("%08d", i*7919%insights))
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkUpdate writes one record per transaction, and so is the speed of fsync.
func BenchmarkUpdate(b *testing.B) {
	db := fill(b, b.TempDir()+"/podbrief.db")
	for i := 0; b.Loop(); i++ {
		err := db.Update(b.Context(), func(tx store.Tx) error {
			return tx.Put("insights", fmt.Sprintf("%08d", i*7919%insights), []byte("x"))
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}
