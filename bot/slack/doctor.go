package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/slack-go/slack"

	"podbrief/bot"
)

// Need is a scope of the bot token and what it is for.
type Need struct {
	Scope, For string
	// Optional: the bot works without it, and does less.
	Optional bool
}

// Needs lists the scopes that the bot token needs.
func Needs() []Need {
	return []Need{
		{"app_mentions:read", "to be asked by a mention", false},
		{"channels:history", "to answer replies in the threads of its briefs and to look a brief up after a crash", true},
		{"channels:read", "to know whether it is in a channel", false},
		{"chat:write", "to post", false},
		{"commands", "to be asked with /brief", false},
		{"files:write", "to send the OPML file of “feeds export”", true},
		{"groups:history", "to answer replies and to look a brief up, in private channels", true},
		{"groups:read", "to know whether it is in a private channel", false},
		{"im:history", "to be asked in direct messages", false},
		{"im:write", "to send personal briefs", false},
		{"users:read", "to tell members from guests and strangers, and to know their time zone", false},
	}
}

// Doctor says what is missing: tokens, scopes and settings. It calls Slack with the tokens that are configured. Which events
// the app gets cannot be asked with these tokens, only with one for the app's configuration, which may be "".
func (a *Adapter) Doctor(ctx context.Context, configToken string) []bot.Finding {
	var granted headers
	a.once.Do(func() {
		a.setUpWith(slack.OptionOnResponseHeaders(granted.note))
	})
	self, err := a.self(ctx)
	if pe := classify(err, true); err != nil && pe.Class != bot.TenantStop && pe.Class != bot.ChannelStop {
		return []bot.Finding{{What: fmt.Sprintf("Slack cannot be asked (%v); try again when it can be reached.", said(err))}}
	}
	if err != nil {
		return []bot.Finding{{What: fmt.Sprintf("SLACK_BOT_TOKEN is refused (%v): copy the Bot User OAuth Token of the app's page “OAuth & Permissions”.", said(err))}}
	}
	found := []bot.Finding{{OK: true, What: fmt.Sprintf("SLACK_BOT_TOKEN is @%s in the workspace %s.", self.User, self.Team)}}
	found = append(found, scopeFindings(granted.scopes())...)
	found = append(found, a.modeFinding(ctx))
	return append(found, a.eventFindings(ctx, self, configToken)...)
}

// headers keeps the scopes that an answer of Slack names.
type headers struct {
	mu   sync.Mutex
	list []string
}

func (h *headers) note(_ string, header http.Header) {
	if v := header.Get("X-OAuth-Scopes"); v != "" {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.list = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	}
}

func (h *headers) scopes() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.list)
}

// scopeFindings compares the scopes that a token has with those that it needs.
func scopeFindings(granted []string) []bot.Finding {
	if len(granted) == 0 {
		return []bot.Finding{{What: "Slack does not say which scopes the token has; compare the app's page “OAuth & Permissions” with configs/slack-manifest.yaml."}}
	}
	var found []bot.Finding
	for _, n := range Needs() {
		if slices.Contains(granted, n.Scope) {
			continue
		}
		how := "needed"
		if n.Optional {
			how = "not needed, but wanted"
		}
		found = append(found, bot.Finding{What: fmt.Sprintf("The scope %s is missing; it is %s %s. Add it on the app's page “OAuth & Permissions” and install the app again.", n.Scope, how, n.For)})
	}
	if len(found) == 0 {
		found = []bot.Finding{{OK: true, What: "All scopes are there."}}
	}
	return found
}

