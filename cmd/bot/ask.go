package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"podbrief/digest"
)

// askCmd is `podbrief ask`.
type askCmd struct {
	Question []string `arg:"" help:"The question."`
	Insight  string   `placeholder:"ID" help:"The insight that it is about; its episode is searched first."`
	Format   string   `enum:"text,json" default:"text" help:"text or json."`
}

// Run asks and prints the answer with what it rests on.
func (c askCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	question, err := wordsOf(c.Question, "question")
	if err != nil {
		return err
	}
	return a.withInsights(ctx, address, func(e *digest.Engine) error {
		answer, err := e.Ask(ctx, digest.Question{Text: question, Insight: c.Insight, Now: time.Now()})
		if err != nil {
			return unknownInsight(err)
		}
		if c.Format == "json" {
			err = writeJSON(a.stdout, answerJSON(answer))
		} else {
			_, err = fmt.Fprint(a.stdout, a.screen.answer(answer))
		}
		if err == nil && answer.Answer == "" && len(answer.Citations) == 0 {
			return errNothing
		}
		return err
	})
}

// relatedCmd is `podbrief related`.
type relatedCmd struct {
	ID     string `arg:"" help:"ID of an insight, as a brief shows it."`
	Count  int    `default:"5" short:"n" help:"How many insights."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run prints the closest insights of other podcasts.
func (c relatedCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	return a.withInsights(ctx, address, func(e *digest.Engine) error {
		items, err := e.Related(ctx, c.ID, c.Count)
		if err != nil {
			return unknownInsight(err)
		}
		return a.printItems(items, c.Format, "No other podcast says anything close to it.")
	})
}

// searchCmd is `podbrief search`.
type searchCmd struct {
	Words  []string `arg:"" help:"Words to look for."`
	Count  int      `default:"10" short:"n" help:"How many insights."`
	Format string   `enum:"text,json" default:"text" help:"text or json."`
}

// Run prints the insights that are closest to the words.
func (c searchCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	words, err := wordsOf(c.Words, "search")
	if err != nil {
		return err
	}
	return a.withInsights(ctx, address, func(e *digest.Engine) error {
		items, err := e.Search(ctx, words, c.Count)
		if err != nil {
			return err
		}
		return a.printItems(items, c.Format, "Nothing was found; try other words.")
	})
}

// printItems prints a list of insights; an empty one is said in words, and is errNothing.
func (a *app) printItems(items []digest.Item, format, none string) error {
	var err error
	switch {
	case format == "json":
		err = writeJSON(a.stdout, struct {
			Items []jsonItem `json:"items"`
		}{itemsJSON(items)})
	case len(items) == 0:
		_, err = fmt.Fprintln(a.stdout, none)
	default:
		_, err = fmt.Fprint(a.stdout, a.screen.items(items, true))
	}
	if err == nil && len(items) == 0 {
		return errNothing
	}
	return err
}

// wordsOf joins the words of an argument, of which there must be one at least.
func wordsOf(args []string, what string) (string, error) {
	text := strings.Join(strings.Fields(strings.Join(args, " ")), " ")
	if !hasWord(text) || len(text) > 1000 {
		return "", usagef("the %s must hold a word, and at most 1000 characters", what)
	}
	return text, nil
}

// unknownInsight says what to do about an ID that does not exist.
func unknownInsight(err error) error {
	if errors.Is(err, digest.ErrUnknownInsight) {
		return usagef("%w; `podbrief search WORDS` and `podbrief brief` show the IDs", err)
	}
	return err
}
