package digest

import (
	"context"
	"errors"
	"fmt"

	"podbrief/digest/insight"
	"podbrief/digest/transcript"
	"podbrief/store"
)

// aroundWords is how much of what was said before and after a quote More shows.
const aroundWords = 120

// More returns an insight's quote with what was said around it.
func (e *Engine) More(ctx context.Context, insightID string) (s Surroundings, err error) {
	err = e.DB.View(ctx, func(tx store.Tx) error {
		it, err := getItem(tx, insightID)
		if err != nil {
			return err
		}
		text, err := getTranscript(tx, it.Insight.Episode)
		if errors.Is(err, store.ErrNotFound) {
			err = fmt.Errorf("the transcript of %q is not kept any more", it.Episode.Title)
		}
		if err != nil {
			return err
		}
		s = surroundings(it, text)
		return nil
	})
	return s, err
}

// surroundings cuts a transcript into the quote, what came before it and what came after.
func surroundings(it Item, text *transcript.Transcript) Surroundings {
	s := Surroundings{Item: it}
	sp := it.Insight.Span
	if !valid(sp, text.Segments) {
		s.Quote = []Line{{Start: it.Insight.Start, Speaker: it.Insight.Speaker, Text: it.Insight.Quote}}
		return s
	}
	first, last := text.Segments[sp.First], text.Segments[sp.Last]
	s.Before = lastWords(append(lines(text.Segments[:sp.First]), line(first, first.Text[:sp.From])), aroundWords)
	s.After = firstWords(append([]Line{line(last, last.Text[sp.To:])}, lines(text.Segments[sp.Last+1:])...), aroundWords)
	for i := sp.First; i <= sp.Last; i++ {
		seg := text.Segments[i]
		from, to := 0, len(seg.Text)
		if i == sp.First {
			from = sp.From
		}
		if i == sp.Last {
			to = sp.To
		}
		s.Quote = append(s.Quote, line(seg, seg.Text[from:to]))
	}
	s.Quote = joined(s.Quote)
	return s
}

// valid reports whether a span lies within the segments: the transcript may have been fetched anew since.
func valid(sp insight.Span, segments []transcript.Segment) bool {
	if sp.First < 0 || sp.Last < sp.First || sp.Last >= len(segments) {
		return false
	}
	return sp.From >= 0 && sp.From <= len(segments[sp.First].Text) && sp.To >= 0 && sp.To <= len(segments[sp.Last].Text) &&
		(sp.First < sp.Last || sp.From <= sp.To)
}
