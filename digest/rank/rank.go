// Package rank chooses: it finds the insights that a reader's topics ask for, orders them, and leaves out what says the
// same again. It works in memory on values, is deterministic, and reads neither store nor clock nor network.
//
// An Index holds all insights (Doc), whoever reads them. Top composes a brief out of it: topics are understood by their
// words, by a table of related terms (topics.txt) and by what the corpus teaches; candidates pass a quality floor, what
// the reader got already falls out, near-duplicates of several podcasts become one, and no podcast takes the brief for
// itself. Related finds what other podcasts say about the same, Search finds words, Episodes and Passages retrieve for a
// question. With vectors of a model (SetVectors) the last four know meaning besides words.
package rank

import (
	"context"
	"time"
)

// Doc is an insight as ranking sees it.
type Doc struct {
	ID        string // sorts by time of processing
	Episode   string
	Feed      string
	Text      string
	Title     string // of the episode
	Podcast   string // title of the podcast
	Notes     string // show notes, shortened by the caller
	Topics    []string
	Language  string
	Quality   float64 // insight.Score
	Scale     Scale   // what Quality means; the zero Scale is the built-in engine's
	Speaker   bool    // whether the speaker is known
	FromNotes bool
	Ingested  time.Time
	Published time.Time
}

// Embedder turns texts into vectors. It must be safe for concurrent use.
type Embedder interface {
	Model() string // a changed name means that old vectors are worthless
	Embed(context.Context, []string) ([][]float32, error)
}

// Scored is a thing found, with how close it is; larger is closer.
type Scored struct {
	ID    string
	Score float64
}

// Query asks for a brief.
type Query struct {
	Topics    []string               // words or phrases; none: everything in the index
	Exclude   []string               // words or topics that must not occur
	Follow    []string               // feeds whose insights are wanted whatever their topic
	Mute      []string               // feeds that are not wanted
	MuteWords []string               // words or topics that are not wanted
	Hidden    func(feed string) bool // feeds that this reader may not know of; nil: none
	Since     time.Time              // ingested at or after
	Published time.Time              // published at or after, or at an unknown time
	Now       time.Time
	Count     int      // at most so many picks; 5 when 0
	Seen      []string // IDs of docs that this reader has got already; unknown ones do no harm
	Taste     Taste
	Language  string // only docs in this language and in an unknown one; "" for all
	Fallen    int    // at most so many fallen are told; 20 when 0, all when negative
}

// The sources of a pick.
const (
	FromTopic  = "topic"  // it answers a topic
	FromFollow = "follow" // its podcast is followed
	FromAll    = "all"    // neither topics nor podcasts were asked for
)

// Result is the answer to a Query.
type Result struct {
	Picks    []Pick   // best first
	Fallen   []Fallen // what came close and was left out, best first
	Podcasts int      // how many podcasts were looked through
}

// Pick is a doc chosen for a brief. Its scores are 0 to 1, Taste -1 to 1.
type Pick struct {
	ID        string
	Topic     string // the query's topic that it answers best; "" when none
	Source    string // FromTopic, FromFollow or FromAll
	Relevance float64
	Quality   float64 // how probably a reader wants it
	Recency   float64
	Taste     float64
	Total     float64
	Also      []string // IDs of docs of other podcasts that say the same, one a podcast
}

// The stages at which a candidate falls out.
const (
	StageSeen      = "seen"        // the reader got it, or one that says the same
	StageMuted     = "muted"       // a muted podcast, a muted or an excluded word
	StageQuality   = "quality"     // below the floor
	StageDuplicate = "duplicate"   // says the same as a pick
	StageEpisode   = "episode cap" // the picks have enough of its episode
	StagePodcast   = "podcast cap" // the picks have enough of its podcast
	StageRank      = "rank"        // others were better
)

// Fallen is a candidate that was not picked.
type Fallen struct {
	ID    string
	Stage string
	By    string // the pick that displaced it, or the seen doc that it repeats; "" when none in particular
	Score float64
}
