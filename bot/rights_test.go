package bot

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/digest/insight"
	"podbrief/store"
)

// roles are those that platforms know, as they reach the core: with rights, and the place that they write in. Who is
// nobody here (strangers of another organization, bots, deleted accounts, forged senders) has no right at all.
var roles = []struct {
	name   string
	rights Rights
	direct bool
}{
	{"member of the channel", Read | Own | Manage, false},
	{"member outside of the channel", Read | Own, false},
	{"admin or owner", Read | Own | Manage | Administer, false},
	{"who manages channels", Read | Own | Manage, false},
	{"member without rights on channels", Read | Own, false},
	{"guest", Read, false},
	{"nobody here", 0, false},
	{"member in direct messages", Read | Own, true},
	{"admin in direct messages", Read | Own | Manage | Administer, true},
	{"guest in direct messages", Read, true},
	{"nobody here in direct messages", 0, true},
}

// matrix are commands with the right that each needs in a channel. In direct messages, and with "@me", what changes a
// channel needs the own right.
var matrix = []struct {
	line string
	need Rights
}{
	{"help", Read}, {"status", Read}, {"feeds", Read}, {"feeds export", Read}, {"preview", Read}, {"last", Read}, {"why 1", Read},
	{"more 1", Read}, {"related 1", Read}, {"ask what about prices?", Read}, {"search prices", Read},
	{"what did they say about prices?", Read},
	{"save", Own}, {"save 1", Own}, {"vote up 1", Own}, {"profile", Own}, {"profile forget", Own},
	{"topic @me science", Own}, {"time @me 09:00", Own}, {"pause @me", Own}, {"settings @me count 4", Own}, {"leave @me yes", Own},
	{"topic science", Manage}, {"untopic ai", Manage}, {"follow nothing like this", Manage}, {"unfollow nothing", Manage},
	{"mute noise", Manage}, {"unmute noise", Manage}, {"time 09:00", Manage}, {"time Europe/Paris", Manage}, {"settings", Manage},
	{"settings count 4", Manage}, {"pause", Manage}, {"resume", Manage}, {"now", Manage}, {"profile set ai more", Own | Manage},
	{"profile reset", Own | Manage}, {"leave yes", Manage},
	{"settings managers admins", Administer}, {"settings model off", Administer}, {"leave workspace yes", Administer},
}

// missing is what a refusal says of a right.
var missing = map[Rights]string{
	Read: "right to read and ask", Own: "right to have a subscription of your own", Manage: "right to manage this channel", Administer: "right to administer",
}

// TestMatrix lets every role send every command. What somebody may not do is refused to that person alone, the missing
// right is named, and nothing is changed.
func TestMatrix(t *testing.T) {
	words := map[string]bool{}
	for _, role := range roles {
		b, _ := emptyBot(t)
		off := false
		b.Models = &Models{
			Spent:  func(context.Context, ...insight.Account) (string, error) { return "", nil },
			Off:    func(context.Context) (string, error) { return "an admin switched them off", nil },
			Switch: func(context.Context, string) error { off = true; return nil },
			Forget: func(context.Context, string) error { return nil },
		}
		for _, cell := range matrix {
			words[strings.Fields(cell.line)[0]] = true
			r := sentBy(role.rights, role.direct, cell.line)
			setBrief(t, b, r.Channel)
			before := everything(t, b)
			need := neededRight(cell.need, role.direct)
			m := b.Handle(t.Context(), r, nil)
			refused := strings.HasPrefix(m.Text, "You need the right")
			if allowed := role.rights&need == need; allowed == refused {
				t.Errorf("%s: %q answers %q, allowed %v", role.name, cell.line, m.Text, allowed)
			}
			if !refused {
				continue
			}
			if !m.Private || m.Form != nil || !strings.Contains(m.Text, missing[firstMissing(need, role.rights)]) {
				t.Errorf("%s: %q is refused with %q, private %v, want the missing right named in private", role.name, cell.line, m.Text, m.Private)
			}
			if diff := cmp.Diff(before, everything(t, b)); diff != "" || off && cell.line == "settings model off" {
				t.Errorf("%s: the refused %q changed something (-before +after):\n%s", role.name, cell.line, diff)
			}
		}
	}
	for _, w := range (&Bot{}).words() {
		if !words[w] {
			t.Errorf("the matrix lacks the command %q", w)
		}
	}
}

