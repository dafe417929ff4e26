package bottest_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/digest/feed"
	"podbrief/digest/sample"
)

// TestPrivatePodcasts lets one workspace follow a podcast that is in no pack. Another workspace is told nothing of it,
// whatever it asks, until it follows the podcast itself; also when the first follows it no more.
func TestPrivatePodcasts(t *testing.T) {
	shows := sample.Shows()
	private, open := shows[0], shows[1]
	w, err := bottest.Open(t.Context(), filepath.Join(t.TempDir(), "private.db"), bottest.Options{
		Client:  &http.Client{Transport: sample.Transport(time.Now())},
		Catalog: []feed.Outline{{Title: open.Title, URL: open.URL(), Topic: "ai"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Bot.Adapters = []bot.Adapter{&bottest.Accepting{}}
	say := func(workspace, line string) string {
		t.Helper()
		m := w.Bot.Handle(t.Context(), bot.Request{
			Channel: bot.Channel{Platform: "accept", Workspace: workspace, ID: "C"}, User: "U",
			Rights: bot.Read | bot.Own | bot.Manage | bot.Administer, Words: bot.Split(line),
		}, nil)
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(text) + body(m)
	}
	shownTo := func(workspace string) (shown []string) {
		t.Helper()
		for _, line := range []string{
			"preview", "search inference bill", "ask what makes up most of an inference bill?", "feeds", "feeds export", "why " + private.Title,
			"follow " + private.Title, "mute " + private.Title,
		} {
			got := say(workspace, line)
			echo := strings.HasSuffix(line, private.Title) // the answer may say again what was asked
			if strings.Contains(got, private.URL()) || !echo && strings.Contains(got, private.Title) || strings.Contains(got, "Following "+private.Title) {
				shown = append(shown, line)
			}
		}
		for _, c := range w.Bot.Commands() {
			if c.Word == "follow" {
				r := bot.Request{Channel: bot.Channel{Platform: "accept", Workspace: workspace, ID: "C"}}
				if len(c.Complete(r, "podcast", private.Title[:4])) > 0 {
					shown = append(shown, "completion")
				}
			}
		}
		return shown
	}
	say("W1", "follow "+private.URL())
	say("W2", "topic ai")
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := shownTo("W1"); len(got) < 4 {
		t.Errorf("who follows the podcast sees it in %q only", got)
	}
	if got := shownTo("W2"); len(got) > 0 {
		t.Errorf("another workspace sees it in %q", got)
	}
	say("W1", "unfollow "+private.Title)
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := shownTo("W2"); len(got) > 0 {
		t.Errorf("once nobody follows it, another workspace sees it in %q", got)
	}
	say("W2", "follow "+private.URL())
	if got := say("W2", "search inference bill"); !strings.Contains(got, private.Title) {
		t.Errorf("who followed it now finds nothing of it: %s", got)
	}
}

// body is a message's file as text.
func body(m bot.Message) string {
	if m.File == nil {
		return ""
	}
	return string(m.File.Body)
}
