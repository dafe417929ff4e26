package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"podbrief/store"
)

// courier delivers on a clock that is moved by hand.
type courier struct {
	*Bot
	platform *fakePlatform
	now      time.Time
}

func newCourier(t *testing.T) *courier {
	b, p := emptyBot(t)
	c := &courier{Bot: b, platform: p, now: noon.Add(time.Minute)}
	b.Times.Now = func() time.Time { return c.now }
	return c
}

// due makes a subscription whose brief is due since a minute.
func (c *courier) due(t *testing.T, ch Channel) {
	t.Helper()
	err := c.DB.Update(t.Context(), func(tx store.Tx) error {
		return PutSubscription(tx, Subscription{Channel: ch, Topics: []string{"ai"}, Count: 5, Created: noon.Add(-48 * time.Hour), Since: noon.Add(-time.Hour),
			Creator: "U1", Owner: Channel{Platform: "fake", Workspace: "W", Kind: Direct, User: "U1"}, Schedule: Schedule{Hour: 12, Zone: "UTC"}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pass lets time pass minute by minute, and delivers in each.
func (c *courier) pass(t *testing.T, d time.Duration) {
	t.Helper()
	for until := c.now.Add(d); c.now.Before(until); c.now = c.now.Add(time.Minute) {
		if err := c.Deliver(t.Context(), "fake:W/"); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *courier) state(t *testing.T, ch Channel) Delivery {
	t.Helper()
	d, err := c.delivery(t.Context(), channelKey(ch)+"2026-11-24")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func fault(c Class) error { return &PostError{Class: c, Err: errors.New("said no")} }

// TestDeliver plays what a platform can answer to a post, and what a look-up then finds, for an hour.
func TestDeliver(t *testing.T) {
	const again = "Sent again after an interruption"
	found := func() (string, bool, bool, error) { return "m7", true, true, nil }
	nothing := func() (string, bool, bool, error) { return "", false, true, nil }
	blind := func() (string, bool, bool, error) { return "", false, false, nil }
	tests := []struct {
		name    string
		answers []error
		find    func() (string, bool, bool, error)
		state   State
		posts   int
		last    string // part of the last message's footer; "" for none
	}{
		{"taken at once", nil, nil, Delivered, 1, ""},
		{"asked to wait", []error{fault(Wait)}, nil, Delivered, 2, ""},
		{"asked to wait three times", []error{fault(Wait), fault(Wait), fault(Wait)}, nil, Delivered, 4, ""},
		{"in doubt, and there", []error{fault(Ambiguous)}, found, Delivered, 1, ""},
		{"in doubt, and not there", []error{fault(Ambiguous)}, nothing, Delivered, 2, ""},
		{"in doubt twice, and not there", []error{fault(Ambiguous), fault(Ambiguous)}, nothing, Delivered, 3, ""},
		{"in doubt, and nobody can look", []error{fault(Ambiguous)}, blind, Delivered, 2, again},
		{"in doubt twice, and nobody can look", []error{fault(Ambiguous), fault(Ambiguous)}, blind, Unsure, 2, again},
		{"an error of no class is a doubt", []error{errors.New("broken pipe")}, found, Delivered, 1, ""},
		{"refused, then plain", []error{fault(PayloadFix)}, nil, Delivered, 2, ""},
		{"refused, also plain", []error{fault(PayloadFix), fault(PayloadFix)}, nil, Refused, 2, ""},
		{"the channel is gone", []error{fault(ChannelStop)}, nil, Planned, 2, ""}, // the second is a word to its owner
		{"the workspace is gone", []error{fault(TenantStop)}, nil, Planned, 1, ""},
	}
	for _, tt := range tests {
		c := newCourier(t)
		c.platform.answers, c.platform.find = tt.answers, tt.find
		c.due(t, room("C1"))
		c.pass(t, time.Hour)
		d := c.state(t, room("C1"))
		if d.State != tt.state || c.platform.count() != tt.posts {
			t.Errorf("%s: %q after %d posts (%s), want %q after %d", tt.name, d.State, c.platform.count(), d.Error, tt.state, tt.posts)
		}
		if last := c.platform.posts[len(c.platform.posts)-1]; strings.Contains(last.Footer, again) != (tt.last == again) {
			t.Errorf("%s: the last message's footer is %q", tt.name, last.Footer)
		}
	}
}

// TestLookUpFails lets look-ups fail for a while: nothing is posted on a guess.
func TestLookUpFails(t *testing.T) {
	c := newCourier(t)
	looks := 0
	c.platform.answers = []error{fault(Ambiguous)}
	c.platform.find = func() (string, bool, bool, error) {
		if looks++; looks < 4 {
			return "", false, false, &PostError{Class: Wait, RetryAfter: 5 * time.Minute, Err: errors.New("later")}
		}
		return "", false, true, nil
	}
	c.due(t, room("C1"))
	c.pass(t, 10*time.Minute)
	if n := c.platform.count(); n != 1 || looks > 2 {
		t.Errorf("after ten minutes: %d posts, %d look-ups, want 1 post and at most 2 look-ups five minutes apart", n, looks)
	}
	c.pass(t, time.Hour)
	if d := c.state(t, room("C1")); d.State != Delivered || c.platform.count() != 2 || looks != 4 {
		t.Errorf("at last: %q, %d posts, %d look-ups, want it delivered with the second post", d.State, c.platform.count(), looks)
	}
}

// TestLookUpTakesItsTime checks that a look-up, which may be a hundred calls at a slow pace, has more time than a post.
func TestLookUpTakesItsTime(t *testing.T) {
	c := newCourier(t)
	c.platform.answers = []error{fault(Ambiguous)}
	p := &timedPlatform{fakePlatform: c.platform}
	c.Adapters = []Adapter{p}
	c.due(t, room("C1"))
	c.pass(t, 5*time.Minute)
	if p.had < time.Minute || p.had > lookTime {
		t.Errorf("a look-up had %v, want %v", p.had, lookTime)
	}
}

// timedPlatform notes how long a look-up may take.
type timedPlatform struct {
	*fakePlatform
	had time.Duration
}

func (p *timedPlatform) Find(ctx context.Context, ch Channel, key DeliveryKey, since time.Time) (string, bool, bool, error) {
	until, _ := ctx.Deadline()
	p.had = time.Until(until)
	return p.fakePlatform.Find(ctx, ch, key, since)
}

// TestLookUpsEnd lets look-ups fail for ever, also in a workspace that is stopped meanwhile: a day after the brief could have
// been sent they end, and whether it was stays open.
func TestLookUpsEnd(t *testing.T) {
	c := newCourier(t)
	looks := 0
	c.platform.answers = []error{fault(Ambiguous)}
	c.platform.find = func() (string, bool, bool, error) {
		looks++
		return "", false, false, fault(ChannelStop)
	}
	c.due(t, room("C1"))
	c.pass(t, catchUp-time.Hour)
	if d := c.state(t, room("C1")); d.State != Sending || looks < 5 {
		t.Errorf("on the day: %q after %d look-ups, want it still looked for", d.State, looks)
	}
	c.now = noon.Add(catchUp + keepLooking + time.Minute)
	c.pass(t, time.Minute)
	before := looks
	if d := c.state(t, room("C1")); d.State != Unsure || d.Error != "said no" {
		t.Errorf("a day later: %q (%s), want it unsure with the last answer", d.State, d.Error)
	}
	if c.pass(t, 3*time.Hour); looks != before {
		t.Errorf("%d more look-ups after the end", looks-before)
	}
}

// TestGivenUp lets a platform refuse for longer than a brief may be late: the miss is recorded, and the next day's comes.
func TestGivenUp(t *testing.T) {
	c := newCourier(t)
	for range 200 {
		c.platform.answers = append(c.platform.answers, &PostError{Class: Wait, RetryAfter: 10 * time.Minute, Err: errors.New("busy")})
	}
	c.due(t, room("C1"))
	c.pass(t, catchUp+2*time.Minute)
	if d := c.state(t, room("C1")); d.State != GivenUp || !strings.Contains(d.Error, "busy") {
		t.Errorf("after %v: %q (%s), want it given up with the reason", catchUp, d.State, d.Error)
	}
	c.platform.answers = nil
	before := c.platform.count()
	c.now = noon.Add(24*time.Hour + time.Minute)
	c.pass(t, 2*time.Minute)
	if got := c.platform.count() - before; got != 1 {
		t.Errorf("the next day %d messages came, want 1", got)
	}
}

// TestOthersGoOn stops one channel, and one workspace: others get their briefs.
func TestOthersGoOn(t *testing.T) {
	c := newCourier(t)
	c.platform.answers = []error{fault(TenantStop)}
	for i := range 3 {
		c.due(t, room(fmt.Sprintf("C%d", i)))
	}
	c.pass(t, 30*time.Minute)
	if n := c.platform.count(); n < 1 || n > lanes {
		t.Errorf("%d posts into a workspace that is gone, want 1, and those that were under way", n)
	}
	c.pass(t, 10*time.Minute)
	posted := c.platform.count()
	other := room("C1")
	other.Workspace = "W2"
	c.due(t, other)
	if err := c.Deliver(t.Context(), "fake:W2/"); err != nil {
		t.Fatal(err)
	}
	if got := c.platform.count() - posted; got != 1 {
		t.Errorf("the other workspace got %d messages, want 1", got)
	}
}

// TestProbes lets a stopped channel be tried: once a day for a month, then once a week, until it takes messages again.
func TestProbes(t *testing.T) {
	c := newCourier(t)
	c.platform.answers = []error{fault(ChannelStop)}
	c.platform.probe = fault(ChannelStop)
	c.due(t, room("C1"))
	c.pass(t, 2*time.Minute)
	probeFor := func(days int) int {
		before := c.platform.probes
		for range days * 4 {
			c.now = c.now.Add(6 * time.Hour)
			if err := c.Probe(t.Context(), "fake:W/"); err != nil {
				t.Fatal(err)
			}
		}
		return c.platform.probes - before
	}
	if n := probeFor(28); n < 27 || n > 28 {
		t.Errorf("%d probes in 28 days, want one a day", n)
	}
	probeFor(4)
	if n := probeFor(28); n < 3 || n > 5 {
		t.Errorf("%d probes in 28 days after the first month, want one a week", n)
	}
	c.platform.probe = nil
	probeFor(8)
	if stop, err := c.stopOf(t.Context(), room("C1")); err != nil || stop.Class != "" {
		t.Errorf("after a probe that succeeded the channel is stopped: %+v, %v", stop, err)
	}
	c.platform.answers = nil
	before := c.platform.count()
	c.now = time.Date(c.now.Year(), c.now.Month(), c.now.Day()+1, 12, 1, 0, 0, time.UTC)
	c.pass(t, 2*time.Minute)
	if got := c.platform.count() - before; got != 1 {
		t.Errorf("then %d briefs come, want the one of that day", got)
	}
}

// TestPostIsEnded lets the program be asked to stop while a post is under way: its outcome is written all the same.
func TestPostIsEnded(t *testing.T) {
	c := newCourier(t)
	ctx, stop := context.WithCancel(t.Context())
	c.Adapters = []Adapter{&stoppingPlatform{fakePlatform: c.platform, stop: stop}}
	c.due(t, room("C1"))
	c.due(t, room("C2"))
	_ = c.Deliver(ctx, "fake:W/") // what it could not do is done after the next start
	kept, err := view(t.Context(), c.DB, func(tx store.Tx) ([]Delivery, error) { return all[Delivery](tx, deliveryBucket, "") })
	if err != nil {
		t.Fatal(err)
	}
	var states []State // of both, or of one when the other was not planned yet
	for _, d := range kept {
		states = append(states, d.State)
	}
	if !slices.Contains(states, Delivered) || slices.Contains(states, Sending) {
		t.Errorf("after a stop the deliveries are %q, want those that were posted to be written so, and no doubt", states)
	}
}

// stoppingPlatform asks the program to stop with the first post.
type stoppingPlatform struct {
	*fakePlatform
	stop context.CancelFunc
}

func (p *stoppingPlatform) Post(ctx context.Context, ch Channel, m Message, key DeliveryKey) (string, error) {
	p.stop()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return p.fakePlatform.Post(ctx, ch, m, key)
}
