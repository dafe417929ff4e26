package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/llm/llmtest"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// studio is a host of audio, a model service that hears it, and the Speech between them.
type studio struct {
	*Speech
	server  *llmtest.Server
	fetches int
	audio   http.HandlerFunc
	episode feed.Episode
}

// newStudio returns a studio with a minute of MP3 that is cut into three parts.
func newStudio(t *testing.T) *studio {
	t.Helper()
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &studio{server: llmtest.New(t)}
	s.audio = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "audio/mpeg")
		w.Write(silentMP3(2300)) //nolint:errcheck // whoever asked is gone
	}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fetches++
		s.audio(w, r)
	}))
	t.Cleanup(host.Close)
	service := New(s.server.URL, "", NewHTTPClient(nil, Waits{}), &Budget{DB: db})
	service.Models.Transcribe = "ears"
	s.server.Speech = func(llmtest.Request) string { return hearing(0, 12, "Words that were said.") }
	s.Speech = &Speech{
		Service: service, DB: db, Log: slog.New(slog.DiscardHandler), Dir: t.TempDir(), upload: 400_000,
		Client: feed.NewClient(feed.Policy{Allow: []string{strings.TrimPrefix(host.URL, "http://")}}),
	}
	s.episode = feed.Episode{ID: "e1", Title: "One", Language: "de-AT", Enclosure: feed.Enclosure{URL: host.URL + "/1.mp3", Type: "audio/mpeg"}}
	return s
}

