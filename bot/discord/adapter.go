// Package discord is the adapter for Discord: it knows Discord's gateway, REST calls, limits and components, and nothing
// of podcasts or subscriptions.
//
// Messages are embeds, one for each section, and not Components V2. Pictures of both were compared, of briefs of 1, 5 and 10
// insights. V2 looks better at five: each insight has its buttons under it. But five insights with their buttons and
// Settings are 40 components, all that V2 allows, so that nothing can be proposed and no artwork shown; and V2 counts
// addresses into its 4,000 characters: ten quotes with the long addresses of audio files had 5,475. Embeds hold 6,000, and
// the address of an embed's title is not counted: the same ten had 3,850, whole. So the source is each embed's title, what
// was said stands under it, and speaker, date and reason are the small line below.
//
// What can be pressed stands under all embeds. Rows of numbered buttons (“More 1”, “More 2”, …) were a wall of 25 without
// room for Settings, so insights share one menu per action, “More: choose 1–5”, whose options tell what each number is.
// Buttons are for what is said once, and for a brief of one insight.
//
// Connections are discordgo's; guard.go and gateway.go contain its faults. REST calls are our own, for nonces, limits and
// deadlines that discordgo does not keep.
package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"podbrief/bot"
)

// Platform is the name under which Discord stands in channels.
const Platform = "discord"

// Adapter connects the bot to Discord. Its fields are set before its first use; it is safe for concurrent use.
type Adapter struct {
	Token    string // required
	API      string // where Discord answers; DefaultAPI when ""
	DevGuild string // commands are registered there only, which shows them at once
	Shards   int    // gateway connections; 0 asks Discord how many
	// MessageContent says that the privileged right to read messages is switched on, so that replies in a brief's thread
	// are answered without a mention.
	MessageContent bool
	Log            *slog.Logger // nil: nowhere
	Client         *http.Client // nil: one that honours the proxy environment

	once   sync.Once
	rest   *client
	self   identity
	selfMu sync.Mutex
	direct sync.Map // channel ID by user
	places places
	blind  *recent // nonces of messages that could not be looked up

	pace       pace
	identifies identifies
	away       away
	refused    atomic.Pointer[error]    // why the gateway wants no connection any more
	taking     atomic.Pointer[receiver] // what takes signed requests while Run runs
}

// identity is who the bot is on Discord.
type identity struct{ User, Name, Application, Key string }

// workspaceOfDirect is the workspace of direct messages, which belong to no server.
const workspaceOfDirect = "@me"

// Platform returns the adapter's name.
func (a *Adapter) Platform() string { return Platform }

func (a *Adapter) init() {
	a.once.Do(func() {
		if a.API == "" {
			a.API = DefaultAPI
		}
		if a.Client == nil {
			t := http.DefaultTransport.(*http.Transport).Clone() // the proxy environment and the system's roots
			t.MaxIdleConnsPerHost = 8
			a.Client = &http.Client{Transport: t}
		}
		if a.Log == nil {
			a.Log = slog.New(slog.DiscardHandler)
		}
		a.pace, a.blind = a.pace.orUsual(), newRecent(1000)
		calls := *a.Client
		calls.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a post is not what is there
		a.rest = &client{base: strings.TrimSuffix(a.API, "/"), token: a.Token, http: &calls}
	})
}

// endGrace is how long answers that are being made may take after the end was asked for.
const endGrace = 4 * time.Second

// Run registers the commands, connects, and answers until ctx is done. It returns an error when Discord refuses the token,
// the intents or the shards: trying again would not help.
func (a *Adapter) Run(ctx context.Context, cmds []bot.Command, h bot.Handler) error {
	a.init()
	if a.Token == "" {
		return errors.New("DISCORD_TOKEN is empty; set it to the bot's token")
	}
	if err := a.register(ctx, cmds); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("register commands: %w", err)
	}
	r := &receiver{Adapter: a, cmds: cmds, handle: h, seen: newRecent(2000)}
	a.taking.Store(r)
	err := a.connect(ctx, r)
	a.taking.Store(nil)
	r.answers.end(endGrace)
	return err
}

