package main

import (
	"log/slog"
	"strconv"

	"podbrief/bot/discord"
)

// discord returns the adapter for Discord, nil when it is not configured.
func (a *app) discord(lg *slog.Logger) *discord.Adapter {
	token := a.config.Get("DISCORD_TOKEN")
	if token == "" {
		return nil
	}
	shards, err := strconv.Atoi(a.config.Get("DISCORD_SHARDS"))
	if err != nil {
		shards = 0 // auto
	}
	return &discord.Adapter{
		Token: token, API: a.config.Get("DISCORD_API_URL"), DevGuild: a.config.Get("DISCORD_DEV_GUILD"), Shards: shards,
		MessageContent: a.config.Get("DISCORD_MESSAGE_CONTENT") == "1", Log: lg,
	}
}
