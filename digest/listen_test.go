package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/transcript"
)

// ears write down what is said as heard says.
type ears func(context.Context, feed.Episode) (*transcript.Transcript, error)

func (e ears) Transcript(ctx context.Context, ep feed.Episode) (*transcript.Transcript, error) {
	return e(ctx, ep)
}

func spokenWords(context.Context, feed.Episode) (*transcript.Transcript, error) {
	return &transcript.Transcript{Source: "speech", Segments: []transcript.Segment{
		{Text: "Welcome."}, {Start: time.Minute, Text: "The biggest cost of a popular library is answering people."},
	}}, nil
}

func TestSpeechComesAfterAllElseAndTakesThePlaceOfTheNotes(t *testing.T) {
	const feedB = "https://b.example/feed"
	w := newWeb(map[string]string{
		feedA: rss("A", "a-newest|1", "a-old|2"), feedB: rss("B", "b-newest|3", "b-text|4|https://b.example/4.vtt"), "https://b.example/4.vtt": vtt,
	})
	e := newEngine(t, w)
	addAll(t, e, feedA, feedB)
	var order []string
	e.Speech = ears(func(ctx context.Context, ep feed.Episode) (*transcript.Transcript, error) {
		order = append(order, ep.Title)
		if b := e.Busy(); len(b) != 1 || b[0].Work != "listen" || b[0].Of != ep.Title {
			t.Errorf("Busy = %+v while listening to %q", b, ep.Title)
		}
		return spokenWords(ctx, ep)
	})
	e.Extractor = fixed{name: "fixed/1"}
	if err := e.Scan(t.Context(), []string{feedA, feedB}, nil); err != nil {
		t.Fatal(err)
	}
	if len(order) > 0 || e.Index.Len() != 4 {
		t.Fatalf("after a scan %v were heard and %d insights are known, want none heard and the notes of all", order, e.Index.Len())
	}
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(order) != 3 || order[2] != "a-old" || slices.Contains(order, "b-text") {
		t.Errorf("heard %v, want the newest of both podcasts first and none with a transcript", order)
	}
	all, err := e.Search(t.Context(), "answering people", 10)
	if err != nil || len(all) != 4 {
		t.Fatalf("Search = %d, %v, want an insight of each episode", len(all), err)
	}
	for _, it := range all {
		if it.Insight.FromNotes() {
			t.Errorf("%q still rests on its notes", it.Episode.Title)
		}
	}
	if ids, err := e.Silent(t.Context()); err != nil || len(ids) > 0 || len(e.Busy()) > 0 {
		t.Errorf("Silent = %v, %v, Busy = %v, want none", ids, err, e.Busy())
	}
}

func TestSpeechIsTriedAgainWhenThatCanHelp(t *testing.T) {
	for _, tt := range []struct {
		err   error
		tries []time.Duration // after the first
	}{
		{fmt.Errorf("%w: it is a PDF", transcript.ErrNone), nil},
		{errors.New("service down"), []time.Duration{5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, 80 * time.Minute}},
		{fmt.Errorf("%w: budget", transcript.ErrLater), []time.Duration{24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour}},
	} {
		bubble(t, func(t *testing.T) {
			e, ids := refreshed(t, newWeb(map[string]string{feedA: rss("A", "one|1")}))
			e.Speech = ears(func(context.Context, feed.Episode) (*transcript.Transcript, error) { return nil, tt.err })
			if err := e.Process(t.Context(), ids[0]); err != nil {
				t.Fatal(err)
			}
			for i, wait := range append([]time.Duration{0}, tt.tries...) {
				time.Sleep(wait)
				silent, err := e.Silent(t.Context())
				if err != nil || !slices.Equal(silent, ids) {
					t.Fatalf("%v, try %d: Silent = %v, %v, want the episode", tt.err, i+1, silent, err)
				}
				if heard, err := e.Listen(t.Context(), ids[0]); heard || !errors.Is(err, tt.err) {
					t.Fatalf("Listen = %v, %v, want %v", heard, err, tt.err)
				}
				if now, err := e.Silent(t.Context()); err != nil || len(now) > 0 {
					t.Fatalf("right after %v: Silent = %v, %v, want none", tt.err, now, err)
				}
			}
			time.Sleep(48 * time.Hour)
			silent, err := e.Silent(t.Context())
			if given := len(silent) == 0; err != nil || given == errors.Is(tt.err, transcript.ErrLater) {
				t.Errorf("%v: Silent = %v, %v two days after the last try", tt.err, silent, err)
			}
		})
	}
}
