package discord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// echo answers with the words that it was asked.
func echo(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
	return bot.Message{Text: "heard: " + strings.Join(r.Words, " ")}
}

func commands() []bot.Command { return (&bot.Bot{}).Commands() }

// TestEveryCommand plays every command with every argument.
func TestEveryCommand(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	cmds := commands()
	for i := range cmds {
		cmds[i].Form = nil // forms are another test's
	}
	s.run(cmds, p.handle)
	for _, c := range cmds {
		var options, want []string
		want = append(want, c.Word)
		for _, arg := range c.Args {
			value := "two words"
			if len(arg.Choices) > 0 {
				value = arg.Choices[0].Value
			}
			options, want = append(options, arg.Name, value), append(want, value)
		}
		a := s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, discordtest.ManageGuild), c.Word, options...)))
		if a.Type != respondMessage {
			t.Errorf("%s: answered with %d, want a message", c.Word, a.Type)
		}
		r := <-p.asked
		if got := strings.Join(r.Words, " "); got != strings.Join(want, " ") {
			t.Errorf("%s: asked %q, want %q", c.Word, got, want)
		}
		if r.Channel != general() || r.User != discordtest.User || r.Rights&bot.Administer == 0 || r.CannotPost {
			t.Errorf("%s: the request is %+v", c.Word, r)
		}
	}
}

func TestRights(t *testing.T) {
	member := bot.Read | bot.Own
	for _, tt := range []struct {
		name        string
		permissions uint64
		want        bot.Rights
	}{
		{"member", 0, member},
		{"manages channels", discordtest.ManageChannels, member | bot.Manage},
		{"manages the server", discordtest.ManageGuild, member | bot.Manage | bot.Administer},
		{"administrator", 1 << 3, member | bot.Manage | bot.Administer},
	} {
		s, p := newStage(t), newPlay(echo)
		s.run(nil, p.handle)
		s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, tt.permissions), "status")))
		if r := <-p.asked; r.Rights != tt.want {
			t.Errorf("%s: rights %b, want %b", tt.name, r.Rights, tt.want)
		}
	}
}

func TestWhere(t *testing.T) {
	foreign := discordtest.In(discordtest.General, 0)
	foreign["authorizing_integration_owners"] = map[string]any{"1": discordtest.User}
	mute := discordtest.In(discordtest.General, 0)
	mute["app_permissions"] = "1024"
	group := discordtest.InDM()
	group["context"] = 2
	thread := discordtest.In("777", 0)
	thread["channel"] = map[string]any{"id": "777", "type": discordtest.PublicThread, "parent_id": discordtest.Forum}
	s, p := newStage(t), newPlay(echo)
	s.run(nil, p.handle)
	for _, tt := range []struct {
		name   string
		in     map[string]any
		want   bot.Channel
		thread string
		cannot bool
	}{
		{"direct", discordtest.InDM(), personal(discordtest.User), "", false},
		{"installed by the user only", foreign, bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: discordtest.General, Kind: bot.Foreign, Name: "general"}, "", true},
		{"without the right to post", mute, general(), "", true},
		{"group", group, bot.Channel{Platform: Platform, Workspace: "@me", ID: discordtest.DMOf(discordtest.User), Kind: bot.Foreign}, "", true},
		{"thread of a forum", thread, bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: discordtest.Forum, Kind: bot.Forum, Name: "briefs"}, "777", false},
	} {
		s.answered(s.server.Interact(discordtest.Command(tt.in, "status")))
		r := <-p.asked
		if diff := cmp.Diff(tt.want, r.Channel); diff != "" || r.Thread != tt.thread || r.CannotPost != tt.cannot {
			t.Errorf("%s: thread %q, cannot post %v; the channel differs:\n%s", tt.name, r.Thread, r.CannotPost, diff)
		}
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	cmds := commands()
	at := slices.IndexFunc(cmds, func(c bot.Command) bool { return c.Word == "topic" })
	cmds[at].Complete = func(_ bot.Request, arg, typed string) []bot.Choice {
		var out []bot.Choice
		for i := range 40 {
			out = append(out, bot.Choice{Label: fmt.Sprintf("%s %s %d", arg, typed, i), Value: fmt.Sprint(i)})
		}
		return out
	}
	s.run(cmds, newPlay(echo).handle)
	a := s.answered(s.server.Interact(discordtest.Typing(discordtest.In(discordtest.General, 0), "topic", "topics", "a")))
	choices, _ := a.Data["choices"].([]any)
	if a.Type != respondComplete || len(choices) != maxChoices {
		t.Fatalf("answer %d with %d choices, want %d", a.Type, len(choices), maxChoices)
	}
	if name := choices[0].(map[string]any)["name"]; name != "topics a 0" {
		t.Errorf("first choice %q", name)
	}
}

