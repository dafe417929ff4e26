package digest

import (
	"cmp"
	"context"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/store"
)

const (
	usualCount  = 5
	pickRelated = 2 // related insights shown with a pick
	maxFallen   = 200
)

// Brief chooses the best insights for a query, and polishes them.
func (e *Engine) Brief(ctx context.Context, q Query) (*Brief, error) {
	b, err := e.Choose(ctx, q)
	if err != nil {
		return b, err
	}
	e.Polish(ctx, q.Language, b)
	return b, ctx.Err()
}

// Choose chooses the best insights for a query, without any call of a model. It returns fewer than asked for when there are
// not enough good ones: a thin day is said to be thin.
func (e *Engine) Choose(ctx context.Context, q Query) (*Brief, error) {
	if q.Count == 0 {
		q.Count = usualCount
	}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	since := q.Since
	if q.Published.After(since) {
		since = q.Published
	}
	top := e.Index.Top(e.rankQuery(ctx, q))
	b := &Brief{Topics: q.Topics, Since: since, Now: q.Now, Asked: q.Count, Podcasts: top.Podcasts, Picks: []Pick{}}
	err := e.DB.View(ctx, func(tx store.Tx) error {
		b.Picks = b.Picks[:0]
		for _, p := range top.Picks {
			pick, err := e.pick(ctx, tx, q, p)
			if isUnknown(err) {
				continue // removed since the index was asked
			}
			if err != nil {
				return err
			}
			b.Picks = append(b.Picks, pick)
		}
		return nil
	})
	for _, f := range top.Fallen {
		b.Fallen = append(b.Fallen, Fallen{Insight: f.ID, Stage: f.Stage, By: f.By, Score: f.Score})
	}
	b.Label = labelOf(b.Picks)
	return b, err
}

// rankQuery is a query as ranking sees it.
func (e *Engine) rankQuery(ctx context.Context, q Query) rank.Query {
	if e.Translate != nil {
		q.Language = "" // every insight can be had in it
	}
	return rank.Query{
		Topics: q.Topics, Exclude: q.Exclude, Follow: q.Follow, Mute: q.Mute, MuteWords: q.MuteWords,
		Since: q.Since, Published: q.Published, Now: q.Now, Count: q.Count, Seen: q.Seen, Taste: rank.Taste(q.Taste),
		Language: q.Language, Hidden: hiddenIn(ctx),
	}
}

// pick fetches all that readers see of a chosen insight.
func (e *Engine) pick(ctx context.Context, tx store.Tx, q Query, p rank.Pick) (Pick, error) {
	it, err := getItem(tx, p.ID)
	if err != nil {
		return Pick{}, err
	}
	pick := Pick{
		Item: it, Topic: p.Topic, Source: p.Source,
		Scores: Scores{Relevance: p.Relevance, Quality: p.Quality, Recency: p.Recency, Taste: p.Taste, Total: p.Total},
	}
	pick.Reason = reason(pick, q.Now)
	pick.Related, err = e.related(ctx, tx, p.ID, pickRelated)
	for _, id := range p.Also {
		if other, err := getItem(tx, id); err == nil && other.Podcast != it.Podcast {
			pick.Also = append(pick.Also, other.Podcast)
		}
	}
	return pick, err
}

// Related returns the insights of other podcasts that are closest to one, at most n and never more than ten,
// one a podcast.
func (e *Engine) Related(ctx context.Context, insightID string, n int) (items []Item, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) (err error) {
		if _, err := getInsight(tx, insightID); err != nil {
			return err
		}
		items, err = e.related(ctx, tx, insightID, n)
		return err
	})
	return items, err
}

func (e *Engine) related(ctx context.Context, tx store.Tx, id string, n int) ([]Item, error) {
	return getItems(tx, e.seenBy(ctx, e.kin.related(e.Index, id, lookFor(ctx, n)), n))
}

// Search returns the insights that are closest to some words, best first.
func (e *Engine) Search(ctx context.Context, text string, n int) (items []Item, err error) {
	found := e.seenBy(ctx, e.search(ctx, text, lookFor(ctx, n)), n)
	err = e.DB.View(ctx, func(tx store.Tx) (err error) {
		items, err = getItems(tx, found)
		return err
	})
	return items, err
}

// Insight returns one insight with its episode and podcast; ErrUnknownInsight when there is none.
func (e *Engine) Insight(ctx context.Context, id string) (it Item, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) (err error) {
		it, err = getItem(tx, id)
		return err
	})
	return it, err
}

// getItems fetches what an index found; what was removed since is left out.
func getItems(tx store.Tx, found []rank.Scored) ([]Item, error) {
	items := make([]Item, 0, len(found))
	for _, f := range found {
		it, err := getItem(tx, f.ID)
		if isUnknown(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

func getItem(tx store.Tx, id string) (Item, error) {
	ins, err := getInsight(tx, id)
	if err != nil {
		return Item{}, err
	}
	ep, err := getEpisode(tx, ins.Episode)
	if err != nil {
		return Item{}, err
	}
	rec, err := getFeed(tx, ins.Feed)
	if err != nil {
		return Item{}, err
	}
	it := item(rec.Feed, ep.Episode, ins)
	it.Language = cmp.Or(ep.Spoken, ep.Language, rec.Feed.Language)
	return it, nil
}

// item joins an insight with where it comes from.
func item(podcast feed.Feed, ep feed.Episode, ins insight.Insight) Item {
	ep.Notes = ""
	return Item{Insight: ins, Episode: ep, Podcast: title(podcast), Link: link(ep, ins.Start, ins.Timing)}
}
