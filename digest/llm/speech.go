package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
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
	maxUpload     = 24 << 20 // bytes of one request; services take 25 MB with the form around it
	speechWait    = 10 * time.Minute
	usualLongest  = 3 * time.Hour
	tooLongBefore = 1.1 // of the longest: a feed's durations are rounded and miss the ads
)

// Speech is the source of transcripts for episodes that offer none: it fetches the audio and lets a model write down what
// is said. Finished parts are kept, so that a restart goes on where it stopped. It is safe for concurrent use, though two
// calls for one episode would do the work twice.
//
//	llm-speech  <episode>/<bytes of the audio>/<start of the part>   []spoken   what was heard in a finished part
type Speech struct {
	Service *Service     // required
	Client  *http.Client // required: fetches enclosures
	DB      store.DB     // required
	Log     *slog.Logger // required
	Dir     string       // for audio files; the system's temporary folder when ""
	FFmpeg  string       // path of ffmpeg; "" cuts MP3 files at their frames
	// Longest is the longest episode that is transcribed, three hours when 0, and Oldest the greatest age, 0 for any. How
	// much is transcribed on a day is a limit of the Budget.
	Longest, Oldest time.Duration

	upload int64 // bytes of one request; maxUpload when 0
}

const speechBucket = "llm-speech"

// spoken is what was heard in a stretch of audio, with times in the episode.
type spoken struct {
	Start time.Duration `json:"start"`
	End   time.Duration `json:"end"`
	Text  string        `json:"text"`
}

// Transcript returns what is said in the episode's audio. It returns transcript.ErrNone, wrapped with the reason, when the
// audio is missing, too long, too old or cannot be cut, and transcript.ErrLater when the day's minutes are used up.
func (s *Speech) Transcript(ctx context.Context, e feed.Episode) (*transcript.Transcript, error) {
	if err := s.allowed(e); err != nil {
		return nil, err
	}
	ctx = insight.WithAccounts(ctx, insight.Account{Kind: "episode", Name: e.ID})
	if err := s.Service.Budget.has(ctx, Amount{Audio: 1, Calls: 1}); err != nil {
		return nil, worthLater(err)
	}
	dir, err := s.place(e.ID)
	if err != nil {
		return nil, fmt.Errorf("make a folder for audio: %w", err)
	}
	all, err := s.hearIn(ctx, e, dir)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%w: nobody was heard in the audio", transcript.ErrNone)
	}
	if err == nil || errors.Is(err, transcript.ErrNone) {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		return nil, err
	}
	return asTranscript(e, all), nil
}

