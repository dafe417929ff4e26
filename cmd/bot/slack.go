package main

import (
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
