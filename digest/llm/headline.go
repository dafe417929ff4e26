package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"podbrief/digest/insight"
)

const headlineVersion = "headline-1"

// Bounds of a headline.
const (
	minHeadlineWords, maxHeadlineWords = 4, 20
	headlineMaxOut                     = 100 // tokens
	headlineGrounding                  = 0.5 // share of its content words that stand in the insights
)

// Headliner writes the one line over a brief with a model. It is safe for concurrent use.
type Headliner struct {
	Service *Service // required
	Cache   *Cache   // required
}

// Headline returns one line over some insights. Its error is ErrBudget or ErrUnavailable, wrapped with the reason; a line
// that says what the insights do not say is ErrUnavailable too.
func (h *Headliner) Headline(ctx context.Context, insights []insight.Insight) (string, error) {
	var view []numbered
	var all strings.Builder
	for i, in := range insights {
		view = append(view, numbered{Number: i + 1, Text: flat(in.Text)})
		fmt.Fprintf(&all, "%s %s. ", in.Speaker, flat(in.Text))
	}
	p, err := render(headlineVersion, "user", view)
	if err != nil {
		return "", err
	}
	p.Model, p.MaxOut = h.Service.Models.Extract, headlineMaxOut
	raw, err := h.Cache.ask(ctx, h.Service, p)
	if err != nil {
		return "", err
	}
	var answer struct{ Headline string }
	if err := json.Unmarshal(raw, &answer); err != nil {
		return "", fmt.Errorf("%w: its answer does not fit the schema", ErrUnavailable)
	}
	line := strings.TrimSuffix(strings.TrimSpace(answer.Headline), ".")
	if err := checkHeadline(line, all.String()); err != nil {
		return "", fmt.Errorf("%w: headline refused: %w", ErrUnavailable, err)
	}
	return line, nil
}

// checkHeadline returns what is wrong with a headline over insights.
func checkHeadline(line, insights string) error {
	words := len(strings.Fields(line))
	switch t, told := tongueOf(line), tongueOf(insights); {
	case words < minHeadlineWords || words > maxHeadlineWords:
		return fmt.Errorf("it has %d words", words)
	case insight.Unsafe(line) || insight.Instructs(line):
		return fmt.Errorf("it holds an address, a mention, markup or an order")
	case strings.HasSuffix(line, "?"):
		return fmt.Errorf("it is a question")
	case t.personIn(line) != "":
		return fmt.Errorf("it says %q", t.personIn(line))
	case t.name != told.name && t.name != "" && told.name != "":
		return fmt.Errorf("it is in another language than the insights")
	case shared(line, insights) < headlineGrounding:
		return fmt.Errorf("it says what no insight says")
	}
	return evidence{tongue: tongueOf(insights), said: insights, sentence: closestTo(line, insights), near: insights}.disproof(line)
}

// closestTo returns the sentence of a text that shares most words with a line.
func closestTo(line, text string) string {
	best, most := "", 0.0
	for _, s := range sentencesOf(text) {
		if n := shared(line, s); n > most {
			best, most = s, n
		}
	}
	return best
}
