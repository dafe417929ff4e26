package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"podbrief/bot"
)

const (
	// directly is how long an answer may take before the interaction is deferred; Discord waits three seconds.
	directly = 1200 * time.Millisecond
	// tokenLife is how long an interaction can be answered, a little less than Discord's 15 minutes.
	tokenLife = 14 * time.Minute
)

// receiver answers what comes over the gateway.
type receiver struct {
	*Adapter
	cmds   []bot.Command
	handle bot.Handler
	seen   *recent

	answers answers
	servers servers
	drafts  drafts
}

// answer is one interaction while it is answered. Its methods are used by one goroutine at a time.
type answer struct {
	*receiver
	interaction
	began   time.Time
	request bot.Request
	private bool   // the deferral was
	redrawn bool   // the message with the menu was drawn anew, in the place of a deferral
	follow  string // the message that followed then, once there is one
}

// interact answers an interaction.
func (r *receiver) interact(ctx context.Context, i interaction) {
	if i.isBot() || i.user() == "" || i.ChannelID == "" || !r.seen.first(i.ID) {
		return
	}
	a := &answer{receiver: r, interaction: i, began: time.Now()}
	a.request = r.Adapter.request(ctx, &i)
	if err := a.run(ctx); err != nil {
		r.Log.Warn("interaction not answered", "type", i.Type, "err", err)
	}
}

func (a *answer) run(ctx context.Context) error {
	switch a.Type {
	case commandKind:
		a.request.Words = a.words(a.cmds)
		return a.perform(ctx, false)
	case completeKind:
		return a.complete(ctx)
	case pressKind:
		words, ok := a.pressed()
		if !ok {
			return a.outdated(ctx)
		}
		a.request.Words = words
		return a.perform(ctx, true)
	case submitKind:
		words, ok := a.pressed()
		if !ok {
			return a.outdated(ctx)
		}
		a.request.Words, a.request.Fields = words, a.fields()
		return a.perform(ctx, true)
	}
	return nil
}

// outdated answers a press of something that this version does not know.
func (a *answer) outdated(ctx context.Context) error {
	return a.first(ctx, bot.Message{Text: "This button is of an earlier version; use “/brief help” instead.", Private: true})
}

// command is the row of the request's words.
func (a *answer) command() (bot.Command, bool) {
	if len(a.request.Words) == 0 {
		return bot.Command{}, false
	}
	at := slices.IndexFunc(a.cmds, func(c bot.Command) bool { return c.Word == a.request.Words[0] })
	if at < 0 {
		return bot.Command{}, false
	}
	return a.cmds[at], true
}

// complete offers values for an argument.
func (a *answer) complete(ctx context.Context) error {
	offers := []offered{}
	if len(a.Data.Options) > 0 {
		a.request.Words = a.words(a.cmds)
		c, ok := a.command()
		for _, o := range a.Data.Options[0].Options {
			if ok && o.Focused && c.Complete != nil {
				offers = offersOf(c.Complete(a.request, o.Name, o.text()))
			}
		}
	}
	return a.callback(ctx, response{Type: respondComplete, Data: choiceList{offers}}, nil)
}

func offersOf(choices []bot.Choice) []offered {
	out := []offered{}
	for _, c := range choices[:min(len(choices), maxChoices)] {
		if name := label(c.Label, maxOption); name != "" && len([]rune(c.Value)) <= maxOption {
			out = append(out, offered{Name: name, Value: c.Value})
		}
	}
	return out
}

// perform opens the command's form, or lets the bot answer: at once when that is quick, and otherwise with a deferral that is
// edited. pressed says that it came from a message, whose channel is not disturbed.
func (a *answer) perform(ctx context.Context, pressed bool) error {
	c, known := a.command()
	if known && c.Form != nil && a.request.Rights&c.Right != 0 && a.Type != submitKind { // whoever lacks the right is told so
		if f := c.Form(a.request); f != nil {
			if pressed {
				a.drafts.fill(a.draft(), f)
			}
			return a.callback(ctx, response{Type: respondModal, Data: formOf(f)}, nil)
		}
	}
	if known && c.Check != nil && a.request.Fields != nil {
		if wrong := c.Check(a.request, a.request.Fields); len(wrong) > 0 {
			a.drafts.put(a.draft(), a.request.Fields)
			return a.first(ctx, a.again(c, wrong))
		}
		a.drafts.drop(a.draft())
	}
	steps := make(chan bot.Message, 16)
	result := make(chan bot.Message, 1)
	go a.think(ctx, steps, result)
	select {
	case m := <-result:
		return a.first(ctx, m)
	case <-time.After(directly):
	}
	a.private = pressed || c.Private
	if err := a.deferIt(ctx); err != nil {
		return err
	}
	if a.redrawn {
		a.progress(ctx, bot.Message{Text: "One moment …"})
	}
	for {
		select {
		case m := <-steps:
			a.progress(ctx, m)
		case m := <-result:
			return a.last(ctx, m)
		}
	}
}

