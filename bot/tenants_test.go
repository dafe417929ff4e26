package bot

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/store"
)

// tenants is how many workspaces TestTenantsNeverMix plays, and operations how much they do.
const (
	tenants    = 20
	operations = 1500
)

// TestTenantsNeverMix lets workspaces do things at random, each with a word of its own in all that it says. What one is
// shown, or is sent, never holds the word of another.
func TestTenantsNeverMix(t *testing.T) {
	b, p := emptyBot(t)
	b.Engine.Answerer = insight.Closest{}
	now := noon
	b.Times.Now = func() time.Time { return now }
	keepEverywhere(t, b)
	rnd := rand.New(rand.NewPCG(1, 2))
	canary := regexp.MustCompile(`canary\d+x`)
	for i := range operations {
		now = now.Add(time.Duration(rnd.IntN(20)) * time.Minute)
		ws := rnd.IntN(tenants)
		own := fmt.Sprintf("canary%dx", ws)
		r := requestOf(rnd, ws)
		line := strings.ReplaceAll(lines[rnd.IntN(len(lines))], "$OWN", own)
		r.Words = Split(line)
		if line == "home" {
			r.Words, r.Event = nil, HomeOpened
		}
		m := b.Handle(t.Context(), r, nil)
		shown, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range canary.FindAllString(string(shown), -1) {
			if word != own {
				t.Fatalf("operation %d: %q of workspace %d shows %q: %s", i, line, ws, word, shown)
			}
		}
		if strings.Contains(m.Text, "Something went wrong") {
			t.Fatalf("operation %d: %q: %q", i, line, m.Text)
		}
		if i%50 == 49 {
			if err := b.Deliver(t.Context(), fmt.Sprintf("fake:W%d/", ws)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if p.count() == 0 {
		t.Error("no brief was sent in all this time")
	}
}

// lines are what workspaces say; $OWN is the word of the one that says it.
var lines = []string{
	"topic $OWN", "topic @me $OWN, $OWN two", "untopic $OWN", "mute $OWN noise", "unmute $OWN noise", "time 12:00", "time @me 12:30", "settings count 4",
	"settings", "pause", "resume", "leave yes", "status", "status @me", "feeds", "preview", "last", "why 1", "more 1", "related 1", "search prices", "save 1",
	"save", "save remove 0mdx4k2h1-abcdef-0", "vote up 1", "profile", "profile set $OWN more", "profile reset", "profile forget", "help $OWN", "home",
	"ask what about $OWN?", "now", "leave workspace yes", "settings managers members", "feeds export",
}

// requestOf is one of somebody in a workspace; IDs of channels and people are the same in all workspaces.
func requestOf(rnd *rand.Rand, ws int) Request {
	user := fmt.Sprintf("U%d", rnd.IntN(3))
	mine := Channel{Platform: "fake", Workspace: fmt.Sprintf("W%d", ws), Kind: Direct, User: user}
	r := Request{Channel: mine, Personal: mine, User: user, Rights: Read | Own | Manage | Administer}
	if rnd.IntN(3) > 0 {
		r.Channel = Channel{Platform: "fake", Workspace: mine.Workspace, ID: fmt.Sprintf("C%d", rnd.IntN(2)), Name: fmt.Sprintf("canary%dx", ws)}
	}
	return r
}

// keepEverywhere gives each workspace's users something that they keep.
func keepEverywhere(t *testing.T, b *Bot) {
	t.Helper()
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		for ws := range tenants {
			for user := range 3 {
				s := keep(digest.Item{
					Insight: insight.Insight{ID: "0mdx4k2h1-abcdef-0", Text: fmt.Sprintf("canary%dx", ws), Engine: "builtin/1"},
					Episode: feed.Episode{Title: "Episode"}, Podcast: "Show",
				}, noon)
				if err := store.Put(tx, savedBucket, fmt.Sprintf("fake:W%d/U%d/%s", ws, user, s.Insight), s); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
