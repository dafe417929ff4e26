package discord

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"podbrief/bot/bottest"
)

// TestMarkup draws what attackers write in every field that outside text can reach, and searches for what must not be there.
func TestMarkup(t *testing.T) {
	var file struct {
		OwnLink  map[string]string `json:"own_link"`
		Rules    map[string]string
		Platform map[string][]string `json:"platform_rules"`
		Payloads []struct {
			ID        string
			Platforms []string
			Payload   string
			Visible   []string `json:"must_keep_visible"`
		}
	}
	if err := json.Unmarshal(shared(t, "payloads/markup-injection.json"), &file); err != nil {
		t.Fatal(err)
	}
	own := regexp.MustCompile(file.OwnLink["discord"])
	n := 0
	for _, p := range file.Payloads {
		if !strings.Contains(strings.Join(p.Platforms, " "), "discord") {
			continue
		}
		n++
		out := texts(render(bottest.Hostile(p.Payload), ""))
		for _, text := range out {
			text = own.ReplaceAllString(text, "")
			for _, name := range file.Platform["discord"] {
				if hit := found(t, file.Rules[name], text); hit != "" {
					t.Errorf("%s: rule %s hits %q in %q", p.ID, name, hit, text)
				}
			}
		}
		all := strings.ReplaceAll(strings.Join(out, "\n"), `\`, "")
		for _, want := range p.Visible {
			if !strings.Contains(all, want) {
				t.Errorf("%s: %q is not visible", p.ID, want)
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d payloads for Discord", n)
	}
}

// found searches for a rule. Those that look behind for a backslash, which this engine cannot, are searched without, and
// hits after a backslash do not count.
func found(t *testing.T, rule, text string) string {
	t.Helper()
	bare := strings.TrimPrefix(rule, `(?<!\\)`)
	re, err := regexp.Compile(braced(bare))
	if err != nil {
		t.Fatalf("rule %q: %v", rule, err)
	}
	for _, at := range re.FindAllStringIndex(text, -1) {
		if bare != rule && at[0] > 0 && text[at[0]-1] == '\\' {
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
