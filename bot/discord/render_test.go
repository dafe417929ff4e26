package discord

import (
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"podbrief/bot"
	"podbrief/bot/bottest"
)

var update = flag.Bool("update", false, "write the golden files")

// drawn is all that people see of a message.
func drawn(m bot.Message) string {
	parts := texts(render(m, ""))
	if m.Form != nil {
		f := formOf(m.Form)
		parts = append(parts, f.Title)
		for _, p := range f.Components {
			parts = append(parts, p.Label, p.Description, p.Content)
		}
	}
	return strings.Join(parts, "\n")
}

// texts are the strings of a message.
func texts(m message) []string {
	out := []string{m.Content}
	for _, e := range m.Embeds {
		out = append(out, e.Title, e.Description)
		if e.Footer != nil {
			out = append(out, e.Footer.Text)
		}
	}
	for _, r := range m.Components {
		for _, c := range r.Components {
			out = append(out, c.Label, c.Placeholder)
			for _, o := range c.Options {
				out = append(out, o.Label, o.Description)
			}
		}
	}
	return out
}

func TestRenderGolden(t *testing.T) {
	for _, f := range bottest.Fixtures() {
		var sent any = render(f.Message, "markedmarked")
		if f.Message.Form != nil {
			sent = formOf(f.Message.Form)
		}
		var sb strings.Builder
		enc := json.NewEncoder(&sb)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(sent); err != nil {
			t.Fatal(err)
		}
		golden(t, f.Name, sb.String())
	}
}

func TestDrawn(t *testing.T) { bottest.TestDrawn(t, drawn) }

func TestRenderWithinLimits(t *testing.T) {
	for _, f := range bottest.Fixtures() {
		if f.Message.IsZero() || f.Message.Form != nil {
			continue
		}
		out := render(f.Message, "markedmarked")
		if err := out.check(); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		b, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		if s := openAPI(); s != nil {
			if err := s.check("POST", "/channels/1/messages", b); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
}

// TestShortenedByWholeParts draws ten insights that are as long as an engine lets them be. All claims, all quotes that stand
// for themselves and all links stay, nothing is cut, and what is left out is said.
func TestShortenedByWholeParts(t *testing.T) {
	words := func(n int, word string) string { return strings.TrimSpace(strings.Repeat(word+" ", n)) + "." }
	address := "https://podcasts.example/" + strings.Repeat("a", 300)
	for _, tt := range []struct {
		name    string
		section bot.Section
		stays   string // of each section
		goes    string
	}{
		{"of a model", bot.Section{Heading: words(14, "claimed"), Text: words(55, "and more") + "\nWhy it matters: " + words(25, "because"), Quote: words(60, "spoken"), Short: true, Meta: words(9, "details")},
			words(14, "claimed"), "spoken"},
		{"of the built-in engine", bot.Section{Heading: "Somebody", Quote: words(68, "spoken"), Meta: words(12, "details")}, "“" + words(68, "spoken") + "”", "details"},
	} {
		m := bot.Message{Heading: "10 insights", Footer: "Chosen from 42 podcasts"}
		for i := range 10 {
			s := tt.section
			s.Link = bot.Link{Label: "The Second Maintainer — Episode 100: what we learned (3:12)", URL: fmt.Sprint(address, i)}
			m.Sections = append(m.Sections, s)
		}
		out := render(m, "")
		all := strings.Join(texts(message{Embeds: out.Embeds}), "\n")
		if n := strings.Count(all, tt.stays); n != 10 || strings.Contains(all, "…") {
			t.Errorf("%s: %d of 10 insights are whole; drawn:\n%s", tt.name, n, all)
		}
		if strings.Contains(all, tt.goes) || !strings.Contains(all, bot.Shortened) {
			t.Errorf("%s: %q is not what was left out, or that is not said; drawn:\n%s", tt.name, tt.goes, all)
		}
		for i, e := range out.Embeds {
			if want := fmt.Sprint(address, i); e.URL != want {
				t.Errorf("%s: insight %d leads to %q, want %q", tt.name, i+1, e.URL, want)
			}
		}
	}
}

// TestQuotesGoFirst checks what is left out before anything else.
func TestQuotesGoFirst(t *testing.T) {
	m := bottest.Brief(10)
	for i := range m.Sections {
		m.Sections[i].Quote = strings.Repeat("They said this and that. ", 14)
	}
	out := strings.Join(texts(render(m, "")), "\n")
	if strings.Contains(out, "They said") || bottest.Missing(m, out) != nil {
		t.Errorf("not the quotes alone were left out: %q", bottest.Missing(m, out))
	}
}

// TestOneAddressTwice checks that two insights at one address are both shown: of two embeds with one address clients show
// the first.
func TestOneAddressTwice(t *testing.T) {
	m := bottest.Brief(2)
	m.Sections[1].Link.URL = m.Sections[0].Link.URL
	out := render(m, "")
	if out.Embeds[0].URL == out.Embeds[1].URL || !strings.Contains(out.Embeds[1].Description, "]("+m.Sections[0].Link.URL+")") {
		t.Errorf("embeds at %q and %q: %q", out.Embeds[0].URL, out.Embeds[1].URL, out.Embeds[1].Description)
	}
}

func TestQuoteOnce(t *testing.T) {
	m := bottest.Brief(1)
	if n := strings.Count(drawn(m), "You know"); n > 1 {
		t.Errorf("the quote is drawn %d times", n)
	}
}

func TestMarkedOnce(t *testing.T) {
	for _, f := range bottest.Fixtures() {
		if f.Message.Form != nil || f.Message.IsZero() {
			continue
		}
		n := "abcdefghijklmnopqrstuvwx"
		b, err := json.Marshal(render(f.Message, markerOf(n)))
		if err != nil {
			t.Fatal(err)
		}
		var p posted
		if err := json.Unmarshal(b, &p); err != nil {
			t.Fatal(err)
		}
		if !p.carries(n) {
			t.Errorf("%s: the delivery's marker is not found in it", f.Name)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add(bottest.HostileText, 20)
	f.Add("\\[", 3)
	f.Fuzz(func(t *testing.T, s string, n int) {
		n = 3 + int(uint(n)%500)
		got, _ := cutMarkdown(clean(s), n)
		if utf8.RuneCountInString(got) > n {
			t.Errorf("cutMarkdown(%q, %d) has %d characters", s, n, utf8.RuneCountInString(got))
		}
		if !utf8.ValidString(got) {
			t.Errorf("cutMarkdown(%q) = %q, which is no text", s, got)
		}
	})
}

// FuzzRender draws any text in every field of any number of sections: what is drawn is within all limits.
func FuzzRender(f *testing.F) {
	f.Add(bottest.HostileText, uint8(3), true)
	f.Add(strings.Repeat("長い文章が続きます。", 200), uint8(12), false)
	f.Fuzz(func(t *testing.T, s string, n uint8, short bool) {
		m := bottest.Hostile(s)
		for i := range int(n % 40) {
			sec := m.Sections[0]
			sec.Short = short
			sec.Actions = []bot.Action{{Label: s, Command: []string{"more", fmt.Sprint(i)}}, {Label: "x" + s, Command: []string{"vote", fmt.Sprint(i)}}}
			m.Sections = append(m.Sections, sec)
		}
		if err := render(m, "markedmarked").check(); err != nil {
			t.Errorf("render(%q, %d sections): %v", s, n, err)
		}
	})
}
