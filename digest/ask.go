package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/store"
)

const (
	searchedEpisodes = 6 // whose transcripts are read for a question, besides those that it is asked under
	searchedQuiet    = 6 // of those without insights, the newest
	passagesAsked    = 6
	passagesOwn      = 4 // at most so many of them out of the episodes that it is asked under, when others know more
	closestShown     = 3 // passages shown when there is no answer
)

// Ask answers a question out of what was said. It looks in two stages: for the episodes that speak of it, those of the
// insight or the brief that it was asked under first, and the newest of those without insights; and then for the closest
// passages of their transcripts. Every sentence of the answer is cited; without an answer the closest passages are shown as
// they are.
func (e *Engine) Ask(ctx context.Context, q Question) (*Answer, error) {
	if strings.TrimSpace(q.Text) == "" {
		return nil, errors.New("the question is empty")
	}
	var about *insight.Insight
	var own, elsewhere []*spoken
	var near []insight.Passage
	meant := e.meantBy(ctx, q.inFull())
	err := e.DB.View(ctx, func(tx store.Tx) error {
		var under []string
		var err error
		if about, under, err = askedUnder(tx, q); err != nil {
			return err
		}
		if own, err = spokenIn(tx, under); err != nil {
			return err
		}
		silent, err := quiet(ctx, tx, searchedQuiet, under)
		if err != nil {
			return err
		}
		if elsewhere, err = spokenIn(tx, append(e.episodesFor(ctx, tx, q.inFull(), under), silent...)); err != nil {
			return err
		}
		var more []*spoken
		near, more, err = quotedIn(tx, meant, append(own, elsewhere...))
		elsewhere = append(elsewhere, more...)
		return err
	})
	if err != nil {
		return nil, err
	}
	asking := insight.Asking{
		Question: q.Text, About: about, Earlier: q.Earlier, Language: q.Language,
		Passages: withMeant(closest(q.inFull(), own, elsewhere), near),
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
func (e *Engine) episodesFor(ctx context.Context, tx store.Tx, question string, under []string) []string {
	var ids []string
	for _, found := range e.Index.Episodes(question, lookFor(ctx, searchedEpisodes+len(under))) {
		if !slices.Contains(under, found.ID) && len(ids) < searchedEpisodes && !hiddenEpisode(ctx, tx, found.ID) {
			ids = append(ids, found.ID)
		}
	}
	return ids
}

// meantAsked is how many passages are given to a question that are close by their meaning, whatever their words.
const meantAsked = 2

// meantBy returns the insights that are closest to a question in meaning, best first; none without a model that tells it.
func (e *Engine) meantBy(ctx context.Context, question string) []rank.Scored {
	vec := e.meaning(ctx, question)
	if vec == nil {
		return nil
	}
	return e.seenBy(ctx, e.Index.Nearest(vec, lookFor(ctx, meantAsked)), meantAsked)
}

// quotedIn returns the segments that insights were taken from as passages, and those of their episodes that are not among
// the known.
func quotedIn(tx store.Tx, found []rank.Scored, known []*spoken) (passages []insight.Passage, more []*spoken, err error) {
	for _, f := range found {
		ins, err := getInsight(tx, f.ID)
		if isUnknown(err) {
			continue // removed since
		}
		if err != nil {
			return nil, nil, err
		}
		in := slices.IndexFunc(known, func(s *spoken) bool { return s.episode.ID == ins.Episode })
		if in < 0 {
			other, err := spokenIn(tx, []string{ins.Episode})
			if err != nil || len(other) == 0 {
				return nil, nil, err
			}
			in, known, more = len(known), append(known, other[0]), append(more, other[0])
		}
		if s := known[in]; valid(ins.Span, s.text.Segments) {
			passages = append(passages, s.stretches()[ins.Span.First])
		}
	}
	return passages, more, nil
}

// withMeant puts passages that are close by their meaning behind those that are by their words, in the place of the last
// when there are many.
func withMeant(words, meant []insight.Passage) []insight.Passage {
	meant = slices.DeleteFunc(meant, func(m insight.Passage) bool {
		return slices.ContainsFunc(words, func(w insight.Passage) bool { return strings.Contains(w.Text, m.Text) })
	})
	return append(words[:min(len(words), passagesAsked-len(meant))], meant...)
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
	for _, p := range asked.Passages {
		if len(a.Citations) == closestShown {
			break
		}
		if q := closestQuote(asked.Question, p); !repeats(q, a.Citations) {
			cite(p, q, 0)
		}
	}
	return a
}

// sameWords is how many words in a row make two quotes say the same.
const sameWords = 8

// repeats reports whether a quote says again, word for word, a part of one that is shown: a show that begins with its best
// sentences has them twice.
func repeats(quote string, shown []Citation) bool {
	words := plainWords(quote)
	n := min(sameWords, len(words))
	return slices.ContainsFunc(shown, func(c Citation) bool {
		known := " " + strings.Join(plainWords(c.Quote), " ") + " "
		for i := range len(words) - n + 1 {
			if strings.Contains(known, " "+strings.Join(words[i:i+n], " ")+" ") {
				return true
			}
		}
		return false
	})
}

// plainWords returns the words of a text without what stands around them.
func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
