package transcript

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseText(t *testing.T) {
	tests := []struct {
		name, in string
		want     []Segment
	}{
		{"names, paragraphs and a title before them", `The River Show

Ann Lee: Salmon swim up the river because they remember its smell from their first weeks in it.

They remember it for four years.

Bob: And then they stop eating, all of them, as soon as they taste fresh water again.

Ann Lee: Yes (laughs). They do, and nobody has ever found one with food in it, not even a little of it.

Bob: Good.`, []Segment{
			{Timing: Unknown, Speaker: "Ann Lee", Text: "Salmon swim up the river because they remember its smell from their first weeks in it."},
			{Timing: Unknown, Speaker: "Ann Lee", Text: "They remember it for four years."},
			{Timing: Unknown, Speaker: "Bob", Text: "And then they stop eating, all of them, as soon as they taste fresh water again."},
			{Timing: Unknown, Speaker: "Ann Lee", Text: "Yes. They do, and nobody has ever found one with food in it, not even a little of it."},
			{Timing: Unknown, Speaker: "Bob", Text: "Good."},
		}},
		{"name and time over the words", "Ann Lee  0:05\nSalmon swim\nup the river.\n\nBob  0:10\nAll of them?\n\nAnn Lee  0:12\nAll.\n",
			[]Segment{
				{Start: 5 * second, End: 5*second + spoken(5, slowest), Speaker: "Ann Lee", Text: "Salmon swim up the river."},
				{Start: 10 * second, End: 10*second + spoken(3, slowest), Speaker: "Bob", Text: "All of them?"},
				{Start: 12 * second, End: 12*second + spoken(1, wordsPerSecond), Speaker: "Ann Lee", Text: "All."},
			}},
		{"time in brackets before the name", "[00:00:05] SPEAKER_00: Salmon swim.\n[00:00:08] SPEAKER_01: Do they?\n[00:00:09] SPEAKER_00: Yes.\n",
			[]Segment{
				{Start: 5 * second, End: 5*second + spoken(2, slowest), Speaker: "SPEAKER_00", Text: "Salmon swim."},
				{Start: 8 * second, End: 9 * second, Speaker: "SPEAKER_01", Text: "Do they?"},
				{Start: 9 * second, End: 9*second + spoken(1, wordsPerSecond), Speaker: "SPEAKER_00", Text: "Yes."},
			}},
		{"name, time, colon", "Ann (1:00): Salmon swim.\nBob (1:03): Do they?\nAnn (1:05): Yes.\n",
			[]Segment{
				{Start: 60 * second, End: 60*second + spoken(2, slowest), Speaker: "Ann", Text: "Salmon swim."},
				{Start: 63 * second, End: 63*second + spoken(2, slowest), Speaker: "Bob", Text: "Do they?"},
				{Start: 65 * second, End: 65*second + spoken(1, wordsPerSecond), Speaker: "Ann", Text: "Yes."},
			}},
		{"lines with times become sentences", "00:00 The dam held\n00:02 for years.\n00:04 Then it\n00:05 broke.\n",
			[]Segment{
				{Start: 0, End: 4 * second, Text: "The dam held for years."},
				{Start: 4 * second, End: 5*second + spoken(1, wordsPerSecond), Text: "Then it broke."},
			}},
		{"a name that is a word said alone", "00:00 Right\n00:01 Salmon swim up.\n00:03 Right\n00:04 All of them.\n00:06 Right\n00:07 Yes.\n",
			[]Segment{
				{Start: 0, End: 3 * second, Text: "Right Salmon swim up."},
				{Start: 3 * second, End: 6 * second, Text: "Right All of them."},
				{Start: 6 * second, End: 7*second + spoken(1, wordsPerSecond), Text: "Right Yes."},
			}},
		{"times over their words", "00:00\nThe dam held.\n\n00:07\nThen it\nbroke.\n",
			[]Segment{
				{Start: 0, End: spoken(3, slowest), Text: "The dam held."},
				{Start: 7 * second, End: 7*second + spoken(3, wordsPerSecond), Text: "Then it broke."},
			}},
		{"captions written as lines", "00:00 <v Ann Lee>The dam held.\n00:07 <v Bob>It broke.\n",
			[]Segment{
				{Start: 0, End: 7 * second, Speaker: "Ann Lee", Text: "The dam held."},
				{Start: 7 * second, End: 7*second + spoken(2, wordsPerSecond), Speaker: "Bob", Text: "It broke."},
			}},
		{"plain paragraphs wrapped at 20 signs", "The dam held\nfor years.\n\nThen it broke,\nas Note: all dams do.\n",
			[]Segment{{Timing: Unknown, Text: "The dam held for years."}, {Timing: Unknown, Text: "Then it broke, as Note: all dams do."}}},
		{"a line a paragraph", "The dam held.\nThen it broke.\nNobody was hurt.\n",
			[]Segment{{Timing: Unknown, Text: "The dam held."}, {Timing: Unknown, Text: "Then it broke."}, {Timing: Unknown, Text: "Nobody was hurt."}}},
		{"a time of day at the beginning of a line", "Ann: It was dark at\n4:30 in the morning.\n\nBob: Who\n5:00 saw it?\n\nAnn: Me.\n",
			[]Segment{
				{Timing: Unknown, Speaker: "Ann", Text: "It was dark at 4:30 in the morning."},
				{Timing: Unknown, Speaker: "Bob", Text: "Who 5:00 saw it?"},
				{Timing: Unknown, Speaker: "Ann", Text: "Me."},
			}},
		{"a script without capitals", "田中: ダムは壊れました。\n\n鈴木： 本当ですか。\n\n田中: はい。\n",
			[]Segment{
				{Timing: Unknown, Speaker: "田中", Text: "ダムは壊れました。"},
				{Timing: Unknown, Speaker: "鈴木", Text: "本当ですか。"},
				{Timing: Unknown, Speaker: "田中", Text: "はい。"},
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseText(test.in)
			if err != nil {
				t.Fatalf("parseText: %v", err)
			}
			if diff := cmp.Diff(test.want, got, near); diff != "" {
				t.Errorf("parseText (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseMarkdown(t *testing.T) {
	const in = `---
title: Rivers
---
<!-- made by hand -->
# Rivers

**Ann Lee:** Salmon swim \[inaudible 00:00:05.20\] up the *river*, see [the map](https://example.org/map).

\[00:20\] They remember it.

**Ann Lee:** Now the news.
**Break:** \[00:30\]
We are back.

**Bob**: Good, **very** good. \[laughter\] So?

---

**On Monday:** it rains.
`
	after := func(words int) time.Duration { return 20*second + spoken(words, wordsPerSecond) } // the last mark
	want := []Segment{
		{Start: 0, End: spoken(8, slowest), Timing: Interpolated, Speaker: "Ann Lee", Text: "Salmon swim up the river, see the map."},
		{Start: 20 * second, End: 20*second + spoken(3, wordsPerSecond), Timing: Exact, Speaker: "Ann Lee", Text: "They remember it."},
		{Start: after(3), End: after(6), Timing: Interpolated, Speaker: "Ann Lee", Text: "Now the news."},
		{Start: after(6), End: after(9), Timing: Interpolated, Speaker: "Ann Lee", Text: "We are back.", Break: true},
		{Start: after(9), End: after(13), Timing: Interpolated, Speaker: "Bob", Text: "Good, very good. So?"},
		{Start: after(13), End: after(17), Timing: Interpolated, Speaker: "Bob", Text: "On Monday: it rains."},
	}
	if diff := cmp.Diff(want, parseMarkdown(in), near); diff != "" {
		t.Errorf("parseMarkdown (-want +got):\n%s", diff)
	}
	const quoted = "**Ann:** They say:\n\n> Nets are better:\n>\n> - cheap\n> 2. *light*\n\nI agree. 5 > 3.\nBreak: \\[00:30\\]\n- Hello\nBreak [27:01]\nBreak a leg.\n"
	if got := texts(parseMarkdown(quoted)); got != "They say:|Nets are better:|cheap|light|I agree. 5 > 3.|Hello|Break a leg." {
		t.Errorf("parseMarkdown(quotations, lists and breaks) = %q", got)
	}
	if got := quotedTexts(parseMarkdown(quoted)); got != "Nets are better:|cheap|light" {
		t.Errorf("parseMarkdown: quoted are %q, want the lines behind >", got)
	}
	if got := quotedTexts(parseMarkdown("> All of it\n> is quoted.\n\nYes.\n")); got != "" {
		t.Errorf("parseMarkdown(a text quoted as a whole): quoted are %q, want none", got)
	}
	const linked = "**Ann Lee** [00:00:03](https://x.example/?t=3)\n\nSalmon swim.\n\n**Bob** (00:05)\nWhy?\n\n**Bold** words are no name.\n"
	if got := parseMarkdown(linked); texts(got) != "Salmon swim.|Why?|Bold words are no name." || got[0].Speaker != "Ann Lee" || got[1].Speaker != "Bob" || got[0].Start != 3*second || got[1].Start != 5*second {
		t.Errorf("parseMarkdown(names with times and no colon) = %+v, want Ann Lee at 3 s, Bob at 5 s", got)
	}
	const plain = "Ann: One.\n\nTwo.\n\nBob: Three.\n\nAnn: Four.\n"
	got := parseMarkdown(plain)
	if texts(got) != "One.|Two.|Three.|Four." || got[1].Speaker != "Ann" || got[2].Speaker != "Bob" {
		t.Errorf("parseMarkdown(names without emphasis) = %+v", got)
	}
}

func quotedTexts(segs []Segment) string {
	return texts(slices.DeleteFunc(segs, func(s Segment) bool { return !s.Quoted }))
}

func TestTimeParagraphs(t *testing.T) {
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("word ", n)) }
	minute := time.Minute
	tests := []struct {
		name  string
		paras []paragraph
		want  []time.Duration // starts
		kind  []Timing
	}{
		{"between two marks by words", []paragraph{
			{text: words(100), marks: []mark{{0, 0}}}, {text: words(50)}, {text: words(50)}, {text: words(1), marks: []mark{{0, 100 * second}}},
		}, []time.Duration{0, 50 * second, 75 * second, 100 * second}, []Timing{Exact, Interpolated, Interpolated, Exact}},
		{"a pause before the next mark", []paragraph{
			{text: words(18), marks: []mark{{0, 0}}}, {text: words(18)}, {text: words(1), marks: []mark{{0, 10 * minute}}},
		}, []time.Duration{0, 10 * second, 10 * minute}, []Timing{Exact, Interpolated, Exact}},
		{"after the last mark at the usual rate", []paragraph{
			{text: words(10), marks: []mark{{0, 0}}}, {text: words(27), marks: []mark{{0, 4 * second}}}, {text: words(9)},
		}, []time.Duration{0, 4 * second, 14 * second}, []Timing{Exact, Exact, Interpolated}},
		{"marks out of order", []paragraph{
			{text: words(10), marks: []mark{{0, 0}}}, {text: words(10), marks: []mark{{0, 50 * minute}}}, {text: words(10), marks: []mark{{0, 10 * second}}}, {text: words(10), marks: []mark{{0, 15 * second}}}, {text: words(10), marks: []mark{{0, 5 * second}}},
		}, []time.Duration{0, 5 * second, 10 * second, 15 * second, 15*second + spoken(10, wordsPerSecond)}, []Timing{Exact, Interpolated, Exact, Exact, Interpolated}},
		{"one mark only", []paragraph{{text: words(10), marks: []mark{{3, 4 * second}}}, {text: words(3)}}, []time.Duration{0, 0}, []Timing{Unknown, Unknown}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			segs := timeParagraphs(test.paras)
			var starts []time.Duration
			var kinds []Timing
			for i, s := range segs {
				starts, kinds = append(starts, s.Start), append(kinds, s.Timing)
				if i > 0 && segs[i-1].End > s.Start {
					t.Errorf("segment %d ends at %v, after the next one begins at %v", i-1, segs[i-1].End, s.Start)
				}
			}
			if diff := cmp.Diff(test.want, starts, near); diff != "" {
				t.Errorf("starts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.kind, kinds); diff != "" {
				t.Errorf("timing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSplitLongParagraphs(t *testing.T) {
	long := strings.Repeat("The water rises by one metre a year here. ", 400)
	in := []paragraph{{speaker: "Ann", text: strings.TrimSpace(long), marks: []mark{{0, 0}, {2000, time.Hour}}, brk: true}}
	out := split(in)
	if len(out) != 3 {
		t.Fatalf("split = %d paragraphs, want 3", len(out))
	}
	words := 0
	for i, p := range out {
		if len(p.text) > longParagraph || !sentenceEnd(p.text) || p.speaker != "Ann" || p.brk != (i == 0) {
			t.Errorf("paragraph %d: %d bytes, speaker %q, break %v, ends in %q", i, len(p.text), p.speaker, p.brk, p.text[len(p.text)-5:])
		}
		for _, m := range p.marks {
			if m.at == time.Hour && words+m.word != 2000 {
				t.Errorf("the mark of word 2000 stands at word %d", words+m.word)
			}
		}
		words += countWords(p.text)
	}
	if want := countWords(long); words != want {
		t.Errorf("split kept %d words of %d", words, want)
	}
	japanese := split([]paragraph{{text: strings.Repeat("水は毎年一メートル上がる。", 300)}})
	if len(japanese) != 2 || !sentenceEnd(japanese[0].text) {
		t.Errorf("split(text without spaces) = %d paragraphs, want 2 whole ones", len(japanese))
	}
}

func TestReadHead(t *testing.T) {
	tests := map[string]head{
		"Ann: Hi.":                     {name: "Ann", rest: "Hi."},
		"Ann Lee, Ph.D: Hi.":           {name: "Ann Lee, Ph.D", rest: "Hi."},
		"Ludwig van Beethoven: Hi.":    {name: "Ludwig van Beethoven", rest: "Hi."},
		"Speaker 1: Hi.":               {name: "Speaker 1", rest: "Hi."},
		"- Ann: Hi.":                   {name: "Ann", rest: "Hi."},
		"Ann:":                         {name: "Ann", alone: true},
		"12:30 Ann: Hi.":               {name: "Ann", at: 750 * second, timed: true, rest: "Hi."},
		"Ann 12:30":                    {name: "Ann", at: 750 * second, timed: true, alone: true},
		"[12:30] Hi.":                  {at: 750 * second, timed: true, rest: "Hi."},
		"Ann: [12:30] Hi.":             {name: "Ann", at: 750 * second, timed: true, rest: "Hi."},
		"This is it: we leave at once": {rest: "This is it: we leave at once"},
		"https://example.org is down":  {rest: "https://example.org is down"},
		"We met at 12:30 in town":      {rest: "We met at 12:30 in town"},
		"so: what":                     {rest: "so: what"},
		"":                             {},
	}
	for in, want := range tests {
		if got := readHead(in); got != want {
			t.Errorf("readHead(%q) = %+v, want %+v", in, got, want)
		}
	}
}
