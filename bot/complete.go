package bot

import (
	"context"
	"strings"
	"time"
)

// completeTime is how long a look into the store may take while somebody types.
const completeTime = 150 * time.Millisecond

// completeLast completes the last of several terms, and keeps those before it.
func completeLast(all []Choice, typed string) []Choice {
	before, last := "", typed
	if i := strings.LastIndexAny(typed, ","); i >= 0 {
		before, last = typed[:i+1]+" ", typed[i+1:]
	}
	out := matching(all, last)
	for i := range out {
		out[i].Label, out[i].Value = clip(before+out[i].Label, 100), clip(before+out[i].Value, 100)
	}
	return out
}

func choices(values []string) []Choice {
	var out []Choice
	for _, v := range values {
		out = append(out, Choice{clip(v, 100), clip(v, 100)})
	}
	return out
}

// completeTopic offers the packs' topics.
func (b *Bot) completeTopic(_ Request, _, typed string) []Choice {
	return completeLast(choices(b.catalogTopics()), typed)
}

// completeOwnTopic offers the topics of the channel.
func (b *Bot) completeOwnTopic(r Request, _, typed string) []Choice {
	return completeLast(choices(b.quickly(r, func(s Subscription) []string { return append(s.Topics, s.Exclude...) })), typed)
}

// quickly reads something of a channel's subscription, or gives nothing when that takes too long.
func (b *Bot) quickly(r Request, of func(Subscription) []string) []string {
	ctx, cancel := context.WithTimeout(context.Background(), completeTime)
	defer cancel()
	sub, found, err := b.subscriptionOf(ctx, r.Channel)
	if err != nil || !found {
		return nil
	}
	return of(sub)
}

// completePodcast offers the podcasts that are scanned, but for those of others, and those of the catalog.
func (b *Bot) completePodcast(r Request, _, typed string) []Choice {
	var titles []string
	seen := map[string]bool{}
	add := func(title string) {
		if title != "" && !seen[title] {
			seen[title] = true
			titles = append(titles, title)
		}
	}
	hidden := b.owners.hidden(r.Channel)
	for _, f := range b.casts.list() {
		if !hidden(f.URL) {
			add(f.Title)
		}
	}
	for _, o := range b.Sources.Catalog {
		add(o.Title)
	}
	return matching(choices(titles), typed)
}

// completeFollowed offers the podcasts that the channel follows.
func (b *Bot) completeFollowed(r Request, _, typed string) []Choice {
	return matching(choices(b.titlesOf(b.quickly(r, func(s Subscription) []string { return s.Follow }))), typed)
}

// completeMuted offers what the channel mutes.
func (b *Bot) completeMuted(r Request, _, typed string) []Choice {
	muted := b.quickly(r, func(s Subscription) []string { return append(b.titlesOf(s.Mute), s.MuteWords...) })
	return matching(choices(muted), typed)
}

// completeZone offers zones for the last word that is typed.
func (b *Bot) completeZone(_ Request, _, typed string) []Choice {
	before, last := "", typed
	if i := strings.LastIndex(typed, " "); i >= 0 {
		before, last = typed[:i+1], typed[i+1:]
	}
	out := matching(choices(zoneNames), last)
	for i := range out {
		out[i].Label, out[i].Value = clip(before+out[i].Label, 100), clip(before+out[i].Value, 100)
	}
	return out
}

// completeWord offers the commands.
func (b *Bot) completeWord(_ Request, _, typed string) []Choice {
	return matching(choices(b.words()), typed)
}
