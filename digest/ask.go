package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/store"
)

const (
	searchedEpisodes = 6 // whose transcripts are read for a question, besides those that it is asked under
	passagesAsked    = 6
	passagesOwn      = 4 // at most so many of them out of the episodes that it is asked under, when others know more
	closestShown     = 3 // passages shown when there is no answer
)

// Ask answers a question out of what was said. It looks in two stages: for the episodes that speak of it, those of the
// insight or the brief that it was asked under first, and then for the closest passages of their transcripts. Every
// sentence of the answer is cited; without an answer the closest passages are shown as they are.
func (e *Engine) Ask(ctx context.Context, q Question) (*Answer, error) {
	if strings.TrimSpace(q.Text) == "" {
		return nil, errors.New("the question is empty")
	}
	var about *insight.Insight
	var own, elsewhere []*spoken
	err := e.DB.View(ctx, func(tx store.Tx) error {
		var under []string
		var err error
		if about, under, err = askedUnder(tx, q); err != nil {
			return err
		}
		if own, err = spokenIn(tx, under); err != nil {
			return err
		}
		elsewhere, err = spokenIn(tx, e.episodesFor(q.inFull(), under))
		return err
	})
	if err != nil {
		return nil, err
	}
	asking := insight.Asking{
		Question: q.Text, About: about, Earlier: q.Earlier, Language: q.Language,
		Passages: closest(q.inFull(), own, elsewhere),
	}
	said, err := e.Answerer.Answer(ctx, asking)
	if err != nil {
		return nil, fmt.Errorf("answer %q: %w", q.Text, err)
	}
	return answer(asking, said, append(own, elsewhere...)), nil
}

// fewToAsk is how many words a question has at most that leans on the one before it: "And why not?"
const fewToAsk = 6

// inFull is what is looked for: a short question in a conversation, with the one before it.
func (q Question) inFull() string {
	if n := len(q.Earlier); n > 0 && len(strings.Fields(q.Text)) <= fewToAsk {
		return q.Text + " " + q.Earlier[n-1].Question
	}
	return q.Text
}

// askedUnder returns the insight that a question is about, and the episodes to look in first: the insight's own, or those
// of the brief.
func askedUnder(tx store.Tx, q Question) (about *insight.Insight, episodes []string, err error) {
	if q.Insight != "" {
		ins, err := getInsight(tx, q.Insight)
		if err != nil {
			return nil, nil, err
		}
		return &ins, []string{ins.Episode}, nil
	}
	for _, id := range q.Insights {
		ins, err := getInsight(tx, id)
		if errors.Is(err, ErrUnknownInsight) {
			continue // removed since
		}
		if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(episodes, ins.Episode) {
			episodes = append(episodes, ins.Episode)
		}
	}
	return nil, episodes, nil
}

// episodesFor returns the episodes that speak of a question, without those that are looked in anyway.
func (e *Engine) episodesFor(question string, under []string) []string {
	var ids []string
	for _, found := range e.Index.Episodes(question, searchedEpisodes+len(under)) {
		if !slices.Contains(under, found.ID) && len(ids) < searchedEpisodes {
			ids = append(ids, found.ID)
		}
	}
	return ids
}

// closest returns the passages that are closest to a question. Those of the episodes it was asked under come first.
func closest(question string, own, elsewhere []*spoken) []insight.Passage {
	take := func(from []*spoken, n int) []insight.Passage {
		var all []insight.Passage
		for _, s := range from {
			all = append(all, s.stretches()...)
		}
		return rank.Passages(question, all, n)
	}
	others := take(elsewhere, passagesAsked)
	mine := take(own, passagesAsked)
	mine = mine[:min(len(mine), max(passagesOwn, passagesAsked-len(others)))]
	return append(mine, others[:min(len(others), passagesAsked-len(mine))]...)
}

// answer joins what an answerer said with where it was said. Without an answer the closest passages stand for it.
func answer(asked insight.Asking, said insight.Answer, in []*spoken) *Answer {
	a := &Answer{Question: asked.Question, Gap: said.Gap, Next: said.Next, Engine: said.Engine, Citations: []Citation{}}
	if said.Fallback != "" {
		a.Label = standIn(said.Fallback)
	}
	cite := func(p insight.Passage, quote string, sentence int) {
		if i := slices.IndexFunc(in, func(s *spoken) bool { return s.episode.ID == p.Episode }); i >= 0 {
			a.Citations = append(a.Citations, in[i].citation(p, quote, sentence))
		}
	}
	var sentences []string
	for i, s := range said.Sentences {
		sentences = append(sentences, s.Text)
		for _, c := range s.Citations {
			if c.Passage >= 0 && c.Passage < len(asked.Passages) {
				cite(asked.Passages[c.Passage], c.Quote, i+1)
			}
		}
	}
	if a.Answer = strings.Join(sentences, " "); a.Answer != "" {
		return a
	}
	for _, p := range asked.Passages[:min(len(asked.Passages), closestShown)] {
		cite(p, closestQuote(asked.Question, p), 0)
	}
	return a
}
