package discord

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
)

// attack is an outside text that does something on a platform that draws it as it is.
type attack struct {
	ID        string
	Platforms []string
	Payload   string
	Visible   []string `json:"must_keep_visible"`
}

// attacks are those for Discord, with what finds the rules that a text breaks.
func attacks(t *testing.T) ([]attack, func(string) []string) {
	t.Helper()
	var file struct {
		OwnLink  map[string]string `json:"own_link"`
		Rules    map[string]string
		Platform map[string][]string `json:"platform_rules"`
		Payloads []attack
	}
	if err := json.Unmarshal(shared(t, "payloads/markup-injection.json"), &file); err != nil {
		t.Fatal(err)
	}
	own := regexp.MustCompile(file.OwnLink["discord"])
	mine := slices.DeleteFunc(file.Payloads, func(a attack) bool { return !strings.Contains(strings.Join(a.Platforms, " "), "discord") })
	if len(mine) < 30 {
		t.Errorf("only %d payloads for Discord", len(mine))
	}
	var rules []rule
	for _, name := range file.Platform["discord"] {
		rules = append(rules, newRule(name, file.Rules[name]))
	}
	return mine, func(text string) (hits []string) {
		text = own.ReplaceAllString(text, "")
		for _, r := range rules {
			if hit := r.find(text); hit != "" {
				hits = append(hits, fmt.Sprintf("rule %s hits %q in %q", r.name, hit, text))
			}
		}
		return hits
	}
}