// hearIn fetches, cuts and transcribes an episode in a folder.
func (s *Speech) hearIn(ctx context.Context, e feed.Episode, dir string) ([]spoken, error) {
	file, err := s.fetched(ctx, e.Enclosure.URL, dir)
	if err != nil {
		return nil, fmt.Errorf("fetch audio: %w", err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	insight.Progress(ctx, "cutting the audio")
	parts, err := s.cut(ctx, file, dir)
	switch {
	case errors.Is(err, errSilent), errors.Is(err, errNoMP3):
		return nil, fmt.Errorf("%w: cut audio: %w", transcript.ErrNone, err)
	case err != nil:
		return nil, fmt.Errorf("cut audio: %w", err)
	}
	if last := parts[len(parts)-1]; last.start+last.length > time.Duration(float64(s.longest())*tooLongBefore) {
		return nil, fmt.Errorf("%w: the audio lasts longer than %s", transcript.ErrNone, s.longest())
	}
	return s.hearAll(ctx, e, info.Size(), parts)
}

func (s *Speech) longest() time.Duration {
	if s.Longest == 0 {
		return usualLongest
	}
	return s.Longest
}

// allowed looks at what the feed says of an episode, before anything is fetched.
func (s *Speech) allowed(e feed.Episode) error {
	switch {
	case e.Enclosure.URL == "":
		return fmt.Errorf("%w: the episode has no audio", transcript.ErrNone)
	case e.Duration > s.longest():
		return fmt.Errorf("%w: the episode is longer than %s", transcript.ErrNone, s.longest())
	case s.Oldest > 0 && !e.Published.IsZero() && time.Since(e.Published) > s.Oldest:
		return fmt.Errorf("%w: the episode is older than %s", transcript.ErrNone, s.Oldest)
	case e.Enclosure.Length > maxAudio:
		return fmt.Errorf("%w: %w", transcript.ErrNone, errTooLarge)
	case !maybeAudio(e.Enclosure.Type):
		return fmt.Errorf("%w: the enclosure is %s", transcript.ErrNone, e.Enclosure.Type)
	}
	return nil
}

// worthLater turns an error of a model into the one that says when to try again: what an episode may cost ever is used up
// for good, what all may cost today is not.
func worthLater(err error) error {
	switch {
	case errors.Is(err, errEver):
		return fmt.Errorf("%w: %w", transcript.ErrNone, err)
	case errors.Is(err, ErrBudget):
		return fmt.Errorf("%w: %w", transcript.ErrLater, err)
	}
	return err
}

// hearAll transcribes the parts that were not transcribed before.
func (s *Speech) hearAll(ctx context.Context, e feed.Episode, size int64, parts []cutPart) ([]spoken, error) {
	var all []spoken
	for i, p := range parts {
		insight.Progress(ctx, fmt.Sprintf("hearing part %d of %d", i+1, len(parts)))
		key := fmt.Sprintf("%s/%d/%010d", e.ID, size, (p.start + p.skip).Milliseconds())
		heard, err := s.kept(ctx, key)
		if errors.Is(err, store.ErrNotFound) {
			s.Log.Info("transcribe", "episode", e.ID, "part", i+1, "of", len(parts))
			if heard, err = s.hear(ctx, e, p); err == nil {
				err = s.keep(ctx, key, heard)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("part %d of %d: %w", i+1, len(parts), worthLater(err))
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
		return errors.Join(store.Put(tx, speechBucket, key, heard), ending(tx, speechBucket, key, keepParts))
	})
}

// hear sends one part and returns what was heard, without what belongs to the part before.
func (s *Speech) hear(ctx context.Context, e feed.Episode, p cutPart) ([]spoken, error) {
	f, err := os.Open(p.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	resp, err := s.Service.transcribe(ctx, p.reader(f), "audio."+p.ext, p.length, e.Language)
	if err != nil {
		return nil, err
	}
	return heardIn(resp, p), nil
}

// transcribe makes one call, reserved by the length of the audio.
func (s *Service) transcribe(ctx context.Context, sound io.Reader, name string, lasts time.Duration, language string) (openai.AudioResponse, error) {
	if err := s.rest.check(); err != nil {
		return openai.AudioResponse{}, err
	}
	length := int64(lasts/time.Second) + 1
	r, err := s.Budget.Reserve(ctx, Amount{Micros: (s.Prices[s.Models.Transcribe].Minute*length + 59) / 60, Calls: 1, Audio: length})
	if err != nil {
		return openai.AudioResponse{}, err
	}
	wait, cancel := context.WithTimeout(ctx, speechWait)
	defer cancel()
	language, _, _ = strings.Cut(language, "-")
	resp, err := s.client.CreateTranscription(wait, openai.AudioRequest{
		Model: s.Models.Transcribe, FilePath: name, Reader: sound,
		Language: language, Format: openai.AudioResponseFormatVerboseJSON,
	})
	if err == nil {
		s.rest.note(ctx, nil)
		return resp, nil // charged by length, which was known before
	}
	billed := mayBeBilled(err)
	err = s.unavailable(err)
	s.rest.note(ctx, err)
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

// cut divides an audio file into parts that one request takes: with ffmpeg any format, small and mono; without it MP3 at
// its frames.
func (s *Speech) cut(ctx context.Context, file, dir string) ([]cutPart, error) {
	if s.FFmpeg != "" {
		return cutFFmpeg(ctx, s.FFmpeg, file, dir)
	}
	return cutMP3(file, cmp.Or(s.upload, maxUpload))
}
