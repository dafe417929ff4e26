package slack

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
)

// killedAdapter is that of the process that is killed.
func killedAdapter(address string) bot.Adapter {
	return &Adapter{
		BotToken: slacktest.BotToken, SigningSecret: slacktest.Secret, HTTP: true, APIURL: address, Rate: 1000, Log: slog.New(slog.DiscardHandler),
	}
}

// TestKill kills the bot while it posts to a workspace that gives faulty answers: every brief is there once.
func TestKill(t *testing.T) { testKill(t, bottest.Kills(t, 100), false) }

// TestKillBlind does so without the right to read the history: a brief is there twice at most, the second time marked.
func TestKillBlind(t *testing.T) { testKill(t, bottest.Kills(t, 20), true) }

func testKill(t *testing.T, n int, blind bool) {
	s := slacktest.New(t)
	var c bottest.Collector
	var mu sync.Mutex
	there := map[string]bool{}
	s.Posted = func(m slacktest.Message) {
		c.Accept(m.Channel)
		mu.Lock()
		defer mu.Unlock()
		if there[m.Channel] && blind && !strings.Contains(text(map[string]any{"blocks": m.Blocks}), "Sent again after an interruption") {
			t.Errorf("the second brief in %s is not marked", m.Channel)
		}
		there[m.Channel] = true
	}
	s.Fault = func(method string, _ url.Values) *slacktest.Fault { return killFault(&c, method, blind) }
	channel := func(n int) bot.Channel {
		return bot.Channel{Platform: Platform, Workspace: slacktest.Team, ID: fmt.Sprintf("C%05d", n)}
	}
	for i := range 4 * n {
		s.AddChannel(slacktest.Channel{ID: channel(i).ID})
	}
	k := bottest.Killing{Kills: n, Collector: &c, Blind: blind, Channel: channel, Address: s.URL, Began: func(start time.Time) {
		s.SetNow(func() time.Time { return bottest.Simulated(start) })
	}}
	k.Test(t)
}

// killFault is what goes wrong with a call: of posts as the collector decides, of look-ups one in twenty.
func killFault(c *bottest.Collector, method string, blind bool) *slacktest.Fault {
	switch {
	case method == "conversations.history" && blind:
		return &slacktest.Fault{Error: "missing_scope"}
	case method == "conversations.history" && rand.IntN(20) == 0:
		return &slacktest.Fault{Status: 503}
	case method != "chat.postMessage":
		return nil
	}
	f := c.Fault()
	if f == bottest.Unavailable && blind {
		f = bottest.Limit // a failure that stored nothing, twice in a row, would be a loss that nobody can see without the history
	}
	switch f {
	case bottest.Limit:
		return &slacktest.Fault{Status: 429, RetryAfter: 1}
	case bottest.Unavailable:
		return &slacktest.Fault{Status: 503}
	case bottest.StoreThenFail:
		return &slacktest.Fault{Status: 500, Store: true}
	case bottest.StoreThenCut:
		return &slacktest.Fault{Cut: true, Store: true}
	case bottest.StoreLate:
		return &slacktest.Fault{Wait: bottest.LateBy(), Store: true}
	}
	return nil
}
