package bot

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"podbrief/store"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func planned() *Delivery {
	return &Delivery{ID: "fake:W/C1/2026-11-24", Channel: room("C1"), Date: "2026-11-24", State: Planned, Due: noon, Until: noon.Add(catchUp),
		Message: Message{Heading: "1 insight", Footer: "notes", Sections: []Section{{Heading: "Claim", Quote: "quote"}}}}
}

// TestClasses checks what a failed post of each class leaves behind, for every signal of the shared list.
func TestClasses(t *testing.T) {
	raw, err := os.ReadFile(shared(t, "payloads/platform-errors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Rows []struct{ ID, Signal, Class string }
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, row := range cases.Rows {
		class := Class(row.Class)
		switch class {
		case Wait, Ambiguous, ChannelStop, TenantStop, PayloadFix, UserGone:
		default:
			continue // of other parts: models, gateways
		}
		d := planned()
		d.intend(noon, settleTime)
		if got := d.failed(&PostError{Class: class, Err: errors.New(row.Signal)}, noon); got != class {
			t.Errorf("%s: failed = %q, want %q", row.ID, got, class)
		}
		state, next := Planned, rest
		switch class {
		case Ambiguous:
			state = Sending
		case PayloadFix:
			next = post
		}
		if d.State != state || d.next(noon) != next {
			t.Errorf("%s (%s): state %q, next %v, want %q, %v", row.ID, class, d.State, d.next(noon), state, next)
		}
	}
}

func TestLookedUp(t *testing.T) {
	boom := errors.New("no answer")
	tests := []struct {
		name        string
		found       bool
		trustworthy bool
		err         error
		again       bool
		state       State
		marked      bool
	}{
		{"found", true, true, nil, false, Delivered, false},
		{"found though not trustworthy", true, false, nil, false, Delivered, false},
		{"not there", false, true, nil, false, Planned, false},
		{"no answer", false, false, boom, false, Sending, false},
		{"cannot be looked up", false, false, nil, false, Planned, true},
		{"cannot be looked up a second time", false, false, nil, true, Unsure, true},
	}
	for _, tt := range tests {
		d := planned()
		d.intend(noon, settleTime)
		if d.Again = tt.again; tt.again {
			d.Message = marked(d.Message)
		}
		if d.next(noon.Add(settleTime-1)) != rest || d.next(noon.Add(settleTime)) != lookUp {
			t.Errorf("%s: looked up before it is settled, or not after", tt.name)
		}
		d.looked("m1", tt.found, tt.trustworthy, tt.err, noon.Add(settleTime))
		if isMarked := strings.Contains(d.Message.Footer, "Sent again"); d.State != tt.state || isMarked != tt.marked {
			t.Errorf("%s: state %q, marked %v, want %q, %v", tt.name, d.State, isMarked, tt.state, tt.marked)
		}
	}
}

func TestBackOff(t *testing.T) {
	if got := backOff(0, time.Millisecond); got != time.Second {
		t.Errorf("backOff asked for 1ms = %v, want 1s", got)
	}
	if got := backOff(0, 24*time.Hour); got != 6*time.Hour {
		t.Errorf("backOff asked for a day = %v, want 6h", got)
	}
	for waits, want := range []time.Duration{2, 4, 8, 16, 30, 60, 60} {
		want *= time.Minute
		if got := backOff(waits, 0); got < want*8/10 || got > want*12/10 {
			t.Errorf("backOff(%d) = %v, want %v a fifth more or less", waits, got, want)
		}
	}
}

func TestRefusedTwice(t *testing.T) {
	d := planned()
	fix := &PostError{Class: PayloadFix, Err: errors.New("invalid_blocks")}
	d.intend(noon, settleTime)
	d.failed(fix, noon)
	if d.State != Planned || !d.Plain || d.Message.Sections[0].Quote != "" || !strings.Contains(d.Message.Sections[0].Text, "Claim") {
		t.Errorf("after the first refusal: %+v", d)
	}
	d.intend(noon, settleTime)
	if d.failed(fix, noon); d.State != Refused {
		t.Errorf("after the second refusal: state %q, want %q", d.State, Refused)
	}
}

// TestDeliveryModel plays a delivery against a platform that stores or loses messages as it likes, and a process that dies
// between any two steps. The message is never there twice unless the second one is marked, and never called sent when it
// is not there.
func TestDeliveryModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, now := planned(), noon
		there, marks := 0, 0
		canLookUp := rapid.Bool().Draw(t, "canLookUp")
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if !d.Open() {
				break
			}
			switch d.next(now) {
			case rest:
				now = d.wake()
			case giveUp:
				d.State = GivenUp
			case giveIn:
				d.State = Unsure
			case lookUp:
				if rapid.IntRange(0, 9).Draw(t, "lookUpFails") == 0 {
					d.looked("", false, false, errors.New("no answer"), now)
					break
				}
				d.looked("m1", canLookUp && there > 0, canLookUp, nil, now)
			case post:
				d.intend(now, settleTime)
				switch rapid.SampledFrom([]string{"ok", "dies before", "dies after", "wait", "lost", "stored and failed"}).Draw(t, "outcome") {
				case "ok":
					there++
					d.arrived("m1")
				case "stored and failed", "dies after":
					there++
				case "wait":
					d.failed(&PostError{Class: Wait, Err: errors.New("429")}, now)
				}
				if d.Again {
					marks++
				}
			}
		}
		if canLookUp && there > 1 || there > 2 || there == 2 && marks == 0 {
			t.Fatalf("%d messages, %d of them marked", there, marks)
		}
		if d.State == Delivered && there == 0 {
			t.Fatal("called sent, but not there")
		}
	})
}

