package llm

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"
)

// mostRepeats is how often one text may be heard in a row: models that hear silence write "Thank you." for ever.
const mostRepeats = 2

// heardIn returns what a service heard in a part, in order and with times in the episode, without what belongs to the part
// before. Times that cannot be are put right.
func heardIn(resp openai.AudioResponse, p cutPart) []spoken {
	unit := unitOfTimes(resp, p.length)
	var all []spoken
	for _, g := range resp.Segments {
		start, end := within(g.Start*unit, p.length), within(g.End*unit, p.length)
		end = max(start, end)
		if text := strings.TrimSpace(g.Text); text != "" && (start+end)/2 >= p.skip {
			all = append(all, spoken{p.start + max(start, p.skip), p.start + end, text})
		}
	}
	slices.SortStableFunc(all, func(a, b spoken) int { return int(a.Start - b.Start) })
	all = withoutRepeats(all)
	if text := strings.TrimSpace(resp.Text); len(resp.Segments) == 0 && text != "" { // a service without segments
		all = append(all, spoken{p.start + p.skip, p.start + p.length, text})
	}
	return all
}

// unitOfTimes is what a service's times must be multiplied with to be seconds: some count milliseconds.
func unitOfTimes(resp openai.AudioResponse, length time.Duration) float64 {
	last := 0.0
	for _, g := range resp.Segments {
		last = max(last, g.End)
	}
	if long := length.Seconds(); last > 10*long && last/1000 <= 1.5*long {
		return 0.001
	}
	return 1
}

// within is a time in seconds, no earlier than the beginning and no later than the end of a part.
func within(seconds float64, length time.Duration) time.Duration {
	if math.IsNaN(seconds) {
		return 0
	}
	return time.Duration(min(max(seconds, 0), length.Seconds()) * float64(time.Second))
}

// withoutRepeats drops what is heard again and again in a row.
func withoutRepeats(all []spoken) []spoken {
	n := 0
	var kept []spoken
	for i, s := range all {
		if n++; i > 0 && !strings.EqualFold(s.Text, all[i-1].Text) {
			n = 1
		}
		if n <= mostRepeats {
			kept = append(kept, s)
		}
	}
	return kept
}
