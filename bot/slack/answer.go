package slack

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"podbrief/bot"
	"podbrief/bot/fit"
)

// Times of an answer, from the arrival of its request on.
const (
	// holdTime is how long a form waits for the lookups that it needs; then it opens empty and is filled in later, since
	// after three seconds none can be opened any more.
	holdTime    = 700 * time.Millisecond
	triggerTime = 2700 * time.Millisecond // how long a form can be opened, with a margin
	lookUpTime  = 10 * time.Second        // for all lookups
)

// answer opens the form that a command has, or else asks the bot and sends what it says.
func (a *Adapter) answer(ctx context.Context, s *session, in incoming, arrived time.Time) {
	if in.event == bot.Gone {
		a.cache.forgetMember(in.channel)
	}
	c, _ := s.command(in.words)
	p := &reply{Adapter: a, in: in, began: arrived}
	if err := p.lookUp(ctx, s, c); err != nil {
		a.Log.Error("sender not looked up", "user", in.user, "channel", in.channel, "err", err)
		if in.event == bot.None && !in.implicit {
			p.last(ctx, bot.Message{Private: true, Text: "I could not look you up in this workspace, so nothing was done; try again in a minute."})
		}
		return
	}
	if f := formFor(c, p.request, in); f != nil && p.openForm(ctx, f) {
		return
	}
	m := p.ask(ctx, s.handle, c)
	m.Private = m.Private || c.Private
	if m.Form != nil && p.openForm(ctx, m.Form) {
		return
	}
	if in.event == bot.HomeOpened {
		a.publishHome(ctx, in.user, m)
		return
	}
	if !m.IsZero() {
		p.last(ctx, m.WithButton())
	}
	if in.home && in.event == bot.None {
		a.refreshHome(ctx, s, p.request)
	}
}

// lookUp finds out who sent the request and what they may do. When that takes long and the command has a form, the form is
// opened empty meanwhile.
func (p *reply) lookUp(ctx context.Context, s *session, c bot.Command) (err error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.request, err = p.Adapter.request(ctx, p.in, s)
	}()
	select {
	case <-done:
		return err
	case <-time.After(holdTime):
	}
	if p.mayOpenForm(c) {
		p.hold(ctx)
	}
	<-done
	return err
}

// mayOpenForm reports whether a command would open a form, as far as its words tell.
func (p *reply) mayOpenForm(c bot.Command) bool {
	return c.Form != nil && p.in.trigger != "" && p.in.fields == nil &&
		c.Form(bot.Request{Channel: bot.Channel{Platform: Platform, ID: p.in.channel}, User: p.in.user, Words: p.in.words}) != nil
}

// hold opens a form that says that its content is under way.
func (p *reply) hold(ctx context.Context) {
	v, err := p.openView(ctx, saying("One moment…"))
	if err != nil {
		p.Log.Warn("form not held open", "err", err)
		return
	}
	p.view = v
}

// saying is a form that only says something.
func saying(text string) slack.ModalViewRequest {
	text, _ = fit.Sentences(cmp.Or(bot.Clean(text), "…"), maxField, fit.Characters)
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plainText("Podbrief"), Close: plainText("Close"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewSectionBlock(plainText(text), nil, nil)}},
	}
}

// formFor returns the form that a request opens; nil when it is answered without, also because it will be refused.
func formFor(c bot.Command, r bot.Request, in incoming) *bot.Form {
	personal := len(in.words) > 1 && in.words[1] == "@me" || r.Channel.Kind == bot.Direct
	switch {
	case c.Form == nil, in.fields != nil, in.trigger == "", r.Rights&(c.Right|bot.Own) == 0:
		return nil
	case c.Right == bot.Manage && !personal && (r.CannotPost || r.Channel.Kind == bot.Foreign || r.Rights&bot.Manage == 0):
		return nil
	}
	return c.Form(r)
}

// openForm opens a form, when there is time, or fills in the one that was held open.
func (p *reply) openForm(ctx context.Context, f *bot.Form) bool {
	if p.view != "" {
		return p.updateView(ctx, modal(f, p.in))
	}
	_, err := p.openView(ctx, modal(f, p.in))
	if err != nil && !errors.Is(err, errLate) {
		p.Log.Warn("form not opened", "command", f.Command, "err", err)
	}
	return err == nil
}

// errLate says that no form can be opened for a request, or not any more.
var errLate = errors.New("it is too late to open a form")

// openView opens a form and returns its ID.
func (p *reply) openView(ctx context.Context, v slack.ModalViewRequest) (id string, err error) {
	left := time.Until(p.began.Add(triggerTime))
	if p.in.trigger == "" || p.in.fields != nil || left <= 0 {
		return "", errLate
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	err = p.pace.call(ctx, "views.open", func(ctx context.Context) error {
		r, err := p.api.OpenViewContext(ctx, p.in.trigger, v)
		if err == nil {
			id = r.ID
		}
		return err
	})
	return id, err
}

// updateView puts a form in the place of the one that was held open.
func (p *reply) updateView(ctx context.Context, v slack.ModalViewRequest) bool {
	err := p.pace.call(ctx, "views.update", func(ctx context.Context) error {
		_, err := p.api.UpdateViewContext(ctx, v, "", "", p.view)
		return err
	})
	if err != nil {
		p.Log.Warn("form not filled in", "err", err)
	}
	return err == nil
}

// publishHome shows a message as somebody's App Home.
func (a *Adapter) publishHome(ctx context.Context, user string, m bot.Message) {
	view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: render(m, maxHomeBlocks).Blocks}}
	err := a.pace.call(ctx, "views.publish", func(ctx context.Context) error {
		_, err := a.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: view})
		return err
	})
	if err != nil {
		a.Log.Warn("home not shown", "user", user, "err", err)
	}
}

// maxHomeBlocks is how many blocks the App Home takes. https://docs.slack.dev/reference/views/home-tab-views
const maxHomeBlocks = 100

// refreshHome shows the App Home anew after something was done in it.
func (a *Adapter) refreshHome(ctx context.Context, s *session, r bot.Request) {
	r.Words, r.Fields, r.Event = nil, nil, bot.HomeOpened
	if m := s.handle(ctx, r, nil); !m.IsZero() {
		a.publishHome(ctx, r.User, m)
	}
}
