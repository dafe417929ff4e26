package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"podbrief/digest/transcript"
)

// unmarked is a transcript as video sites make them: lower case, without punctuation and names.
func unmarked(minutes int, what string) string {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	for i := range minutes * 10 {
		text := fmt.Sprintf("and then on day %d we went down to the river to look at boat %d and its people", i, i*i)
		if i == minutes*5 {
			text = what
		}
		fmt.Fprintf(&b, "\n%02d:%02d.000 --> %02d:%02d.900\n%s\n", i/10, i%10*6, i/10, i%10*6+5, text)
	}
	return b.String()
}

func TestAskFindsWhatNoInsightWasTakenFrom(t *testing.T) {
	const feedURL = "https://quiet.example/feed"
	w := newWeb(map[string]string{
		feedURL: rss("Quiet", "Rivers|r1|https://quiet.example/r1.vtt"), "https://quiet.example/r1.vtt": unmarked(10, "a salmon remembers the smell of the brook where it was born"),
	})
	e := newEngine(t, w)
	addAll(t, e, feedURL)
	if err := e.Scan(t.Context(), []string{feedURL}, nil); err != nil {
		t.Fatal(err)
	}
	question := Question{Text: "What does a salmon remember?"}
	a, err := e.Ask(t.Context(), question)
	if err != nil || len(a.Citations) == 0 {
		t.Fatalf("Ask = %+v, %v, want the closest passages", a, err)
	}
	c := a.Citations[0]
	if !strings.Contains(c.Quote, "smell of the brook") || len(strings.Fields(c.Quote)) > quoteWords {
		t.Errorf("Ask cites %q, want at most %d words with the smell of the brook", c.Quote, quoteWords)
	}
	if c.Timing == transcript.Unknown || c.Start < 4*time.Minute || c.Start > 6*time.Minute {
		t.Errorf("the citation begins at %v (%s), want about 5 minutes", c.Start, c.Timing)
	}
	hidden := WithHidden(t.Context(), func(feed string) bool { return feed == feedURL })
	if a, err := e.Ask(hidden, question); err != nil || len(a.Citations) != 0 {
		t.Errorf("Ask by somebody who may not know of it = %+v, %v, want nothing", a, err)
	}
}
