// Package feed reads podcast feeds: it fetches a feed politely, parses RSS, Atom and JSON Feed, and hands out the
// podcast and its episodes in one form, whatever prefix, encoding or mistake the document came with.
//
// A Fetcher gets a feed and its newest episodes, Identify recognises the known ones among them, and the caller keeps
// what is new together with the Feed:
//
//	f, fresh, err := fetcher.Fetch(ctx, f) // keep f whatever err is
//	episodes, isNew := feed.Identify(known, fresh)
//
// On the way a document is made safe and cheap to read: newSource finds its encoding, sketch finds its head and its
// newest episodes without parsing, assemble mends those into a small document, gofeed parses that, and build turns the
// result into our form. All addresses come from strangers: NewClient's guard says which may be asked.
//
// It knows HTTP, XML and the podcast namespace. It does not know what an insight is, stores nothing and imports
// nothing of ours: the caller keeps the Feed between two fetches and gives it back.
package feed

import (
	"strings"
	"time"
)

// Feed is a podcast's document and the podcast it describes, with what the next fetch needs to know.
type Feed struct {
	URL         string   `json:"url"` // where it is fetched, after permanent redirects
	Title       string   `json:"title,omitempty"`
	Link        string   `json:"link,omitempty"` // the podcast's web page
	Description string   `json:"description,omitempty"`
	Author      string   `json:"author,omitempty"`
	Language    string   `json:"language,omitempty"` // BCP 47, lower case, "" when not said
	Image       string   `json:"image,omitempty"`
	GUID        string   `json:"guid,omitempty"` // podcast:guid
	Locked      bool     `json:"locked,omitempty"`
	Persons     []Person `json:"persons,omitempty"`
	Topics      []string `json:"topics,omitempty"` // itunes categories

	State State `json:"state"`
}

// State is what one fetch leaves for the next.
type State struct {
	ETag         string        `json:"etag,omitempty"`
	LastModified string        `json:"last_modified,omitempty"` // as received
	BodyHash     string        `json:"body_hash,omitempty"`     // of the body after decompression
	CheckedAt    time.Time     `json:"checked_at,omitzero"`
	ChangedAt    time.Time     `json:"changed_at,omitzero"`
	NextCheckAt  time.Time     `json:"next_check_at,omitzero"`
	Interval     time.Duration `json:"interval,omitempty"` // adaptive poll interval
	Failures     int           `json:"failures,omitempty"` // in a row
	Error        string        `json:"error,omitempty"`    // of the last failure, one sentence, without secrets
	Gone         int           `json:"gone,omitempty"`     // answers 410 in a row, a day apart
	Dead         bool          `json:"dead,omitempty"`     // gone for good (410 on three days, or too many failures)
	FullAt       time.Time     `json:"full_at,omitzero"`   // last time the whole document was asked for and came
	OldestFirst  bool          `json:"oldest_first,omitempty"`
}

// Reason is Error without the address, which may hold the key of a private feed.
func (s State) Reason() string {
	if address, reason, ok := strings.Cut(s.Error, ": "); ok && strings.HasPrefix(address, "http") {
		return reason
	}
	return s.Error
}

// Episode is one episode of a feed.
type Episode struct {
	ID          string        `json:"id"`   // ours; survives a changed GUID, enclosure URL or title
	Feed        string        `json:"feed"` // Feed.URL
	GUID        string        `json:"guid,omitempty"`
	Title       string        `json:"title"`
	Link        string        `json:"link,omitempty"`
	Notes       string        `json:"notes,omitempty"` // show notes as plain text, paragraphs kept
	Published   time.Time     `json:"published,omitzero"`
	Duration    time.Duration `json:"duration,omitempty"`
	Language    string        `json:"language,omitempty"`
	Image       string        `json:"image,omitempty"`
	Season      int           `json:"season,omitempty"`
	Number      int           `json:"number,omitempty"`
	Explicit    bool          `json:"explicit,omitempty"`
	Enclosure   Enclosure     `json:"enclosure,omitzero"`
	Transcripts []Transcript  `json:"transcripts,omitempty"`
	Chapters    string        `json:"chapters,omitempty"` // URL of Podcasting 2.0 chapters
	Persons     []Person      `json:"persons,omitempty"`
	Soundbites  []Soundbite   `json:"soundbites,omitempty"`
}

// Enclosure is an episode's audio file.
type Enclosure struct {
	URL    string `json:"url,omitempty"`
	Type   string `json:"type,omitempty"`
	Length int64  `json:"length,omitempty"` // bytes, as the feed says
}

// Transcript is a link to what was said in an episode.
type Transcript struct {
	URL      string `json:"url"`
	Type     string `json:"type,omitempty"` // media type, lower case
	Language string `json:"language,omitempty"`
	Rel      string `json:"rel,omitempty"` // "captions" when timed captions are meant
}

// Person is somebody heard or credited in a podcast or an episode.
type Person struct {
	Name string `json:"name"`
	Role string `json:"role,omitempty"` // lower case; "host" when the feed says nothing
}

// Soundbite is a stretch that the podcast's makers chose themselves.
type Soundbite struct {
	Start    time.Duration `json:"start"`
	Duration time.Duration `json:"duration"`
	Title    string        `json:"title,omitempty"`
}