// TestSlow checks that a slow answer is deferred in time, and shown in the place of the deferral.
func TestSlow(t *testing.T) {
	for _, tt := range []struct {
		name          string
		word          string
		private       bool // the answer
		wantDeferred  bool // the deferral is private
		wantFollowing bool // the answer follows a deferral that went away
	}{
		{"public", "now", false, false, false},
		{"private command", "preview", true, true, false},
		{"private answer of a public command", "now", true, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			p := newPlay(func(_ context.Context, _ bot.Request, progress func(bot.Message)) bot.Message {
				time.Sleep(directly + 200*time.Millisecond)
				progress(bot.Message{Text: "half of it"})
				time.Sleep(50 * time.Millisecond)
				return bot.Message{Text: "all of it", Private: tt.private}
			})
			s.run(commands(), p.handle)
			began := time.Now()
			a := s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, discordtest.ManageGuild), tt.word))
			s.until("a deferral", func() bool { return len(s.server.Requests(http.MethodPost, "/callback")) == 1 })
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("deferred after %v, want at most 3s", took)
			}
			s.until("the answer", func() bool {
				now := s.answered(a)
				return len(now.Follow) > 0 || now.Data["content"] == "all of it"
			})
			now := s.answered(a)
			if now.Type != respondDefer || now.Private != tt.wantDeferred || now.Deleted != tt.wantFollowing || len(now.Follow) > 0 != tt.wantFollowing {
				t.Errorf("answer %+v", now)
			}
		})
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	cmds := commands()
	at := slices.IndexFunc(cmds, func(c bot.Command) bool { return c.Word == "settings" })
	cmds[at].Form = func(bot.Request) *bot.Form {
		return &bot.Form{Title: "Daily brief", Command: []string{"settings"}, Fields: []bot.Field{
			{Name: "topics", Label: "Topics"}, {Name: "count", Label: "Count", Kind: bot.One, Value: "5", Choices: []bot.Choice{{Label: "5", Value: "5"}}},
		}}
	}
	cmds[at].Check = func(_ bot.Request, f bot.Fields) map[string]string {
		if f["topics"] == "" {
			return map[string]string{"topics": "Name a topic."}
		}
		return nil
	}
	s.run(cmds, p.handle)
	manager := func() map[string]any { return discordtest.In(discordtest.General, discordtest.ManageGuild) }
	a := s.answered(s.server.Interact(discordtest.Command(manager(), "settings")))
	id, _ := a.Data["custom_id"].(string)
	if a.Type != respondModal || id == "" {
		t.Fatalf("answer %d, want a form", a.Type)
	}
	a = s.answered(s.server.Interact(discordtest.Submit(manager(), id, "topics", "", "count", "5")))
	if !a.Private || !strings.Contains(a.Data["content"].(string), "Name a topic.") || len(discordtest.Controls(a.Data)) != 1 {
		t.Errorf("a wrong form is answered with %v", a.Data)
	}
	s.answered(s.server.Interact(discordtest.Submit(manager(), id, "topics", "ai", "count", "5")))
	want := bot.Fields{"topics": "ai", "count": "5"}
	if r := <-p.asked; !cmp.Equal(r.Fields, want) || !slices.Equal(r.Words, []string{"settings"}) {
		t.Errorf("asked %q with %v, want %v", r.Words, r.Fields, want)
	}
}

