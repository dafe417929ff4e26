package main

import (
	"io"
	"os"
	"sync"
	"testing"

	"podbrief/digest/rank"
)

// The figures under which ranking has become worse.
const (
	gateTopics    = 0.75 // nDCG@10 of the queries never tuned on; asked for is .50
	gateBriefs    = 0.45 // share of a brief's picks that were expected
	gateSplitHalf = 0.31 // MRR
	gatePairs     = 0.50 // share of pairs judged to be of the same subject
)

// real is the corpus's insights, taken once for all tests.
var real = sync.OnceValues(func() ([]rank.Doc, error) {
	corpus, err := corpusDir(os.Getenv)
	if err != nil {
		return nil, err
	}
	return load(corpus, "")
})

func needsCorpus(t *testing.T) string {
	t.Helper()
	corpus, err := corpusDir(os.Getenv)
	if err != nil {
		t.Skipf("needs the shared corpus: %v", err)
	}
	return corpus
}

func TestTopicsGate(t *testing.T) {
	needsCorpus(t)
	docs, err := real()
	if err != nil {
		t.Fatal(err)
	}
	x := rank.NewIndex()
	x.Add(docs...)
	tuned, held, err := topics(x, docs, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("tuned on %+v, never tuned on %+v", tuned, held)
	if held.n < 15 || tuned.n+held.n < 30 {
		t.Errorf("topics() measured %d and %d queries, want at least 30 with 15 never tuned on", tuned.n, held.n)
	}
	if held.ndcg < gateTopics {
		t.Errorf("topics() nDCG@10 = %.3f on the queries never tuned on, want at least %.2f", held.ndcg, gateTopics)
	}
	if held.brief < gateBriefs {
		t.Errorf("topics() briefs hold %.3f expected picks on the queries never tuned on, want at least %.2f", held.brief, gateBriefs)
	}
}

func TestSplitHalfGate(t *testing.T) {
	all, err := shows(needsCorpus(t))
	if err != nil {
		t.Fatal(err)
	}
	mrr, _, n, err := splitHalf(all)
	if err != nil {
		t.Fatal(err)
	}
	if n < 1000 {
		t.Errorf("splitHalf() searched among %d, want at least 1000", n)
	}
	if mrr < gateSplitHalf {
		t.Errorf("splitHalf() MRR = %.3f, want at least %.2f", mrr, gateSplitHalf)
	}
}

func TestPairsGate(t *testing.T) {
	all, related, _, err := votes()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Fatalf("votes() = %d judgements, want at least 30", len(all))
	}
	if related < gatePairs {
		t.Errorf("votes() = %.2f of the same subject, want at least %.2f", related, gatePairs)
	}
}

func TestQueries(t *testing.T) {
	needsCorpus(t)
	corpus, _ := corpusDir(os.Getenv)
	all, err := shows(corpus)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, s := range all {
		known[s.slug] = true
		for id := range s.listed {
			known[id] = true
		}
	}
	queries, err := readQueries()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queries {
		for _, id := range append(q.Shows, q.Episodes...) {
			if !known[id] {
				t.Errorf("query %q expects %q, which the corpus has not", q.Topic, id)
			}
		}
	}
}
