package bot

import (
	"context"
	"errors"
	"testing"
	"time"

	"podbrief/bot/queue"
)

// TestCompactsSeldom lets somebody delete again and again: the store is compacted at once, then after six hours, and at last.
func TestCompactsSeldom(t *testing.T) {
	b, _ := emptyBot(t)
	now, compacted := noon, 0
	b.Times.Now = func() time.Time { return now }
	b.Compact = func(context.Context) error {
		compacted++
		return nil
	}
	for _, tt := range []struct {
		at    time.Duration
		want  int
		again time.Duration // when the job asks to be done later
	}{{0, 1, 0}, {time.Minute, 1, compactEvery - time.Minute}, {2 * time.Hour, 1, compactEvery - 2*time.Hour}, {compactEvery, 2, 0}} {
		now = noon.Add(tt.at)
		err := b.Do(t.Context(), queue.Job{Kind: jobCompact, Key: "all"})
		later, _ := errors.AsType[*queue.LaterError](err)
		if compacted != tt.want || (later != nil) != (tt.again > 0) || later != nil && later.After != tt.again {
			t.Errorf("after %v: %v, %d times compacted, want %d and to be done again in %v", tt.at, err, compacted, tt.want, tt.again)
		}
	}
}
