package rank

import "math"

// Scale says what an engine's quality scores mean: where its floors are, and how probably a reader wants an insight of
// a given score.
type Scale struct {
	First float64 // from here on an insight is posted before all others
	Fill  float64 // from here on it may fill a thin brief
	Blind float64 // Fill for insights whose speaker is not known
	Bias  float64 // P(good) = sigmoid(Bias + Slope*quality)
	Slope float64
}

// Builtin is the scale of the built-in engine, fitted on 1,146 rated windows.
func Builtin() Scale { return Scale{First: 1.5, Fill: 1.3, Blind: 1.35, Bias: -4.47, Slope: 3.05} }

// tier is how willingly a doc is posted.
type tier uint8

const (
	tierNever tier = iota
	tierFill
	tierFirst
)

// grade returns a doc's tier and the probability that a reader wants it.
func grade(d Doc) (tier, float32) {
	s := d.Scale
	if s == (Scale{}) {
		s = Builtin()
	}
	good := float32(1 / (1 + math.Exp(-s.Bias-s.Slope*d.Quality)))
	floor := s.Fill
	if !d.Speaker {
		floor = s.Blind
	}
	switch {
	case d.Quality >= max(s.First, floor):
		return tierFirst, good
	case d.Quality >= floor:
		return tierFill, good
	}
	return tierNever, good
}
