package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"podbrief/store"
)

// stopOf returns why a channel gets nothing: its own stop or its workspace's.
func (b *Bot) stopOf(ctx context.Context, ch Channel) (stop Stop, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		stop, err = stopIn(tx, ch)
		return err
	})
	return stop, err
}

func stopIn(tx store.Tx, ch Channel) (Stop, error) {
	ws, _, err := get[Workspace](tx, workspaceBucket, workspaceKey(ch))
	if err != nil || ws.Stop.Class != "" {
		return ws.Stop, err
	}
	sub, _, err := get[Subscription](tx, subscriptionBucket, channelKey(ch))
	return sub.Stop, err
}

// stopFor pauses what a failed post says must be paused. The subscriptions stay.
func (b *Bot) stopFor(ctx context.Context, d *Delivery, class Class) error {
	stop := Stop{Class: class, Reason: class.because(d.Error), Since: b.now(), Probed: b.now()}
	switch class {
	case TenantStop:
		b.Log.Error("workspace stopped", "workspace", workspaceKey(d.Channel), "err", d.Error)
		return b.DB.Update(ctx, func(tx store.Tx) error {
			ws, _, err := get[Workspace](tx, workspaceBucket, workspaceKey(d.Channel))
			if err != nil {
				return err
			}
			ws.Stop = stop
			return store.Put(tx, workspaceBucket, workspaceKey(d.Channel), ws)
		})
	case ChannelStop, UserGone:
		return b.stopChannel(ctx, d.Channel, stop)
	}
	return nil
}

// because says for people why nothing is sent, with the platform's own words.
func (c Class) because(answer string) string {
	why := "I may not post there"
	switch c {
	case TenantStop:
		why = "I am not let into the whole workspace"
	case UserGone:
		why = "this person takes no messages from me"
	}
	return fmt.Sprintf("%s (the answer was: %s)", why, strings.TrimSuffix(answer, "."))
}

// stopChannel pauses a channel and lets the one who set it up know, once.
func (b *Bot) stopChannel(ctx context.Context, ch Channel, stop Stop) error {
	b.Log.Warn("channel stopped", "channel", channelKey(ch), "err", stop.Reason)
	return b.DB.Update(ctx, func(tx store.Tx) error {
		key := channelKey(ch)
		sub, found, err := get[Subscription](tx, subscriptionBucket, key)
		if err != nil || !found {
			return err
		}
		known := sub.Stop.Told
		sub.Stop, sub.Stop.Told = stop, true
		if err := store.Put(tx, subscriptionBucket, key, sub); err != nil {
			return err
		}
		if known || sub.Owner.User == "" || ch.Kind == Direct {
			return nil
		}
		return putDelivery(tx, notice(sub, b.now()))
	})
}

// notice tells the one who made a subscription that its channel stopped.
func notice(sub Subscription, now time.Time) *Delivery {
	return &Delivery{
		ID:      fmt.Sprintf("%s%s+stop-%d", channelKey(sub.Owner), dateOf(now), now.UnixMilli()),
		Channel: sub.Owner, Date: dateOf(now), Purpose: Notice, State: Planned,
		Due: now, Until: now.Add(catchUp),
		Message: Message{Text: fmt.Sprintf("I cannot post the daily brief in %s any more: %s. Let me post there again and send “resume” in that channel.",
			channelName(sub.Channel), sub.Stop.Reason)},
	}
}

// channelName names a channel for people.
func channelName(ch Channel) string {
	switch {
	case ch.Kind == Direct:
		return "your direct messages"
	case ch.Name != "":
		return "#" + ch.Name
	}
	return "this channel"
}

// probeEvery returns how often a stopped channel is tried: once a day for thirty days, then once a week.
func probeEvery(stop Stop, now time.Time) time.Duration {
	if now.Sub(stop.Since) > 30*24*time.Hour {
		return 7 * 24 * time.Hour
	}
	return 24 * time.Hour
}

