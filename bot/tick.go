package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"podbrief/bot/queue"
	"podbrief/store"
)

// tickDeliveries adds a job for every workspace in which something is to be sent, and returns when the next delivery that
// waits is to be looked at.
func (b *Bot) tickDeliveries(ctx context.Context, subs []Subscription, now time.Time) (next time.Time) {
	due := map[string]bool{}
	probes := map[string]bool{}
	for i := range subs {
		ws := workspaceKey(subs[i].Channel)
		if subs[i].Stop.Class != "" {
			probes[ws] = probes[ws] || now.Sub(subs[i].Stop.Probed) >= probeEvery(subs[i].Stop, now)
			continue
		}
		if due[ws] {
			continue
		}
		turn, _, _, err := b.turn(ctx, &subs[i], now)
		if err != nil {
			b.Log.Error("schedule not read", "channel", channelKey(subs[i].Channel), "err", err)
			continue
		}
		due[ws] = turn != NotYet || subs[i].First && !subs[i].empty() && subs[i].active(now)
	}
	err := b.DB.View(ctx, func(tx store.Tx) error {
		return errors.Join(dropStopped(tx, due, probes, now), openUntil(tx, due, now, &next))
	})
	if err != nil {
		b.Log.Error("open deliveries not read", "err", err)
	}
	b.addFair(ctx, jobDeliver, due)
	b.addFair(ctx, jobProbe, probes)
	return next
}

// dropStopped takes stopped workspaces out of due, and into probes when they are to be tried.
func dropStopped(tx store.Tx, due, probes map[string]bool, now time.Time) error {
	for key := range tx.Scan(workspaceBucket, "", "") {
		ws, err := store.Get[Workspace](tx, workspaceBucket, key)
		if err != nil {
			return err
		}
		if ws.Stop.Class != "" {
			due[key] = false
			probes[key] = now.Sub(ws.Stop.Probed) >= probeEvery(ws.Stop, now)
		}
	}
	return nil
}

// openUntil adds the workspaces with deliveries that are to be looked at now, and finds the next such time after now.
func openUntil(tx store.Tx, due map[string]bool, now time.Time, next *time.Time) error {
	for key := range tx.Scan(openBucket, "", "") {
		mark, err := store.Get[openMark](tx, openBucket, key)
		if err != nil {
			return err
		}
		if !mark.Wake.After(now) {
			due[workspaceOf(key)] = true
		} else if next.IsZero() || mark.Wake.Before(*next) {
			*next = mark.Wake
		}
	}
	return nil
}

// addFair adds one job for each workspace that is marked.
func (b *Bot) addFair(ctx context.Context, kind string, marked map[string]bool) {
	var keys []string
	for ws, on := range marked {
		if on {
			keys = append(keys, ws)
		}
	}
	slices.SortFunc(keys, strings.Compare)
	if err := b.addJobs(ctx, kind, keys); err != nil {
		b.Log.Error("jobs not added", "kind", kind, "err", err)
	}
}

// housekeeping adds the jobs that are done once a day.
func (b *Bot) housekeeping(ctx context.Context, subs []Subscription) {
	jobs := []queue.Job{{Kind: jobTidy, Key: "all"}}
	if b.Sources.Directory != nil {
		var topics []string
		for _, s := range subs {
			for _, t := range s.Topics {
				topics = addTo(topics, t)
			}
		}
		for _, t := range topics[:min(len(topics), 100)] {
			jobs = append(jobs, queue.Job{Kind: jobDiscover, Key: t})
		}
	}
	if err := b.Queue.Add(ctx, jobs...); err != nil {
		b.Log.Error("jobs not added", "err", err)
	}
}
