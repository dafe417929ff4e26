package discord

import (
	"errors"
	"fmt"
	"time"

	"podbrief/bot"
)

// apiError is a refusal of Discord, or an answer that could not be read.
type apiError struct {
	Status     int
	Code       int // Discord's own number, 0 when there is none
	Message    string
	RetryAfter time.Duration
	Global     bool // the limit is that of the whole bot
	Shared     bool // the limit is shared with others, so it is no fault of ours
	cut        bool // the answer was no whole JSON
}

func (e *apiError) Error() string {
	if e.Code == 0 && e.Message == "" {
		return fmt.Sprintf("Discord answers HTTP %d", e.Status)
	}
	return fmt.Sprintf("Discord answers HTTP %d, code %d: %s", e.Status, e.Code, e.Message)
}

var (
	// errNotSent says that a request was held back and certainly not sent.
	errNotSent = errors.New("not sent")
	// errUnauthorized says that Discord refuses the token.
	errUnauthorized = errors.New("Discord refuses the token; put a new one into DISCORD_TOKEN") //nolint:staticcheck // a name
)

// cloudflareWait is how long Discord's protection wants to be left alone.
const cloudflareWait = 10 * time.Minute

// codes are Discord's error codes that decide by themselves.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
var codes = map[int]bot.Class{
	10003: bot.ChannelStop, // unknown channel
	10004: bot.TenantStop,  // unknown guild
	10015: bot.ChannelStop, // unknown webhook
	20016: bot.Wait,        // slow mode
	20028: bot.Wait,        // the channel's write limit
	30033: bot.ChannelStop, // too many participants in a thread
	40001: bot.TenantStop,  // unauthorized
	40003: bot.Wait,        // direct messages opened too fast
	40004: bot.Wait,        // sending is switched off for a while
	40006: bot.Wait,        // this is switched off for a while
	40067: bot.ChannelStop, // the forum wants tags
	40333: bot.Wait,        // blocked by Cloudflare
	50001: bot.ChannelStop, // missing access
	50006: bot.PayloadFix,  // empty message
	50007: bot.UserGone,    // cannot write to this person
	50008: bot.ChannelStop, // not a text channel
	50013: bot.ChannelStop, // missing permissions
	50014: bot.TenantStop,  // invalid token
	50024: bot.ChannelStop, // not in this type of channel
	50035: bot.PayloadFix,  // invalid form
	50083: bot.ChannelStop, // thread is archived
	50109: bot.PayloadFix,  // invalid JSON
	50278: bot.UserGone,    // no server in common

	130000: bot.Ambiguous, // overloaded
	160006: bot.Wait,      // too many open threads
}

// postError classifies an error of a call that posts.
func postError(err error) error {
	if err == nil {
		return nil
	}
	if p, ok := errors.AsType[*bot.PostError](err); ok {
		return p
	}
	class, after := classify(err)
	return &bot.PostError{Class: class, RetryAfter: after, Err: err}
}

func classify(err error) (bot.Class, time.Duration) {
	if errors.Is(err, errUnauthorized) {
		return bot.TenantStop, 0
	}
	if e, ok := errors.AsType[*apiError](err); ok {
		return classOf(e), e.RetryAfter
	}
	if errors.Is(err, errNotSent) {
		return bot.Wait, 0
	}
	return bot.Ambiguous, 0
}

func classOf(e *apiError) bot.Class {
	if c, ok := codes[e.Code]; ok {
		return c
	}
	switch {
	case e.Status == 401:
		return bot.TenantStop
	case e.Status == 403, e.Status == 404:
		return bot.ChannelStop
	case e.Status == 429:
		return bot.Wait
	case e.Status == 408, e.Status >= 500, e.cut, e.Status < 400:
		return bot.Ambiguous
	}
	return bot.PayloadFix
}

// Why a connection ended, when Discord did not close it.
var (
	errReconnect = errors.New("Discord asks to connect again") //nolint:staticcheck // a name
	errInvalid   = errors.New("the session is not valid any more")
	errResumable = errors.New("the session is refused for now")
	errSilent    = errors.New("a heartbeat was not acknowledged")
	errNotReady  = errors.New("Discord was not ready in time") //nolint:staticcheck // a name
	errLetGo     = errors.New("discordgo gave the connection up")
)

// closedError is a connection that Discord closed with a code.
type closedError int

func (c closedError) Error() string {
	return fmt.Sprintf("Discord closed the connection with code %d%s", int(c), closeHints[int(c)])
}

// closeHints say what to do about the codes after which connecting again does not help.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
var closeHints = map[int]string{
	4004: ": the token is wrong; put a new one into DISCORD_TOKEN and start the bot again",
	4010: ": the shard is wrong; set DISCORD_SHARDS=auto and start the bot again",
	4011: ": more shards are needed; set DISCORD_SHARDS=auto and start the bot again",
	4012: ": this version of the gateway is gone; update the bot",
	4013: ": the intents are wrong; update the bot",
	4014: ": an intent is not allowed; switch on “Message Content Intent” for the bot in the developer portal, or set DISCORD_MESSAGE_CONTENT=0, and start the bot again",
}

func (c closedError) fatal() bool { return closeHints[int(c)] != "" }
