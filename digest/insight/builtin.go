package insight

import (
	"context"
	"strings"
	"time"

	"podbrief/digest/transcript"
)

// builtinName changes whenever the insights of the built-in engine would.
const builtinName = "builtin/3"

// mostInsights is the number of insights kept of an episode.
const mostInsights = 8

// Builtin is the extractor that needs no model and no network: it scores runs of one to three sentences by what makes a
// claim stand alone, and keeps the best. It is safe for concurrent use.
type Builtin struct {
	english   *language
	weights   *weights
	reference bool // do only what the published reference does
}

// NewBuiltin returns the built-in extractor.
func NewBuiltin() *Builtin { return &Builtin{english: english(), weights: builtinWeights()} }

// Name names the engine and its version.
func (b *Builtin) Name() string { return builtinName }

// Extract takes up to eight insights out of an episode, best first. It only fails when ctx is done.
func (b *Builtin) Extract(ctx context.Context, in Input) ([]Insight, error) {
	if in.Transcript == nil || len(in.Transcript.Segments) == 0 {
		return nil, ctx.Err()
	}
	s := b.prepare(in)
	if err := ctx.Err(); err != nil || !s.isEnglish() {
		return nil, err
	}
	v := s.vocabulary(in.Episode)
	picks := harmless(s.pick(s.rank(s.candidates(), v, b.weights), mostInsights+spareInsights))
	pairs := s.pairs()
	out := make([]Insight, len(picks))
	for i, p := range picks {
		out[i] = s.insight(p)
		out[i].Engine, out[i].Source = b.Name(), in.Transcript.Source
		out[i].Topics = s.topics(v, pairs, p)
	}
	return out, ctx.Err()
}

// prepare reads the transcript and marks what its podcast repeats.
func (b *Builtin) prepare(in Input) *script {
	s := readScript(b.english, in.Transcript, b.reference)
	s.scoreClaims()
	s.findTeaser()
	s.markHosts(in.Show)
	s.markRepeated(in.Show, in.Episode.ID)
	return s
}

// A quarter of what is said in English are words such as "the" and "of", and more; other languages hardly have any of
// them. The lists know English only, so that of other languages nothing is kept rather than something at random.
const leastStopWords = 0.25

func (s *script) isEnglish() bool {
	if l := s.transcript.Language; l != "" && l != "en" && !strings.HasPrefix(l, "en-") {
		return false
	}
	stops, all := 0, 0
	for i := range s.sentences {
		for _, w := range s.sentences[i].words {
			all++
			if s.lexicon.words[w.word].stop {
				stops++
			}
		}
	}
	return float64(stops) >= leastStopWords*float64(all)
}

// candidates returns the windows that pass the gates. When there are too few the interviewer's are let in.
func (s *script) candidates() []window {
	ws := s.windows(false)
	if len(ws) < mostInsights {
		ws = s.windows(true)
	}
	return ws
}

// insight makes an insight of a pick. Its quote is copied out of the segments, so it is verbatim by construction.
func (s *script) insight(p shown) Insight {
	first, last := &s.sentences[p.trimmed.first], &s.sentences[p.trimmed.last]
	span := spanOf(first, last)
	i := Insight{Text: p.text, Span: span, Quote: span.Of(s.transcript), Score: p.quality}
	i.Start, i.End, i.Timing = s.times(span)
	i.Speaker = s.transcript.Segments[span.First].Speaker
	if i.Speaker != "" && s.quotes(p.trimmed) {
		i.Speaker += quoting
	}
	return i
}

func spanOf(first, last *sentence) Span {
	var p Span
	p.First, p.From = first.stream.place(first.from)
	p.Last, p.To = last.stream.place(last.to - 1)
	p.To++ // a sentence ends in a mark or a letter of one byte, or else behind its last rune's last byte
	return p
}

// Of returns the words of a span, verbatim; segments are joined by a space. It is "" when the span does not lie in t.
func (p Span) Of(t *transcript.Transcript) string {
	if p.First < 0 || p.Last >= len(t.Segments) || p.First > p.Last {
		return ""
	}
	if p.From < 0 || p.From > len(t.Segments[p.First].Text) || p.To < 0 || p.To > len(t.Segments[p.Last].Text) {
		return ""
	}
	if p.First == p.Last {
		return t.Segments[p.First].Text[min(p.From, p.To):p.To]
	}
	var out strings.Builder
	out.WriteString(t.Segments[p.First].Text[p.From:])
	for _, g := range t.Segments[p.First+1 : p.Last] {
		out.WriteString(" " + g.Text)
	}
	out.WriteString(" " + t.Segments[p.Last].Text[:p.To])
	return out.String()
}

// times derives when a span is said: within a segment in proportion to the text.
func (s *script) times(p Span) (start, end time.Duration, timing transcript.Timing) {
	a, b := s.transcript.Segments[p.First], s.transcript.Segments[p.Last]
	if a.Timing == transcript.Unknown || b.Timing == transcript.Unknown {
		return 0, 0, transcript.Unknown
	}
	start, end = within(a, p.From), within(b, p.To)
	if a.Timing == transcript.Interpolated || a.End-a.Start > captionLength && p.From > 0 {
		timing = transcript.Interpolated
	}
	return start, max(start, end), timing
}

// captionLength is how long a segment may last before a time inside it counts as interpolated.
const captionLength = 15 * time.Second

func within(g transcript.Segment, offset int) time.Duration {
	share := float64(offset) / float64(max(1, len(g.Text)))
	return g.Start + time.Duration(share*float64(max(0, g.End-g.Start)))
}
