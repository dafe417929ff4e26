// Package digest is the engine that all subscriptions share: it reads feeds, takes insights out of their episodes once,
// whoever reads them, and answers "what are the best five for these interests since then". It knows podcasts and nothing
// of chats.
package digest

import (
	"strings"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

// Query asks for a brief.
type Query struct {
	Topics    []string  // words or phrases; none: everything scanned
	Exclude   []string  // words or phrases that must not occur
	Follow    []string  // feed URLs whose insights are wanted whatever their topic
	Mute      []string  // feed URLs that are not wanted
	MuteWords []string  // words or topics that are not wanted
	Since     time.Time // ingested at or after
	Published time.Time // published at or after, or at an unknown time
	Now       time.Time
	Count     int      // at most so many picks; 5 when 0
	Seen      []string // insight IDs that this reader has got already
	Taste     Taste    // what was learned from votes
	Language  string   // only insights in this language, or, with a model that translates, all of them in it; "" for all
}

// Taste is what votes taught about a reader: weights per podcast and word, positive when liked.
type Taste struct {
	Feeds map[string]float64 `json:"feeds,omitempty"`
	Words map[string]float64 `json:"words,omitempty"`
}

// Brief is the answer to a Query.
type Brief struct {
	Topics   []string  `json:"topics"`
	Since    time.Time `json:"since,omitzero"`
	Now      time.Time `json:"now"`
	Asked    int       `json:"asked"` // Query.Count
	Picks    []Pick    `json:"picks"`
	Headline string    `json:"headline,omitempty"` // one line over the picks; only with a model
	Podcasts int       `json:"podcasts"`           // how many podcasts were looked through
	Label    string    `json:"label,omitempty"`    // what a reader should know of how it was made; "" when all is as configured
	Fallen   []Fallen  `json:"fallen,omitempty"`   // what came close and why it was left out, best first
}

// Pick is one insight chosen for a brief.
type Pick struct {
	Item
	Topic   string   `json:"topic,omitempty"` // the topic of the query that it answers
	Source  string   `json:"source"`          // "topic", "follow" or "all"
	Reason  string   `json:"why"`             // one sentence for readers: why it was chosen
	Scores  Scores   `json:"scores"`
	Related []Item   `json:"related,omitempty"`      // insights of other podcasts, closest first
	Also    []string `json:"also_said_on,omitempty"` // titles of podcasts that said the same
}

// Item is an insight with the episode and podcast it comes from.
type Item struct {
	Insight insight.Insight `json:"insight"`
	Episode feed.Episode    `json:"episode"` // without notes
	Podcast string          `json:"podcast"` // title
	Link    string          `json:"link"`    // to the second, as well as the podcast's pages allow
	// Translated: the insight's text and reason were put into the reader's language; its quote never is.
	Translated bool   `json:"translated,omitempty"`
	Language   string `json:"language,omitempty"` // spoken in the episode
}

// IsQuote reports whether the insight's text is its quote, cleaned of what speech has too much of, so that readers need
// only one of them.
func (it Item) IsQuote() bool {
	return strings.HasPrefix(it.Insight.Engine, "builtin/") && !it.Translated || it.Insight.Text == it.Insight.Quote
}

// Scores are the parts of a pick's place, each 0 to 1.
type Scores struct {
	Relevance float64 `json:"relevance"`
	Quality   float64 `json:"quality"`
	Recency   float64 `json:"recency"`
	Taste     float64 `json:"taste,omitempty"` // -1 to 1
	Total     float64 `json:"total"`
}

// Fallen is a candidate that was not picked.
type Fallen struct {
	Insight string  `json:"insight"`
	Stage   string  `json:"stage"`        // "quality", "duplicate", "episode cap", "podcast cap", "rank", "seen", "muted"
	By      string  `json:"by,omitempty"` // the pick that displaced it
	Score   float64 `json:"score"`
}

// Question asks about what was said.
type Question struct {
	Text     string
	Insight  string   // ID of the insight it is about; "" when none
	Insights []string // IDs of the brief it was asked under: these episodes are searched first
	Earlier  []insight.Turn
	Language string
	Now      time.Time
}

// Answer is the reply to a Question: cited sentences, or else the closest passages.
type Answer struct {
	Question  string     `json:"question"`
	Answer    string     `json:"answer"` // "" when the passages do not answer it
	Gap       string     `json:"gap,omitempty"`
	Citations []Citation `json:"citations"` // of the answer's sentences in order, or the closest passages, best first
	Next      []string   `json:"next,omitempty"`
	Engine    string     `json:"engine"`
	Label     string     `json:"label,omitempty"`
}

// Citation is a verbatim quote with the place where it was said.
type Citation struct {
	Quote    string            `json:"quote"`
	Speaker  string            `json:"speaker,omitempty"`
	Start    time.Duration     `json:"start"`
	Timing   transcript.Timing `json:"timing,omitempty"`
	Source   string            `json:"source,omitempty"` // of the transcript: "notes" is labelled to readers
	Episode  feed.Episode      `json:"episode"`          // without notes
	Podcast  string            `json:"podcast"`
	Link     string            `json:"link"`
	Sentence int               `json:"sentence"` // number of the answer's sentence that it supports, from 1; 0 for a closest passage
}

// Surroundings is an insight's quote with what was said around it.
type Surroundings struct {
	Item
	Before []Line `json:"before"`
	Quote  []Line `json:"quote"`
	After  []Line `json:"after"`
}

// Line is a stretch by one speaker.
type Line struct {
	Start   time.Duration `json:"start"`
	Speaker string        `json:"speaker,omitempty"`
	Text    string        `json:"text"`
}

// Health is what a feed's scans came to.
type Health struct {
	feed.Feed
	Episodes    int       `json:"episodes"`
	Transcripts int       `json:"transcripts"` // episodes with a real transcript
	Insights    int       `json:"insights"`
	Newest      time.Time `json:"newest,omitzero"` // date of the newest episode
}
