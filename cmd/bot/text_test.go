package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/configs"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

// played plays lines to the prompt of `podbrief try` and returns what it prints after each.
func played(t *testing.T, lines ...string) map[string]string {
	t.Helper()
	config, err := configs.Load(func(string) string { return "" }, "")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{config: config, stderr: &bytes.Buffer{}}
	e, clean, err := a.sampleEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer clean()
	var out bytes.Buffer
	s := &session{engine: e, screen: screen{width: 100}, out: &out, query: digest.Query{Topics: tryTopics, Now: time.Now()}}
	if err := s.newBrief(t.Context()); err != nil {
		t.Fatal(err)
	}
	printed := map[string]string{}
	for _, line := range lines {
		out.Reset()
		if err := s.handle(t.Context(), line); err != nil {
			fmt.Fprint(&out, err)
		}
		printed[line] = out.String()
	}
	return printed
}

func TestPrompt(t *testing.T) {
	want := map[string]string{
		"more 1":                      "https://sample.podbrief.example/",
		"related 4":                   " 1  “",
		"related 2":                   "no other podcast says anything close to it",
		"why 3":                       "quality ",
		"why Load-Bearing":            "Load-Bearing: ",
		"why nobody knows this":       "No podcast and no episode that is scanned is called",
		"why":                         ", as in: why 3",
		"why 9":                       ", as in: why 3",
		"more":                        ", as in: more 1",
		"related x":                   "give a number from 1 to 5, as in: related 2",
		"ask who pays?":               "closest passages",
		"ask 1 which token is cheap":  "closest passages",
		"who pays for open source?":   "closest passages",
		"ask":                         "write a question, as in: ask who pays for maintenance?",
		"relatd 2":                    `there is no command "relatd" (did you mean "related"?); help lists them`,
		"xyzzy":                       `there is no command "xyzzy"; help lists them`,
		"help":                        "what other podcasts say about the same",
		"/more 2":                     "https://sample.podbrief.example/",
		"quit":                        "quit",
		"q":                           "quit",
		"topic":                       "name a topic, as in: topic ai, open source",
		"":                            "",
		"topic open source, -licence": "Your brief on open source",
	}
	lines := slices.Sorted(func(yield func(string) bool) {
		for line := range want {
			if !yield(line) {
				return
			}
		}
	})
	for line, got := range played(t, lines...) {
		if !strings.Contains(got, want[line]) {
			t.Errorf("typing %q prints %q, want %q in it", line, got, want[line])
		}
	}
}

