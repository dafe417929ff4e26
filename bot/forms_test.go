package bot

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"podbrief/digest"
	"podbrief/digest/feed"
)

// TestFillPodcasts takes lists of podcasts as people leave them in the form.
func TestFillPodcasts(t *testing.T) {
	b := &Bot{Sources: Sources{Catalog: []feed.Outline{
		{Title: "Ledger Lines", URL: "https://a.example/ledger.xml"}, {Title: "Cold Start", URL: "https://a.example/cold.xml"},
		{Title: "Twice", URL: "https://a.example/1.xml"}, {Title: "Twice", URL: "https://a.example/2.xml"},
	}}}
	for _, tt := range []struct{ list, want, wrong string }{
		{"Cold Start\nLedger Lines\n", "cold.xml ledger.xml", ""},
		{"cold start", "cold.xml", ""},
		{"https://a.example/ledger.xml", "ledger.xml", ""},
		{"", "", ""},
		{"Cold Start\nTwice", "cold.xml 1.xml", ""}, // one of the two is followed: that one
		{"Cold", "", "I do not know “Cold” yet"},
		{"Nobody", "", "/brief follow Nobody"},
	} {
		s := Subscription{Follow: []string{"https://a.example/cold.xml", "https://a.example/1.xml"}, Mute: []string{"https://a.example/ledger.xml"}}
		err := b.fillPodcasts(&s, tt.list)
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("fillPodcasts(%q) = %v, want %q", tt.list, err, tt.wrong)
			}
			continue
		}
		got := strings.ReplaceAll(strings.Join(s.Follow, " "), "https://a.example/", "")
		if err != nil || got != tt.want {
			t.Errorf("fillPodcasts(%q) follows %q, %v, want %q", tt.list, got, err, tt.want)
		}
		if muted := slices.Contains(s.Mute, "https://a.example/ledger.xml"); muted == strings.Contains(tt.want, "ledger") {
			t.Errorf("fillPodcasts(%q): muted %v", tt.list, muted)
		}
	}
	if err := b.fillPodcasts(&Subscription{}, "Twice"); err == nil || !strings.Contains(err.Error(), "Several podcasts") {
		t.Errorf("fillPodcasts of a name that two have = %v", err)
	}
}

// TestPauseField pauses and resumes in the form: a pause that has an end keeps it when nothing is changed.
func TestPauseField(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	until := now.AddDate(0, 0, 7)
	for _, tt := range []struct {
		name   string
		was    Subscription
		on     bool
		paused bool
		until  time.Time
		shown  string
	}{
		{"comes, stays so", Subscription{}, false, false, time.Time{}, "off"},
		{"comes, is paused", Subscription{}, true, true, time.Time{}, "on"},
		{"paused, stays so", Subscription{Paused: true, PauseUntil: until}, true, true, until, "on"},
		{"paused, comes again", Subscription{Paused: true, PauseUntil: until}, false, false, time.Time{}, "off"},
		{"the pause is over", Subscription{Paused: true, PauseUntil: now.Add(-time.Hour)}, true, true, time.Time{}, "on"},
	} {
		s := tt.was
		s.pause(tt.on, now)
		if s.Paused != tt.paused || !s.PauseUntil.Equal(tt.until) {
			t.Errorf("%s: paused %v until %v, want %v until %v", tt.name, s.Paused, s.PauseUntil, tt.paused, tt.until)
		}
		if got := pausedField(&s, now).Value; got != tt.shown {
			t.Errorf("%s: the form shows %q, want %q", tt.name, got, tt.shown)
		}
		if resumed := tt.was.Paused && !tt.on; resumed != s.Since.Equal(now) {
			t.Errorf("%s: counts since %v", tt.name, s.Since)
		}
	}
}

// TestLanguageWithoutModel checks that a language is said to leave podcasts out where nothing can translate, and only there.
func TestLanguageWithoutModel(t *testing.T) {
	translate := func(context.Context, string, []string) ([]string, error) { return nil, nil }
	german, any := &Subscription{Language: "de"}, &Subscription{}
	for _, tt := range []struct {
		sub   *Subscription
		model bool
		warns bool
	}{{german, false, true}, {german, true, false}, {any, false, false}} {
		b := &Bot{Engine: &digest.Engine{}}
		if tt.model {
			b.Engine.Translate = translate
		}
		for _, text := range []string{b.untranslated(tt.sub), b.nothingNew(tt.sub)} {
			if got := strings.Contains(text, "only podcasts in “de” are used"); got != tt.warns {
				t.Errorf("language %q, model %v: %q", tt.sub.Language, tt.model, text)
			}
		}
		if got := strings.Contains(b.languageField(tt.sub).Hint, "translated into it"); got != tt.model {
			t.Errorf("model %v: the form says %q", tt.model, b.languageField(tt.sub).Hint)
		}
	}
}
