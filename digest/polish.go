package digest

import (
	"context"
	"slices"
	"strings"
	"time"

	"podbrief/digest/insight"
	"podbrief/digest/rank"
)

// polishTime is how long a brief waits for what a model adds to it: it must not be late for it.
const polishTime = 25 * time.Second

// Polish adds to a brief what only a model can: the reader's language and a headline. What fails, or takes longer than ctx
// or 25 seconds, is left out.
func (e *Engine) Polish(ctx context.Context, language string, b *Brief) {
	if len(b.Picks) == 0 || ctx.Err() != nil {
		return
	}
	short, cancel := context.WithTimeout(ctx, polishTime)
	defer cancel()
	if e.Headline != nil {
		if line, err := e.Headline(short, insightsOf(b.Picks)); err == nil {
			b.Headline = line
		}
	}
	if e.Translate != nil && language != "" {
		e.translate(short, language, b)
	}
}

func insightsOf(picks []Pick) []insight.Insight {
	all := make([]insight.Insight, len(picks))
	for i, p := range picks {
		all[i] = p.Insight
	}
	return all
}

// translate puts the headline and the picks' texts and reasons into a language, all in one call. Quotes stay as they were
// said.
func (e *Engine) translate(ctx context.Context, language string, b *Brief) {
	var texts []*string
	for i := range b.Picks {
		if p := &b.Picks[i]; !sameLanguage(p.Language, language) {
			texts = append(texts, &p.Insight.Text, &p.Insight.Why)
		}
	}
	if len(texts) == 0 {
		return
	}
	texts = slices.DeleteFunc(append(texts, &b.Headline), func(t *string) bool { return *t == "" })
	was := make([]string, len(texts))
	for i, t := range texts {
		was[i] = *t
	}
	now, err := e.Translate(ctx, language, was)
	if err != nil || len(now) != len(was) {
		return
	}
	for i, t := range texts {
		*t = now[i]
	}
	for i := range b.Picks {
		p := &b.Picks[i]
		p.Translated = slices.Contains(now, p.Insight.Text) && !slices.Contains(was, p.Insight.Text)
	}
}

// sameLanguage compares languages without their regions. An unknown one is taken for English.
func sameLanguage(a, b string) bool {
	base := func(tag string) string {
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		if tag == "" {
			return "en"
		}
		return tag
	}
	return base(a) == base(b)
}

// labelOf says which picks were not taken as configured; "" when all were.
func labelOf(picks []Pick) string {
	var reasons []string
	for _, p := range picks {
		if why := p.Insight.Fallback; why != "" && !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
	}
	if len(reasons) == 0 {
		return ""
	}
	return standIn(strings.Join(reasons, ", "))
}

// standIn says that the built-in engine did a model's work, and why.
func standIn(why string) string { return "built-in engine: " + why }

// search finds insights by words, and by meaning when a model tells it in time.
func (e *Engine) search(ctx context.Context, text string, n int) []rank.Scored {
	if vec := e.meaning(ctx, text); vec != nil {
		return e.Index.SearchMeaning(text, vec, n)
	}
	return e.Index.Search(text, n)
}

// askTime is how long a search waits for a model.
const askTime = 5 * time.Second

// meaning returns the vector of a text; nil when there is none to be had, or nothing to compare it with.
func (e *Engine) meaning(ctx context.Context, text string) []float32 {
	if e.Embedder == nil || ctx.Value(wordsKey{}) != nil {
		return nil
	}
	if model, docs := e.Index.VectorModel(); model != e.Embedder.Model() || docs == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	vecs, err := e.Embedder.Embed(ctx, []string{text})
	if err != nil || len(vecs) != 1 {
		return nil
	}
	return vecs[0]
}
