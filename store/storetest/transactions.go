package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/store"
)

func testRollbackOnError(t *testing.T, db store.DB) {
	Fill(t, db, "b", "k", "old")
	stop := errors.New("stop")
	err := db.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.Put("b", "k", []byte("new")), tx.Put("new-bucket", "k", nil), stop)
	})
	if !errors.Is(err, stop) {
		t.Errorf("Update = %v, want the error of its function", err)
	}
	if got := append(Dump(t, db, "b", "", ""), Dump(t, db, "new-bucket", "", "")...); !slices.Equal(got, []string{"k=old"}) {
		t.Errorf("records after an Update that failed = %q, want those before it", got)
	}
	if err := db.View(t.Context(), func(store.Tx) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("View = %v, want the error of its function", err)
	}
}

func testRollbackOnPanic(t *testing.T, db store.DB) {
	for _, transact := range []func(context.Context, func(store.Tx) error) error{db.Update, db.View} {
		func() {
			defer func() {
				if r := recover(); r != "boom" {
					t.Errorf("recover() = %v, want the panic of the function", r)
				}
			}()
			transact(t.Context(), func(tx store.Tx) error { //nolint:errcheck // it panics
				tx.Put("b", "k", []byte("new")) //nolint:errcheck // rolled back, or refused by View
				panic("boom")
			})
		}()
	}
	if got := Dump(t, db, "b", "", ""); got != nil {
		t.Errorf("records after a panic = %q, want none", got)
	}
	Fill(t, db, "b", "k", "writing still works")
}

func testContext(t *testing.T, db store.DB) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, transact := range map[string]func(context.Context, func(store.Tx) error) error{"Update": db.Update, "View": db.View} {
		err := transact(ended, func(store.Tx) error { t.Errorf("%s runs its function after the end of its context", name); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with an ended context = %v, want context.Canceled", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Update(ctx, func(tx store.Tx) error {
		defer cancel()
		return tx.Put("b", "k", []byte("new"))
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update whose context ends meanwhile = %v, want context.Canceled", err)
	}
	if got := Dump(t, db, "b", "", ""); got != nil {
		t.Errorf("records after it = %q, want none", got)
	}
}

func testViewCannotWrite(t *testing.T, db store.DB) {
	Fill(t, db, "b", "k", "old")
	for name, write := range map[string]func(store.Tx) error{
		"Put":              func(tx store.Tx) error { return tx.Put("b", "k", []byte("new")) },
		"Put in no bucket": func(tx store.Tx) error { return tx.Put("b2", "k", []byte("new")) },
		"Delete":           func(tx store.Tx) error { return tx.Delete("b", "k") },
	} {
		if err := db.View(t.Context(), write); err == nil || errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s in View = %v, want a refusal", name, err)
		}
	}
	if got := Dump(t, db, "b", "", ""); !slices.Equal(got, []string{"k=old"}) {
		t.Errorf("records after it = %q, want k=old", got)
	}
}

func testSnapshot(t *testing.T, db store.DB) {
	Fill(t, db, "b", "k", "old")
	err := db.View(t.Context(), func(tx store.Tx) error {
		wrote := make(chan error)
		go func() {
			wrote <- db.Update(t.Context(), func(tx store.Tx) error {
				return errors.Join(tx.Put("b", "k", []byte("new")), tx.Put("b", "k2", []byte("new")))
			})
		}()
		if err := <-wrote; err != nil {
			return err
		}
		if got := dump(tx, "b", "", ""); !slices.Equal(got, []string{"k=old"}) {
			t.Errorf("records in a View that began before the Update = %q, want k=old", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if got := Dump(t, db, "b", "", ""); !slices.Equal(got, []string{"k=new", "k2=new"}) {
		t.Errorf("records in a View that began after it = %q, want both new", got)
	}
}

func testAfterEnd(t *testing.T, db store.DB) {
	var kept store.Tx
	update(t, db, func(tx store.Tx) error { kept = tx; return tx.Put("b", "k", nil) })
	if _, err := kept.Get("b", "k"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Get after the end of the transaction = %v, want ErrClosed", err)
	}
	if err := kept.Put("b", "k", nil); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Put after the end of the transaction = %v, want ErrClosed", err)
	}
	if got := dump(kept, "b", "", ""); got != nil {
		t.Errorf("Scan after the end of the transaction = %q, want nothing", got)
	}
}

// testCounters moves units between counters in many goroutines: no update may get lost, no reader may see one half.
func testCounters(t *testing.T, db store.DB) {
	const counters, workers, moves = 8, 6, 15
	for i := range counters {
		Fill(t, db, "b", strconv.Itoa(i), "100")
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 1))
			for range moves {
				if err := db.Update(t.Context(), move(rnd.IntN(counters), rnd.IntN(counters))); err != nil {
					t.Errorf("Update = %v", err)
				}
				if sum, err := total(t.Context(), db); sum != counters*100 || err != nil {
					t.Errorf("sum of all counters = %d, %v; want %d", sum, err, counters*100)
				}
			}
		})
	}
	wg.Wait()
}

func move(from, to int) func(store.Tx) error {
	return func(tx store.Tx) error {
		return errors.Join(add(tx, strconv.Itoa(from), -1), add(tx, strconv.Itoa(to), 1))
	}
}

func add(tx store.Tx, key string, n int) error {
	b, err := tx.Get("b", key)
	if err != nil {
		return err
	}
	old, err := strconv.Atoi(string(b))
	if err != nil {
		return err
	}
	return tx.Put("b", key, []byte(strconv.Itoa(old+n)))
}

func total(ctx context.Context, db store.DB) (sum int, err error) {
	err = db.View(ctx, func(tx store.Tx) error {
		sum = 0
		for _, v := range tx.Scan("b", "", "") {
			n, err := strconv.Atoi(string(v))
			if err != nil {
				return err
			}
			sum += n
		}
		return nil
	})
	return sum, err
}

// testModel does random operations to the store and to a map, and compares.
func testModel(t *testing.T, db store.DB) {
	rnd := rand.New(rand.NewPCG(3, 4))
	model := map[string]string{}
	for range 60 {
		next := maps.Clone(model)
		keep := rnd.IntN(4) > 0
		err := db.Update(t.Context(), func(tx store.Tx) error {
			for range rnd.IntN(40) {
				if err := step(tx, rnd, next); err != nil {
					return err
				}
			}
			if !keep {
				return context.Canceled
			}
			return nil
		})
		if keep && err != nil {
			t.Fatalf("Update = %v", err)
		}
		if keep {
			model = next
		}
		var want []string
		for k, v := range model {
			want = append(want, k+"="+v)
		}
		slices.Sort(want) // all keys have one length
		if diff := cmp.Diff(want, Dump(t, db, "model", "", "")); diff != "" {
			t.Fatalf("records after a random transaction: -want +got\n%s", diff)
		}
	}
}

// step changes one random record of tx and of the model.
func step(tx store.Tx, rnd *rand.Rand, model map[string]string) error {
	key := fmt.Sprintf("%04d", rnd.IntN(200))
	if rnd.IntN(3) == 0 {
		delete(model, key)
		return tx.Delete("model", key)
	}
	val := fmt.Sprintf("%0*d", 1+rnd.IntN(900), rnd.IntN(10))
	model[key] = val
	return tx.Put("model", key, []byte(val))
}
