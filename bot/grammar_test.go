package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseTerms(t *testing.T) {
	tests := []struct {
		text string
		want terms
	}{
		{"ai, open source", terms{want: []string{"ai", "open source"}}},
		{" AI ,  Open   Source, -Crypto", terms{want: []string{"ai", "open source"}, not: []string{"crypto"}}},
		{"ai, AI; ai\nai", terms{want: []string{"ai"}}},
		{"“ai”, `go`", terms{want: []string{"ai", "go"}}},
		{"'rust', o'reilly", terms{want: []string{"rust", "o'reilly"}}},
		{"c++, c#, .net", terms{want: []string{"c++", "c#", ".net"}}},
		{", -,", terms{}},
		{"a\u202ei\x00", terms{want: []string{"ai"}}},
	}
	for _, tt := range tests {
		got, err := parseTerms(tt.text)
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(terms{})); diff != "" || err != nil {
			t.Errorf("parseTerms(%q), error %v (-want +got):\n%s", tt.text, err, diff)
		}
	}
	if _, err := parseTerms(strings.Repeat("x", 61)); err == nil {
		t.Error("parseTerms of 61 characters: no error")
	}
}

func TestParseSchedule(t *testing.T) {
	old := Schedule{Hour: 7, Minute: 15, Zone: "UTC"}
	tests := []struct{ text, want string }{
		{"08:30 weekdays Europe/Berlin", "08:30 weekdays Europe/Berlin"},
		{"Europe/Berlin 8:30", "08:30 every day Europe/Berlin"},
		{"mon,thu", "07:15 mon,thu UTC"},
		{"mon-fri 9am", "09:00 weekdays UTC"},
		{"sat-sun", "07:15 weekends UTC"},
		{"fri-mon", "07:15 mon,fri,sat,sun UTC"},
		{"weekly", "07:15 weekly mon UTC"},
		{"weekly friday 0900", "09:00 weekly fri UTC"},
		{"at 12am on mondays", "00:00 weekly mon UTC"},
		{"8:30pm berlin", "20:30 every day Europe/Berlin"},
		{"8", "08:00 every day UTC"},
		{"8h30", "08:30 every day UTC"},
		{"20 Uhr", "20:00 every day UTC"},
		{"noon on sundays", "12:00 weekly sun UTC"},
		{"daily", "07:15 every day UTC"},
		{"new_york", "07:15 every day America/New_York"},
		{"america/new_york", "07:15 every day America/New_York"},
		{"", "07:15 every day UTC"},
	}
	for _, tt := range tests {
		got, err := parseSchedule(tt.text, old)
		if err != nil || got.String() != tt.want {
			t.Errorf("parseSchedule(%q) = %q, %v, want %q", tt.text, got, err, tt.want)
		}
	}
	for _, bad := range []string{"25:00", "8:3", "08:60", "13pm", "Europe/Nowhere", "../etc/passwd", "soon", "24", "008", "8h3", "local", "8:30 foo"} {
		if got, err := parseSchedule(bad, old); err == nil {
			t.Errorf("parseSchedule(%q) = %q, want an error", bad, got)
		}
	}
}

func TestScheduleRoundTrip(t *testing.T) {
	for days := range Days(127) {
		s := Schedule{Hour: 8, Minute: 5, Days: days, Zone: "Asia/Kolkata"}
		if got, err := parseSchedule(s.String(), Schedule{}); err != nil || got != s {
			t.Errorf("parseSchedule(%q) = %q, %v", s, got, err)
		}
	}
}

func TestParseUntil(t *testing.T) {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, berlin) // a Tuesday
	tests := []struct{ text, want string }{
		{"until 2026-12-01", "2026-12-01T00:00:00+01:00"},
		{"2027-06-01", "2027-06-01T00:00:00+02:00"},
		{"for 3 days", "2026-11-27T00:00:00+01:00"},
		{"2w", "2026-12-08T00:00:00+01:00"},
		{"tomorrow", "2026-11-25T00:00:00+01:00"},
		{"forever", "0001-01-01T00:00:00Z"},
		{"until friday", "2026-11-27T00:00:00+01:00"},
		{"tue", "2026-12-01T00:00:00+01:00"},
		{"", "0001-01-01T00:00:00Z"},
	}
	for _, tt := range tests {
		got, err := parseUntil(tt.text, now, berlin)
		if err != nil || got.Format(time.RFC3339) != tt.want {
			t.Errorf("parseUntil(%q) = %s, %v, want %s", tt.text, got.Format(time.RFC3339), err, tt.want)
		}
	}
	for _, bad := range []string{"2026-11-24", "2020-01-01", "2026-13-01", "soon", "0 days", "999 days", "until then"} {
		if got, err := parseUntil(bad, now, berlin); err == nil {
			t.Errorf("parseUntil(%q) = %s, want an error", bad, got)
		}
	}
}

func FuzzGrammar(f *testing.F) {
	for _, s := range []string{"08:30 weekdays Europe/Berlin", "mon,thu", "ai, -b", "until 2026-12-01", "3 days", "weekly", "8pm"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if tm, err := parseTerms(text); err == nil {
			for _, term := range append(tm.want, tm.not...) {
				if term == "" || term != foldTerm(term) || len([]rune(term)) > maxTerm {
					t.Errorf("parseTerms(%q) holds %q", text, term)
				}
			}
		}
		if s, err := parseSchedule(text, Schedule{Zone: "UTC"}); err == nil {
			if s.Hour > 23 || s.Minute > 59 || s.Days > 127 {
				t.Errorf("parseSchedule(%q) = %#v", text, s)
			}
			if again, err := parseSchedule(s.String(), Schedule{}); err != nil || again != s {
				t.Errorf("parseSchedule(%q) = %q, and of that %q, %v", text, s, again, err)
			}
		}
		if until, err := parseUntil(text, now, time.UTC); err == nil && !until.IsZero() && !until.After(now) {
			t.Errorf("parseUntil(%q) = %v, not after now", text, until)
		}
		Split(text)
	})
}
