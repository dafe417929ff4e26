package bot

import (
	"testing"
	"time"

	"podbrief/digest"
)

func TestBusyLineTellsWhatGoesOnForLong(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	got := busyLine([]digest.Activity{
		{Work: "listen", Of: "One hour", Step: "hearing part 2 of 3", Began: now.Add(-5 * time.Minute)},
		{Work: "embed", Step: "300 insights left", Began: now.Add(-2 * time.Minute)},
		{Work: "process", Of: "A short one", Began: now.Add(-time.Second)},
	}, now)
	want := "Listening to One hour, hearing part 2 of 3, for 5 minutes\nLearning what insights mean, 300 insights left, for 2 minutes"
	if got != want {
		t.Errorf("busyLine = %q, want %q", got, want)
	}
	if got := busyLine(nil, now); got != "" {
		t.Errorf("busyLine of nothing = %q", got)
	}
}
