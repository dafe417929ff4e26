package slack

import (
	"context"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/slack/slacktest"
)

// roles are the people that Slack knows, with what each may do.
var roles = []struct {
	name   string
	user   slacktest.User
	inside bool // a member of the channel
	want   bot.Rights
}{
	{"member of the channel", slacktest.User{Team: slacktest.Team}, true, bot.Read | bot.Own | bot.Manage},
	{"member outside of the channel", slacktest.User{Team: slacktest.Team}, false, bot.Read | bot.Own},
	{"admin", slacktest.User{Team: slacktest.Team, Admin: true}, true, bot.Read | bot.Own | bot.Manage | bot.Administer},
	{"owner", slacktest.User{Team: slacktest.Team, Owner: true}, true, bot.Read | bot.Own | bot.Manage | bot.Administer},
	{"guest", slacktest.User{Team: slacktest.Team, Guest: true}, true, bot.Read},
	{"guest of one channel", slacktest.User{Team: slacktest.Team, SingleChannelGuest: true}, true, bot.Read},
	{"of another organization", slacktest.User{Team: "T9"}, true, 0},
	{"stranger of Slack Connect", slacktest.User{Team: slacktest.Team, Stranger: true}, true, 0},
	{"admin of another organization", slacktest.User{Team: "T9", Admin: true}, true, 0},
	{"bot", slacktest.User{Team: slacktest.Team, Bot: true}, true, 0},
	{"workflow", slacktest.User{Team: slacktest.Team, Workflow: true}, true, 0},
	{"deactivated", slacktest.User{Team: slacktest.Team, Deleted: true}, true, 0},
}

// matrix are commands with the right that each needs, those that end something last.
var matrix = []struct {
	line string
	need bot.Rights
}{
	{"ask what about prices?", bot.Read}, {"status", bot.Read}, {"feeds", bot.Read}, {"topic @me science", bot.Own}, {"save 1", bot.Own},
	{"topic open source", bot.Manage}, {"untopic open source", bot.Manage}, {"follow nothing like this", bot.Manage}, {"unfollow nothing", bot.Manage},
	{"time 09:00", bot.Manage}, {"time Europe/Paris", bot.Manage}, {"pause", bot.Manage}, {"resume", bot.Manage}, {"now", bot.Manage},
	{"settings count 4", bot.Manage}, {"settings managers members", bot.Administer}, {"leave workspace yes", bot.Administer},
}

// TestMatrix lets everybody send everything by a button of the channel, which those outside can press too: what somebody may
// not do is refused to that person alone, and the missing right is named.
func TestMatrix(t *testing.T) {
	for i, role := range roles {
		t.Run(role.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, i%2 == 0)
			w.brief(t, general)
			role.user.ID = "U9ROLE"
			w.slack.AddUser(role.user)
			c := slacktest.Channel{ID: general, Name: "general", Members: []string{member}}
			if role.inside {
				c.Members = append(c.Members, role.user.ID)
			}
			w.slack.AddChannel(c)
			for _, cell := range matrix {
				allowed := role.want&cell.need != 0
				refused := w.send(t, role.user.ID, cell.line)
				if refused == allowed {
					t.Errorf("%q: refused %v, want %v", cell.line, refused, !allowed)
				}
			}
			if n := lookUps(w.slack, role.user.ID); n != 1 {
				t.Errorf("the person was looked up %d times, want once", n)
			}
		})
	}
}

// send presses a button with a command's words and reports whether it is refused. A refusal is for the sender only.
func (w world) send(t *testing.T, user, line string) (refused bool) {
	t.Helper()
	button := map[string]any{"type": "button", "action_id": "b", "value": line, "text": map[string]any{"type": "plain_text", "text": "x"}}
	m := slacktest.Message{Channel: general, Blocks: []map[string]any{{"type": "actions", "elements": []any{button}}}}
	p := w.press(t, user, m, "x")
	const missing = "You need the right"
	w.await(t, "answer to "+line, func() bool { return final(w.slack.Replies(p.ResponseURL)) })
	replies := w.slack.Replies(p.ResponseURL)
	last := replies[len(replies)-1]
	refused = strings.Contains(text(last), missing)
	if refused && last["response_type"] != "ephemeral" {
		t.Errorf("the refusal of %q is answered %v", line, last["response_type"])
	}
	return refused
}

