package digest

import (
	"strings"
	"testing"
	"time"

	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

func TestReplayedLinksToWhereItIsReallySaid(t *testing.T) {
	const said = "Cutting a prompt to a third usually saves more than a cheaper model."
	text := &transcript.Transcript{Segments: []transcript.Segment{
		{Start: 0, End: 20 * time.Second, Speaker: "Trailer", Text: "Coming up. " + said},
		{Start: 20 * time.Second, End: 100 * time.Second, Speaker: "Ana", Text: "Welcome to the show."},
		{Start: 100 * time.Second, End: 140 * time.Second, Speaker: "Ben", Text: "So let me say it: cutting a prompt to a third"},
		{Start: 140 * time.Second, End: 160 * time.Second, Speaker: "Ben", Text: "usually saves more, than a cheaper model. Every time."},
	}}
	span := func(seg int, quote string) insight.Span {
		from := strings.Index(text.Segments[seg].Text, quote)
		return insight.Span{First: seg, Last: seg, From: from, To: from + len(quote)}
	}
	teaser := insight.Insight{Quote: said, Speaker: "Trailer", Start: 5 * time.Second, Span: span(0, said)}
	got := replayed(teaser, text)
	if got.Speaker != "Ben" || got.Start < 110*time.Second || got.Start > 120*time.Second || got.End > 160*time.Second {
		t.Errorf("replayed = %q at %v to %v, want Ben at about 1:56", got.Speaker, got.Start, got.End)
	}
	if want := "cutting a prompt to a third usually saves more, than a cheaper model."; got.Quote != want {
		t.Errorf("replayed quotes %q, want %q", got.Quote, want)
	}

	once := insight.Insight{Quote: "Welcome to the show.", Start: 20 * time.Second, Span: span(1, "Welcome to the show.")}
	if got := replayed(once, text); got.Start != once.Start || got.Quote != once.Quote {
		t.Errorf("replayed moved what is said once to %v", got.Start)
	}
	late := teaser
	late.Start = 4 * time.Minute // a phrase that comes back later is no teaser there
	if got := replayed(late, text); got.Start != late.Start {
		t.Errorf("replayed moved what is said after the beginning to %v", got.Start)
	}
	broken := teaser
	broken.Span.Last = 9
	if got := replayed(broken, text); got.Start != broken.Start {
		t.Error("replayed moved an insight whose span is not in the transcript")
	}
}
