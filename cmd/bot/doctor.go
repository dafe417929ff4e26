package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"podbrief/bot"
	"podbrief/digest/llm"
	"podbrief/store"
)

// doctorCmd is `podbrief doctor`.
type doctorCmd struct {
	All     doctorAllCmd     `cmd:"" default:"1" help:"Try all that is configured."`
	LLM     doctorLLMCmd     `cmd:"" name:"llm" help:"Try each duty of the language models once, and say what the service can do."`
	Slack   doctorSlackCmd   `cmd:"" help:"Try Slack's tokens, and say which scope, event or setting is missing."`
	Discord doctorDiscordCmd `cmd:"" help:"Try Discord's token, and say which intent or permission is missing."`
}

// doctorAllCmd is `podbrief doctor` alone.
type doctorAllCmd struct{}

// doctorLLMCmd is `podbrief doctor llm`.
type doctorLLMCmd struct{}

// doctorSlackCmd is `podbrief doctor slack`.
type doctorSlackCmd struct {
	ConfigToken string `help:"An app configuration token, xoxe.xoxp-..., to look at the app's events and settings too."`
}

// doctorDiscordCmd is `podbrief doctor discord`.
type doctorDiscordCmd struct{}

// Run tries all that is configured, and says what is not.
func (doctorAllCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	var failed []string
	tried := 0
	for _, c := range []checkup{a.slackCheckup(""), a.discordCheckup(address), a.modelCheckup(address)} {
		if !c.configured {
			fmt.Fprintf(a.stdout, "%-6s  %s is not configured; %s\n", "-", c.name, c.how)
			continue
		}
		tried++
		if err := a.report(ctx, c); err != nil {
			failed = append(failed, err.Error())
		}
	}
	switch {
	case tried == 0:
		return usagef("nothing is configured that could be tried; README.md says how to begin with Slack, Discord or a model")
	case len(failed) > 0:
		return errors.New(strings.Join(failed, "; "))
	}
	return nil
}

// Run tries each duty and prints what the service can do.
func (doctorLLMCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	return a.reportOne(ctx, a.modelCheckup(address))
}

// Run tries the tokens and prints what is missing.
func (c doctorSlackCmd) Run(ctx context.Context, a *app) error {
	return a.reportOne(ctx, a.slackCheckup(c.ConfigToken))
}

// Run tries the token and prints what is missing, also in each channel that has a subscription.
func (doctorDiscordCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	return a.reportOne(ctx, a.discordCheckup(address))
}

// checkup is one thing that can be tried.
type checkup struct {
	name       string
	configured bool
	how        string // what to set when it is not
	try        func(context.Context) ([]finding, error)
}

// finding is one thing that was looked at.
type finding struct {
	ok   bool
	what string // a whole sentence, with what to do when it is not ok
}

// reportOne is report for what was asked for by name: it must be configured.
func (a *app) reportOne(ctx context.Context, c checkup) error {
	if !c.configured {
		return usagef("%s is not configured; %s", c.name, c.how)
	}
	return a.report(ctx, c)
}

// report tries something and prints what it came to. Its error says that something is wrong.
func (a *app) report(ctx context.Context, c checkup) error {
	found, err := c.try(ctx)
	if err != nil {
		return err
	}
	wrong := 0
	for _, f := range found {
		word := "ok"
		if !f.ok {
			word, wrong = "failed", wrong+1
		}
		if _, err := fmt.Fprintf(a.stdout, "%-6s  %s\n", word, f.what); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%s is not set up completely", c.name)
	}
	return nil
}

// modelCheckup tries the language models.
func (a *app) modelCheckup(address storeAddress) checkup {
	named := a.config.Get("OPENAI_MODEL") + a.config.Get("OPENAI_ANSWER_MODEL") + a.config.Get("OPENAI_EMBED_MODEL") + a.config.Get("OPENAI_SPEECH_MODEL")
	return checkup{
		name: "The language model", how: "name one with OPENAI_MODEL, and its service with OPENAI_BASE_URL", configured: named != "",
		try: func(ctx context.Context) (found []finding, err error) {
			db, _, closeIt, err := openBeside(address)
			if err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, closeIt()) }()
			s, err := a.newService(ctx, db)
			if err != nil {
				return nil, err
			}
			for _, f := range s.Probe(ctx) {
				found = append(found, finding{f.OK, f.Duty + ": " + f.Says})
			}
			return append(found, a.unpriced(s)...), nil
		},
	}
}

// unpriced says which models cost nothing in the budget because nobody named their price. Services on this machine cost
// nothing anyway.
func (a *app) unpriced(s *llm.Service) (found []finding) {
	if u, err := url.Parse(a.config.Get("OPENAI_BASE_URL")); err != nil || u.Hostname() == "localhost" || net.ParseIP(u.Hostname()) != nil {
		return nil
	}
	for _, name := range slices.Compact([]string{s.Models.Extract, s.Models.Answer, s.Models.Embed, s.Models.Transcribe}) {
		if _, ok := s.Prices[name]; !ok && name != "" {
			found = append(found, finding{true, fmt.Sprintf("price: %s has none, so its calls count as $0 and no limit in dollars stops them; set OPENAI_PRICES.", name)})
		}
	}
	return found
}

// slackCheckup tries Slack's tokens.
func (a *app) slackCheckup(configToken string) checkup {
	s := a.slack(slog.New(slog.DiscardHandler))
	return checkup{
		name: "Slack", how: "set SLACK_BOT_TOKEN", configured: s != nil,
		try: func(ctx context.Context) (found []finding, err error) {
			for _, f := range s.Doctor(ctx, configToken) {
				found = append(found, finding{f.OK, f.What})
			}
			return found, nil
		},
	}
}

// discordCheckup tries Discord's token, and looks at the channels that have a subscription.
func (a *app) discordCheckup(address storeAddress) checkup {
	d := a.discord(slog.New(slog.DiscardHandler))
	return checkup{
		name: "Discord", how: "set DISCORD_TOKEN", configured: d != nil,
		try: func(ctx context.Context) (found []finding, err error) {
			db, busy, closeIt, err := openBeside(address)
			if err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, closeIt()) }()
			channels, err := bot.Channels(ctx, db, d.Platform())
			if err != nil {
				return nil, err
			}
			for _, f := range d.Doctor(ctx, channels) {
				found = append(found, finding{f.OK, f.What})
			}
			if busy {
				found = append(found, finding{true, "The bot is running on this store, so the permissions in its channels were not looked at; stop it to have them tried too."})
			}
			return found, nil
		},
	}
}

// openBeside opens the store for a checkup. While the bot runs on it (busy), that is an empty one which is removed at the end,
// so that nobody has to stop the bot to ask what is wrong.
func openBeside(address storeAddress) (db store.DB, busy bool, closeIt func() error, err error) {
	db, err = openStore(string(address))
	if !errors.Is(err, store.ErrBusy) {
		if err != nil {
			return nil, false, nil, err
		}
		return db, false, db.Close, nil
	}
	dir, err := os.MkdirTemp("", "podbrief-doctor-")
	if err != nil {
		return nil, true, nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	if db, err = openStore(filepath.Join(dir, "empty.db")); err != nil {
		return nil, true, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return db, true, func() error { return errors.Join(db.Close(), os.RemoveAll(dir)) }, nil
}
