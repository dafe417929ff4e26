package discord

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

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
		{"mention with a comma", false, posting("1", discordtest.General, discordtest.Guild, "<@"+discordtest.Bot+">, topic ai", mention), "topic ai", ""},
		{"mention with a colon", false, posting("1", discordtest.General, discordtest.Guild, "<@!"+discordtest.Bot+">:\nwhy?", mention), "why?", ""},
		{"a comma without a mention", false, posting("1", discordtest.General, discordtest.Guild, ", topic ai", nil), "", ""},
		{"direct question", false, posting("1", "99", "", "what did they say about prices?", nil), "what did they say about prices?", ""},
		{"mention in a thread", false, posting("1", "55", discordtest.Guild, "<@!"+discordtest.Bot+"> and then?", mention), "and then?", "55"},
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

// TestWriterRights sends commands as mentions: what their writers may change follows from the server's roles.
func TestWriterRights(t *testing.T) {
	member := bot.Read | bot.Own
	for _, tt := range []struct {
		name   string
		text   string
		user   string
		roles  []any
		broken bool // the roles cannot be asked for
		want   bot.Rights
	}{
		{"a member", "topic ai", discordtest.User, nil, false, member},
		{"who manages channels", "topic ai", discordtest.User, []any{discordtest.Managers}, false, member | bot.Manage},
		{"the owner", "topic ai", discordtest.Owner, nil, false, member | bot.Manage | bot.Administer},
		{"not known", "topic ai", discordtest.User, []any{discordtest.Managers}, true, 0},
		{"who changes what votes taught", "profile reset", discordtest.User, []any{discordtest.Managers}, false, member | bot.Manage},
		{"what is of everybody's own", "profile forget", discordtest.User, nil, true, member},
		{"a question needs none", "why this?", discordtest.User, nil, true, member},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, p := newStage(t), newPlay(echo)
			s.server.Fault = func(r *http.Request) *discordtest.Fault {
				if tt.broken && strings.Contains(r.URL.Path, "/guilds/") {
					return discordtest.Refused(403, 50001)
				}
				return nil
			}
			s.run(commands(), p.handle)
			s.server.Dispatch("MESSAGE_CREATE", posting("1", discordtest.General, discordtest.Guild, "<@"+discordtest.Bot+"> "+tt.text, map[string]any{
				"author": map[string]any{"id": tt.user}, "member": map[string]any{"roles": tt.roles},
				"mentions": []any{map[string]any{"id": discordtest.Bot}},
			}))
			s.until("an answer", func() bool { return len(s.server.Messages(discordtest.General)) == 1 })
			said, _ := s.server.Messages(discordtest.General)[0].Body["content"].(string)
			if tt.want == 0 {
				if len(p.asked) > 0 || !strings.Contains(said, "/brief topic") {
					t.Errorf("asked %d times and told %q, want to be told of /brief", len(p.asked), said)
				}
				return
			}
			if r := <-p.asked; r.Rights != tt.want {
				t.Errorf("rights %b, want %b", r.Rights, tt.want)
			}
		})
	}
}

// TestAnswerOfReply checks where a reply to a brief in its channel is answered: in the thread under it when the answer is
// long, and else beside it.
func TestAnswerOfReply(t *testing.T) {
	for _, long := range []bool{true, false} {
		s := newStage(t)
		p := newPlay(func(context.Context, bot.Request, func(bot.Message)) bot.Message {
			return bot.Message{Text: "an answer", InThread: long}
		})
		s.run(commands(), p.handle)
		id, err := s.Post(t.Context(), general(), bottest.Brief(1), "d")
		if err != nil {
			t.Fatal(err)
		}
		s.server.Dispatch("MESSAGE_CREATE", posting("1", discordtest.General, discordtest.Guild, "and then?", map[string]any{
			"type": replyMessage, "referenced_message": map[string]any{"id": id, "author": map[string]any{"id": discordtest.Bot}},
		}))
		inThread, inChannel := 2, 1 // the thread's first message says how to ask there
		if !long {
			inThread, inChannel = 0, 2
		}
		s.until("the answer", func() bool {
			return len(s.server.Messages(id)) == inThread && len(s.server.Messages(discordtest.General)) == inChannel
		})
	}
}
