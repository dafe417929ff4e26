package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"podbrief/bot"
)

// answerTime bounds an answer: after it nobody waits any more.
const answerTime = 20 * time.Minute

// event takes what comes over the gateway. It is called by the connection and never blocks it.
func (r *receiver) event(name string, data json.RawMessage) {
	switch name {
	case "INTERACTION_CREATE":
		spawn(r, data, r.interact)
	case "MESSAGE_CREATE":
		spawn(r, data, r.message)
	case "READY":
		spawn(r, data, r.listed)
	case "GUILD_CREATE":
		spawn(r, data, func(ctx context.Context, g guild) { r.guildEvent(ctx, g, bot.Joined) })
	case "GUILD_DELETE":
		spawn(r, data, func(ctx context.Context, g guild) { r.guildEvent(ctx, g, bot.Left) })
	case "CHANNEL_DELETE":
		spawn(r, data, func(ctx context.Context, c place) { r.channelEvent(ctx, c, bot.Gone) })
	case "CHANNEL_UPDATE":
		spawn(r, data, func(ctx context.Context, c place) { r.channelEvent(ctx, c, bot.Renamed) })
	case "THREAD_DELETE":
		spawn(r, data, func(_ context.Context, c place) { r.places.drop(c.ID) })
	}
}

// answers are those being made. Once they ended none begins: an event may come of a connection that is given up.
// They are safe for concurrent use.
type answers struct {
	mu      sync.Mutex
	ended   bool
	running sync.WaitGroup
}

// begin reports whether an answer may be made; it is then told when it is done.
func (a *answers) begin() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.ended {
		a.running.Add(1)
	}
	return !a.ended
}

func (a *answers) done() { a.running.Done() }

// end lets no answer begin any more, and waits for those being made, for the grace at most.
func (a *answers) end(grace time.Duration) {
	a.mu.Lock()
	a.ended = true
	a.mu.Unlock()
	all := make(chan struct{})
	go func() {
		a.running.Wait()
		close(all)
	}()
	select {
	case <-all:
	case <-time.After(grace):
	}
}

