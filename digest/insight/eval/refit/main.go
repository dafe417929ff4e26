// Command refit fits the weights of the built-in engine to rated windows and writes its data files.
//
//	go run ./digest/insight/eval/refit -shared ../shared
//
// The quality is put on the scale on which P(good) = 1/(1+exp(4.47-3.05q)), judged by predictions across folds.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"podbrief/digest/insight"
	"podbrief/digest/insight/eval/stats"
)

// The scale of quality: see insight.Chance.
const (
	scaleA = -4.47
	scaleB = 3.05
)

func main() {
	shared := flag.String("shared", "../shared", "folder of the rated windows (eval/rated-windows.jsonl)")
	out := flag.String("out", "digest/insight/weights", "folder to write builtin.txt and words.txt to")
	flag.Parse()
	if err := run(*shared, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(shared, out string) error {
	rated, err := stats.ReadRated(filepath.Join(shared, "eval", "rated-windows.jsonl"))
	if err != nil {
		return err
	}
	rows, good := stats.Measure(rated), stats.Good(rated)
	a, b := scale(rows, good)
	all := make([]int, len(rated))
	for i := range all {
		all[i] = i
	}
	m := stats.Fit(rows, all)
	if err := os.WriteFile(filepath.Join(out, "builtin.txt"), features(m, a, b), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "words.txt"), words(m, b), 0o644)
}

// scale returns the a and b for which a + b·prediction is a quality on the engine's scale. It uses predictions of rows
// that the model had not seen, since those of seen ones are too good.
func scale(rows stats.Rows, good []bool) (a, b float64) {
	var scores []float64
	var goods []bool
	for seed := range uint64(5) {
		scores = append(scores, stats.CrossValidate(rows, 10, seed)...)
		goods = append(goods, good...)
	}
	la, lb := stats.Logistic(goods, scores)
	return (la - scaleA) / scaleB, lb / scaleB
}

func features(m stats.Model, a, b float64) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, "# Weights of the built-in engine, written by digest/insight/eval/refit.\nbias = %.6f\n", a+b*m.Bias)
	for i, name := range insight.FeatureNames()[:len(m.Weights)] {
		fmt.Fprintf(&out, "%s = %.6f\n", name, b*m.Weights[i])
	}
	fmt.Fprintf(&out, "wording = 1\n")
	return []byte(out.String())
}

func words(m stats.Model, b float64) []byte {
	var names []string
	for w := range m.Words {
		names = append(names, w)
	}
	slices.Sort(names)
	var out strings.Builder
	out.WriteString("# Weights of words for the feature \"wording\", written by digest/insight/eval/refit: word, scale, weight.\n")
	for _, w := range names {
		fmt.Fprintf(&out, "%s %.3f %.4f\n", w, m.Words[w].Scale, b*m.Words[w].Weight)
	}
	return []byte(out.String())
}
