package llm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// Bounds of speech to text.
const (
	maxUpload    = 24 << 20  // bytes of one request; services take 25 MB with the form around it
	maxAudio     = 512 << 20 // bytes of an enclosure
	speechWait   = 10 * time.Minute
	downloadWait = 30 * time.Minute
)

// Speech is the source of transcripts for episodes that offer none: it fetches the audio and lets a model write down what
// is said. Finished parts are kept, so that a restart goes on where it stopped. It is safe for concurrent use.
//
//	llm-speech  <episode>/<part>   []spoken   what was heard in a finished part
type Speech struct {
	Service *Service     // required
	Client  *http.Client // required: fetches enclosures
	DB      store.DB     // required
	Log     *slog.Logger // required
	Dir     string       // for audio files; the system's temporary folder when ""
	FFmpeg  string       // path of ffmpeg; "" cuts MP3 files at their frames
	// Longest is the longest episode that is transcribed; 0 is three hours. How much is transcribed on a day is a limit of
	// the Budget.
	Longest time.Duration
}

const speechBucket = "llm-speech"

// spoken is what was heard in a stretch of audio, with times in the episode.
type spoken struct {
	Start time.Duration `json:"start"`
	End   time.Duration `json:"end"`
	Text  string        `json:"text"`
}

// Transcript returns what is said in the episode's audio. It returns transcript.ErrNone, wrapped with the reason, when the
// audio is missing, too long or cannot be cut, or when the day's minutes are used up.
func (s *Speech) Transcript(ctx context.Context, e feed.Episode) (*transcript.Transcript, error) {
	if err := s.allowed(e); err != nil {
		return nil, err
	}
	ctx = insight.WithAccounts(ctx, insight.Account{Kind: "episode", Name: e.ID})
	dir, err := os.MkdirTemp(s.Dir, "podbrief-audio-")
	if err != nil {
		return nil, fmt.Errorf("transcribe: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "audio")
	if err := s.download(ctx, e.Enclosure.URL, file); err != nil {
		return nil, fmt.Errorf("%w: fetch audio: %w", transcript.ErrNone, err)
	}
	parts, err := s.cut(ctx, file, dir)
	if err != nil {
		return nil, fmt.Errorf("%w: cut audio: %w", transcript.ErrNone, err)
	}
	all, err := s.hearAll(ctx, e, parts)
	if err != nil {
		return nil, err
	}
	return asTranscript(e, all), nil
}

func (s *Speech) allowed(e feed.Episode) error {
	longest := s.Longest
	if longest == 0 {
		longest = 3 * time.Hour
	}
	switch {
	case e.Enclosure.URL == "":
		return fmt.Errorf("%w: the episode has no audio", transcript.ErrNone)
	case e.Duration > longest:
		return fmt.Errorf("%w: the episode is longer than %s", transcript.ErrNone, longest)
	case e.Enclosure.Type != "" && !strings.HasPrefix(e.Enclosure.Type, "audio/"):
		return fmt.Errorf("%w: the enclosure is %s", transcript.ErrNone, e.Enclosure.Type)
	}
	return nil
}

// download streams an enclosure to a file.
func (s *Speech) download(ctx context.Context, url, file string) error {
	ctx, cancel := context.WithTimeout(ctx, downloadWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := s.Client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered HTTP %d", resp.StatusCode)
	}
	if resp.ContentLength > maxAudio {
		return fmt.Errorf("the audio is larger than %d MB", maxAudio>>20)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(resp.Body, maxAudio+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if n > maxAudio {
		return fmt.Errorf("the audio is larger than %d MB", maxAudio>>20)
	}
	return nil
}

// hearAll transcribes the parts that were not transcribed before.
func (s *Speech) hearAll(ctx context.Context, e feed.Episode, parts []cutPart) ([]spoken, error) {
	var all []spoken
	for i, p := range parts {
		key := fmt.Sprintf("%s/%04d", e.ID, i)
		heard, err := s.kept(ctx, key)
		if errors.Is(err, store.ErrNotFound) {
			s.Log.Info("transcribe", "episode", e.ID, "part", i+1, "of", len(parts))
			if heard, err = s.hear(ctx, e, p); err == nil {
				err = s.keep(ctx, key, heard)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%w: part %d of %d: %w", transcript.ErrNone, i+1, len(parts), err)
		}
		all = append(all, heard...)
	}
	return all, nil
}

func (s *Speech) kept(ctx context.Context, key string) (heard []spoken, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		heard, err = store.Get[[]spoken](tx, speechBucket, key)
		return err
	})
	return heard, err
}

func (s *Speech) keep(ctx context.Context, key string, heard []spoken) error {
	return s.DB.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		return store.Put(tx, speechBucket, key, heard)
	})
}

// hear sends one part and returns what was heard, without what belongs to the part before.
func (s *Speech) hear(ctx context.Context, e feed.Episode, p cutPart) ([]spoken, error) {
	resp, err := s.Service.transcribe(ctx, p, e.Language)
	if err != nil {
		return nil, err
	}
	var all []spoken
	for _, g := range resp.Segments {
		start, end := seconds(g.Start), seconds(g.End)
		if text := strings.TrimSpace(g.Text); text != "" && (start+end)/2 >= p.skip {
			all = append(all, spoken{p.start + max(start, p.skip), p.start + end, text})
		}
	}
	if len(all) == 0 && strings.TrimSpace(resp.Text) != "" { // a service without segments
		all = append(all, spoken{p.start + p.skip, p.start + p.length, strings.TrimSpace(resp.Text)})
	}
	return all, nil
}

// transcribe makes one call, reserved by the length of the audio.
func (s *Service) transcribe(ctx context.Context, p cutPart, language string) (openai.AudioResponse, error) {
	if err := s.rest.check(); err != nil {
		return openai.AudioResponse{}, err
	}
	length := int64(p.length/time.Second) + 1
	r, err := s.Budget.Reserve(ctx, Amount{Micros: (s.Prices[s.Models.Transcribe].Minute*length + 59) / 60, Calls: 1, Audio: length})
	if err != nil {
		return openai.AudioResponse{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, speechWait)
	defer cancel()
	language, _, _ = strings.Cut(language, "-")
	resp, err := s.client.CreateTranscription(ctx, openai.AudioRequest{
		Model: s.Models.Transcribe, FilePath: "audio." + p.ext, Reader: bytes.NewReader(p.data),
		Language: language, Format: openai.AudioResponseFormatVerboseJSON,
	})
	if err == nil {
		s.rest.note(nil)
		return resp, nil // charged by length, which was known before
	}
	billed := mayBeBilled(err)
	err = s.unavailable(err)
	s.rest.note(err)
	if billed {
		return resp, err
	}
	return resp, joinSettle(err, r.Settle(context.WithoutCancel(ctx), Amount{}))
}

// asTranscript joins what was heard. Services do not tell voices apart.
func asTranscript(e feed.Episode, all []spoken) *transcript.Transcript {
	t := &transcript.Transcript{Source: "speech", URL: e.Enclosure.URL, Language: e.Language}
	for _, h := range all {
		t.Segments = append(t.Segments, transcript.Segment{Start: h.Start, End: h.End, Text: h.Text})
	}
	return t
}

func seconds(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }

// cut divides an audio file into parts that one request takes: with ffmpeg any format, small and mono; without it MP3 at
// its frames.
func (s *Speech) cut(ctx context.Context, file, dir string) ([]cutPart, error) {
	if s.FFmpeg != "" {
		return cutFFmpeg(ctx, s.FFmpeg, file, dir)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return cutMP3(data, maxUpload)
}
