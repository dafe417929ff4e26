package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"podbrief/bot/slack"
)

// slack returns the adapter of Slack; nil when it is not configured.
func (a *app) slack(lg *slog.Logger) *slack.Adapter {
	token := a.config.Get("SLACK_BOT_TOKEN")
	if token == "" {
		return nil
	}
	return &slack.Adapter{
		BotToken: token, AppToken: a.config.Get("SLACK_APP_TOKEN"), SigningSecret: a.config.Get("SLACK_SIGNING_SECRET"),
		HTTP: a.config.Get("SLACK_MODE") == "http", APIURL: strings.TrimSuffix(a.config.Get("SLACK_API_URL"), "/") + "/", Log: lg,
	}
}

// doctorSlackCmd is `bot doctor slack`.
type doctorSlackCmd struct {
	ConfigToken string `help:"An app configuration token, xoxe.xoxp-..., to look at the app's events and settings too."`
}

// Run tries the tokens and prints what is missing.
func (c doctorSlackCmd) Run(ctx context.Context, a *app) error {
	s := a.slack(slog.New(slog.DiscardHandler))
	if s == nil {
		return usagef("Slack is not configured; set SLACK_BOT_TOKEN")
	}
	wrong := 0
	for _, f := range s.Doctor(ctx, c.ConfigToken) {
		if !f.OK {
			wrong++
		}
		if _, err := fmt.Fprintf(a.stdout, "%-6s  %s\n", okOrFailed(f.OK), f.What); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return errors.New("Slack is not set up completely")
	}
	return nil
}
