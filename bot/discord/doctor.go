package discord

import (
	"context"
	"fmt"

	"podbrief/bot"
)

// Finding is one thing that Doctor looked at.
type Finding struct {
	OK   bool
	What string // what was looked at, as a whole sentence: and what to do when it is not OK
}

// The flags of an application that may read messages, in few servers and in many.
// https://discord.com/developers/docs/resources/application#application-object-application-flags
const (
	messageContent        = 1 << 18
	messageContentLimited = 1 << 19
)

// Doctor says what is missing: the token, the intent that is configured, and the permissions in each channel.
func (a *Adapter) Doctor(ctx context.Context, channels []bot.Channel) []Finding {
	self, err := a.whoAmI(ctx)
	if err != nil {
		return []Finding{{false, fmt.Sprintf("DISCORD_TOKEN does not work (%v): copy it from the page “Bot” of the developer portal.", err)}}
	}
	found := []Finding{{true, fmt.Sprintf("DISCORD_TOKEN is the bot %s.", self.User)}, a.intentFinding(ctx)}
	for _, ch := range channels {
		if ch.Kind != bot.Direct {
			found = append(found, a.channelFinding(ctx, ch))
		}
	}
	return found
}

func (a *Adapter) intentFinding(ctx context.Context) Finding {
	var app struct{ Flags int }
	err := a.rest.do(ctx, call{method: "GET", path: "/applications/@me"}, &app)
	switch {
	case err != nil:
		return Finding{false, fmt.Sprintf("The bot's intents cannot be asked for (%v); try again.", err)}
	case a.MessageContent && app.Flags&(messageContent|messageContentLimited) == 0:
		return Finding{false, closedError(4014).Error() + "."}
	}
	return Finding{true, "The bot has the intents that it needs."}
}

func (a *Adapter) channelFinding(ctx context.Context, ch bot.Channel) Finding {
	p, err := a.permissions(ctx, ch)
	if err != nil {
		return Finding{false, fmt.Sprintf("Channel %s cannot be looked at (%v): let the bot see it.", ch.ID, err)}
	}
	want := toPost | readHistory | attachFiles | createThreads | sendInThreads
	if missing := want &^ p; missing != 0 {
		return Finding{false, fmt.Sprintf("In channel %s the bot lacks %s: add it under Edit Channel → Permissions.", ch.ID, names(missing))}
	}
	return Finding{true, fmt.Sprintf("Channel %s has all permissions.", ch.ID)}
}