// progress shows a message until the answer comes.
func (a *answer) progress(ctx context.Context, m bot.Message) {
	if err := a.edit(ctx, m); err != nil {
		a.Log.Debug("progress not shown", "err", err)
	}
}

// think lets the bot answer. A panic ends nothing but the answer.
func (a *answer) think(ctx context.Context, steps chan<- bot.Message, result chan<- bot.Message) {
	m := bot.Message{Text: "Something went wrong on my side and is in the log; try again in a minute.", Private: true}
	defer func() {
		if p := recover(); p != nil {
			a.Log.Error("handler panicked", "panic", p)
		}
		result <- m
	}()
	m = a.handle(ctx, a.request, func(step bot.Message) {
		select {
		case steps <- step:
		default: // the next one says more
		}
	})
}

// first answers with a message, or a form.
func (a *answer) first(ctx context.Context, m bot.Message) error {
	if m.Form != nil && a.Type != submitKind {
		return a.callback(ctx, response{Type: respondModal, Data: formOf(m.Form)}, nil)
	}
	m = m.WithButton()
	if m.IsZero() {
		m = bot.Message{Text: "Done.", Private: true}
	}
	if a.belongsUnder(m) || a.chosen() { // to open a thread may take longer than Discord waits
		a.private = m.Private || a.belongsUnder(m)
		if err := a.deferIt(ctx); err != nil {
			return err
		}
		return a.last(ctx, m)
	}
	r, file := a.reply(m)
	return a.callback(ctx, r, file)
}

// reply draws the first answer.
func (a *answer) reply(m bot.Message) (response, *upload) {
	out := render(m, "")
	if m.Private {
		out.Flags |= ephemeral
	}
	return response{Type: respondMessage, Data: out}, out.file
}

// chosen reports whether something was chosen from a menu, or from a form that a menu may have opened.
func (a *answer) chosen() bool {
	if a.Message == nil || a.Type == pressKind && len(a.Data.Values) == 0 {
		return false
	}
	return slices.ContainsFunc(a.Message.Components, func(r row) bool { return len(r.Components) > 0 && r.Components[0].Type == menuType })
}

// deferIt promises an answer. After a choice it draws the message with the menu anew instead: Discord's clients keep what was
// chosen until then, and would not let that person choose it again. Nobody sees that only components were edited.
// https://github.com/discord/discord-api-docs/issues/3441 and /3134
func (a *answer) deferIt(ctx context.Context) error {
	if a.redrawn = a.chosen(); a.redrawn {
		return a.callback(ctx, response{Type: respondUpdate, Data: redrawing{a.Message.Components, nobody()}}, nil)
	}
	data := deferral{}
	if a.private {
		data.Flags = ephemeral
	}
	return a.callback(ctx, response{Type: respondDefer, Data: data}, nil)
}

// last puts the answer into the place of the deferral. A private one cannot follow a public deferral, so that one goes away.
func (a *answer) last(ctx context.Context, m bot.Message) error {
	m = m.WithButton()
	if m.IsZero() {
		m = bot.Message{Text: "Done.", Private: true}
	}
	if time.Since(a.began) > tokenLife {
		return a.afterAll(ctx, m)
	}
	if m.Private && !a.private && !a.redrawn {
		return a.lastPrivate(ctx, m)
	}
	if a.belongsUnder(m) {
		if told, err := a.under(ctx, m); err == nil {
			m = told
		}
	}
	err := a.edit(ctx, m)
	if e, ok := errors.AsType[*apiError](err); ok && (e.Code == 10015 || e.Code == 50027) { // the token has ended
		return a.afterAll(ctx, m)
	}
	return err
}

