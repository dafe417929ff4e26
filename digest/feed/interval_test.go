package feed

import (
	"net/http"
	"testing"
	"time"
)

// every makes episodes with a gap between two, the newest some time ago.
func every(gap time.Duration, n int, ago time.Duration) []Episode {
	var out []Episode
	for i := range n {
		out = append(out, Episode{Published: now.Add(-ago - time.Duration(i)*gap)})
	}
	return out
}

func TestPollInterval(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		name     string
		episodes []Episode
		want     time.Duration
	}{
		{"none", nil, unknownInterval},
		{"one", every(day, 1, 0), unknownInterval},
		{"all at once", every(0, 20, 0), unknownInterval},
		{"hourly", every(time.Hour, 20, 0), minInterval},
		{"daily", every(day, 20, 0), time.Hour},
		{"weekly", every(7*day, 20, 0), 7 * time.Hour},
		{"monthly", every(30*day, 20, 0), maxInterval},
		{"daily, silent for thirty days", every(day, 20, 30*day), 10 * time.Hour},
		{"daily, silent for years", every(day, 20, 1000*day), maxInterval},
		{"dated in the future", every(day, 20, -5*day), time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := pollInterval(test.episodes, now); got != test.want {
				t.Errorf("pollInterval = %v, want %v", got, test.want)
			}
		})
	}
}

func TestFailuresSlowDown(t *testing.T) {
	trouble := newError(Server, "the host has trouble (500); it is tried again later", nil)
	s := State{Interval: 2 * time.Hour}
	for i, want := range []time.Duration{2, 2, 4, 8, 16, 24, 24} {
		if s.failed(now, trouble); s.NextCheckAt.Sub(now) != want*time.Hour || s.Dead {
			t.Errorf("failed %d times = next in %v, dead %v; want %vh and alive", i+1, s.NextCheckAt.Sub(now), s.Dead, int(want))
		}
	}
	for range maxFailures {
		s.failed(now, trouble)
	}
	if !s.Dead {
		t.Errorf("failed %d times = alive, want dead", s.Failures)
	}
	s.succeeded(now, 0)
	want := State{Interval: 2 * time.Hour, NextCheckAt: now.Add(2 * time.Hour)}
	if s != want {
		t.Errorf("succeeded = %+v, want %+v", s, want)
	}
}

func TestGoneIsBelievedOnTheThirdDay(t *testing.T) {
	var s State
	gone := newError(Gone, "it is gone for good (410)", nil)
	gone.RetryAfter = time.Second
	for day := 1; day <= 3; day++ {
		s.failed(now, gone)
		if s.Dead != (day == 3) || s.NextCheckAt.Sub(now) != maxInterval {
			t.Errorf("gone on day %d = dead %v, next in %v; want dead on day 3, next in a day", day, s.Dead, s.NextCheckAt.Sub(now))
		}
		if day == 1 {
			s.failed(now, newError(Server, "trouble", nil))
			s.failed(now, gone) // begins to count again
		}
		if day == 1 && s.Gone != 1 {
			t.Errorf("gone after other trouble = %d, want 1", s.Gone)
		}
	}
}

func TestMaxAge(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "no-cache": 0, "public, max-age=300": 5 * time.Minute, `MAX-AGE="60"`: time.Minute, "max-age=-1": 0, "max-age=x": 0, "s-maxage=9": 0,
	} {
		if got := maxAge(http.Header{"Cache-Control": {header}}); got != want {
			t.Errorf("maxAge(%q) = %v, want %v", header, got, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, " 5 ": 5 * time.Second, "-5": 0, "soon": 0,
		now.Add(time.Hour).Format(http.TimeFormat): time.Hour, now.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("retryAfter(%q) = %v, want %v", header, got, want)
		}
	}
}
