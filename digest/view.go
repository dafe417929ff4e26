package digest

import (
	"context"
	"slices"

	"podbrief/digest/rank"
	"podbrief/store"
)

// hiddenKey is where a context keeps which podcasts its reader may not know of.
type hiddenKey struct{}

// WithHidden returns a context for a reader who may not know of some podcasts, told by the addresses of their feeds: what
// one team follows with a key in the address is no other team's business, and a stranger's podcast has no word in
// another's brief. Brief, Why, Ask, Search, Related and Feeds leave them out. hidden must be safe for concurrent use.
func WithHidden(ctx context.Context, hidden func(feed string) bool) context.Context {
	return context.WithValue(ctx, hiddenKey{}, hidden)
}

// hiddenIn returns what a context's reader may not know of; nil when that is nothing.
func hiddenIn(ctx context.Context) func(feed string) bool {
	hidden, _ := ctx.Value(hiddenKey{}).(func(string) bool)
	return hidden
}

// hides reports whether a context's reader may not know of a feed.
func hides(ctx context.Context, feed string) bool {
	hidden := hiddenIn(ctx)
	return hidden != nil && hidden(feed)
}

// wordsKey is where a context keeps that no model is to be asked what a text means.
type wordsKey struct{}

// WithWordsOnly returns a context in which Ask and Search go by words, whatever models there are: for who asked much already.
func WithWordsOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, wordsKey{}, true)
}

// beyond is how many times more is looked for, for a reader who may not see all that is found.
const beyond = 4

// lookFor is how many to look for so that probably n are left for the reader.
func lookFor(ctx context.Context, n int) int {
	if hiddenIn(ctx) == nil {
		return n
	}
	return beyond * n
}

// seenBy leaves out what a context's reader may not know of, and keeps at most n.
func (e *Engine) seenBy(ctx context.Context, found []rank.Scored, n int) []rank.Scored {
	if hiddenIn(ctx) != nil {
		found = slices.DeleteFunc(slices.Clone(found), func(s rank.Scored) bool {
			d, ok := e.Index.Get(s.ID)
			return ok && hides(ctx, d.Feed)
		})
	}
	return found[:min(n, len(found))]
}

// hiddenEpisode reports whether a context's reader may not know of an episode.
func hiddenEpisode(ctx context.Context, tx store.Tx, id string) bool {
	if hiddenIn(ctx) == nil {
		return false
	}
	ep, err := store.Get[episodeRecord](tx, episodeBucket, id)
	return err == nil && hides(ctx, ep.Feed)
}
