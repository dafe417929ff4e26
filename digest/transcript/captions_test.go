package transcript

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const second = time.Second

func TestParseCaptions(t *testing.T) {
	tests := []struct {
		name, in string
		want     []Segment
	}{
		{"voice tags, styles, notes and settings", `WEBVTT - made by hand
Kind: captions

STYLE
::cue { color: lime }

NOTE not spoken
over two lines

REGION
id:fred width:40%

intro
00:00:01.000 --> 00:00:03.000 align:start position:10%
<v.loud Ann Lee>Rivers &amp; lakes are <i>not</i> the same.

00:00:03.500 --> 00:00:05.000
<v Bob>No. <v Ann Lee>They never were.</v>
`, []Segment{
			{Start: 1 * second, End: 3 * second, Speaker: "Ann Lee", Text: "Rivers & lakes are not the same."},
			{Start: 3500 * time.Millisecond, End: 5 * second, Speaker: "Bob", Text: "No."},
			{Start: 3500 * time.Millisecond, End: 5 * second, Speaker: "Ann Lee", Text: "They never were."},
		}},
		{"word times", "WEBVTT\n\n00:01.000 --> 00:03.000\nWater<00:00:01.500><c> finds</c><00:02.000><c> a way.</c>\n",
			[]Segment{{Start: 1 * second, End: 3 * second, Text: "Water finds a way."}}},
		{"sentences over several captions", "1\n00:00:01,0 --> 00:00:02,0\nThe dam held\nfor years\n\n2\n00:00:02,5 --> 00:00:04,0\nuntil it did not. Then\n\n3\n00:00:04,0 --> 00:00:05,0\nall moved.\n",
			[]Segment{{Start: 1 * second, End: 5 * second, Text: "The dam held for years until it did not. Then all moved."}}},
		{"SRT names that hold until the next", "1\n00:00:01,000 --> 00:00:02,000\nAnn: We dug wells.\n\n2\n00:00:02,000 --> 00:00:03,000\nDeep ones.\n\n3\n00:00:03,000 --> 00:00:04,000\nBob: How deep?\n\n4\n00:00:04,000 --> 00:00:05,000\nAnn: Forty metres.\n\n5\n00:00:05,000 --> 00:00:06,000\nBob: That is deep.\n",
			[]Segment{
				{Start: 1 * second, End: 2 * second, Speaker: "Ann", Text: "We dug wells."},
				{Start: 2 * second, End: 3 * second, Speaker: "Ann", Text: "Deep ones."},
				{Start: 3 * second, End: 4 * second, Speaker: "Bob", Text: "How deep?"},
				{Start: 4 * second, End: 5 * second, Speaker: "Ann", Text: "Forty metres."},
				{Start: 5 * second, End: 6 * second, Speaker: "Bob", Text: "That is deep."},
			}},
		{"blank lines doubled, no header, no numbers", "00:00:01.000 --> 00:00:02.000\n\n\nOne.\n\n\n\n00:00:02.000 --> 00:00:03.000\n\nTwo.\n",
			[]Segment{{Start: 1 * second, End: 2 * second, Text: "One."}, {Start: 2 * second, End: 3 * second, Text: "Two."}}},
		{"a number that is said", "1\n00:00:01,000 --> 00:00:02,000\n1984\n\n2\n00:00:02,000 --> 00:00:03,000\nwas long ago.\n",
			[]Segment{{Start: 1 * second, End: 3 * second, Text: "1984 was long ago."}}},
		{"out of order and overlapping", "WEBVTT\n\n00:05.000 --> 00:09.000\nLast.\n\n00:01.000 --> 00:08.000\nFirst.\n",
			[]Segment{{Start: 1 * second, End: 5 * second, Text: "First."}, {Start: 5 * second, End: 9 * second, Text: "Last."}}},
		{"times a little out of order", "WEBVTT\n\n00:05.000 --> 00:06.000\nThe dam\n\n00:04.500 --> 00:07.000\nheld for\n\n00:07.000 --> 00:08.000\nyears.\n",
			[]Segment{{Start: 5 * second, End: 8 * second, Text: "The dam held for years."}}},
		{"no end, end before the beginning", "WEBVTT\n\n00:10.000 -->\nOne two three four five.\n\n00:20.000 --> 00:12.000\nOne two three four five six seven eight nine.\n\n00:21.000 --> 00:22.000\nEnd.\n",
			[]Segment{
				{Start: 10 * second, End: 10*second + spoken(5, wordsPerSecond), Text: "One two three four five."},
				{Start: 20 * second, End: 21 * second, Text: "One two three four five six seven eight nine."},
				{Start: 21 * second, End: 22 * second, Text: "End."},
			}},
		{"times on another clock", "WEBVTT\n\n100:00:00.000 --> 100:00:01.000\nOne.\n\n100:00:01.000 --> 100:00:02.000\nTwo.\n",
			[]Segment{{Timing: Unknown, Text: "One."}, {Timing: Unknown, Text: "Two."}}},
		{"stage directions and music", "WEBVTT\n\n00:01.000 --> 00:02.000\n[Music]\n\n00:02.000 --> 00:03.000\n♪ la la ♪\n\n00:03.000 --> 00:04.000\n(laughs) It rained [inaudible 00:03] again (in May).\n",
			[]Segment{{Start: 2 * second, End: 4 * second, Text: "la la It rained again (in May)."}}},
		{"override codes", "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<font color=\"red\">Up there if a < b.</font>\n",
			[]Segment{{Start: 1 * second, End: 2 * second, Text: "Up there if a < b."}}},
		{"marks of another speaker", "WEBVTT\n\n00:01.000 --> 00:02.000\n>> Is it wet?\n\n00:02.000 --> 00:03.000\nThey say\n\n00:03.000 --> 00:04.000\n>> It is.\n",
			[]Segment{
				{Start: 1 * second, End: 2 * second, Text: "Is it wet?", Break: true},
				{Start: 2 * second, End: 3 * second, Text: "They say"},
				{Start: 3 * second, End: 4 * second, Text: "It is.", Break: true},
			}},
		{"numbers without blank lines", "1\n00:00:01,000-->00:00:02,000\nIt was\n2\n00:00:02,000-->00:00:03,000\nin\n1984\n3\n00:00:03,000-->00:00:04,000\nand wet.\n",
			[]Segment{{Start: 1 * second, End: 4 * second, Text: "It was in 1984 and wet."}}},
		{"numbers that are all the same", "7\n00:00:01,000 --> 00:00:02,000\nIt rained.\n\n7\n00:00:02,000 --> 00:00:03,000\nA lot.\n\n7\n00:00:03,000 --> 00:00:04,000\nThen not.\n",
			[]Segment{{Start: 1 * second, End: 2 * second, Text: "It rained."}, {Start: 2 * second, End: 3 * second, Text: "A lot."}, {Start: 3 * second, End: 4 * second, Text: "Then not."}}},
		{"two speak in one caption, with dashes", "1\n00:00:01,000 --> 00:00:03,000\n- Is it wet?\n- It is,\nall day.\n\n2\n00:00:03,000 --> 00:00:04,000\n- no dialogue\nat all.\n",
			[]Segment{
				{Start: 1 * second, End: 3 * second, Text: "Is it wet?", Break: true},
				{Start: 1 * second, End: 3 * second, Text: "It is, all day.", Break: true},
				{Start: 3 * second, End: 4 * second, Text: "- no dialogue at all."},
			}},
		{"two speak in one caption, with names", "1\n00:00:01,000 --> 00:00:03,000\nAnn: Is it wet?\nBob: It is.\n\n2\n00:00:03,000 --> 00:00:04,000\nAnn: Good.\nBob: Is it?\n",
			[]Segment{
				{Start: 1 * second, End: 3 * second, Speaker: "Ann", Text: "Is it wet?"},
				{Start: 1 * second, End: 3 * second, Speaker: "Bob", Text: "It is."},
				{Start: 3 * second, End: 4 * second, Speaker: "Ann", Text: "Good."},
				{Start: 3 * second, End: 4 * second, Speaker: "Bob", Text: "Is it?"},
			}},
		{"invisible characters out of entities", "WEBVTT\n\n00:01.000 --> 00:02.000\nSal&#8203;mon&nbsp;swim&lrm;.\n", []Segment{{Start: 1 * second, End: 2 * second, Text: "Salmon swim."}}},
		{"nothing", "WEBVTT\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseCaptions(test.in)
			if err != nil {
				t.Fatalf("parseCaptions: %v", err)
			}
			if diff := cmp.Diff(test.want, got, near); diff != "" {
				t.Errorf("parseCaptions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRollingCaptions(t *testing.T) {
	const video = `WEBVTT

00:00:00.000 --> 00:00:02.000
the tide comes in

00:00:02.000 --> 00:00:02.010
the tide comes in

00:00:02.010 --> 00:00:04.000
the tide comes in
twice a day and

00:00:04.000 --> 00:00:04.010
twice a day and

00:00:04.010 --> 00:00:06.000
twice a day and
nobody minds it.
`
	const live = `WEBVTT

00:00.000 --> 00:01.000
the tide

00:01.000 --> 00:02.000
the tide comes in

00:02.000 --> 00:03.000
the tide comes in twice a day

00:03.000 --> 00:04.000
the tide comes in twice a day and nobody minds it.
`
	want := "the tide comes in twice a day and nobody minds it."
	for name, in := range map[string]string{"video site": video, "live": live} {
		got, err := parseCaptions(in)
		if err != nil {
			t.Fatalf("parseCaptions(%s): %v", name, err)
		}
		if len(got) != 1 || got[0].Text != want {
			t.Errorf("parseCaptions(%s) = %+v, want one segment %q", name, got, want)
		}
	}
}

// TestTimesThatJumpBack gives every fourth caption a time of long before: the words stay in their order. Where no other
// caption has that time, it is the place that is wrong, and the captions are put in order.
func TestTimesThatJumpBack(t *testing.T) {
	words := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen")
	file := func(start func(i int) int) string {
		var b strings.Builder
		for i, w := range words {
			at := start(i)
			fmt.Fprintf(&b, "%d\n00:%02d:%02d,000 --> 00:%02d:%02d,900\n%s\n\n", i+1, at/60, at%60, (at+4)/60, (at+4)%60, w)
		}
		return b.String()
	}
	said := func(file string) string {
		segments, err := parseCaptions(file)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, s := range segments {
			out = append(out, s.Text)
		}
		return strings.Join(out, " ")
	}
	inOrder := strings.Join(words, " ")
	if got := said(file(func(i int) int { return 100 + 5*i - when(i%4 == 3 && i > 4, 27) })); got != inOrder {
		t.Errorf("wrong times: %q, want %q", got, inOrder)
	}
	swapped := slices.Clone(words)
	words = append(append(slices.Clone(swapped[:2]), swapped[3:8]...), append([]string{swapped[2]}, swapped[8:]...)...)
	if got := said(file(func(i int) int { return 100 + 5*slices.Index(swapped, words[i]) })); got != inOrder {
		t.Errorf("a caption in a wrong place: %q, want %q", got, inOrder)
	}
}

func when(is bool, n int) int {
	if is {
		return n
	}
	return 0
}

func TestRepeatedCaptions(t *testing.T) {
	const in = "WEBVTT\n\n00:01.000 --> 00:02.000\nIt rains in the hills.\n\n00:01.000 --> 00:02.000\nIt rains in the hills.\n\n00:03.000 --> 00:04.000\nNo.\n\n00:04.000 --> 00:05.000\nNo.\n\n00:09.000 --> 00:10.000\nWe saw it.\n\n00:20.000 --> 00:21.000\nLater.\n"
	got, err := parseCaptions(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := "It rains in the hills.|No.|No.|We saw it.|Later."; texts(got) != want {
		t.Errorf("parseCaptions = %q, want %q: a caption shown twice once, words said twice twice", texts(got), want)
	}
}

func texts(segs []Segment) string {
	var all []string
	for _, s := range segs {
		all = append(all, s.Text)
	}
	return strings.Join(all, "|")
}

func TestWordsWithoutPunctuation(t *testing.T) {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	for i := range 130 {
		fmt.Fprintf(&b, "\n%02d:%02d.000 --> %02d:%02d.500\nword%d\n", i/60, i%60, i/60, i%60, i)
	}
	got, err := parseCaptions(b.String())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || countWords(got[0].Text) != longSentence+1 || got[1].Start != 61*second {
		t.Errorf("parseCaptions = %d segments, the second at %v; want 3 of about %d words, the second at 1m1s", len(got), got[1].Start, longSentence)
	}
}

func TestClock(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0:00": 0, "1:02": 62 * second, "00:01:02": 62 * second, "01:02.5": 62*second + 500*time.Millisecond,
		"00:01:02,345": 62*second + 345*time.Millisecond, "103:25": 103*time.Minute + 25*second, "1:02:03.123456": time.Hour + 123*second + 123*time.Millisecond,
	} {
		if got, ok := clock(in); !ok || got != want {
			t.Errorf("clock(%q) = %v, %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "12", "1:", ":12", "1:60", "1:2:3:4", "a:10", "1:02.x", "12345:00", "-1:00", "1:002"} {
		if got, ok := clock(in); ok {
			t.Errorf("clock(%q) = %v, want none", in, got)
		}
	}
}

func TestParseTTML(t *testing.T) {
	const in = `<?xml version="1.0" encoding="utf-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xml:lang="en"><head><styling><style xml:id="p"/></styling></head>
<body><div><p begin="00:00:01.000" end="00:00:02.500" ttm:agent="Ann">Salmon <span>swim</span><br/>up.</p>
<p begin="2.5s" end="00:00:04:12" ttm:agent="Bob">All &amp; every?</p><p/><p begin="x">Yes.</p></div></body></tt>`
	want := []Segment{
		{Start: 1 * second, End: 2500 * time.Millisecond, Speaker: "Ann", Text: "Salmon swim up."},
		{Start: 2500 * time.Millisecond, End: 4 * second, Speaker: "Bob", Text: "All & every?"},
		{Start: 2500 * time.Millisecond, End: 2500*time.Millisecond + spoken(1, wordsPerSecond), Text: "Yes."},
	}
	if got := sniff(in, "text/html", ""); got != "ttml" {
		t.Errorf("sniff = %q, want ttml", got)
	}
	if diff := cmp.Diff(want, parseTTML(in), near); diff != "" {
		t.Errorf("parseTTML (-want +got):\n%s", diff)
	}
}
