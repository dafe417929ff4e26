package bot

import (
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	"podbrief/digest"
	"podbrief/store"
)

// The windows that a brief looks at.
const (
	firstWindow = 7 * 24 * time.Hour // a first brief, and the longest otherwise
	overlap     = 2 * time.Hour      // looked at twice, since insights may be stored out of order
	firstWait   = 10 * time.Minute   // how long a first brief waits for podcasts that were never scanned
)

// polishRun is how long models may work on the briefs of one workspace, all together: what is left then goes out without
// what they add, and in time.
const polishRun = time.Minute

// planChannel plans what a channel is owed; nothing while it or its workspace takes no messages.
func (b *Bot) planChannel(ctx context.Context, channel string, polished time.Time) error {
	var sub Subscription
	wants := false
	err := b.DB.View(ctx, func(tx store.Tx) (err error) {
		if sub, wants, err = get[Subscription](tx, subscriptionBucket, channel); err != nil || !wants {
			return err
		}
		stop, err := stopIn(tx, sub.Channel)
		wants = stop.Class == ""
		return err
	})
	if err != nil || !wants {
		return err
	}
	return b.planOne(ctx, sub, polished)
}

// planOne plans what one subscription is owed now. Models may work on it until polished.
func (b *Bot) planOne(ctx context.Context, sub Subscription, polished time.Time) error {
	now := b.now()
	turn, date, at, err := b.turn(ctx, &sub, now)
	if err != nil {
		return err
	}
	switch {
	case turn == Missed:
		return b.commit(ctx, sub, &Delivery{Date: date, State: GivenUp, Due: at, Until: at.Add(catchUp), Error: "the bot was not running"}, nil, nil)
	case turn == Due:
		d := &Delivery{Date: date, Due: at, Until: at.Add(catchUp)}
		if sub.Rescheduled.After(at) {
			d.Due = sub.Rescheduled
		}
		return b.planBrief(ctx, sub, d, polished)
	case sub.First && sub.active(now):
		return b.planFirst(ctx, sub, polished)
	}
	return nil
}

// turn returns what a subscription's schedule asks for now.
func (b *Bot) turn(ctx context.Context, sub *Subscription, now time.Time) (turn Turn, date Date, at time.Time, err error) {
	if !sub.active(now) {
		return NotYet, "", time.Time{}, nil
	}
	err = b.DB.View(ctx, func(tx store.Tx) error {
		turn, date, at = sub.Schedule.Turn(now, sub.counts(), func(d Date) bool {
			done, e := sub.done(tx, d)
			err = errors.Join(err, e)
			return done
		})
		return err
	})
	if turn == Missed && sub.Rescheduled.After(at) {
		turn = NotYet // nobody waited for it at that time
	}
	return turn, date, at, err
}

// done reports whether a date's brief was made. That of the day on which a subscription was made counts so too: its first
// brief stands for it, which comes once there is something to tell and is not to be cut off by the hour.
func (s *Subscription) done(tx store.Tx, d Date) (bool, error) {
	at, _ := s.Schedule.At(d)
	if s.First && (d == dateOf(s.Created.In(s.Schedule.location())) || at.Before(s.Created.Add(firstWait))) {
		return true, nil
	}
	return exists(tx, deliveryBucket, channelKey(s.Channel)+string(d))
}

// since returns from when on insights are new for a subscription: those since its last brief, or a day at least.
func (b *Bot) since(sub *Subscription, now time.Time) time.Time {
	from := now.Add(-24 * time.Hour)
	if sub.LastAt.IsZero() {
		from = now.Add(-firstWindow)
	} else if sub.LastAt.Before(from) {
		from = sub.LastAt
	}
	if earliest := now.Add(-firstWindow); from.Before(earliest) {
		from = earliest
	}
	return from.Add(-overlap)
}

// planFirst plans the first brief of a new subscription as that of today's date, once there is something to say: all that
// was asked for, or what there is when no podcast is left that was never scanned or the wait was long enough.
func (b *Bot) planFirst(ctx context.Context, sub Subscription, polished time.Time) error {
	now := b.now()
	brief, err := b.compose(ctx, &sub, now, now.Add(-firstWindow))
	if err != nil {
		return err
	}
	settled := now.Sub(sub.Created) >= firstWait || !b.scanning(ctx)
	if len(brief.Picks) == 0 || len(brief.Picks) < sub.Count && !settled {
		return nil
	}
	d := &Delivery{Date: dateOf(now.In(sub.Schedule.location())), Purpose: First, Due: now, Until: now.Add(catchUp)}
	b.polish(ctx, &sub, brief, polished)
	return b.freeze(ctx, sub, d, brief)
}

// planBrief plans one brief with what is new since the last one.
func (b *Bot) planBrief(ctx context.Context, sub Subscription, d *Delivery, polished time.Time) error {
	now := b.now()
	brief, err := b.compose(ctx, &sub, now, b.since(&sub, now))
	if err != nil {
		return err
	}
	b.polish(ctx, &sub, brief, polished)
	return b.freeze(ctx, sub, d, brief)
}

// freeze renders a brief and writes it as a delivery that is to be posted.
func (b *Bot) freeze(ctx context.Context, sub Subscription, d *Delivery, brief *digest.Brief) error {
	d.State = Planned
	var offer *Proposal
	if d.Purpose == Daily && len(brief.Picks) > 0 {
		var err error
		if offer, err = b.proposal(ctx, &sub, b.now()); err != nil {
			return err
		}
	}
	if len(brief.Picks) == 0 && sub.Quiet && d.Purpose != Asked {
		d.State, d.Purpose = Delivered, Quietly
	} else {
		d.Message = BriefMessage(brief, frame(&sub, d, offer))
	}
	return b.commit(ctx, sub, d, brief, offer)
}

