package insight

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// claimLine is an insight in one line.
const claimLine = "Ana: The biggest mistake that teams make is that they measure the number of deployments, because what matters is how fast a failed deployment is rolled back. " +
	"If nobody practises the rollback, every outage costs twice as much."

func extracted(t *testing.T, in Input) []Insight {
	t.Helper()
	got, err := NewBuiltin().Extract(context.Background(), in)
	if err != nil {
		t.Fatalf("Extract: %v", err)
	}
	return got
}

func TestExtractKeepsNothingOfAnAdRead(t *testing.T) {
	lines := smallTalk("Ana: This episode is brought to you by Acme.", "Ana: "+strings.TrimPrefix(claimLine, "Ana: "), "Ana: Thanks to Acme for supporting the show.")
	if got := extracted(t, Input{Transcript: talk(lines...)}); len(got) != 0 {
		t.Errorf("Extract keeps %q out of an ad read", got[0].Text)
	}
}

func TestExtractKeepsNothingOfAnAdReadBehindABreak(t *testing.T) {
	lines := smallTalk("Ana: It's now time for sponsored news!", claimLine)
	for _, cut := range []bool{false, true} {
		in := Input{Transcript: talk(lines...)}
		in.Transcript.Source = "markdown" // each line a paragraph
		in.Transcript.Segments[24].Break = cut
		if got := extracted(t, in); len(got) == 0 != cut {
			t.Errorf("Extract keeps %d insights of what follows the announcement of an ad; break: %v", len(got), cut)
		}
	}
}

func TestExtractKeepsNothingOfOtherLanguages(t *testing.T) {
	german := strings.Repeat("Der größte Fehler ist, dass die Teams nur die Anzahl der Auslieferungen messen und nicht die Zeit bis zur Reparatur. ", 30)
	if got := extracted(t, Input{Transcript: talk(german)}); len(got) != 0 {
		t.Errorf("Extract keeps %q of a German episode", got[0].Text)
	}
	in := Input{Transcript: talk(smallTalk(claimLine)...)}
	in.Transcript.Language = "de"
	if got := extracted(t, in); len(got) != 0 {
		t.Errorf("Extract keeps %q of a transcript marked as German", got[0].Text)
	}
}

func TestExtractOfShowNotes(t *testing.T) {
	notes := &transcript.Transcript{Source: "notes", Segments: []transcript.Segment{
		{Timing: transcript.Unknown, Text: "We talk to Ana about the most important mistakes that teams make, because you should never repeat them when the next release is due for your customers."},
		{Timing: transcript.Unknown, Text: strings.TrimPrefix(claimLine, "Ana: ")},
	}}
	got := extracted(t, Input{Transcript: notes})
	if len(got) != 1 || !got[0].FromNotes() || got[0].Timing != transcript.Unknown {
		t.Fatalf("Extract of show notes = %+v; want the one claim, marked as from notes, without a time", got)
	}
	if got[0].Span.First != 1 {
		t.Errorf("it stands in paragraph %d, want 1: the first only announces", got[0].Span.First)
	}
}

func TestExtractJoinsCaptions(t *testing.T) {
	var lines []string
	for range 30 {
		lines = append(lines, "It was fine for us at home", "and then some more of it happened there.")
	}
	lines = append(lines, "What do teams get wrong?", "The biggest mistake that teams make is that they measure", "the number of deployments, because what matters is how fast",
		"a failed deployment is rolled back. If nobody practises", "the rollback, every outage costs twice as much.", "Yeah, that is so true for us.")
	for range 30 {
		lines = append(lines, "It was fine for us at home", "and then some more of it happened there.")
	}
	got := extracted(t, Input{Transcript: talk(lines...)})
	if len(got) == 0 {
		t.Fatal("Extract keeps nothing")
	}
	if want := "The biggest mistake that teams make is that they measure the number of deployments, because what matters is how fast a failed deployment is rolled back. If nobody practises the rollback, every outage costs twice as much."; got[0].Quote != want {
		t.Errorf("Quote = %q, want %q", got[0].Quote, want)
	}
	if want := (Span{First: 61, Last: 64, From: 0, To: len("the rollback, every outage costs twice as much.")}); got[0].Span != want {
		t.Errorf("Span = %+v, want %+v", got[0].Span, want)
	}
}

