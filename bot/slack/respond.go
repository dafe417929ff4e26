package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"podbrief/bot"
)

// An address to answer at can be used five times within half an hour.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
const (
	maxUses = 5
	urlTime = 29 * time.Minute
	// deferTime is how long an answer may take before a place-holder says that it is under way.
	deferTime = time.Second
)

// reply sends the answer to one request to where it came from: a line that says that work is under way, then the answer in
// its place. It is used by one goroutine at a time.
type reply struct {
	*Adapter
	in      incoming
	request bot.Request
	began   time.Time

	uses    int    // of the address to answer at
	shown   bool   // a place-holder stands there
	open    bool   // and everybody sees it
	ts      string // the place-holder is this message
	private bool   // the command's answers are for the asker only
	view    string // a form that is held open
}

// ask lets the bot answer.
func (p *reply) ask(ctx context.Context, h bot.Handler, c bot.Command) bot.Message {
	p.private = c.Private
	return asked(ctx, h, p.request, c, func(m bot.Message) { p.meanwhile(ctx, m) })
}

// asked calls h. When that takes long, what it says meanwhile is shown.
func asked(ctx context.Context, h bot.Handler, r bot.Request, c bot.Command, show func(bot.Message)) bot.Message {
	progress, done := make(chan bot.Message, 16), make(chan bot.Message, 1)
	go func() {
		done <- h(ctx, r, func(m bot.Message) {
			select {
			case progress <- m:
			default: // only the newest lines matter, and there is no room for many
			}
		})
	}()
	if !c.Slow {
		return <-done
	}
	select {
	case m := <-done:
		return m
	case <-time.After(deferTime):
	}
	if len(progress) == 0 {
		show(bot.Message{Text: "Working on it…"})
	}
	for {
		select {
		case m := <-done:
			return m
		case m := <-progress:
			show(m)
		}
	}
}

// meanwhile shows a line in the place of the answer.
func (p *reply) meanwhile(ctx context.Context, m bot.Message) {
	if p.in.implicit && !p.shown || p.uses >= maxUses-2 {
		return // whether the question is ours to answer is not known yet; or the address is needed for the answer
	}
	m.Private = p.private
	if m.Private && !p.byURL(m) {
		return // what only one person sees cannot be edited without an address
	}
	if err := p.show(ctx, m); err != nil {
		p.Log.Warn("progress not shown", "channel", p.in.channel, "err", err)
	}
}

// last sends the answer; it is shown in the form that was held open, when there is one.
func (p *reply) last(ctx context.Context, m bot.Message) {
	if p.view != "" && p.updateView(ctx, saying(join("\n", m.Heading, m.Text))) {
		return
	}
	apart := p.apart(m)
	if (m.Private || apart) && p.open {
		p.takeBack(ctx)
	}
	send := p.patiently
	if apart {
		send = p.inThread
	}
	err := send(ctx, m)
	if err == nil && m.File != nil {
		err = p.share(ctx, m)
	}
	if err != nil {
		p.Log.Error("answer not sent", "channel", p.in.channel, "user", p.in.user, "err", err)
	}
}

// longAnswer is how many characters of an answer to a typed command a channel is not spared.
const longAnswer = 1_500

// apart reports whether an answer goes into a thread of its own: a long one to a command that was typed in a channel, since
// what is typed makes no message that could be answered in its thread.
func (p *reply) apart(m bot.Message) bool {
	n := utf8.RuneCountInString(m.Text)
	for _, s := range m.Sections {
		n += utf8.RuneCountInString(s.Heading) + utf8.RuneCountInString(s.Text) + utf8.RuneCountInString(s.Quote)
	}
	return m.InThread && !m.Private && p.in.slash && p.request.Channel.Kind == bot.Room && !p.request.CannotPost && n > longAnswer
}

// inThread posts what an answer says in a few words, and the rest in the thread of that.
func (p *reply) inThread(ctx context.Context, m bot.Message) error {
	asked := "“/brief " + strings.Join(p.in.words, " ") + "”"
	head := bot.Message{Heading: m.Heading, Text: join("\n", m.Text, "The rest of the answer to "+asked+" is in the thread.")}
	if m.Text == "" {
		head.Text = "The answer to " + asked + " is in the thread."
	}
	p.in.slash = false // from here on it is as if the head had been answered
	if err := p.patiently(ctx, head); err != nil {
		return err
	}
	p.in.reply, p.ts, m.Heading, m.Text = p.ts, "", "", ""
	return p.patiently(ctx, m)
}

// patiently sends the answer, and again when Slack asked to wait with it.
func (p *reply) patiently(ctx context.Context, m bot.Message) error {
	for range 3 {
		err := p.show(ctx, m)
		pe, ok := errors.AsType[*bot.PostError](err)
		if !ok || pe.Class != bot.Wait {
			return err
		}
		select {
		case <-time.After(max(pe.RetryAfter, channelPace)):
		case <-ctx.Done():
			return err
		}
	}
	return p.show(ctx, m)
}

