// Package slack connects the bot to a Slack workspace. It knows Slack and nothing of podcasts or subscriptions.
//
// What Slack sends comes over Socket Mode (socket.go) or as signed requests (http.go); both hand the same payloads to take,
// which says what to acknowledge with and what to do afterwards. A payload becomes a bot.Request (request.go), and the
// bot.Message that answers it is drawn by a pure function (render.go) and sent to where the request came from (respond.go).
// Everything goes out through one pacer (send.go).
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"podbrief/bot"
)

// Platform is the name under which Slack stands in channels.
const Platform = "slack"

// Adapter is a workspace's app. The fields are set before its first use; then its methods are safe for concurrent use.
type Adapter struct {
	BotToken      string       // required
	AppToken      string       // required for Socket Mode
	SigningSecret string       // required for signed requests
	HTTP          bool         // signed requests come to ServeHTTP, instead of Socket Mode
	APIURL        string       // of the Web API, with a slash at its end; Slack's own when ""
	Rate          int          // messages a second in the workspace; 5 when 0
	Log           *slog.Logger // required

	once  sync.Once
	api   *slack.Client
	web   *http.Client
	pace  *pacer
	cache cache
	seen  seen

	mu       sync.Mutex
	session  *session  // while it runs
	standing int       // sockets
	down     time.Time // since when none stands
}

// session is one run of the adapter.
type session struct {
	commands []bot.Command
	handle   bot.Handler
	work     context.Context // of what is being answered
	running  sync.WaitGroup
	slots    chan struct{} // holds a token for each request that is being answered
}

// Times and numbers of a run.
const (
	maxAtOnce  = 64              // requests that are answered at the same time
	windUpTime = 4 * time.Second // for those that are being answered at the end
	answerTime = 10 * time.Minute
)

// Platform returns the adapter's name.
func (a *Adapter) Platform() string { return Platform }

// setUp makes the clients, once.
func (a *Adapter) setUp() { a.once.Do(func() { a.setUpWith() }) }

func (a *Adapter) setUpWith(more ...slack.Option) {
	a.web, a.pace = newClient(), newPacer(a.Rate)
	options := append(more, slack.OptionHTTPClient(a.web), slack.OptionAppLevelToken(a.AppToken))
	if a.APIURL != "" {
		options = append(options, slack.OptionAPIURL(a.APIURL))
	}
	a.api = slack.New(a.BotToken, options...)
}

