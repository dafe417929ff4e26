package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"

	"podbrief/digest/insight"
)

const translateVersion = "translate-1"

// Translator puts texts into a reader's language with a model. It is safe for concurrent use.
type Translator struct {
	Service *Service     // required
	Cache   *Cache       // required
	Log     *slog.Logger // required
}

// Translate returns the texts in a language, in order. A text that the model leaves out, or in which it changes a number
// or a length beyond belief, comes back as it was. Its error is ErrBudget or ErrUnavailable, wrapped with the reason; the
// originals come back then.
func (t *Translator) Translate(ctx context.Context, language string, texts []string) ([]string, error) {
	view := struct {
		Language string
		Texts    []numbered
	}{Language: language}
	out := 200
	for i, text := range texts {
		view.Texts = append(view.Texts, numbered{Number: i + 1, Text: flat(text)})
		out += len(text)
	}
	p, err := render(translateVersion, "user", view)
	if err != nil {
		return texts, err
	}
	p.Model, p.MaxOut = t.Service.Models.Extract, out
	raw, err := t.Cache.ask(ctx, t.Service, p)
	if err != nil {
		return texts, err
	}
	var answer struct {
		Texts []numbered `json:"texts"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return texts, fmt.Errorf("%w: its answer does not fit the schema", ErrUnavailable)
	}
	return accepted(texts, answer.Texts), nil
}

// accepted are the translations that hold, with the originals of those that do not.
func accepted(texts []string, translated []numbered) []string {
	all := append([]string(nil), texts...)
	for _, n := range translated {
		if n.Number < 1 || n.Number > len(texts) {
			continue
		}
		if text := strings.TrimSpace(n.Text); faithful(texts[n.Number-1], text) {
			all[n.Number-1] = text
		}
	}
	return all
}

// faithful reports whether a translation keeps the figures, names and negations of its original, and about its length.
func faithful(original, translated string) bool {
	a, b := utf8.RuneCountInString(original), utf8.RuneCountInString(translated)
	if b == 0 || b > 3*a+40 || b*5 < a || insight.Unsafe(translated) || insight.Instructs(translated) {
		return false
	}
	e, t := evidence{tongue: tongueOf(original), said: original, sentence: original}, tongueOf(translated)
	if t.name != "" && t.personIn(translated) != "" && e.personIn(original) == "" {
		return false
	}
	return slices.Equal(figures(original), figures(translated)) && e.keepsNames(translated, t) && e.keepsNegation(translated, t)
}

// figures are the numbers written in digits, sorted, without separators, which differ between
// languages as the order of words does.
func figures(text string) []string {
	all := figure.FindAllString(text, -1)
	for i, f := range all {
		all[i] = strings.NewReplacer(",", "", ".", "").Replace(f)
	}
	slices.Sort(all)
	return all
}
