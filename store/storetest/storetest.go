// Package storetest is the contract of store.DB as tests, which every backend passes.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/store"
)

// Run tests the DB that open returns, an empty one each time, which open closes at the end of its test.
func Run(t *testing.T, open func(*testing.T) store.DB) {
	for _, c := range []struct {
		name string
		test func(*testing.T, store.DB)
	}{
		{"get put delete", testGetPutDelete},
		{"bytes are copies", testCopies},
		{"names", testNames},
		{"big values", testBig},
		{"scan ranges", testScanRanges},
		{"scan order", testScanOrder},
		{"scan while changing", testScanWhileChanging},
		{"own changes are seen", testOwnChanges},
		{"rollback on error", testRollbackOnError},
		{"rollback on panic", testRollbackOnPanic},
		{"rollback on end of context", testContext},
		{"view cannot write", testViewCannotWrite},
		{"snapshot", testSnapshot},
		{"transaction after its end", testAfterEnd},
		{"counters under load", testCounters},
		{"model", testModel},
		{"typed", testTyped},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func testGetPutDelete(t *testing.T, db store.DB) {
	if got, err := Lookup(t, db, "b", "k"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get before Put = %q, %v; want ErrNotFound", got, err)
	}
	Fill(t, db, "b", "k", "one", "k", "two", "other", "")
	for k, want := range map[string]string{"k": "two", "other": ""} {
		if got, err := Lookup(t, db, "b", k); got != want || err != nil {
			t.Errorf("Get(%q) = %q, %v; want %q", k, got, err, want)
		}
	}
	if got, err := Lookup(t, db, "b2", "k"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get of the same key in another bucket = %q, %v; want ErrNotFound", got, err)
	}
	update(t, db, func(tx store.Tx) error {
		return errors.Join(tx.Delete("b", "k"), tx.Delete("b", "k"), tx.Delete("never", "k"))
	})
	if got := Dump(t, db, "b", "", ""); !slices.Equal(got, []string{"other="}) {
		t.Errorf("records after Delete = %q, want only the other", got)
	}
}

func testCopies(t *testing.T, db store.DB) {
	val := []byte("before")
	update(t, db, func(tx store.Tx) error {
		err := tx.Put("b", "k", val)
		copy(val, "AFTER!")
		return err
	})
	update(t, db, func(tx store.Tx) error {
		got, err := tx.Get("b", "k")
		copy(got, "XXXXXX")
		for _, v := range tx.Scan("b", "", "") {
			copy(v, "YYYYYY")
		}
		return err
	})
	if got, _ := Lookup(t, db, "b", "k"); got != "before" {
		t.Errorf("Get = %q after the caller changed its slices, want %q", got, "before")
	}
}

func testNames(t *testing.T, db store.DB) {
	long := strings.Repeat("k", store.MaxKey)
	for _, c := range []struct {
		bucket, key string
		ok          bool
	}{
		{"b", "k", true},
		{"b", long, true},
		{"b", strings.Repeat("é", store.MaxKey/2), true},
		{"b", " with space/and:signs\n", true},
		{"b", "\u2028😀", true},
		{strings.Repeat("b", 64), "k", true},
		{"a-1", "k", true},
		{"b", "", false},
		{"b", long + "k", false},
		{"b", "nul\x00", false},
		{"b", "\x00", false},
		{"b", "bad utf-8 \xff", false},
		{"", "k", false},
		{strings.Repeat("b", 65), "k", false},
		{"B", "k", false},
		{"_store", "k", false},
		{"a/b", "k", false},
	} {
		err := db.Update(t.Context(), func(tx store.Tx) error { return tx.Put(c.bucket, c.key, []byte(c.key)) })
		if (err == nil) != c.ok {
			t.Errorf("Put(%q, %q) = %v, want ok %v", c.bucket, c.key, err, c.ok)
		}
		got, err := Lookup(t, db, c.bucket, c.key)
		if (err == nil) != c.ok || err == nil && got != c.key || !c.ok && errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get(%q, %q) = %q, %v, want ok %v", c.bucket, c.key, got, err, c.ok)
		}
		if err := db.Update(t.Context(), func(tx store.Tx) error { return tx.Delete(c.bucket, c.key) }); (err == nil) != c.ok {
			t.Errorf("Delete(%q, %q) = %v, want ok %v", c.bucket, c.key, err, c.ok)
		}
	}
}

func testBig(t *testing.T, db store.DB) {
	for _, size := range []int{0, 1, 4095, 4096, 4097, 1 << 20, 5<<20 + 1} {
		want := strings.Repeat("0123456789abcde\x00", size/16+1)[:size]
		Fill(t, db, "b", "big", want, "after", "small")
		if got, err := Lookup(t, db, "b", "big"); got != want || err != nil {
			t.Errorf("Get of %d bytes = %d bytes, %v; want what was put", size, len(got), err)
		}
	}
	err := db.Update(t.Context(), func(tx store.Tx) error { return tx.Put("b", "huge", make([]byte, store.MaxValue+1)) })
	if err == nil {
		t.Errorf("Put of %d bytes = nil, want an error", store.MaxValue+1)
	}
}

func testScanRanges(t *testing.T, db store.DB) {
	Fill(t, db, "b", "a", "1", "a/1", "2", "a/2", "3", "b", "4", "b\x01", "5", "é", "6")
	Fill(t, db, "c", "a/1", "other bucket")
	for _, c := range []struct {
		from, to string
		want     []string
	}{
		{"", "", []string{"a=1", "a/1=2", "a/2=3", "b=4", "b\x01=5", "é=6"}},
		{"a/", store.End("a/"), []string{"a/1=2", "a/2=3"}},
		{"a/1", "a/2", []string{"a/1=2"}},
		{"a/1", "a/1", nil},
		{"b", "a", nil},
		{"b", "", []string{"b=4", "b\x01=5", "é=6"}},
		{"", "a/1", []string{"a=1"}},
		{"zzz", "", []string{"é=6"}},
		{"\xff", "", nil},
	} {
		if diff := cmp.Diff(c.want, Dump(t, db, "b", c.from, c.to)); diff != "" {
			t.Errorf("Scan(%q, %q): -want +got\n%s", c.from, c.to, diff)
		}
	}
	if got := Dump(t, db, "nothing-here", "", ""); got != nil {
		t.Errorf("Scan of a bucket that is not there = %q, want nothing", got)
	}
	err := db.View(t.Context(), func(tx store.Tx) error {
		for range tx.Scan("Bad name", "", "") {
			t.Error("Scan of a bad bucket name yields a record")
		}
		return nil
	})
	if err == nil {
		t.Error("View with a Scan of a bad bucket name = nil, want an error")
	}
}

func testScanOrder(t *testing.T, db store.DB) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var want []string
	update(t, db, func(tx store.Tx) error {
		for i := range 3000 {
			k := fmt.Sprintf("%x-%d", rnd.Uint32(), i)
			want = append(want, k+"="+k)
			if err := tx.Put("b", k, []byte(k)); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Sort(want)
	if diff := cmp.Diff(want, Dump(t, db, "b", "", "")); diff != "" {
		t.Errorf("Scan of 3000 keys put in random order: -want +got\n%s", diff)
	}
}

func testScanWhileChanging(t *testing.T, db store.DB) {
	var want []string
	update(t, db, func(tx store.Tx) error {
		for i := range 500 {
			want = append(want, fmt.Sprintf("%03d=old", i))
			if err := tx.Put("b", fmt.Sprintf("%03d", i), []byte("old")); err != nil {
				return err
			}
		}
		return nil
	})
	var got []string
	update(t, db, func(tx store.Tx) error {
		for k, v := range tx.Scan("b", "", "") {
			got = append(got, k+"="+string(v))
			err := errors.Join(tx.Delete("b", k), tx.Put("b", k+"x", []byte("new")), tx.Put("b", "499", []byte("new")))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Scan while every record is renamed: -want +got\n%s", diff)
	}
	if got := Dump(t, db, "b", "", ""); len(got) != 501 || got[0] != "000x=new" {
		t.Errorf("after renaming there are %d records, first %q; want 501, first 000x=new", len(got), got[:1])
	}
}

func testOwnChanges(t *testing.T, db store.DB) {
	Fill(t, db, "b", "1", "old", "2", "old")
	update(t, db, func(tx store.Tx) error {
		err := errors.Join(tx.Put("b", "3", []byte("new")), tx.Delete("b", "1"), tx.Put("b", "2", []byte("new")))
		if _, e := tx.Get("b", "1"); !errors.Is(e, store.ErrNotFound) {
			t.Errorf("Get of a record deleted in this transaction = %v, want ErrNotFound", e)
		}
		if diff := cmp.Diff([]string{"2=new", "3=new"}, dump(tx, "b", "", "")); diff != "" {
			t.Errorf("Scan within the transaction: -want +got\n%s", diff)
		}
		return err
	})
}

func testTyped(t *testing.T, db store.DB) {
	type insight struct {
		ID   string
		Tags []string
	}
	var want []insight
	update(t, db, func(tx store.Tx) error {
		for i := range 1300 {
			v := insight{ID: fmt.Sprintf("%05d", i), Tags: []string{"a", fmt.Sprint(i)}}
			want = append(want, v)
			if err := store.Put(tx, "insights", v.ID, v); err != nil {
				return err
			}
		}
		return tx.Put("broken", "k", []byte("{"))
	})
	err := db.View(t.Context(), func(tx store.Tx) error {
		got, err := store.All[insight](tx, "insights", "", "")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("All: -want +got\n%s", diff)
		}
		if got, err := store.Get[insight](tx, "insights", "00007"); err != nil || !cmp.Equal(got, want[7]) {
			t.Errorf("Get = %v, %v; want %v", got, err, want[7])
		}
		if _, err := store.Get[insight](tx, "insights", "none"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get of nothing = %v, want ErrNotFound", err)
		}
		if _, err := store.Get[insight](tx, "broken", "k"); err == nil {
			t.Error("Get of a record that is no JSON = nil error")
		}
		if got, err := store.All[insight](tx, "broken", "", ""); err == nil {
			t.Errorf("All over a record that is no JSON = %v, nil", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func update(t *testing.T, db store.DB, fn func(store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update = %v", err)
	}
}

// Fill puts pairs of key and value into a bucket.
func Fill(t *testing.T, db store.DB, bucket string, pairs ...string) {
	t.Helper()
	update(t, db, func(tx store.Tx) error {
		for p := range slices.Chunk(pairs, 2) {
			if err := tx.Put(bucket, p[0], []byte(p[1])); err != nil {
				return err
			}
		}
		return nil
	})
}

// Lookup reads one record.
func Lookup(t *testing.T, db store.DB, bucket, key string) (val string, err error) {
	t.Helper()
	err = db.View(context.WithoutCancel(t.Context()), func(tx store.Tx) error {
		b, err := tx.Get(bucket, key)
		val = string(b)
		return err
	})
	return val, err
}

// Dump lists records as "key=value".
func Dump(t *testing.T, db store.DB, bucket, from, to string) (out []string) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) error {
		out = dump(tx, bucket, from, to)
		return nil
	})
	if err != nil {
		t.Fatalf("View = %v", err)
	}
	return out
}

func dump(tx store.Tx, bucket, from, to string) (out []string) {
	for k, v := range tx.Scan(bucket, from, to) {
		out = append(out, k+"="+string(v))
	}
	return out
}
