package main

import (
	"io"

	"github.com/schollz/progressbar/v3"

	"podbrief/digest"
)

// progressOn returns what draws a scan's progress on w, and what wipes it off in the end. Nothing is drawn unless w is a
// terminal.
func progressOn(w io.Writer) (draw func(digest.Progress), done func()) {
	if !isTerminal(w) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(w), progressbar.OptionClearOnFinish(),
		progressbar.OptionShowCount(), progressbar.OptionSetWidth(24), progressbar.OptionSetPredictTime(false))
	draw = func(p digest.Progress) {
		bar.ChangeMax(max(1, p.Feeds+p.Episodes))
		bar.Describe(stage(p))
		_ = bar.Set(p.FeedsDone + p.EpisodesDone) // a bar that cannot be drawn stops nothing
	}
	return draw, func() { _ = bar.Finish() }
}

// stage says what a scan is at.
func stage(p digest.Progress) string {
	if p.Episodes == 0 {
		return "Fetching podcasts"
	}
	return "Reading episodes"
}
