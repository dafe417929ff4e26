package insight

import (
	"context"
	"strings"
	"testing"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/transcript"
)

// talk makes a transcript out of lines such as "Ana: What she says.", ten seconds a line.
func talk(lines ...string) *transcript.Transcript {
	t := &transcript.Transcript{Source: "vtt"}
	for i, line := range lines {
		name, text, ok := strings.Cut(line, ": ")
		if !ok {
			name, text = "", line
		}
		start := time.Duration(i) * 10 * time.Second
		t.Segments = append(t.Segments, transcript.Segment{Start: start, End: start + 10*time.Second, Speaker: name, Text: text})
	}
	return t
}

// smallTalk is what surrounds a claim in an episode.
func smallTalk(claim ...string) []string {
	var lines []string
	for range 12 {
		lines = append(lines, "Bo: Right. How did that go for you?", "Ana: It went fine, thanks. We had fun with it back then.")
	}
	return append(append(lines, claim...), lines...)
}

func TestExtractFindsTheClaimAmongSmallTalk(t *testing.T) {
	claim := "Ana: So, you know, the biggest mistake that teams make is that they measure the number of deployments, because what matters is how fast a failed deployment is rolled back. " +
		"If nobody practises the rollback, every outage costs twice as much."
	in := Input{Transcript: talk(smallTalk(claim)...), Episode: feed.Episode{Title: "Deployments"}}
	got, err := NewBuiltin().Extract(context.Background(), in)
	if err != nil || len(got) != 1 {
		t.Fatalf("Extract = %d insights, %v; want 1, nil", len(got), err)
	}
	i := got[0]
	if want := "The biggest mistake that teams make"; !strings.HasPrefix(i.Text, want) {
		t.Errorf("Text = %q, want it to begin with %q", i.Text, want)
	}
	if want := strings.TrimPrefix(claim, "Ana: "); i.Quote != want {
		t.Errorf("Quote = %q, want the words as said: %q", i.Quote, want)
	}
	if i.Speaker != "Ana" || i.Start != 240*time.Second || i.Span.First != 24 {
		t.Errorf("Speaker, Start, Span = %q, %v, %+v; want Ana, 4m0s, segment 24", i.Speaker, i.Start, i.Span)
	}
}
