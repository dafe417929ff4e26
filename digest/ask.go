package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"podbrief/digest/insight"
	"podbrief/store"
)

const (
	searchedEpisodes = 6 // whose transcripts are read for a question
	fromOwn          = 4 // passages out of the episodes that the question is asked under
	fromElsewhere    = 2
	closestShown     = 3 // passages shown when there is no answer
)

// Ask answers a question out of what was said. It looks in two stages: for the episodes that speak of it, those of the
// insight or the brief that it was asked under first, and then for the closest passages of their transcripts. Every
// sentence of the answer is cited; without an answer the closest passages are shown as they are.
func (e *Engine) Ask(ctx context.Context, q Question) (*Answer, error) {
	if strings.TrimSpace(q.Text) == "" {
		return nil, errors.New("the question is empty")
	}
	var own, elsewhere []passage
	var about *insight.Insight
	err := e.DB.View(ctx, func(tx store.Tx) (err error) {
		var under []string
		about, under, err = askedUnder(tx, q)
		if err != nil {
			return err
		}
		own, err = passagesOf(tx, under)
		if err != nil {
			return err
		}
		elsewhere, err = passagesOf(tx, e.episodesFor(q, under))
		return err
	})
	if err != nil {
		return nil, err
	}
	found := best2(q.Text, own, elsewhere)
	asking := insight.Asking{Question: q.Text, About: about, Earlier: q.Earlier, Language: q.Language}
	for _, p := range found {
		asking.Passages = append(asking.Passages, p.Passage)
	}
	said, err := e.Answerer.Answer(ctx, asking)
	if err != nil {
		return nil, fmt.Errorf("answer %q: %w", q.Text, err)
	}
	return answer(q.Text, said, found), nil
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
func (e *Engine) episodesFor(q Question, under []string) []string {
	var ids []string
	for _, found := range e.Index.Episodes(q.Text, searchedEpisodes+len(under)) {
		if !slices.Contains(under, found.ID) && len(ids) < searchedEpisodes {
			ids = append(ids, found.ID)
		}
	}
	return ids
}

// answer joins what an answerer said with where it was said. Without an answer the closest passages stand for it.
func answer(question string, said insight.Answer, found []passage) *Answer {
	a := &Answer{Question: question, Gap: said.Gap, Next: said.Next, Engine: said.Engine, Citations: []Citation{}}
	var sentences []string
	for i, s := range said.Sentences {
		sentences = append(sentences, s.Text)
		for _, c := range s.Citations {
			if c.Passage >= 0 && c.Passage < len(found) {
				a.Citations = append(a.Citations, found[c.Passage].citation(c.Quote, i+1))
			}
		}
	}
	a.Answer = strings.Join(sentences, " ")
	if a.Answer != "" {
		return a
	}
	for _, p := range found[:min(len(found), closestShown)] {
		a.Citations = append(a.Citations, p.citation(p.closest(question), 0))
	}
	return a
}

// citation is a verbatim quote out of a passage, with the time at which it is said.
func (p passage) citation(quote string, sentence int) Citation {
	at, timing, speaker := p.at(strings.Index(p.Text, quote))
	return Citation{
		Quote: quote, Speaker: speaker, Start: at.Truncate(time.Second), Timing: timing, Source: p.source,
		Episode: p.episode, Podcast: p.Podcast, Link: link(p.episode, at, timing), Sentence: sentence,
	}
}
