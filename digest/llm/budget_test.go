package llm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"podbrief/digest/insight"
	"podbrief/digest/llm"
	"podbrief/store"
)

func openStore(t testing.TB) store.DB {
	t.Helper()
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func forWorkspace(name string) context.Context {
	return insight.WithAccounts(context.Background(), insight.Account{Kind: "workspace", Name: name})
}

// Whatever calls are made, crash or are settled in whatever order, no limit is ever passed.
func TestBudgetNeverPassesALimit(t *testing.T) {
	db := openStore(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		day, each := rapid.Int64Range(1, 500).Draw(rt, "day"), rapid.Int64Range(1, 200).Draw(rt, "workspace")
		b := &llm.Budget{DB: db, Day: llm.Amount{Micros: day}, Each: map[string]llm.Amount{"workspace": {Micros: each}}}
		// Each run has its own workspaces, and counts the day from where the runs before left it.
		before := spent(rt, b)
		b.Day.Micros += before
		open := map[int]*llm.Reservation{}
		most := map[int]int64{}
		real := map[string]int64{}
		owner := map[int]string{}
		for i := range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"call", "settle", "crash"}).Draw(rt, "step") {
			case "call":
				ws := fmt.Sprintf("%d-%d", run, rapid.IntRange(0, 2).Draw(rt, "ws"))
				want := rapid.Int64Range(0, 120).Draw(rt, "most")
				r, err := b.Reserve(forWorkspace(ws), llm.Amount{Micros: want})
				if errors.Is(err, llm.ErrBudget) {
					continue
				}
				if err != nil {
					rt.Fatal(err)
				}
				open[i], most[i], owner[i] = r, want, ws
				real[ws] += want // until it is settled it may have cost all of it
			case "settle":
				for id, r := range open {
					cost := rapid.Int64Range(0, most[id]).Draw(rt, "cost")
					if err := r.Settle(context.Background(), llm.Amount{Micros: cost}); err != nil {
						rt.Fatal(err)
					}
					real[owner[id]] -= most[id] - cost
					delete(open, id)
					break
				}
			case "crash": // reservations are lost, what they reserved is not
				open = map[int]*llm.Reservation{}
			}
			var sum int64
			for ws, v := range real {
				if sum += v; v > each {
					rt.Fatalf("workspace %s may have spent %d of %d", ws, v, each)
				}
				got, err := b.Spent(context.Background(), time.Now(), insight.Account{Kind: "workspace", Name: ws})
				if err != nil || got.Micros != v {
					rt.Fatalf("Spent(%s) = %d, %v, want %d", ws, got.Micros, err, v)
				}
			}
			if sum > day || spent(rt, b) != before+sum {
				rt.Fatalf("the day may have spent %d (counted %d) of %d", sum, spent(rt, b)-before, day)
			}
		}
	})
}

func spent(t interface{ Fatal(...any) }, b *llm.Budget) int64 {
	a, err := b.Spent(context.Background(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a.Micros
}

func TestBudgetBeginsAnewEachDayButNotForAnEpisode(t *testing.T) {
	db := openStore(t)
	synctest.Test(t, func(t *testing.T) {
		b := &llm.Budget{DB: db, Each: map[string]llm.Amount{"workspace": {Calls: 1}, "episode": {Calls: 2}}}
		ctx := insight.WithAccounts(forWorkspace("T1"), insight.Account{Kind: "episode", Name: "e1"})
		call := func() error {
			_, err := b.Reserve(ctx, llm.Amount{Calls: 1})
			return err
		}
		if err := call(); err != nil {
			t.Fatalf("first call: %v", err)
		}
		if err := call(); !errors.Is(err, llm.ErrBudget) {
			t.Fatalf("second call of a day: %v, want ErrBudget", err)
		}
		time.Sleep(24 * time.Hour)
		if err := call(); err != nil {
			t.Fatalf("first call of the next day: %v", err)
		}
		time.Sleep(24 * time.Hour)
		if err := call(); !errors.Is(err, llm.ErrBudget) {
			t.Fatalf("third call for an episode: %v, want ErrBudget", err)
		}
	})
}

func TestBudgetSwitchStopsEveryCall(t *testing.T) {
	b := &llm.Budget{DB: openStore(t)}
	ctx := context.Background()
	if err := b.Switch(ctx, "too dear this month"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Reserve(ctx, llm.Amount{Calls: 1}); !errors.Is(err, llm.ErrBudget) {
		t.Fatalf("Reserve when switched off: %v, want ErrBudget", err)
	}
	if err := b.Switch(ctx, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Reserve(ctx, llm.Amount{Calls: 1}); err != nil {
		t.Fatalf("Reserve when switched on again: %v", err)
	}
}

// TestBudgetForgets deletes what a workspace spent, and nothing of others.
func TestBudgetForgets(t *testing.T) {
	b := &llm.Budget{DB: openStore(t)}
	accounts := []insight.Account{
		{Kind: "workspace", Name: "slack:T1/"}, {Kind: "channel", Name: "slack:T1/C1/"}, {Kind: "workspace", Name: "slack:T12/"}, {Kind: "episode", Name: "slack:T1/e"},
	}
	if _, err := b.Reserve(insight.WithAccounts(t.Context(), accounts...), llm.Amount{Calls: 1}); err != nil {
		t.Fatal(err)
	}
	if err := b.Forget(t.Context(), "slack:T1/"); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{0, 0, 1, 1} {
		if got, err := b.Spent(t.Context(), time.Now(), accounts[i]); err != nil || got.Calls != want {
			t.Errorf("Spent(%v) after Forget = %d calls, %v, want %d", accounts[i], got.Calls, err, want)
		}
	}
	if all, err := b.Spent(t.Context(), time.Now()); err != nil || all.Calls != 1 {
		t.Errorf("Spent after Forget = %+v, %v, want the day's sum as it was", all, err)
	}
}

// TestNothingIsChargedWithoutAConnection calls a service that nobody runs: nothing was sent, so nothing is charged.
func TestNothingIsChargedWithoutAConnection(t *testing.T) {
	nobody := httptest.NewServer(nil)
	nobody.Close()
	budget := &llm.Budget{DB: openStore(t)}
	s := llm.New(nobody.URL, key, llm.NewHTTPClient(nil, llm.Waits{}), budget)
	s.Models = llm.Models{Extract: "m", Answer: "m"}
	for _, f := range s.Probe(t.Context())[:2] {
		if f.OK || !strings.Contains(f.Says, "cannot be reached") || !strings.Contains(f.Says, "OPENAI_BASE_URL") {
			t.Errorf("Probe() of %s = %+v, want it to say what cannot be reached and what to check", f.Duty, f)
		}
	}
	if got, err := budget.Spent(t.Context(), time.Now()); err != nil || got != (llm.Amount{}) {
		t.Errorf("Spent() = %+v, %v, want nothing", got, err)
	}
}
