package main

import (
	"context"
	"errors"
)

// serveCmd is `bot serve`.
type serveCmd struct{}

// Run runs the bot until ctx is done.
func (serveCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	return errors.New("serving is not built in yet; use `bot brief`")
}

// settingsCmd is `bot config`.
type settingsCmd struct{}

// Run prints the settings.
func (settingsCmd) Run(a *app) error { return a.config.Print(a.stdout) }
