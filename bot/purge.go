package bot

import (
	"context"
	"fmt"
	"strings"

	"podbrief/store"
)

// Purge deletes all that a workspace owns, and lets the store be compacted, since the bytes stay in an embedded file until
// then.
func (b *Bot) Purge(ctx context.Context, platform, workspace string) error {
	prefix := workspaceKey(Channel{Platform: platform, Workspace: workspace})
	if err := b.erase(ctx, func(string, string) bool { return true }, prefix); err != nil {
		return fmt.Errorf("purge workspace %q: %w", workspace, err)
	}
	return b.addJobs(ctx, jobCompact, []string{"all"})
}

// Forget deletes all about a user of a workspace: personal subscription, votes, saved insights, questions.
func (b *Bot) Forget(ctx context.Context, ch Channel, user string) error {
	me := part(user)
	mine := func(bucket, key string) bool {
		rest := strings.Split(key, "/")[1:]
		switch bucket {
		case voteBucket:
			return len(rest) == 3 && (rest[1] == me || rest[0] == "@"+me)
		case savedBucket, managedBucket:
			return len(rest) == 2 && rest[0] == me
		case useBucket:
			return len(rest) == 2 && rest[1] == me
		}
		return rest[0] == "@"+me
	}
	ws := workspaceKey(ch)
	if err := b.erase(ctx, mine, ws); err != nil {
		return fmt.Errorf("forget a user: %w", err)
	}
	if err := b.forgetQuestions(ctx, ws, user); err != nil {
		return err
	}
	if err := b.forgetCreator(ctx, ws, user); err != nil {
		return err
	}
	return b.addJobs(ctx, jobCompact, []string{"all"})
}

// forgetCreator takes a user's name off the subscriptions of channels, which stay.
func (b *Bot) forgetCreator(ctx context.Context, workspace, user string) error {
	return b.DB.Update(ctx, func(tx store.Tx) error {
		subs, err := all[Subscription](tx, subscriptionBucket, workspace)
		if err != nil {
			return err
		}
		for _, s := range subs {
			if s.Creator != user {
				continue
			}
			s.Creator, s.Owner = "", Channel{}
			if err := PutSubscription(tx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// erase deletes the records under a prefix that a rule chooses, bucket by bucket, so that no transaction grows large.
func (b *Bot) erase(ctx context.Context, chosen func(bucket, key string) bool, prefix string) error {
	for _, bucket := range ownedBuckets {
		if err := fail("purge"); err != nil {
			return err
		}
		err := b.DB.Update(ctx, func(tx store.Tx) error {
			for key := range tx.Scan(bucket, prefix, after(prefix)) {
				if !chosen(bucket, key) {
					continue
				}
				if err := tx.Delete(bucket, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetQuestions takes a user's questions out of the conversations of others.
func (b *Bot) forgetQuestions(ctx context.Context, workspace, user string) error {
	return b.DB.Update(ctx, func(tx store.Tx) error {
		for key := range tx.Scan(threadBucket, workspace, after(workspace)) {
			th, err := store.Get[Thread](tx, threadBucket, key)
			if err != nil {
				return err
			}
			kept := th.Turns[:0]
			for _, t := range th.Turns {
				if t.User != user {
					kept = append(kept, t)
				}
			}
			if len(kept) == len(th.Turns) {
				continue
			}
			if err := store.Put(tx, threadBucket, key, Thread{kept}); err != nil {
				return err
			}
		}
		return nil
	})
}
