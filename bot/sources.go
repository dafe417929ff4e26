package bot

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"

	"podbrief/bot/directory"
	"podbrief/digest/feed"
	"podbrief/store"
)

// maxPacked is how many podcasts are scanned because of packs, and as many again because of topics that have none.
const maxPacked = 200

// podcasts is what is known of podcasts in memory, for names, completion and counts. The schedule renews it.
type podcasts struct {
	mu    sync.RWMutex
	feeds []feed.Feed
}

func (p *podcasts) list() []feed.Feed {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.feeds
}

func (p *podcasts) set(feeds []feed.Feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.feeds = feeds
}

// know renews what is known of podcasts.
func (b *Bot) know(ctx context.Context) error {
	feeds, err := b.Engine.Podcasts(ctx)
	if err == nil {
		b.casts.set(feeds)
	}
	return err
}

// scanning reports whether some podcast was never read, or an episode waits to be.
func (b *Bot) scanning(ctx context.Context) bool {
	for _, f := range b.casts.list() {
		if f.State.CheckedAt.IsZero() {
			return true
		}
	}
	pending, err := b.Engine.Pending(ctx)
	return err == nil && len(pending) > 0
}

// scan begins to scan a podcast.
func (b *Bot) scan(ctx context.Context, p directory.Podcast) error {
	return b.Engine.AddFeed(ctx, feed.Feed{URL: p.URL, Title: p.Title}, false)
}

// scanNew begins to scan what subscriptions need and was not scanned yet. It returns how many podcasts are scanned.
func (b *Bot) scanNew(ctx context.Context, subs ...Subscription) (int, error) {
	known := map[string]bool{}
	for _, f := range b.casts.list() {
		known[f.URL] = true
	}
	var fresh []string
	for _, p := range b.wanted(subs) {
		if known[p.URL] {
			continue
		}
		if err := b.scan(ctx, p); err != nil {
			return 0, err
		}
		known[p.URL], fresh = true, append(fresh, p.URL)
	}
	if len(fresh) == 0 {
		return len(known), nil
	}
	if err := b.know(ctx); err != nil {
		return 0, err
	}
	return len(known), b.addJobs(ctx, jobRefresh, fresh)
}

// subscriptions reads all subscriptions.
func (b *Bot) subscriptions(ctx context.Context) ([]Subscription, error) {
	return view(ctx, b.DB, func(tx store.Tx) ([]Subscription, error) {
		return all[Subscription](tx, subscriptionBucket, "")
	})
}

// wanted lists the podcasts that subscriptions need: those followed, and those of the packs.
func (b *Bot) wanted(subs []Subscription) []directory.Podcast {
	var topics []string
	var out []directory.Podcast
	seen := map[string]bool{}
	add := func(p directory.Podcast) {
		if !seen[p.URL] {
			seen[p.URL] = true
			out = append(out, p)
		}
	}
	for _, s := range subs {
		for _, t := range s.Topics {
			topics = addTo(topics, t)
		}
		for _, u := range s.Follow {
			add(directory.Podcast{URL: u})
		}
	}
	for _, o := range b.packed(topics) {
		add(directory.Podcast{Title: o.Title, URL: o.URL})
	}
	return out
}

// titleOf names a podcast by its address.
func (b *Bot) titleOf(address string) string {
	for _, f := range b.casts.list() {
		if f.URL == address && f.Title != "" {
			return f.Title
		}
	}
	for _, o := range b.Sources.Catalog {
		if o.URL == address {
			return o.Title
		}
	}
	return hostOf(address)
}

func (b *Bot) titlesOf(addresses []string) []string {
	var out []string
	for _, a := range addresses {
		out = append(out, b.titleOf(a))
	}
	return out
}

// hostOf is what may be shown of an address: the rest of it may hold a key.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "a podcast"
	}
	return u.Host
}

// urls are the addresses of all podcasts that are scanned.
func (p *podcasts) urls() []string {
	var out []string
	for _, f := range p.list() {
		out = append(out, f.URL)
	}
	return out
}

// everywhere are the addresses of all podcasts that a channel may know of, those of the catalog included.
func (b *Bot) everywhere(ch Channel) []string {
	out := slices.DeleteFunc(b.casts.urls(), b.owners.hidden(ch))
	for _, o := range b.Sources.Catalog {
		out = addTo(out, o.URL)
	}
	return out
}