// whoAmI returns the bot's IDs, which are asked for once.
func (a *Adapter) whoAmI(ctx context.Context) (identity, error) {
	a.init()
	a.selfMu.Lock()
	defer a.selfMu.Unlock()
	if a.self.User != "" {
		return a.self, nil
	}
	var user, app struct {
		ID, Username string
		Key          string `json:"verify_key"`
	}
	if err := a.rest.do(ctx, call{method: "GET", path: "/users/@me", probe: true}, &user); err != nil {
		return identity{}, fmt.Errorf("ask who the bot is: %w", err)
	}
	if err := a.rest.do(ctx, call{method: "GET", path: "/applications/@me"}, &app); err != nil {
		return identity{}, fmt.Errorf("ask which application the bot is: %w", err)
	}
	a.self = identity{User: user.ID, Name: user.Username, Application: app.ID, Key: app.Key}
	return a.self, nil
}

// Post sends a message under a nonce, so that a try within a few minutes after another makes no second message. Into a forum
// it opens a thread, and elsewhere one under the message when that wants it.
func (a *Adapter) Post(ctx context.Context, ch bot.Channel, m bot.Message, key bot.DeliveryKey) (string, error) {
	a.init()
	n := nonce(key)
	if ch.Kind == bot.Forum && ch.Thread == "" && !a.MessageContent {
		m.Footer = strings.Join(nonEmpty(m.Footer, howToAsk), " · ")
	}
	out := render(m, markerOf(n))
	id, err := a.post(ctx, ch, m, out, n)
	if err != nil {
		return "", postError(fmt.Errorf("post to channel %s: %w", ch.ID, err))
	}
	a.openThread(ctx, ch, id, m)
	return id, nil
}

func (a *Adapter) post(ctx context.Context, ch bot.Channel, m bot.Message, out message, nonce string) (string, error) {
	if ch.Kind == bot.Forum && ch.Thread == "" {
		return a.openPost(ctx, ch.ID, threadName(m), out)
	}
	target, err := a.target(ctx, ch)
	if err != nil {
		return "", err
	}
	out.Nonce, out.EnforceNonce = nonce, true
	if a.blind.has(nonce) {
		return a.insist(ctx, target, out)
	}
	return a.create(ctx, target, out)
}

// target is the channel ID that messages for a channel go to.
func (a *Adapter) target(ctx context.Context, ch bot.Channel) (string, error) {
	switch {
	case ch.Thread != "":
		return ch.Thread, nil
	case ch.Kind == bot.Direct:
		return a.directChannel(ctx, ch)
	}
	return ch.ID, nil
}

// directChannel opens the direct messages with a person. That it fails means that nothing was sent.
func (a *Adapter) directChannel(ctx context.Context, ch bot.Channel) (string, error) {
	if ch.ID != "" {
		return ch.ID, nil
	}
	if id, ok := a.direct.Load(ch.User); ok {
		return id.(string), nil
	}
	var opened struct{ ID string }
	err := a.rest.do(ctx, call{method: "POST", path: "/users/@me/channels", body: recipient{ch.User}}, &opened)
	if err == nil {
		a.direct.Store(ch.User, opened.ID)
		return opened.ID, nil
	}
	if class, after := classify(err); class == bot.Ambiguous {
		return "", &bot.PostError{Class: bot.Wait, RetryAfter: after, Err: err}
	}
	return "", err
}

// create creates a message and returns its ID.
func (a *Adapter) create(ctx context.Context, channel string, out message) (string, error) {
	var made struct{ ID string }
	in := call{method: "POST", path: "/channels/" + url.PathEscape(channel) + "/messages", body: out, file: out.file}
	if err := a.rest.do(ctx, in, &made); err != nil {
		return "", err
	}
	if made.ID == "" {
		return "", &apiError{Status: http.StatusOK, Message: "an answer without the message's ID", cut: true}
	}
	return made.ID, nil
}

// Probe asks whether a channel is there, or with an empty ID whether the token works and the server still has the bot.
// Nothing but a message shows whether a person takes messages, so a person who did not is gone until they send “resume”.
func (a *Adapter) Probe(ctx context.Context, ch bot.Channel) error {
	a.init()
	switch {
	case ch.Kind == bot.Direct:
		return &bot.PostError{Class: bot.UserGone, Err: errTookNone}
	case ch.ID != "":
		return a.probeRights(ctx, ch)
	case ch.Workspace != "" && ch.Workspace != workspaceOfDirect:
		return postError(a.rest.do(ctx, call{method: "GET", path: "/guilds/" + url.PathEscape(ch.Workspace), probe: true}, nil))
	}
	return postError(a.rest.do(ctx, call{method: "GET", path: "/users/@me", probe: true}, nil))
}

// errTookNone says what ends the silence towards a person.
var errTookNone = errors.New("this person took no messages; their “resume” lets briefs come again")
