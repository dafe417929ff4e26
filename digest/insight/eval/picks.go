package main

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"podbrief/digest/insight"
	"podbrief/digest/insight/eval/corpus"
)

// pick is an insight of an episode.
type pick struct {
	insight.Insight
	show, episode string
}

func (p pick) print(out io.Writer, n int) {
	fmt.Fprintf(out, "%s %d. %.2f %s %s [%s] %v\n   %s\n", p.show, n, p.Score, p.episode, p.Start, p.Speaker, p.Topics, p.Text)
}

// picks prints the best insights of each show, for reading by eye.
func picks(out io.Writer, o options) error {
	return eachShow(o, func(show corpus.Show, all []kept) error {
		var ps []pick
		for _, k := range all {
			if o.episode != "" && k.ID != o.episode {
				continue
			}
			for _, i := range k.insights {
				ps = append(ps, pick{i, show.Name, k.ID})
			}
		}
		slices.SortStableFunc(ps, func(a, b pick) int { return cmp.Compare(b.Score, a.Score) })
		for n, p := range ps[:min(o.count, len(ps))] {
			p.print(out, n+1)
		}
		return nil
	})
}

// sample prints insights that a brief may hold, one of an episode, drawn by chance from one show after the other.
func sample(out io.Writer, o options) error {
	r := rand.New(rand.NewPCG(o.seed, 0))
	var shows [][]pick
	err := eachShow(o, func(show corpus.Show, all []kept) error {
		var drawn []pick
		for _, k := range all {
			good := slices.DeleteFunc(k.insights, func(i insight.Insight) bool { return i.Score < insight.Floor(i) })
			if len(good) > 0 {
				drawn = append(drawn, pick{good[r.IntN(len(good))], show.Name, k.ID})
			}
		}
		r.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
		shows = append(shows, drawn)
		return nil
	})
	for n, left := 0, o.count; left > 0 && slices.ContainsFunc(shows, func(s []pick) bool { return n < len(s) }); n++ {
		for _, s := range shows {
			if left > 0 && n < len(s) {
				left--
				s[n].print(out, o.count-left)
			}
		}
	}
	return err
}