func TestPromptEndsWithItsInput(t *testing.T) {
	var out bytes.Buffer
	s := &session{out: &out, brief: &digest.Brief{}}
	if err := s.loop(t.Context(), strings.NewReader("help\nmore 1\n\n")); err != nil {
		t.Errorf("loop: %v", err)
	}
	for _, want := range []string{"podbrief> ", "the end", "this brief has no insights; try another topic"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("loop prints %q, want %q in it", out.String(), want)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := s.loop(ctx, strings.NewReader(strings.Repeat("help\n", 100))); err != nil {
		t.Errorf("loop that was stopped: %v", err)
	}
}

func TestExit(t *testing.T) {
	tests := []struct {
		err    error
		want   int
		stderr string
	}{
		{nil, exitOK, ""},
		{errNothing, exitNothing, ""},
		{errors.New("the disk is full"), exitFailed, "podbrief: the disk is full\n"},
		{errors.Join(errors.New("one"), errors.New("two")), exitFailed, "podbrief: one\npodbrief: two\n"},
		{usagef("no %s", "such flag"), exitUsage, "podbrief: no such flag\n"},
		{fmt.Errorf("scan: %w", context.Canceled), exitInterrupted, "podbrief: stopped\n"},
	}
	for _, tt := range tests {
		var stderr bytes.Buffer
		if got := exit(tt.err, &stderr); got != tt.want || stderr.String() != tt.stderr {
			t.Errorf("exit(%v) = %d and prints %q, want %d and %q", tt.err, got, stderr.String(), tt.want, tt.stderr)
		}
	}
}

func TestPrintable(t *testing.T) {
	tests := map[string]string{
		"plain":                      "plain",
		"\x1b[31mred\x1b[0m\x07":     "[31mred[0m",
		"a\u202egnp.exe":             "agnp.exe",
		"two\nlines\tand\u2028three": "two lines andthree",
		"\u0085next":                 "next",
	}
	for in, want := range tests {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

// hostile is an item whose every word tries to be more than text.
var hostile = digest.Item{
	Podcast: "A [link](https://evil.example) <b>show</b>",
	Link:    "https://a.example/x>)y\n#t=1",
	Episode: feed.Episode{Title: "*bold* `code` # | ~"},
	Insight: insight.Insight{Text: "![pixel](https://evil.example/p.png) <script>", Quote: "quote", Engine: "builtin/1"},
}

func TestMarkdownEscapes(t *testing.T) {
	got := briefMarkdown(&digest.Brief{Asked: 1, Podcasts: 1, Picks: []digest.Pick{{Item: hostile, Reason: "So."}}})
	for _, bad := range []string{"link](", "pixel](", "<b>", "<script>", "*bold*", "`code`"} {
		if strings.Contains(got, bad) {
			t.Errorf("briefMarkdown holds %q:\n%s", bad, got)
		}
	}
	if !strings.Contains(got, "](<https://a.example/x%3E)y #t=1>)") {
		t.Errorf("briefMarkdown has no link that ends where it should:\n%s", got)
	}
}

func TestEscape(t *testing.T) {
	tests := map[string]string{
		"single sign-on (SSO) & more!": "single sign-on (SSO) & more!",
		"# heading":                    `\# heading`,
		"- item":                       `\- item`,
		"12. item":                     `12\. item`,
		"**bold** _it_ `code`":         "\\*\\*bold\\*\\* \\_it\\_ \\`code\\`",
		"[a](b) ![c](d)":               `\[a\](b) !\[c\](d)`,
		"<b> &lt; &#60; A&B":           `\<b\> \&lt; \&#60; A&B`,
	}
	for in, want := range tests {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWhere(t *testing.T) {
	item := func(change func(*digest.Item)) digest.Item {
		it := digest.Item{Podcast: "Show", Episode: feed.Episode{Title: "One"}}
		it.Insight.Start = 3723 * time.Second
		change(&it)
		return it
	}
	tests := []struct {
		it   digest.Item
		want string
	}{
		{item(func(*digest.Item) {}), "Show — One · 1:02:03"},
		{item(func(it *digest.Item) { it.Insight.Speaker = "Ada" }), "Ada · Show — One · 1:02:03"},
		{item(func(it *digest.Item) { it.Insight.Timing = transcript.Interpolated; it.Insight.Start = 65e9 }), "Show — One · about 1:05"},
		{item(func(it *digest.Item) { it.Insight.Timing = transcript.Unknown }), "Show — One"},
		{item(func(it *digest.Item) { it.Insight.Source = "notes" }), "Show — One · from show notes"},
		{item(func(it *digest.Item) { it.Episode.Published = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC) }), "Show — One · 1:02:03 · 2\u00a0Nov\u00a02026"},
	}
	for _, tt := range tests {
		if got := where(tt.it); got != tt.want {
			t.Errorf("where(%+v) = %q, want %q", tt.it.Insight, got, tt.want)
		}
	}
}

func TestClaimOfAModelShowsItsQuote(t *testing.T) {
	it := digest.Item{Podcast: "Show", Episode: feed.Episode{Title: "One"}}
	it.Insight.Text, it.Insight.Quote, it.Insight.Engine, it.Insight.Why = "A claim.", "its very words", "llm/x/1", "It matters."
	want := " 1  A claim.\n    “its very words”\n    Why it matters: It matters.\n    Show — One · 0:00\n"
	if diff := cmp.Diff(want, (screen{width: 80}).claim(" 1  ", indent, it)); diff != "" {
		t.Errorf("claim (-want +got):\n%s", diff)
	}
}

func TestThin(t *testing.T) {
	some := make([]digest.Pick, 2)
	tests := []struct {
		b    digest.Brief
		want string
	}{
		{digest.Brief{Asked: 2, Picks: some, Podcasts: 3}, ""},
		{digest.Brief{Asked: 5}, "Nothing was taken from these podcasts yet."},
		{digest.Brief{Asked: 5, Podcasts: 3, Topics: []string{"ai"}}, "Nothing on ai was good enough to be shown; try a wider topic, or more podcasts."},
		{digest.Brief{Asked: 5, Podcasts: 3, Since: time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)},
			"Nothing on what was scanned since 17 November 2026 was good enough to be shown; look further back, or try a wider topic."},
		{digest.Brief{Asked: 5, Picks: some, Podcasts: 3, Topics: []string{"ai"}}, "Only 2 of 5: nothing else on ai was good enough to be shown."},
		{digest.Brief{Asked: 5, Picks: some, Podcasts: 3, Fallen: []digest.Fallen{{Stage: "podcast cap"}}},
			"Only 2 of 5: no more than two are shown of one podcast, and nothing else on what was scanned was good enough."},
	}
	for _, tt := range tests {
		if got := thin(&tt.b); got != tt.want {
			t.Errorf("thin(%d of %d) = %q, want %q", len(tt.b.Picks), tt.b.Asked, got, tt.want)
		}
	}
}

func TestBlockWraps(t *testing.T) {
	got := (screen{width: 24}).block("1.  ", 4, "A claim that is longer than one line of 2\u00a0Nov\u00a02026", plain)
	want := "1.  A claim that is\n    longer than one line\n    of 2 Nov 2026\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("block (-want +got):\n%s", diff)
	}
}

// TestKeptWithoutTime checks that the line under an insight without a time begins with what is known of it.
func TestKeptWithoutTime(t *testing.T) {
	k := digest.Kept{Podcast: "Show", Insights: []digest.Item{{Insight: insight.Insight{ID: "0mdx", Text: "A claim.", Score: 1.4, Timing: transcript.Unknown}}}}
	if got := (screen{width: 80}).kept(k); !strings.Contains(got, "    score 1.40 · 0mdx\n") {
		t.Errorf("kept draws\n%s\nwant a line that begins with the score", got)
	}
}

func TestParseSince(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local)
	for in, want := range map[string]time.Time{
		"all": {}, "36h": now.Add(-36 * time.Hour), "7d": now.AddDate(0, 0, -7), "-7d": now.AddDate(0, 0, -7), "2w": now.AddDate(0, 0, -14),
		"2026-11-01": time.Date(2026, 11, 1, 0, 0, 0, 0, time.Local),
	} {
		if got, err := parseSince(in, now); err != nil || got.Sub(want).Abs() > 2*time.Hour { // daylight saving
			t.Errorf("parseSince(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "d", "7", "--7d", "-", "0d", "7y", "99999d", "2026-13-01"} {
		if got, err := parseSince(in, now); err == nil {
			t.Errorf("parseSince(%q) = %v, want an error", in, got)
		}
	}
}

func TestParseTopics(t *testing.T) {
	tests := []struct {
		in             []string
		topics, except []string
	}{
		{nil, nil, nil},
		{[]string{"ai, open  source,ai"}, []string{"ai", "open source"}, nil},
		{[]string{"ai", "-crypto", "c++,"}, []string{"ai", "c++"}, []string{"crypto"}},
		{[]string{"-crypto"}, nil, []string{"crypto"}},
		{[]string{"KI für alle"}, []string{"KI für alle"}, nil},
	}
	for _, tt := range tests {
		topics, except, err := parseTopics(tt.in)
		if err != nil || !slices.Equal(topics, tt.topics) || !slices.Equal(except, tt.except) {
			t.Errorf("parseTopics(%q) = %q, %q, %v, want %q, %q", tt.in, topics, except, err, tt.topics, tt.except)
		}
	}
	for _, in := range []string{"", " , ", "!!!", "-", strings.Repeat("x", 101), strings.Repeat("a,", 1) + "b1,b2,b3,b4,b5,b6,b7,b8,b9,b10,b11,b12,b13,b14,b15,b16,b17,b18,b19,b20"} {
		if topics, _, err := parseTopics([]string{in}); err == nil {
			t.Errorf("parseTopics(%q) = %q, want an error", in, topics)
		}
	}
}

func TestTheCatalogHasPacks(t *testing.T) {
	if got := packs(); len(got) < 10 || !slices.Contains(got, "ai") {
		t.Errorf("packs() = %v, want ten and more, ai among them", got)
	}
	if a, b := packOf("open source"), packOf("Open-Source "); len(a) == 0 || len(a) != len(b) {
		t.Errorf("packOf(\"open source\") has %d podcasts and packOf(\"Open-Source \") %d, want the same", len(a), len(b))
	}
	for _, o := range catalog() {
		if err := feed.Check(o.URL); err != nil {
			t.Errorf("catalog: %v", err)
		}
	}
}
