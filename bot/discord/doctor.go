package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"podbrief/bot"
)

// The flags of an application that may read messages, in few servers and in many.
// https://discord.com/developers/docs/resources/application#application-object-application-flags
const (
	messageContent        = 1 << 18
	messageContentLimited = 1 << 19
)

// Doctor says what is missing: the token, the intent that is configured, and the permissions in each channel.
func (a *Adapter) Doctor(ctx context.Context, channels []bot.Channel) []bot.Finding {
	self, err := a.whoAmI(ctx)
	if errors.Is(err, errUnauthorized) {
		return []bot.Finding{{What: "Discord refuses the token: copy it from the page “Bot” of the developer portal into DISCORD_TOKEN."}}
	}
	if err != nil {
		return []bot.Finding{{What: fmt.Sprintf("Discord cannot be asked about the token (%v): look at the network and at DISCORD_API_URL.", err)}}
	}
	found := []bot.Finding{{OK: true, What: fmt.Sprintf("DISCORD_TOKEN is that of the bot %s.", cmp.Or(label(self.Name, maxLabel), self.User))}, a.intentFinding(ctx)}
	looked := len(found)
	for _, ch := range channels {
		if ch.Kind != bot.Direct {
			found = append(found, a.channelFinding(ctx, ch))
		}
	}
	if len(found) == looked {
		found = append(found, bot.Finding{OK: true, What: "No channel of a server has a brief yet: send “/brief topic ai” in one."})
	}
	return found
}

func (a *Adapter) intentFinding(ctx context.Context) bot.Finding {
	var app struct{ Flags int }
	err := a.rest.do(ctx, call{method: "GET", path: "/applications/@me"}, &app)
	switch {
	case err != nil:
		return bot.Finding{What: fmt.Sprintf("The bot's intents cannot be asked for (%v); try again.", err)}
	case a.MessageContent && app.Flags&(messageContent|messageContentLimited) == 0:
		return bot.Finding{What: "The bot may not read messages, which DISCORD_MESSAGE_CONTENT=1 wants: switch on “Message Content Intent” on the page “Bot” of the developer portal, or set it to 0."}
	}
	return bot.Finding{OK: true, What: "The bot has the intents that it needs."}
}

// inviteWith are the permissions that the bot is invited with.
const inviteWith = toPost | readHistory | attachFiles | createThreads | sendInThreads

func (a *Adapter) channelFinding(ctx context.Context, ch bot.Channel) bot.Finding {
	name := "Channel " + ch.ID
	if ch.Name != "" {
		name = "#" + label(ch.Name, maxLabel)
	}
	p, err := a.permissions(ctx, ch)
	switch {
	case err != nil:
		return bot.Finding{What: fmt.Sprintf("%s cannot be looked at (%v): let the bot see it, or end its brief with “/brief leave”.", name, err)}
	case inviteWith&^p != 0:
		return bot.Finding{What: fmt.Sprintf("%s: the bot lacks %s; add it under Edit Channel → Permissions.", name, names(inviteWith&^p))}
	}
	return bot.Finding{OK: true, What: name + ": the bot has all permissions."}
}
