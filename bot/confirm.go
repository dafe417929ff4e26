package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"podbrief/store"
)

// confirm answers a change with what was done and what happens next.
func (b *Bot) confirm(ctx context.Context, sub Subscription, done string) Message {
	next, err := b.nextLine(ctx, &sub)
	if err != nil {
		b.Log.Error("next brief not found", "channel", channelKey(sub.Channel), "err", err)
	}
	return Message{Text: strings.TrimSpace(strings.TrimSpace(done) + "\n" + next)}
}

// nextLine says when the next brief comes and what it is about.
func (b *Bot) nextLine(ctx context.Context, sub *Subscription) (string, error) {
	stop, err := b.stopOf(ctx, sub.Channel)
	if err != nil {
		return "", err
	}
	now := b.now()
	loc := sub.Schedule.location()
	switch {
	case stop.Class != "":
		return fmt.Sprintf("No brief comes: %s. Let me post there again, then send “resume”.", stop.Reason), nil
	case sub.pausedAt(now) && sub.PauseUntil.IsZero():
		return "No brief comes until you send “resume”; " + sub.interests() + ".", nil
	case sub.empty() && sub.First:
		return "Name a topic or podcast to begin, like “topic ai, open source”.", nil
	}
	from := now
	if sub.pausedAt(now) {
		from = sub.PauseUntil.Add(-time.Second)
	}
	at, due, err := b.nextBrief(ctx, sub, from)
	if err != nil {
		return "", err
	}
	when := at.In(loc).Format("Mon 2 Jan 15:04") + " " + sub.Schedule.Zone
	line := fmt.Sprintf("Next brief: %s, %s.", when, sub.interests())
	switch {
	case due:
		line = fmt.Sprintf("Next brief: now, as today's has not been sent yet; then %s, %s.", when, sub.interests())
	case sub.pausedAt(now):
		line = "Paused until " + sub.PauseUntil.In(loc).Format("Mon 2 Jan 2006") + ". " + line
	case sub.First:
		line = "The first brief comes as soon as there is something of the last 7 days to tell. " + line
	}
	return line, nil
}

// nextBrief returns when the next regular brief is due after a time, and whether one is due already.
func (b *Bot) nextBrief(ctx context.Context, sub *Subscription, now time.Time) (at time.Time, due bool, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		done := func(d Date) bool {
			done, e := sub.done(tx, d)
			err = errors.Join(err, e)
			return done
		}
		turn, _, _ := sub.Schedule.Turn(now, sub.counts(), done)
		due = turn == Due
		_, at = sub.Schedule.Next(now, done)
		return err
	})
	return at, due, err
}