// compose chooses the brief of a subscription, without what models add.
func (b *Bot) compose(ctx context.Context, sub *Subscription, now, since time.Time) (*digest.Brief, error) {
	if err := fail("rank"); err != nil {
		return nil, err
	}
	q, err := b.query(ctx, sub, now, since)
	if err != nil {
		return nil, err
	}
	return b.Engine.Choose(b.within(ctx, sub.Channel), q)
}

// polish lets models add to a chosen brief what only they can, until a time; at the channel's expense.
func (b *Bot) polish(ctx context.Context, sub *Subscription, brief *digest.Brief, until time.Time) {
	ctx, cancel := context.WithDeadline(charged(ctx, sub.Channel), until)
	defer cancel()
	b.Engine.Polish(ctx, sub.Language, brief)
}

// query puts together what a subscription wants, what its channel got already and what its votes taught.
func (b *Bot) query(ctx context.Context, sub *Subscription, now, since time.Time) (digest.Query, error) {
	q := digest.Query{
		Topics: sub.Topics, Exclude: sub.Exclude, Follow: sub.Follow, Mute: sub.Mute, MuteWords: sub.MuteWords,
		Since: since, Now: now, Count: sub.Count, Language: sub.Language,
	}
	err := b.DB.View(ctx, func(tx store.Tx) error {
		key := channelKey(sub.Channel)
		for k := range tx.Scan(seenBucket, key+idAt(since.Add(-firstWindow)), after(key)) {
			q.Seen = append(q.Seen, k[len(key):])
		}
		var err error
		q.Taste, err = tasteOf(tx, sub)
		return err
	})
	return q, err
}

// idAt is where the IDs of insights begin that were taken at t or later.
func idAt(t time.Time) string {
	ms := strconv.FormatInt(max(t.UnixMilli(), 0), 36)
	for len(ms) < 9 {
		ms = "0" + ms
	}
	return ms
}

// commit writes a delivery, the marks of its insights and the state of its subscription in one transaction. When there is
// a delivery for that date already, or the channel wants none any more, nothing is written.
func (b *Bot) commit(ctx context.Context, sub Subscription, d *Delivery, brief *digest.Brief, offer *Proposal) error {
	if err := fail("plan.before"); err != nil {
		return err
	}
	d.Channel = sub.Channel
	if d.ID == "" {
		d.ID = channelKey(sub.Channel) + string(d.Date)
	}
	if brief != nil {
		for _, p := range brief.Picks {
			d.Insights = append(d.Insights, p.Insight.ID)
			d.Chosen = append(d.Chosen, Chosen{p.Reason, p.Scores})
		}
	}
	err := b.DB.Update(ctx, func(tx store.Tx) error {
		if wanted, err := b.stillWanted(tx, d); !wanted || err != nil {
			return err
		}
		if err := putDelivery(tx, d); err != nil {
			return err
		}
		for _, id := range d.Insights {
			if err := store.Put(tx, seenBucket, channelKey(d.Channel)+id, seenMark{d.Date}); err != nil {
				return err
			}
		}
		return b.advanceSubscription(tx, d, offer)
	})
	if err != nil {
		return err
	}
	return fail("plan.after")
}

// stillWanted reports whether a delivery is to be written: composing one takes a while, in which somebody else may have
// made it, or the channel may have left or paused.
func (b *Bot) stillWanted(tx store.Tx, d *Delivery) (bool, error) {
	done, err := exists(tx, deliveryBucket, d.ID)
	if err != nil || done {
		return false, err
	}
	sub, found, err := get[Subscription](tx, subscriptionBucket, channelKey(d.Channel))
	return found && (d.Purpose == Asked || sub.active(b.now())), err
}

// advanceSubscription notes in a subscription that a brief was made.
func (b *Bot) advanceSubscription(tx store.Tx, d *Delivery, offer *Proposal) error {
	sub, found, err := get[Subscription](tx, subscriptionBucket, channelKey(d.Channel))
	if err != nil || !found || d.State == GivenUp {
		return err
	}
	sub.First = false
	if len(d.Insights) > 0 {
		sub.Last = d.ID
	}
	if d.Purpose != Asked {
		sub.LastAt = b.now()
	}
	if offer != nil {
		if err := noteProposal(tx, &sub, offer, b.now()); err != nil {
			return err
		}
	}
	return store.Put(tx, subscriptionBucket, channelKey(d.Channel), sub)
}

// The weights of votes.
const (
	perVote  = 0.25 // of one vote, for the podcast and for each word
	mostVote = 1.0
)

// tasteOf sums up the votes of a channel; what was set by hand stands over them.
func tasteOf(tx store.Tx, sub *Subscription) (digest.Taste, error) {
	votes, err := all[Vote](tx, voteBucket, channelKey(sub.Channel))
	t := digest.Taste{Feeds: map[string]float64{}, Words: map[string]float64{}}
	for _, v := range votes {
		if !v.At.After(sub.VotesFrom) {
			continue
		}
		w := perVote
		if !v.Up {
			w = -perVote
		}
		t.Feeds[v.Feed] = bounded(t.Feeds[v.Feed] + w)
		for _, word := range v.Words {
			t.Words[word] = bounded(t.Words[word] + w)
		}
	}
	override(t.Feeds, sub.Edits.Feeds)
	override(t.Words, sub.Edits.Words)
	return t, err
}

func bounded(w float64) float64 { return math.Max(-mostVote, math.Min(mostVote, w)) }

func override(weights, edits map[string]float64) {
	for k, w := range edits {
		weights[k] = w
		if w == 0 {
			delete(weights, k)
		}
	}
}
