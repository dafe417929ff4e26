package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"podbrief/digest/insight"
	"podbrief/digest/insight/eval/corpus"
	"podbrief/digest/transcript"
)

// Gates of the agreement with the reference.
const (
	leastSame  = 0.99
	sameWithin = 0.01
)

// row is a candidate as the reference prints it.
type row struct {
	Episode    string  `json:"episode"`
	Start, End int     // sentences
	Q          float64 `json:"q"`
}

// agreement compares the candidates and their quality with those that the reference prints.
func agreement(out io.Writer, o options) error {
	if o.shows == nil {
		o.shows = []string{"ship-it", "practical-ai", "founders-talk"}
	}
	for _, name := range o.shows {
		show, err := corpus.Read(o.shared, name, ".md")
		if err != nil {
			return err
		}
		want, err := referenceRows(o.shared, show)
		if err != nil {
			return err
		}
		if err := compare(out, show, want); err != nil {
			return err
		}
	}
	return nil
}

type place struct {
	episode     string
	first, last int
}

func referenceRows(shared string, show corpus.Show) (map[place]float64, error) {
	args := []string{filepath.Join(shared, "insight-reference", "run.py"), "--all"}
	for _, ep := range show.Episodes {
		args = append(args, ep.File)
	}
	printed, err := exec.Command("python3", args...).Output()
	if err != nil {
		return nil, fmt.Errorf("run the reference: %w", err)
	}
	rows := map[place]float64{}
	for lines := json.NewDecoder(bytes.NewReader(printed)); lines.More(); {
		var r row
		if err := lines.Decode(&r); err != nil {
			return nil, fmt.Errorf("read what the reference prints: %w", err)
		}
		rows[place{r.Episode, r.Start, r.End}] = r.Q
	}
	return rows, nil
}

func compare(out io.Writer, show corpus.Show, want map[place]float64) error {
	both, close, extra := 0, 0, 0
	for _, ep := range show.Episodes {
		dropBreaks(ep.Transcript)
		for _, c := range insight.ReferenceCandidates(ep.Transcript) {
			q, ok := want[place{ep.ID, c.First, c.Last}]
			switch {
			case !ok:
				extra++
			case math.Abs(q-c.Score) <= sameWithin:
				both++
				close++
			default:
				both++
			}
		}
	}
	same := float64(both) / float64(len(want)+extra)
	near := float64(close) / float64(max(1, both))
	fmt.Fprintf(out, "agreement: %s: %d candidates of the reference, %d of them found, %d others, %.2f%% the same; quality within %.2f for %.2f%%\n",
		show.Name, len(want), both, extra, 100*same, sameWithin, 100*near)
	return gate(same >= leastSame, "agreement")
}

// dropBreaks takes out the marks of an ad break that two files of the corpus have without their usual emphasis; the
// reference drops them, and sentences are compared by their numbers.
func dropBreaks(t *transcript.Transcript) {
	for i := 0; i < len(t.Segments); i++ {
		if strings.TrimSpace(t.Segments[i].Text) != "Break:" {
			continue
		}
		t.Segments = slices.Delete(t.Segments, i, i+1)
		if i < len(t.Segments) {
			t.Segments[i].Break = true
		}
	}
}
