package digest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/digest/insight"
	"podbrief/digest/transcript"
	"podbrief/store"
)

const feedA = "https://a.example/feed"

// refreshed returns an engine that has fetched one feed and processed nothing, and the feed's new episodes.
func refreshed(t *testing.T, w *web) (*Engine, []string) {
	t.Helper()
	e := newEngine(t, w)
	addAll(t, e, feedA)
	ids, err := e.Refresh(t.Context(), feedA)
	if err != nil || len(ids) == 0 {
		t.Fatalf("Refresh() = %v, %v, want new episodes", ids, err)
	}
	return e, ids
}

// outcomeOf returns what became of an episode.
func outcomeOf(t *testing.T, e *Engine, id string) Kept {
	t.Helper()
	k, err := e.Episode(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAnEpisodeIsProcessedOnce(t *testing.T) {
	e, ids := refreshed(t, newWeb(map[string]string{feedA: rss("A", "one|1")}))
	var extracted atomic.Int32
	e.Extractor = fixed{"fixed/1", func(insight.Input) { extracted.Add(1) }}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := e.Process(t.Context(), ids[0]); err != nil {
				t.Errorf("Process: %v", err)
			}
		})
	}
	all.Wait()
	// A changed engine does not touch what there is.
	e.Extractor = fixed{"fixed/2", func(insight.Input) { extracted.Add(1) }}
	if err := e.Process(t.Context(), ids[0]); err != nil {
		t.Errorf("Process: %v", err)
	}
	if got := extracted.Load(); got != 1 {
		t.Errorf("the episode was extracted %d times, want 1", got)
	}
	if k := outcomeOf(t, e, ids[0]); len(k.Insights) != 1 || k.Insights[0].Insight.Engine != "fixed/1" || e.Index.Len() != 1 {
		t.Errorf("Episode() = %d insights %v, Index.Len() = %d, want one of fixed/1", len(k.Insights), k.Insights, e.Index.Len())
	}
}

func TestATranscriptThatComesLaterTakesThePlaceOfTheNotes(t *testing.T) {
	w := newWeb(map[string]string{feedA: rss("A", "one|1"), "https://a.example/1.vtt": vtt})
	e, ids := refreshed(t, w)
	e.Extractor = fixed{name: "fixed/1"}
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k := outcomeOf(t, e, ids[0]); len(k.Insights) != 1 || !k.Insights[0].Insight.FromNotes() {
		t.Fatalf("Episode() = %v, want one insight from the notes", k.Insights)
	}
	w.set(feedA, rss("A", "one|1|https://a.example/1.vtt"))
	if err := e.Scan(t.Context(), []string{feedA}, nil); err != nil {
		t.Fatal(err)
	}
	k := outcomeOf(t, e, ids[0])
	if len(k.Insights) != 1 || k.Insights[0].Insight.FromNotes() || k.Insights[0].Insight.Speaker != "Grace" || e.Index.Len() != 1 {
		t.Errorf("Episode() = %v, Index.Len() = %d, want one insight by Grace in the place of the one from the notes", k.Insights, e.Index.Len())
	}
}

func TestHabitsAreLearnedBeforeTheFirstExtraction(t *testing.T) {
	w := newWeb(map[string]string{
		feedA:                     rss("A", "one|1|https://a.example/1.vtt", "two|2|https://a.example/2.vtt", "three|3|https://a.example/3.vtt"),
		"https://a.example/1.vtt": vtt, "https://a.example/2.vtt": vtt, "https://a.example/3.vtt": vtt,
	})
	e, _ := refreshed(t, w)
	var heard []int
	e.Extractor = fixed{"fixed/1", func(in insight.Input) { heard = append(heard, in.Show.Heard) }}
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(heard, []int{3, 3, 3}) {
		t.Errorf("the extractor was given shows that heard %v episodes, want all 3 each time, none twice", heard)
	}
}

func TestTroubleWithATranscriptIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const text = "https://a.example/1.vtt"
		w := newWeb(map[string]string{feedA: rss("A", "one|1|"+text), text: "500"})
		e, ids := refreshed(t, w)
		if err := e.Process(t.Context(), ids[0]); err == nil || !strings.Contains(err.Error(), `process "one"`) {
			t.Fatalf("Process() = %v, want an error that names the episode", err)
		}
		if err := e.CatchUp(t.Context()); err != nil || w.asked[text] != 1 {
			t.Errorf("CatchUp at once = %v, asked %d times, want nil: not before %v", err, w.asked[text], firstRetry)
		}
		w.set(text, vtt)
		time.Sleep(firstRetry)
		if err := e.CatchUp(t.Context()); err != nil {
			t.Errorf("CatchUp later = %v", err)
		}
		if k := outcomeOf(t, e, ids[0]); k.Outcome != Done || k.Source != "vtt" {
			t.Errorf("Episode() = %q from %q, want %q from vtt", k.Outcome, k.Source, Done)
		}
	})
}

func TestNotesStandInForATranscriptThatNeverComes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const text = "https://a.example/1.vtt"
		w := newWeb(map[string]string{feedA: rss("A", "one|1|"+text), text: "500"})
		e, ids := refreshed(t, w)
		for range maxAttempts {
			_ = e.Process(t.Context(), ids[0]) // fails but for the last time
			time.Sleep(24 * time.Hour)
		}
		if k := outcomeOf(t, e, ids[0]); k.Outcome != Done || k.Source != "notes" || w.asked[text] != maxAttempts {
			t.Errorf("Episode() = %q from %q after %d requests, want %q from notes after %d", k.Outcome, k.Source, w.asked[text], Done, maxAttempts)
		}
	})
}

func TestAPoisonousEpisodeIsGivenUp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWeb(map[string]string{feedA: rss("A", "one|1", "poison|2", "three|3")})
		e, _ := refreshed(t, w)
		e.Extractor = fixed{"fixed/1", func(in insight.Input) {
			if in.Episode.Title == "poison" {
				panic("bad luck")
			}
		}}
		for range maxAttempts + 2 {
			_ = e.CatchUp(t.Context()) // the poisonous one fails
			time.Sleep(24 * time.Hour)
		}
		for guid, want := range map[string]Outcome{"1": Done, "2": GaveUp, "3": Done} {
			if k := outcomeOf(t, e, guid); k.Outcome != want {
				t.Errorf("episode %s came to %q (%s), want %q", guid, k.Outcome, k.Error, want)
			}
		}
		if k := outcomeOf(t, e, "2"); !strings.Contains(k.Error, "bad luck") {
			t.Errorf("the episode's error is %q, want the panic's text", k.Error)
		}
	})
}

func TestAnEpisodeThatKillsTheProcessIsGivenUp(t *testing.T) {
	e, ids := refreshed(t, newWeb(map[string]string{feedA: rss("A", "one|1")}))
	for range maxAttempts {
		if _, err := e.begin(t.Context(), ids[0]); err != nil { // and then the process is gone
			t.Fatal(err)
		}
	}
	if err := e.Process(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	if k := outcomeOf(t, e, ids[0]); k.Outcome != GaveUp || k.Error == "" {
		t.Errorf("Episode() = %q, %q, want %q with a reason", k.Outcome, k.Error, GaveUp)
	}
}

func TestAStopCostsNoAttempt(t *testing.T) {
	e, ids := refreshed(t, newWeb(map[string]string{feedA: rss("A", "one|1")}))
	for range maxAttempts + 1 {
		ctx, stop := context.WithCancel(t.Context())
		e.Extractor = stopped{stop}
		if err := e.Process(ctx, ids[0]); !errors.Is(err, context.Canceled) {
			t.Fatalf("Process() = %v, want that it was stopped", err)
		}
	}
	e.Extractor = fixed{name: "fixed/1"}
	if err := e.Process(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	if k := outcomeOf(t, e, ids[0]); k.Outcome != Done {
		t.Errorf("Episode() = %q, want %q", k.Outcome, Done)
	}
}

// stopped is an extractor during which somebody stops the program.
type stopped struct{ stop func() }

func (stopped) Name() string { return "stopped/1" }

func (s stopped) Extract(ctx context.Context, _ insight.Input) ([]insight.Insight, error) {
	s.stop()
	return nil, ctx.Err()
}

// TestATranscriptThatCannotBeUsed says why, when there are no show notes either.
func TestATranscriptThatCannotBeUsed(t *testing.T) {
	const page = "https://a.example/login"
	w := newWeb(map[string]string{
		feedA: strings.ReplaceAll(rss("A", "one|1|"+page, "two|2|https://a.example/gone"), notes, ""),
		page:  "<!doctype html><html><head><title>Sign in</title></head><body><form><input name=user></form></body></html>",
	})
	e, ids := refreshed(t, w)
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if k := outcomeOf(t, e, id); k.Outcome != NoTranscript || k.Error == "" {
			t.Errorf("Episode(%s) = %q because %q, want %q with a reason", id, k.Outcome, k.Error, NoTranscript)
		}
	}
}

func TestAnEpisodeWithNothingToRead(t *testing.T) {
	w := newWeb(map[string]string{feedA: strings.ReplaceAll(rss("A", "one|1", "two|2"), notes, "")})
	e, ids := refreshed(t, w)
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if k := outcomeOf(t, e, id); k.Outcome != NoTranscript {
			t.Errorf("Episode(%s) = %q, want %q", id, k.Outcome, NoTranscript)
		}
	}
	pending, err := e.Pending(t.Context())
	if err != nil || len(pending) != 0 {
		t.Errorf("Pending() = %v, %v, want nothing", pending, err)
	}
}