// spawn reads an event and answers it on its own; it reports whether it does. A panic ends nothing but the answer.
func spawn[T any](r *receiver, data json.RawMessage, do func(context.Context, T)) bool {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		r.Log.Warn("event not read", "err", err)
		return false
	}
	if !r.answers.begin() {
		return false
	}
	go func() {
		defer r.answers.done()
		defer func() {
			if p := recover(); p != nil {
				r.Log.Error("event handler panicked", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		defer cancel()
		do(ctx, v)
	}()
	return true
}

// guild is a server, as events tell of it.
type guild struct {
	ID          string
	Unavailable bool
}

// guildEvent passes on that a server has the bot or removed it; one that Discord cannot reach for a while is not gone.
func (r *receiver) guildEvent(ctx context.Context, g guild, e bot.Event) {
	if g.Unavailable || g.ID == "" {
		return
	}
	r.handle(ctx, bot.Request{Event: e, Channel: bot.Channel{Platform: Platform, Workspace: g.ID}}, nil)
}

// ready is what a session begins with.
type ready struct {
	Shard  [2]int  // its number, and how many there are; not told when there is one
	Guilds []guild // the shard's
}

// listed passes on which servers have the bot, once each shard has told its own.
func (r *receiver) listed(ctx context.Context, d ready) {
	all, complete := r.servers.add(d)
	if complete {
		r.handle(ctx, bot.Request{Event: bot.Listed, Channel: bot.Channel{Platform: Platform}, Words: append(all, workspaceOfDirect)}, nil)
	}
}

// servers collects the lists of the shards. It is safe for concurrent use.
type servers struct {
	mu      sync.Mutex
	byShard map[int][]string
}

// add takes a shard's list and returns that of all, and whether it is complete.
func (s *servers) add(d ready) (all []string, complete bool) {
	if d.Guilds == nil {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byShard == nil {
		s.byShard = map[int][]string{}
	}
	ids := []string{}
	for _, g := range d.Guilds {
		ids = append(ids, nonEmpty(g.ID)...)
	}
	s.byShard[d.Shard[0]] = ids
	for _, of := range s.byShard {
		all = append(all, of...)
	}
	return all, len(s.byShard) >= d.Shard[1]
}

func (r *receiver) channelEvent(ctx context.Context, c place, e bot.Event) {
	if c.Guild == "" {
		return
	}
	if _, known := r.places.get(c.ID); known {
		r.places.put(c)
	}
	if e == bot.Gone {
		r.places.drop(c.ID)
	}
	r.handle(ctx, bot.Request{Event: e, Channel: bot.Channel{Platform: Platform, Workspace: c.Guild, ID: c.ID, Name: c.Name}}, nil)
}

// message answers what somebody wrote to the bot: direct messages, mentions, replies to its messages, and, when it may read
// them, messages in a brief's thread.
func (r *receiver) message(ctx context.Context, w written) {
	self, err := r.whoAmI(ctx)
	if err != nil || w.Author.ID == self.User || w.Author.Bot || w.Webhook != "" || w.Type != plainMessage && w.Type != replyMessage {
		return
	}
	mentioned, replied := w.addressed(self.User)
	text := w.asked(self.User)
	if w.Guild != "" && !mentioned && !replied && !r.MessageContent || text == "" && !mentioned || !r.seen.first("m"+w.ID) {
		return
	}
	req := bot.Request{User: w.Author.ID, Words: bot.Split(text), Rights: bot.Read | bot.Own, Personal: personal(w.Author.ID)}
	if w.Guild == "" {
		req.Channel = req.Personal
		r.direct.Store(w.Author.ID, w.ChannelID)
	} else {
		at, err := r.place(ctx, w.ChannelID)
		if err != nil {
			r.Log.Warn("channel of a message not known", "err", err)
			return
		}
		req.Channel, req.Thread = r.channelOf(ctx, w.Guild, at)
		req.Implicit = !mentioned && !replied
	}
	if w.Replied != nil && req.Thread == "" {
		req.Thread = w.Replied.ID
	}
	if req.Implicit && req.Thread == "" {
		return
	}
	if w.Guild != "" && r.changes(req.Words) {
		rights, err := r.writerRights(ctx, w, req.Channel)
		if err != nil {
			r.Log.Warn("rights of a writer not known", "err", err)
			r.reply(ctx, w, "", bot.Message{Text: "I cannot see here what you may change; send it as “/brief " + req.Words[0] + "” instead."})
			return
		}
		req.Rights = rights
	}
	r.answerMessage(ctx, w, req)
}

// changes reports whether words are a command that not everybody may use, or one of whose uses is: what a channel's votes
// taught is its managers' to change.
func (r *receiver) changes(words []string) bool {
	return len(words) > 0 && slices.ContainsFunc(r.cmds, func(c bot.Command) bool {
		return c.Word == strings.ToLower(words[0]) && (c.Right&(bot.Manage|bot.Administer) != 0 || c.Word == "profile" && len(words) > 1 && words[1] != "forget")
	})
}

// answerMessage lets the bot answer, and replies. Nothing of it is private: only interactions can be answered so.
func (r *receiver) answerMessage(ctx context.Context, w written, req bot.Request) {
	typing := time.AfterFunc(directly, func() {
		err := r.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + url.PathEscape(w.ChannelID) + "/typing"}, nil)
		if err != nil {
			r.Log.Debug("typing not shown", "err", err)
		}
	})
	m := r.handle(ctx, req, nil)
	typing.Stop()
	if m.IsZero() {
		return
	}
	r.reply(ctx, w, r.threadFor(ctx, w, req, m), m)
}

// reply answers a message: in a thread, or else where it stands.
func (r *receiver) reply(ctx context.Context, w written, thread string, m bot.Message) {
	out := render(m.WithButton(), "")
	out.Nonce, out.EnforceNonce = nonce(bot.DeliveryKey("reply-"+w.ID)), true
	if thread == "" {
		thread, out.Reference = w.ChannelID, &reference{MessageID: w.ID}
	}
	if _, err := r.create(ctx, thread, out); err != nil {
		r.Log.Warn("message not answered", "err", err)
	}
}

// threadFor returns the thread under a brief of ours that was replied to in the channel; "" when the answer is a reply.
func (r *receiver) threadFor(ctx context.Context, w written, req bot.Request, m bot.Message) string {
	if !m.InThread || w.Guild == "" || w.Replied == nil || w.Replied.ID != req.Thread || req.Channel.Kind != bot.Room {
		return ""
	}
	thread, err := r.threadUnder(ctx, w.ChannelID, w.Replied.ID, questions)
	if err != nil {
		return ""
	}
	return thread
}
