package discord

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strconv"

	"podbrief/bot"
)

// permission is a set of what somebody may do in a channel.
// https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
type permission uint64

const (
	administrator  permission = 1 << 3
	manageChannels permission = 1 << 4
	manageGuild    permission = 1 << 5
	viewChannel    permission = 1 << 10
	sendMessages   permission = 1 << 11
	embedLinks     permission = 1 << 14
	attachFiles    permission = 1 << 15
	readHistory    permission = 1 << 16
	createThreads  permission = 1 << 35
	sendInThreads  permission = 1 << 38

	everything = ^permission(0)
	toPost     = viewChannel | sendMessages | embedLinks
)

// parsePermission reads the number that Discord writes as a string.
func parsePermission(s string) permission {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0
	}
	return permission(n)
}

// rightsOf are what a member of a server may do, by what Discord signed.
func rightsOf(p permission) bot.Rights {
	r := bot.Read | bot.Own
	if p&(administrator|manageGuild) != 0 {
		return r | bot.Manage | bot.Administer
	}
	if p&manageChannels != 0 {
		r |= bot.Manage
	}
	return r
}

type overwrite struct {
	ID          string
	Type        int // 0 is a role, 1 a member
	Allow, Deny string
}

type role struct{ ID, Permissions string }

// server is what a server's permissions come from.
type server struct {
	ID    string
	Owner string `json:"owner_id"`
	Roles []role
}

// effective computes what a member, who has roles, may do in a channel of a server.
// https://discord.com/developers/docs/topics/permissions#permission-overwrites
func effective(in server, member string, has []string, over []overwrite) permission {
	guild, roles := in.ID, in.Roles
	if member == in.Owner {
		return everything
	}
	mine := map[string]bool{guild: true} // everybody has the role with the server's ID
	for _, id := range has {
		mine[id] = true
	}
	var base permission
	for _, r := range roles {
		if mine[r.ID] {
			base |= parsePermission(r.Permissions)
		}
	}
	if base&administrator != 0 {
		return everything
	}
	var allow, deny permission
	for _, o := range over {
		if o.Type == 0 && o.ID == guild {
			base = base&^parsePermission(o.Deny) | parsePermission(o.Allow)
		}
		if o.Type == 0 && o.ID != guild && mine[o.ID] {
			allow, deny = allow|parsePermission(o.Allow), deny|parsePermission(o.Deny)
		}
	}
	base = base&^deny | allow
	for _, o := range over {
		if o.Type == 1 && o.ID == member {
			base = base&^parsePermission(o.Deny) | parsePermission(o.Allow)
		}
	}
	if base&viewChannel == 0 {
		return 0
	}
	return base
}

// permissions asks what the bot may do in a channel of a server.
func (a *Adapter) permissions(ctx context.Context, ch bot.Channel) (permission, error) {
	self, err := a.whoAmI(ctx)
	if err != nil {
		return 0, err
	}
	in, over, err := a.rules(ctx, ch)
	if err != nil {
		return 0, err
	}
	var member struct{ Roles []string }
	if err := a.rest.do(ctx, call{method: "GET", path: "/guilds/" + url.PathEscape(in.ID) + "/members/" + self.User}, &member); err != nil {
		return 0, err
	}
	return effective(in, self.User, member.Roles, over), nil
}

// rules asks for what the permissions in a channel of a server follow from.
func (a *Adapter) rules(ctx context.Context, ch bot.Channel) (server, []overwrite, error) {
	var place struct {
		Guild     string      `json:"guild_id"`
		Overwrite []overwrite `json:"permission_overwrites"`
	}
	if err := a.rest.do(ctx, call{method: "GET", path: "/channels/" + url.PathEscape(ch.ID)}, &place); err != nil {
		return server{}, nil, err
	}
	in := server{}
	guild := cmp.Or(place.Guild, ch.Workspace)
	if err := a.rest.do(ctx, call{method: "GET", path: "/guilds/" + url.PathEscape(guild)}, &in); err != nil {
		return server{}, nil, err
	}
	in.ID = guild
	return in, place.Overwrite, nil
}

// writerRights computes what the writer of a message may do in a channel of a server. An interaction says it itself.
func (a *Adapter) writerRights(ctx context.Context, w written, ch bot.Channel) (bot.Rights, error) {
	in, over, err := a.rules(ctx, ch)
	if err != nil {
		return 0, err
	}
	return rightsOf(effective(in, w.Author.ID, w.Member.Roles, over)), nil
}

// may reports whether the bot may do something in a channel.
func (a *Adapter) may(ctx context.Context, ch bot.Channel, what permission) (bool, error) {
	p, err := a.permissions(ctx, ch)
	return p&what == what, err
}

// probeRights asks whether the bot may post into a channel of a server.
func (a *Adapter) probeRights(ctx context.Context, ch bot.Channel) error {
	p, err := a.permissions(ctx, ch)
	if err != nil {
		return postError(err)
	}
	if missing := toPost &^ p; missing != 0 {
		return &bot.PostError{Class: bot.ChannelStop, Err: fmt.Errorf("the bot lacks %s in channel %s", names(missing), ch.ID)}
	}
	return nil
}

// permissionNames are what Discord's settings call them.
var permissionNames = []struct {
	bit  permission
	name string
}{
	{viewChannel, "View Channel"}, {sendMessages, "Send Messages"}, {embedLinks, "Embed Links"}, {attachFiles, "Attach Files"},
	{readHistory, "Read Message History"}, {createThreads, "Create Public Threads"}, {sendInThreads, "Send Messages in Threads"},
}

func names(p permission) string {
	out := ""
	for _, n := range permissionNames {
		if p&n.bit != 0 {
			if out != "" {
				out += ", "
			}
			out += n.name
		}
	}
	return out
}
