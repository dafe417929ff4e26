package insight

import (
	"strings"
	"testing"

	"podbrief/digest/feed"
	"podbrief/digest/transcript"
)

func TestQuotations(t *testing.T) {
	for _, test := range []struct {
		text   string
		goesOn bool
		want   string
	}{
		{`He wrote: "Bread is slow. It rests." And I agree.`, false, `"Bread is slow. It rests."`},
		{`“Bread is slow,” he wrote, “and it rests.”`, false, `“Bread is slow,”|“and it rests.”`},
		{`A 12" pan is wide. "Bread" is slow.`, false, `"Bread"`},
		{`He wrote: "Bread is slow. It rests.`, true, `"Bread is slow. It rests.`},
		{`He wrote: "Bread is slow. It rests.`, false, ``},
		{`He says "bread is slow. And she says "no, it rests".`, false, `"no, it rests"`},
		{"\xff\"", false, ``},
	} {
		var got []string
		for _, q := range quotations(test.text, test.goesOn) {
			got = append(got, test.text[q[0]:min(q[1], len(test.text))])
		}
		if strings.Join(got, "|") != test.want {
			t.Errorf("quotations(%q, %v) = %q, want %q", test.text, test.goesOn, got, test.want)
		}
	}
}

// theClaim is what claimLine says.
var theClaim = strings.TrimPrefix(claimLine, "Ana: ")

func TestExtractTellsWhoseWordsTheyAre(t *testing.T) {
	marked := talk(smallTalk(claimLine)...)
	marked.Segments[24].Quoted = true
	cut := strings.Index(theClaim, " If nobody")
	for name, test := range map[string]struct {
		said      *transcript.Transcript
		who, text string // "" when nothing may be taken
	}{
		"her own words":    {talk(smallTalk(claimLine)...), "Ana", theClaim},
		"a quotation":      {talk(smallTalk(`Ana: "` + theClaim + `"`)...), "Ana, quoting", `"` + theClaim + `"`},
		"set apart":        {marked, "Ana, quoting", "“" + theClaim + "”"},
		"out of a longer":  {talk(smallTalk(`Ana: "We bake. ` + theClaim + ` It was fun back then."`)...), "Ana, quoting", theClaim},
		"half of each":     {talk(smallTalk(`Ana: "We bake. ` + theClaim[:cut] + `"` + theClaim[cut:])...), "", ""},
		"announced":        {talk(smallTalk("Ana: I'll read from the report.", claimLine)...), "", ""},
		"announced before": {talk(smallTalk("Ana: I'll read from the report.", "Bo: How was it?", claimLine)...), "Ana", theClaim},
	} {
		t.Run(name, func(t *testing.T) {
			got := extracted(t, Input{Transcript: test.said, Episode: feed.Episode{Title: "Deployments"}})
			var i Insight
			if len(got) > 0 {
				i = got[0]
			}
			if i.Speaker != test.who || i.Text != test.text {
				t.Errorf("Extract = %q by %q, want %q by %q", i.Text, i.Speaker, test.text, test.who)
			}
			if i.Quote != strings.Trim(i.Text, "“”") {
				t.Errorf("Quote = %q, want it verbatim: %q", i.Quote, i.Text)
			}
		})
	}
}
