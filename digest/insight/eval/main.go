// Command eval prints how good the built-in engine's insights are, measured on real podcasts.
//
//	go run ./digest/insight/eval -what form|leakage|duplicates|auc|references|calibration|speakers|ads|agreement|picks|sample|all -shared ../shared
//
// Every figure has its gate: the command fails when it is missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/insight/eval/corpus"
)

// figure measures one thing and prints it.
type figure func(out io.Writer, o options) error

type options struct {
	shared string
	shows  []string
	count  int

	episode string
	seed    uint64
}

var figures = map[string]figure{
	"form": form, "leakage": leakage, "duplicates": duplicates, "auc": auc, "references": references,
	"calibration": calibration, "speakers": speakers, "picks": picks, "agreement": agreement,
	"ads": ads, "sample": sample,
}

// errGate says that a figure is not good enough.
var errGate = errors.New("below the gate")

func main() {
	what := flag.String("what", "form", "the figure: "+strings.Join(names(), ", ")+" or all")
	var o options
	flag.StringVar(&o.shared, "shared", "../shared", "folder of the corpus and the rated windows")
	shows := flag.String("shows", "", "only these shows, separated by commas")
	flag.StringVar(&o.episode, "episode", "", "picks: only this episode")
	flag.IntVar(&o.count, "count", 20, "picks and sample: how many to print")
	flag.Uint64Var(&o.seed, "seed", 1, "sample: another seed draws others")
	flag.Parse()
	if *shows != "" {
		o.shows = strings.Split(*shows, ",")
	}
	if err := run(os.Stdout, *what, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func names() []string {
	var out []string
	for name := range figures {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// run prints one figure, or all that are gates. With "all" it goes on after a missed gate.
func run(out io.Writer, what string, o options) error {
	if what == "all" {
		var errs []error
		for _, name := range []string{"form", "leakage", "ads", "duplicates", "auc", "calibration", "references", "speakers", "agreement"} {
			errs = append(errs, figures[name](out, o))
		}
		return errors.Join(errs...)
	}
	measure, ok := figures[what]
	if !ok {
		return fmt.Errorf("there is no figure %q; take one of %s", what, strings.Join(names(), ", "))
	}
	return measure(out, o)
}

// kept is an episode with what the engine keeps of it.
type kept struct {
	corpus.Episode
	insights []insight.Insight
}

// eachShow runs the engine over every show as it would meet it: oldest episode first, each with what the earlier ones
// taught.
func eachShow(o options, yield func(corpus.Show, []kept) error) error {
	shows := o.shows
	if shows == nil {
		var err error
		if shows, err = corpus.Names(o.shared); err != nil {
			return err
		}
	}
	for _, name := range shows {
		show, err := corpus.Read(o.shared, name, "")
		if err != nil {
			return err
		}
		all, err := extract(show)
		if err != nil {
			return err
		}
		if err := yield(show, all); err != nil {
			return err
		}
	}
	return nil
}

func extract(show corpus.Show) ([]kept, error) {
	engine := insight.NewBuiltin()
	var memory insight.Show
	var out []kept
	for _, ep := range show.Episodes {
		got, err := engine.Extract(context.Background(), insight.Input{
			Podcast: feed.Feed{Title: show.Title}, Episode: ep.Episode, Transcript: ep.Transcript, Show: &memory,
		})
		if err != nil {
			return nil, fmt.Errorf("extract from %s: %w", ep.File, err)
		}
		memory.Learn(ep.Episode, ep.Transcript)
		out = append(out, kept{ep, got})
	}
	return out, nil
}

func extractAlone(ep corpus.Episode) (kept, error) {
	got, err := insight.NewBuiltin().Extract(context.Background(), insight.Input{Episode: ep.Episode, Transcript: ep.Transcript})
	return kept{ep, got}, err
}
