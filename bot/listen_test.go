package bot

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"podbrief/bot/queue"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/sample"
	"podbrief/digest/transcript"
)

// deaf is a model that hears nothing.
type deaf struct{ asked []string }

func (d *deaf) Transcript(_ context.Context, ep feed.Episode) (*transcript.Transcript, error) {
	d.asked = append(d.asked, ep.Title)
	return nil, transcript.ErrNone
}

func TestSpeechHasTheLowestPriority(t *testing.T) {
	kinds := Kinds()
	for name, k := range kinds {
		if name != jobListen && k.Priority <= kinds[jobListen].Priority {
			t.Errorf("%s has priority %d, want more than the %d of %s", name, k.Priority, kinds[jobListen].Priority, jobListen)
		}
	}
}

// Every episode without a transcript is heard by jobs that follow each other, after its notes were processed.
func TestJobsListenOneAfterTheOther(t *testing.T) {
	b, _ := emptyBot(t)
	now := time.Now()
	noText := func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, ".xml") {
			return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody, Request: r, ProtoMajor: 1, ProtoMinor: 1}, nil
		}
		return sample.Transport(now).RoundTrip(r)
	}
	client := &http.Client{Transport: roundTrip(noText)}
	d := &deaf{}
	e := b.Engine
	e.Fetcher = &feed.Fetcher{Client: client, Pace: rate.Inf}
	e.Extractor, e.Transcripts, e.Speech = insight.NewBuiltin(), transcript.First{&transcript.Linked{Client: client}, transcript.Notes{}}, d
	show := sample.Shows()[0]
	if err := e.AddFeed(t.Context(), feed.Feed{URL: show.URL(), Title: show.Title}, false); err != nil {
		t.Fatal(err)
	}
	if err := b.addJobs(t.Context(), jobRefresh, []string{show.URL()}); err != nil {
		t.Fatal(err)
	}
	drain := func() {
		if err := b.Queue.(*queue.Local).Drain(t.Context(), b.Do); err != nil {
			t.Fatal(err)
		}
	}
	drain()
	silent, err := e.Silent(t.Context())
	if err != nil || len(silent) < 2 || len(d.asked) > 0 {
		t.Fatalf("Silent = %v, %v, %v were heard, want some episodes and none heard", silent, err, d.asked)
	}
	if _, err := b.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	drain()
	if left, err := e.Silent(t.Context()); err != nil || len(left) > 0 || len(d.asked) != len(silent) {
		t.Errorf("%d of %d episodes were heard, %v are left (%v)", len(d.asked), len(silent), left, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
