package insight

import (
	"embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed weights
var weightFiles embed.FS

// weights turn features into quality: a predicted rating from 0 (chatter) to 3 (would post it).
type weights struct {
	bias float64
	of   features
}

var (
	builtinWeights   = sync.OnceValue(func() *weights { return mustReadWeights("weights/builtin.txt") })
	referenceWeights = sync.OnceValue(func() *weights { return mustReadWeights("weights/reference.txt") })
)

func mustReadWeights(name string) *weights {
	body, err := weightFiles.ReadFile(name)
	w := &weights{}
	if err == nil {
		err = w.read(string(body))
	}
	if err != nil {
		panic(fmt.Sprintf("read %s: %v", name, err)) // embedded: a mistake of ours, found by every test
	}
	return w
}

// read takes lines such as "claim = 0.083".
func (w *weights) read(body string) error {
	for line := range strings.Lines(body) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fmt.Errorf("weight %q: %w", name, err)
		}
		n := slices.Index(featureNames[:], name)
		switch {
		case name == "bias":
			w.bias = v
		case n < 0:
			return fmt.Errorf("no feature is called %q", name)
		default:
			w.of[n] = v
		}
	}
	return nil
}

func (w *weights) quality(f *features) float64 {
	q := w.bias
	for i, v := range f {
		q += w.of[i] * v
	}
	return q
}

// Chance is the probability that readers find an insight of this score good: a rating of 2 or 3 out of 0 to 3.
func Chance(score float64) float64 { return 1 / (1 + math.Exp(4.47-3.05*score)) }

// The floors: insights are posted from the first one, filled up from the second one. Without speakers more is asked.
const (
	firstFloor      = 1.5
	fillFloor       = 1.2
	fillFloorNoName = 1.35
)

// FirstFloor is the score from which insights are posted before all others.
func FirstFloor() float64 { return firstFloor }

// Floor is the score that an insight needs to be posted at all, when a brief would not be full without it.
func Floor(i Insight) float64 {
	if i.Speaker == "" {
		return fillFloorNoName
	}
	return fillFloor
}
