package main

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"podbrief/configs"
)

// logger writes what happens to stderr, without secrets.
func (a *app) logger() *slog.Logger {
	var secrets []string
	for _, s := range configs.Settings() {
		if v := a.config.Get(s.Key); s.Secret && v != "" {
			secrets = append(secrets, v)
		}
	}
	clean := redact(secrets)
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, at slog.Attr) slog.Attr {
			switch v := at.Value.Any().(type) {
			case string:
				at.Value = slog.StringValue(clean(v))
			case error, fmt.Stringer, []string:
				at.Value = slog.StringValue(clean(fmt.Sprint(v)))
			}
			return at
		},
	}))
}

// behindHost finds what follows the host of an address: the key of a private feed, the token of an interaction.
var behindHost = regexp.MustCompile(`\b((?:https?|wss?)://)(?:[^\s"'<>/?#@]*@)?([^\s"'<>/?#]+)[/?#][^\s"'<>]+`)

// redact returns what takes secrets out of a text, and all of an address but its host.
func redact(secrets []string) func(string) string {
	return func(text string) string {
		for _, s := range secrets {
			text = strings.ReplaceAll(text, s, "[secret]")
		}
		return behindHost.ReplaceAllString(text, "$1$2/…")
	}
}