// lastPrivate follows a public deferral, which goes away first: what follows a deferral that is there takes its place, and
// would be public too.
func (a *answer) lastPrivate(ctx context.Context, m bot.Message) error {
	err := a.webhook(ctx, http.MethodDelete, "/messages/@original", nil, nil, nil)
	if e, ok := errors.AsType[*apiError](err); err != nil && (!ok || e.Code != unknownMessage) {
		return err
	}
	out := render(m, "")
	out.Flags |= ephemeral
	return a.webhook(ctx, http.MethodPost, "", out, out.file, nil)
}

// unknownMessage is Discord's code for a message that is not there.
const unknownMessage = 10008

// afterAll posts an answer that came when the interaction could not be answered any more.
func (a *answer) afterAll(ctx context.Context, m bot.Message) error {
	ch := a.request.Channel
	if a.private || m.Private || a.request.CannotPost {
		ch = a.request.Personal
	}
	_, err := a.Post(ctx, ch, m, bot.DeliveryKey("late-"+a.ID))
	return err
}

// edit shows a message in the place of the deferral. Behind a menu that was drawn anew there is none at first.
func (a *answer) edit(ctx context.Context, m bot.Message) error {
	out := render(m, "")
	if !a.redrawn || a.follow != "" {
		return a.webhook(ctx, http.MethodPatch, "/messages/"+cmp.Or(a.follow, "@original"), out, out.file, nil)
	}
	if a.private || m.Private {
		out.Flags |= ephemeral
	}
	var made struct{ ID string }
	err := a.webhook(ctx, http.MethodPost, "", out, out.file, &made)
	a.follow = made.ID
	return err
}

// belongsUnder reports whether an answer is for everybody and long, so that it goes under the message that was pressed.
func (a *answer) belongsUnder(m bot.Message) bool {
	return m.InThread && !m.Private && a.Message != nil && a.Guild != "" && !a.request.CannotPost && a.request.Channel.Kind == bot.Room &&
		(a.Channel == nil || !a.Channel.isThread())
}

// under posts an answer into the thread under the message, and says where it is.
func (a *answer) under(ctx context.Context, m bot.Message) (bot.Message, error) {
	thread, err := a.threadUnder(ctx, a.request.Channel.ID, a.Message.ID, questions)
	if err != nil {
		return bot.Message{}, err
	}
	out := render(m, "")
	out.Nonce, out.EnforceNonce = nonce(bot.DeliveryKey("answer-"+a.ID)), true
	if _, err := a.create(ctx, thread, out); err != nil {
		return bot.Message{}, err
	}
	return bot.Message{Text: "The answer is in the thread under the brief.", Private: true}, nil
}

// callback sends the first answer.
func (a *answer) callback(ctx context.Context, r response, file *upload) error {
	path := fmt.Sprintf("/interactions/%s/%s/callback", url.PathEscape(a.ID), url.PathEscape(a.Token))
	return a.rest.do(ctx, call{method: http.MethodPost, path: path, body: r, file: file, free: true}, nil)
}

// webhook makes a call with the interaction's token. The answer goes into out unless it is nil.
func (a *answer) webhook(ctx context.Context, method, path string, body payload, file *upload, out any) error {
	self, err := a.whoAmI(ctx)
	if err != nil {
		return err
	}
	path = fmt.Sprintf("/webhooks/%s/%s%s", self.Application, url.PathEscape(a.Token), path)
	return a.rest.do(ctx, call{method: method, path: path, body: body, file: file, free: true}, out)
}

// recent remembers the last IDs, so that what comes twice is done once.
type recent struct {
	mu    sync.Mutex
	known map[string]bool
	order []string
	most  int
}

func newRecent(most int) *recent { return &recent{known: map[string]bool{}, most: most} }

// has reports whether an ID was seen.
func (r *recent) has(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[id]
}

// first reports whether an ID was not seen before.
func (r *recent) first(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[id] {
		return false
	}
	r.known[id] = true
	r.order = append(r.order, id)
	if len(r.order) > r.most {
		delete(r.known, r.order[0])
		r.order = r.order[1:]
	}
	return true
}
