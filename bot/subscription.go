package bot

import (
	"podbrief/digest"
	"slices"
	"strings"
	"time"
)

// The limits of a subscription.
const (
	maxFeeds  = 50 // followed by one channel
	maxTopics = 50
	minCount  = 3
	maxCount  = 10
)

// Subscription is what a channel wants to read, and when.
type Subscription struct {
	Channel   Channel  `json:"channel"`
	Topics    []string `json:"topics,omitempty"`
	Exclude   []string `json:"exclude,omitempty"` // topics with a minus
	Follow    []string `json:"follow,omitempty"`  // feed URLs
	Mute      []string `json:"mute,omitempty"`    // feed URLs
	MuteWords []string `json:"mute_words,omitempty"`
	Schedule  Schedule `json:"schedule"`
	Count     int      `json:"count"`
	Language  string   `json:"language,omitempty"` // "" for all
	Quiet     bool     `json:"quiet,omitempty"`    // an empty day says nothing
	Thread    bool     `json:"thread,omitempty"`   // a thread is opened under each brief

	Creator string    `json:"creator,omitempty"` // who made it
	Owner   Channel   `json:"owner,omitzero"`    // the creator's direct messages: told when the channel stops
	Created time.Time `json:"created"`
	// Since is when it began to count: briefs due before are not sent. Resume sets it again.
	Since time.Time `json:"since"`
	// Rescheduled is when Schedule was changed: what is due by it since before is neither late nor missed.
	Rescheduled time.Time `json:"rescheduled,omitzero"`
	// First asks for a brief at once, as long as none has been sent.
	First      bool         `json:"first,omitempty"`
	Paused     bool         `json:"paused,omitempty"`
	PauseUntil time.Time    `json:"pause_until,omitzero"` // of Paused; zero: until somebody resumes
	Stop       Stop         `json:"stop,omitzero"`
	Last       string       `json:"last,omitempty"`      // key of the newest delivery with picks
	LastAt     time.Time    `json:"last_at,omitzero"`    // when that was planned: what is newer is new
	Offered    []string     `json:"offered,omitempty"`   // feed URLs that were proposed already
	Edits      digest.Taste `json:"edits,omitzero"`      // what was set by hand over what votes taught
	VotesFrom  time.Time    `json:"votes_from,omitzero"` // votes before a reset do not count
	ProposedAt time.Time    `json:"proposed_at,omitzero"`
	Proposal   *Proposal    `json:"proposal,omitempty"` // for the next brief's footer
}

// Stop is why a channel gets nothing although nobody paused it.
type Stop struct {
	Class  Class     `json:"class,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Probed time.Time `json:"probed,omitzero"` // when it was last tried whether it is over
	Told   bool      `json:"told,omitempty"`  // whether Creator knows
}

// Proposal is a podcast that might be followed.
type Proposal struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Topic string `json:"topic"`
}

// newSubscription returns a channel's subscription as it is before anybody says anything.
func newSubscription(r Request, ch Channel, zone string, now time.Time) Subscription {
	ch.Thread = ""
	return Subscription{
		Channel: ch, Creator: r.User, Owner: r.Personal, Created: now, Since: now, First: true, Count: 5,
		Schedule: Schedule{Hour: 8, Minute: 30, Zone: zone},
	}
}

// active reports whether briefs are sent at now.
func (s *Subscription) active(now time.Time) bool {
	return s.Stop.Class == "" && !s.pausedAt(now)
}

func (s *Subscription) pausedAt(now time.Time) bool {
	return s.Paused && (s.PauseUntil.IsZero() || now.Before(s.PauseUntil))
}

// counts returns since when briefs are owed: since it was made or resumed, or since a pause ended by itself.
func (s *Subscription) counts() time.Time {
	if s.Paused && s.PauseUntil.After(s.Since) {
		return s.PauseUntil
	}
	return s.Since
}

// interests says in words what the briefs are about.
func (s *Subscription) interests() string {
	var parts []string
	if len(s.Topics) > 0 {
		parts = append(parts, "topics: "+strings.Join(s.Topics, ", "))
	}
	if len(s.Exclude) > 0 {
		parts = append(parts, "without: "+strings.Join(s.Exclude, ", "))
	}
	if n := len(s.Follow); n > 0 {
		parts = append(parts, count(n, "followed podcast"))
	}
	if len(parts) == 0 || len(s.Topics)+len(s.Follow) == 0 {
		parts = append([]string{"topics: all"}, parts...)
	}
	return strings.Join(parts, "; ")
}

// empty reports whether nobody asked for anything yet.
func (s *Subscription) empty() bool { return len(s.Topics)+len(s.Follow) == 0 }

// want adds topics, and takes them off the excluded ones.
func (s *Subscription) want(topics []string) {
	for _, t := range topics {
		s.Topics, s.Exclude = addTo(s.Topics, t), without(s.Exclude, t)
	}
}

// exclude adds topics that must not occur, and takes them off the wanted ones.
func (s *Subscription) exclude(topics []string) {
	for _, t := range topics {
		s.Exclude, s.Topics = addTo(s.Exclude, t), without(s.Topics, t)
	}
}

// drop takes topics off, wanted or excluded, and returns those that were there.
func (s *Subscription) drop(topics []string) (dropped []string) {
	for _, t := range topics {
		if slices.Contains(s.Topics, t) || slices.Contains(s.Exclude, t) {
			dropped = append(dropped, t)
		}
		s.Topics, s.Exclude = without(s.Topics, t), without(s.Exclude, t)
	}
	return dropped
}
