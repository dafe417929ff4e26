package insight

// scoreClaims gives every sentence its claim score.
func (s *script) scoreClaims() {
	for i := range s.sentences {
		s.sentences[i].claim = s.lexicon.claim(&s.sentences[i])
	}
}

// capped is a weight per occurrence of a list, up to a number of occurrences.
type capped struct {
	cue    cue
	most   uint8
	weight float64
}

var claimCues = []capped{
	{cueInsight, 2, 0.9}, {cueAdvice, 2, 0.6}, {cueCause, 2, 0.7}, {cueContrast, 2, 0.4}, {cueSuperlative, 2, 0.5},
	{cueUniversal, 2, 0.35}, {cueAntithesis, 1, 0.7}, {cueOpinion, 1, 0.35}, {cueDefinition, 2, 0.25},
	{cueNumber, 2, 0.25}, {cuePresent, 2, 0.3}, {cueYou, 2, 0.2},
	{cueHedge, 3, -0.7}, {cueFiller, 3, -0.7}, {cueVague, 3, -0.3}, {cueStory, 2, -0.9}, {cueSpeech, 2, -0.8},
	{cueThird, 3, -0.25}, {cueChatter, 2, -1.6}, {cueShowTalk, 2, -1.6}, {cueBackward, 1, -1}, {cueContext, 2, -0.5},
}

// claim scores how much a sentence sounds like a claim worth repeating.
func (x *lexicon) claim(s *sentence) float64 {
	sum := 0.0
	for _, c := range claimCues {
		sum += c.weight * float64(min(s.counts[c.cue], c.most))
	}
	sum -= 0.25*float64(max(0, int(s.counts[cueI])-1)) + 0.2*float64(max(0, int(s.counts[cueDemonstrative])-1))
	if s.question {
		sum -= 1.2
	}
	if x.tellsStory(s) {
		sum--
	}
	if n := len(s.words); n < 6 {
		sum -= 0.6
	} else if n > 38 {
		sum -= 0.05 * float64(n-38)
	}
	return sum
}

// tellsStory reports whether a sentence opens a story or an example.
func (x *lexicon) tellsStory(s *sentence) bool {
	_, ok := x.begins(s.tokens, 0, cueStoryStart)
	return ok
}
