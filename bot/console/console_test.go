package console

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"podbrief/bot"
	"podbrief/bot/bottest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestRenderGolden(t *testing.T) {
	for _, f := range bottest.Fixtures() {
		got, _ := Render(f.Message, 80, false)
		path := filepath.Join("testdata", f.Name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: drawn differently; look at it and run with -update:\n%s", f.Name, got)
		}
	}
}

func TestDrawn(t *testing.T) {
	bottest.TestDrawn(t, func(m bot.Message) string {
		text, _ := Render(m, 80, false)
		if m.Form != nil {
			for _, f := range m.Form.Fields {
				text += f.Label + "\n"
			}
			text += m.Form.Title
		}
		return text
	})
}

// TestRenderIsHarmless checks that outside text cannot steer the terminal, and that no line is wider than it.
func TestRenderIsHarmless(t *testing.T) {
	for _, f := range bottest.Fixtures() {
		text, actions := Render(f.Message, 60, false)
		for _, r := range text {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Errorf("%s: drawn with %U", f.Name, r)
				break
			}
		}
		for line := range strings.Lines(text) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 60 && !strings.Contains(line, "://") && !strings.Contains(line, "<opml") {
				t.Errorf("%s: line of %d characters: %s", f.Name, n, line)
			}
		}
		for i, a := range actions {
			if a.Label == "" {
				t.Errorf("%s: button %d has no label", f.Name, i+1)
			}
		}
	}
}

func TestParseRights(t *testing.T) {
	if got, err := parseRights("read, own"); err != nil || got != bot.Read|bot.Own {
		t.Errorf("parseRights = %b, %v", got, err)
	}
	if _, err := parseRights("root"); err == nil {
		t.Error("parseRights(root): no error")
	}
}

// TestDirectiveSlips checks that a directive that cannot be understood is answered in a sentence and changes nothing.
func TestDirectiveSlips(t *testing.T) {
	var out strings.Builder
	c := &Console{In: strings.NewReader(":rights root\n:nowhere\n.1\nstatus\n"), Out: &out}
	var got bot.Rights
	err := c.Run(t.Context(), nil, func(_ context.Context, r bot.Request, _ func(bot.Message)) bot.Message {
		got = r.Rights
		return bot.Message{}
	})
	if err != nil || got != everything {
		t.Errorf("after a slip the rights are %b, %v; want all", got, err)
	}
	for _, want := range []string{"Write rights as read,own,manage,admin.", "There is no “:nowhere”; ", "nothing shown has one."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("console says %q; want %q in it", out.String(), want)
		}
	}
}
