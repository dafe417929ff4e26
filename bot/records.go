package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"time"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// The bot's records. Every key begins with the workspace that owns the record, so that a workspace is a range of keys:
//
//	bucket         key                              record
//	workspace      <workspace>                      Workspace
//	subscription   <workspace><channel>             Subscription
//	delivery       <workspace><channel><date>       Delivery of that date's brief
//	               <workspace><channel><date>+…     Delivery of something else: asked for with "now", a notice
//	open           as delivery                      openMark: a delivery that is not settled
//	message        <workspace><channel><message>    string: key of the delivery that the message shows
//	seen           <workspace><channel><insight>    seenMark: the channel got this insight
//	vote           <workspace><channel><user><insight>   Vote
//	saved          <workspace><user><insight>       Saved
//	managed        <workspace><user><channel>       managedMark: who changed a channel's subscription, and when
//	thread         <workspace><channel><thread>     Thread: what was asked there
//	choice         <workspace><token>               directory.Podcast: one that was offered by a button
//	use            <workspace><what><who>           Uses: when somebody did what is limited
//	purge          <workspace>[<user> or <channel>] purgeMark: what is being deleted
//	topic          <topic>                          topicRecord: what the directory knows of it; of no workspace
//
// <workspace> is platform ":" workspace "/", every other part ends with "/" but the last. The channel of somebody's direct
// messages is "@" and the user.
const (
	workspaceBucket    = "workspace"
	subscriptionBucket = "subscription"
	deliveryBucket     = "delivery"
	openBucket         = "open"
	messageBucket      = "message"
	seenBucket         = "seen"
	voteBucket         = "vote"
	savedBucket        = "saved"
	managedBucket      = "managed"
	threadBucket       = "thread"
	choiceBucket       = "choice"
	useBucket          = "use"
	purgeBucket        = "purge"
	topicBucket        = "topic"
	privateBucket      = "private" // addresses of podcasts that somebody followed and no pack holds
)

// ownedBuckets are those whose records belong to a workspace, in the order in which they are deleted: first what makes
// something be sent.
var ownedBuckets = [...]string{
	workspaceBucket, subscriptionBucket, openBucket, deliveryBucket, messageBucket, seenBucket, voteBucket, savedBucket,
	managedBucket, threadBucket, choiceBucket, useBucket,
}

// Workspace is what is known of a workspace as a whole.
type Workspace struct {
	Stop     Stop     `json:"stop,omitzero"`
	Managers Managers `json:"managers,omitempty"`
}

// Managers says which members may change a channel's subscription.
type Managers string

// The rules of who manages.
const (
	AllManage     Managers = ""        // whoever the platform lets
	CreatorManage Managers = "creator" // who made the subscription, and admins
	AdminsManage  Managers = "admins"
)

// openMark says when an unsettled delivery is to be looked at.
type openMark struct {
	Wake time.Time `json:"wake"`
}

// seenMark says in which brief a channel got an insight.
type seenMark struct {
	Date Date `json:"date"`
}

// managedMark says when somebody last changed a channel's subscription.
type managedMark struct {
	Channel Channel   `json:"channel"`
	At      time.Time `json:"at"`
}

// Vote is what somebody thinks of an insight.
type Vote struct {
	Up    bool      `json:"up"`
	Feed  string    `json:"feed"`
	Words []string  `json:"words,omitempty"` // the topics that it stands for
	At    time.Time `json:"at"`
}

// Saved is an insight that somebody keeps, with enough of it to be read when its episode is gone.
type Saved struct {
	Insight string    `json:"insight"`
	Text    string    `json:"text"`
	Podcast string    `json:"podcast"`
	Title   string    `json:"title"`
	Link    string    `json:"link,omitempty"`
	At      time.Time `json:"at"`

	Speaker   string    `json:"speaker,omitempty"`
	Engine    string    `json:"engine,omitempty"` // that took the insight
	Published time.Time `json:"published,omitzero"`
}

// keep makes a record of an insight.
func keep(it digest.Item, at time.Time) Saved {
	s := Saved{Insight: it.Insight.ID, Text: it.Insight.Text, Podcast: it.Podcast, Title: it.Episode.Title, Link: it.Link, At: at,
		Speaker: it.Insight.Speaker, Engine: it.Insight.Engine, Published: it.Episode.Published}
	if it.Insight.FromNotes() {
		s.Speaker = ""
	}
	return s
}

// item is what is kept, as it is shown.
func (s Saved) item() digest.Item {
	return digest.Item{
		Insight: insight.Insight{ID: s.Insight, Text: s.Text, Speaker: s.Speaker, Engine: s.Engine, Timing: transcript.Unknown},
		Episode: feed.Episode{Title: s.Title, Published: s.Published}, Podcast: s.Podcast, Link: s.Link,
	}
}