// hearing is a verbose_json answer of one segment.
func hearing(start, end float64, text string) string {
	b, err := json.Marshal(map[string]any{"text": text, "segments": []any{map[string]any{"start": start, "end": end, "text": text}}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestSpeechPutsTimesRight(t *testing.T) {
	s := newStudio(t)
	n := 0
	s.server.Speech = func(r llmtest.Request) string {
		if n++; !bytes.Contains(r.Body, []byte("name=\"language\"\r\n\r\nde\r\n")) || !bytes.Contains(r.Body, []byte("verbose_json")) {
			t.Errorf("request %d lacks the language or the form", n)
		}
		return hearing(2, 4, fmt.Sprintf("part %d", n))
	}
	got, err := s.Transcript(t.Context(), s.episode)
	if err != nil || len(got.Segments) != 3 || got.Source != "speech" {
		t.Fatalf("Transcript = %+v, %v, want three segments", got, err)
	}
	part := 400_000 / 417 * 1152 * time.Second / 44100 // of one request
	for i, seg := range got.Segments {
		lead := time.Duration(i) * 40 * 1152 * time.Second / 44100 // what parts repeat
		want := time.Duration(i)*part - lead + 2*time.Second
		if diff := (seg.Start - want).Abs(); diff > 100*time.Millisecond || seg.End-seg.Start != 2*time.Second {
			t.Errorf("segment %d is at %v to %v, want from %v on for 2 s", i, seg.Start, seg.End, want)
		}
	}
	if left, err := filepath.Glob(filepath.Join(s.Dir, "*", "*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left on disk (%v)", left, err)
	}
}

func TestSpeechGoesOnWhereItStopped(t *testing.T) {
	s := newStudio(t)
	calls := 0
	s.server.Speech = func(llmtest.Request) string {
		if calls++; calls == 2 {
			return "the service fell over"
		}
		return hearing(2, 4, "said")
	}
	if _, err := s.Transcript(t.Context(), s.episode); err == nil || errors.Is(err, transcript.ErrNone) {
		t.Fatalf("Transcript with a failing second part: %v, want an error that is worth another try", err)
	}
	again := *s.Speech // as after a restart: only the disk and the store know
	got, err := again.Transcript(t.Context(), s.episode)
	if err != nil || len(got.Segments) != 3 {
		t.Fatalf("second Transcript = %+v, %v, want three segments", got, err)
	}
	if calls != 4 || s.fetches != 1 {
		t.Errorf("%d calls and %d downloads for three parts with one failure, want 4 and 1", calls, s.fetches)
	}
}

func TestSpeechStopsAtTheDaysMinutes(t *testing.T) {
	s := newStudio(t)
	s.Service.Budget.Day = Amount{Audio: 30}
	if _, err := s.Transcript(t.Context(), s.episode); !errors.Is(err, transcript.ErrLater) {
		t.Fatalf("Transcript beyond the day's minutes: %v, want ErrLater", err)
	}
	if n := len(s.server.Requests()); n != 1 {
		t.Errorf("%d calls within 30 seconds of audio, want 1", n)
	}
	s.Service.Budget.Day = Amount{Audio: 1}
	s.fetches = 0
	if _, err := s.Transcript(t.Context(), s.episode); !errors.Is(err, transcript.ErrLater) || s.fetches > 0 {
		t.Errorf("Transcript without a minute left: %v after %d downloads, want ErrLater before any", err, s.fetches)
	}
	s.Service.Budget.Day = Amount{}
	s.Service.Budget.Each = map[string]Amount{"episode": {Calls: 1}}
	if _, err := s.Transcript(t.Context(), s.episode); !errors.Is(err, transcript.ErrNone) {
		t.Errorf("Transcript of an episode that may cost no more: %v, want ErrNone", err)
	}
}

// What is refused costs nothing: no call is made, and where the feed tells enough nothing is fetched.
func TestSpeechRefusesBeforeAnyCost(t *testing.T) {
	for name, tt := range map[string]struct {
		change  func(*studio)
		fetches int
	}{
		"no audio":             {func(s *studio) { s.episode.Enclosure.URL = "" }, 0},
		"too long":             {func(s *studio) { s.episode.Duration = 4 * time.Hour }, 0},
		"too old":              {func(s *studio) { s.Oldest, s.episode.Published = time.Hour, time.Now().Add(-2*time.Hour) }, 0},
		"too large":            {func(s *studio) { s.episode.Enclosure.Length = 1 << 40 }, 0},
		"a PDF":                {func(s *studio) { s.episode.Enclosure.Type = "application/pdf" }, 0},
		"a private address":    {func(s *studio) { s.episode.Enclosure.URL = "http://127.0.0.1:1/1.mp3" }, 0},
		"longer than it says":  {func(s *studio) { s.Longest, s.episode.Duration = 50*time.Second, 40*time.Second }, 1},
		"a page":               {answering(200, "text/html", "<html>buy</html>"), 1},
		"a page as audio":      {answering(200, "audio/mpeg", strings.Repeat("<html>buy</html>", 99)), 1},
		"M4A without ffmpeg":   {answering(200, "audio/mp4", m4a), 1},
		"gone":                 {answering(410, "text/plain", "gone"), 1},
		"a lie about the size": {func(s *studio) { s.audio = announcing(1 << 40) }, 1},
		"a redirect to a private address": {func(s *studio) {
			s.audio = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://10.0.0.1/1.mp3", http.StatusFound)
			}
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStudio(t)
			tt.change(s)
			_, err := s.Transcript(t.Context(), s.episode)
			if !errors.Is(err, transcript.ErrNone) || len(err.Error()) < 20 {
				t.Errorf("Transcript: %v, want ErrNone with a reason", err)
			}
			if n := len(s.server.Requests()); n > 0 || s.fetches != tt.fetches {
				t.Errorf("%d calls and %d downloads, want none and %d", n, s.fetches, tt.fetches)
			}
			if spent, err := s.Service.Budget.Spent(t.Context(), time.Now()); err != nil || spent != (Amount{}) {
				t.Errorf("it cost %+v (%v), want nothing", spent, err)
			}
		})
	}
}

func answering(status int, kind, body string) func(*studio) {
	return func(s *studio) {
		s.audio = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			w.Write([]byte(body)) //nolint:errcheck // whoever asked is gone
		}
	}
}

func announcing(size int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "audio/mpeg")
		w.Header().Set("Content-Length", fmt.Sprint(size))
		w.Write(silentMP3(10)) //nolint:errcheck // whoever asked is gone
	}
}

// A server that is down for a moment, or a download that is cut off, is worth another try, and nothing of it is taken for
// the whole.
func TestSpeechTriesABrokenDownloadAgain(t *testing.T) {
	s := newStudio(t)
	whole := s.audio
	for _, broken := range []http.HandlerFunc{announcing(90_000), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }} {
		s.audio = broken
		if _, err := s.Transcript(t.Context(), s.episode); err == nil || errors.Is(err, transcript.ErrNone) {
			t.Fatalf("Transcript of a broken download: %v, want an error that is worth another try", err)
		}
	}
	s.audio = whole
	if got, err := s.Transcript(t.Context(), s.episode); err != nil || len(got.Segments) != 3 {
		t.Errorf("Transcript afterwards = %+v, %v, want three segments", got, err)
	}
}

func TestSpeechClearsAwayWhatCrashesLeave(t *testing.T) {
	s := newStudio(t)
	old := filepath.Join(s.Dir, "podbrief-audio", "0123456789abcdef")
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-8 * 24 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Transcript(context.Background(), s.episode); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the audio of a week ago is still there: %v", err)
	}
}