func TestExtractIsDeterministic(t *testing.T) {
	in := Input{Transcript: talk(smallTalk(claimLine, stockLine)...), Episode: feed.Episode{Title: "Deployments", Notes: "How deployments and rollbacks fail."}}
	first := extracted(t, in)
	for range 5 {
		if d := cmp.Diff(first, extracted(t, in)); d != "" {
			t.Fatalf("Extract differs between two runs: (-first +second)\n%s", d)
		}
	}
}

func TestExtractStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewBuiltin().Extract(ctx, Input{Transcript: talk(smallTalk(claimLine)...)}); err != context.Canceled {
		t.Errorf("Extract with a cancelled context = %v, want %v", err, context.Canceled)
	}
}

func TestTeaserIsLeftOutAndItsSourceFavoured(t *testing.T) {
	claim := strings.TrimPrefix(claimLine, "Ana: ")
	b := NewBuiltin()
	s := b.prepare(Input{Transcript: talk(append([]string{"Ana: " + claim}, smallTalk("Ana: "+claim)...)...)})
	if !s.sentences[0].teaser || s.sentences[0].replayed {
		t.Error("the first sentence is not marked as a teaser")
	}
	replayed := 0
	for i := range s.sentences {
		if s.sentences[i].replayed {
			replayed++
		}
	}
	if replayed != 2 {
		t.Errorf("%d sentences are marked as replayed, want the two of the claim", replayed)
	}
}

func TestClosestClaimsNoAnswer(t *testing.T) {
	for _, passages := range [][]Passage{nil, {{Text: "The rollback is slow."}}} {
		got, err := Closest{}.Answer(context.Background(), Asking{Question: "Why?", Passages: passages})
		if err != nil || len(got.Sentences) != 0 || got.Gap == "" {
			t.Errorf("Answer with %d passages = %+v, %v; want no sentences and a gap", len(passages), got, err)
		}
	}
}

func TestSpanOfRefusesWhatLiesOutside(t *testing.T) {
	tr := talk("Ana: One two.", "Ana: Three.")
	for _, p := range []Span{{First: -1}, {First: 0, Last: 2}, {First: 1, Last: 0}, {First: 0, Last: 0, From: 99, To: 100}} {
		if got := p.Of(tr); got != "" {
			t.Errorf("%+v.Of = %q, want nothing", p, got)
		}
	}
	if got, want := (Span{First: 0, Last: 1, From: 4, To: 6}).Of(tr), "two. Three."; got != want {
		t.Errorf("Of = %q, want %q", got, want)
	}
}

func FuzzExtract(f *testing.F) {
	f.Add(strings.Join(smallTalk(claimLine), "\n"), "vtt")
	f.Add("A\n\n\xff\xfe: \"“(…\nЖ: Это. 日本語。\n"+claimLine, "markdown")
	f.Fuzz(func(t *testing.T, text, source string) {
		in := Input{Transcript: talk(strings.Split(text, "\n")...), Episode: feed.Episode{Title: text, Notes: text}, Show: &Show{}}
		in.Transcript.Source = source
		in.Show.Learn(feed.Episode{ID: "1"}, in.Transcript)
		got, err := NewBuiltin().Extract(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range got {
			if i.Quote == "" || i.Quote != i.Span.Of(in.Transcript) {
				t.Errorf("Quote = %q, but its span holds %q", i.Quote, i.Span.Of(in.Transcript))
			}
			if why := Form(i.Text); why != "" {
				t.Errorf("Text = %q fails: %s", i.Text, why)
			}
			if a, b := in.Transcript.Segments[i.Span.First], in.Transcript.Segments[i.Span.Last]; i.Start < a.Start || i.End > b.End {
				t.Errorf("times %v to %v lie outside of %v to %v", i.Start, i.End, a.Start, b.End)
			}
		}
	})
}

// BenchmarkExtractHour extracts from an hour of speech, 10,000 words.
func BenchmarkExtractHour(b *testing.B) {
	var lines []string
	for n := 0; n < 10_000; {
		more := append(fresh(n%50+10), smallTalk(claimLine, stockLine)...)
		for _, l := range more {
			n += len(strings.Fields(l)) - 1
		}
		lines = append(lines, more...)
	}
	in := Input{Transcript: talk(lines...), Episode: feed.Episode{Title: "Deployments", Notes: claimLine}}
	engine := NewBuiltin()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Extract(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
