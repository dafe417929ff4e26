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
	bias  float64
	of    features
	words map[string]wordWeight
}

// wordWeight is what a word adds to the feature "wording".
type wordWeight struct {
	scale  float64 // how much it counts in the length of a window's vector: more when rare
	weight float64
}

var (
	builtinWeights   = sync.OnceValue(func() *weights { return mustReadWeights("weights/builtin.txt", "weights/words.txt") })
	referenceWeights = sync.OnceValue(func() *weights { return mustReadWeights("weights/reference.txt") })
)

func mustReadWeights(names ...string) *weights {
	w := &weights{words: map[string]wordWeight{}}
	for i, name := range names {
		body, err := weightFiles.ReadFile(name)
		if err == nil && i == 0 {
			err = w.read(string(body))
		} else if err == nil {
			err = w.readWords(string(body))
		}
		if err != nil {
			panic(fmt.Sprintf("read %s: %v", name, err)) // embedded: a mistake of ours, found by every test
		}
	}
	return w
}

// readWords takes lines such as "because 0.7 0.12": a word, its scale and its weight.
func (w *weights) readWords(body string) error {
	for line := range strings.Lines(body) {
		if line[0] == '#' {
			continue
		}
		var word string
		var v wordWeight
		if _, err := fmt.Sscan(line, &word, &v.scale, &v.weight); err != nil {
			return fmt.Errorf("line %q: %w", line, err)
		}
		w.words[word] = v
	}
	return nil
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

// index looks up the weights of all words of an episode, by their number in its lexicon.
func (w *weights) index(x *lexicon) []wordWeight {
	if len(w.words) == 0 {
		return nil
	}
	out := make([]wordWeight, len(x.words))
	for i := range x.words {
		out[i] = w.words[x.words[i].text]
	}
	return out
}

// wording scores the words of a window: the sum of their weights, each times its share in the window's vector.
func (w *weights) wording(s *script, index []wordWeight, win window) float64 {
	if index == nil {
		return 0
	}
	var space [2 * mostWords]int32
	all := space[:0]
	for i := win.first; i <= win.last; i++ {
		for _, x := range s.sentences[i].words {
			if index[x.word].scale > 0 {
				all = append(all, x.word)
			}
		}
	}
	slices.Sort(all)
	sum, square := 0.0, 0.0
	for i := 0; i < len(all); {
		v, n := index[all[i]], i
		for i < len(all) && all[i] == all[n] {
			i++
		}
		part := (1 + math.Log(float64(i-n))) * v.scale
		sum += part * v.weight
		square += part * part
	}
	return sum / max(math.Sqrt(square), 1e-9)
}

// Chance is the probability that readers find an insight of this score good: a rating of 2 or 3 out of 0 to 3.
func Chance(score float64) float64 { return 1 / (1 + math.Exp(4.47-3.05*score)) }

// The floors: insights are posted from the first one, filled up from the second one. Without speakers more is asked.
const (
	firstFloor      = 1.5
	fillFloor       = 1.3
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
