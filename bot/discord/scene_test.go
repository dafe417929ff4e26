package discord

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
	"podbrief/digest/sample"
)

// scene is a whole bot on a Discord.
type scene struct {
	*stage
	bot *bottest.World
}

func newScene(t *testing.T) scene {
	s := newStage(t)
	w, err := bottest.Open(t.Context(), filepath.Join(t.TempDir(), "podbrief.db"),
		bottest.Options{Log: slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	w.Bot.Adapters = []bot.Adapter{s.Adapter}
	s.run(w.Bot.Commands(), w.Bot.Handle)
	return scene{s, w}
}

// settle lets the bot do all that is due.
func (w scene) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	if err := w.bot.Settle(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// said is all that people see of a message or answer.
func said(m map[string]any) string {
	var out []string
	var look func(any)
	look = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, x := range v {
				look(x)
			}
		case map[string]any:
			for _, k := range []string{"content", "title", "description", "text", "embeds", "footer", "label", "components", "component"} {
				look(v[k])
			}
		}
	}
	look(m)
	return strings.Join(out, "\n")
}

// answer plays an interaction and returns what it is answered with, follow-ups included.
func (w scene) answer(in map[string]any) (text string, a discordtest.Answer) {
	w.t.Helper()
	a = w.answered(w.server.Interact(in))
	text = said(a.Data)
	for _, f := range a.Follow {
		text += said(f)
	}
	return text, a
}

// wants fails when an answer lacks a text.
func (w scene) wants(in map[string]any, want string) discordtest.Answer {
	w.t.Helper()
	text, a := w.answer(in)
	if !strings.Contains(text, want) {
		w.t.Fatalf("answered %q, want %q in it", text, want)
	}
	return a
}

// newest is the newest message of a channel with a text in it.
func (w scene) newest(channel, want string) *discordtest.Message {
	w.t.Helper()
	var found *discordtest.Message
	w.until("a message with "+want, func() bool {
		for _, m := range w.server.Messages(channel) {
			if strings.Contains(said(m.Body), want) {
				found = m
			}
		}
		return found != nil
	})
	return found
}

func manager() map[string]any { return discordtest.In(discordtest.General, discordtest.ManageGuild) }

func member() map[string]any { return discordtest.In(discordtest.General, 0) }

// press is what presses the first control of a message with some words.
func (w scene) press(in map[string]any, m *discordtest.Message, words string) map[string]any {
	w.t.Helper()
	for _, p := range pressable(m.Body) {
		if last := p[len(p)-1]; strings.HasPrefix(last, words) || strings.Contains(last, "~"+words) {
			return discordtest.Press(in, m.ID, p[0], p[1:]...)
		}
	}
	w.t.Fatalf("nothing to press for %q under %q", words, said(m.Body))
	return nil
}

// TestBriefAndItsButtons is a channel's first day: topics, the first brief, and all that stands under it.
func TestBriefAndItsButtons(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	w.wants(discordtest.Command(manager(), "topic", "topics", "ai"), "Following: ai")
	w.settle()
	brief := w.newest(discordtest.General, "Your first brief")
	for _, e := range brief.Body["embeds"].([]any) {
		if e, _ := e.(map[string]any); e["title"] != nil && !strings.HasPrefix(e["url"].(string), "https://") {
			t.Errorf("the source %q leads nowhere", e["title"])
		}
	}
	if a := w.wants(w.press(member(), brief, "more "), "The answer is in the thread under the brief."); !a.Private {
		t.Error("the channel is told where the answer is")
	}
	w.newest(brief.ID, "The quote")
	w.wants(w.press(member(), brief, "related "), "") // there may be nothing
	if a := w.wants(w.press(member(), brief, "vote up "), "Noted"); !a.Private {
		t.Error("a vote is shown to all")
	}
	form := w.wants(w.press(member(), brief, "ask "), "Your question")
	asked := discordtest.Submit(member(), form.Data["custom_id"].(string), "question", "what did they say about tickets?")
	asked["message"] = map[string]any{"id": brief.ID} // what the form was opened from
	w.wants(asked, "in the thread")
	w.newest(brief.ID, "(") // a cited second
	w.wants(discordtest.Command(manager(), "now"), "")
	w.settle()
	w.newest(discordtest.General, " for ")
}

// TestSettingsInForm opens the settings, sets all of them, and sees them there the next time.
func TestSettingsInForm(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	form := w.wants(discordtest.Command(manager(), "settings"), "Topics")
	id := form.Data["custom_id"].(string)
	a := w.wants(discordtest.Submit(manager(), id, "topics", "ai", "time", "late", "count", "5", "language", "en", "besides", "thread"), "I do not understand “late”")
	if !a.Private {
		t.Error("what is wrong with a form is shown to all")
	}
	w.wants(discordtest.Submit(manager(), id, "topics", "ai, -crypto", "time", "09:00", "count", "7", "language", "en", "besides", "thread"), "Saved.")
	w.wants(discordtest.Command(member(), "status"), "7 insights at 09:00 every day")
	if a := w.wants(discordtest.Command(member(), "settings"), "You need the right to manage"); !a.Private {
		t.Error("a refusal is shown to all")
	}
	if a := w.wants(discordtest.Command(member(), "settings", "setting", "@me"), "Topics"); a.Type != respondModal {
		t.Errorf("one's own settings are answered with %d, want the form", a.Type)
	}
	form = w.wants(discordtest.Command(manager(), "settings"), "Topics")
	for _, want := range []string{`ai, -crypto`, `09:00`, `"default":true,"label":"7"`, `"default":true,"label":"Open a thread under each brief"`} {
		if got := jsonOf(t, form.Data); !strings.Contains(got, want) {
			t.Errorf("the form lacks %s: %s", want, got)
		}
	}
	w.settle()
	brief := w.newest(discordtest.General, "Your first brief")
	w.newest(brief.ID, "Mention me here, or press Ask")
}

// TestDirectMessages sets up a brief of one's own in direct messages, and asks there.
func TestDirectMessages(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	dm := discordtest.DMOf(discordtest.User)
	w.server.Place(dm).Type = discordtest.DM
	w.server.Dispatch("MESSAGE_CREATE", posting("1", dm, "", "topic ai", nil))
	w.newest(dm, "Following: ai")
	w.settle()
	brief := w.newest(dm, "Your first brief")
	w.wants(w.press(discordtest.InDM(), brief, "more "), "The quote")
	w.wants(discordtest.Command(discordtest.InDM(), "status"), "topics: ai")
	w.server.Dispatch("MESSAGE_CREATE", posting("2", dm, "", "what did they say about support tickets?", nil))
	w.newest(dm, "(")
	form := w.wants(discordtest.Command(discordtest.InDM(), "settings"), "Topics")
	w.wants(discordtest.Submit(discordtest.InDM(), form.Data["custom_id"].(string), "topics", "science", "time", "07:00", "count", "3"), "Saved.")
}

// TestMentionsAndReplies asks about a brief in every way in which words reach the bot in a server.
func TestMentionsAndReplies(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	mention := map[string]any{"mentions": []any{map[string]any{"id": discordtest.Bot}}}
	w.wants(discordtest.Command(manager(), "topic", "topics", "ai"), "Following: ai")
	w.settle()
	brief := w.newest(discordtest.General, "Your first brief")
	w.server.Dispatch("MESSAGE_CREATE", posting("1", discordtest.General, discordtest.Guild, "what did they say about tickets?", map[string]any{
		"type": replyMessage, "referenced_message": map[string]any{"id": brief.ID, "author": map[string]any{"id": discordtest.Bot}},
	}))
	w.newest(brief.ID, "(")
	w.server.Dispatch("MESSAGE_CREATE", posting("2", brief.ID, discordtest.Guild, "<@"+discordtest.Bot+"> more 1", mention))
	w.newest(brief.ID, "What was said there")
	w.server.Dispatch("MESSAGE_CREATE", posting("3", discordtest.General, discordtest.Guild, "<@"+discordtest.Bot+"> untopic ai", mention))
	w.newest(discordtest.General, "You need the right to manage")
}

// TestForumDay follows topics from a post of a forum: each brief is a post there, and questions are asked in it.
func TestForumDay(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	inPost := func() map[string]any {
		in := discordtest.In("777", discordtest.ManageGuild)
		in["channel"] = map[string]any{"id": "777", "type": discordtest.PublicThread, "parent_id": discordtest.Forum}
		return in
	}
	w.wants(discordtest.Command(inPost(), "topic", "topics", "ai"), "Following: ai")
	w.settle()
	made := w.server.Requests("POST", "/channels/"+discordtest.Forum+"/threads")
	if len(made) != 1 || !strings.Contains(string(made[0].Body), "Your first brief") {
		t.Fatalf("%d posts in the forum, want the first brief", len(made))
	}
	post := w.server.Posts(discordtest.Forum)[0]
	w.server.Dispatch("MESSAGE_CREATE", posting("1", post, discordtest.Guild, "<@"+discordtest.Bot+"> what did they say about tickets?",
		map[string]any{"mentions": []any{map[string]any{"id": discordtest.Bot}}}))
	w.until("an answer in the post", func() bool { return len(w.server.Messages(post)) == 2 })
}

// TestWhereTheBotIsNot uses the bot where it may answer but not post: it says what to do, and offers direct messages.
func TestWhereTheBotIsNot(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	foreign := func() map[string]any {
		in := manager()
		in["authorizing_integration_owners"] = map[string]any{"1": discordtest.User}
		return in
	}
	mute := manager()
	mute["app_permissions"] = "1024"
	w.wants(discordtest.Command(mute, "topic", "topics", "ai"), "Edit Channel → Permissions → add Podbrief")
	a := w.wants(discordtest.Command(foreign(), "topic", "topics", "ai"), "Let me in with “my profile → Add App → Add to Server” and send the command again. Or get the brief as direct messages.")
	if !a.Private {
		t.Error("all are told that the bot cannot post")
	}
	id := pressable(a.Data)[0][0]
	w.wants(discordtest.Press(foreign(), "5", id), "Following: ai")
	w.settle()
	w.newest(discordtest.DMOf(discordtest.User), "Your first brief")
	w.wants(discordtest.Command(foreign(), "ask", "question", "what did they say about tickets?"), "(")
}

// TestExport gives the followed podcasts as a file, to the asker only.
func TestExport(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	w.wants(discordtest.Command(manager(), "follow", "podcast", sample.Shows()[0].URL()), "Held-Out Set")
	if a := w.wants(discordtest.Command(member(), "feeds", "do", "export"), "podcast"); !a.Private {
		t.Error("the file is shown to all")
	}
	sent := w.server.Requests("POST", "/callback")
	last := sent[len(sent)-1]
	if !strings.HasPrefix(last.Header.Get("Content-Type"), "multipart/form-data") {
		t.Errorf("answered as %q, want a file in it", last.Header.Get("Content-Type"))
	}
}

// TestOffers types the beginning of topics, podcasts, zones and words, and is offered what the bot knows.
func TestOffers(t *testing.T) {
	t.Parallel()
	w := newScene(t)
	w.wants(discordtest.Command(manager(), "topic", "topics", "ai"), "Following: ai")
	w.settle()
	for _, tt := range []struct{ word, option, typed, want string }{
		{"topic", "topics", "open", "open source"},
		{"untopic", "topics", "a", "ai"},
		{"follow", "podcast", "held", "Held-Out Set"},
		{"time", "when", "Europe/B", "Europe/Berlin"},
		{"help", "word", "st", "status"},
	} {
		began := time.Now()
		a := w.answered(w.server.Interact(discordtest.Typing(manager(), tt.word, tt.option, tt.typed)))
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s %s: offered after %v", tt.word, tt.typed, took)
		}
		if got := jsonOf(t, a.Data["choices"]); a.Type != respondComplete || !strings.Contains(got, tt.want) {
			t.Errorf("%s %s: offered %s, want %q", tt.word, tt.typed, got, tt.want)
		}
	}
}
