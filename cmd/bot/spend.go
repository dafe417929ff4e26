package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"podbrief/bot"
	"podbrief/digest"
	"podbrief/digest/insight"
	"podbrief/digest/llm"
)

// usesModel reports whether any duty of an engine is a paid model's.
func usesModel(e *digest.Engine) bool {
	_, answers := e.Answerer.(*llm.Answerer)
	return answers || e.Embedder != nil || e.Headline != nil
}

// models lets the bot tell what a budget spent, and switch it off.
func models(b *llm.Budget) *bot.Models {
	return &bot.Models{
		Spent:  func(ctx context.Context, of ...insight.Account) (string, error) { return spent(ctx, b, time.Now(), of) },
		Off:    b.SwitchedOff,
		Switch: b.Switch,
		Forget: b.Forget,
		Tidy:   b.Tidy,
	}
}

// spent says what the day's calls cost, in all and of each account, one a line.
func spent(ctx context.Context, b *llm.Budget, now time.Time, accounts []insight.Account) (string, error) {
	sum, err := b.Spent(ctx, now)
	if err != nil {
		return "", err
	}
	lines := []string{"Today in all: " + amount(sum, b.Day)}
	for _, a := range accounts {
		sum, err := b.Spent(ctx, now, a)
		if err != nil {
			return "", err
		}
		lines = append(lines, "This "+a.Kind+": "+amount(sum, b.Each[a.Kind]))
	}
	return strings.Join(lines, "\n"), nil
}

// amount writes what was spent, and of what where there is a limit.
func amount(sum, limit llm.Amount) string {
	out := fmt.Sprintf("$%.2f", dollars(sum.Micros))
	if limit.Micros > 0 {
		out += fmt.Sprintf(" of $%.2f", dollars(limit.Micros))
	}
	out += " in " + ofLimit(sum.Calls, limit.Calls, "call") + " and " + ofLimit(sum.Tokens, limit.Tokens, "token")
	if limit.Audio > 0 {
		out += ", " + ofLimit(sum.Audio/60, limit.Audio/60, "minute") + " of audio"
	}
	return out
}

// ofLimit writes "3 calls", or "3 of 10 calls" with a limit.
func ofLimit(n, limit int64, thing string) string {
	if limit == 0 {
		return count(int(n), thing)
	}
	return fmt.Sprintf("%d of %s", n, count(int(limit), thing))
}
