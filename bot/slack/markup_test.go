package slack

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
)

// TestMarkup puts outside text into every field of every kind of message, and searches what Slack would parse for markup.
func TestMarkup(t *testing.T) {
	var cases struct {
		Rules    map[string]string
		Platform map[string][]string `json:"platform_rules"`
		Payloads []struct {
			ID, Payload string
			Platforms   []string
			Visible     []string `json:"must_keep_visible"`
		}
	}
	shared(t, "markup-injection.json", &cases)
	rules := map[string]*regexp.Regexp{}
	for _, name := range cases.Platform["slack"] {
		rules[name] = ruleOf(name, cases.Rules[name])
	}
	n := 0
	for _, c := range cases.Payloads {
		if !strings.Contains(strings.Join(c.Platforms, " "), "slack") {
			continue
		}
		for _, k := range contexts(t, c.Payload) {
			n++
			raw := drawnJSON(t, k.message, maxBlocks)
			for _, problem := range slacktest.Check(raw, maxBlocks) {
				t.Errorf("%s in %s: %s", c.ID, k.name, problem)
			}
			for name, rule := range rules {
				for _, text := range parsed(t, raw, name) {
					if rule.MatchString(text) {
						t.Errorf("%s in %s: rule %s hit by %.200q", c.ID, k.name, name, text)
					}
				}
			}
			seen := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(strings.Join(slacktest.Texts(raw), "\n"))
			for _, want := range c.Visible {
				if k.whole && !strings.Contains(seen, want) {
					t.Errorf("%s in %s: %q is not visible any more", c.ID, k.name, want)
				}
			}
		}
	}
	if n < 400 {
		t.Errorf("%d messages were drawn, want every payload of Slack in every kind of message", n)
	}
}

// markupContext is a message with an outside text in it.
type markupContext struct {
	name    string
	message bot.Message
	whole   bool // there is room for all of the text
}

// contexts are the messages of all kinds with an outside text in one of their fields, and in all of them.
func contexts(t *testing.T, payload string) (all []markupContext) {
	all = []markupContext{{"every field", bottest.Hostile(payload), true}}
	for _, f := range bottest.Fixtures() {
		if len(f.Message.Sections) >= 10 {
			continue // only more of what the others have
		}
		b, err := json.Marshal(f.Message)
		if err != nil {
			t.Fatal(err)
		}
		fields := map[string]bool{}
		words(decoded(t, b), "", func(field string, _ func(string)) { fields[field] = !testing.Short() })
		for only, alone := range fields {
			if !alone {
				continue
			}
			v, done := decoded(t, b), false
			words(v, "", func(field string, set func(string)) {
				if field == only && !done {
					set(payload)
					done = true
				}
			})
			whole := only == ".text" || only == ".sections.text" || only == ".sections.quote" || only == ".sections.heading"
			all = append(all, markupContext{f.Name + only, encoded(t, v), whole})
		}
		v := decoded(t, b)
		words(v, "", func(_ string, set func(string)) { set(payload) })
		all = append(all, markupContext{f.Name, encoded(t, v), false})
	}
	return all
}

func decoded(t *testing.T, b []byte) (v any) {
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func encoded(t *testing.T, v any) (m bot.Message) {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// words calls fn for each field of a message that holds words, with the kind of field and what sets it.
func words(v any, path string, fn func(field string, set func(string))) {
	switch x := v.(type) {
	case map[string]any:
		for k, c := range x {
			switch k {
			case "command", "url", "image", "name", "kind", "type", "body", "Value":
				continue // no words for people
			}
			if _, ok := c.(string); ok {
				fn(path+"."+k, func(s string) { x[k] = s })
			} else {
				words(c, path+"."+k, fn)
			}
		}
	case []any:
		for _, c := range x {
			words(c, path, fn)
		}
	}
}

// ownLink is a link of ours, which is no outside text.
var ownLink = regexp.MustCompile(`<https://[^|<>\s]+\|[^<>|]*>`)

// parsed are the texts that a rule is about: markup can only be in what Slack parses; what cannot be seen or pressed must
// not be anywhere.
func parsed(t *testing.T, raw []byte, rule string) []string {
	t.Helper()
	var all []string
	switch rule {
	case "url_in_untrusted", "control", "bidi", "invisible", "too_many_marks":
		for _, s := range slacktest.Texts(raw) {
			all = append(all, strings.ReplaceAll(ownLink.ReplaceAllString(s, ""), "\n", " "))
		}
		return all
	}
	var m struct {
		Text   string
		Blocks []struct {
			Text *struct {
				Type, Text string
				Verbatim   bool
			}
		}
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	for _, b := range m.Blocks {
		if b.Text == nil || b.Text.Type != "mrkdwn" {
			continue
		}
		if !b.Text.Verbatim {
			t.Errorf("not verbatim: %.100q", b.Text.Text)
		}
		all = append(all, ownLink.ReplaceAllString(b.Text.Text, ""))
	}
	all = append(all, m.Text)
	if rule == "slack_bare_amp" {
		for i := range all {
			all[i] = entity.ReplaceAllString(all[i], "")
		}
	}
	return all
}

// ruleOf is a rule, which is written for an engine with look-ahead and other escapes.
func ruleOf(name, pattern string) *regexp.Regexp {
	if name == "slack_bare_amp" {
		return regexp.MustCompile("&")
	}
	return regexp.MustCompile(regexp.MustCompile(`\\[uU]([0-9a-f]{8}|[0-9a-f]{4})`).ReplaceAllString(pattern, `\x{$1}`))
}

// entity is an ampersand that stands for one character.
var entity = regexp.MustCompile("&(amp|lt|gt);")
