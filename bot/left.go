package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"podbrief/store"
)

// How long the data of a workspace outlives its bot there.
const (
	leaveGrace  = 24 * time.Hour      // after a removal, which may be a slip
	keepStopped = 30 * 24 * time.Hour // of a workspace that takes nothing; then the grace
)

// left stops a workspace that removed the bot, and lets it be purged once the grace is over.
func (b *Bot) left(ctx context.Context, ch Channel) error {
	err := b.DB.Update(ctx, func(tx store.Tx) error { return leave(tx, workspaceKey(ch), b.now()) })
	if err != nil {
		return fmt.Errorf("mark workspace %q as left: %w", ch.Workspace, err)
	}
	return nil
}

// leave marks a workspace that is known of and not marked yet.
func leave(tx store.Tx, workspace string, now time.Time) error {
	marked, err := exists(tx, purgeBucket, workspace)
	if err != nil || marked || !owns(tx, workspace) {
		return err
	}
	ws, _, err := get[Workspace](tx, workspaceBucket, workspace)
	if err != nil {
		return err
	}
	if ws.Stop.Class == "" {
		ws.Stop = Stop{Class: TenantStop, Reason: "I was removed from there", Since: now, Probed: now}
		if err := store.Put(tx, workspaceBucket, workspace, ws); err != nil {
			return err
		}
	}
	return store.Put(tx, purgeBucket, workspace, purgeMark{Workspace: workspace, After: now.Add(leaveGrace)})
}

// owns reports whether anything is stored of a workspace.
func owns(tx store.Tx, workspace string) bool {
	return slices.ContainsFunc(ownedBuckets[:], func(bucket string) bool {
		for range tx.Scan(bucket, workspace, after(workspace)) {
			return true
		}
		return false
	})
}

// joined withdraws the purge of a workspace that has the bot again.
func (b *Bot) joined(ctx context.Context, ch Channel) error {
	m, err := view(ctx, b.DB, func(tx store.Tx) (purgeMark, error) {
		m, _, err := get[purgeMark](tx, purgeBucket, workspaceKey(ch))
		return m, err
	})
	if err != nil || m.After.IsZero() {
		return err
	}
	return b.setStop(ctx, whole(ch), Stop{})
}

// stay withdraws the purge that waits for a workspace, when it is not stopped any more.
func stay(tx store.Tx, workspace string, stop Stop) error {
	if stop.Class != "" {
		return nil
	}
	m, _, err := get[purgeMark](tx, purgeBucket, workspace)
	if err != nil || m.After.IsZero() {
		return err
	}
	return tx.Delete(purgeBucket, workspace)
}

// listed compares what is stored with the workspaces of a platform that the bot is in: it was removed from the others while
// it did not run.
func (b *Bot) listed(ctx context.Context, platform string, in []string) error {
	here := map[string]bool{}
	for _, id := range in {
		ch := Channel{Platform: platform, Workspace: id}
		here[workspaceKey(ch)] = true
		if err := b.joined(ctx, ch); err != nil {
			return err
		}
	}
	return b.DB.Update(ctx, func(tx store.Tx) error {
		for _, ws := range workspaces(tx, part(platform+":")) {
			if here[ws] {
				continue
			}
			if err := leave(tx, ws, b.now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// workspaces lists the workspaces that own something and whose keys begin with a prefix. It looks at one record of each.
func workspaces(tx store.Tx, prefix string) (out []string) {
	for _, bucket := range ownedBuckets {
		for from, more := prefix, true; more; {
			more = false
			for key := range tx.Scan(bucket, from, store.End(prefix)) {
				ws := workspaceOf(key)
				out, from, more = append(out, ws), after(ws), true
				break
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// leaveStopped marks the workspaces that have taken nothing for long. One that is found to work within the grace stays.
func leaveStopped(tx store.Tx, now time.Time) error {
	for key := range tx.Scan(workspaceBucket, "", "") {
		ws, err := store.Get[Workspace](tx, workspaceBucket, key)
		if err != nil {
			return err
		}
		if ws.Stop.Class != TenantStop || now.Sub(ws.Stop.Since) <= keepStopped {
			continue
		}
		if err := leave(tx, key, now); err != nil {
			return err
		}
	}
	return nil
}
