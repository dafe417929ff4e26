package bot

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"podbrief/bot/directory"
	"podbrief/bot/queue"
	"podbrief/digest"
	"podbrief/digest/rank"
	"podbrief/store"
)

// TestTableFitsDiscord checks the limits of the platform that has the narrowest: 25 words under one command, and 8,000
// characters of names, descriptions and choices in all.
func TestTableFitsDiscord(t *testing.T) {
	table := (&Bot{}).Commands()
	if len(table) > 25 {
		t.Errorf("the table has %d words, at most 25", len(table))
	}
	total := 0
	size := func(where, text string, most int) {
		n := len([]rune(text))
		total += n
		if n == 0 || n > most {
			t.Errorf("%s: %q has %d characters, want 1 to %d", where, text, n, most)
		}
	}
	seen := map[string]bool{}
	for _, c := range table {
		if seen[c.Word] || c.Word != strings.ToLower(c.Word) {
			t.Errorf("word %q is there twice or not lower case", c.Word)
		}
		seen[c.Word] = true
		size(c.Word, c.Word, 32)
		size(c.Word, c.Help, 100)
		if strings.HasSuffix(c.Help, ".") {
			t.Errorf("%s: help %q ends with a full stop", c.Word, c.Help)
		}
		if !slices.Contains([]Rights{Read, Own, Manage, Administer}, c.Right) {
			t.Errorf("%s: right %b, want exactly one", c.Word, c.Right)
		}
		optional := false
		for i, a := range c.Args {
			size(c.Word, a.Name, 32)
			size(c.Word, a.Help, 100)
			if a.Required && optional {
				t.Errorf("%s: required %s after an optional argument", c.Word, a.Name)
			}
			optional = optional || !a.Required
			if a.Rest && i != len(c.Args)-1 {
				t.Errorf("%s: %s takes the rest and is not the last", c.Word, a.Name)
			}
			for _, ch := range a.Choices {
				size(c.Word, ch.Label, 100)
				size(c.Word, ch.Value, 100)
			}
		}
	}
	if total > 8000 {
		t.Errorf("the table has %d characters, at most 8000", total)
	}
	t.Logf("%d words, %d characters", len(table), total)
}

func TestHelpNamesEveryCommand(t *testing.T) {
	b := &Bot{}
	m := b.Handle(t.Context(), Request{Words: []string{"help"}, Rights: Read, Channel: room("C1")}, nil)
	var text strings.Builder
	for _, s := range m.Sections {
		text.WriteString(s.Text + "\n")
	}
	for _, w := range b.words() {
		if !strings.Contains("\n"+text.String(), "\n"+w+" ") {
			t.Errorf("help does not name %q", w)
		}
	}
}

func room(id string) Channel { return Channel{Platform: "fake", Workspace: "W", ID: id} }

// emptyBot is a bot on an empty store, with a platform that keeps what is posted.
func emptyBot(t testing.TB) (*Bot, *fakePlatform) {
	t.Helper()
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "bot.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	lg := slog.New(slog.DiscardHandler)
	q, err := queue.NewLocal(t.Context(), db, queue.Options{Kinds: Kinds(), Log: lg})
	if err != nil {
		t.Fatal(err)
	}
	p := &fakePlatform{}
	b := &Bot{DB: db, Queue: q, Log: lg, Adapters: []Adapter{p}, Engine: &digest.Engine{DB: db, Index: rank.NewIndex()}}
	return b, p
}

// fakePlatform answers posts as told and keeps them.
type fakePlatform struct {
	mu      sync.Mutex
	answers []error // of the next posts; nil: accepted
	posts   []Message
	probes  int
	probe   error
	find    func() (string, bool, bool, error)
}

// count is the number of posts so far, for tests in which the bot goes on posting.
func (p *fakePlatform) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.posts)
}

func (p *fakePlatform) Platform() string { return "fake" }

func (p *fakePlatform) Run(ctx context.Context, _ []Command, _ Handler) error {
	<-ctx.Done()
	return nil
}

func (p *fakePlatform) Post(_ context.Context, _ Channel, m Message, _ DeliveryKey) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts = append(p.posts, m)
	if len(p.answers) > 0 {
		err := p.answers[0]
		p.answers = p.answers[1:]
		if err != nil {
			return "", err
		}
	}
	return "m1", nil
}

func (p *fakePlatform) Find(context.Context, Channel, DeliveryKey, time.Time) (string, bool, bool, error) {
	if p.find == nil {
		return "", false, true, nil
	}
	return p.find()
}

func (p *fakePlatform) Probe(context.Context, Channel) error {
	p.probes++
	return p.probe
}

