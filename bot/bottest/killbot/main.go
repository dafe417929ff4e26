// Command killbot is the bot that the kill harness ends and starts again: the whole bot, with an adapter that posts over
// HTTP to the harness.
//
//	killbot URL STORE START
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "killbot:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return errors.New("want the arguments URL STORE START")
	}
	start, err := time.Parse(time.RFC3339Nano, args[2])
	if err != nil {
		return err
	}
	return bottest.ServeKilled(ctx, args[1], start, &platform{base: args[0], client: http.DefaultClient}, os.Stdout)
}

// platform is a made-up chat platform behind an address.
type platform struct {
	base   string
	client *http.Client
}

func (p *platform) Platform() string { return "fake" }

// Run receives nothing: nobody talks to this bot.
func (p *platform) Run(ctx context.Context, _ []bot.Command, _ bot.Handler) error {
	<-ctx.Done()
	return nil
}

func (p *platform) Post(ctx context.Context, ch bot.Channel, m bot.Message, key bot.DeliveryKey) (string, error) {
	body, err := json.Marshal(map[string]any{"channel": ch.ID, "key": key, "message": m})
	if err != nil {
		return "", &bot.PostError{Class: bot.PayloadFix, Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/post", bytes.NewReader(body))
	if err != nil {
		return "", &bot.PostError{Class: bot.PayloadFix, Err: err}
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return "", &bot.PostError{Class: bot.Ambiguous, Err: err}
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusTooManyRequests:
		return "", &bot.PostError{Class: bot.Wait, RetryAfter: time.Minute, Err: errors.New(resp.Status)}
	default:
		return "", &bot.PostError{Class: bot.Ambiguous, Err: errors.New(resp.Status)}
	}
	var answer struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", &bot.PostError{Class: bot.Ambiguous, Err: err}
	}
	return answer.ID, nil
}

func (p *platform) Find(ctx context.Context, ch bot.Channel, key bot.DeliveryKey, _ time.Time) (string, bool, bool, error) {
	q := url.Values{"channel": {ch.ID}, "key": {string(key)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/find?"+q.Encode(), nil)
	if err != nil {
		return "", false, false, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return "", false, false, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", false, false, &bot.PostError{Class: bot.Wait, RetryAfter: time.Minute, Err: errors.New(resp.Status)}
	}
	var answer struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", false, false, err
	}
	return answer.ID, answer.ID != "", true, nil
}

func (p *platform) Probe(context.Context, bot.Channel) error { return nil }
