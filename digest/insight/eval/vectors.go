package main

import (
	"math"
	"strings"
)

// vector is a text as weighted words, of length 1.
type vector map[string]float64

// weigher weighs words by how few of the texts hold them.
type weigher struct {
	texts int
	in    map[string]int
}

func newWeigher(texts []string) *weigher {
	w := &weigher{len(texts), map[string]int{}}
	for _, t := range texts {
		for word := range count(t) {
			w.in[word]++
		}
	}
	return w
}

func (w *weigher) vector(text string) vector {
	out, square := vector{}, 0.0
	for word, n := range count(text) {
		out[word] = (1 + math.Log(n)) * math.Log(float64(w.texts+1)/(float64(w.in[word])+0.5))
		square += out[word] * out[word]
	}
	for word := range out {
		out[word] /= max(math.Sqrt(square), 1e-9)
	}
	return out
}

func cosine(a, b vector) float64 {
	sum := 0.0
	for word, v := range a {
		sum += v * b[word]
	}
	return sum
}

func count(text string) map[string]float64 {
	out := map[string]float64{}
	for _, w := range words(text) {
		out[w]++
	}
	return out
}

// words returns the words of a text in lower case, without the marks around them.
func words(text string) []string {
	var out []string
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		if w = strings.Trim(w, `.,!?;:"'()[]“”’…-`); w != "" {
			out = append(out, w)
		}
	}
	return out
}
