package digest

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
	"podbrief/store"
)

const (
	passageWords = 120 // measured: shorter ones find less, longer ones are harder to read
	quoteWords   = 60  // of a passage shown as it is
)

// passage is a stretch of a transcript by one speaker, with what it takes to say when each word of it was said.
type passage struct {
	insight.Passage
	episode feed.Episode // without notes
	source  string       // of the transcript
	pieces  []piece
}

// piece is a segment within a passage.
type piece struct {
	from int // offset in the passage's text
	transcript.Segment
}

// passagesOf reads the transcripts of some episodes and cuts them into passages. What is gone is left out.
func passagesOf(tx store.Tx, episodes []string) ([]passage, error) {
	var all []passage
	for _, id := range episodes {
		rec, err := getEpisode(tx, id)
		if errors.Is(err, ErrUnknownEpisode) {
			continue
		}
		if err != nil {
			return nil, err
		}
		podcast, err := getFeed(tx, rec.Feed)
		if err != nil {
			return nil, err
		}
		text, err := getTranscript(tx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, cutPassages(podcast.Feed, rec.Episode, text)...)
	}
	return all, nil
}

// cutPassages cuts a transcript into passages of about 120 words that end where a speaker or a sentence does.
func cutPassages(podcast feed.Feed, ep feed.Episode, text *transcript.Transcript) []passage {
	ep.Notes = ""
	var out []passage
	var open *passage
	words := 0
	for _, seg := range splitLong(text.Segments) {
		if open != nil && (seg.Speaker != open.Speaker || words >= passageWords && endsSentence(open.Text) || words >= 2*passageWords) {
			open = nil
		}
		if open == nil {
			out = append(out, passage{episode: ep, source: text.Source, Passage: insight.Passage{
				Podcast: title(podcast), Title: ep.Title, Published: ep.Published, Episode: ep.ID,
				Speaker: seg.Speaker, Start: seg.Start, Timing: seg.Timing,
			}})
			open, words = &out[len(out)-1], 0
		}
		if open.Text != "" {
			open.Text += " "
		}
		open.pieces = append(open.pieces, piece{len(open.Text), seg})
		open.Text += seg.Text
		words += len(strings.Fields(seg.Text))
	}
	return out
}

// splitLong cuts segments that are longer than a passage at the ends of sentences; the times of the parts are
// interpolated.
func splitLong(segments []transcript.Segment) []transcript.Segment {
	var out []transcript.Segment
	for _, seg := range segments {
		if len(strings.Fields(seg.Text)) <= passageWords {
			out = append(out, seg)
			continue
		}
		for _, s := range sentences(seg.Text) {
			part := seg
			part.Text = seg.Text[s[0]:s[1]]
			part.Start, part.Timing = within(seg, s[0])
			part.End, _ = within(seg, s[1])
			out = append(out, part)
		}
	}
	return out
}

// within is the time at an offset of a segment's text, as if all of it were said at one pace.
func within(seg transcript.Segment, offset int) (time.Duration, transcript.Timing) {
	if seg.Timing == transcript.Unknown || offset == 0 || len(seg.Text) == 0 {
		return seg.Start, seg.Timing
	}
	share := float64(offset) / float64(len(seg.Text))
	return seg.Start + time.Duration(share*float64(seg.End-seg.Start)), transcript.Interpolated
}

// at is when and by whom the word at an offset of the passage was said.
func (p passage) at(offset int) (time.Duration, transcript.Timing, string) {
	at := p.pieces[0]
	for _, piece := range p.pieces {
		if piece.from <= offset {
			at = piece
		}
	}
	when, timing := within(at.Segment, max(0, offset-at.from))
	if timing == transcript.Interpolated && at.Timing == transcript.Exact && at.End-at.Start <= 15*time.Second {
		timing = transcript.Exact // within a caption
	}
	return when, timing, at.Speaker
}

// sentenceEnd is where a sentence ends and the next begins.
var sentenceEnd = regexp.MustCompile(`[.?!]["”')\]]*\s+`)

// sentences returns the beginning and the end of each sentence of a text.
func sentences(text string) [][2]int {
	var out [][2]int
	from := 0
	for _, m := range sentenceEnd.FindAllStringIndex(text, -1) {
		end := m[0] + len(strings.TrimRight(text[m[0]:m[1]], " \t\n"))
		out = append(out, [2]int{from, end})
		from = m[1]
	}
	if from < len(text) {
		out = append(out, [2]int{from, len(text)})
	}
	return out
}

func endsSentence(text string) bool { return strings.ContainsAny(text[max(0, len(text)-2):], ".?!") }

// closest returns the sentences of a passage that hold most of a question's words, verbatim.
func (p passage) closest(question string) string {
	spans := sentences(p.Text)
	if len(spans) == 0 {
		return p.Text
	}
	bestFrom, bestTo, most := 0, 0, -1
	for i := range spans {
		for j := i; j < len(spans); j++ {
			text := p.Text[spans[i][0]:spans[j][1]]
			if j > i && len(strings.Fields(text)) > quoteWords {
				break
			}
			// Each word of the question counts once, and a shorter quote with as many of them is the better one.
			if n := shared(question, text); n > most || n == most && i == bestFrom && len(strings.Fields(text)) < quoteWords/2 {
				bestFrom, bestTo, most = i, j, n
			}
		}
	}
	return p.Text[spans[bestFrom][0]:spans[bestTo][1]]
}

// shared counts the words of a question of four letters and more that a text holds; their ends are left out, since
// they change with grammar.
func shared(question, text string) int {
	have := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), notInWord) {
		have[stump(w)] = true
	}
	n := 0
	for _, w := range strings.FieldsFunc(strings.ToLower(question), notInWord) {
		if len(w) >= 4 && have[stump(w)] {
			n++
		}
	}
	return n
}

// stump is a word without what grammar may have added to it.
func stump(w string) string {
	for _, end := range []string{"ing", "ers", "ed", "es", "s"} {
		if rest := strings.TrimSuffix(w, end); len(rest) >= 4 && rest != w {
			return rest
		}
	}
	return w
}

// best2 chooses the passages that are closest to a question.
func best2(question string, own, elsewhere []passage) []passage {
	take := func(from []passage, n int) []passage {
		from = slices.DeleteFunc(from, func(p passage) bool { return shared(question, p.Text) == 0 })
		slices.SortStableFunc(from, func(a, b passage) int { return shared(question, b.Text) - shared(question, a.Text) })
		return from[:min(n, len(from))]
	}
	mine := take(own, fromOwn)
	return append(mine, take(elsewhere, fromOwn+fromElsewhere-len(mine))...)
}
