package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"podbrief/store"
)

// The times of a delivery.
const (
	postTime = 20 * time.Second // for one post
	// lookTime is for one look-up, which may read many pages, or a forum's posts one by one, at the pace that a platform allows.
	lookTime = 2 * time.Minute
	// settleTime is how long a post whose outcome is not known may still turn up: the time of the post and some more.
	settleTime = 90 * time.Second
	lanes      = 4 // channels of one workspace that are posted to at the same time
)

// Deliver sends what is due to the channels of a workspace, given as the beginning of its keys. It may be run again at
// any time, also after a crash anywhere in it: a message is sent once.
//
//	plan    tx: the brief of a date with its frozen message, the marks of its insights, the date used up
//	intend  tx: "perhaps sent" — before the post, so that a crash leaves a trace
//	post    one call of the adapter
//	settle  tx: sent; or not sent, and when to try again; or still "perhaps", to be looked up
//
// A workspace has one run at a time and each of its channels one message at a time, posted as soon as it is planned.
// Workspaces do not wait for each other.
func (b *Bot) Deliver(ctx context.Context, workspace string) error {
	b.busy.lock(workspace)
	defer b.busy.unlock(workspace)
	channels, err := b.channelsOf(ctx, workspace)
	if err != nil {
		return fmt.Errorf("read the channels of %q: %w", workspace, err)
	}
	polished := time.Now().Add(polishRun) // by the real clock: models do not know another
	failed := make([]error, len(channels))
	g := errgroup.Group{}
	g.SetLimit(lanes)
	for i, channel := range channels {
		g.Go(func() error {
			failed[i] = b.serveChannel(ctx, channel, polished)
			return nil
		})
	}
	return errors.Join(append(failed, g.Wait())...)
}

// channelsOf lists the channels of a workspace for which there may be something to do, by the beginnings of their keys.
// Those with something open come first: it was due before.
func (b *Bot) channelsOf(ctx context.Context, workspace string) (channels []string, err error) {
	listed := map[string]bool{}
	err = b.DB.View(ctx, func(tx store.Tx) error {
		for _, bucket := range []string{openBucket, subscriptionBucket} {
			for key := range tx.Scan(bucket, workspace, after(workspace)) {
				channel := key[:strings.LastIndexByte(key, '/')+1]
				if !listed[channel] {
					listed[channel] = true
					channels = append(channels, channel)
				}
			}
		}
		return nil
	})
	return channels, err
}

// serveChannel plans what a channel is owed and delivers what is open.
func (b *Bot) serveChannel(ctx context.Context, channel string, polished time.Time) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := b.planChannel(ctx, channel, polished)
	if err != nil {
		err = fmt.Errorf("plan the brief of %q: %w", channel, err)
	}
	open, failed := b.openDeliveries(ctx, channel)
	if failed != nil {
		return errors.Join(err, fmt.Errorf("read the deliveries of %q: %w", channel, failed))
	}
	return errors.Join(err, b.deliverChannel(ctx, open))
}

// openDeliveries reads what is not settled in a channel, in the order in which it was due.
func (b *Bot) openDeliveries(ctx context.Context, channel string) (ds []Delivery, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		for key := range tx.Scan(openBucket, channel, after(channel)) {
			d, err := store.Get[Delivery](tx, deliveryBucket, key)
			if err != nil {
				return err
			}
			ds = append(ds, d)
		}
		return nil
	})
	slices.SortFunc(ds, func(a, c Delivery) int { return cmp.Or(a.Due.Compare(c.Due), cmp.Compare(a.ID, c.ID)) })
	return ds, err
}

// deliverChannel does what is to be done for the open deliveries of one channel. When the platform asks one of them to
// wait, none of the others is tried before that time either.
func (b *Bot) deliverChannel(ctx context.Context, ds []Delivery) error {
	var errs []error
	for i := range ds {
		d := &ds[i]
		if ctx.Err() != nil {
			break
		}
		until, err := b.heldUntil(ctx, d, ds)
		switch {
		case err != nil:
		case d.next(b.now()) == post && until.After(b.now()):
			d.RetryAt = until
			err = b.settle(ctx, d)
		default:
			err = b.advance(ctx, d)
		}
		if err != nil && !errors.Is(err, errDeleted) {
			errs = append(errs, fmt.Errorf("deliver %q: %w", d.ID, err))
		}
	}
	return errors.Join(errs...)
}

// heldUntil returns until when a channel gets nothing: as long as it or its workspace is stopped, or as the platform asked
// to wait with another of its messages.
func (b *Bot) heldUntil(ctx context.Context, d *Delivery, ds []Delivery) (time.Time, error) {
	stop, err := b.stopOf(ctx, d.Channel)
	if err != nil || stop.Class != "" {
		return d.Until.Add(time.Second), err
	}
	return pausedBy(ds), nil
}

// pausedBy returns until when the platform wants no message in a channel.
func pausedBy(ds []Delivery) (until time.Time) {
	for _, d := range ds {
		if d.State == Planned && d.Waits > 0 && d.RetryAt.After(until) {
			until = d.RetryAt
		}
	}
	return until
}

