package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/digest"
	"podbrief/store"
)

// TestSavedList keeps insights, lists them newest first, and deletes one.
func TestSavedList(t *testing.T) {
	b, _ := emptyBot(t)
	for i := range 12 {
		keepInsight(t, b, "U1", i, noon.Add(time.Duration(i)*time.Hour))
	}
	say := func(user, line string) Message {
		return b.Handle(t.Context(), Request{Channel: room("C1"), User: user, Rights: Read | Own, Words: Split(line)}, nil)
	}
	m := say("U1", "save")
	if m.Heading != "You keep 12 insights" || len(m.Sections) != 10 || m.Footer != "Numbers 1 to 10, newest first; “save remove 1” deletes the first of these" || m.Sections[0].Quote != "Claim 11." {
		t.Errorf("save lists %q, %d sections, first %+v, footer %q", m.Heading, len(m.Sections), m.Sections[0], m.Footer)
	}
	remove := m.Sections[0].Actions[1]
	if m := say("U1", strings.Join(m.Actions[0].Command, " ")); len(m.Sections) != 2 || m.Sections[0].Quote != "Claim 1." || len(m.Actions) != 0 {
		t.Errorf("the older ones: %+v", m)
	}
	if m := say("U2", strings.Join(remove.Command, " ")); !strings.Contains(m.Text, "You do not keep that insight") {
		t.Errorf("somebody else deletes it: %q", m.Text)
	}
	if m := say("U1", strings.Join(remove.Command, " ")); m.Text != "Deleted from what you keep." {
		t.Errorf("%q: %q", remove.Command, m.Text)
	}
	if m := say("U1", "save"); m.Heading != "You keep 11 insights" || m.Sections[0].Quote != "Claim 10." {
		t.Errorf("then save lists %q, first %+v", m.Heading, m.Sections[0])
	}
	if m := say("U1", "save remove 11"); m.Text != "Deleted from what you keep." {
		t.Errorf("the oldest by its number: %q", m.Text)
	}
	if m := say("U1", "save"); m.Heading != "You keep 10 insights" || m.Sections[9].Quote != "Claim 1." || len(m.Actions) != 0 {
		t.Errorf("then save lists %q, last %+v", m.Heading, m.Sections[len(m.Sections)-1])
	}
	if m := say("U2", "save"); !strings.Contains(m.Text, "You keep nothing yet") {
		t.Errorf("somebody else's list: %q", m.Text)
	}
}

// TestSavedOldRecord reads what was kept before speaker and date were: it is shown as a claim.
func TestSavedOldRecord(t *testing.T) {
	b, _ := emptyBot(t)
	old := `{"insight":"0mdx4k2h1-abcdef-0","text":"Most teams never measure how often the same is asked. We did.","podcast":"Show","title":"Episode","link":"https://x.example/","at":"2026-11-01T00:00:00Z"}`
	err := b.DB.Update(t.Context(), func(tx store.Tx) error { return tx.Put(savedBucket, "fake:W/U1/0mdx4k2h1-abcdef-0", []byte(old)) })
	if err != nil {
		t.Fatal(err)
	}
	m := b.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Read | Own, Words: []string{"save"}}, nil)
	want := Section{Heading: "Most teams never measure how often the same is asked.", Text: "We did.", Link: Link{Label: "Show — Episode", URL: "https://x.example/"}}
	got := m.Sections[0]
	got.Actions = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("an old record (-want +got):\n%s", diff)
	}
}

// TestTaste sums votes up: each counts a little, together never more than one, the newest of a person for an insight only,
// and those before a reset not at all.
func TestTaste(t *testing.T) {
	b, _ := emptyBot(t)
	vote := func(tx store.Tx, user string, insight int, v Vote) error {
		return store.Put(tx, voteBucket, fmt.Sprintf("fake:W/C1/%s/0mdx4k2h%d-abcdef-0", user, insight), v)
	}
	const liked, disliked = "https://liked.example/", "https://disliked.example/"
	sub := &Subscription{Channel: room("C1"), VotesFrom: noon, Edits: digest.Taste{Words: map[string]float64{"cloud": -0.5, "rust": 0}}}
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		for i := range 6 {
			if err := vote(tx, fmt.Sprintf("U%d", i), 1, Vote{Up: true, Feed: liked, Words: []string{"ai", "cloud", "rust"}, At: noon.Add(time.Hour)}); err != nil {
				return err
			}
		}
		if err := vote(tx, "U1", 2, Vote{Feed: disliked, Words: []string{"crypto"}, At: noon.Add(time.Hour)}); err != nil {
			return err
		}
		return vote(tx, "U1", 3, Vote{Feed: "https://old.example/", Words: []string{"old"}, At: noon.Add(-time.Hour)})
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := view(t.Context(), b.DB, func(tx store.Tx) (digest.Taste, error) { return tasteOf(tx, sub) })
	want := digest.Taste{
		Feeds: map[string]float64{liked: mostVote, disliked: -perVote},
		Words: map[string]float64{"ai": mostVote, "cloud": -0.5, "crypto": -perVote},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("tasteOf, error %v (-want +got):\n%s", err, diff)
	}
}

func TestWeightLines(t *testing.T) {
	weights := map[string]float64{"ai": 0.25, "rust": -0.75, "go": 0.25, "cloud": 1}
	want := "cloud: more (+1.00)\nrust: less (-0.75)\nai: more (+0.25)\ngo: more (+0.25)"
	if got := weightLines(weights); got != want {
		t.Errorf("weightLines = %q, want %q", got, want)
	}
	for i := range 40 {
		weights[fmt.Sprintf("word %d", i)] = 0.1
	}
	if got := strings.Count(weightLines(weights), "\n") + 1; got != 15 {
		t.Errorf("weightLines of 44 weights has %d lines, want 15", got)
	}
}

// TestProfile shows, sets and resets what votes taught.
func TestProfile(t *testing.T) {
	b, _ := emptyBot(t)
	say := func(line string) Message {
		return b.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Read | Own | Manage, Words: Split(line)}, nil)
	}
	say("topic ai")
	if m := say("profile"); m.Text != "Nothing yet: vote with 👍 and 👎 under an insight." {
		t.Errorf("profile of a new channel: %q", m.Text)
	}
	for _, line := range []string{"profile set open source more", "profile set crypto LESS"} {
		if m := say(line); !strings.HasPrefix(m.Text, "Set: ") {
			t.Errorf("%s: %q", line, m.Text)
		}
	}
	m := say("profile")
	if len(m.Sections) != 1 || m.Sections[0].Text != "crypto: less (-0.50)\nopen source: more (+0.50)" {
		t.Errorf("profile: %+v", m.Sections)
	}
	say("profile set crypto off")
	if m := say("profile"); m.Sections[0].Text != "open source: more (+0.50)" {
		t.Errorf("after “off”: %+v", m.Sections)
	}
	if m := say("profile reset"); !strings.Contains(m.Text, "votes from now on count") {
		t.Errorf("reset: %q", m.Text)
	}
	if m := say("profile"); len(m.Sections) != 0 {
		t.Errorf("after a reset: %+v", m.Sections)
	}
}
