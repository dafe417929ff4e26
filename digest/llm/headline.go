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
	switch {
	case words < minHeadlineWords || words > maxHeadlineWords:
		return fmt.Errorf("it has %d words", words)
	case insight.Unsafe(line) || insight.Instructs(line):
		return fmt.Errorf("it holds an address, a mention, markup or an order")
	case strings.HasSuffix(line, "?"):
		return fmt.Errorf("it is a question")
	case personIn(line) != "":
		return fmt.Errorf("it says %q", personIn(line))
	case missingNumber(line, insights) != "":
		return fmt.Errorf("no insight holds the number %q", missingNumber(line, insights))
	case missingName(line, insights) != "":
		return fmt.Errorf("no insight holds the name %q", missingName(line, insights))
	case flipped(line, insights) != "":
		return fmt.Errorf("it turns what is said about %q into its opposite", flipped(line, insights))
	case shared(line, insights) < headlineGrounding:
		return fmt.Errorf("it says what no insight says")
	}
	return nil
}
