package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
)

func picks(n int) *digest.Brief {
	b := &digest.Brief{Topics: []string{"ai"}, Now: noon, Asked: 5, Podcasts: 9}
	for range n {
		b.Picks = append(b.Picks, digest.Pick{Item: digest.Item{
			Insight: insight.Insight{ID: "0mdx4k2h1-abcdef-0", Text: "The first sentence of the claim says it all. The second one adds a bit.", Quote: "the first sentence of the claim says it all"},
			Episode: feed.Episode{Title: "Episode"}, Podcast: "Show", Link: "https://x.example/",
		}})
	}
	return b
}

func TestBriefMessage(t *testing.T) {
	tests := []struct {
		name  string
		picks int
		frame Frame
		want  []string
		not   []string
	}{
		{"a full day", 5, Frame{Quota: 5, Due: noon}, []string{"5 insights for Tue 24 Nov", "1. The first", "Chosen from 9 podcasts"}, []string{"today:", "Late"}},
		{"a thin day", 3, Frame{Quota: 5, Due: noon}, []string{"3 today: nothing else new on your topics."}, nil},
		{"an empty day", 0, Frame{Quota: 5, Due: noon}, []string{"Nothing new for Tue 24 Nov", "Nothing new on your topics today."}, nil},
		{"a first brief", 3, Frame{Quota: 5, Purpose: First, Due: noon}, []string{"Your first brief: 3 insights", "3 of 5: nothing else new on your topics."}, []string{"3 today"}},
		{"a thin preview", 3, Frame{Quota: 5, Preview: true, Due: noon}, []string{"3 of 5: nothing else new on your topics."}, []string{"3 today"}},
		{"a small quota", 3, Frame{Quota: 3, Preview: true, Due: noon}, nil, []string{" of 3"}},
		{"late", 5, Frame{Quota: 5, Due: noon.Add(-3 * time.Hour)}, []string{"Late: it was due at 09:00"}, nil},
		{"a preview", 0, Frame{Quota: 5, Preview: true}, []string{"since the last brief"}, nil},
		{"a proposal", 5, Frame{Quota: 5, Due: noon, Proposal: &Proposal{Title: "Slow Pods", URL: "https://s.example/", Topic: "ai"}},
			[]string{"New podcast on ai: Slow Pods", "Follow Slow Pods"}, nil},
	}
	for _, tt := range tests {
		m := BriefMessage(picks(tt.picks), tt.frame)
		text := m.Heading + "\n" + m.Text + "\n" + m.Footer
		for _, s := range m.Sections {
			text += "\n" + s.Heading
		}
		for _, a := range m.Actions {
			text += "\n" + a.Label
		}
		for _, w := range tt.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q lacks %q", tt.name, text, w)
			}
		}
		for _, n := range tt.not {
			if strings.Contains(text, n) {
				t.Errorf("%s: %q holds %q", tt.name, text, n)
			}
		}
	}
}

// TestThinByCap checks that a brief is not called all there is when podcasts had more than their share.
func TestThinByCap(t *testing.T) {
	for stage, capped := range map[string]bool{rank.StagePodcast: true, rank.StageEpisode: true, rank.StageSeen: false} {
		b := picks(2)
		b.Fallen = []digest.Fallen{{Stage: stage}}
		text := BriefMessage(b, Frame{Quota: 5, Due: noon}).Text
		if got := strings.Contains(text, "no more than two are shown of one podcast"); got != capped {
			t.Errorf("fallen by %q: the brief says %q", stage, text)
		}
	}
}

