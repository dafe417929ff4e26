package transcript

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSplitInline(t *testing.T) {
	seg := func(start, end int, timing Timing, speaker, text string) Segment {
		return Segment{Start: time.Duration(start) * second, End: time.Duration(end) * second, Timing: timing, Speaker: speaker, Text: text}
	}
	in := []Segment{
		seg(0, 10, Exact, "Ann Bell", "Is that so? Bo Carr: It is."),
		seg(10, 12, Exact, "Bo Carr", "One thing: Ann Bell: said no."),
		seg(12, 14, Exact, "Ann Bell", "He wrote a book. Moby Dick: a whale. Ann Bell: "),
		seg(14, 16, Exact, "Ann Bell", "Bo Carr: A label that begins a caption."),
		seg(16, 18, Exact, "Ann Bell", "Moby Dick: a whale."),
	}
	want := []Segment{
		seg(0, 0, Exact, "Ann Bell", "Is that so?"), seg(0, 10, Interpolated, "Bo Carr", "It is."),
		in[1], in[2], seg(14, 16, Exact, "Bo Carr", "A label that begins a caption."), in[4],
	}
	got := splitInline(in)
	want[0].End, want[1].Start = got[0].End, got[1].Start
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("splitInline (-want +got):\n%s", diff)
	}
	if end := got[0].End; end <= 0 || end >= 10*second || got[1].Start != end {
		t.Errorf("the first ends at %v and the second begins at %v, want the same time in between", end, got[1].Start)
	}
}

func TestSplitInlineOfOneWord(t *testing.T) {
	for count, want := range map[int]int{oftenSpoken - 1: oftenSpoken, oftenSpoken: oftenSpoken + 2} {
		in := []Segment{{Speaker: "Ann", Text: "Nets are cheap. Bo: Boats are dear."}}
		for range count {
			in = append(in, Segment{Speaker: "Bo", Text: "So it is."})
		}
		if got := splitInline(in); len(got) != want {
			t.Errorf("splitInline(Bo speaks in %d segments) = %d segments, want %d", count, len(got), want)
		}
	}
}
