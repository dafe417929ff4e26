// Command eval measures how well digest/rank chooses on the corpus of real shows.
//
//	go run ./digest/rank/eval -what topics     nDCG@10 of topic queries, half of them never tuned on
//	go run ./digest/rank/eval -what splithalf  MRR of finding four sentences' continuation among 1,500
//	go run ./digest/rank/eval -what pairs      related insights of different shows, and the votes on them
//	go run ./digest/rank/eval -what all        all three
//
// It needs the shared corpus, and prints figures and words of ours only, but for -what pairs -print, which is for
// judging by eye.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"podbrief/digest/rank"
)

func main() {
	if err := run(os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

func run(args []string, getenv func(string) string, w io.Writer) error {
	flags := flag.NewFlagSet("eval", flag.ContinueOnError)
	what := flags.String("what", "topics", "topics, splithalf, pairs or all")
	cache := flags.String("cache", "", "file that keeps the corpus's insights between two runs")
	text := flags.Bool("print", false, "print the pairs for judging")
	if err := flags.Parse(args); err != nil {
		return err
	}
	corpus, err := corpusDir(getenv)
	if err != nil {
		return err
	}
	switch *what {
	case "topics":
		return runTopics(corpus, *cache, w)
	case "splithalf":
		return runSplitHalf(corpus, w)
	case "pairs":
		return runPairs(corpus, *cache, *text, w)
	case "all":
		return errors.Join(runTopics(corpus, *cache, w), runSplitHalf(corpus, w), runPairs(corpus, *cache, *text, w))
	}
	return fmt.Errorf("measure %q: choose topics, splithalf, pairs or all", *what)
}

func index(corpus, cache string) (*rank.Index, []rank.Doc, error) {
	docs, err := load(corpus, cache)
	if err != nil {
		return nil, nil, err
	}
	x := rank.NewIndex()
	x.Add(docs...)
	return x, docs, nil
}

func runTopics(corpus, cache string, w io.Writer) error {
	x, docs, err := index(corpus, cache)
	if err != nil {
		return err
	}
	tuned, held, err := topics(x, docs, w)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		figures
	}{{"tuned on", tuned}, {"never tuned on", held}} {
		fmt.Fprintf(w, "%s: %d queries, nDCG@10 %.3f, P@5 %.3f, briefs %.3f expected of %.1f picks\n", f.name, f.n, f.ndcg, f.p5, f.brief, f.briefSize)
	}
	return nil
}

func runSplitHalf(corpus string, w io.Writer) error {
	all, err := shows(corpus)
	if err != nil {
		return err
	}
	mrr, first, n, err := splitHalf(all)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "split half: %d among %d, MRR %.3f, found first %.3f\n", n, n, mrr, first)
	return nil
}

func runPairs(corpus, cache string, text bool, w io.Writer) error {
	x, docs, err := index(corpus, cache)
	if err != nil {
		return err
	}
	found, asked := pairs(x, docs, 30)
	if text {
		printPairs(w, found)
	}
	all, related, close, err := votes()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "pairs: %d of %d insights that may be posted have a related one\n", len(found), asked)
	fmt.Fprintf(w, "pairs: %d judged by eye, %.2f of the same subject, %.2f of the same question\n", len(all), related, close)
	return nil
}
