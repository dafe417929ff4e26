package bot

import (
	"context"
	"time"
)

// Adapter connects one chat platform. It holds a connection and nothing about channels: what a channel wants is in the
// store. The core never asks which platform it talks to.
type Adapter interface {
	Platform() string
	// Run offers cmds to users and passes what they send to h until ctx is done. It acknowledges within the platform's
	// limit (3 s on Slack and Discord); how, it knows from the command's row: Private (ephemeral from the first answer
	// on), Form (opens it instead of deferring), Slow (deferral, then edit: h may take minutes). Complete and Check are
	// asked synchronously. Run returns nil when ctx is done, and an error when it cannot go on (a bad token).
	Run(ctx context.Context, cmds []Command, h Handler) error
	// Post sends a message and returns the platform's ID of it. It works in a process that never called Run. Its error
	// is a *PostError.
	Post(ctx context.Context, ch Channel, m Message, key DeliveryKey) (id string, err error)
	// Find looks for a message posted under key since t, after a crash. trustworthy is false when the platform would
	// also show nothing for a message that is there (no right to read the history).
	Find(ctx context.Context, ch Channel, key DeliveryKey, since time.Time) (id string, found, trustworthy bool, err error)
	// Probe asks with one light call whether a channel that was stopped takes messages again, nil when it does; with an
	// empty Channel.ID, whether the workspace's token works. Its error is a *PostError. It is called once a day at most, after
	// a start, and when somebody asks for it.
	Probe(ctx context.Context, ch Channel) error
}

// DeliveryKey names one delivery, the same for every try: 1 to 40 characters of [a-z0-9-].
type DeliveryKey string

// Handler answers a request. It never fails: what went wrong is told in the Message. progress may be nil; each call shows
// a message in the place of the answer until the answer comes. The zero Message says nothing. Most answers come within
// milliseconds: an adapter does well to wait a second before it defers, so that a refusal can still be private.
type Handler func(ctx context.Context, r Request, progress func(Message)) Message

// Channel is a place on a platform that messages go to.
type Channel struct {
	Platform  string `json:"platform"`
	Workspace string `json:"workspace"` // Slack team, Discord guild; for direct messages on Discord "@me"
	ID        string `json:"id"`
	Kind      Kind   `json:"kind,omitempty"`
	User      string `json:"user,omitempty"`   // of a Direct channel: whose it is
	Name      string `json:"name,omitempty"`   // as last seen; for people only
	Thread    string `json:"thread,omitempty"` // post into this thread
}

// Kind is the kind of a channel.
type Kind string

// The kinds of channel.
const (
	Room    Kind = ""        // a channel of a workspace
	Direct  Kind = "direct"  // a direct message with the bot; ID may be "" until the first post: the adapter opens it
	Foreign Kind = "foreign" // a place where the bot may answer but not post by itself
	Forum   Kind = "forum"   // each post opens a thread
)

// Rights are what the sender of a request may do there. The adapter fills them from what the platform signed.
type Rights uint8

// The rights, from the matrix of who may change what.
const (
	Read       Rights = 1 << iota // ask, read
	Own                           // change one's own subscription
	Manage                        // change the channel's subscription and time
	Administer                    // workspace settings, budget, purge
)

// Event is something that happened to a channel or workspace, instead of a command.
type Event string

// The events. Names and IDs are in Request.Channel.
const (
	None        Event = ""
	Gone        Event = "gone"        // the channel was deleted or archived, or the bot removed from it
	Renamed     Event = "renamed"     // Channel.Name is the new name
	Uninstalled Event = "uninstalled" // the workspace removed the bot: purge
	Left        Event = "left"        // the workspace removed the bot, maybe by mistake: purge a day later
	Joined      Event = "joined"      // the bot is in the workspace: no purge that waits
	Listed      Event = "listed"      // Words are all workspaces of the platform that the bot is in; it left the others
	// HomeOpened is answered with the home view. An adapter asks for it again after each command that came out of the
	// view, and shows it anew.
	HomeOpened Event = "home"
)

// Request is one asking: a command, a question, a submitted form or an event.
type Request struct {
	Channel Channel
	Thread  string // thread or message that it was written under; "" when none
	User    string
	Locale  string // BCP 47, "" when not known
	Zone    string // IANA zone of the user, "" when not known
	Rights  Rights
	Words   []string // a command's words without "/brief" (see Split); a question is one "ask" and its text
	Fields  Fields   // of a submitted form
	Event   Event
	// Implicit: not addressed to the bot. It is answered only when Thread belongs to a brief of ours.
	Implicit bool
	// CannotPost: the bot may answer here but not post by itself (not a member, no right).
	CannotPost bool
	// Invite says in the platform's words how to let the bot post here ("/invite @podbrief"); used with CannotPost.
	Invite string
	// Personal is the sender's direct messages with the bot, where a personal subscription is sent; the zero Channel when
	// the bot cannot write to this person. A command whose second word is "@me" is about it.
	Personal Channel
	// Member says whether the sender is in a channel of the same workspace, where a command whose second word is "in:" and
	// a channel's ID is done with Rights, as the buttons of the home view ask for; nil refuses such commands.
	Member func(context.Context, Channel) (bool, error)
}

// Fields are a form's values by field name; a field of several values has them one a line.
type Fields map[string]string

// Command is a row of the one table that dispatch, help, registration and documentation come from.
type Command struct {
	Word    string
	Help    string // one sentence without full stop, at most 100 characters
	Args    []Arg
	Right   Rights // the one right it needs
	Private bool   // answered to the asker only
	Slow    bool   // may take minutes
	// Form, when not nil, returns the form that the command opens, or nil when these words need none.
	Form func(Request) *Form
	// Complete offers values for an argument from what was typed of it; from memory, in less than 200 ms; may be nil.
	Complete func(r Request, arg, typed string) []Choice
	// Check says per field what to do about a wrong value; from memory; may be nil.
	Check func(Request, Fields) map[string]string
}

// Arg is an argument of a command.
type Arg struct {
	Name     string // lower case, at most 32 characters
	Help     string // at most 100 characters
	Required bool
	Rest     bool     // takes all that follows
	Choices  []Choice // the only values allowed; none: any
}

// Choice is a value to choose, with what people see of it.
type Choice struct{ Label, Value string }

// Class says what to do after a failed post.
type Class string

// The classes of errors.
const (
	Wait        Class = "wait"         // certainly not sent: again after RetryAfter
	Ambiguous   Class = "ambiguous"    // may have been sent: look it up before the next try
	ChannelStop Class = "channel_stop" // this channel will not take messages until somebody acts
	TenantStop  Class = "tenant_stop"  // the workspace will not: nothing may be sent to it any more
	PayloadFix  Class = "payload_fix"  // the message itself is refused: a defect of ours
	UserGone    Class = "user_gone"    // the person cannot be reached
)

// PostError is why a post failed.
type PostError struct {
	Class      Class
	RetryAfter time.Duration // of Wait; 0 when not said
	Err        error
}

func (e *PostError) Error() string { return string(e.Class) + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *PostError) Unwrap() error { return e.Err }

// Finding is one thing that an adapter's Doctor looked at.
type Finding struct {
	OK   bool
	What string // what was looked at, as a whole sentence: and what to do when it is not OK
}
