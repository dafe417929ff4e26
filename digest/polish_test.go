package digest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"podbrief/digest/insight"
	"podbrief/digest/rank"
)

func pickIn(language, text, why string) Pick {
	return Pick{Item: Item{Language: language, Insight: insight.Insight{Text: text, Quote: text, Why: why}}}
}

func TestPolishTranslatesTextsAndNotQuotes(t *testing.T) {
	e := &Engine{
		Headline: func(context.Context, []insight.Insight) (string, error) { return "a line", nil },
		Translate: func(_ context.Context, language string, texts []string) ([]string, error) {
			out := make([]string, len(texts))
			for i, text := range texts {
				out[i] = language + ":" + text
			}
			return out, nil
		},
	}
	b := &Brief{Picks: []Pick{pickIn("en-US", "one", "since"), pickIn("de", "zwei", "")}}
	e.Polish(t.Context(), "de", b)
	one, two := b.Picks[0], b.Picks[1]
	if one.Insight.Text != "de:one" || one.Insight.Why != "de:since" || one.Insight.Quote != "one" || !one.Translated {
		t.Errorf("first pick = %+v, want its text and reason in German and its quote as it was", one.Item)
	}
	if two.Insight.Text != "zwei" || two.Translated || b.Headline != "de:a line" {
		t.Errorf("second pick = %+v under %q, want it as it was", two.Item, b.Headline)
	}
}

func TestPolishLosesOnlyWhatFails(t *testing.T) {
	e := &Engine{
		Headline:  func(context.Context, []insight.Insight) (string, error) { return "", errors.New("down") },
		Translate: func(context.Context, string, []string) ([]string, error) { return nil, errors.New("down") },
	}
	b := &Brief{Picks: []Pick{pickIn("en", "one", "")}}
	if e.Polish(t.Context(), "de", b); b.Picks[0].Insight.Text != "one" || b.Headline != "" {
		t.Errorf("after Polish %+v, want the brief as it was", b)
	}
}

func TestLabelNamesEachReasonOnce(t *testing.T) {
	picks := []Pick{pickIn("en", "one", ""), pickIn("en", "two", ""), pickIn("en", "three", "")}
	if got := labelOf(picks); got != "" {
		t.Errorf("labelOf = %q, want none", got)
	}
	picks[0].Insight.Fallback, picks[1].Insight.Fallback, picks[2].Insight.Fallback = "budget used up", "budget used up", "model unavailable"
	if got, want := labelOf(picks), "built-in engine: budget used up, model unavailable"; got != want {
		t.Errorf("labelOf = %q, want %q", got, want)
	}
}

func TestFloatsArePackedWithoutLoss(t *testing.T) {
	in := []float32{0, 1, -2.5, 1e-30}
	got := unpackFloats(packFloats(in))
	if len(got) != len(in) {
		t.Fatalf("unpackFloats = %v, want %v", got, in)
	}
	for i := range in {
		if got[i] != in[i] {
			t.Errorf("number %d = %v, want %v", i, got[i], in[i])
		}
	}
}

// letters is a model that tells meaning by two letters.
type letters struct {
	name  string
	texts int
}

func (l *letters) Model() string { return l.name }

func (l *letters) Embed(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = []float32{1 + float32(strings.Count(text, "a")), 1 + float32(strings.Count(text, "e"))}
	}
	l.texts += len(texts)
	return out, nil
}

func TestEmbedTellsEachInsightOnceAModel(t *testing.T) {
	e := sampleEngine(t)
	all := e.Index.Len()
	for _, name := range []string{"one", "two"} {
		model := &letters{name: name}
		e.Embedder = model
		for range 2 {
			if _, err := e.Embed(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got, docs := e.Index.VectorModel(); model.texts != all || got != name || docs != all {
			t.Errorf("model %q was asked for %d texts and %d vectors of %q stand, want %d of each", name, model.texts, docs, got, all)
		}
	}
	again := &Engine{DB: e.DB, Index: rank.NewIndex(), Embedder: &letters{name: "two"}}
	if err := again.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, docs := again.Index.VectorModel(); docs != all {
		t.Errorf("%d vectors after a restart, want %d", docs, all)
	}
	if found, err := again.Search(t.Context(), "maintainers", 3); err != nil || len(found) == 0 {
		t.Errorf("Search = %d, %v, want some", len(found), err)
	}
}
