package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"

	"podbrief/bot"
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

// doctorDiscordCmd is `bot doctor discord`.
type doctorDiscordCmd struct{}

// Run tries the token and prints what is missing, also in each channel that has a subscription.
func (doctorDiscordCmd) Run(ctx context.Context, a *app, address storeAddress) (err error) {
	d := a.discord(slog.New(slog.DiscardHandler))
	if d == nil {
		return usagef("Discord is not configured; set DISCORD_TOKEN")
	}
	db, err := openStore(string(address))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	channels, err := bot.Channels(ctx, db, d.Platform())
	if err != nil {
		return err
	}
	wrong := 0
	for _, f := range d.Doctor(ctx, channels) {
		if !f.OK {
			wrong++
		}
		if _, err := fmt.Fprintf(a.stdout, "%-6s  %s\n", okOrFailed(f.OK), f.What); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return errors.New("Discord is not set up completely")
	}
	return nil
}
