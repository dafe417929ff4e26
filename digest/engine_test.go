package digest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/digest/sample"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// openDB opens a database in a folder of the test's own.
func openDB(t *testing.T, path string) store.DB {
	t.Helper()
	db, err := store.OpenBolt(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() }) //nolint:errcheck // closed twice by tests that open it again
	return db
}

// engineOn returns a loaded engine on a database, with the web that rt stands for.
func engineOn(t *testing.T, db store.DB, rt http.RoundTripper) *Engine {
	t.Helper()
	client := &http.Client{Transport: rt}
	e := &Engine{
		DB:          db,
		Fetcher:     &feed.Fetcher{Client: client, Pace: rate.Inf},
		Transcripts: transcript.First{&transcript.Linked{Client: client}, transcript.Notes{}},
		Extractor:   insight.NewBuiltin(),
		Answerer:    insight.Closest{},
		Index:       rank.NewIndex(),
	}
	if err := e.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

func newEngine(t *testing.T, rt http.RoundTripper) *Engine {
	t.Helper()
	return engineOn(t, openDB(t, filepath.Join(t.TempDir(), "test.db")), rt)
}

// sampleEngine returns an engine that has read the invented podcasts.
func sampleEngine(t *testing.T) *Engine {
	t.Helper()
	e := newEngine(t, sample.Transport(time.Now()))
	addAll(t, e, sample.Feeds()...)
	if err := e.Scan(t.Context(), sample.Feeds(), nil); err != nil {
		t.Fatalf("Scan: %v", err)
	}
	return e
}

func addAll(t *testing.T, e *Engine, urls ...string) {
	t.Helper()
	for _, url := range urls {
		if err := e.AddFeed(t.Context(), feed.Feed{URL: url}, false); err != nil {
			t.Fatal(err)
		}
	}
}

// web is a small world-wide web: bodies by address, with a count of how often each was asked for.
type web struct {
	mu    sync.Mutex
	pages map[string]string // a body, "-> URL" for a permanent redirect, or "500"
	asked map[string]int
}

func newWeb(pages map[string]string) *web { return &web{pages: pages, asked: map[string]int{}} }

func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	url := r.URL.String()
	w.asked[url]++
	body, ok := w.pages[url]
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, ProtoMajor: 1, ProtoMinor: 1}
	switch to, moved := strings.CutPrefix(body, "-> "); {
	case !ok:
		resp.StatusCode = http.StatusNotFound
	case moved:
		resp.StatusCode = http.StatusMovedPermanently
		resp.Header.Set("Location", to)
	case body == "500":
		resp.StatusCode = http.StatusInternalServerError
	}
	resp.Body = io.NopCloser(strings.NewReader(body))
	return resp, nil
}

func (w *web) set(url, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[url] = body
}

// rss is a feed of these items, each a title; "|" parts a title from its GUID, and a second one from a transcript's URL.
func rss(podcast string, items ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0"?><rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>%s</title>`, podcast)
	for i, it := range items {
		parts := strings.Split(it+"||", "|")
		date := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).AddDate(0, 0, -i)
		fmt.Fprintf(&b, `<item><title>%s</title><guid>%s</guid><pubDate>%s</pubDate><enclosure url="https://audio.example/%s.mp3" type="audio/mpeg" length="1"/>`,
			parts[0], parts[1], date.Format(time.RFC1123Z), parts[0])
		if parts[2] != "" {
			fmt.Fprintf(&b, `<podcast:transcript url="%s" type="text/vtt"/>`, parts[2])
		}
		fmt.Fprintf(&b, `<description>%s</description></item>`, notes)
	}
	return b.String() + `</channel></rss>`
}

// notes are show notes that hold an insight.
const notes = `The biggest cost of a popular library is not writing code but answering people, because every user who is confused writes a letter. ` +
	`Teams that spend one hour on a better error message save ten hours of answering questions, and most teams never do it. ` +
	`If you want to keep a project alive, you should count the hours that go into letters, because those hours decide whether anybody stays.`

// vtt is a transcript that holds the same said by somebody.
const vtt = `WEBVTT

00:00:01.000 --> 00:00:05.000
<v Ada>Welcome to the show. Today we talk about the cost of keeping things alive.

00:01:00.000 --> 00:01:12.000
<v Grace>The biggest cost of a popular library is not writing code but answering people, because every user who is confused writes a letter.

00:01:12.000 --> 00:01:24.000
<v Grace>Teams that spend one hour on a better error message save ten hours of answering questions, and most teams never do it.

00:02:00.000 --> 00:02:12.000
<v Grace>If you want to keep a project alive, you should count the hours that go into letters, because those hours decide whether anybody stays.

00:05:00.000 --> 00:05:20.000
<v Grace>We kept a list on the wall of the office for a whole winter, and on it stood every question that came in, with the hour at which it came and the name of the person who had to stop working to reply to it.

00:09:00.000 --> 00:09:05.000
<v Ada>Thank you for coming.
`

// fixed is an extractor that returns one insight of each transcript, the whole of its second segment.
type fixed struct {
	name string
	hook func(insight.Input)
}

func (f fixed) Name() string { return f.name }

func (f fixed) Extract(_ context.Context, in insight.Input) ([]insight.Insight, error) {
	if f.hook != nil {
		f.hook(in)
	}
	n := min(1, len(in.Transcript.Segments)-1)
	seg := in.Transcript.Segments[n]
	return []insight.Insight{{
		Text: seg.Text, Quote: seg.Text, Start: seg.Start, End: seg.End, Timing: seg.Timing, Speaker: seg.Speaker,
		Span: insight.Span{First: n, Last: n, To: len(seg.Text)}, Engine: f.name, Score: 1.6, Source: in.Transcript.Source,
	}}, nil
}