func TestItemSection(t *testing.T) {
	const text = "Nobody measures how often the same question is asked again. We did. It was a third."
	published := time.Date(2026, 11, 12, 23, 30, 0, 0, time.UTC)
	item := func(engine string, change func(*digest.Item)) digest.Item {
		it := digest.Item{
			Insight: insight.Insight{Text: text, Quote: "you know, nobody measures it", Speaker: "Ada", Engine: engine, Start: time.Minute},
			Episode: feed.Episode{Title: "Episode", Published: published}, Podcast: "Show", Link: "https://x.example/",
		}
		change(&it)
		return it
	}
	link := Link{Label: "Show — Episode (1:00)", URL: "https://x.example/"}
	tests := []struct {
		name string
		item digest.Item
		want Section
	}{
		{"built-in", item("builtin/4", func(*digest.Item) {}), Section{Heading: "Ada", Quote: text, Link: link, Meta: "13 Nov"}},
		{"built-in, nobody named", item("builtin/4", func(it *digest.Item) { it.Insight.Speaker = "" }), Section{Heading: "Show", Quote: text, Link: link, Meta: "13 Nov"}},
		{"show notes", item("builtin/4", func(it *digest.Item) { it.Insight.Source = "notes" }),
			Section{Heading: "Show", Quote: text, Link: Link{Label: "Show — Episode", URL: link.URL}, Meta: "from the show notes · 13 Nov"}},
		{"model", item("llm/m/1", func(it *digest.Item) { it.Insight.Why = "It is cheap." }),
			Section{Heading: "Nobody measures how often the same question is asked again.", Text: "We did. It was a third.\nWhy it matters: It is cheap.",
				Quote: "you know, nobody measures it", Short: true, Link: link, Meta: "Ada · 13 Nov"}},
		{"translated", item("builtin/4", func(it *digest.Item) { it.Translated = true }),
			Section{Heading: "Nobody measures how often the same question is asked again.", Text: "We did. It was a third.",
				Quote: "you know, nobody measures it", Short: true, Link: link, Meta: "Ada · 13 Nov"}},
		{"last year", item("builtin/4", func(it *digest.Item) { it.Episode.Published = published.AddDate(-1, 0, 0) }),
			Section{Heading: "Ada", Quote: text, Link: link, Meta: "13 Nov 2025"}},
		{"no date", item("builtin/4", func(it *digest.Item) { it.Episode.Published = time.Time{} }), Section{Heading: "Ada", Quote: text, Link: link}},
	}
	for _, tt := range tests {
		got := itemSection(tt.item, calendar{noon, time.FixedZone("Berlin", 3600)})
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: itemSection (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestPlainKeepsTheWords(t *testing.T) {
	m := Message{Heading: "Two", Sections: []Section{
		{Heading: "1. Ada", Quote: "We did."}, {Heading: "2. A claim.", Text: "More.", Quote: "So we did.", Short: true}, {Quote: "Only said."},
	}}
	var got []string
	for _, s := range plain(m).Sections {
		got = append(got, s.Text)
	}
	want := []string{"1. Ada: “We did.”", "2. A claim. More.", "“Only said.”"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("plain (-want +got):\n%s", diff)
	}
}

func TestFirstSentence(t *testing.T) {
	tests := []struct{ text, first, rest string }{
		{"One sentence that has no end and is long enough", "One sentence that has no end and is long enough", ""},
		{"The model costs 3.5 times as much as it did in 2024. That is new.", "The model costs 3.5 times as much as it did in 2024.", "That is new."},
		{"Is it worth it for a team of that size, he asked? “No.” They left.", "Is it worth it for a team of that size, he asked?", "“No.” They left."},
		{"At Tern & Co. a third of all of the questions were repeats. So they cached.", "At Tern & Co. a third of all of the questions were repeats.", "So they cached."},
	}
	for _, tt := range tests {
		if first, rest := firstSentence(tt.text); first != tt.first || rest != tt.rest {
			t.Errorf("firstSentence(%q) = %q, %q", tt.text, first, rest)
		}
	}
}

func TestClip(t *testing.T) {
	if got := clip("長い文章が続きます", 5); got != "長い文章…" {
		t.Errorf("clip = %q", got)
	}
	if got := clock(time.Hour + 2*time.Minute + 3*time.Second); got != "1:02:03" {
		t.Errorf("clock = %q", got)
	}
}

func TestAnswerMessage(t *testing.T) {
	none := answerMessage(&digest.Answer{}, "")
	if none.Text != "That is not in the episodes I know." {
		t.Errorf("nothing found: %q", none.Text)
	}
	long := strings.Repeat("why ", 40)
	m := answerMessage(&digest.Answer{Answer: "Yes.", Gap: "when", Next: []string{"How much?", long}, Citations: []digest.Citation{{Quote: "q", Sentence: 1, Speaker: "Ada"}}}, "")
	if !strings.Contains(m.Text, "Not said: when") || len(m.Actions) != 1 || m.Sections[0].Meta != "[1] Ada" {
		t.Errorf("answer: %+v", m)
	}
}
