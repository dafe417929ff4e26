package bot_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/digest/sample"
	"podbrief/store"
)

// wrongInputs are lines that cannot be done, with a part of the sentence that says what to do instead.
var wrongInputs = []struct{ line, says string }{
	{"topic", "Say what, like “/brief topic <topics>”"},
	{"topic ,;, -", "Name at least one topic"},
	{"topic " + strings.Repeat("x", 61), "A topic has at most 60 characters"},
	{"topic " + manyTopics(51), "A channel follows at most 50 topics"},
	{"untopic", "Say what"},
	{"untopic never followed", "No such topic is followed here; these are: ai, open source."},
	{"follow", "Say what"},
	{"follow no such podcast at all", "I know no podcast called “no such podcast at all”"},
	{"follow https://", "I know no podcast called"},
	{"follow ftp://files.example/feed.xml", "That address cannot be followed"},
	{"follow http://127.0.0.1/feed.xml", "That address cannot be followed"},
	{"unfollow", "Say what"},
	{"unfollow Held-Out Set", "No podcast of that name is followed here"},
	{"mute", "Say what"},
	{"mute " + strings.Repeat("y", 61), "of at most 60 characters"},
	{"mute “”", "Name a podcast, topic or word"},
	{"unmute", "Say what"},
	{"unmute nothing of this", "Nothing of that name is muted here; “status” shows"},
	{"mute 🤖", "Name a podcast, topic or word"},
	{"topic ai, 🤖", "“🤖” is no topic to look for"},
	{"feeds add https://podcast.example", "“follow” with an address adds a podcast"},
	{"time soon", "I do not understand “soon”; write it like"},
	{"time 25:00", "I do not understand “25:00”; a time of day is written like “08:30”"},
	{"time 8:30 Europe/Atlantis", "I do not understand “Europe/Atlantis”; a time zone is written like"},
	{"time 8:30 Europe/Berlín", "Did you mean “Europe/Berlin”?"},
	{"time 08:30 someday", "I do not understand “someday”"},
	{"settings count 2", "A brief has 3 to 10 insights"},
	{"settings count many", "A brief has 3 to 10 insights"},
	{"settings count", "A brief has 3 to 10 insights"},
	{"settings language klingon", "I do not know the language “klingon”"},
	{"settings quiet maybe", "settings quiet on"},
	{"settings colour red", "I know the settings count"},
	{"settings managers everybody", "“settings managers members”"},
	{"settings model off", "No language model is configured"},
	{"pause until yesterday", "I do not understand"},
	{"pause until 2020-01-01", "I do not understand"},
	{"pause until 2026-02-30", "I do not understand"},
	{"leave everything", "Write “leave” to end this channel's subscription"},
	{"last week", ""}, // what follows is no part of it
	{"why", "Say what"},
	{"why -1", "Name an insight by its number"},
	{"why 99", "That brief has insights 1 to"},
	{"why The Podcast That Is Not", "No podcast or episode called"},
	{"more", "Say what"},
	{"more 0", "That brief has insights 1 to"},
	{"more 11", "That brief has insights 1 to"},
	{"more -1", "Name an insight by its number"},
	{"more two", "Name an insight by its number"},
	{"more 0mdx00000-aaaaaa-0", "That insight is not kept any more"},
	{"related", "Say what"},
	{"related xyz", "Name an insight by its number"},
	{"related 0mdx00000-aaaaaa-0", "That insight is not kept any more"},
	{"ask " + strings.Repeat("why ", 130), "A question has at most 500 characters"},
	{"ask 99", ""}, // a question about the number
	{"search", "Say what"},
	{"search xyzzy plugh qwertz", "No insight I know holds these words"},
	{"search the of and", "No insight I know holds these words"},
	{"save 77", "That brief has insights 1 to"},
	{"save remove", "Write the number of one in the list"},
	{"save remove 1", "you keep 0"},
	{"save from here", "Name an insight by its number"},
	{"save remove 0mdx00000-aaaaaa-0", "You do not keep that insight"},
	{"vote", "Say what"},
	{"vote sideways 1", "Say up or down and which insight"},
	{"vote up", "Name an insight by its number"},
	{"vote up 42", "That brief has insights 1 to"},
	{"profile set", "Write what and how"},
	{"profile set ai", "Write what and how"},
	{"profile set ai loads", "Write what and how"},
	{"profile delete", "Write “profile” to see it"},
	{"help nothing", "I do not know “nothing”"},
	{"count 99", "Did you mean “settings count 99”?"},
	{"quiet on", "Did you mean “settings quiet on”?"},
	{"language German", "Did you mean “settings language German”?"},
	{"subscribe ai, rust", "Did you mean “topic ai, rust”?"},
	{"unsubscribe", "Did you mean “leave”?"},
	{"stop the brief", "Did you mean “pause”?"},
	{"please topci ai", "Did you mean “topic ai”?"},
	{"topci ai", "I do not know “topci”. Did you mean “topic ai”?"},
	{"settings in:C9 count 4", "I cannot see here what you may do in that channel"},
	{"\x00\u202e\x1b[31m", "I do not know"},
}

