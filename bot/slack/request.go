package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"podbrief/bot"
)

// The kinds of payload, as envelopes of Socket Mode name them.
const (
	slashKind       = "slash_commands"
	interactiveKind = "interactive"
	eventsKind      = "events_api"
)

// incoming is what somebody sent, or what happened, as decode reads it out of a payload.
type incoming struct {
	id       string // the same when it is delivered again
	user     string
	channel  string
	name     string // of the channel
	thread   string // thread or message that it was written under
	reply    string // thread that an answer goes to
	words    []string
	fields   bot.Fields // of a form
	event    bot.Event
	implicit bool // not addressed to the bot
	direct   bool // written in direct messages
	pressed  bool // a button, or the form that it opened
	slash    bool
	hidden   bool   // under a message that only one person sees
	home     bool   // in the App Home
	url      string // to answer at
	trigger  string // to open a form with
}

// zero reports that there is nothing to do.
func (in *incoming) zero() bool { return in.event == bot.None && (in.words == nil || in.user == "") }

// decode reads a payload. The zero incoming with an ID is something that is none of our business. It is a pure function.
func decode(kind string, body []byte, self slack.AuthTestResponse) (incoming, error) {
	switch kind {
	case slashKind:
		var c slack.SlashCommand
		if err := json.Unmarshal(body, &c); err != nil {
			return incoming{}, fmt.Errorf("read slash command: %w", err)
		}
		return fromSlash(c, self), nil
	case interactiveKind:
		var c slack.InteractionCallback
		if err := json.Unmarshal(body, &c); err != nil {
			return incoming{}, fmt.Errorf("read interaction: %w", err)
		}
		return fromInteraction(c), nil
	case eventsKind:
		var e outerEvent
		if err := json.Unmarshal(body, &e); err != nil {
			return incoming{}, fmt.Errorf("read event: %w", err)
		}
		return fromEvent(e, self), nil
	}
	return incoming{}, nil
}

func fromSlash(c slack.SlashCommand, self slack.AuthTestResponse) incoming {
	text, _ := withoutMention(c.Text, self.UserID)
	words := wordsOf(text)
	if len(words) == 0 {
		words = []string{"help"}
	}
	return incoming{
		id: c.TriggerID, user: c.UserID, channel: c.ChannelID, name: c.ChannelName, words: words, slash: true,
		direct: strings.HasPrefix(c.ChannelID, "D"), url: c.ResponseURL, trigger: c.TriggerID,
	}
}

// wordsOf returns the words of what a person wrote, without emoji: those come spelled out, as ":rocket:", and are no topic.
func wordsOf(text string) []string {
	return slices.DeleteFunc(bot.Split(readable(text)), func(w string) bool { return emoji.ReplaceAllString(w, "") == "" })
}

func fromInteraction(c slack.InteractionCallback) incoming {
	in := incoming{id: c.TriggerID, user: c.User.ID, trigger: c.TriggerID, pressed: true}
	switch {
	case c.Type == slack.InteractionTypeViewSubmission:
		fromForm(&in, c.View)
	case c.Type == slack.InteractionTypeBlockActions && len(c.ActionCallback.BlockActions) > 0:
		action := c.ActionCallback.BlockActions[0]
		in.words, in.url = bot.Split(action.Value), c.ResponseURL
		in.channel, in.name, in.hidden = cmp.Or(c.Channel.ID, c.Container.ChannelID), c.Channel.Name, c.Container.IsEphemeral
		in.home = c.Container.Type == "view"
		in.thread = cmp.Or(c.Message.ThreadTimestamp, c.Container.ThreadTs) // the message is not sent along when only one person sees it
		if in.thread == "" && !in.hidden {
			in.thread = c.Container.MessageTs
		}
		in.reply, in.direct = in.thread, strings.HasPrefix(in.channel, "D") || in.home
		if len(in.words) == 0 {
			in.words = nil // a link: the client opens it
		}
	}
	return in
}

// outerEvent is an event of the Events API, with those fields that matter here.
type outerEvent struct {
	Type      string `json:"type"`
	Challenge string `json:"challenge"`
	ID        string `json:"event_id"`
	Team      string `json:"team_id"`
	Event     struct {
		Type    string          `json:"type"`
		Subtype string          `json:"subtype"`
		User    string          `json:"user"`
		Bot     string          `json:"bot_id"`
		Text    string          `json:"text"`
		TS      string          `json:"ts"`
		Thread  string          `json:"thread_ts"`
		Parent  string          `json:"parent_user_id"`
		Place   string          `json:"channel_type"`
		Tab     string          `json:"tab"`
		Channel json.RawMessage `json:"channel"`
		Tokens  struct {
			Bot []string `json:"bot"`
		} `json:"tokens"`
	} `json:"event"`
}

// channel returns the channel of an event: some name only its ID.
func (e *outerEvent) channel() (id, name string) {
	if json.Unmarshal(e.Event.Channel, &id) == nil {
		return id, ""
	}
	var c struct{ ID, Name string }
	if json.Unmarshal(e.Event.Channel, &c) != nil {
		return "", ""
	}
	return c.ID, c.Name
}

