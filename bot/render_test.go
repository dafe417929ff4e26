package bot

import (
	"strings"
	"testing"
	"time"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
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
		{"a first brief", 3, Frame{Quota: 5, Purpose: First, Due: noon}, []string{"Your first brief: 3 insights"}, []string{"3 today"}},
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

func TestQuoteThatOnlyRepeats(t *testing.T) {
	if s := itemSection(picks(1).Picks[0].Item); s.Quote != "" {
		t.Errorf("the quote %q repeats the claim", s.Quote)
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
