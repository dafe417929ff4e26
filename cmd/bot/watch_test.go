package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/digest"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/store"
)

// slow is a model that takes its time, and says how far it is now and then.
type slow struct{}

func (slow) Model() string { return "slow" }

func (slow) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	for _, step := range []string{"one third", "two thirds"} {
		time.Sleep(90 * time.Second)
		insight.Progress(ctx, step)
	}
	time.Sleep(90 * time.Second)
	return make([][]float32, len(texts)), context.Canceled
}

// Work that goes on for minutes has a line in the log every minute, with how far it is.
func TestLongWorkShowsThatItLives(t *testing.T) {
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Update(t.Context(), func(tx store.Tx) error {
		return store.Put(tx, "insight", "i1", insight.Insight{ID: "i1", Text: "It is so."})
	}); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		ctx, cancel := context.WithCancel(t.Context())
		e := &digest.Engine{DB: db, Index: rank.NewIndex(), Embedder: slow{}}
		e.Index.Add(rank.Doc{ID: "i1", Text: "It is so.", Ingested: time.Now()})
		go watch(ctx, e, slog.New(slog.NewTextHandler(&log, nil)), time.Minute) //nolint:errcheck // it ends with ctx
		if _, err := e.Embed(ctx); err == nil {
			t.Error("Embed with a failing model = nil")
		}
		cancel()
		synctest.Wait()
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 4 || !strings.Contains(lines[1], `step="one third"`) || !strings.Contains(lines[3], `step="two thirds"`) || !strings.Contains(lines[3], "for=4m0s") {
			t.Errorf("in 4.5 minutes the log got %d lines, want one a minute with how far it is:\n%s", len(lines), &log)
		}
	})
}
