package main

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"podbrief/digest/insight"
	"podbrief/digest/insight/eval/corpus"
	"podbrief/digest/transcript"
)

//go:embed testdata/ads.txt
var adLabels string

// adSpan is an ad read, by the numbers of its words.
type adSpan struct{ from, to int }

// readAdLabels returns the labelled ad reads by show and episode.
func readAdLabels() (map[string]map[string][]adSpan, error) {
	out := map[string]map[string][]adSpan{}
	for line := range strings.Lines(adLabels) {
		if line[0] == '#' {
			continue
		}
		var show, episode string
		var a adSpan
		if _, err := fmt.Sscan(line, &show, &episode, &a.from, &a.to); err != nil {
			return nil, fmt.Errorf("read the label %q: %w", line, err)
		}
		if out[show] == nil {
			out[show] = map[string][]adSpan{}
		}
		out[show][episode] = append(out[show][episode], a)
	}
	return out, nil
}

// ads counts the insights that lie in a labelled ad read. The engine meets each episode without a memory of others.
func ads(out io.Writer, o options) error {
	labels, err := readAdLabels()
	if err != nil {
		return err
	}
	reads, inside := 0, 0
	for name, episodes := range labels {
		show, err := corpus.Read(o.shared, name, "")
		if err != nil {
			return err
		}
		for _, ep := range show.Episodes {
			k, err := extractAlone(ep)
			if err != nil {
				return err
			}
			reads += len(episodes[ep.ID])
			for _, i := range k.insights {
				if hit := inAd(wordsOf(i.Span, ep.Transcript), episodes[ep.ID]); hit {
					inside++
					fmt.Fprintf(out, "  %s %s %.2f: %q\n", name, ep.ID, i.Score, i.Text)
				}
			}
		}
	}
	fmt.Fprintf(out, "ads: %d labelled ad reads, %d insights lie in one\n", reads, inside)
	return gate(inside == 0, "ads")
}

// wordsOf returns the numbers of the first word of a span and of the one behind its last.
func wordsOf(p insight.Span, t *transcript.Transcript) adSpan {
	n := 0
	var out adSpan
	for i, g := range t.Segments {
		if i == p.First {
			out.from = n + len(strings.Fields(g.Text[:p.From]))
		}
		if i == p.Last {
			out.to = n + len(strings.Fields(g.Text[:p.To]))
			return out
		}
		n += len(strings.Fields(g.Text))
	}
	return out
}

// inAd reports whether a quarter of the words or more lie in an ad read.
func inAd(x adSpan, reads []adSpan) bool {
	for _, a := range reads {
		if shared := min(x.to, a.to) - max(x.from, a.from); shared*4 >= x.to-x.from {
			return true
		}
	}
	return false
}
