package main

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"podbrief/configs"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/llm"
	"podbrief/store"
)

// newService returns the service of models that is configured, nil when none is. Its calls go through the recorder or the
// player that the command line asks for.
func (a *app) newService(ctx context.Context, db store.DB) (*llm.Service, error) {
	models := llm.Models{
		Extract: a.config.Get("OPENAI_MODEL"), Answer: a.config.Get("OPENAI_ANSWER_MODEL"),
		Embed: a.config.Get("OPENAI_EMBED_MODEL"), Transcribe: a.config.Get("OPENAI_SPEECH_MODEL"),
	}
	if models.Answer == "" {
		models.Answer = models.Extract
	}
	if models == (llm.Models{}) {
		if a.record != "" || a.replay != "" {
			return nil, usagef("--record and --replay need a model; name one with OPENAI_MODEL")
		}
		return nil, nil
	}
	base, err := a.modelTransport()
	if err != nil {
		return nil, err
	}
	budget := budgetOf(a.config, db)
	s := llm.New(a.config.Get("OPENAI_BASE_URL"), a.config.Get("OPENAI_API_KEY"), llm.NewHTTPClient(base, waits(a.config)), budget)
	s.Models, s.Prices, s.Context = models, pricesOf(a.config), number(a.config, "OPENAI_CONTEXT")
	return s, nil
}

// modelTransport returns what carries the calls: a recorder, a player, or nil for the plain network.
func (a *app) modelTransport() (http.RoundTripper, error) {
	u, err := url.Parse(a.config.Get("OPENAI_BASE_URL"))
	if err != nil {
		return nil, fmt.Errorf("read OPENAI_BASE_URL: %w", err)
	}
	path := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/chat/completions"), "/")
	password, _ := u.User.Password()
	switch {
	case a.record != "" && a.replay != "":
		return nil, usagef("give either --record or --replay")
	case a.replay != "":
		r, err := llm.OpenReplay(a.replay)
		if err != nil {
			return nil, usageError{err}
		}
		r.Base = path
		return r, nil
	case a.record != "":
		// Every line is written at once, so the file may stay open until the process ends.
		f, err := os.OpenFile(a.record, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, usagef("the recording cannot be written: %w", err)
		}
		return &llm.Recorder{Next: llm.NewTransport(waits(a.config)), W: f, Base: path, Secrets: []string{a.config.Get("OPENAI_API_KEY"), password}}, nil
	}
	return nil, nil
}

// useModel puts a service's duties in the place of the built-in ones, as far as models are named for them.
func (a *app) useModel(e *digest.Engine, s *llm.Service, lg *slog.Logger) {
	cache := &llm.Cache{DB: e.DB}
	if s.Models.Extract != "" {
		own := insight.NewBuiltin()
		e.Extractor = &llm.Extractor{
			Service: s, Builtin: own, Cache: cache, Log: lg, Ads: own.LeftOut,
			Oldest: days(a.config, "OPENAI_OLDEST"), Longest: minutes(a.config, "OPENAI_LONGEST"),
		}
		e.Headline = (&llm.Headliner{Service: s, Cache: cache}).Headline
		e.Translate = (&llm.Translator{Service: s, Cache: cache, Log: lg}).Translate
	}
	if s.Models.Answer != "" {
		e.Answerer = &llm.Answerer{Service: s, Builtin: insight.Closest{}, Log: lg}
	}
	if s.Models.Embed != "" {
		e.Embedder = &llm.Embedder{Service: s}
	}
	if s.Models.Transcribe != "" && number(a.config, "OPENAI_SPEECH_DAY") > 0 {
		e.Speech = a.speech(e.DB, s, lg)
	}
}