// named finds podcasts among some addresses by what a user calls them: address, token, whole name, or else part of the
// name; an empty name means all.
func (b *Bot) named(among []string, name string) []directory.Podcast {
	name = strings.TrimSpace(name)
	fold := foldTerm(name)
	var whole, part []directory.Podcast
	for _, u := range among {
		p := directory.Podcast{Title: b.titleOf(u), URL: u}
		title := foldTerm(p.Title)
		switch {
		case u == name, token(u) == name, title == fold && fold != "":
			whole = append(whole, p)
		case strings.Contains(title, fold):
			part = append(part, p)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return part
}

// called finds the known podcasts of exactly this name or address. There are several when a podcast has several feeds.
func (b *Bot) called(ch Channel, name string) []directory.Podcast {
	return b.calledAmong(b.everywhere(ch), name)
}

// calledAmong finds those of exactly this name or address among the addresses given.
func (b *Bot) calledAmong(among []string, name string) []directory.Podcast {
	fold := foldTerm(name)
	return slices.DeleteFunc(b.named(among, name), func(p directory.Podcast) bool {
		return p.URL != name && token(p.URL) != name && (fold == "" || foldTerm(p.Title) != fold)
	})
}

// remember keeps podcasts that are offered, so that a button can name them.
func (b *Bot) remember(ctx context.Context, ch Channel, ps []directory.Podcast) error {
	return b.DB.Update(ctx, func(tx store.Tx) error {
		for _, p := range ps {
			if err := store.Put(tx, choiceBucket, workspaceKey(ch)+token(p.URL), p); err != nil {
				return err
			}
		}
		return nil
	})
}

// found is what a name came to: podcasts, or choices when it may mean several.
type found struct {
	podcasts []directory.Podcast
	choices  []directory.Podcast
	left     int // podcasts of a list that were left out
}

// find finds the podcasts that a user means: by the token of a button, an address, or a name, which is looked up among the
// known ones first and then in the directory.
func (b *Bot) find(ctx context.Context, a *asking, text string) (found, error) {
	if p, ok, err := b.offered(ctx, a.target, text); err != nil || ok {
		return found{podcasts: []directory.Podcast{p}}, err
	}
	if u, ok := webAddress(text); ok {
		return b.findAddress(ctx, a.target, u)
	}
	hits := b.named(b.everywhere(a.target), text)
	if len(hits) == 1 || len(hits) > 1 && foldTerm(hits[0].Title) == foldTerm(text) {
		return found{podcasts: hits[:1]}, nil
	}
	if len(hits) > 1 {
		return found{choices: hits[:min(len(hits), 5)]}, nil
	}
	return b.lookUpName(ctx, text)
}

// offered returns the podcast that a button's token stands for.
func (b *Bot) offered(ctx context.Context, ch Channel, text string) (p directory.Podcast, ok bool, err error) {
	if !strings.HasPrefix(text, "p-") {
		return p, false, nil
	}
	err = b.DB.View(ctx, func(tx store.Tx) error {
		p, ok, err = get[directory.Podcast](tx, choiceBucket, workspaceKey(ch)+text)
		return err
	})
	return p, ok, err
}

// webAddress reports whether a text is an address, also one without its scheme, or wrapped as chats do.
func webAddress(text string) (string, bool) {
	text = strings.Trim(strings.TrimSpace(text), "<>")
	text, _, _ = strings.Cut(text, "|")
	if strings.ContainsAny(text, " \t") {
		return "", false
	}
	if !strings.Contains(text, "://") {
		host, _, _ := strings.Cut(text, "/")
		if !strings.Contains(host, ".") || strings.HasSuffix(host, ".") {
			return "", false
		}
		text = "https://" + text
	}
	u, err := url.Parse(text)
	return text, err == nil && u.Host != ""
}

// findAddress finds what is at an address: a feed, a web page with feeds, or an OPML file.
func (b *Bot) findAddress(ctx context.Context, ch Channel, address string) (found, error) {
	for _, p := range b.named(b.everywhere(ch), address) {
		if p.URL == address {
			return found{podcasts: []directory.Podcast{p}}, nil
		}
	}
	if b.Sources.Client == nil {
		return found{podcasts: []directory.Podcast{{Title: hostOf(address), URL: address}}}, nil
	}
	if list, ok := b.readOPML(ctx, address); ok {
		kept := list[:min(len(list), maxFeeds)]
		return found{podcasts: kept, left: len(list) - len(kept)}, nil
	}
	links, err := feed.Discover(ctx, b.Sources.Client, address)
	if fe, ok := errors.AsType[*feed.Error](err); ok {
		return found{}, tell("That address cannot be followed: %s.", strings.TrimSuffix(fe.Error(), "."))
	}
	if err != nil {
		return found{}, err
	}
	var ps []directory.Podcast
	for _, l := range links {
		ps = append(ps, directory.Podcast{Title: cmp.Or(l.Title, hostOf(l.URL)), URL: l.URL})
	}
	switch len(ps) {
	case 0:
		return found{}, tell("There is no podcast feed at that address; give the feed's own address.")
	case 1:
		return found{podcasts: ps}, nil
	}
	return found{choices: ps[:min(len(ps), 5)]}, nil
}

// readOPML reads the podcasts of an OPML file; false when the address is none.
func (b *Bot) readOPML(ctx context.Context, address string) ([]directory.Podcast, bool) {
	u, err := url.Parse(address)
	if err != nil || !strings.HasSuffix(u.Path, ".opml") && !strings.HasSuffix(u.Path, "opml.xml") {
		return nil, false
	}
	body, _, _, err := feed.ReadBody(ctx, b.Sources.Client, address, feed.MaxFeed, "text/x-opml, application/xml")
	if err != nil {
		return nil, false
	}
	outlines, err := feed.ReadOPML(strings.NewReader(string(body)))
	var out []directory.Podcast
	for _, o := range outlines {
		out = append(out, directory.Podcast{Title: cmp.Or(o.Title, hostOf(o.URL)), URL: o.URL})
	}
	return out, err == nil && len(out) > 0
}

// lookUpName asks the directory for a podcast that nobody here knows.
func (b *Bot) lookUpName(ctx context.Context, name string) (found, error) {
	if b.Sources.Directory == nil {
		return found{}, tell("I know no podcast called “%s”; give the address of its feed or web page.", clip(name, 60))
	}
	ps, err := b.Sources.Directory.Search(ctx, name, 5)
	if err != nil {
		b.Log.Warn("directory not asked", "err", err)
		return found{}, tell("I know no podcast called “%s”, and the directory does not answer; give the address of its feed.", clip(name, 60))
	}
	for _, p := range ps {
		if foldTerm(p.Title) == foldTerm(name) {
			return found{podcasts: []directory.Podcast{p}}, nil
		}
	}
	if len(ps) == 0 {
		return found{}, tell("No podcast called “%s” was found; give the address of its feed or web page.", clip(name, 60))
	}
	return found{choices: ps}, nil
}
