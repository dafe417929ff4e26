package bot

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/store"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

// member returns a request of somebody who is in some channels, sent in the direct messages with the bot.
func member(user string, channels ...string) Request {
	mine := Channel{Platform: "fake", Workspace: "W", Kind: Direct, User: user}
	return Request{
		Channel: mine, Personal: mine, User: user, Rights: Read | Own | Manage,
		Member: func(_ context.Context, ch Channel) (bool, error) { return slices.Contains(channels, ch.ID), nil },
	}
}

// TestHome plays somebody who sets up briefs, keeps insights, and looks at the home view.
func TestHome(t *testing.T) {
	b, _ := emptyBot(t)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	b.Times.Now = func() time.Time { return now }
	say := func(r Request, words ...string) Message {
		t.Helper()
		now = now.Add(time.Minute)
		r.Words = words
		return b.Handle(t.Context(), r, nil)
	}
	in := func(channel, name string, r Request) Request {
		r.Channel = room(channel)
		r.Channel.Name = name
		return r
	}
	u1, u2 := member("U1", "C1", "C2"), member("U2", "C1")
	say(in("C1", "research", u1), "topic", "ai, open source")
	say(in("C2", "product", u1), "time", "09:00 weekdays")
	say(in("C3", "left", u1), "topic", "rust") // is not in it any more
	say(in("C4", "gone", u1), "topic", "go")
	say(in("C4", "gone", u1), "leave", "yes")
	say(in("C1", "research", u2), "pause")
	say(u1, "topic", "science, -crypto")
	for i := range 7 {
		keepInsight(t, b, "U1", i, now.Add(time.Duration(i)*time.Minute))
	}
	open := func(r Request) Message {
		r.Event = HomeOpened
		return b.Handle(t.Context(), r, nil)
	}
	golden(t, "home", open(u1))
	golden(t, "home-new", open(member("U3")))

	visitor := member("U4")
	visitor.Rights = Read
	if m := open(visitor); len(m.Sections) != 1 || m.Sections[0].Actions != nil || !strings.Contains(m.Sections[0].Text, "As a guest") {
		t.Errorf("a guest, who can have no brief, sees %+v", m)
	}

	// What its buttons say is done, and the view then shows it.
	if m := say(u1, "resume", "in:C1"); !strings.Contains(m.Text, "The brief comes again.") {
		t.Errorf("Resume in the home view: %q", m.Text)
	}
	form := say(u1, "settings", "in:C2").Form
	if form == nil || !slices.Equal(form.Command, []string{"settings", "in:C2"}) {
		t.Fatalf("Settings in the home view: %+v, want the form of that channel", form)
	}
	u1.Fields = Fields{"time": "10:15 Europe/Berlin"}
	say(u1, form.Command...)
	u1.Fields = nil
	m := open(u1)
	for _, want := range []string{"10:15 weekdays Europe/Berlin", "topics: ai, open source"} {
		if !slices.ContainsFunc(m.Sections, func(s Section) bool { return strings.Contains(s.Text, want) }) {
			t.Errorf("after the change the home view lacks %q: %+v", want, m.Sections)
		}
	}
	if m := open(u2); m.Sections[1].Heading != "#research" || m.Sections[1].Actions[1].Label != "Pause" {
		t.Errorf("who paused a channel sees %+v", m.Sections)
	}
}

func keepInsight(t *testing.T, b *Bot, user string, i int, at time.Time) {
	t.Helper()
	s := keep(digest.Item{
		Insight: insight.Insight{ID: fmt.Sprintf("0mdx4k2h%d-abcdef-0", i), Text: fmt.Sprintf("Claim %d.", i), Engine: "builtin/1", Speaker: "Ada"},
		Episode: feed.Episode{Title: "Episode", Published: noon}, Podcast: "Show", Link: "https://x.example/",
	}, at)
	if err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		return store.Put(tx, savedBucket, userPrefix(&asking{Request: member(user)})+s.Insight, s)
	}); err != nil {
		t.Fatal(err)
	}
}

// golden compares a message with a file.
func golden(t *testing.T, name string, m Message) {
	t.Helper()
	got, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	file := "testdata/" + name + ".golden.json"
	if *updateGolden {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run go test -update", err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("%s differs; look at it and run with -update:\n%s", name, got)
	}
}

// TestElsewhere checks who may send a command about another channel.
func TestElsewhere(t *testing.T) {
	b, _ := emptyBot(t)
	setUp := member("U1")
	setUp.Channel, setUp.Words = room("C1"), []string{"topic", "ai"}
	b.Handle(t.Context(), setUp, nil)
	unknown, guest := member("U2"), member("U2", "C1")
	unknown.Member, guest.Rights = nil, Read
	tests := []struct {
		name  string
		r     Request
		words string
		want  string
	}{
		{"a member", member("U2", "C1"), "pause in:C1", "Paused."},
		{"a member asks", member("U2", "C1"), "status in:C1", "No brief comes until"},
		{"not a member", member("U2"), "pause in:C1", "You are not in that channel"},
		{"not a member asks", member("U2"), "status in:C1", "You are not in that channel"},
		{"not a member opens the form", member("U2"), "settings in:C1", "You are not in that channel"},
		{"a platform that cannot say", unknown, "pause in:C1", "I cannot see here what you may do"},
		{"a guest", guest, "pause in:C1", "You need the right to manage"},
		{"a channel without a brief", member("U2", "C9"), "topic in:C9 ai", "Nothing is subscribed here yet"},
		{"no channel", member("U2"), "topic in: ai", "Following"},
	}
	for _, tt := range tests {
		tt.r.Words = strings.Fields(tt.words)
		if m := b.Handle(t.Context(), tt.r, nil); !strings.Contains(m.Text, tt.want) {
			t.Errorf("%s: %q answers %q, form %v, want %q", tt.name, tt.words, m.Text, m.Form != nil, tt.want)
		}
	}
}

// TestManagedIsBounded checks that no more channels are remembered of a person than are shown.
func TestManagedIsBounded(t *testing.T) {
	b, _ := emptyBot(t)
	at := noon
	b.Times.Now = func() time.Time { at = at.Add(time.Second); return at }
	r := member("U1")
	for i := range homeChannels + 3 {
		r.Channel, r.Words = room(fmt.Sprintf("C%02d", i)), []string{"topic", "ai"}
		b.Handle(t.Context(), r, nil)
	}
	marks, err := view(t.Context(), b.DB, func(tx store.Tx) ([]managedMark, error) { return all[managedMark](tx, managedBucket, "") })
	if err != nil || len(marks) != homeChannels || marks[0].Channel.ID != "C03" {
		t.Errorf("remembered are %+v, %v, want the newest %d", marks, err, homeChannels)
	}
	if err := b.Forget(t.Context(), r.Channel, "U1"); err != nil {
		t.Fatal(err)
	}
	if marks, _ = view(t.Context(), b.DB, func(tx store.Tx) ([]managedMark, error) { return all[managedMark](tx, managedBucket, "") }); len(marks) > 0 {
		t.Errorf("after forget there are %+v", marks)
	}
}