// speech returns the source that writes down what is said in episodes that offer no transcript.
func (a *app) speech(db store.DB, s *llm.Service, lg *slog.Logger) *llm.Speech {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		ffmpeg = "" // MP3 files are cut without it
	}
	client := feed.NewClient(feed.Policy{Allow: a.config.Fields("FETCH_ALLOW")})
	client.Timeout = 0 // audio takes longer than a feed; Speech has a limit of its own
	return &llm.Speech{
		Service: s, Client: client, DB: db, Log: lg, FFmpeg: ffmpeg,
		Longest: minutes(a.config, "OPENAI_SPEECH_EPISODE"), Oldest: days(a.config, "OPENAI_SPEECH_OLDEST"), Dir: a.config.Get("OPENAI_SPEECH_DIR"),
	}
}

func waits(c configs.Config) llm.Waits {
	return llm.Waits{Whole: time.Duration(number(c, "OPENAI_TIMEOUT")) * time.Second}
}

func days(c configs.Config, key string) time.Duration {
	return time.Duration(min(number(c, key), 36_500)) * 24 * time.Hour
}

func minutes(c configs.Config, key string) time.Duration {
	return time.Duration(number(c, key)) * time.Minute
}

func budgetOf(c configs.Config, db store.DB) *llm.Budget {
	day := limitOf(c, "OPENAI_BUDGET_DAY")
	day.Audio = int64(number(c, "OPENAI_SPEECH_DAY")) * 60
	off := ""
	if c.Get("OPENAI_OFF") == "1" {
		off = "OPENAI_OFF is 1"
	}
	return &llm.Budget{DB: db, Day: day, Off: off, Each: map[string]llm.Amount{
		"workspace": limitOf(c, "OPENAI_BUDGET_WORKSPACE"),
		"channel":   limitOf(c, "OPENAI_BUDGET_CHANNEL"),
		"episode":   limitOf(c, "OPENAI_BUDGET_EPISODE"),
	}}
}

// limitOf reads a limit such as "usd=2, calls=100", whose form was checked.
func limitOf(c configs.Config, key string) (a llm.Amount) {
	for _, f := range c.Fields(key) {
		name, n, _ := strings.Cut(f, "=")
		switch name {
		case "usd":
			a.Micros = micros(n, 1e6)
		case "tokens":
			a.Tokens = micros(n, 1)
		case "calls":
			a.Calls = micros(n, 1)
		}
	}
	return a
}

// pricesOf reads the price table, whose form was checked.
func pricesOf(c configs.Config) map[string]llm.Price {
	prices := map[string]llm.Price{}
	for _, f := range c.Fields("OPENAI_PRICES") {
		name, rest, _ := strings.Cut(f, "=")
		in, out, _ := strings.Cut(rest, "/")
		p := prices[name]
		if out == "min" {
			p.Minute = micros(in, 1e6)
		} else {
			p.In, p.Out = micros(in, 1e3), micros(out, 1e3)
		}
		prices[name] = p
	}
	return prices
}

// micros reads a number and scales it, rounded up: a price is never taken for less than it is.
func micros(text string, scale float64) int64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("number " + text + ": " + err.Error()) // configs has checked it
	}
	return int64(math.Ceil(n*scale - 1e-9))
}

// number reads a setting that is a number; "" is 0.
func number(c configs.Config, key string) int {
	n, err := strconv.Atoi(c.Get(key))
	if err != nil {
		return 0
	}
	return n
}

// embedEvery lets insights get their vectors in the background, until ctx is done.
func embedEvery(ctx context.Context, e *digest.Engine, lg *slog.Logger, wait time.Duration) error {
	for {
		if n, err := e.Embed(ctx); err != nil && ctx.Err() == nil {
			lg.Warn("meaning not told", "err", err)
		} else if n > 0 {
			lg.Info("meaning told", "insights", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// watch writes a line for each piece of work that goes on for longer than a while, again and again until ctx is done: who
// reads the log sees that it moves, or that it stands still.
func watch(ctx context.Context, e *digest.Engine, lg *slog.Logger, wait time.Duration) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		for _, b := range e.Busy() {
			if since := time.Since(b.Began); since >= wait {
				lg.Info("still at work", "work", b.Work, "episode", b.Of, "step", b.Step, "for", since.Round(time.Second), "since last step", time.Since(b.Moved).Round(time.Second))
			}
		}
	}
}