// Run receives what users send until ctx is done. Then nothing more is taken, what is being answered is ended, and the
// connections are closed.
func (a *Adapter) Run(ctx context.Context, cmds []bot.Command, h bot.Handler) error {
	a.setUp()
	if a.HTTP && a.SigningSecret == "" {
		return errors.New("signed requests need SLACK_SIGNING_SECRET: copy it from the app's page “Basic Information”")
	}
	if _, err := a.self(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("sign in to Slack with SLACK_BOT_TOKEN: %w", err)
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	s := &session{commands: cmds, handle: h, work: work, slots: make(chan struct{}, maxAtOnce)}
	a.stands(0)
	a.setSession(s)
	defer a.setSession(nil)
	var err error
	if a.HTTP {
		<-ctx.Done()
	} else {
		err = a.receive(ctx)
	}
	a.setSession(nil)
	timer := time.AfterFunc(windUpTime, stop)
	defer timer.Stop()
	s.running.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (a *Adapter) setSession(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.session = s
}

// enter returns the run that is under way, nil when there is none. It does not end before leave is called.
func (a *Adapter) enter() *session {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session != nil {
		a.session.running.Add(1)
	}
	return a.session
}

func (s *session) leave() { s.running.Done() }

// Post sends a message with its key in its metadata, where Find looks for it.
func (a *Adapter) Post(ctx context.Context, ch bot.Channel, m bot.Message, key bot.DeliveryKey) (string, error) {
	a.setUp()
	id, err := a.addressOf(ctx, ch)
	if err != nil {
		return "", unsent(err)
	}
	return a.post(ctx, id, ch.Thread, m, key)
}

// unsent is the error of a call before the post: whatever became of that call, no message was sent.
func unsent(err error) error {
	if pe := classify(err, true); pe.Class == bot.Ambiguous {
		return &bot.PostError{Class: bot.Wait, RetryAfter: pe.RetryAfter, Err: pe.Err}
	}
	return err
}

// metadataType names our metadata. Everybody in the workspace can read it.
const metadataType = "brief_delivery"

// post sends a message to a conversation and returns its time stamp, which is its ID.
func (a *Adapter) post(ctx context.Context, conversation, thread string, m bot.Message, key bot.DeliveryKey) (ts string, err error) {
	options := drawn(m)
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	if key != "" {
		options = append(options, slack.MsgOptionMetadata(slack.SlackMetadata{
			EventType: metadataType, EventPayload: map[string]any{"delivery_id": string(key)},
		}))
	}
	err = a.pace.send(ctx, conversation, func(ctx context.Context) error {
		_, ts, err = a.api.PostMessageContext(ctx, conversation, options...)
		if err == nil && ts == "" {
			err = errors.New("Slack confirmed the message without saying which it is")
		}
		return err
	})
	return ts, err
}

// drawn is a message as the arguments of a call: nothing in it is parsed as markup, and no link is unfolded.
func drawn(m bot.Message) []slack.MsgOption {
	r := render(m, maxBlocks)
	options := []slack.MsgOption{
		slack.MsgOptionText(r.Text, false), slack.MsgOptionDisableMarkdown(), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if len(r.Blocks) > 0 {
		options = append(options, slack.MsgOptionBlocks(r.Blocks...))
	}
	return options
}

// addressOf returns the conversation that messages to a channel go to; direct messages are opened.
func (a *Adapter) addressOf(ctx context.Context, ch bot.Channel) (string, error) {
	if ch.ID != "" || ch.Kind != bot.Direct {
		return ch.ID, nil
	}
	return a.directWith(ctx, ch.User)
}

// Pages of a history that are read when a message is looked for. Apps that are distributed get 15 messages a page.
const (
	findPages = 10
	findPage  = 200
)

// Find looks for a message in the history by the key in its metadata. The answer is not trustworthy when the history could
// not be read, or not to its end.
func (a *Adapter) Find(ctx context.Context, ch bot.Channel, key bot.DeliveryKey, since time.Time) (id string, found, trustworthy bool, err error) {
	a.setUp()
	conversation, err := a.addressOf(ctx, ch)
	if err != nil {
		return "", false, false, err
	}
	cursor := ""
	for range findPages {
		var page history
		if page, err = a.history(ctx, conversation, ch.Thread, cursor, since); err != nil {
			if class := classify(err, true).Class; class == bot.Wait || class == bot.Ambiguous {
				return "", false, false, err
			}
			return "", false, false, nil // no right to read, or gone: it proves nothing
		}
		for _, m := range page.messages {
			if m.Metadata.EventType == metadataType && m.Metadata.EventPayload["delivery_id"] == string(key) {
				return m.Timestamp, true, true, nil
			}
		}
		if cursor = page.next; !page.more || cursor == "" {
			return "", false, !page.more, nil
		}
	}
	return "", false, false, nil
}

type history struct {
	messages []slack.Message
	more     bool
	next     string
}

func (a *Adapter) history(ctx context.Context, conversation, thread, cursor string, since time.Time) (h history, err error) {
	oldest := fmt.Sprintf("%d.000000", since.Unix())
	if thread != "" {
		err = a.pace.call(ctx, "conversations.replies", func(ctx context.Context) error {
			h.messages, h.more, h.next, err = a.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: conversation, Timestamp: thread, Cursor: cursor, Oldest: oldest, Limit: findPage, IncludeAllMetadata: true,
			})
			return err
		})
		return h, err
	}
	err = a.pace.call(ctx, "conversations.history", func(ctx context.Context) error {
		r, err := a.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: conversation, Cursor: cursor, Oldest: oldest, Limit: findPage, IncludeAllMetadata: true,
		})
		if err == nil {
			h = history{r.Messages, r.HasMore, r.ResponseMetaData.NextCursor}
		}
		return err
	})
	return h, err
}

// Probe asks whether a channel takes messages again, or for an empty ID whether the token works.
func (a *Adapter) Probe(ctx context.Context, ch bot.Channel) error {
	a.setUp()
	switch {
	case ch.Kind == bot.Direct:
		a.cache.forgetDirect(ch.User)
		_, err := a.directWith(ctx, ch.User)
		return err
	case ch.ID == "":
		a.cache.forgetSelf()
		_, err := a.self(ctx)
		return err
	}
	c, err := a.channelInfo(ctx, ch.ID)
	switch {
	case err != nil:
		return err
	case c.IsArchived:
		return &bot.PostError{Class: bot.ChannelStop, Err: errors.New("the channel is archived")}
	case !c.IsMember:
		return &bot.PostError{Class: bot.ChannelStop, Err: errors.New("the bot is not in the channel")}
	}
	return nil
}