// byURL reports whether a message goes to the address of the request: answers to typed commands, and those that only the
// asker sees.
func (p *reply) byURL(m bot.Message) bool {
	return p.in.url != "" && p.uses < maxUses && time.Since(p.began) < urlTime && (p.in.slash || p.in.hidden || m.Private && !p.in.direct)
}

// show sends a message, or edits the one that stands in its place.
func (p *reply) show(ctx context.Context, m bot.Message) error {
	if p.byURL(m) {
		err := p.toURL(ctx, m)
		if err == nil || !errors.Is(err, errExpired) {
			return err
		}
		p.uses = maxUses
	}
	channel, err := p.conversation(ctx)
	if err != nil {
		return err
	}
	thread := p.in.reply
	switch {
	case m.Private && !p.in.direct:
		options := append(drawn(m), slack.MsgOptionTS(thread))
		return p.pace.call(ctx, "chat.postEphemeral", func(ctx context.Context) error {
			_, err := p.api.PostEphemeralContext(ctx, channel, p.in.user, options...)
			return err
		})
	case p.ts != "":
		err := p.pace.send(ctx, channel, func(ctx context.Context) error {
			_, _, _, err := p.api.UpdateMessageContext(ctx, channel, p.ts, drawn(m)...)
			return err
		})
		if c := code(err); c != "message_not_found" && c != "cant_update_message" && c != "edit_window_closed" {
			return err
		}
	}
	ts, err := p.post(ctx, channel, thread, m, "") // also when somebody deleted the place-holder
	p.ts, p.shown, p.open = ts, true, true
	return err
}

// conversation is where answers are posted: those to the App Home go to the direct messages.
func (p *reply) conversation(ctx context.Context) (string, error) {
	if p.in.channel != "" {
		return p.in.channel, nil
	}
	return p.directWith(ctx, p.in.user)
}

// takeBack removes a place-holder that everybody sees.
func (p *reply) takeBack(ctx context.Context) {
	var err error
	if p.ts != "" {
		err = p.pace.call(ctx, "chat.delete", func(ctx context.Context) error {
			_, _, err := p.api.DeleteMessageContext(ctx, p.in.channel, p.ts)
			return err
		})
	} else {
		err = p.send(ctx, map[string]any{"delete_original": true})
	}
	if err != nil {
		p.Log.Warn("place-holder not removed", "channel", p.in.channel, "err", err)
	}
	p.ts, p.shown, p.open = "", false, false
}

// toURL sends a message to the address of the request.
func (p *reply) toURL(ctx context.Context, m bot.Message) error {
	r := render(m, maxBlocks)
	body := map[string]any{
		"response_type": "in_channel", "replace_original": p.shown, "text": r.Text, "mrkdwn": false, "unfurl_links": false, "unfurl_media": false,
	}
	if m.Private {
		body["response_type"] = "ephemeral"
	}
	if len(r.Blocks) > 0 {
		body["blocks"] = r.Blocks
	}
	if p.in.hidden && p.in.reply != "" {
		body["thread_ts"] = p.in.reply
	}
	if err := p.send(ctx, body); err != nil {
		return err
	}
	p.shown, p.open = true, !m.Private
	return nil
}

// errExpired says that an address to answer at does not take an answer, most often because its time is over.
var errExpired = errors.New("the address to answer at has expired")

// send posts JSON to the address of the request.
func (p *reply) send(ctx context.Context, body map[string]any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	p.uses++
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.in.url, bytes.NewReader(b))
	if err != nil {
		return errExpired
	}
	req.Header.Set("Content-Type", "application/json")
	var resp *http.Response
	err = traced(ctx, func(ctx context.Context) (err error) {
		resp, err = p.web.Do(req.WithContext(ctx))
		return err
	})
	if pe, ok := errors.AsType[*bot.PostError](err); ok && pe.Class == bot.Wait {
		return errExpired // it was not reached
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("answer a request: %w", u.Err) // without the address, which is a secret
	}
	if err != nil {
		return fmt.Errorf("answer a request: %w", err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil
	case resp.StatusCode >= 400 && resp.StatusCode < 500:
		return errExpired
	}
	return fmt.Errorf("answer a request: status %s", resp.Status)
}

// share uploads the file of a message: one for the asker only goes to the direct messages.
func (p *reply) share(ctx context.Context, m bot.Message) error {
	channel, err := p.conversation(ctx)
	thread := p.in.reply
	if m.Private && !p.in.direct {
		channel, err = p.directWith(ctx, p.in.user)
		thread = ""
	}
	if err != nil {
		return err
	}
	err = p.pace.call(ctx, "files", func(ctx context.Context) error {
		_, err := p.api.UploadFileContext(ctx, slack.UploadFileParameters{
			Filename: m.File.Name, Title: m.File.Name, Content: string(m.File.Body), FileSize: len(m.File.Body), Channel: channel, ThreadTimestamp: thread,
		})
		return err
	})
	if err != nil {
		p.show(ctx, bot.Message{Private: true, Text: "I could not send the file: " + err.Error() + "."}) //nolint:errcheck // the first error is the one to tell
		return fmt.Errorf("send file %q: %w", m.File.Name, err)
	}
	return nil
}
