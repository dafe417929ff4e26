package slack

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"podbrief/bot"
)

// How long what was looked up stays true.
const (
	personTime = 10 * time.Minute
	memberTime = 5 * time.Minute
	maxCached  = 20_000
)

// cache keeps what was looked up in the workspace. The zero value is ready.
type cache struct {
	mu      sync.Mutex
	self    *slack.AuthTestResponse
	people  map[string]kept[person]
	directs map[string]string         // user -> conversation
	members map[string]kept[struct{}] // channels that the bot is in, and channel/user that somebody is in
}

type kept[T any] struct {
	value T
	until time.Time
}

// person is what is known of a user.
type person struct {
	rights       bot.Rights
	zone, locale string
}

func lookUp[T any](mu *sync.Mutex, m map[string]kept[T], key string) (v T, ok bool) {
	mu.Lock()
	defer mu.Unlock()
	k, ok := m[key]
	return k.value, ok && time.Now().Before(k.until)
}

func keep[T any](mu *sync.Mutex, m *map[string]kept[T], key string, v T, d time.Duration) {
	mu.Lock()
	defer mu.Unlock()
	if *m == nil || len(*m) > maxCached {
		*m = map[string]kept[T]{}
	}
	(*m)[key] = kept[T]{v, time.Now().Add(d)}
}

func (c *cache) forgetSelf() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.self = nil
}

func (c *cache) forgetDirect(user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.directs, user)
}

func (c *cache) forgetMember(channel string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.members, channel)
}

// self returns who the bot is.
func (a *Adapter) self(ctx context.Context) (slack.AuthTestResponse, error) {
	a.cache.mu.Lock()
	known := a.cache.self
	a.cache.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	var r *slack.AuthTestResponse
	err := a.pace.call(ctx, "auth.test", func(ctx context.Context) (err error) {
		r, err = a.api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return slack.AuthTestResponse{}, err
	}
	a.cache.mu.Lock()
	defer a.cache.mu.Unlock()
	a.cache.self = r
	return *r, nil
}

// person looks up what somebody may do.
func (a *Adapter) person(ctx context.Context, user string) (person, error) {
	if p, ok := lookUp(&a.cache.mu, a.cache.people, user); ok {
		return p, nil
	}
	self, err := a.self(ctx)
	if err != nil {
		return person{}, err
	}
	var u *slack.User
	err = a.pace.call(ctx, "users.info", func(ctx context.Context) (err error) {
		u, err = a.api.GetUserInfoContext(ctx, user)
		return err
	})
	if err != nil {
		return person{}, fmt.Errorf("look up user %q: %w", user, err)
	}
	p := person{rights: rightsOf(u, self.TeamID, self.EnterpriseID), zone: u.TZ, locale: u.Locale}
	keep(&a.cache.mu, &a.cache.people, user, p, personTime)
	return p, nil
}

// rightsOf says what a user may do in the workspace that the bot is installed in: members all but the workspace's settings,
// admins these too; guests only read and ask; people of other organizations, bots and deleted users nothing.
func rightsOf(u *slack.User, team, enterprise string) bot.Rights {
	home := u.TeamID == team || u.TeamID == "" || enterprise != "" && u.Enterprise.EnterpriseID == enterprise
	switch {
	case u.Deleted, u.IsBot, u.IsWorkflowBot, u.IsConnectorBot, u.IsStranger, !home, u.ID == "USLACKBOT":
		return 0
	case u.IsRestricted, u.IsUltraRestricted:
		return bot.Read
	case u.IsAdmin, u.IsOwner, u.IsPrimaryOwner:
		return bot.Read | bot.Own | bot.Manage | bot.Administer
	}
	return bot.Read | bot.Own | bot.Manage
}

// directWith returns the conversation of the bot with a user.
func (a *Adapter) directWith(ctx context.Context, user string) (string, error) {
	a.cache.mu.Lock()
	id := a.cache.directs[user]
	a.cache.mu.Unlock()
	if id != "" {
		return id, nil
	}
	var c *slack.Channel
	err := a.pace.call(ctx, "conversations.open", func(ctx context.Context) (err error) {
		c, _, _, err = a.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
		return err
	})
	if err != nil {
		return "", err
	}
	a.cache.mu.Lock()
	defer a.cache.mu.Unlock()
	if a.cache.directs == nil || len(a.cache.directs) > maxCached {
		a.cache.directs = map[string]string{}
	}
	a.cache.directs[user] = c.ID
	return c.ID, nil
}

func (a *Adapter) channelInfo(ctx context.Context, id string) (c *slack.Channel, err error) {
	err = a.pace.call(ctx, "conversations.info", func(ctx context.Context) (err error) {
		c, err = a.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		return err
	})
	return c, err
}

// canPost reports whether the bot is in a channel. That it is not is never remembered: an invitation works at once.
func (a *Adapter) canPost(ctx context.Context, channel string) bool {
	if _, ok := lookUp(&a.cache.mu, a.cache.members, channel); ok {
		return true
	}
	c, err := a.channelInfo(ctx, channel)
	if err != nil {
		if c := code(err); c == "channel_not_found" || c == "not_in_channel" {
			return false
		}
		a.Log.Warn("channel not looked up; I take it that I may post there", "channel", channel, "err", err)
		return true
	}
	if !c.IsMember && !c.IsIM {
		return false
	}
	keep(&a.cache.mu, &a.cache.members, channel, struct{}{}, memberTime)
	return true
}

// isIn reports whether somebody is in a channel. It is asked of who pressed a button: those can be pressed from outside.
func (a *Adapter) isIn(ctx context.Context, channel, user string) (bool, error) {
	key := channel + "/" + user
	if _, ok := lookUp(&a.cache.mu, a.cache.members, key); ok {
		return true, nil
	}
	for p := (&slack.GetUsersInConversationParameters{ChannelID: channel, Limit: 1000}); ; {
		var users []string
		err := a.pace.call(ctx, "conversations.members", func(ctx context.Context) (err error) {
			users, p.Cursor, err = a.api.GetUsersInConversationContext(ctx, p)
			return err
		})
		if err != nil {
			return false, fmt.Errorf("look up the members of channel %q: %w", channel, err)
		}
		if slices.Contains(users, user) {
			keep(&a.cache.mu, &a.cache.members, key, struct{}{}, memberTime)
			return true, nil
		}
		if p.Cursor == "" {
			return false, nil
		}
	}
}
