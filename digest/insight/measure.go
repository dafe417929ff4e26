package insight

import (
	"strings"

	"podbrief/digest/transcript"
)

// Sample is a stretch of speech out of an episode, with what was known around it.
type Sample struct {
	Text      string  // as said, before any clean-up
	TurnWords int     // words in the speaker's whole turn
	Place     float64 // where in the episode it begins, 0 to 1
	Asks      float64 // 0 for a guest, 0.5 for somebody who asks a lot, 1 for an interviewer
}

// Measurement is what the engine sees in a sample.
type Measurement struct {
	Features []float64 // in the order of FeatureNames
	Words    []string  // in order, lower case
	Score    float64   // the engine's quality
}

// FeatureNames names the features that quality is computed from. The last one, "wording", depends on the weights of
// words; in a Measurement it is computed with those in force.
func FeatureNames() []string { return append([]string(nil), featureNames[:]...) }

// Measure computes the features and the quality of a sample. It serves to fit and to judge the weights.
func Measure(x Sample) Measurement {
	b := NewBuiltin()
	t := &transcript.Transcript{Source: "markdown", Segments: []transcript.Segment{{Text: strings.TrimSpace(x.Text)}}}
	s := readScript(b.english, t, b.reference)
	if len(s.sentences) == 0 {
		return Measurement{Features: make([]float64, featureCount)}
	}
	s.scoreClaims()
	s.turns[0].words = x.TurnWords
	w := window{0, len(s.sentences) - 1}
	f := s.describe(w)
	f[featEarly], f[featLate], f[featAsker] = truth(x.Place < earlyEnds), truth(x.Place > lateBegins), x.Asks
	f[featWording] = b.weights.wording(s, b.weights.index(s.lexicon), w)
	m := Measurement{Features: append([]float64(nil), f[:]...), Score: b.weights.quality(&f)}
	for i := range s.sentences {
		for _, w := range s.sentences[i].words {
			m.Words = append(m.Words, s.lexicon.words[w.word].text)
		}
	}
	return m
}

// Candidate is a window that passed the gates, by the numbers of its sentences.
type Candidate struct {
	First, Last int
	Score       float64
}

// ReferenceCandidates returns the windows that pass the gates with their quality by the weights of the published
// reference, so that agreement with it can be measured.
func ReferenceCandidates(t *transcript.Transcript) []Candidate {
	b := &Builtin{english: english(), weights: referenceWeights(), reference: true}
	s := b.prepare(Input{Transcript: t})
	var out []Candidate
	for _, w := range s.candidates() {
		f := s.describe(w)
		out = append(out, Candidate{w.first, w.last, b.weights.quality(&f)})
	}
	return out
}