// TestPressEverything presses all that stands under a brief.
func TestPressEverything(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	cmds := commands()
	for i := range cmds {
		cmds[i].Form = nil
	}
	s.run(cmds, p.handle)
	brief := bottest.Brief(5)
	id, err := s.Post(t.Context(), general(), brief, "d")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	press := func(control string, values ...string) {
		s.answered(s.server.Interact(discordtest.Press(discordtest.In(discordtest.General, 0), id, control, values...)))
		r := <-p.asked
		got = append(got, strings.Join(r.Words, " "))
		if r.Thread != id {
			t.Errorf("pressed under %q, want %q", r.Thread, id)
		}
	}
	for _, c := range discordtest.Controls(s.server.Messages(discordtest.General)[0].Body) {
		options, _ := c["options"].([]any)
		for _, o := range options {
			press(c["custom_id"].(string), o.(map[string]any)["value"].(string))
		}
		if len(options) == 0 {
			press(c["custom_id"].(string))
		}
	}
	for _, sec := range brief.Sections {
		for _, a := range sec.Actions {
			want = append(want, strings.Join(a.Command, " "))
		}
	}
	want = append(want, "settings")
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pressed words differ:\n%s", diff)
	}
}

// TestAnswerInThread checks that a long answer to a press does not disturb the channel.
func TestAnswerInThread(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message {
		return bot.Message{Text: "long answer", InThread: true}
	})
	s.run(commands(), p.handle)
	id, err := s.Post(t.Context(), general(), bottest.Brief(1), "d")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		a := s.answered(s.server.Interact(discordtest.Press(discordtest.In(discordtest.General, 0), id, "1~~more x")))
		if !a.Private {
			t.Error("the channel is told where the answer is")
		}
		msgs := s.server.Messages(id)
		if len(msgs) != n+2 { // the first says how to ask there
			t.Errorf("%d messages in the thread, want %d", len(msgs), n+2)
		}
	}
}

func TestOldButton(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	s.run(commands(), p.handle)
	a := s.answered(s.server.Interact(discordtest.Press(discordtest.In(discordtest.General, 0), "1", "0~old")))
	if !a.Private || len(p.asked) > 0 {
		t.Errorf("a button of another version is answered with %v", a.Data)
	}
}

// TestExpiredToken checks that an answer is posted when the interaction cannot be answered any more.
func TestExpiredToken(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	release := make(chan struct{})
	p := newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message {
		<-release
		return bot.Message{Text: "at last"}
	})
	s.run(commands(), p.handle)
	a := s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, discordtest.ManageGuild), "now"))
	s.until("a deferral", func() bool { return s.server.Deferred(a) })
	s.server.Expire(a)
	close(release)
	s.until("a post", func() bool { return len(s.server.Messages(discordtest.General)) == 1 })
}

func TestActsOnce(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(echo)
	s.run(nil, p.handle)
	in := discordtest.Command(discordtest.In(discordtest.General, 0), "status")
	s.answered(s.server.Interact(in))
	s.server.Dispatch("INTERACTION_CREATE", in)
	s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "help")))
	if n := len(p.asked); n != 2 {
		t.Errorf("asked %d times, want 2: the repeated interaction counts once", n)
	}
}

// posting is a message of a person.
func posting(id, channel, guild, text string, more map[string]any) map[string]any {
	m := map[string]any{"id": id, "channel_id": channel, "content": text, "type": 0, "author": map[string]any{"id": discordtest.User}}
	if guild != "" {
		m["guild_id"] = guild
	}
	for k, v := range more {
		m[k] = v
	}
	return m
}

