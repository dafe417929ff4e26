// Package insight takes insights out of what was said in an episode.
//
// An insight is a self-contained claim of two or three sentences with the words it rests on. The built-in extractor reads
// sentences with their turns (readScript), marks what is no claim of the speaker (ads, what the podcast repeats, teasers,
// quotations), cuts windows that pass the gates (whole, understood without what came before, no small talk, no plugs),
// scores them by weights fitted on rated windows, and picks the best that are neither near nor like one another. What is
// quoted as a whole is signed so. Captions without punctuation give nothing: pauses do not tell where their sentences end.
//
// The package knows language and transcripts; it does not know feeds' addresses, topics, channels or the store.
package insight

import (
	"context"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/transcript"
)

// Insight is a self-contained claim out of an episode, with the quote that proves it.
type Insight struct {
	ID      string            `json:"id"` // at most 32 characters of [a-z0-9-]; begins with the time of processing
	Episode string            `json:"episode"`
	Feed    string            `json:"feed"`
	Text    string            `json:"text"`  // as shown: two or three sentences
	Quote   string            `json:"quote"` // verbatim out of the transcript
	Start   time.Duration     `json:"start"`
	End     time.Duration     `json:"end"`
	Timing  transcript.Timing `json:"timing,omitempty"`
	Speaker string            `json:"speaker,omitempty"` // "Ada, quoting" when Ada reads or repeats another's words
	// Span is where Quote stands: the numbers of its first and last segment, and the offsets in bytes of its
	// beginning in the first one and its end in the last one.
	Span   Span     `json:"span"`
	Engine string   `json:"engine"` // the extractor's Name
	Score  float64  `json:"score"`  // absolute quality, about 0 to 3; comparable between episodes of one engine
	Topics []string `json:"topics,omitempty"`
	Why    string   `json:"why,omitempty"` // why it matters, at most 25 words; only with a model
	// Source is the transcript's Source: "notes" is labelled to readers.
	Source string `json:"source,omitempty"`
	// Fallback says in a few words why the built-in engine took it though a model is configured; "" when all is as
	// configured.
	Fallback string    `json:"fallback,omitempty"`
	Created  time.Time `json:"created,omitzero"` // when it was taken, by our clock
}

// FromNotes reports whether the insight rests on show notes only.
func (i Insight) FromNotes() bool { return i.Source == "notes" }

// Span is a stretch of a transcript.
type Span struct {
	First int `json:"first"` // segment number, from 0
	Last  int `json:"last"`
	From  int `json:"from"` // byte offset in segment First
	To    int `json:"to"`   // byte offset in segment Last, exclusive
}

// Input is all that an extractor may look at.
type Input struct {
	Podcast    feed.Feed
	Episode    feed.Episode
	Transcript *transcript.Transcript
	Show       *Show // what earlier episodes taught about this podcast; nil when nothing
}

// Extractor takes the insights out of one episode, best first. It neither sets ID, Episode, Feed nor Created: the
// caller does. It must be safe for concurrent use.
type Extractor interface {
	Name() string // "builtin/3", "llm/<model>/<prompt version>": changes when its insights would
	Extract(context.Context, Input) ([]Insight, error)
}

// Passage is a stretch of a transcript offered as evidence for an answer.
type Passage struct {
	Podcast   string
	Title     string // of the episode
	Published time.Time
	Episode   string // feed.Episode.ID
	Speaker   string
	Text      string
	Start     time.Duration
	Timing    transcript.Timing
	Score     float64 // of the retrieval; larger is closer
}

// Turn is one earlier question of a conversation, with the answer that was given.
type Turn struct{ Question, Answer string }

// Citation is the evidence of a sentence of an answer.
type Citation struct {
	Passage int    // number in the passages given
	Quote   string // verbatim out of it
}

// Sentence is one sentence of an answer with its evidence.
type Sentence struct {
	Text      string
	Citations []Citation
}

// Answer is what the passages say to a question.
type Answer struct {
	Sentences []Sentence // empty: the passages do not answer it
	Gap       string     // what is missing, when something is
	Next      []string   // questions that could be asked next
	Engine    string     // the answerer's name
	Fallback  string     // why a model that is configured did not answer; "" when all is as configured
}

// Asking is a question with all that an answerer may use.
type Asking struct {
	Question string
	About    *Insight // the insight that the person replies to; may be nil
	Earlier  []Turn   // the thread so far, oldest first
	Passages []Passage
	Language string // of the asker, "" when not known
}

// Answerer answers a question out of passages, and cites them. It must be safe for concurrent use.
type Answerer interface {
	Answer(context.Context, Asking) (Answer, error)
}
