package bot

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// FuzzParseTerms checks that topics come out of any text clean, once each, and that they read back as themselves.
func FuzzParseTerms(f *testing.F) {
	for _, s := range []string{"ai, open source, -crypto", "- -x,,;", "“ai” AI\nai", "c++\x00\u202e", "--", strings.Repeat("x", 70)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseTerms(text)
		if err != nil {
			if _, ok := told(err); !ok {
				t.Errorf("parseTerms(%q): %v is no sentence for people", text, err)
			}
			return
		}
		for _, term := range slices.Concat(got.want, got.not) {
			if term == "" || utf8.RuneCountInString(term) > maxTerm || strings.ContainsFunc(term, unicode.IsControl) || foldTerm(term) != term {
				t.Errorf("parseTerms(%q) gives %q", text, term)
			}
		}
		again, err := parseTerms(strings.Join(append(slices.Clone(got.want), minus(got.not)...), ", "))
		if err != nil || len(again.want)+len(again.not) > len(got.want)+len(got.not) {
			t.Errorf("parseTerms(%q) = %+v reads back as %+v, %v", text, got, again, err)
		}
	})
}

// FuzzParseSchedule checks that any schedule that is understood is a time that exists, and reads back as itself.
func FuzzParseSchedule(f *testing.F) {
	for _, s := range []string{"08:30 weekdays Europe/Berlin", "mon-fri 9am", "weekly fri 0900", "24:00", "fri-mon", "new_york 12am", ":", "-", "../x"} {
		f.Add(s)
	}
	old := Schedule{Hour: 7, Minute: 15, Zone: "UTC"}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseSchedule(text, old)
		if err != nil {
			if got != old {
				t.Errorf("parseSchedule(%q) failed and changed the schedule to %+v", text, got)
			}
			return
		}
		if got.Hour < 0 || got.Hour > 23 || got.Minute < 0 || got.Minute > 59 {
			t.Errorf("parseSchedule(%q) = %+v", text, got)
		}
		if _, err := time.LoadLocation(got.Zone); err != nil {
			t.Errorf("parseSchedule(%q): zone %q, %v", text, got.Zone, err)
		}
		if again, err := parseSchedule(got.String(), old); err != nil || again != got {
			t.Errorf("parseSchedule(%q) = %q, which reads back as %q, %v", text, got, again, err)
		}
	})
}

// FuzzParseUntil checks that a pause ends after now and not never.
func FuzzParseUntil(f *testing.F) {
	for _, s := range []string{"until 2026-12-01", "2 weeks", "friday", "tomorrow", "until", "999999999 days", "-1 days"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseUntil(text, noon, time.UTC)
		if err == nil && !got.IsZero() && (!got.After(noon) || got.After(noon.AddDate(3, 0, 0))) {
			t.Errorf("parseUntil(%q) = %v", text, got)
		}
	})
}

// FuzzSplit checks that a line comes apart into words without spaces at their ends, and that it says the same again.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"/brief topic ai, open source", "  more   2 ", "\u00a0x", "topic\t\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words := Split(line)
		for _, w := range words {
			if w == "" || strings.TrimSpace(w) != w {
				t.Errorf("Split(%q) = %q", line, words)
			}
		}
	})
}

// FuzzHandle sends any line, with any right: it is always answered, never with a defect of ours.
func FuzzHandle(f *testing.F) {
	for _, s := range []string{"topic ai", "settings count 5", "vote up 1", "in:C1", "leave in:", "why \x00", "@me", "profile set x more", "?"} {
		f.Add(s, uint8(15))
	}
	b, _ := emptyBot(f)
	b.Engine.Answerer = &counting{}
	f.Fuzz(func(t *testing.T, line string, rights uint8) {
		m := b.Handle(t.Context(), sentBy(Rights(rights&15), rights&16 != 0, line), nil)
		if m.IsZero() || strings.Contains(m.Text, "Something went wrong") {
			t.Errorf("%q with rights %b answers %+v", line, rights, m)
		}
	})
}