func TestMessages(t *testing.T) {
	mention := map[string]any{"mentions": []any{map[string]any{"id": discordtest.Bot}}}
	reply := map[string]any{"type": 19, "referenced_message": map[string]any{"id": "55", "author": map[string]any{"id": discordtest.Bot}}}
	for _, tt := range []struct {
		name    string
		content bool // the right to read messages
		m       map[string]any
		want    string // words; "" when it is none of the bot's business
		thread  string
	}{
		{"direct", false, posting("1", "99", "", "topic ai", nil), "topic ai", ""},
		{"mention", false, posting("1", discordtest.General, discordtest.Guild, "<@"+discordtest.Bot+"> why this?", mention), "why this?", ""},
		{"reply", false, posting("1", discordtest.General, discordtest.Guild, "and then?", reply), "and then?", "55"},
		{"chatter", false, posting("1", discordtest.General, discordtest.Guild, "hello all", nil), "", ""},
		{"chatter that may be read", true, posting("1", discordtest.General, discordtest.Guild, "hello all", nil), "", ""},
		{"in a thread", true, posting("1", "55", discordtest.Guild, "and then?", nil), "and then?", "55"},
		{"of a bot", false, posting("1", "99", "", "topic ai", map[string]any{"author": map[string]any{"id": "5", "bot": true}}), "", ""},
		{"of a webhook", false, posting("1", discordtest.General, discordtest.Guild, "x", map[string]any{"webhook_id": "5", "mentions": mention["mentions"]}), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, p := newStage(t), newPlay(echo)
			s.MessageContent = tt.content
			s.server.Place("99").Type = discordtest.DM
			th := s.server.Place("55")
			th.Type, th.Parent = discordtest.PublicThread, discordtest.General
			s.run(commands(), p.handle)
			s.server.Dispatch("MESSAGE_CREATE", tt.m)
			// Something that is answered for certain comes behind it.
			s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), "status")))
			if tt.want == "" {
				if n := len(p.asked); n != 1 {
					t.Errorf("asked %d times, want once, by the command", n)
				}
				return
			}
			s.until("two requests", func() bool { return len(p.asked) == 2 })
			r := <-p.asked
			if slices.Equal(r.Words, []string{"status"}) {
				r = <-p.asked
			}
			if got := strings.Join(r.Words, " "); got != tt.want || r.Thread != tt.thread || r.Rights != bot.Read|bot.Own {
				t.Errorf("asked %q under %q with rights %b, want %q under %q", got, r.Thread, r.Rights, tt.want, tt.thread)
			}
			s.until("a reply", func() bool { return len(s.server.Messages(tt.m["channel_id"].(string))) == 1 })
		})
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s, p := newStage(t), newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message { return bot.Message{} })
	s.run(nil, p.handle)
	next := func() bot.Request {
		select {
		case r := <-p.asked:
			return r
		case <-time.After(5 * time.Second):
			t.Fatal("no event within 5 s")
			return bot.Request{}
		}
	}
	s.server.Dispatch("GUILD_DELETE", map[string]any{"id": "1", "unavailable": true}) // an outage
	s.server.Dispatch("GUILD_DELETE", map[string]any{"id": "2"})
	if r := next(); r.Event != bot.Uninstalled || r.Channel.Workspace != "2" {
		t.Errorf("event %q of %q, want the removal from 2", r.Event, r.Channel.Workspace)
	}
	s.server.Dispatch("CHANNEL_DELETE", map[string]any{"id": "3", "guild_id": "2", "type": 0})
	if r := next(); r.Event != bot.Gone || r.Channel.ID != "3" {
		t.Errorf("event %q of %q, want that 3 is gone", r.Event, r.Channel.ID)
	}
	s.server.Dispatch("CHANNEL_UPDATE", map[string]any{"id": "3", "guild_id": "2", "name": "new", "type": 0})
	if r := next(); r.Event != bot.Renamed || r.Channel.Name != "new" {
		t.Errorf("event %q, name %q, want a new name", r.Event, r.Channel.Name)
	}
}

// TestPanic checks that a panic in the bot ends one answer only.
func TestPanic(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := newPlay(func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		if r.Words[0] == "status" {
			panic("a defect")
		}
		return bot.Message{Text: "fine"}
	})
	s.run(nil, p.handle)
	for word, want := range map[string]string{"status": "Something went wrong", "help": "fine"} {
		a := s.answered(s.server.Interact(discordtest.Command(discordtest.In(discordtest.General, 0), word)))
		if text, _ := a.Data["content"].(string); !strings.HasPrefix(text, want) {
			t.Errorf("%s: answered %q, want %q", word, text, want)
		}
	}
}