// Thread is a conversation under a brief, the newest turns of it.
type Thread struct {
	Turns []Turned  `json:"turns"`
	At    time.Time `json:"at,omitzero"` // of the newest one
}

// Turned is one question of a conversation and its answer.
type Turned struct {
	User     string `json:"user"`
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// Uses is when something was done that may be done only so often, oldest first.
type Uses struct {
	Times []time.Time `json:"times"`
}

// workspaceKey is the beginning of the keys of all that a channel's workspace owns.
func workspaceKey(ch Channel) string { return part(ch.Platform+":"+ch.Workspace) + "/" }

// channelKey is the beginning of the keys of all that belongs to a channel.
func channelKey(ch Channel) string {
	if ch.Kind == Direct {
		return workspaceKey(ch) + "@" + part(ch.User) + "/"
	}
	return workspaceKey(ch) + part(ch.ID) + "/"
}

// part makes a name into a part of a key.
func part(name string) string { return url.PathEscape(name) }

// workspaceOf cuts a key after its workspace.
func workspaceOf(key string) string {
	ws, _, _ := strings.Cut(key, "/")
	return ws + "/"
}

// after is the first key that does not begin with a prefix, which must end with "/".
func after(prefix string) string { return prefix[:len(prefix)-1] + "0" }

// deliveryKey is the name of a delivery outside: the same for every try of it, and for nothing else.
func deliveryKey(record string) DeliveryKey {
	h := sha256.Sum256([]byte(record))
	return DeliveryKey(hex.EncodeToString(h[:16]))
}

// token is a short name for an address, to be carried by a button.
func token(address string) string {
	h := sha256.Sum256([]byte(address))
	return "p-" + hex.EncodeToString(h[:6])
}

// get reads a record; the zero value when there is none.
func get[T any](tx store.Tx, bucket, key string) (v T, found bool, err error) {
	v, err = store.Get[T](tx, bucket, key)
	if errors.Is(err, store.ErrNotFound) {
		return v, false, nil
	}
	return v, err == nil, err
}

// exists reports whether there is a record, without reading what it says.
func exists(tx store.Tx, bucket, key string) (bool, error) {
	_, err := tx.Get(bucket, key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// all reads the records of a bucket whose keys begin with a prefix; "" is all of them.
func all[T any](tx store.Tx, bucket, prefix string) ([]T, error) {
	if prefix == "" {
		return store.All[T](tx, bucket, "", "")
	}
	return store.All[T](tx, bucket, prefix, after(prefix))
}

// view reads one value out of the store.
func view[T any](ctx context.Context, db store.DB, fn func(store.Tx) (T, error)) (v T, err error) {
	err = db.View(ctx, func(tx store.Tx) error {
		v, err = fn(tx)
		return err
	})
	return v, err
}

// subscriptionOf reads a channel's subscription; false when it has none.
func (b *Bot) subscriptionOf(ctx context.Context, ch Channel) (sub Subscription, found bool, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		sub, found, err = get[Subscription](tx, subscriptionBucket, channelKey(ch))
		return err
	})
	return sub, found, err
}

// change reads, changes and writes a channel's subscription in one transaction. make gives a new one when there is none;
// with make nil a missing one is an error for the user.
func (b *Bot) change(ctx context.Context, ch Channel, make func() Subscription, fn func(*Subscription) error) (sub Subscription, err error) {
	err = b.DB.Update(ctx, func(tx store.Tx) error {
		var found bool
		sub, found, err = get[Subscription](tx, subscriptionBucket, channelKey(ch))
		switch {
		case err != nil:
			return err
		case !found && make == nil:
			return errNothingHere
		case !found:
			sub = make()
		}
		was := sub.Schedule
		if err := fn(&sub); err != nil {
			return err
		}
		if sub.Schedule != was {
			sub.Rescheduled = b.now()
		}
		if err := keepPrivate(tx, b.private(sub)); err != nil {
			return err
		}
		return store.Put(tx, subscriptionBucket, channelKey(ch), sub)
	})
	if err == nil {
		b.owners.add(ch, b.private(sub))
	}
	return sub, err
}

// PutSubscription writes a subscription as it is.
func PutSubscription(tx store.Tx, sub Subscription) error {
	return store.Put(tx, subscriptionBucket, channelKey(sub.Channel), sub)
}

// errNothingHere says that a channel has no subscription.
var errNothingHere = tell("Nothing is subscribed here yet; start with a topic, like “topic ai, open source”.")
