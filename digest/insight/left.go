package insight

// LeftOut reports per segment of an episode whether it is advertising, repeated from other episodes, or a teaser of what
// is said later: there is nothing in it that a model should read. A segment counts as such when most of its sentences, by length, do.
func (b *Builtin) LeftOut(in Input) []bool {
	if in.Transcript == nil {
		return nil
	}
	out := make([]bool, len(in.Transcript.Segments))
	if len(out) == 0 {
		return out
	}
	s := b.prepare(in)
	for i, left := range s.leftOut() {
		out[i] = left*2 > len(in.Transcript.Segments[i].Text)
	}
	return out
}

// leftOut returns per segment how many bytes of it are left out.
func (s *script) leftOut() []int {
	bytes := make([]int, len(s.transcript.Segments))
	for i := range s.sentences {
		x := &s.sentences[i]
		p := &s.paragraphs[x.paragraph]
		if p.ad < isAd && !p.repeated && !x.repeated && !x.teaser {
			continue
		}
		span := spanOf(x, x)
		for g := span.First; g <= span.Last; g++ {
			from, to := 0, len(s.transcript.Segments[g].Text)
			if g == span.First {
				from = span.From
			}
			if g == span.Last {
				to = span.To
			}
			bytes[g] += to - from
		}
	}
	return bytes
}
