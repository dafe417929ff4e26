package bot

import (
	"slices"
	"strings"

	"podbrief/bot/directory"
	"podbrief/digest/feed"
)

// packed lists the podcasts of the packs to scan: the operator's, or those of the topics subscribed first, and then all
// packs when one of the topics has none: it may be spoken of anywhere, whatever else is subscribed.
func (b *Bot) packed(topics []string) []feed.Outline {
	of := func(in func(pack string) bool) (out []feed.Outline) {
		for _, o := range b.Sources.Catalog {
			if in(o.Topic) {
				out = append(out, o)
			}
		}
		return out[:min(len(out), maxPacked)]
	}
	if len(b.Sources.Packs) > 0 {
		return of(func(pack string) bool { return slices.Contains(b.Sources.Packs, pack) })
	}
	out := of(func(pack string) bool {
		return slices.ContainsFunc(topics, func(t string) bool { return covers(pack, t) })
	})
	if slices.ContainsFunc(topics, func(t string) bool { return !b.hasPack(t) }) {
		all := spread(b.Sources.Catalog)
		return append(out, all[:min(len(all), maxPacked)]...)
	}
	return out
}

// hasPack reports whether a pack is about a topic.
func (b *Bot) hasPack(topic string) bool {
	return slices.ContainsFunc(b.Sources.Catalog, func(o feed.Outline) bool { return covers(o.Topic, topic) })
}

// covers reports whether a pack is about a topic: its words occur in it.
func covers(pack, topic string) bool {
	words := strings.Fields(strings.ReplaceAll(topic, "-", " "))
	for w := range strings.SplitSeq(pack, "-") {
		if slices.Contains(words, w) {
			return true
		}
	}
	return false
}

// spread orders podcasts so that each pack has its turn.
func spread(list []feed.Outline) []feed.Outline {
	var turns [][]feed.Outline
	seen := map[string]int{}
	for _, o := range list {
		n := seen[o.Topic]
		seen[o.Topic]++
		if n == len(turns) {
			turns = append(turns, nil)
		}
		turns[n] = append(turns[n], o)
	}
	return slices.Concat(turns...)
}

// catalogOn lists the catalog's podcasts on topics.
func (b *Bot) catalogOn(topics []string) []directory.Podcast {
	var out []directory.Podcast
	for _, o := range b.Sources.Catalog {
		if slices.ContainsFunc(topics, func(t string) bool { return covers(o.Topic, t) }) {
			out = append(out, directory.Podcast{Title: o.Title, URL: o.URL})
		}
	}
	return out
}

// catalogTopics are the topics of the packs, as people write them.
func (b *Bot) catalogTopics() []string {
	var topics []string
	for _, o := range b.Sources.Catalog {
		topics = addTo(topics, strings.ReplaceAll(o.Topic, "-", " "))
	}
	return topics
}
