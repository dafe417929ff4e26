package slack

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"podbrief/bot/slack/slacktest"
)

// TestFormIsHeldOpen asks for forms while Slack takes long to say who asks: the form opens in time, and shows its fields, or
// why there are none, once that is known.
func TestFormIsHeldOpen(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		w.slack.SetFault(func(method string, _ url.Values) *slacktest.Fault {
			if method == "users.info" {
				return &slacktest.Fault{Wait: holdTime + 500*time.Millisecond}
			}
			return nil
		})
		for i, tt := range []struct{ user, line, want string }{
			{member, "settings", "Topics"}, {guest, "ask", "Your question"}, {stranger, "settings", "You need the right"},
		} {
			began := time.Now()
			p := w.slack.Command(tt.user, general, tt.line)
			w.play(t, p)
			w.await(t, "held form", func() bool { return len(w.slack.Views()) == 2*i+1 })
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("/brief %s: the form opened after %v", tt.line, took)
			}
			wantText(t, "held form", w.slack.Views()[2*i].View, "One moment")
			w.await(t, "form with its content", func() bool { return len(w.slack.Views()) == 2*i+2 })
			v := w.slack.Views()[2*i+1]
			wantText(t, "/brief "+tt.line, v.View, tt.want)
			if !v.Updated || v.ID != w.slack.Views()[2*i].ID {
				t.Errorf("/brief %s: the form was not filled in where it was", tt.line)
			}
			if tt.line == "ask" {
				w.play(t, w.slack.Submit(tt.user, v, map[string]string{"question": "What about prices?"}))
				w.await(t, "answer", func() bool { return wrote(w.slack.Messages(general), "", "episodes I know") })
			}
		}
		if got := text(w.command(t, admin, general, "ask what about prices?")); strings.Contains(got, "could not look you up") {
			t.Errorf("a question after a long look-up is answered %q", got)
		}
		if got := len(w.slack.Views()); got != 6 {
			t.Errorf("%d forms were opened and filled in, want 6", got)
		}
	})
}
