package bot

import (
	"context"
	"slices"
	"strings"

	"podbrief/store"
)

// forgetEverywhere forgets the asker where it was asked and in direct messages. Where these belong to no workspace, people
// are the same in all workspaces of the platform, and are forgotten in each.
func (b *Bot) forgetEverywhere(ctx context.Context, a *asking) error {
	in := []string{a.Channel.Workspace}
	if a.Personal.Platform != "" {
		in = append(in, a.Personal.Workspace)
	}
	if strings.HasPrefix(a.Personal.Workspace, "@") {
		known, err := b.knownIn(ctx, a.Channel.Platform, a.User)
		if err != nil {
			return err
		}
		in = append(in, known...)
	}
	slices.Sort(in)
	for _, ws := range slices.Compact(in) {
		if err := b.Forget(ctx, Channel{Platform: a.Channel.Platform, Workspace: ws}, a.User); err != nil {
			return err
		}
	}
	return nil
}

// knownIn lists the workspaces of a platform that know something of a user.
func (b *Bot) knownIn(ctx context.Context, platform, user string) (out []string, err error) {
	prefix := part(platform + ":")
	chosen := ofUser(part(user))
	err = b.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		for _, bucket := range ownedBuckets {
			for key := range tx.Scan(bucket, prefix, store.End(prefix)) {
				about, err := names(tx, bucket, key, user)
				if err != nil {
					return err
				}
				if about || chosen(bucket, key) {
					out = append(out, strings.TrimSuffix(strings.TrimPrefix(workspaceOf(key), prefix), "/"))
				}
			}
		}
		return nil
	})
	slices.Sort(out)
	return slices.Compact(out), err
}

// names reports whether a record that is not a user's own names the user.
func names(tx store.Tx, bucket, key, user string) (bool, error) {
	switch bucket {
	case subscriptionBucket:
		sub, err := store.Get[Subscription](tx, bucket, key)
		return sub.Creator == user, err
	case threadBucket:
		th, err := store.Get[Thread](tx, bucket, key)
		return slices.ContainsFunc(th.Turns, func(t Turned) bool { return t.User == user }), err
	}
	return false, nil
}
