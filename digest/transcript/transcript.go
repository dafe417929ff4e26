// Package transcript turns what a podcast offers as its transcript into one form: segments in order, each with its
// speaker and its time as far as they are known.
//
// It knows file formats and links. It does not know what makes a sentence worth reading.
package transcript

import (
	"context"
	"errors"
	"time"

	"podbrief/digest/feed"
)

// ErrNone says that a source has no transcript for an episode; another source may.
var ErrNone = errors.New("no transcript")

// ErrLater says that a source may not make more transcripts today.
var ErrLater = errors.New("no more transcripts today")

// Transcript is what was said in an episode, in order.
type Transcript struct {
	Source   string    `json:"source"`             // "vtt", "srt", "ttml", "json", "html", "text", "markdown", "speech", "notes"
	URL      string    `json:"url,omitempty"`      // where it was read
	Language string    `json:"language,omitempty"` // BCP 47, lower case
	Segments []Segment `json:"segments"`
}

// FromNotes reports whether these are show notes and not what was said.
func (t *Transcript) FromNotes() bool { return t.Source == "notes" }

// Timing says how far a segment's times can be trusted.
type Timing string

// The kinds of timing.
const (
	Exact        Timing = ""             // the file says so
	Interpolated Timing = "interpolated" // between two times of the file
	Unknown      Timing = "unknown"      // the file has no times; Start and End are 0
)

// Segment is a stretch by one speaker.
type Segment struct {
	Start   time.Duration `json:"start"`
	End     time.Duration `json:"end"`
	Timing  Timing        `json:"timing,omitempty"`
	Speaker string        `json:"speaker,omitempty"` // "" when not known
	Text    string        `json:"text"`              // plain text, one paragraph
	// Break says that what was said before does not go on here: a break was cut out, or another, unnamed, speaker
	// begins.
	Break bool `json:"break,omitempty"`
	// Quoted says that the file marks the words as somebody else's, as "> " does in Markdown: the speaker reads them.
	Quoted bool `json:"quoted,omitempty"`
}

// Source finds the transcript of an episode. It returns ErrNone (wrapped) when it has none.
type Source interface {
	Transcript(context.Context, feed.Episode) (*Transcript, error)
}