// final reports whether the last answer is there, and not only a line that says that work is under way.
func final(replies []map[string]any) bool {
	if len(replies) == 0 {
		return false
	}
	said := text(replies[len(replies)-1])
	return !strings.HasSuffix(said, "…") && !strings.Contains(said, "Working on it…")
}

func lookUps(s *slacktest.Server, user string) (n int) {
	for _, c := range s.Calls("users.info") {
		if c.Form.Get("user") == user {
			n++
		}
	}
	return n
}

// TestOwnMessages checks that the bot does not answer itself nor other bots, whatever they say.
func TestOwnMessages(t *testing.T) {
	s := newWorkspace(t)
	a := newAdapter(t, s)
	a.HTTP = true
	h, asked := echo()
	start(t, s, a, nil, h)
	mention := "<@" + slacktest.BotUser + "> ask what about prices?"
	for name, change := range map[string]map[string]any{
		"itself":           {"user": slacktest.BotUser, "bot_id": slacktest.BotID},
		"itself as a user": {"user": slacktest.BotUser},
		"another bot":      {"bot_id": "B9"},
		"an edit":          {"subtype": "message_changed"},
		"a joiner":         {"subtype": "channel_join"},
	} {
		p := s.Say(member, general, "", mention)
		for k, v := range change {
			p.Body["event"].(map[string]any)[k] = v
		}
		if _, err := s.Play(p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := s.Say(member, general, "", mention)
	if _, err := s.Play(p); err != nil {
		t.Fatal(err)
	}
	if r := <-asked; r.User != member || len(asked) > 0 {
		t.Errorf("acted on a message of %q, and on %d more, want on one of %q only", r.User, len(asked), member)
	}
}

// TestStrangersTalk checks that people of another organization can talk in a brief's thread without being told that they may
// not ask; when they ask by name, they are.
func TestStrangersTalk(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		m := w.brief(t, general)
		w.play(t, w.slack.Say(stranger, general, m.TS, "I read that too, and what a day."))
		w.play(t, w.slack.Say(stranger, general, m.TS, "<@"+slacktest.BotUser+"> what about prices?"))
		w.await(t, "refusal", func() bool { return len(w.slack.Ephemera()) > 0 })
		w.play(t, w.slack.Say(member, general, m.TS, "what about models?"))
		w.threadReply(t, general, m.TS)
		if e := w.slack.Ephemera(); len(e) != 1 || e[0].User != stranger {
			t.Errorf("%d refusals, want one to who asked by name", len(e))
		}
	})
}

// TestPressedFromOutside checks that who is not in a channel does not get the form of its brief.
func TestPressedFromOutside(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		m := w.brief(t, general)
		w.slack.AddUser(slacktest.User{ID: "U7", Name: "passer-by", Team: slacktest.Team})
		p := w.press(t, "U7", m, "Settings")
		w.await(t, "refusal", func() bool { return len(w.slack.Replies(p.ResponseURL)) == 1 })
		wantText(t, "Settings", w.slack.Replies(p.ResponseURL)[0], "right to manage")
		if len(w.slack.Views()) > 0 {
			t.Error("a form was opened for somebody who may not")
		}
	})
}

// TestGrid checks that somebody of another workspace of the same organization is at home in a workspace of its grid.
func TestGrid(t *testing.T) {
	s := newWorkspace(t)
	s.Enterprise = "E1"
	s.AddUser(slacktest.User{ID: "U9GRID", Team: "T8", Enterprise: "E1"})
	s.AddUser(slacktest.User{ID: "U9ELSE", Team: "T8", Enterprise: "E2"})
	a := newAdapter(t, s)
	a.setUp()
	for user, want := range map[string]bot.Rights{"U9GRID": bot.Read | bot.Own | bot.Manage, "U9ELSE": 0} {
		p, err := a.person(context.Background(), user)
		if err != nil || p.rights != want {
			t.Errorf("rights of %s = %b, %v, want %b", user, p.rights, err, want)
		}
	}
}
