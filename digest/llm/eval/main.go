// Command eval judges a recording of a model's answers, made with `podbrief --record FILE`: what the validator believes of
// them, what they cost, and why the rest was refused. It needs neither the model nor the episodes.
//
//	go run ./digest/llm/eval -prices gpt-5-mini=0.25/2.00 calls.jsonl
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"podbrief/digest/llm"
)

func main() {
	prices := flag.String("prices", "", "dollars per million tokens in and out, by model: name=0.25/2.00,other=1/4")
	flag.Parse()
	if err := run(flag.Args(), *prices, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

func run(files []string, prices string, out io.Writer) error {
	table, err := parsePrices(prices)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("name a recording, made with `podbrief --record FILE ...`")
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("open recording: %w", err)
		}
		j, err := llm.Judge(f, table)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(out, "%s\n", name)
		if err := j.Report(out); err != nil {
			return err
		}
	}
	return nil
}

func parsePrices(text string) (map[string]llm.Price, error) {
	table := map[string]llm.Price{}
	for _, f := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		name, price, _ := strings.Cut(f, "=")
		var in, out float64
		if _, err := fmt.Sscanf(price, "%g/%g", &in, &out); err != nil || name == "" {
			return nil, fmt.Errorf("price %q: write name=0.25/2.00", f)
		}
		table[name] = llm.Price{In: int64(in * 1000), Out: int64(out * 1000)}
	}
	return table, nil
}