// TestMarkup draws what attackers write in every field that outside text can reach, and searches for what must not be there.
func TestMarkup(t *testing.T) {
	all, hits := attacks(t)
	for _, p := range all {
		out := texts(render(bottest.Hostile(p.Payload), ""))
		for _, text := range out {
			for _, hit := range hits(text) {
				t.Errorf("%s: %s", p.ID, hit)
			}
		}
		drawn := strings.ReplaceAll(strings.Join(out, "\n"), `\`, "")
		for _, want := range p.Visible {
			if !strings.Contains(drawn, want) {
				t.Errorf("%s: %q is not visible", p.ID, want)
			}
		}
	}
}

// contexts are the places of a brief and of what follows on it that a text can come into from outside.
func contexts(text string) map[string]bot.Message {
	change := func(set func(*digest.Pick)) bot.Message {
		p := digest.Pick{
			Item: digest.Item{
				Insight: insight.Insight{ID: "0mdx4k2h0-abcdef-0", Text: "A claim that is long enough to be a heading. And the rest of it.", Quote: "What was said."},
				Podcast: "Show", Episode: feed.Episode{Title: "Episode"}, Link: "https://podcasts.example/1",
			},
			Reason: "It speaks of ai.",
		}
		set(&p)
		return bot.BriefMessage(&digest.Brief{Picks: []digest.Pick{p}, Asked: 1}, bot.Frame{Quota: 1})
	}
	return map[string]bot.Message{
		"feed.title":              change(func(p *digest.Pick) { p.Podcast = text }),
		"feed.author":             change(func(p *digest.Pick) { p.Insight.Speaker, p.Podcast = text, text }),
		"item.title":              change(func(p *digest.Pick) { p.Episode.Title = text }),
		"item.description":        change(func(p *digest.Pick) { p.Insight.Source, p.Insight.Text, p.Insight.Quote = "notes", text, text }),
		"insight.text, model":     change(func(p *digest.Pick) { p.Insight.Engine, p.Insight.Text, p.Insight.Why = "llm/x/1", text, text }),
		"quote, model":            change(func(p *digest.Pick) { p.Insight.Engine, p.Insight.Quote = "llm/x/1", text }),
		"insight.text, built-in":  change(func(p *digest.Pick) { p.Insight.Engine, p.Insight.Text, p.Insight.Quote = "builtin/1", text, text }),
		"reason and related":      change(func(p *digest.Pick) { p.Reason, p.Also = text, []string{text} }),
		"answer, title and cited": {InThread: true, Text: text, Sections: []bot.Section{{Quote: text, Link: bot.Link{Label: text, URL: "https://podcasts.example/1"}, Meta: text}}, Actions: []bot.Action{{Label: text, Command: []string{"ask", "x"}}}},
		"an address":              change(func(p *digest.Pick) { p.Link, p.Episode.Image = text, text }),
		"a choice": {Text: text, Sections: []bot.Section{
			{Heading: text, Actions: []bot.Action{{Label: "Follow", Command: []string{"follow", "1"}}}},
			{Heading: text, Actions: []bot.Action{{Label: "Follow", Command: []string{"follow", "2"}}}},
		}},
	}
}

// TestMarkupInContexts draws attacks where they come from outside, in messages, forms, offers and names of threads.
func TestMarkupInContexts(t *testing.T) {
	all, hits := attacks(t)
	for _, p := range all {
		for name, m := range contexts(p.Payload) {
			out := render(m, "")
			if err := out.check(); err != nil {
				t.Errorf("%s in %s: %v", p.ID, name, err)
			}
			form := formOf(&bot.Form{Title: p.Payload, Intro: p.Payload, Fields: []bot.Field{{Name: "x", Label: p.Payload, Hint: p.Payload}}})
			shown := append(texts(out), threadName(m), form.Title)
			for _, part := range form.Components {
				shown = append(shown, part.Content, part.Label, part.Description)
			}
			for _, o := range offersOf([]bot.Choice{{Label: p.Payload, Value: "x"}}) {
				shown = append(shown, o.Name)
			}
			for _, text := range shown {
				for _, hit := range hits(text) {
					t.Errorf("%s in %s: %s", p.ID, name, hit)
				}
			}
		}
	}
}

// TestMarkupTyped lets people type attacks into commands that say them again, and looks at all that is sent to Discord.
func TestMarkupTyped(t *testing.T) {
	t.Parallel()
	all, hits := attacks(t)
	w := newScene(t)
	for _, p := range all {
		for _, typed := range [][]string{
			{"topic", "topics", p.Payload}, {"untopic", "topics", p.Payload}, {"mute", "what", p.Payload}, {"time", "when", p.Payload},
			{"settings", "setting", "language " + p.Payload}, {"pause", "until", p.Payload}, {"search", "words", p.Payload},
			{"why", "what", p.Payload}, {"help", "word", p.Payload}, {"status"},
		} {
			w.answer(discordtest.Command(manager(), typed[0], typed[1:]...))
		}
	}
	for _, r := range w.server.Requests("POST", "") {
		var body any
		if err := json.Unmarshal(r.Body, &body); err != nil {
			continue
		}
		for _, text := range shownIn(body) {
			for _, hit := range hits(text) {
				t.Errorf("%s: %s", r.Path, hit)
			}
		}
	}
}

// shownIn are the strings of a body that people see.
func shownIn(v any) (out []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, x := range v {
			out = append(out, shownIn(x)...)
		}
	case map[string]any:
		for k, x := range v {
			if !slices.Contains([]string{"custom_id", "url", "nonce", "message_id"}, k) && !(k == "value" && v["label"] != nil) {
				out = append(out, shownIn(x)...)
			}
		}
	}
	return out
}

// rule finds what must not be in a text. One that looks behind for a backslash, which this engine cannot, is searched for
// without, and hits after a backslash do not count.
type rule struct {
	name   string
	re     *regexp.Regexp
	behind bool
}

func newRule(name, pattern string) rule {
	bare, behind := strings.CutPrefix(pattern, `(?<!\\)`)
	return rule{name, regexp.MustCompile(braced(bare)), behind}
}

func (r rule) find(text string) string {
	for _, at := range r.re.FindAllStringIndex(text, -1) {
		if r.behind && at[0] > 0 && text[at[0]-1] == '\\' {
			continue
		}
		return text[at[0]:at[1]]
	}
	return ""
}

// braced writes the four or eight digits of a character as this engine wants them.
func braced(rule string) string {
	rule = regexp.MustCompile(`\\U([0-9a-fA-F]{8})`).ReplaceAllString(rule, `\x{$1}`)
	return regexp.MustCompile(`\\u([0-9a-fA-F]{4})`).ReplaceAllString(rule, `\x{$1}`)
}

func TestHostileFixture(t *testing.T) {
	for _, text := range texts(render(bottest.Hostile(bottest.HostileText), "")) {
		for _, r := range text {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Errorf("drawn with %U: %q", r, text)
			}
		}
		for _, bad := range []string{"@everyone", "@here", "<@", "<#", "</", "<t:", "https://evil"} {
			if strings.Contains(text, bad) {
				t.Errorf("drawn with %q: %q", bad, text)
			}
		}
	}
}
