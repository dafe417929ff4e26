package main

import (
	"crypto/md5"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"podbrief/digest/rank"
)

//go:embed testdata/queries.json
var queriesJSON []byte

// query is a topic with the shows and episodes that a reader of it expects, judged by their titles and notes before the
// ranker was written.
type query struct {
	Topic    string   `json:"topic"`
	Shows    []string `json:"shows"`
	Episodes []string `json:"episodes"`
}

// expects reports whether a doc comes from where it is expected.
func (q query) expects(d rank.Doc) bool {
	return slices.Contains(q.Shows, d.Feed) || slices.Contains(q.Episodes, d.Episode)
}

// tuned reports whether the query belongs to the half that weights may be chosen on.
func (q query) tuned() bool { return md5.Sum([]byte(q.Topic))[md5.Size-1]%2 == 1 }

func readQueries() ([]query, error) {
	var out []query
	if err := json.Unmarshal(queriesJSON, &out); err != nil {
		return nil, fmt.Errorf("read queries: %w", err)
	}
	return out, nil
}

// figures are the means over queries.
type figures struct {
	n         int
	ndcg, p5  float64
	brief     float64 // share of a brief's picks that are expected
	briefSize float64
}

// topics measures the ranking of each half of the queries; each line tells one query of the tuned half.
func topics(x *rank.Index, docs []rank.Doc, w io.Writer) (tuned, held figures, err error) {
	queries, err := readQueries()
	if err != nil {
		return tuned, held, err
	}
	byID := map[string]rank.Doc{}
	for _, d := range docs {
		byID[d.ID] = d
	}
	for _, q := range queries {
		expected := 0
		for _, d := range docs {
			if q.expects(d) {
				expected++
			}
		}
		if expected == 0 {
			continue
		}
		f := measure(x, byID, q, expected)
		half := &held
		if q.tuned() {
			half = &tuned
			fmt.Fprintf(w, "%-28s nDCG@10 %.3f  P@5 %.2f  brief %.2f of %.0f  (%d expected)\n", q.Topic, f.ndcg, f.p5, f.brief, f.briefSize, expected)
		}
		half.add(f)
	}
	return tuned.mean(), held.mean(), nil
}

func measure(x *rank.Index, byID map[string]rank.Doc, q query, expected int) figures {
	var f figures
	found := x.Matching(q.Topic, 10)
	ideal := 0.0
	for i := range 10 {
		gain := 1 / math.Log2(float64(i+2))
		if i < expected {
			ideal += gain
		}
		if i < len(found) && q.expects(byID[found[i].ID]) {
			f.ndcg += gain
			if i < 5 {
				f.p5 += 1 / float64(min(5, expected))
			}
		}
	}
	f.ndcg /= ideal
	picks := x.Top(rank.Query{Topics: []string{q.Topic}}).Picks
	for _, p := range picks {
		if q.expects(byID[p.ID]) {
			f.brief += 1 / float64(len(picks))
		}
	}
	f.briefSize = float64(len(picks))
	f.n = 1
	return f
}

func (f *figures) add(g figures) {
	f.n, f.ndcg, f.p5 = f.n+1, f.ndcg+g.ndcg, f.p5+g.p5
	f.brief, f.briefSize = f.brief+g.brief, f.briefSize+g.briefSize
}

func (f figures) mean() figures {
	n := float64(max(1, f.n))
	return figures{f.n, f.ndcg / n, f.p5 / n, f.brief / n, f.briefSize / n}
}
