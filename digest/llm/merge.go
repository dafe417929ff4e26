package llm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"podbrief/digest/insight"
)

// Two claims say the same when so much of the shorter one's word trigrams, or of their words, stand in the other.
const (
	sameTrigrams = 0.4
	sameWords    = 0.5
)

// merge joins what the parts gave: duplicates and overlaps go, the most useful stay, best first; parts that failed are
// filled in by the built-in engine.
func (x *extraction) merge(ctx context.Context) ([]insight.Insight, error) {
	slices.SortStableFunc(x.found, func(a, b found) int { return b.value() - a.value() })
	var kept []found
	for _, f := range x.found {
		if f.value() >= valueFloor && len(kept) < maxInsights && !slices.ContainsFunc(kept, f.same) {
			kept = append(kept, f)
		}
	}
	var all []insight.Insight
	for _, f := range kept {
		i := x.insightOf(f)
		i.Score = f.score()
		all = append(all, i)
	}
	if len(x.failed) == 0 {
		return all, nil
	}
	own, err := x.fill(ctx)
	if err != nil {
		return nil, fmt.Errorf("built-in engine for failed parts: %w", err)
	}
	all = append(all, because(own, x.why)...)
	slices.SortStableFunc(all, func(a, b insight.Insight) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return all[:min(len(all), maxInsights)], nil
}

// fill returns the built-in engine's insights that lie in parts which the model failed on.
func (x *extraction) fill(ctx context.Context) ([]insight.Insight, error) {
	own, err := x.Builtin.Extract(ctx, x.in)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(own, func(i insight.Insight) bool {
		return !slices.ContainsFunc(x.failed, func(p part) bool {
			return x.source.lines[p.first-1].segment <= i.Span.First && i.Span.First <= x.source.lines[p.last-1].segment
		})
	}), nil
}

// value is what the model thinks of its claim: usefulness and novelty, 2 to 6.
func (f found) value() int {
	return min(3, max(1, f.Usefulness)) + min(3, max(1, f.Novelty))
}

// valueFloor drops what the model itself calls neither useful nor new.
const valueFloor = 3

// score puts a model's value on the scale of the built-in engine's quality, so that both can stand in one brief: 3 gives
// 1.35, above the floor for posting; 6 gives 2.4.
func (f found) score() float64 { return 0.3 + 0.35*float64(f.value()) }

// same reports whether two claims share their place or say the same thing.
func (f found) same(g found) bool {
	overlap := f.at.first <= g.at.last && g.at.first <= f.at.last
	return overlap || containment(f.Claim, g.Claim, 3) >= sameTrigrams || containment(f.Claim, g.Claim, 1) >= sameWords
}

// containment is the share of the shorter text's n-grams of content words that stand in the other one.
func containment(a, b string, n int) float64 {
	x, y := grams(a, n), grams(b, n)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return 0
	}
	hit := 0
	for g := range x {
		if y[g] {
			hit++
		}
	}
	return float64(hit) / float64(len(x))
}

func grams(text string, n int) map[string]bool {
	words := slices.DeleteFunc(plainWords(text), func(w string) bool { return n == 1 && (stop[w] || len(w) < 3) })
	m := map[string]bool{}
	for i := 0; i+n <= len(words); i++ {
		m[strings.Join(words[i:i+n], " ")] = true
	}
	return m
}