func TestPurgeAndForget(t *testing.T) {
	b, _ := emptyBot(t)
	ctx := t.Context()
	for _, ws := range []string{"W", "W2", "W20"} {
		for _, user := range []string{"U1", "U2"} {
			mine := Channel{Platform: "fake", Workspace: ws, Kind: Direct, User: user}
			r := Request{Channel: mine, User: user, Rights: Read | Own, Words: []string{"topic", "canary " + ws + " " + user}}
			if m := b.Handle(ctx, r, nil); !strings.Contains(m.Text, "Following") {
				t.Fatal(m.Text)
			}
		}
	}
	channel := Request{Channel: Channel{Platform: "fake", Workspace: "W20", ID: "C1"}, User: "U1", Rights: Manage, Words: []string{"topic", "ai"}}
	b.Handle(ctx, channel, nil)
	for _, topic := range []string{"canary w u1", "canary w2 u1"} {
		if err := b.DB.Update(ctx, func(tx store.Tx) error { return store.Put(tx, topicBucket, part(topic), topicRecord{}) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Purge(ctx, "fake", "W2"); err != nil {
		t.Fatal(err)
	}
	if err := b.Forget(ctx, Channel{Platform: "fake", Workspace: "W20"}, "U1"); err != nil {
		t.Fatal(err)
	}
	if got, want := topicsKnown(t, b), []string{part("canary w u1")}; !slices.Equal(got, want) {
		t.Errorf("after the purge topics %q are known, want %q", got, want)
	}
	subs, err := b.subscriptions(ctx)
	var left []string
	for _, s := range subs {
		left = append(left, s.Channel.Workspace+"/"+s.Channel.User+s.Channel.ID)
		if s.Channel.ID != "" && s.Creator != "" {
			t.Errorf("a channel's subscription still names %q", s.Creator)
		}
	}
	if want := []string{"W/U1", "W/U2", "W20/U2", "W20/C1"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left are %q, %v, want %q", left, err, want)
	}
}

// TestForgetEverywhere forgets a person in all workspaces when people are the same in them, and nobody else.
func TestForgetEverywhere(t *testing.T) {
	for _, tt := range []struct {
		direct string // workspace of direct messages
		want   []string
	}{
		{"@me", []string{"saved fake:W/U2/i", "saved fake:W2/U2/i", "thread fake:W3/C1/t"}},
		{"W", []string{"saved fake:W/U2/i", "saved fake:W2/U1/i", "saved fake:W2/U2/i", "thread fake:W3/C1/t"}},
	} {
		b, _ := emptyBot(t)
		err := b.DB.Update(t.Context(), func(tx store.Tx) error {
			for _, key := range []string{"fake:W/U1/i", "fake:W/U2/i", "fake:W2/U1/i", "fake:W2/U2/i"} {
				if err := store.Put(tx, savedBucket, key, Saved{}); err != nil {
					return err
				}
			}
			return store.Put(tx, threadBucket, "fake:W3/C1/t", Thread{Turns: []Turned{{User: "U1"}, {User: "U2"}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		r := Request{Channel: room("C1"), User: "U1", Rights: Read | Own, Words: []string{"profile", "forget"},
			Personal: Channel{Platform: "fake", Workspace: tt.direct, Kind: Direct, User: "U1"}}
		b.Handle(t.Context(), r, nil)
		var left []string
		for key := range everything(t, b) {
			left = append(left, key)
		}
		if slices.Sort(left); !slices.Equal(left, tt.want) {
			t.Errorf("with direct messages in %q left are %q, want %q", tt.direct, left, tt.want)
		}
		th, err := view(t.Context(), b.DB, func(tx store.Tx) (Thread, error) { return store.Get[Thread](tx, threadBucket, "fake:W3/C1/t") })
		if want := map[string]int{"@me": 1, "W": 2}[tt.direct]; err != nil || len(th.Turns) != want {
			t.Errorf("with direct messages in %q %d questions are left, %v, want %d", tt.direct, len(th.Turns), err, want)
		}
	}
}

func TestHandleSurvivesAPanic(t *testing.T) {
	b, _ := emptyBot(t)
	b.DB = nil
	m := b.Handle(t.Context(), Request{Channel: room("C1"), Rights: Read, Words: []string{"status"}}, nil)
	if !m.Private || !strings.Contains(m.Text, "Something went wrong") {
		t.Errorf("Handle = %+v", m)
	}
}

func TestToldOnlyUserErrors(t *testing.T) {
	if _, ok := told(errors.New("secret")); ok {
		t.Error("an internal error is shown")
	}
}

// fakeDirectory knows podcasts and counts questions.
type fakeDirectory struct {
	found []directory.Podcast
	asked int
}

func (d *fakeDirectory) Search(context.Context, string, int) ([]directory.Podcast, error) {
	d.asked++
	return d.found, nil
}

// TestProposal checks that the directory is asked once a week, and that a podcast is proposed once.
func TestProposal(t *testing.T) {
	now := noon
	b, _ := emptyBot(t)
	d := &fakeDirectory{found: []directory.Podcast{{Title: "Slow Pods", URL: "https://slow.example/rss"}}}
	b.Times.Now, b.Sources.Directory = func() time.Time { return now }, d
	sub := Subscription{Channel: room("C1"), Topics: []string{"ai"}}
	for range 3 {
		if err := b.discover(t.Context(), "ai"); err != nil {
			t.Fatal(err)
		}
	}
	if d.asked != 1 {
		t.Errorf("the directory was asked %d times, want once", d.asked)
	}
	p, err := b.proposal(t.Context(), &sub, now)
	if err != nil || p == nil || p.URL != "https://slow.example/rss" {
		t.Fatalf("proposal = %+v, %v", p, err)
	}
	if err := b.DB.Update(t.Context(), func(tx store.Tx) error { return noteProposal(tx, &sub, p, now) }); err != nil {
		t.Fatal(err)
	}
	now = now.Add(8 * 24 * time.Hour)
	if p, err := b.proposal(t.Context(), &sub, now); p != nil || err != nil {
		t.Errorf("proposed again: %+v, %v", p, err)
	}
	hit, ok, err := b.offered(t.Context(), room("C1"), token("https://slow.example/rss"))
	if err != nil || !ok || hit.Title != "Slow Pods" {
		t.Errorf("the button means %+v, %v, %v", hit, ok, err)
	}
	if err := b.discover(t.Context(), "ai"); err != nil || d.asked != 2 {
		t.Errorf("a week later the directory was asked %d times, %v, want 2", d.asked, err)
	}
}

func TestFollowByName(t *testing.T) {
	b, _ := emptyBot(t)
	b.Sources.Directory = &fakeDirectory{found: []directory.Podcast{{Title: "Slow Pods", URL: "https://slow.example/rss"}, {Title: "Slow Pots", URL: "https://pots.example/rss"}}}
	say := func(words ...string) Message {
		return b.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Manage, Words: words}, nil)
	}
	if m := say("follow", "slow", "pods"); !strings.Contains(m.Text, "Following Slow Pods.") {
		t.Errorf("follow by its whole name: %q", m.Text)
	}
	m := say("follow", "slo")
	if !strings.Contains(m.Text, "Following Slow Pods") { // the known ones go first
		t.Errorf("follow by a part of a known name: %q", m.Text)
	}
	m = say("follow", "pot")
	if len(m.Sections) != 2 || len(m.Sections[1].Actions) != 1 {
		t.Fatalf("an ambiguous name: %+v, want two choices", m)
	}
	if m := say(m.Sections[1].Actions[0].Command...); !strings.Contains(m.Text, "Following Slow Pots.") {
		t.Errorf("the choice: %q", m.Text)
	}
}

func TestUnderstand(t *testing.T) {
	b := &Bot{}
	tests := []struct {
		words      []string
		implicit   bool
		word, args string
	}{
		{[]string{"topic", "ai, open source"}, false, "topic", "ai, open source"},
		{[]string{"topic", "ai,", "open", "source"}, false, "topic", "ai, open source"},
		{[]string{"/brief vote up 2"}, false, "vote", "up 2"},
		{[]string{"TOPIC", "ai"}, false, "topic", "ai"},
		{[]string{"/Brief  STATUS!"}, false, "status", ""},
		{[]string{"“status”, now"}, false, "status", "now"},
		{[]string{"status?"}, false, "status", ""},
		{[]string{"please more 1 please"}, false, "more", "1"},
		{[]string{"Please, *topic* ai pls"}, false, "topic", "ai"},
		{[]string{"count", "0"}, false, "help", "count 0"},
		{[]string{"language", "models"}, false, "ask", "language models"},
		{[]string{"hilfe"}, false, "help", "hilfe"},
		{[]string{"start", "with", "what?"}, false, "ask", "start with what?"},
		{[]string{"why", "do", "rewrites", "fail?"}, false, "ask", "why do rewrites fail?"},
		{[]string{"why", "Practical", "AI?"}, false, "why", "Practical AI?"},
		{nil, false, "help", ""},
		{[]string{"topci", "ai"}, false, "help", "topci ai"},
		{[]string{"what", "did", "they", "say?"}, false, "ask", "what did they say?"},
		{[]string{"prices?"}, false, "ask", "prices?"},
		{[]string{"ask", "more 2"}, true, "more", "2"},
		{[]string{"ask", "vote up 2"}, true, "vote", "up 2"},
		{[]string{"ask", "why is that?"}, true, "ask", "why is that?"},
		{[]string{"ask", "more 2"}, false, "ask", "more 2"},
	}
	for _, tt := range tests {
		e, a := b.understand(Request{Words: tt.words, Implicit: tt.implicit})
		if e.Word != tt.word || a.args != tt.args {
			t.Errorf("understand(%q) = %s %q, want %s %q", tt.words, e.Word, a.args, tt.word, tt.args)
		}
	}
}
