package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"podbrief/digest/rank"
	"podbrief/store"
)

// Fate is what became of an insight, an episode or a podcast in a brief.
type Fate struct {
	What  string // its title, or the claim
	Stage string // the stage at which it fell out: one of those of Fallen, or of those below; "picked" when it did not
	Text  string // one or two sentences that say so in plain words
}

// The stages of ranking that readers are told of.
const (
	StageEpisode = rank.StageEpisode
	StagePodcast = rank.StagePodcast
)

// The stages before ranking.
const (
	StagePicked     = "picked"
	StageUnknown    = "not scanned"
	StageFeed       = "feed" // the feed cannot be read
	StageNothingNew = "nothing new"
	StagePending    = "pending"    // its turn has not come
	StageTranscript = "transcript" // nothing to read
	StageInsights   = "insights"   // no sentence was good enough to stand alone
	StageTopic      = "topic"      // it has nothing to do with the topics
)

// Why says what became of something in the brief that q asks for. What is an insight's ID, an episode's ID, GUID, address
// or title, or a podcast's address or title; a part of a title is enough.
func (e *Engine) Why(ctx context.Context, q Query, what string) (f Fate, err error) {
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	rq := e.rankQuery(ctx, q)
	rq.Fallen = -1
	top := e.Index.Top(rq)
	err = e.DB.View(ctx, func(tx store.Tx) (err error) {
		f, err = why(ctx, tx, q, top, strings.TrimSpace(what))
		return err
	})
	return f, err
}

func why(ctx context.Context, tx store.Tx, q Query, top rank.Result, what string) (Fate, error) {
	ins, err := getInsight(tx, what)
	if err == nil {
		return best(tx, ins.Text, []string{ins.ID}, top)
	}
	if !errors.Is(err, ErrUnknownInsight) {
		return Fate{}, err
	}
	ep, rec, err := named(ctx, tx, what)
	switch {
	case err != nil:
		return Fate{}, err
	case ep != nil:
		return whyEpisode(tx, *ep, top)
	case rec != nil:
		return whyFeed(tx, q, *rec, top)
	}
	return Fate{What: what, Stage: StageUnknown, Text: fmt.Sprintf("No podcast and no episode that is scanned is called %q.", what)}, nil
}

// named finds the episode or the podcast that a person means. A podcast goes before an episode, and what is equal before
// what only begins or holds it.
func named(ctx context.Context, tx store.Tx, what string) (*episodeRecord, *feedRecord, error) {
	feeds, err := store.All[feedRecord](tx, feedBucket, "", "")
	if err != nil {
		return nil, nil, err
	}
	episodes, err := store.All[episodeRecord](tx, episodeBucket, "", "")
	if err != nil {
		return nil, nil, err
	}
	feeds = slices.DeleteFunc(feeds, func(f feedRecord) bool { return hides(ctx, f.Feed.URL) })
	episodes = slices.DeleteFunc(episodes, func(ep episodeRecord) bool { return hides(ctx, ep.Feed) })
	for _, like := range []func(a, b string) bool{strings.EqualFold, holds} {
		for i, f := range feeds {
			if f.Feed.URL == what || f.Moved == what || f.Feed.Link == what || like(f.Feed.Title, what) {
				return nil, &feeds[i], nil
			}
		}
		for i, ep := range episodes {
			if ep.ID == what || ep.GUID == what || ep.Link == what || like(ep.Title, what) {
				return &episodes[i], nil, nil
			}
		}
	}
	return nil, nil, nil
}

func holds(text, part string) bool {
	return part != "" && strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func whyEpisode(tx store.Tx, ep episodeRecord, top rank.Result) (Fate, error) {
	f := Fate{What: ep.Title}
	switch {
	case ep.Outcome == GaveUp:
		f.Stage, f.Text = StageTranscript, "It could not be read: "+ep.Error+"."
	case ep.Outcome == NoTranscript:
		f.Stage, f.Text = StageTranscript, "It offers no transcript and no show notes to read."
		if ep.Error != "" {
			f.Text = "Its transcript cannot be used: " + ep.Error + "."
		}
	case ep.Outcome == "":
		p, err := store.Get[pendingRecord](tx, pendingBucket, ep.ID)
		f.Stage, f.Text = StagePending, "It waits to be read."
		if err == nil && p.Error != "" {
			f.Text = "It is tried again later; last time: " + p.Error + "."
		}
	case len(ep.Insights) == 0:
		f.Stage, f.Text = StageInsights, "It was read, and no claim in it was clear enough to stand alone."
	default:
		return best(tx, ep.Title, ep.Insights, top)
	}
	return f, nil
}

func whyFeed(tx store.Tx, q Query, rec feedRecord, top rank.Result) (Fate, error) {
	f := Fate{What: title(rec.Feed)}
	if rec.Feed.State.Error != "" && rec.Feed.State.ChangedAt.IsZero() {
		f.Stage, f.Text = StageFeed, "Its feed cannot be read: "+strings.TrimSuffix(rec.Feed.State.Reason(), ".")+"."
		return f, nil
	}
	from, to := knownRange(rec.Feed.URL)
	known, err := store.All[knownRecord](tx, knownBucket, from, to)
	if err != nil {
		return Fate{}, err
	}
	var ids []string
	for _, k := range known {
		ep, err := store.Get[episodeRecord](tx, episodeBucket, k.Episode.ID)
		if err == nil {
			ids = append(ids, sinceOnly(tx, ep.Insights, q.Since)...)
		}
	}
	if len(ids) == 0 {
		f.Stage, f.Text = StageNothingNew, "Nothing new was taken from it in the time that this brief looks at."
		return f, nil
	}
	return best(tx, title(rec.Feed), ids, top)
}

// sinceOnly leaves out the insights from before a time.
func sinceOnly(tx store.Tx, ids []string, since time.Time) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		ins, err := getInsight(tx, id)
		return err != nil || ins.Created.Before(since)
	})
}

// best tells the fate of the one of these insights that came farthest.
func best(tx store.Tx, what string, ids []string, top rank.Result) (Fate, error) {
	for i, p := range top.Picks {
		if slices.Contains(ids, p.ID) {
			return Fate{What: what, Stage: StagePicked, Text: fmt.Sprintf("It is number %d of this brief.", i+1)}, nil
		}
	}
	for _, f := range top.Fallen {
		if slices.Contains(ids, f.ID) {
			text := stageText[f.Stage]
			if by, err := getInsight(tx, f.By); err == nil {
				text += fmt.Sprintf(" In its place: “%s”", by.Text)
			}
			return Fate{What: what, Stage: f.Stage, Text: text}, nil
		}
	}
	return Fate{What: what, Stage: StageTopic, Text: "It was read, and has nothing to do with these topics."}, nil
}

// stageText says what a stage of ranking means.
var stageText = map[string]string{
	rank.StageSeen:      "It, or one that says the same, was shown here before.",
	rank.StageMuted:     "It is muted here, or holds a word that is.",
	rank.StageQuality:   "It matches, but is not clear or strong enough to be shown.",
	rank.StageDuplicate: "It says the same as one that was chosen.",
	rank.StageEpisode:   "Two insights of its episode were chosen already.",
	rank.StagePodcast:   "Two insights of its podcast were chosen already.",
	rank.StageRank:      "It matches, but others were better.",
}
