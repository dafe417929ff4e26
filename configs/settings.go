package configs

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Settings returns the table, in the order in which it is printed.
func Settings() []Setting {
	return append([]Setting{
		{Key: "STORE", Default: "bolt:podbrief.db", check: storeAddress,
			Help: "the file in which everything is kept, as bolt:FILE or FILE"},
		{Key: "FETCH_ALLOW", check: each(hostPort),
			Help: "private hosts that may be fetched, as host:port; all others are refused"},
		{Key: "LANGUAGES", Default: "en", check: each(language),
			Help: "languages of transcripts, the preferred one first"},
		{Key: "PACKS", Help: "topic packs to scan (ai, engineering, ...); empty: those of the subscribed topics"},
		{Key: "DIRECTORY_URL", Default: "https://itunes.apple.com", check: webAddress,
			Help: "directory in which podcasts are looked up by name; \"off\" asks none"},
		{Key: "PODCASTINDEX_KEY", Secret: true, Help: "key of Podcast Index, to look podcasts up there"},
		{Key: "PODCASTINDEX_SECRET", Secret: true, Help: "secret of Podcast Index"},
		{Key: "LISTEN", Default: "127.0.0.1:8080", check: hostPortOrOff,
			Help: "address of /healthz, /metrics and the signed requests of Slack and Discord; \"off\" listens nowhere"},

		{Key: "SLACK_MODE", Default: "socket", check: oneOf("socket", "http"), Help: "how Slack is connected: socket or http"},
		{Key: "SLACK_BOT_TOKEN", Secret: true, check: prefix("xoxb-"), Help: "token of the Slack app, xoxb-..."},
		{Key: "SLACK_APP_TOKEN", Secret: true, check: prefix("xapp-"), Help: "app-level token for socket mode, xapp-..."},
		{Key: "SLACK_SIGNING_SECRET", Secret: true, Help: "signing secret for http mode"},
		{Key: "SLACK_API_URL", Default: "https://slack.com/api/", check: webAddress, Help: "address of Slack's API"},

		{Key: "DISCORD_TOKEN", Secret: true, check: oneWord, Help: "token of the Discord bot"},
		{Key: "DISCORD_DEV_GUILD", check: digits, Help: "server in which commands are registered while developing"},
		{Key: "DISCORD_MESSAGE_CONTENT", Default: "0", check: oneOf("0", "1"),
			Help: "1 when the bot has the privileged right to read messages"},
		{Key: "DISCORD_SHARDS", Default: "auto", check: shards, Help: "number of gateway connections, or auto"},
		{Key: "DISCORD_API_URL", Default: "https://discord.com/api/v10", check: webAddress, Help: "address of Discord's API"},
	}, modelSettings()...)
}

// each checks every element of a list.
func each(check func(string) error) func(string) error {
	return func(v string) error {
		for _, f := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
			if err := check(f); err != nil {
				return err
			}
		}
		return nil
	}
}

// oneOf accepts one of the values only.
func oneOf(values ...string) func(string) error {
	return func(v string) error {
		if !slices.Contains(values, v) {
			return fmt.Errorf("it must be %s", strings.Join(values, " or "))
		}
		return nil
	}
}

// prefix accepts values that begin with p.
func prefix(p string) func(string) error {
	return func(v string) error {
		if !strings.HasPrefix(v, p) {
			return fmt.Errorf("it must begin with %s", p)
		}
		return nil
	}
}

func storeAddress(v string) error {
	if strings.Contains(v, "://") {
		return errors.New("it must be bolt:FILE or a file's name")
	}
	if v == "bolt:" {
		return errors.New("name a file after \"bolt:\"")
	}
	return nil
}

func hostPortOrOff(v string) error {
	if err := hostPort(v); v != "off" && err != nil {
		return fmt.Errorf("%w, or off", err)
	}
	return nil
}

func hostPort(v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil || host == "" {
		return errors.New("it must be host:port, such as 127.0.0.1:8080")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("its port must be a number up to 65535")
	}
	return nil
}

func language(v string) error {
	code, _, _ := strings.Cut(v, "-")
	other := func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' }
	if len(code) < 2 || len(code) > 3 || strings.IndexFunc(v, other) >= 0 {
		return errors.New("write languages as en, de, pt-br")
	}
	return nil
}

func oneWord(v string) error {
	if strings.ContainsAny(v, " \t\n") {
		return errors.New("it must be the token alone, without “Bot” before it and without spaces")
	}
	return nil
}

func webAddress(v string) error {
	if v == "off" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("it must be an address that begins with https:// or http://")
	}
	return nil
}

func digits(v string) error {
	if strings.Trim(v, "0123456789") != "" {
		return errors.New("it must be a number")
	}
	return nil
}

func shards(v string) error {
	if n, err := strconv.Atoi(v); v != "auto" && (err != nil || n < 1) {
		return errors.New("it must be auto or a number from 1")
	}
	return nil
}
