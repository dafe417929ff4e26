package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"podbrief/bot"
)

// The types of interactions, and where they happen.
const (
	pingKind     = 1
	commandKind  = 2
	pressKind    = 3
	completeKind = 4
	submitKind   = 5

	inGuild   = 0
	inDirect  = 1
	inPrivate = 2
)

// interaction is something that a person did: a command, a press, a form, or typing of an argument.
type interaction struct {
	ID          string
	Token       string
	Type        int
	Guild       string `json:"guild_id"`
	Channel     *place
	ChannelID   string `json:"channel_id"`
	Locale      string
	GuildLocale string `json:"guild_locale"`
	AppRights   string `json:"app_permissions"`
	Context     *int
	Owners      map[string]string `json:"authorizing_integration_owners"`
	User        *person
	Member      *struct {
		User        person
		Permissions string
	}
	Message *struct { // that was pressed, or whose form was sent
		ID         string
		Components []row
	}
	Data struct {
		Name       string
		Options    []given
		CustomID   string `json:"custom_id"`
		Values     []string
		Components []submitted
	}
}

type person struct {
	ID  string
	Bot bool
}

// given is an option of a command with its value.
type given struct {
	Name    string
	Type    int
	Value   json.RawMessage
	Focused bool
	Options []given
}

func (g given) text() string {
	var s string
	if json.Unmarshal(g.Value, &s) == nil {
		return s
	}
	return string(g.Value)
}

// submitted is a field of a form, within a label or a row.
type submitted struct {
	CustomID   string `json:"custom_id"`
	Value      string
	Values     []string
	Component  *submitted
	Components []submitted
}

// user is who did it.
func (i *interaction) user() string {
	if i.Member != nil {
		return i.Member.User.ID
	}
	if i.User != nil {
		return i.User.ID
	}
	return ""
}

// isBot reports whether a program did it.
func (i *interaction) isBot() bool {
	return i.Member != nil && i.Member.User.Bot || i.User != nil && i.User.Bot
}

// invitation says in Discord's words how to let the bot post, and installation how where it is in somebody's account only.
var invitation = "Edit Channel → Permissions → add Podbrief with " + names(toPost)

const installation = "my profile → Add App → Add to Server"

// request is what an interaction asks, without its words.
func (a *Adapter) request(ctx context.Context, i *interaction) bot.Request {
	r := bot.Request{User: i.user(), Locale: cmp.Or(i.Locale, i.GuildLocale), Rights: bot.Read | bot.Own, Personal: personal(i.user()), Invite: invitation}
	if i.Message != nil {
		r.Thread = i.Message.ID
	}
	where := place{ID: i.ChannelID, Guild: i.Guild}
	if i.Channel != nil {
		where = *i.Channel
	}
	switch {
	case i.Guild == "" && (i.Context == nil || *i.Context == inDirect):
		r.Channel = r.Personal
		return r
	case i.Guild == "":
		r.Channel = bot.Channel{Platform: Platform, Workspace: workspaceOfDirect, ID: where.ID, Kind: bot.Foreign, Name: where.Name}
		r.CannotPost, r.Invite = true, "" // nobody can add a bot to a group
		return r
	}
	thread := ""
	r.Channel, thread = a.channelOf(ctx, i.Guild, where)
	if thread != "" {
		r.Thread = thread
	}
	if i.Member != nil {
		r.Rights = rightsOf(parsePermission(i.Member.Permissions))
	}
	if _, installed := i.Owners["0"]; !installed && len(i.Owners) > 0 {
		r.Channel.Kind, r.CannotPost, r.Invite = bot.Foreign, true, installation
	}
	if can := parsePermission(i.AppRights); i.AppRights != "" && can&administrator == 0 && can&toPost != toPost {
		r.CannotPost = true
	}
	return r
}

// words are a command's words: the subcommand and its arguments in the order of the table.
func (i *interaction) words(cmds []bot.Command) []string {
	if len(i.Data.Options) == 0 {
		return []string{"help"}
	}
	sub := i.Data.Options[0]
	out := []string{sub.Name}
	at := slices.IndexFunc(cmds, func(c bot.Command) bool { return c.Word == sub.Name })
	if at < 0 {
		return out
	}
	for _, arg := range cmds[at].Args {
		for _, o := range sub.Options {
			if v := strings.TrimSpace(o.text()); o.Name == arg.Name && v != "" {
				out = append(out, splitArg(arg, v)...)
			}
		}
	}
	return out
}

// splitArg makes an argument's text into words. A person or a zone may have been meant by its beginning, “@me”.
func splitArg(arg bot.Arg, text string) []string {
	if arg.Rest {
		return bot.Split(text)
	}
	return []string{text}
}

// pressed are the words behind a button, or behind the chosen option of a menu.
func (i *interaction) pressed() ([]string, bool) {
	_, words, ok := parseID(i.Data.CustomID)
	if ok && strings.HasPrefix(words, menuWords) {
		if len(i.Data.Values) == 0 {
			return nil, false
		}
		words = i.Data.Values[0]
	}
	return bot.Split(words), ok
}

// fields are a form's values.
func (i *interaction) fields() bot.Fields {
	f := bot.Fields{}
	var collect func([]submitted)
	collect = func(parts []submitted) {
		for _, p := range parts {
			if p.Component != nil {
				collect([]submitted{*p.Component})
			}
			collect(p.Components)
			switch {
			case p.CustomID == "":
			case len(p.Values) > 0:
				f[p.CustomID] = strings.Join(p.Values, "\n")
			default:
				f[p.CustomID] = p.Value
			}
		}
	}
	collect(i.Data.Components)
	return f
}

// written is a message that somebody wrote.
type written struct {
	ID        string
	ChannelID string `json:"channel_id"`
	Guild     string `json:"guild_id"`
	Content   string
	Author    person
	Member    struct{ Roles []string }
	Webhook   string `json:"webhook_id"`
	Type      int
	Mentions  []person
	Replied   *struct {
		ID     string
		Author person
	} `json:"referenced_message"`
}

// The types of messages that people write.
const (
	plainMessage = 0
	replyMessage = 19
)

// addressed reports how a message is meant for the bot: mentioned, or replied to.
func (w *written) addressed(self string) (mentioned, replied bool) {
	mentioned = w.unmentioned(self) != w.Content
	for _, m := range w.Mentions {
		mentioned = mentioned || m.ID == self
	}
	return mentioned, w.Replied != nil && w.Replied.Author.ID == self
}

// asked is the text of a message without mentions of the bot, and without what stands behind one: “@podbrief, help”.
func (w *written) asked(self string) string {
	return strings.TrimSpace(strings.TrimLeft(w.unmentioned(self), " ,:;!\n"))
}

func (w *written) unmentioned(self string) string {
	return strings.NewReplacer("<@"+self+">", "", "<@!"+self+">", "").Replace(w.Content)
}