// modeFinding tries the way in which payloads come.
func (a *Adapter) modeFinding(ctx context.Context) bot.Finding {
	if a.HTTP {
		if a.SigningSecret == "" {
			return bot.Finding{What: "SLACK_SIGNING_SECRET is missing; copy it from the app's page “Basic Information”."}
		}
		return bot.Finding{OK: true, What: "Signed requests are taken at /slack; the app's three request URLs must end with that path."}
	}
	if a.AppToken == "" {
		return bot.Finding{What: "SLACK_APP_TOKEN is missing; make an app-level token with the scope connections:write on the app's page “Basic Information”."}
	}
	err := a.pace.call(ctx, "apps.connections.open", func(ctx context.Context) error {
		_, _, err := a.api.StartSocketModeContext(ctx)
		return err
	})
	if err != nil {
		return bot.Finding{What: fmt.Sprintf("Socket Mode does not open (%v); switch it on in the app's settings, and give SLACK_APP_TOKEN the scope connections:write.", said(err))}
	}
	return bot.Finding{OK: true, What: "Socket Mode opens."}
}

// eventFindings compares the events that the app gets with those of the manifest.
func (a *Adapter) eventFindings(ctx context.Context, self slack.AuthTestResponse, token string) []bot.Finding {
	advice := "compare the app's page “Event Subscriptions” with configs/slack-manifest.yaml"
	if token == "" {
		return []bot.Finding{{OK: true, What: "Which events the app gets cannot be asked with these tokens; " + advice + ", or give an app configuration token."}}
	}
	m, err := a.manifest(ctx, self.BotID, token)
	if err != nil {
		return []bot.Finding{{What: fmt.Sprintf("The app's manifest cannot be read (%v); give a fresh app configuration token of this workspace, or %s.", said(err), advice)}}
	}
	return manifestFindings(m, a.HTTP)
}

// manifest reads the manifest of the app that a bot belongs to, with a token for the app's configuration.
func (a *Adapter) manifest(ctx context.Context, botID, token string) (m *slack.Manifest, err error) {
	var b *slack.Bot
	err = a.pace.call(ctx, "bots.info", func(ctx context.Context) (err error) {
		b, err = a.api.GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: botID})
		return err
	})
	if err != nil {
		return nil, err
	}
	err = a.pace.call(ctx, "apps.manifest.export", func(ctx context.Context) (err error) {
		m, err = a.api.ExportManifestContext(ctx, token, b.AppID)
		return err
	})
	return m, err
}

// said is what Slack said of an error, without what we make of it.
func said(err error) error {
	if pe, ok := errors.AsType[*bot.PostError](err); ok {
		return pe.Err
	}
	return err
}

// Events lists the events that the app must get.
func Events() []string {
	return []string{
		"app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_deleted", "channel_left", "channel_rename",
		"group_archive", "group_deleted", "group_left", "group_rename", "message.channels", "message.groups", "message.im", "tokens_revoked",
	}
}

// manifestFindings says what an app's manifest lacks.
func manifestFindings(m *slack.Manifest, signed bool) []bot.Finding {
	var found []bot.Finding
	missing := func(format string, args ...any) {
		found = append(found, bot.Finding{What: fmt.Sprintf(format, args...)})
	}
	var events []string
	if m.Settings.EventSubscriptions != nil {
		events = m.Settings.EventSubscriptions.BotEvents
	}
	lacks := slices.DeleteFunc(Events(), func(e string) bool { return slices.Contains(events, e) })
	if len(lacks) > 0 {
		missing("Not among the bot events: %s; add it on the app's page “Event Subscriptions”.", strings.Join(lacks, ", "))
	}
	if m.Settings.Interactivity == nil || !m.Settings.Interactivity.IsEnabled {
		missing("Buttons and forms do not work; switch on “Interactivity & Shortcuts”.")
	}
	if m.Settings.SocketModeEnabled == signed {
		missing("SLACK_MODE and the app's setting “Socket Mode” differ; change one of them.")
	}
	if !slices.ContainsFunc(m.Features.SlashCommands, func(c slack.ManifestSlashCommand) bool { return c.Command == "/brief" }) {
		missing("The command /brief is missing; add it on the app's page “Slash Commands”.")
	}
	if len(found) == 0 {
		found = []bot.Finding{{OK: true, What: "The app's events and settings are right."}}
	}
	return found
}
