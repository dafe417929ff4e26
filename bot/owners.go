package bot

import (
	"context"
	"slices"
	"sync"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/store"
)

// owners is who follows the podcasts that are in no pack, in memory. Such a podcast is private: its address may hold a key,
// and whoever likes can put it before the bot. So it is named, offered, quoted and exported to those only who follow it.
// That it is private is kept in the store, also when nobody follows it any more. It is safe for concurrent use.
type owners struct {
	mu sync.RWMutex
	of map[string]map[string]bool // by feed: its tenants
}

// tenant is whose podcasts are whose business: a workspace, or one person where direct messages belong to none.
func tenant(ch Channel) string {
	if ch.Workspace == me {
		return channelKey(ch)
	}
	return workspaceKey(ch)
}

// hidden returns which podcasts a channel may not know of.
func (o *owners) hidden(ch Channel) func(address string) bool {
	who := tenant(ch)
	return func(address string) bool {
		o.mu.RLock()
		defer o.mu.RUnlock()
		tenants, private := o.of[address]
		return private && !tenants[who]
	}
}

// set replaces who follows what. What is private stays so.
func (o *owners) set(of map[string]map[string]bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for address := range o.of {
		if of[address] == nil {
			of[address] = map[string]bool{}
		}
	}
	o.of = of
}

// add notes that a channel follows private podcasts.
func (o *owners) add(ch Channel, addresses []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == nil {
		o.of = map[string]map[string]bool{}
	}
	for _, a := range addresses {
		if o.of[a] == nil {
			o.of[a] = map[string]bool{}
		}
		o.of[a][tenant(ch)] = true
	}
}

// within returns a context in which the engine tells a channel nothing of others' podcasts.
func (b *Bot) within(ctx context.Context, ch Channel) context.Context {
	return digest.WithHidden(ctx, b.owners.hidden(ch))
}

// private are the podcasts that a subscription follows and that are in no pack.
func (b *Bot) private(sub Subscription) []string {
	return slices.DeleteFunc(slices.Clone(sub.Follow), func(address string) bool {
		return slices.ContainsFunc(b.Sources.Catalog, func(o feed.Outline) bool { return o.URL == address })
	})
}

// keepPrivate writes that podcasts are private.
func keepPrivate(tx store.Tx, addresses []string) error {
	for _, a := range addresses {
		if err := store.Put(tx, privateBucket, a, true); err != nil {
			return err
		}
	}
	return nil
}

// learnOwners reads who follows what out of all subscriptions.
func (b *Bot) learnOwners(ctx context.Context, subs []Subscription) error {
	of := map[string]map[string]bool{}
	err := b.DB.View(ctx, func(tx store.Tx) error {
		for address := range tx.Scan(privateBucket, "", "") {
			of[address] = map[string]bool{}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range subs {
		for _, a := range b.private(s) {
			if of[a] == nil {
				of[a] = map[string]bool{}
			}
			of[a][tenant(s.Channel)] = true
		}
	}
	b.owners.set(of)
	return nil
}