// advance takes a delivery as far as it goes now.
func (b *Bot) advance(ctx context.Context, d *Delivery) error {
	for range 4 { // look up, post, post a plain one: never more at one moment
		var err error
		switch d.next(b.now()) {
		case rest:
			return nil
		case giveUp:
			d.State = GivenUp
			b.Log.Warn("message missed", "delivery", d.ID, "err", d.Error)
			return b.settle(ctx, d)
		case giveIn:
			d.State = Unsure
			b.Log.Warn("message never found", "delivery", d.ID, "err", d.Error)
			return b.settle(ctx, d)
		case lookUp:
			err = b.lookUp(ctx, d)
		case post:
			err = b.post(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// post sends a delivery: intent, post, settle.
func (b *Bot) post(ctx context.Context, d *Delivery) error {
	a, err := b.adapter(d.Channel)
	if err != nil {
		return err
	}
	d.intend(b.now(), b.settleTime())
	if err := b.claim(ctx, d); err != nil {
		return err
	}
	if err := fail("post.before"); err != nil {
		return err
	}
	// A post that has begun is ended also when the program is asked to stop: what it came to would not be known.
	pctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.postTime())
	id, err := a.Post(pctx, d.Channel, d.Message, deliveryKey(d.ID))
	cancel()
	if err := fail("post.after"); err != nil {
		return err
	}
	if err == nil {
		d.arrived(id)
		return b.settle(context.WithoutCancel(ctx), d)
	}
	class := d.failed(err, b.now())
	b.tally.refused(class)
	b.logFailure(d, class)
	if err := b.settle(context.WithoutCancel(ctx), d); err != nil {
		return err
	}
	return b.stopFor(context.WithoutCancel(ctx), d, class)
}

// claim writes the intent, when nobody else has done so meanwhile.
func (b *Bot) claim(ctx context.Context, d *Delivery) error {
	if err := fail("intent.before"); err != nil {
		return err
	}
	err := b.DB.Update(ctx, func(tx store.Tx) error {
		was, err := store.Get[Delivery](tx, deliveryBucket, d.ID)
		if err != nil {
			return err
		}
		if was.State != Planned || was.Tries != d.Tries-1 {
			return errTaken
		}
		return putOpen(tx, d)
	})
	if errors.Is(err, store.ErrNotFound) {
		return errDeleted
	}
	if err != nil {
		return fmt.Errorf("write the intent: %w", err)
	}
	return fail("intent.after")
}

// errTaken says that another process sends the same delivery.
var errTaken = errors.New("another process has it")

// errDeleted says that a delivery was deleted meanwhile, since its channel or workspace left.
var errDeleted = errors.New("deleted meanwhile")

// putOpen writes a delivery that is open until now; errDeleted when it is not any more. A deletion takes the mark first.
func putOpen(tx store.Tx, d *Delivery) error {
	open, err := exists(tx, openBucket, d.ID)
	if err != nil {
		return err
	}
	if !open {
		return errDeleted
	}
	return putDelivery(tx, d)
}

// settle writes what a try came to.
func (b *Bot) settle(ctx context.Context, d *Delivery) error {
	if err := fail("settle.before"); err != nil {
		return err
	}
	if err := b.DB.Update(ctx, func(tx store.Tx) error { return putOpen(tx, d) }); err != nil {
		return fmt.Errorf("write the outcome: %w", err)
	}
	b.tally.settled(d)
	return fail("settle.after")
}

// lookUp finds out whether a post of which nothing is known has arrived.
func (b *Bot) lookUp(ctx context.Context, d *Delivery) error {
	a, err := b.adapter(d.Channel)
	if err != nil {
		return err
	}
	if err := fail("look.before"); err != nil {
		return err
	}
	fctx, cancel := context.WithTimeout(ctx, b.lookTime())
	defer cancel()
	id, found, trustworthy, err := a.Find(fctx, d.Channel, deliveryKey(d.ID), d.FirstTry.Add(-time.Minute))
	if ctx.Err() != nil {
		return nil
	}
	d.looked(id, found, trustworthy, err, b.now())
	if err := fail("look.after"); err != nil {
		return err
	}
	return b.settle(ctx, d)
}

// putDelivery writes a delivery with the marks that follow from its state.
func putDelivery(tx store.Tx, d *Delivery) error {
	if err := store.Put(tx, deliveryBucket, d.ID, *d); err != nil {
		return err
	}
	if d.MessageID != "" {
		if err := store.Put(tx, messageBucket, channelKey(d.Channel)+part(d.MessageID), d.ID); err != nil {
			return err
		}
	}
	if d.Open() {
		return store.Put(tx, openBucket, d.ID, openMark{Wake: d.wake()})
	}
	return tx.Delete(openBucket, d.ID)
}

func (b *Bot) logFailure(d *Delivery, class Class) {
	level := slog.LevelWarn
	if class == PayloadFix {
		level = slog.LevelError // a defect of ours
	}
	b.Log.Log(context.Background(), level, "post failed", "delivery", d.ID, "class", class, "err", d.Error)
}
