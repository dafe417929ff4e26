package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sharedFolder finds the folder of the corpus, and skips the test without it.
func sharedFolder(t *testing.T) string {
	t.Helper()
	root := os.Getenv("PODBRIEF_SHARED")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				root = filepath.Join(filepath.Dir(dir), "shared")
				break
			}
		}
	}
	if _, err := os.Stat(filepath.Join(root, "corpus")); err != nil {
		t.Skipf("no corpus at %s; set PODBRIEF_SHARED", root)
	}
	return root
}

// TestGatesOnTheCorpus holds a few shows to the gates: one with names, one without, one by a single speaker. The
// command measures all of them.
func TestGatesOnTheCorpus(t *testing.T) {
	o := options{shared: sharedFolder(t), shows: []string{"practical-ai", "talk-python", "changelog-news"}}
	for _, what := range []string{"form", "leakage", "duplicates"} {
		t.Run(what, func(t *testing.T) {
			var out strings.Builder
			if err := run(&out, what, o); err != nil {
				t.Errorf("eval -what %s: %v\n%s", what, err, &out)
			}
		})
	}
}

func TestNoInsightOutOfALabelledAdRead(t *testing.T) {
	var out strings.Builder
	if err := ads(&out, options{shared: sharedFolder(t)}); err != nil {
		t.Errorf("eval -what ads: %v\n%s", err, &out)
	}
}

func TestEngineTouchesMorePartsThanTheBaselines(t *testing.T) {
	var out strings.Builder
	if err := references(&out, options{shared: sharedFolder(t), shows: []string{"changelog-news"}}); err != nil {
		t.Errorf("eval -what references: %v\n%s", err, &out)
	}
}

func TestRunNamesTheFigures(t *testing.T) {
	err := run(&strings.Builder{}, "beauty", options{})
	if err == nil || !strings.Contains(err.Error(), "duplicates") {
		t.Errorf("run of an unknown figure = %v, want an error that lists them", err)
	}
}

func TestAdLabels(t *testing.T) {
	labels, err := readAdLabels()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, episodes := range labels {
		for _, reads := range episodes {
			n += len(reads)
		}
	}
	if n < 50 {
		t.Errorf("%d ad reads are labelled, want 50 or more", n)
	}
}

func TestInAd(t *testing.T) {
	reads := []adSpan{{100, 200}}
	for x, want := range map[adSpan]bool{{120, 160}: true, {180, 220}: true, {195, 235}: false, {0, 50}: false} {
		if got := inAd(x, reads); got != want {
			t.Errorf("inAd(%v, %v) = %v, want %v", x, reads, got, want)
		}
	}
}

func TestContained(t *testing.T) {
	if got := contained("one two three four", "zero one two three four five"); got != 1 {
		t.Errorf("contained = %v, want 1", got)
	}
	if got := contained("one two three four", "four three two one"); got != 0 {
		t.Errorf("contained = %v, want 0", got)
	}
}
