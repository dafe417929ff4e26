package discord

import (
	"context"
	"net/url"
	"sync"

	"podbrief/bot"
)

// The types of channels. https://discord.com/developers/docs/resources/channel#channel-object-channel-types
const (
	directType     = 1
	groupType      = 3
	announceThread = 10
	publicThread   = 11
	privateThread  = 12
	forumType      = 15
	mediaType      = 16
)

// place is a channel as Discord describes it.
type place struct {
	ID     string
	Type   int
	Name   string
	Parent string `json:"parent_id"`
	Guild  string `json:"guild_id"`
}

func (p place) isThread() bool { return p.Type >= announceThread && p.Type <= privateThread }

func (p place) isForum() bool { return p.Type == forumType || p.Type == mediaType }

// mostPlaces bounds what is remembered.
const mostPlaces = 20_000

// places remembers channels that were asked for, above all which thread belongs to which channel.
type places struct {
	mu    sync.Mutex
	known map[string]place
}

func (p *places) get(id string) (place, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.known[id]
	return c, ok
}

func (p *places) put(c place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= mostPlaces {
		p.known = map[string]place{}
	}
	p.known[c.ID] = c
}

func (p *places) drop(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, id)
}

// place returns a channel, from memory or from Discord.
func (a *Adapter) place(ctx context.Context, id string) (place, error) {
	if c, ok := a.places.get(id); ok {
		return c, nil
	}
	var c place
	if err := a.rest.do(ctx, call{method: "GET", path: "/channels/" + url.PathEscape(id)}, &c); err != nil {
		return place{}, err
	}
	a.places.put(c)
	return c, nil
}

// channelOf makes a place of a server into a channel, and the thread that the place is.
func (a *Adapter) channelOf(ctx context.Context, guild string, c place) (bot.Channel, string) {
	ch := bot.Channel{Platform: Platform, Workspace: guild, ID: c.ID, Name: c.Name}
	thread := ""
	if c.isThread() && c.Parent != "" {
		thread, ch.ID, ch.Name = c.ID, c.Parent, ""
		if p, err := a.place(ctx, c.Parent); err == nil {
			c, ch.Name = p, p.Name
		}
	}
	if c.isForum() {
		ch.Kind = bot.Forum
	}
	return ch, thread
}

// personal is somebody's direct messages with the bot.
func personal(user string) bot.Channel {
	return bot.Channel{Platform: Platform, Workspace: workspaceOfDirect, Kind: bot.Direct, User: user}
}
