package bot

import (
	"errors"
	"math/rand/v2"
	"time"

	"podbrief/digest"
)

// State is how far a delivery is.
type State string

// The states. The first two are open; the others are final.
const (
	Planned   State = "planned"   // certainly not sent
	Sending   State = "sending"   // perhaps sent
	Delivered State = "delivered" // sent, or with nothing to say on a quiet day
	Unsure    State = "unsure"    // sent twice at most, never confirmed
	Refused   State = "refused"   // the platform does not take the message in any form
	GivenUp   State = "missed"    // could not be sent in time
)

// Purpose is what a delivery is for.
type Purpose string

// The purposes.
const (
	Daily   Purpose = ""       // the brief of a date
	First   Purpose = "first"  // the brief of a date, made because a subscription is new
	Asked   Purpose = "now"    // a brief that somebody asked for
	Notice  Purpose = "notice" // a word to a person
	Quietly Purpose = "quiet"  // nothing to say, and told not to say so
)

// Delivery is the record of one message sent to one channel by ourselves. Its message is frozen when it is planned.
type Delivery struct {
	ID       string   `json:"id"` // the record's key
	Channel  Channel  `json:"channel"`
	Date     Date     `json:"date"`
	Purpose  Purpose  `json:"purpose,omitempty"`
	State    State    `json:"state"`
	Message  Message  `json:"message,omitzero"`
	Insights []string `json:"insights,omitempty"` // in the order of their numbers
	Chosen   []Chosen `json:"chosen,omitempty"`   // why, for each of Insights

	Due       time.Time `json:"due"`
	Until     time.Time `json:"until"` // not to be sent after
	Tries     int       `json:"tries,omitempty"`
	FirstTry  time.Time `json:"first_try,omitzero"`
	SettleAt  time.Time `json:"settle_at,omitzero"` // of Sending: before it, a look-up proves nothing
	RetryAt   time.Time `json:"retry_at,omitzero"`  // of Planned: not before
	Waits     int       `json:"waits,omitempty"`    // times that the platform asked to wait, in a row
	MessageID string    `json:"message_id,omitempty"`
	Again     bool      `json:"again,omitempty"` // sent a second time, and marked so
	Plain     bool      `json:"plain,omitempty"` // the message was refused once and made plain
	Error     string    `json:"error,omitempty"` // of the last try
}

// Chosen is why an insight stands in a brief.
type Chosen struct {
	Reason string        `json:"reason"`
	Scores digest.Scores `json:"scores"`
}

// Open reports whether something is still to be done.
func (d *Delivery) Open() bool { return d.State == Planned || d.State == Sending }

// step is what to do with a delivery.
type step int

const (
	rest   step = iota // nothing yet
	post               // post it
	lookUp             // look whether it was posted
	giveUp             // it is too late
	giveIn             // nobody will ever know whether it was posted
)

// keepLooking is how long after a delivery's last hour a post of which nothing is known is still looked up.
const keepLooking = 24 * time.Hour

// next returns what to do at now.
func (d *Delivery) next(now time.Time) step {
	switch {
	case d.State == Planned && now.After(d.Until):
		return giveUp
	case d.State == Planned && !now.Before(d.RetryAt):
		return post
	case d.State == Sending && now.After(d.Until.Add(keepLooking)):
		return giveIn
	case d.State == Sending && !now.Before(d.wake()):
		return lookUp
	}
	return rest
}

// wake returns when the delivery is to be looked at again.
func (d *Delivery) wake() time.Time {
	if d.State == Sending && d.SettleAt.After(d.RetryAt) {
		return d.SettleAt
	}
	return d.RetryAt
}

// intend marks that it is about to be posted. It is written before the post.
func (d *Delivery) intend(now time.Time, settle time.Duration) {
	if d.FirstTry.IsZero() {
		d.FirstTry = now
	}
	d.State, d.Tries, d.SettleAt, d.RetryAt = Sending, d.Tries+1, now.Add(settle), time.Time{}
}

// arrived marks that the message is there.
func (d *Delivery) arrived(id string) {
	d.State, d.MessageID, d.Error = Delivered, id, ""
}

// failed marks that a post did not succeed, and returns why.
func (d *Delivery) failed(err error, now time.Time) Class {
	pe, ok := errors.AsType[*PostError](err)
	if !ok {
		pe = &PostError{Class: Ambiguous, Err: err}
	}
	d.Error = answered(pe)
	switch pe.Class {
	case Wait:
		d.State, d.RetryAt = Planned, now.Add(backOff(d.Waits, pe.RetryAfter))
		d.Waits++
	case ChannelStop, TenantStop, UserGone: // until somebody acts, or it is too late
		d.State, d.RetryAt = Planned, d.Until.Add(time.Second)
	case PayloadFix:
		d.simplify(now)
	default: // perhaps sent: stays so until it is looked up
	}
	return pe.Class
}

// simplify makes the message plain after it was refused; a plain one that is refused too is given up.
func (d *Delivery) simplify(now time.Time) {
	if d.Plain {
		d.State = Refused
		return
	}
	d.State, d.RetryAt, d.Plain = Planned, now, true
	d.Message = plain(d.Message)
}

// looked marks what a look-up found after doubt. Only a look-up that can be trusted allows another try without a mark;
// without one it is sent once more at most.
func (d *Delivery) looked(id string, found, trustworthy bool, err error, now time.Time) {
	switch {
	case found:
		d.arrived(id)
	case err != nil:
		d.Error, d.RetryAt = answered(err), now.Add(backOff(d.Waits, waitOf(err)))
		d.Waits++
	case trustworthy:
		d.State, d.RetryAt = Planned, now
	case d.Again:
		d.State = Unsure
	default:
		d.State, d.RetryAt, d.Again = Planned, now, true
		d.Message = marked(d.Message)
	}
}

// answered is what a platform said when it failed, without our own word for it.
func answered(err error) string {
	if pe, ok := errors.AsType[*PostError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// waitOf returns how long an error asks to wait; 0 when it does not say.
func waitOf(err error) time.Duration {
	if pe, ok := errors.AsType[*PostError](err); ok {
		return pe.RetryAfter
	}
	return 0
}

// backOff returns how long to wait after so many waits in a row: what the platform asked for, or else 2, 4, 8, 16, 30 and
// 60 minutes, each a fifth more or less.
func backOff(waits int, asked time.Duration) time.Duration {
	if asked > 0 {
		return min(max(asked, time.Second), 6*time.Hour)
	}
	steps := [...]time.Duration{2, 4, 8, 16, 30, 60}
	d := steps[min(waits, len(steps)-1)] * time.Minute
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}
