package main

import (
	"fmt"
	"io"
	"strings"

	"podbrief/digest/insight"
	"podbrief/digest/insight/eval/corpus"
)

// What counts as said again and again: a sentence half of whose runs of seven words occur in three episodes.
const (
	runWords     = 7
	runEpisodes  = 3
	runsRepeated = 0.5
)

// recurring knows which runs of words occur in which episodes of a show.
type recurring map[string]map[string]bool

func newRecurring(show corpus.Show) recurring {
	r := recurring{}
	for _, ep := range show.Episodes {
		for _, g := range ep.Transcript.Segments {
			for _, s := range insight.Sentences(g.Text) {
				for _, run := range runs(s) {
					if r[run] == nil {
						r[run] = map[string]bool{}
					}
					r[run][ep.ID] = true
				}
			}
		}
	}
	return r
}

func runs(sentence string) []string {
	ws := words(sentence)
	var out []string
	for i := 0; i+runWords <= len(ws); i++ {
		out = append(out, strings.Join(ws[i:i+runWords], " "))
	}
	return out
}

// holds reports whether a text has a sentence that recurs.
func (r recurring) holds(text string) bool {
	for _, s := range insight.Sentences(text) {
		all := runs(s)
		again := 0
		for _, run := range all {
			if len(r[run]) >= runEpisodes {
				again++
			}
		}
		if len(all) >= 3 && float64(again) >= runsRepeated*float64(len(all)) {
			return true
		}
	}
	return false
}

// leakage counts the insights that hold a sentence which recurs in three episodes of its show, by a table of all
// episodes, while the engine knew the earlier ones only.
func leakage(out io.Writer, o options) error {
	total, leaked := 0, 0
	err := eachShow(o, func(show corpus.Show, all []kept) error {
		again := newRecurring(show)
		for _, k := range all {
			for _, i := range k.insights {
				total++
				if again.holds(i.Quote) {
					leaked++
					fmt.Fprintf(out, "  %s %s %.2f: %q\n", show.Name, k.ID, i.Score, i.Quote)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	share := float64(leaked) / float64(max(1, total))
	fmt.Fprintf(out, "leakage: %d of %d insights hold a sentence of three episodes, %.2f%%\n", leaked, total, 100*share)
	return gate(share <= mostLeakage, "leakage")
}