// Probe asks for the stopped channels of a workspace whether they take messages again; for a stopped workspace with one
// call and not for its channels.
func (b *Bot) Probe(ctx context.Context, workspace string) error {
	ws, err := view(ctx, b.DB, func(tx store.Tx) (Workspace, error) {
		ws, _, err := get[Workspace](tx, workspaceBucket, workspace)
		return ws, err
	})
	if err != nil {
		return err
	}
	subs, err := view(ctx, b.DB, func(tx store.Tx) ([]Subscription, error) {
		return all[Subscription](tx, subscriptionBucket, workspace)
	})
	if err != nil || len(subs) == 0 {
		return err
	}
	if ws.Stop.Class != "" {
		return b.probe(ctx, whole(subs[0].Channel), ws.Stop)
	}
	for _, sub := range subs {
		if sub.Stop.Class == "" {
			continue
		}
		if err := b.probe(ctx, sub.Channel, sub.Stop); err != nil {
			return err
		}
	}
	return nil
}

// whole is the channel that stands for the workspace of one.
func whole(ch Channel) Channel { return Channel{Platform: ch.Platform, Workspace: ch.Workspace} }

// probe tries one channel, or with an empty ID the workspace, when its time has come.
func (b *Bot) probe(ctx context.Context, ch Channel, stop Stop) error {
	now := b.now()
	if now.Sub(stop.Probed) < probeEvery(stop, now) {
		return nil
	}
	return b.probeNow(ctx, ch, stop)
}

// probeNow tries one channel, or with an empty ID the workspace, and writes what that came to.
func (b *Bot) probeNow(ctx context.Context, ch Channel, stop Stop) error {
	a, err := b.adapter(ch)
	if err != nil {
		return err
	}
	pctx, cancel := context.WithTimeout(ctx, b.postTime())
	defer cancel()
	if err := a.Probe(pctx, ch); err != nil {
		stop.Probed = b.now()
		return b.setStop(ctx, ch, stop)
	}
	b.Log.Info("stopped channel works again", "channel", channelKey(ch))
	return b.setStop(ctx, ch, Stop{})
}

// probeSoon lets every stopped workspace be probed with the next look at what is due: what stopped it may have been mended
// while the program did not run.
func (b *Bot) probeSoon(ctx context.Context) error {
	return b.DB.Update(ctx, func(tx store.Tx) error {
		for key := range tx.Scan(workspaceBucket, "", "") {
			ws, err := store.Get[Workspace](tx, workspaceBucket, key)
			if err != nil {
				return err
			}
			if ws.Stop.Class == "" {
				continue
			}
			ws.Stop.Probed = time.Time{}
			if err := store.Put(tx, workspaceBucket, key, ws); err != nil {
				return err
			}
		}
		return nil
	})
}

// setStop writes a channel's stop, or with an empty ID its workspace's. When it ends, what waits in the channel is sent.
func (b *Bot) setStop(ctx context.Context, ch Channel, stop Stop) error {
	return b.DB.Update(ctx, func(tx store.Tx) error {
		prefix := channelKey(ch)
		if ch.ID == "" && ch.Kind != Direct {
			prefix = workspaceKey(ch)
			ws, found, err := get[Workspace](tx, workspaceBucket, prefix)
			if err != nil || !found {
				return err // it removed the bot meanwhile
			}
			ws.Stop = stop
			if err := store.Put(tx, workspaceBucket, prefix, ws); err != nil {
				return err
			}
			if err := stay(tx, prefix, stop); err != nil {
				return err
			}
		} else if err := setChannelStop(tx, prefix, stop); err != nil {
			return err
		}
		if stop.Class != "" {
			return nil
		}
		return b.release(tx, prefix)
	})
}

func setChannelStop(tx store.Tx, key string, stop Stop) error {
	sub, found, err := get[Subscription](tx, subscriptionBucket, key)
	if err != nil || !found {
		return err
	}
	sub.Stop = stop
	return store.Put(tx, subscriptionBucket, key, sub)
}

// release lets the deliveries that a stop held go on, those that are still in time.
func (b *Bot) release(tx store.Tx, prefix string) error {
	for key := range tx.Scan(openBucket, prefix, after(prefix)) {
		d, err := store.Get[Delivery](tx, deliveryBucket, key)
		if err != nil {
			return err
		}
		if d.State != Planned || b.now().After(d.Until) {
			continue
		}
		d.RetryAt = b.now()
		if err := putDelivery(tx, &d); err != nil {
			return err
		}
	}
	return nil
}
