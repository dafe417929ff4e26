package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"podbrief/store"
)

// purgeMark says what is being deleted. It is written before the first record goes and deleted after the last one, so that
// a deletion that a crash cut off is ended after the next start.
type purgeMark struct {
	Workspace string `json:"workspace"`         // beginning of its keys
	Channel   string `json:"channel,omitempty"` // beginning of its keys: only what is a channel's
	User      string `json:"user,omitempty"`    // only what is a user's

	After time.Time `json:"after,omitzero"` // not before; until then it may be withdrawn
}

func (m purgeMark) key() string { return cmp.Or(m.Channel, m.Workspace+part(m.User)) }

// Purge deletes all that a workspace owns, and lets the store be compacted, since the bytes stay in an embedded file until
// then.
func (b *Bot) Purge(ctx context.Context, platform, workspace string) error {
	m := purgeMark{Workspace: workspaceKey(Channel{Platform: platform, Workspace: workspace})}
	if err := b.begin(ctx, m); err != nil {
		return fmt.Errorf("purge workspace %q: %w", workspace, err)
	}
	return nil
}

// Forget deletes all about a user of a workspace: personal subscription, votes, saved insights, questions.
func (b *Bot) Forget(ctx context.Context, ch Channel, user string) error {
	if err := b.begin(ctx, purgeMark{Workspace: workspaceKey(ch), User: user}); err != nil {
		return fmt.Errorf("forget a user: %w", err)
	}
	return nil
}

// end deletes a channel's subscription and what is stored of the channel.
func (b *Bot) end(ctx context.Context, ch Channel) error {
	if err := b.begin(ctx, purgeMark{Workspace: workspaceKey(ch), Channel: channelKey(ch)}); err != nil {
		return fmt.Errorf("leave a channel: %w", err)
	}
	return nil
}

// begin marks a deletion and does it.
func (b *Bot) begin(ctx context.Context, m purgeMark) error {
	err := b.DB.Update(ctx, func(tx store.Tx) error { return store.Put(tx, purgeBucket, m.key(), m) })
	if err != nil {
		return err
	}
	return b.purge(ctx, m)
}

// purge deletes what a mark says, and then the mark. It may be done again.
func (b *Bot) purge(ctx context.Context, m purgeMark) error {
	prefix, chosen := m.Workspace, func(string, string) bool { return true }
	switch {
	case m.Channel != "":
		prefix, chosen = m.Channel, func(bucket, _ string) bool { return bucket != savedBucket && bucket != managedBucket }
	case m.User != "":
		chosen = ofUser(part(m.User))
	}
	if err := b.erase(ctx, chosen, prefix); err != nil {
		return err
	}
	if m.User != "" {
		if err := errors.Join(b.forgetQuestions(ctx, m.Workspace, m.User), b.forgetCreator(ctx, m.Workspace, m.User)); err != nil {
			return err
		}
		if b.Models != nil {
			if err := b.Models.Forget(ctx, m.Workspace+"@"+part(m.User)+"/"); err != nil {
				return err
			}
		}
	} else if err := b.DB.Update(ctx, func(tx store.Tx) error { return dropTopics(tx) }); err != nil {
		return err
	} else if b.Models != nil {
		if err := b.Models.Forget(ctx, prefix); err != nil {
			return err
		}
	}
	if err := b.addJobs(ctx, jobCompact, []string{"all"}); err != nil {
		return err
	}
	if err := fail("purge.after"); err != nil {
		return err
	}
	return b.DB.Update(ctx, func(tx store.Tx) error { return tx.Delete(purgeBucket, m.key()) })
}

// ofUser chooses the records that are about a user alone.
func ofUser(me string) func(bucket, key string) bool {
	return func(bucket, key string) bool {
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
}

// cutOff lists the deletions that were begun and not ended, and those whose time has come.
func (b *Bot) cutOff(ctx context.Context) (keys []string, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		keys = nil
		for key := range tx.Scan(purgeBucket, "", "") {
			m, err := store.Get[purgeMark](tx, purgeBucket, key)
			if err != nil {
				return err
			}
			if !m.After.After(b.now()) {
				keys = append(keys, key)
			}
		}
		return nil
	})
	return keys, err
}

// purgeJob ends a deletion that was cut off.
func (b *Bot) purgeJob(ctx context.Context, key string) error {
	m, err := view(ctx, b.DB, func(tx store.Tx) (purgeMark, error) {
		m, _, err := get[purgeMark](tx, purgeBucket, key)
		return m, err
	})
	if err != nil || m.Workspace == "" || m.After.After(b.now()) {
		return err // the one who began it has ended it, or it was withdrawn
	}
	return b.purge(ctx, m)
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
			if err := store.Put(tx, threadBucket, key, Thread{kept, th.At}); err != nil {
				return err
			}
		}
		return nil
	})
}
