package digest

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// The engine's records:
//
//	bucket       key                          record
//	feed         <feed>                       feedRecord
//	episode      <episode>                    episodeRecord
//	known        <feed> " " <episode>         knownRecord: enough of an episode to tell it again
//	pending      <episode>                    pendingRecord: work to be done
//	insight      <insight>                    insight.Insight; the key begins with the time of processing
//	transcript   <episode>                    transcript.Transcript, packed
//	show         <feed>                       insight.Show, packed
//	silent       <episode>                    silentRecord: speech that may be written down
//	quiet        <episode>                    quietRecord: a transcript that no insight was taken from
//	vector       <insight>                    vectorRecord: its meaning, with a model that tells
//
// <feed> is the address under which the feed was added (see feedKey), also after it moved; <episode> is feed.Episode.ID
// and <insight> insight.Insight.ID. Packed is JSON compressed by zstd.
const (
	feedBucket       = "feed"
	episodeBucket    = "episode"
	knownBucket      = "known"
	pendingBucket    = "pending"
	insightBucket    = "insight"
	transcriptBucket = "transcript"
	showBucket       = "show"
	silentBucket     = "silent"
	quietBucket      = "quiet"
	vectorBucket     = "vector"
)

// feedRecord is a podcast. Feed.URL is the address under which it was added and stays its name for good; Moved is where
// it is fetched since it moved.
type feedRecord struct {
	Feed  feed.Feed `json:"feed"`
	Moved string    `json:"moved,omitempty"`
	// All: the back catalogue is wanted, and not only the newest episodes.
	All bool `json:"all,omitempty"`
}

// episodeRecord is an episode and what became of it.
type episodeRecord struct {
	feed.Episode
	Outcome  Outcome  `json:"outcome,omitempty"` // "" while it is pending
	Error    string   `json:"error,omitempty"`   // of GaveUp, and of NoTranscript when an offered one cannot be used
	Source   string   `json:"source,omitempty"`  // of the transcript
	Spoken   string   `json:"spoken,omitempty"`  // language of the transcript
	Engine   string   `json:"engine,omitempty"`  // the extractor's Name
	Insights []string `json:"insights,omitempty"`
}

// Outcome is what the work on an episode came to.
type Outcome string

// The outcomes.
const (
	Done         Outcome = "done"          // insights were looked for; there may be none
	NoTranscript Outcome = "no transcript" // nothing to read, not even show notes
	GaveUp       Outcome = "gave up"       // failed too often
)

// knownRecord is what is kept of every episode that was ever seen in a feed, also of those that were not taken.
type knownRecord struct {
	Episode feed.Episode `json:"episode"` // slim
	Skipped bool         `json:"skipped,omitempty"`
}

// pendingRecord marks an episode that is to be processed.
type pendingRecord struct {
	Attempts int       `json:"attempts,omitempty"` // counted before the work: one that kills the process is noticed
	NotYet   time.Time `json:"not_yet,omitzero"`   // after a failure: not before
	Error    string    `json:"error,omitempty"`
}

// feedKey is the key of a feed's record: its address, or, when that is too long for a key, its beginning and a hash.
func feedKey(url string) string {
	const longest = 512
	if len(url) <= longest {
		return url
	}
	return url[:longest-17] + "#" + shortHash(url, 16)
}

// knownRange is the range of a feed's keys in the known bucket. Addresses hold no spaces.
func knownRange(url string) (from, to string) {
	k := feedKey(url)
	return k + " ", k + "!"
}

func knownKey(url, episode string) string { return feedKey(url) + " " + episode }

// newID names the nth insight of an episode, processed at t. IDs sort by t.
func newID(t time.Time, episode string, n int) string {
	ms := strconv.FormatInt(t.UnixMilli(), 36)
	return fmt.Sprintf("%s%s-%s-%d", "000000000"[len(ms):], ms, shortHash(episode, 6), n)
}

// shortHash is n characters of [a-z2-7] that depend on all of s.
func shortHash(s string, n int) string {
	h := sha256.Sum256([]byte(s))
	return strings.ToLower(base32.StdEncoding.EncodeToString(h[:]))[:n]
}

// slim leaves of an episode what it can be told by, and what it offers.
func slim(ep feed.Episode) feed.Episode {
	return feed.Episode{
		ID: ep.ID, Feed: ep.Feed, GUID: ep.GUID, Title: ep.Title, Link: ep.Link, Published: ep.Published,
		Duration: ep.Duration, Season: ep.Season, Number: ep.Number, Enclosure: ep.Enclosure, Transcripts: ep.Transcripts,
	}
}

// The coders are safe for concurrent use; their options cannot fail.
var (
	packer, _   = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(256<<20))
)

func putPacked[T any](tx store.Tx, bucket, key string, v T) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s %q: %w", bucket, key, err)
	}
	return tx.Put(bucket, key, packer.EncodeAll(b, nil))
}

func getPacked[T any](tx store.Tx, bucket, key string) (T, error) {
	var v T
	b, err := tx.Get(bucket, key)
	if err != nil {
		return v, err
	}
	if b, err = unpacker.DecodeAll(b, nil); err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		return v, fmt.Errorf("decode %s %q: %w", bucket, key, err)
	}
	return v, nil
}

func getFeed(tx store.Tx, url string) (feedRecord, error) {
	rec, err := store.Get[feedRecord](tx, feedBucket, feedKey(url))
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("feed %q: %w", url, ErrUnknownFeed)
	}
	return rec, err
}

func putFeed(tx store.Tx, rec feedRecord) error {
	return store.Put(tx, feedBucket, feedKey(rec.Feed.URL), rec)
}

func getEpisode(tx store.Tx, id string) (episodeRecord, error) {
	rec, err := store.Get[episodeRecord](tx, episodeBucket, id)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("episode %q: %w", id, ErrUnknownEpisode)
	}
	return rec, err
}

func getInsight(tx store.Tx, id string) (insight.Insight, error) {
	ins, err := store.Get[insight.Insight](tx, insightBucket, id)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("insight %q: %w", id, ErrUnknownInsight)
	}
	return ins, err
}

// getTranscript returns the stored transcript of an episode; store.ErrNotFound when there is none.
func getTranscript(tx store.Tx, episode string) (*transcript.Transcript, error) {
	return getPacked[*transcript.Transcript](tx, transcriptBucket, episode)
}

// getShow returns what is known of a podcast's habits; an empty one when nothing.
func getShow(tx store.Tx, feedURL string) (*insight.Show, error) {
	show, err := getPacked[*insight.Show](tx, showBucket, feedKey(feedURL))
	if errors.Is(err, store.ErrNotFound) {
		return &insight.Show{}, nil
	}
	return show, err
}