func fromEvent(e outerEvent, self slack.AuthTestResponse) incoming {
	in := incoming{id: e.ID, user: e.Event.User}
	in.channel, in.name = e.channel()
	switch e.Event.Type {
	case "app_uninstalled", "tokens_revoked":
		if isOurEnd(e, self) {
			in.event = bot.Uninstalled
		}
	case "channel_archive", "channel_deleted", "channel_left", "group_archive", "group_deleted", "group_left":
		in.event = bot.Gone
	case "channel_rename", "group_rename":
		in.event = bot.Renamed
	case "app_home_opened":
		if e.Event.Tab != "messages" {
			in.event, in.home, in.direct = bot.HomeOpened, true, true
		}
	case "app_mention", "message":
		fromMessage(&in, e, self)
	}
	return in
}

// isOurEnd reports whether an event ends the installation that this bot has, and not one of the app in another workspace or of
// a person's token. All is deleted then, so it is looked at closely.
func isOurEnd(e outerEvent, self slack.AuthTestResponse) bool {
	if e.Team != "" && e.Team != self.TeamID && e.Team != self.EnterpriseID {
		return false
	}
	return e.Event.Type == "app_uninstalled" || slices.Contains(e.Event.Tokens.Bot, self.UserID)
}

// fromMessage takes what is written to the bot: mentions, direct messages, and replies in threads without a mention. All
// else that is said is not looked at.
func fromMessage(in *incoming, e outerEvent, self slack.AuthTestResponse) {
	m := e.Event
	text, mentioned := withoutMention(m.Text, self.UserID)
	isSaid := m.Subtype == "" || m.Subtype == "thread_broadcast" || m.Subtype == "file_share" // not changed, deleted or joined
	if m.Bot != "" || !isSaid || m.User == "" || m.User == self.UserID {
		return
	}
	in.thread, in.reply, in.direct = m.Thread, m.Thread, m.Place == "im"
	switch {
	case m.Type == "app_mention":
		if in.reply == "" {
			in.reply = m.TS
		}
	case in.direct:
	case m.Thread == "", m.Thread == m.TS, m.Parent != "" && m.Parent != self.UserID, mentioned, !saysSomething(text):
		return // not in a thread of ours, or it comes as a mention too, or it is a picture
	default:
		in.implicit = true
	}
	in.words = wordsOf(text)
	if in.implicit {
		in.words = append([]string{"ask"}, in.words...)
	}
	if len(in.words) == 0 {
		in.words = []string{"help"}
	}
}

// request makes a request of what came in, with what is known of who sent it. Its error is one of looking that up.
func (a *Adapter) request(ctx context.Context, in incoming, s *session) (bot.Request, error) {
	self, err := a.self(ctx)
	if err != nil {
		return bot.Request{}, err
	}
	personal := bot.Channel{Platform: Platform, Workspace: self.TeamID, Kind: bot.Direct, User: in.user}
	r := bot.Request{
		Channel: bot.Channel{Platform: Platform, Workspace: self.TeamID, ID: in.channel, Name: in.name},
		Thread:  in.thread, User: in.user, Words: in.words, Fields: in.fields, Event: in.event, Implicit: in.implicit,
		Invite: "/invite @" + self.User, Personal: personal,
	}
	if in.home || in.direct && in.channel == "" {
		r.Channel = personal
	} else if in.direct {
		if r.Channel, err = a.directChannel(ctx, in, personal); err != nil {
			return r, err
		}
	}
	if in.event != bot.None && in.event != bot.HomeOpened {
		return r, nil
	}
	p, err := a.person(ctx, in.user)
	if err != nil {
		return r, err
	}
	r.Rights, r.Zone, r.Locale = p.rights, p.zone, p.locale
	r.Member = func(ctx context.Context, ch bot.Channel) (bool, error) { return a.isIn(ctx, ch.ID, in.user) }
	if p.rights&bot.Own == 0 {
		r.Personal = bot.Channel{}
	}
	return r, a.place(ctx, in, s, &r)
}

// place finds out what the bot and the sender may do in a channel.
func (a *Adapter) place(ctx context.Context, in incoming, s *session, r *bot.Request) error {
	if r.Channel.Kind != bot.Room {
		return nil
	}
	if in.slash || in.pressed {
		r.CannotPost = !a.canPost(ctx, in.channel)
	}
	c, ok := s.command(in.words)
	if !in.pressed || !ok || c.Right != bot.Manage || r.Rights&bot.Administer != 0 || r.CannotPost {
		return nil
	}
	inside, err := a.isIn(ctx, in.channel, in.user)
	if !inside {
		r.Rights &^= bot.Manage
	}
	return err
}

// directChannel tells direct messages with the bot from those of two people, where it may only answer.
func (a *Adapter) directChannel(ctx context.Context, in incoming, personal bot.Channel) (bot.Channel, error) {
	personal.ID = in.channel
	if !in.slash {
		return personal, nil
	}
	own, err := a.directWith(ctx, in.user)
	if err != nil {
		return personal, err
	}
	if own != in.channel {
		personal.Kind, personal.User = bot.Foreign, ""
	}
	return personal, nil
}

// command returns the row of a command.
func (s *session) command(words []string) (bot.Command, bool) {
	for _, c := range s.commands {
		if len(words) > 0 && strings.EqualFold(c.Word, words[0]) {
			return c, true
		}
	}
	return bot.Command{}, false
}

// slashJSON turns the fields of a signed request into the JSON that envelopes carry.
func slashJSON(form url.Values) ([]byte, error) {
	m := map[string]string{}
	for k := range form {
		m[k] = form.Get(k)
	}
	return json.Marshal(m)
}
