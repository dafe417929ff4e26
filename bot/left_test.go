package bot

import (
	"context"
	"testing"
	"time"

	"podbrief/digest"
)

// leavers are the ways in which a channel's records go while something of it is under way.
func leavers(t *testing.T, b *Bot) map[string]func() {
	ctx := context.WithoutCancel(t.Context())
	return map[string]func(){
		"leave": func() {
			if err := b.end(ctx, room("C1")); err != nil {
				t.Error(err)
			}
		},
		"uninstall": func() {
			if err := b.Purge(ctx, "fake", "W"); err != nil {
				t.Error(err)
			}
		},
	}
}

// TestLeftWhileComposed lets a channel leave while its brief is composed: the brief is neither stored nor sent.
func TestLeftWhileComposed(t *testing.T) {
	for _, purpose := range []Purpose{Daily, First, Asked} {
		for _, how := range []string{"leave", "uninstall"} {
			c := newCourier(t)
			c.due(t, room("C1"))
			sub, _, err := c.subscriptionOf(t.Context(), room("C1"))
			if err != nil {
				t.Fatal(err)
			}
			leavers(t, c.Bot)[how]()
			d := &Delivery{Date: "2026-11-24", Purpose: purpose, Due: c.now, Until: c.now.Add(catchUp)}
			if err := c.freeze(t.Context(), sub, d, &digest.Brief{Picks: picks(2).Picks}); err != nil {
				t.Fatal(err)
			}
			deliver(t, c.Bot)
			if left := everything(t, c.Bot); len(left) > 0 || c.platform.count() > 0 {
				t.Errorf("%s while a brief (%q) was composed: %d posts, left are %v, want nothing", how, purpose, c.platform.count(), left)
			}
		}
	}
}

// TestPausedWhileComposed lets a channel pause while its brief is composed: only one that was asked for still comes.
func TestPausedWhileComposed(t *testing.T) {
	for purpose, want := range map[Purpose]int{Daily: 0, First: 0, Asked: 1} {
		c := newCourier(t)
		c.due(t, room("C1"))
		sub, err := c.change(t.Context(), room("C1"), nil, func(s *Subscription) error {
			s.Paused = true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d := &Delivery{Date: "2026-11-24", Purpose: purpose, Due: c.now, Until: c.now.Add(catchUp)}
		if err := c.freeze(t.Context(), sub, d, &digest.Brief{Picks: picks(2).Picks}); err != nil {
			t.Fatal(err)
		}
		deliver(t, c.Bot)
		if got := c.platform.count(); got != want {
			t.Errorf("paused while a brief (%q) was composed: %d posts, want %d", purpose, got, want)
		}
	}
}

// leavingPlatform lets something happen in the middle of a post or a look-up.
type leavingPlatform struct {
	*fakePlatform
	inPost, inFind func()
}

func (p *leavingPlatform) Post(ctx context.Context, ch Channel, m Message, key DeliveryKey) (string, error) {
	if p.inPost != nil {
		p.inPost()
	}
	return p.fakePlatform.Post(ctx, ch, m, key)
}

func (p *leavingPlatform) Find(ctx context.Context, ch Channel, key DeliveryKey, since time.Time) (string, bool, bool, error) {
	if p.inFind != nil {
		p.inFind()
	}
	return p.fakePlatform.Find(ctx, ch, key, since)
}

// TestLeftWhilePosted lets a channel leave while its brief is posted or looked up, whatever the platform answers: nothing
// of it is stored afterwards, and nothing is an error.
func TestLeftWhilePosted(t *testing.T) {
	answers := map[string]error{"taken": nil, "wait": fault(Wait), "doubt": fault(Ambiguous), "refused": fault(PayloadFix),
		"channel stopped": fault(ChannelStop), "workspace stopped": fault(TenantStop)}
	for _, how := range []string{"leave", "uninstall"} {
		for name, answer := range answers {
			c := newCourier(t)
			c.due(t, room("C1"))
			c.platform.answers = []error{answer}
			c.Adapters = []Adapter{&leavingPlatform{fakePlatform: c.platform, inPost: leavers(t, c.Bot)[how]}}
			deliver(t, c.Bot)
			c.pass(t, 5*time.Minute)
			if left := everything(t, c.Bot); len(left) > 0 || c.platform.count() != 1 {
				t.Errorf("%s during a post (%s): %d posts, left are %v, want 1 post and nothing left", how, name, c.platform.count(), left)
			}
		}
		c := newCourier(t)
		c.due(t, room("C1"))
		c.platform.answers = []error{fault(Ambiguous)}
		c.Adapters = []Adapter{&leavingPlatform{fakePlatform: c.platform, inFind: leavers(t, c.Bot)[how]}}
		c.pass(t, 5*time.Minute)
		if left := everything(t, c.Bot); len(left) > 0 || c.platform.count() != 1 {
			t.Errorf("%s during a look-up: %d posts, left are %v, want 1 post and nothing left", how, c.platform.count(), left)
		}
	}
}
