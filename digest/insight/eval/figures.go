package main

import (
	"fmt"
	"io"
	"slices"

	"podbrief/digest/insight"
	"podbrief/digest/insight/eval/corpus"
	"podbrief/digest/insight/eval/stats"
)

// Gates of the figures.
const (
	mostOneSentence = 0.15
	mostLeakage     = 0.01
	mostDuplicates  = 0.03 // pairs an episode
	leastAUC        = 0.78
	leastAboveFloor = 2 // an episode
)

// form checks the text as shown, and that every quote stands in its transcript.
func form(out io.Writer, o options) error {
	var total, single, bad, torn int
	err := eachShow(o, func(show corpus.Show, all []kept) error {
		for _, k := range all {
			for _, i := range k.insights {
				total++
				if len(insight.Sentences(i.Text)) < 2 {
					single++
				}
				if why := insight.Form(i.Text); why != "" {
					bad++
					fmt.Fprintf(out, "%s %s: %s: %q\n", show.Name, k.ID, why, i.Text)
				}
				if i.Quote == "" || i.Span.Of(k.Transcript) != i.Quote || !inside(i, k) {
					torn++
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	share := float64(single) / float64(max(1, total))
	fmt.Fprintf(out, "form: %d insights, %d fail the form checks, %d quotes or seconds outside their segments, %.1f%% of one sentence\n",
		total, bad, torn, 100*share)
	return gate(bad == 0 && torn == 0 && share <= mostOneSentence, "form")
}

// inside reports whether an insight's seconds lie within the segments of its quote.
func inside(i insight.Insight, k kept) bool {
	a, b := k.Transcript.Segments[i.Span.First], k.Transcript.Segments[i.Span.Last]
	return i.Start >= a.Start && i.End <= max(b.End, b.Start) && i.Start <= i.End
}

func gate(ok bool, name string) error {
	if !ok {
		return fmt.Errorf("%s: %w", name, errGate)
	}
	return nil
}

// duplicates counts the pairs of insights of one episode that are alike.
func duplicates(out io.Writer, o options) error {
	var texts [][]string
	err := eachShow(o, func(_ corpus.Show, all []kept) error {
		for _, k := range all {
			var ts []string
			for _, i := range k.insights {
				ts = append(ts, i.Text)
			}
			texts = append(texts, ts)
		}
		return nil
	})
	if err != nil {
		return err
	}
	weigh := newWeigher(slices.Concat(texts...))
	pairs := 0
	for _, ts := range texts {
		for a := range ts {
			for b := range ts[:a] {
				if cosine(weigh.vector(ts[a]), weigh.vector(ts[b])) > 0.5 {
					pairs++
				}
			}
		}
	}
	each := float64(pairs) / float64(max(1, len(texts)))
	fmt.Fprintf(out, "duplicates: %d pairs with a cosine above 0.5 in %d episodes, %.3f an episode\n", pairs, len(texts), each)
	return gate(each <= mostDuplicates, "duplicates")
}

// auc judges the ranking of rated windows by models that never saw their episodes.
func auc(out io.Writer, o options) error {
	rated, err := stats.ReadRated(o.shared + "/eval/rated-windows.jsonl")
	if err != nil {
		return err
	}
	rows, good := stats.Measure(rated), stats.Good(rated)
	var all []float64
	for seed := range uint64(10) {
		all = append(all, stats.AUC(good, stats.CrossValidate(rows, 10, seed)))
	}
	mean, dev := stats.Mean(all)
	fmt.Fprintf(out, "auc: %.3f over %d rated windows, 10 folds by episode, 10 shuffles of them (deviation %.3f)\n", mean, len(rated), dev)
	return gate(mean >= leastAUC, "auc")
}

// calibration compares the chance that a score promises with the ratings, by predictions across folds.
func calibration(out io.Writer, o options) error {
	rated, err := stats.ReadRated(o.shared + "/eval/rated-windows.jsonl")
	if err != nil {
		return err
	}
	rows, good := stats.Measure(rated), stats.Good(rated)
	predicted := stats.CrossValidate(rows, 10, 1)
	a, b := stats.Logistic(good, predicted)
	edges := []float64{-9, 0.4, 0.8, 1.2, 1.5, 9}
	for k := 0; k+1 < len(edges); k++ {
		n, goods, junk, promised := 0, 0, 0, 0.0
		for i, p := range predicted {
			q := (a + b*p + 4.47) / 3.05
			if q < edges[k] || q >= edges[k+1] {
				continue
			}
			n++
			promised += insight.Chance(q)
			if good[i] {
				goods++
			}
			if rated[i].Rating == 0 {
				junk++
			}
		}
		size := float64(max(1, n))
		fmt.Fprintf(out, "calibration: score %5.1f to %.1f: %3d windows, promised %.2f good, are %.2f good, %.2f junk\n",
			edges[k], edges[k+1], n, promised/size, float64(goods)/size, float64(junk)/size)
	}
	return nil
}

// speakers counts how many insights of transcripts without names are above the floor. Its gate is on the mean; the
// episodes that have fewer than two are named.
func speakers(out io.Writer, o options) error {
	if o.shows == nil {
		o.shows = []string{"talk-python"}
	}
	return eachShow(o, func(show corpus.Show, all []kept) error {
		few, sum := 0, 0
		for _, k := range all {
			n := 0
			for _, i := range k.insights {
				if i.Score >= insight.Floor(i) {
					n++
				}
			}
			sum += n
			if n < 2 {
				few++
				fmt.Fprintf(out, "  %s has %d\n", k.ID, n)
			}
		}
		fmt.Fprintf(out, "speakers: %s: %.1f insights above the floor an episode, %d of %d episodes have fewer than two\n",
			show.Name, float64(sum)/float64(len(all)), few, len(all))
		return gate(float64(sum) >= leastAboveFloor*float64(len(all)), "speakers")
	})
}
