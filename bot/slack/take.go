package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"podbrief/bot"
)

// How long payloads are remembered, so that one that is delivered again is not acted on again: Slack repeats events after
// one and five minutes, and was seen to repeat them an hour later.
const (
	seenTime = time.Hour
	maxSeen  = 5_000
)

// seen remembers payloads by their ID, each with its answer. The zero value is ready.
type seen struct {
	mu  sync.Mutex
	of  map[string]*answered
	ids []string // oldest first
}

// answered is a payload's answer, once there is one.
type answered struct {
	at    time.Time
	ready chan struct{} // closed when answer is there
	value any
}

// add remembers an ID. It returns false when it was there.
func (s *seen) add(id string) (*answered, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.of == nil {
		s.of = map[string]*answered{}
	}
	for len(s.ids) > 0 && (len(s.ids) >= maxSeen || s.of[s.ids[0]] == nil || now.Sub(s.of[s.ids[0]].at) > seenTime) {
		delete(s.of, s.ids[0])
		s.ids = s.ids[1:]
	}
	if known, ok := s.of[id]; ok {
		return known, false
	}
	a := &answered{at: now, ready: make(chan struct{})}
	s.of[id], s.ids = a, append(s.ids, id)
	return a, true
}

// is says what the answer is.
func (a *answered) is(value any) {
	a.value = value
	close(a.ready)
}

// wait returns the answer, or nil when there is none in time.
func (a *answered) wait(d time.Duration) any {
	select {
	case <-a.ready:
		return a.value
	case <-time.After(d):
		return nil
	}
}

// forget lets an ID be acted on when it is delivered again.
func (s *seen) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, id)
}

// checkTime is how long the lookups may take that an acknowledgement or a form waits for: Slack waits for three seconds.
const checkTime = 1500 * time.Millisecond

// taken is a payload that is to be acknowledged.
type taken struct {
	id     string
	answer any    // the acknowledgement's payload; nil for an empty one
	work   func() // what is to be done afterwards, at once; may be nil
}

// take reads a payload and says how to acknowledge it. What does not concern us is acknowledged and nothing else; what was
// delivered before gets the same acknowledgement again.
func (a *Adapter) take(s *session, kind string, body []byte) (taken, error) {
	self, err := a.self(s.work)
	if err != nil {
		return taken{}, err
	}
	in, err := decode(kind, body, self)
	if err != nil {
		a.Log.Warn("payload not understood", "kind", kind, "err", err)
		return taken{}, nil
	}
	if in.id == "" {
		h := sha256.Sum256(body)
		in.id = hex.EncodeToString(h[:])
	}
	if in.zero() {
		return taken{}, nil
	}
	answer, isNew := a.seen.add(in.id)
	if !isNew {
		return taken{answer: answer.wait(checkTime)}, nil
	}
	var wrong any
	if in.fields != nil {
		wrong = a.check(s, in)
	}
	answer.is(wrong)
	if wrong != nil {
		return taken{id: in.id, answer: wrong}, nil
	}
	return taken{id: in.id, work: func() { a.begin(s, in) }}, nil
}

// check says what is wrong with a form that was submitted.
func (a *Adapter) check(s *session, in incoming) any {
	c, ok := s.command(in.words)
	if !ok || c.Check == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(s.work, checkTime)
	defer cancel()
	r, err := a.request(ctx, in, s)
	if err != nil {
		return nil // the answer will say so
	}
	return wrongFields(c.Check(r, in.fields))
}

// begin answers what came in, in a goroutine of its own.
func (a *Adapter) begin(s *session, in incoming) {
	arrived := time.Now()
	s.running.Go(func() {
		s.slots <- struct{}{}
		defer func() { <-s.slots }()
		ctx, cancel := context.WithTimeout(s.work, answerTime)
		defer cancel()
		a.answer(ctx, s, in, arrived)
	})
}

// answer opens the form that a command has, or else asks the bot and sends what it says.
func (a *Adapter) answer(ctx context.Context, s *session, in incoming, arrived time.Time) {
	if in.event == bot.Gone {
		a.cache.forgetMember(in.channel)
	}
	p := &reply{Adapter: a, in: in, began: arrived}
	lctx, cancel := context.WithTimeout(ctx, checkTime)
	r, err := a.request(lctx, in, s)
	cancel()
	if err != nil {
		a.Log.Error("sender not looked up", "user", in.user, "channel", in.channel, "err", err)
		if in.event == bot.None && !in.implicit {
			p.last(ctx, bot.Message{Private: true, Text: "I could not look you up in this workspace, so nothing was done; try again in a minute."})
		}
		return
	}
	p.request = r
	c, _ := s.command(in.words)
	if f := formFor(c, r, in); f != nil && a.openForm(ctx, f, in, arrived) {
		return
	}
	m := p.ask(ctx, s.handle, c)
	m.Private = m.Private || c.Private
	if m.Form != nil && a.openForm(ctx, m.Form, in, arrived) {
		return
	}
	if in.event == bot.HomeOpened {
		a.publishHome(ctx, in.user, m)
		return
	}
	if !m.IsZero() {
		p.last(ctx, withoutForm(m))
	}
	if in.home && in.event == bot.None {
		a.refreshHome(ctx, s, r)
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

// triggerTime is how long after a payload its form can be opened.
const triggerTime = 2700 * time.Millisecond

// openForm opens a form, when there is time.
func (a *Adapter) openForm(ctx context.Context, f *bot.Form, in incoming, arrived time.Time) bool {
	left := time.Until(arrived.Add(triggerTime))
	if in.trigger == "" || in.fields != nil || left <= 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	err := a.pace.call(ctx, "views.open", func(ctx context.Context) error {
		_, err := a.api.OpenViewContext(ctx, in.trigger, modal(f, in))
		return err
	})
	if err != nil {
		a.Log.Warn("form not opened", "command", f.Command, "err", err)
	}
	return err == nil
}

// withoutForm is a message whose form could not be opened: a button opens it.
func withoutForm(m bot.Message) bot.Message {
	if m.Form == nil {
		return m
	}
	m.Text = join("\n", m.Text, m.Form.Intro, "Press the button to fill in the form.")
	m.Actions = append(m.Actions, bot.Action{Label: m.Form.Title, Command: m.Form.Command, Form: true})
	m.Form, m.Private = nil, true
	return m
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

// encode is an acknowledgement's payload; nothing for an empty one.
func (t taken) encode() json.RawMessage {
	if t.answer == nil {
		return nil
	}
	b, err := json.Marshal(t.answer)
	if err != nil {
		panic(err) // maps of strings always encode
	}
	return b
}