// neededRight is what a command needs: in direct messages one's own right is enough for what changes the channel, but not
// for what changes the workspace.
func neededRight(need Rights, direct bool) Rights {
	switch {
	case need == Administer && direct:
		return Own | Administer
	case need == Administer:
		return Manage | Administer
	case need&Manage != 0 && direct:
		return Own
	}
	return need
}

// firstMissing is the right that a refusal names: the command's own before that of its words.
func firstMissing(need, have Rights) Rights {
	for _, r := range []Rights{Read, Own, Manage, Administer} {
		if need&r != 0 && have&r == 0 {
			return r
		}
	}
	return 0
}

func sentBy(rights Rights, direct bool, line string) Request {
	mine := Channel{Platform: "fake", Workspace: "W", Kind: Direct, User: "U1"}
	r := Request{Channel: room("C1"), User: "U1", Rights: rights, Words: Split(line), Personal: mine}
	if direct {
		r.Channel = mine
	}
	return r
}

// setBrief gives a channel a subscription, as if nothing had been done to it.
func setBrief(t *testing.T, b *Bot, ch Channel) {
	t.Helper()
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		return PutSubscription(tx, Subscription{Channel: ch, Topics: []string{"ai"}, Count: 5, Created: noon, Since: noon, Schedule: Schedule{Hour: 8, Zone: "UTC"}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// everything reads all that workspaces own, but for counts of what was done.
func everything(t *testing.T, b *Bot) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := b.DB.View(t.Context(), func(tx store.Tx) error {
		for _, bucket := range ownedBuckets {
			if bucket == useBucket {
				continue
			}
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

// TestManagers plays the rules of who changes a channel's brief: everybody with the right, its creator and admins, or
// admins only. A personal brief is never anybody else's.
func TestManagers(t *testing.T) {
	const member, admin = Read | Own | Manage, Read | Own | Manage | Administer
	tests := []struct {
		rule    string
		user    string
		rights  Rights
		line    string
		refused string // part of it; "": done
	}{
		{"members", "U2", member, "topic b", ""},
		{"creator", "U1", member, "topic b", ""},
		{"creator", "U2", member, "topic b", "only who set up a channel's brief and admins"},
		{"creator", "U2", member, "profile reset", "only who set up a channel's brief and admins"},
		{"creator", "U2", admin, "topic b", ""},
		{"creator", "U2", member, "topic @me b", ""},
		{"creator", "U2", member, "status", ""},
		{"admins", "U1", member, "pause", "only admins change a channel's brief"},
		{"admins", "U1", member, "pause @me", "Nothing is subscribed here yet"},
		{"admins", "U2", admin, "pause", ""},
	}
	for _, tt := range tests {
		b, _ := emptyBot(t)
		say := func(user string, rights Rights, line string) string {
			r := sentBy(rights, false, line)
			r.User, r.Personal.User = user, user
			return b.Handle(t.Context(), r, nil).Text
		}
		say("U1", member, "topic a")
		say("U9", admin, "settings managers "+tt.rule)
		got := say(tt.user, tt.rights, tt.line)
		done := !strings.Contains(got, "Here only") && !strings.Contains(got, "Nothing is subscribed")
		if done != (tt.refused == "") || !strings.Contains(got, tt.refused) {
			t.Errorf("%s manage: %s with rights %b sends %q: %q, want %q", tt.rule, tt.user, tt.rights, tt.line, got, tt.refused)
		}
	}
}

// TestOwnBrief checks that in direct messages, and with "@me" anywhere, a user's own right is enough.
func TestOwnBrief(t *testing.T) {
	b, _ := emptyBot(t)
	mine := Channel{Platform: "fake", Workspace: "W", Kind: Direct, User: "U1"}
	for _, r := range []Request{
		{Channel: mine, Words: []string{"topic", "ai"}},
		{Channel: room("C1"), Personal: mine, Words: []string{"topic", "@me", "science"}},
	} {
		r.User, r.Rights = "U1", Read|Own
		if m := b.Handle(t.Context(), r, nil); !strings.Contains(m.Text, "Following") {
			t.Errorf("%q: %q, want it done", r.Words, m.Text)
		}
	}
	sub, found, err := b.subscriptionOf(t.Context(), mine)
	if err != nil || !found || !slices.Equal(sub.Topics, []string{"ai", "science"}) {
		t.Errorf("personal subscription = %+v, %v, %v", sub, found, err)
	}
	if _, found, _ := b.subscriptionOf(t.Context(), room("C1")); found {
		t.Error("the channel got a subscription too")
	}
}