func TestPackedRecordsComeBack(t *testing.T) {
	e := newEngine(t, newWeb(nil))
	want := &transcript.Transcript{Source: "vtt", Segments: []transcript.Segment{{Text: strings.Repeat("words ", 10000)}}}
	err := e.DB.Update(t.Context(), func(tx store.Tx) error {
		if err := putPacked(tx, transcriptBucket, "x", want); err != nil {
			return err
		}
		if b, err := tx.Get(transcriptBucket, "x"); err != nil || len(b) > 2000 {
			t.Errorf("Get() = %d bytes, %v, want less than 2000", len(b), err)
		}
		got, err := getTranscript(tx, "x")
		if err == nil && got.Segments[0].Text != want.Segments[0].Text {
			t.Error("getTranscript returns another text than was put")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := len(feedKey("https://a.example/" + strings.Repeat("x", 4000))); diff > 1000-64 {
		t.Errorf("feedKey of a long address has %d bytes, want a key that is short enough", diff)
	}
	if a, b := feedKey(strings.Repeat("x", 600)+"a"), feedKey(strings.Repeat("x", 600)+"b"); a == b {
		t.Error("feedKey is the same for two long addresses")
	}
}

func TestNewID(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	ids := []string{newID(at, "x", 1), newID(at, "x", 2), newID(at.Add(time.Millisecond), "a", 1), newID(at.AddDate(30, 0, 0), "a", 1)}
	if !slices.IsSorted(ids) {
		t.Errorf("newID: %v are not in the order of their times", ids)
	}
	for _, id := range ids {
		if !idPattern.MatchString(id) {
			t.Errorf("newID = %q, want 1 to 32 of a-z, 0-9 and -", id)
		}
	}
}

func TestRelatedInsightsAreFoundAfterALaterScan(t *testing.T) {
	const feedB = "https://b.example/feed"
	w := newWeb(map[string]string{feedA: rss("A", "one|1")})
	e, _ := refreshed(t, w)
	e.Extractor = fixed{name: "fixed/1"}
	if err := e.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := outcomeOf(t, e, "1").Insights[0].Insight.ID
	if got, err := e.Related(t.Context(), first, 5); err != nil || len(got) != 0 {
		t.Fatalf("Related() = %v, %v, want nothing yet", got, err)
	}
	w.set(feedB, strings.ReplaceAll(rss("B", "another|2"), notes, "Maintainers of a popular library lose their hours to letters: "+
		"a confused user writes, and answering people takes longer than writing code. A better error message costs an hour once."))
	addAll(t, e, feedB)
	if err := e.Scan(t.Context(), []string{feedB}, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := e.Related(t.Context(), first, 5); err != nil || len(got) != 1 || got[0].Podcast != "B" {
		t.Errorf("Related() after scanning another podcast = %v, %v, want one insight of it", got, err)
	}
}

// bubble is synctest.Test for what keeps transcripts: the coder makes its channels at its first use, which must not be in a
// bubble that another one does not see.
func bubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	packer.EncodeAll([]byte{0}, nil)
	synctest.Test(t, f)
}