// put writes a subscription and a planned delivery.
func put(t *testing.T, b *Bot, d *Delivery) {
	t.Helper()
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		sub := Subscription{Channel: d.Channel, Topics: []string{"ai"}, Created: noon, Since: noon.AddDate(1, 0, 0), Schedule: Schedule{Zone: "UTC"},
			Owner: Channel{Platform: "fake", Workspace: "W", Kind: Direct, User: "U1"}}
		return errors.Join(PutSubscription(tx, sub), putDelivery(tx, d))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStops(t *testing.T) {
	now := noon
	b, p := emptyBot(t)
	b.Times.Now = func() time.Time { return now }
	first, second := planned(), planned()
	second.ID, second.Channel = "fake:W/C2/2026-11-24", room("C2")
	put(t, b, first)
	p.answers = []error{&PostError{Class: TenantStop, Err: errors.New("token_revoked")}}
	deliver(t, b)
	put(t, b, second)
	deliver(t, b)
	if len(p.posts) != 1 {
		t.Fatalf("%d posts, want none after the workspace stopped", len(p.posts)-1)
	}
	p.probe = errors.New("still revoked")
	for range 24 {
		now = now.Add(time.Hour)
		if err := b.Probe(t.Context(), "fake:W/"); err != nil {
			t.Fatal(err)
		}
	}
	if p.probes != 1 {
		t.Errorf("%d probes in a day, want 1", p.probes)
	}
}

func TestChannelStopTellsOnceAndResumes(t *testing.T) {
	now := noon
	b, p := emptyBot(t)
	b.Times.Now = func() time.Time { return now }
	put(t, b, planned())
	p.answers = []error{&PostError{Class: ChannelStop, Err: errors.New("not_in_channel")}}
	deliver(t, b)
	deliver(t, b)
	if len(p.posts) != 2 || !strings.Contains(p.posts[1].Text, "I cannot post the daily brief") {
		t.Fatalf("posts %+v, want the brief and one notice", p.posts)
	}
	m := b.Handle(t.Context(), Request{Channel: room("C1"), Rights: Manage, Words: []string{"resume"}}, nil)
	if !strings.Contains(m.Text, "comes again") {
		t.Fatal(m.Text)
	}
	deliver(t, b)
	if len(p.posts) != 3 || p.posts[2].Heading != "1 insight" {
		t.Errorf("posts %+v, want the brief after resume", p.posts)
	}
}

// TestSharedBackOff checks that one message's wait holds back the others of its channel, and of no other channel.
func TestSharedBackOff(t *testing.T) {
	now := noon
	b, p := emptyBot(t)
	b.Times.Now = func() time.Time { return now }
	one, two := planned(), planned()
	two.ID, two.Due = one.ID+"+now-1", noon.Add(time.Second)
	put(t, b, one)
	put(t, b, two)
	p.answers = []error{&PostError{Class: Wait, RetryAfter: time.Minute, Err: errors.New("429")}}
	deliver(t, b)
	now = now.Add(30 * time.Second)
	deliver(t, b)
	if len(p.posts) != 1 {
		t.Fatalf("%d posts before Retry-After has passed, want 1", len(p.posts))
	}
	now = now.Add(31 * time.Second)
	deliver(t, b)
	if len(p.posts) != 3 {
		t.Errorf("%d posts after Retry-After, want 3", len(p.posts))
	}
}

func deliver(t *testing.T, b *Bot) {
	t.Helper()
	if err := b.Deliver(t.Context(), "fake:W/"); err != nil {
		t.Fatal(err)
	}
}
