package feed

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits on how long a feed is left alone.
const (
	minInterval     = 15 * time.Minute
	maxInterval     = 24 * time.Hour
	unknownInterval = 3 * time.Hour // for a feed with too few dates to tell its rhythm
	failureInterval = time.Hour     // after the first failure, doubled with each further one
	maxFailures     = 60            // in a row; two months of daily tries
	maxGone         = 3
)

// pollInterval returns how often to look for a new episode: a twenty-fourth of the usual time between two (a daily
// podcast every hour, a weekly one every seven), and ever more seldom when a podcast has fallen silent.
func pollInterval(episodes []Episode, now time.Time) time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(episodes) && len(gaps) < 10; i++ {
		if gap := episodes[i-1].Published.Sub(episodes[i].Published); gap > time.Minute {
			gaps = append(gaps, gap)
		}
	}
	if len(gaps) < 2 {
		return unknownInterval
	}
	slices.Sort(gaps)
	usual := gaps[len(gaps)/2]
	silence := now.Sub(episodes[0].Published) / 3
	return clampInterval(max(usual, silence) / 24)
}

func clampInterval(d time.Duration) time.Duration { return min(max(d, minInterval), maxInterval) }

// backoff returns how long to leave a feed alone after some failures in a row.
func backoff(failures int, interval time.Duration) time.Duration {
	wait := failureInterval << min(max(failures-1, 0), 5)
	return clampInterval(max(wait, interval))
}

// maxAge returns how long an answer asks to be kept, 0 when it does not.
func maxAge(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(strings.ToLower(h.Get("Cache-Control")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if n, err := strconv.Atoi(strings.Trim(value, `"`)); name == "max-age" && err == nil && n > 0 {
			return time.Duration(min(n, 1<<30)) * time.Second
		}
	}
	return 0
}

// succeeded notes that a feed answered, changed or not, and when to ask again.
func (s *State) succeeded(now time.Time, age time.Duration) {
	s.Failures, s.Gone, s.Error, s.Dead = 0, 0, "", false
	s.NextCheckAt = now.Add(clampInterval(max(s.Interval, age)))
}

// failed notes a failure and when to ask again.
func (s *State) failed(now time.Time, err *Error) {
	s.Failures++
	s.Error = err.Error()
	wait := backoff(s.Failures, s.Interval)
	if err.RetryAfter > 0 {
		wait = clampInterval(err.RetryAfter)
	}
	if s.Gone++; err.Kind != Gone {
		s.Gone = 0
	} else {
		wait = maxInterval // three answers on three days, not three in an hour of trouble
	}
	s.Dead = s.Gone >= maxGone || s.Failures >= maxFailures
	s.NextCheckAt = now.Add(wait)
}