var idPattern = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

func TestScanOfTheSampleShows(t *testing.T) {
	e := sampleEngine(t)
	feeds, err := e.Feeds(t.Context())
	if err != nil || len(feeds) != len(sample.Shows()) {
		t.Fatalf("Feeds() = %d feeds, %v, want %d", len(feeds), err, len(sample.Shows()))
	}
	for _, h := range feeds {
		if h.Episodes != 3 || h.Transcripts != 3 || h.Insights == 0 || h.State.Error != "" {
			t.Errorf("Feeds(): %s has %d episodes, %d transcripts, %d insights, error %q; want 3, 3, some, none",
				h.Title, h.Episodes, h.Transcripts, h.Insights, h.State.Error)
		}
		episodes, err := e.Episodes(t.Context(), h.URL)
		if err != nil {
			t.Fatal(err)
		}
		for _, ep := range episodes {
			checkInsights(t, e, ep)
		}
	}
}

// checkInsights checks what every stored insight must keep to.
func checkInsights(t *testing.T, e *Engine, ep Kept) {
	t.Helper()
	text, err := e.storedTranscript(t.Context(), ep.Episode.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range ep.Insights {
		ins := it.Insight
		if !idPattern.MatchString(ins.ID) {
			t.Errorf("insight ID %q: want 1 to 32 of a-z, 0-9 and -", ins.ID)
		}
		if got := ins.Span.Of(text); got != ins.Quote {
			t.Errorf("insight %s: its span holds %q, want its quote %q", ins.ID, got, ins.Quote)
		}
		if ins.Episode != ep.Episode.ID || ins.Feed != ep.Episode.Feed || ins.Created.IsZero() {
			t.Errorf("insight %s: episode %q, feed %q, created %v; want all set", ins.ID, ins.Episode, ins.Feed, ins.Created)
		}
	}
}

func TestASecondScanDoesNothingTwice(t *testing.T) {
	w := newWeb(map[string]string{"https://a.example/feed": rss("A", "one|1|https://a.example/1.vtt", "two|2"), "https://a.example/1.vtt": vtt})
	path := filepath.Join(t.TempDir(), "test.db")
	db := openDB(t, path)
	e := engineOn(t, db, w)
	addAll(t, e, "https://a.example/feed")
	for range 2 {
		if err := e.Scan(t.Context(), []string{"https://a.example/feed"}, nil); err != nil {
			t.Fatalf("Scan: %v", err)
		}
	}
	n := e.Index.Len()
	if n == 0 {
		t.Fatal("Index.Len() = 0 after Scan, want insights")
	}
	// A change of the feed elsewhere brings the known episodes once more; they are not processed again.
	w.set("https://a.example/feed", rss("A, renamed", "one|1|https://a.example/1.vtt", "two|2"))
	if err := e.Scan(t.Context(), []string{"https://a.example/feed"}, nil); err != nil {
		t.Fatalf("Scan: %v", err)
	}
	if got := w.asked["https://a.example/1.vtt"]; got != 1 {
		t.Errorf("the transcript was fetched %d times, want 1", got)
	}
	if got := e.Index.Len(); got != n {
		t.Errorf("Index.Len() = %d after scanning again, want %d", got, n)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := engineOn(t, openDB(t, path), w).Index.Len(); got != n {
		t.Errorf("Index.Len() = %d after a restart, want %d", got, n)
	}
}

func TestOneBadFeedStopsNothing(t *testing.T) {
	w := newWeb(map[string]string{
		"https://a.example/feed": rss("A", "one|1"), "https://b.example/feed": "500",
		"https://c.example/feed": "<html>no feed</html>", "https://d.example/feed": rss("D", "one|1"),
	})
	e := newEngine(t, w)
	urls := []string{"https://b.example/feed", "https://a.example/feed", "https://c.example/feed", "https://d.example/feed"}
	addAll(t, e, urls...)
	var last Progress
	err := e.Scan(t.Context(), urls, func(p Progress) { last = p })
	if got := strings.Count(fmt.Sprint(err), "\n") + 1; err == nil || got != 2 {
		t.Errorf("Scan error has %d lines: %v; want one for each of 2 bad feeds", got, err)
	}
	if want := (Progress{Feeds: 4, FeedsDone: 4, Episodes: 2, EpisodesDone: 2}); last != want {
		t.Errorf("last progress = %+v, want %+v", last, want)
	}
	feeds, err := e.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range feeds {
		bad := strings.HasPrefix(h.URL, "https://b.") || strings.HasPrefix(h.URL, "https://c.")
		if bad != (h.State.Error != "") || bad != (h.Insights == 0) {
			t.Errorf("Feeds(): %s has error %q and %d insights", h.URL, h.State.Error, h.Insights)
		}
	}
}

func TestUnknownThings(t *testing.T) {
	e := newEngine(t, newWeb(nil))
	ctx := t.Context()
	for name, err := range map[string]error{
		"Refresh":    second(e.Refresh(ctx, "https://x.example")),
		"Process":    e.Process(ctx, "x"),
		"Insight":    second(e.Insight(ctx, "x")),
		"More":       second(e.More(ctx, "x")),
		"Related":    second(e.Related(ctx, "x", 3)),
		"Episode":    second(e.Episode(ctx, "x")),
		"Episodes":   second(e.Episodes(ctx, "https://x.example")),
		"RemoveFeed": e.RemoveFeed(ctx, "https://x.example"),
		"Ask":        second(e.Ask(ctx, Question{Text: "why?", Insight: "x"})),
	} {
		if err == nil || !strings.Contains(err.Error(), `x`) || !isUnknown(err) {
			t.Errorf("%s of something unknown: error %v, want one that names it and is one of the ErrUnknown...", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
