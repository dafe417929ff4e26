package digest

import (
	"strings"
	"time"
	"unicode"

	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

// teaserEnds is where the beginning of an episode ends, in which its makers play what is said later.
const teaserEnds = 3 * time.Minute

// word is a word of a transcript with its place: the segment, and the bytes in its text.
type word struct {
	text              string
	segment, from, to int
}

// replayed puts an insight whose quote stands in an episode's teaser where the same words are really said: readers who
// follow the link want to hear what comes before and after. Other insights stay as they are.
func replayed(ins insight.Insight, t *transcript.Transcript) insight.Insight {
	if t == nil || ins.Start > teaserEnds || !valid(ins.Span, t.Segments) {
		return ins
	}
	said := wordsOf(t)
	from, quote := spanIn(said, ins.Span)
	if len(quote) == 0 {
		return ins
	}
	for at := from + len(quote); at+len(quote) <= len(said); at++ {
		if saysSame(quote, said[at:at+len(quote)]) {
			return moved(ins, t, said[at], said[at+len(quote)-1])
		}
	}
	return ins
}

// moved is an insight with its quote at another place, from one word to another.
func moved(ins insight.Insight, t *transcript.Transcript, first, last word) insight.Insight {
	a, z := t.Segments[first.segment], t.Segments[last.segment]
	ins.Span = insight.Span{First: first.segment, From: first.from, Last: last.segment, To: last.to}
	if rest := z.Text[last.to:]; strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "?") || strings.HasPrefix(rest, "!") {
		ins.Span.To++
	}
	ins.Quote = ins.Span.Of(t)
	ins.Start, ins.Timing = within(a, first.from)
	ins.End, _ = within(z, last.to)
	ins.End = max(ins.End, ins.Start)
	if !strings.HasPrefix(ins.Speaker, a.Speaker) || a.Speaker == "" { // else it may say besides that it is a quotation
		ins.Speaker = a.Speaker
	}
	return ins
}

// wordsOf lists the words of a transcript, without case and punctuation.
func wordsOf(t *transcript.Transcript) []word {
	var all []word
	for i, seg := range t.Segments {
		start := -1
		for at, r := range seg.Text + " " {
			inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
			switch {
			case inside && start < 0:
				start = at
			case !inside && start >= 0:
				all = append(all, word{strings.ToLower(seg.Text[start:at]), i, start, at})
				start = -1
			}
		}
	}
	return all
}

// spanIn returns the words of a span, and the number of the first.
func spanIn(said []word, s insight.Span) (from int, quote []word) {
	for i, w := range said {
		before := w.segment < s.First || w.segment == s.First && w.from < s.From
		after := w.segment > s.Last || w.segment == s.Last && w.to > s.To
		switch {
		case before || after:
		case len(quote) == 0:
			from, quote = i, said[i:i+1]
		default:
			quote = said[from : i+1]
		}
	}
	return from, quote
}

func saysSame(a, b []word) bool {
	for i := range a {
		if a[i].text != b[i].text {
			return false
		}
	}
	return true
}
