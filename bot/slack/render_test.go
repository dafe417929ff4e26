package slack

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// drawnJSON is a message, or the form in it, as it is sent.
func drawnJSON(t testing.TB, m bot.Message, most int) []byte {
	t.Helper()
	var v any = render(m, most)
	if m.Form != nil {
		v = modal(m.Form, incoming{channel: general, thread: "1.2"})
	}
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func TestGolden(t *testing.T) {
	for _, f := range bottest.Fixtures() {
		most := maxBlocks
		if f.Name == "home" {
			most = maxHomeBlocks
		}
		got := drawnJSON(t, f.Message, most)
		golden(t, filepath.Join("testdata", f.Name+".golden.json"), string(got))
	}
}

// TestRules holds every message against the limits of Slack, as a message and as an App Home.
func TestRules(t *testing.T) {
	for _, f := range bottest.Fixtures() {
		for _, most := range []int{maxBlocks, maxHomeBlocks} {
			if problems := slacktest.Check(drawnJSON(t, f.Message, most), most); len(problems) > 0 {
				t.Errorf("%s in %d blocks: %q", f.Name, most, problems)
			}
		}
	}
}

func TestDrawn(t *testing.T) {
	bottest.TestDrawn(t, func(m bot.Message) string {
		r := drawnJSON(t, m, maxBlocks)
		return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(strings.Join(slacktest.Texts(r), "\n"))
	})
}

// TestShortened checks at, under and over every limit of a field that nothing is cut but between sentences, and that what
// was left out is said.
func TestShortened(t *testing.T) {
	for _, n := range []int{74, 75, 76, 149, 150, 151, 600, 2899, 2900, 2901, 3000, 4000, 9800, 12_000, 50_000} {
		s := sentences(n)
		for name, m := range map[string]bot.Message{
			"heading": {Heading: s}, "text": {Text: s}, "footer": {Text: "x", Footer: s}, "summary": {Text: "x", Summary: s},
			"section": {Sections: []bot.Section{{Heading: s, Text: s, Quote: s, Meta: s}}},
			"label":   {Text: "x", Actions: []bot.Action{{Label: s, Command: []string{"help"}}}},
			"link":    {Sections: []bot.Section{{Link: bot.Link{Label: s, URL: "https://podcasts.example/" + strings.Repeat("a", n)}}}},
		} {
			b := drawnJSON(t, m, maxBlocks)
			if problems := slacktest.Check(b, maxBlocks); len(problems) > 0 {
				t.Errorf("%s of %d characters: %q", name, n, problems)
			}
			seen := strings.Join(slacktest.Texts(b), "\n")
			times := map[string]int{"heading": 1, "text": 1, "footer": 1, "section": 4}[name]
			if strings.Count(seen, strings.TrimSpace(s)) < times && !strings.Contains(seen, "Shortened to fit") {
				t.Errorf("%s of %d characters was shortened without a word", name, n)
			}
		}
	}
}

// TestFormLimits draws forms whose parts are at, under and over every limit.
func TestFormLimits(t *testing.T) {
	for _, n := range []int{1, 23, 24, 25, 74, 75, 76, 149, 150, 151, 1000, 2999, 3000, 3001} {
		s := sentences(n)
		var choices []bot.Choice
		for i := range 120 {
			choices = append(choices, bot.Choice{Label: s, Value: fmt.Sprint("v", i)})
		}
		f := &bot.Form{Title: s, Submit: s, Intro: s, Command: []string{"settings"}, Fields: []bot.Field{
			{Name: "a", Label: s, Hint: s, Value: s, MaxLen: 1000}, {Name: "b", Label: s, Value: s, Kind: bot.Lines},
			{Name: "c", Label: s, Kind: bot.One, Choices: choices, Value: "v1"}, {Name: "d", Label: s, Kind: bot.Many, Choices: choices, Value: "v1\nv2"},
			{Name: "e", Label: s, Kind: bot.Many, Choices: choices[:10], Value: "v1\nv2"},
		}}
		b := drawnJSON(t, bot.Message{Form: f}, maxBlocks)
		if problems := slacktest.Check(b, maxBlocks); len(problems) > 0 {
			t.Errorf("form of %d characters: %q", n, problems)
		}
		if shown := strings.Count(string(b), `"initial_value"`); (shown == 2) != (n <= maxInput) {
			t.Errorf("form of %d characters has %d fields with their value, want two that hold it whole or none", n, shown)
		}
	}
}

// sentences is a text of n characters in sentences of 40.
func sentences(n int) string {
	const one = "This is a sentence of forty characters. "
	return strings.Repeat(one, n/len(one)) + strings.Repeat("x", n%len(one))
}

// TestNothingIsCut draws briefs whose sentences are too long together: each that is there is whole, and what is missing is
// said.
func TestNothingIsCut(t *testing.T) {
	claim := strings.TrimSpace(strings.Repeat("a long sentence, ", 25)) + " ends here."
	for _, quoted := range []bool{false, true} {
		m := bot.Message{Heading: "10 insights"}
		for i := range 10 {
			s := bot.Section{Heading: fmt.Sprintf("%d. %s", i+1, claim), Text: claim + " " + claim, Quote: claim, Short: true}
			if quoted {
				s = bot.Section{Heading: fmt.Sprintf("%d. Ada Lindqvist", i+1), Quote: claim + " " + claim + " " + claim}
			}
			m.Sections = append(m.Sections, s)
		}
		seen := strings.Join(slacktest.Texts(drawnJSON(t, m, maxBlocks)), "\n")
		if whole, begun := strings.Count(seen, "ends here."), strings.Count(seen, "a long sentence, a long"); whole < 10 || whole*12 != begun {
			t.Errorf("quoted %v: %d sentences are whole and %d/12 were begun, want 10 or more and as many", quoted, whole, begun)
		}
		if !strings.Contains(seen, bot.Shortened) {
			t.Errorf("quoted %v: nothing says that it was shortened", quoted)
		}
	}
}

// TestInText checks that outside text makes neither items nor quotations nor anything bold of its own.
func TestInText(t *testing.T) {
	for in, want := range map[string]string{
		"a & b <c>":                  "a &amp; b &lt;c&gt;",
		"*bold* `code` ~gone~":       "∗bold∗ 'code' ∼gone∼",
		"_gone_ (_x_), snake_case":   "ˍgoneˍ (ˍxˍ), snake_case",
		"First.\n2. *A claim*":       "First.\n· 2. ∗A claim∗",
		"> quoted\n >> twice, 5 > 3": "› quoted\n › twice, 5 &gt; 3",
	} {
		if got := inText(in); got != want {
			t.Errorf("inText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestReadable(t *testing.T) {
	for in, want := range map[string]string{
		"a &amp; b &lt;c&gt;":                        "a & b <c>",
		"follow <https://x.example/f.xml|x.example>": "follow https://x.example/f.xml",
		"<#C1|general> and <#C2> <@U1> <!here>":      "#general and",
		"&amp;lt;":                                   "&lt;",
	} {
		if got := readable(in); got != want {
			t.Errorf("readable(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add(bottest.HostileText)
	f.Add(strings.Repeat("長い文。", 2000))
	f.Add("\u3164")
	f.Fuzz(func(t *testing.T, s string) {
		if problems := slacktest.Check(drawnJSON(t, bottest.Hostile(s), maxBlocks), maxBlocks); len(problems) > 0 {
			t.Errorf("render of %q: %q", s, problems)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add("slash_commands", `{"command":"/brief","text":"topic ai","channel_id":"C1"}`)
	f.Add("interactive", `{"type":"block_actions","actions":[{"type":"button","value":"more x"}]}`)
	f.Add("events_api", `{"type":"event_callback","event":{"type":"channel_rename","channel":{"id":"C1","name":"x"}}}`)
	f.Fuzz(func(t *testing.T, kind, body string) {
		decode(kind, []byte(body), slack.AuthTestResponse{UserID: "U0"}) //nolint:errcheck // only that it does not panic
	})
}