func manyTopics(n int) string {
	var out []string
	for i := range n {
		out = append(out, strings.Repeat("t", 1+i%40)+string(rune('a'+i%26)))
	}
	return strings.Join(out, ",")
}

// TestWrongInput sends each of them to a channel that has a brief: the answer is one clear sentence for the asker alone, and
// nothing is changed.
func TestWrongInput(t *testing.T) {
	w, say := briefed(t)
	for _, tt := range wrongInputs {
		before := records(t, w)
		m := say(tt.line)
		if strings.Contains(m.Text, "Something went wrong") {
			t.Errorf("%.60q is not expected: %q", tt.line, m.Text)
		}
		if tt.says == "" {
			continue
		}
		if !m.Private || !strings.Contains(m.Text, tt.says) {
			t.Errorf("%.60q answers %q, private %v, want %q in private", tt.line, m.Text, m.Private, tt.says)
		}
		if n := len(strings.Fields(m.Text)); n < 4 || n > 80 {
			t.Errorf("%.60q answers with %d words: %q", tt.line, n, m.Text)
		}
		if diff := cmp.Diff(before, records(t, w)); diff != "" {
			t.Errorf("%.60q changed something (-before +after):\n%s", tt.line, diff)
		}
	}
	tried := map[string]bool{}
	for _, tt := range wrongInputs {
		word, _, _ := strings.Cut(tt.line, " ")
		tried[word] = true
	}
	for _, c := range w.Bot.Commands() {
		if len(c.Args) > 0 && !tried[c.Word] {
			t.Errorf("no wrong input is tried for %q", c.Word)
		}
	}
}

// TestWrongInputWithoutBrief sends what needs a brief to a channel that has none.
func TestWrongInputWithoutBrief(t *testing.T) {
	w := world(t)
	say := sayIn(t, w, "C2")
	for line, want := range map[string]string{
		"untopic ai": "Nothing is subscribed here yet", "unfollow x": "Nothing is subscribed here yet", "unmute x": "Nothing is subscribed here yet",
		"pause": "Nothing is subscribed here yet", "resume": "Nothing is subscribed here yet", "leave": "Nothing is subscribed here yet",
		"status": "Nothing is subscribed here yet", "now": "Nothing is subscribed here yet", "preview": "Nothing is subscribed here yet",
		"time": "Nothing is subscribed here yet", "profile": "Nothing is subscribed here yet", "profile reset": "Nothing is subscribed here yet",
		"why Held-Out Set": "Nothing is subscribed here yet", "last": "There is no brief here yet", "more 1": "There is no brief here yet",
		"related 1": "There is no brief here yet", "save 1": "There is no brief here yet", "vote up 1": "There is no brief here yet",
		"why 1": "There is no brief here yet", "ask 1 what is that?": "There is no brief here yet", "save": "You keep nothing yet",
	} {
		if m := say(line); !m.Private || !strings.Contains(m.Text, want) {
			t.Errorf("%q answers %q, private %v, want %q in private", line, m.Text, m.Private, want)
		}
	}
	if channels, err := bot.Channels(t.Context(), w.DB, "accept"); err != nil || len(channels) > 0 {
		t.Errorf("channels with a brief are %+v, %v, want none", channels, err)
	}
}

// world is a bot on the invented podcasts with a platform that takes every message.
func world(t *testing.T) *bottest.World {
	t.Helper()
	w, err := bottest.Open(t.Context(), filepath.Join(t.TempDir(), "bot.db"), bottest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	w.Bot.Adapters = []bot.Adapter{&bottest.Accepting{}}
	return w
}

// sayIn returns what sends lines to a channel, as somebody who may do everything.
func sayIn(t *testing.T, w *bottest.World, channel string) func(line string) bot.Message {
	return func(line string) bot.Message {
		t.Helper()
		return w.Bot.Handle(t.Context(), bot.Request{
			Channel: bot.Channel{Platform: "accept", Workspace: "W", ID: channel, Name: "general"}, User: "U1", Words: bot.Split(line),
			Rights:   bot.Read | bot.Own | bot.Manage | bot.Administer,
			Personal: bot.Channel{Platform: "accept", Workspace: "W", Kind: bot.Direct, User: "U1"},
		}, nil)
	}
}

// briefed is a world with a channel that got its first brief.
func briefed(t *testing.T) (*bottest.World, func(line string) bot.Message) {
	t.Helper()
	w := world(t)
	say := sayIn(t, w, "C1")
	if m := say("topic ai, open source"); !strings.Contains(m.Text, "Following") {
		t.Fatalf("topic: %q", m.Text)
	}
	for range 3 {
		if err := w.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if m := say("last"); len(m.Sections) == 0 {
		t.Fatalf("no brief came: %q; the invented podcasts are %d", m.Text, len(sample.Feeds()))
	}
	return w, say
}

// records are all subscriptions and what users own, as they are stored.
func records(t *testing.T, w *bottest.World) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := w.DB.View(context.Background(), func(tx store.Tx) error {
		for _, bucket := range []string{"workspace", "subscription", "delivery", "open", "seen", "vote", "saved", "managed"} {
			for k, v := range tx.Scan(bucket, "", "") {
				out[bucket+" "+k] = string(v)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
