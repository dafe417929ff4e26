// Package stats fits and judges the weights of the built-in engine: ridge regression over features and words, areas
// under the curve, folds that keep an episode together.
package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Rows are the examples to fit.
type Rows struct {
	Dense  [][]float64          // features
	Words  []map[string]float64 // occurrences of words
	Target []float64
	Group  []string // the episode: never in two folds
}

// Model is a fitted ridge regression.
type Model struct {
	Bias    float64
	Weights []float64 // of the features, for values as they come
	Words   map[string]Word
}

// Word is what a word contributes.
type Word struct{ Scale, Weight float64 }

// Penalties of the ridge and the vocabulary that it uses.
const (
	penalty      = 400.0 // on the weights of the standardised features
	wordShare    = 100.0 // how much freer the words are than a feature
	fewestGroups = 3     // episodes that must hold a word
)

// Fit fits rows numbered train. Words that fewer than three groups of them hold are left out.
func Fit(r Rows, train []int) Model {
	mean, dev := moments(r.Dense, train)
	scale := scales(r, train)
	n := len(train)
	vectors := make([]map[string]float64, n)
	base := 0.0
	for a, i := range train {
		vectors[a] = vector(r.Words[i], scale)
		base += r.Target[i] / float64(n)
	}
	gram := make([][]float64, n)
	rest := make([]float64, n)
	for a, i := range train {
		rest[a] = r.Target[i] - base
		gram[a] = make([]float64, n)
		for b, j := range train[:a+1] {
			gram[a][b] = denseDot(r.Dense[i], r.Dense[j], mean, dev) + wordShare*dot(vectors[a], vectors[b])
			gram[b][a] = gram[a][b]
		}
		gram[a][a] += penalty
	}
	return collect(r, train, vectors, solve(gram, rest), base, mean, dev, scale)
}

// collect turns the solution of the dual problem into weights.
func collect(r Rows, train []int, vectors []map[string]float64, alpha []float64, base float64, mean, dev []float64, scale map[string]float64) Model {
	m := Model{Bias: base, Weights: make([]float64, len(mean)), Words: map[string]Word{}}
	for w, s := range scale {
		m.Words[w] = Word{Scale: s}
	}
	for a, i := range train {
		for k, v := range r.Dense[i] {
			m.Weights[k] += alpha[a] * (v - mean[k]) / dev[k] / dev[k]
		}
		for w, v := range vectors[a] {
			x := m.Words[w]
			x.Weight += wordShare * alpha[a] * v
			m.Words[w] = x
		}
	}
	for k, w := range m.Weights {
		m.Bias -= w * mean[k]
	}
	return m
}

// Predict applies the model to a row.
func (m Model) Predict(dense []float64, words map[string]float64) float64 {
	sum := m.Bias
	for k, v := range dense {
		sum += m.Weights[k] * v
	}
	return sum + m.Wording(words)
}

// Wording is the part of a prediction that comes from words.
func (m Model) Wording(words map[string]float64) float64 {
	sum, square := 0.0, 0.0
	for w, n := range words {
		x := m.Words[w]
		part := (1 + math.Log(n)) * x.Scale
		sum += part * x.Weight
		square += part * part
	}
	return sum / max(math.Sqrt(square), 1e-9)
}

// scales weighs the words of the training rows: the root of the log of how rarely they occur.
func scales(r Rows, train []int) map[string]float64 {
	groups, rows := map[string]map[string]bool{}, map[string]int{}
	for _, i := range train {
		for w := range r.Words[i] {
			if groups[w] == nil {
				groups[w] = map[string]bool{}
			}
			groups[w][r.Group[i]] = true
			rows[w]++
		}
	}
	out := map[string]float64{}
	for w, g := range groups {
		if len(g) >= fewestGroups {
			out[w] = math.Sqrt(math.Log(float64(len(train)+1) / float64(rows[w])))
		}
	}
	return out
}

func vector(words, scale map[string]float64) map[string]float64 {
	out, square := map[string]float64{}, 0.0
	for w, n := range words {
		if s := scale[w]; s > 0 {
			out[w] = (1 + math.Log(n)) * s
			square += out[w] * out[w]
		}
	}
	for w := range out {
		out[w] /= math.Sqrt(square)
	}
	return out
}

func dot(a, b map[string]float64) float64 {
	sum := 0.0
	for w, v := range a {
		sum += v * b[w]
	}
	return sum
}

func denseDot(a, b, mean, dev []float64) float64 {
	sum := 0.0
	for k := range mean {
		sum += (a[k] - mean[k]) * (b[k] - mean[k]) / (dev[k] * dev[k])
	}
	return sum
}

func moments(x [][]float64, train []int) (mean, dev []float64) {
	d, n := len(x[0]), float64(len(train))
	mean, dev = make([]float64, d), make([]float64, d)
	for _, i := range train {
		for k, v := range x[i] {
			mean[k] += v / n
		}
	}
	for _, i := range train {
		for k, v := range x[i] {
			dev[k] += (v - mean[k]) * (v - mean[k]) / n
		}
	}
	for k := range dev {
		dev[k] = math.Sqrt(dev[k]) + 1e-6
	}
	return mean, dev
}

// solve solves a symmetric positive definite system by Cholesky's method. It overwrites a.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		for j := range i + 1 {
			sum := a[i][j]
			for k := range j {
				sum -= a[i][k] * a[j][k]
			}
			if i == j {
				a[i][i] = math.Sqrt(sum)
			} else {
				a[i][j] = sum / a[j][j]
			}
		}
	}
	x := slices.Clone(b)
	for i := range n {
		for k := range i {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= a[k][i] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x
}

// CrossValidate predicts every row by a model fitted without the rows of its fold; a group is never split.
func CrossValidate(r Rows, folds int, seed uint64) []float64 {
	fold := Folds(r.Group, folds, seed)
	out := make([]float64, len(r.Target))
	for f := range folds {
		var train []int
		for i := range fold {
			if fold[i] != f {
				train = append(train, i)
			}
		}
		m := Fit(r, train)
		for i := range fold {
			if fold[i] == f {
				out[i] = m.Predict(r.Dense[i], r.Words[i])
			}
		}
	}
	return out
}

// Folds deals the groups out to folds, in an order shuffled by seed.
func Folds(groups []string, folds int, seed uint64) []int {
	names := slices.Compact(slices.Sorted(slices.Values(groups)))
	rng := rand.New(rand.NewPCG(seed, 1))
	rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	of := map[string]int{}
	for i, n := range names {
		of[n] = i % folds
	}
	out := make([]int, len(groups))
	for i, g := range groups {
		out[i] = of[g]
	}
	return out
}

// AUC is the chance that a good row is scored above one that is not; ties count half.
func AUC(good []bool, score []float64) float64 {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
	goods, sum := 0.0, 0.0
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && score[order[j]] == score[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			if good[k] {
				goods++
				sum += float64(i+j+1) / 2
			}
		}
		i = j
	}
	return (sum - goods*(goods+1)/2) / (goods * (float64(len(score)) - goods))
}

// Logistic fits P(good) = 1/(1+exp(-(a+b·score))) by Newton's method.
func Logistic(good []bool, score []float64) (a, b float64) {
	for range 50 {
		var ga, gb, haa, hab, hbb float64
		for i, x := range score {
			p := 1 / (1 + math.Exp(-(a + b*x)))
			y := 0.0
			if good[i] {
				y = 1
			}
			ga, gb = ga+y-p, gb+(y-p)*x
			v := p * (1 - p)
			haa, hab, hbb = haa+v, hab+v*x, hbb+v*x*x
		}
		det := haa*hbb - hab*hab
		a, b = a+(hbb*ga-hab*gb)/det, b+(haa*gb-hab*ga)/det
	}
	return a, b
}

// Mean returns the mean and the standard deviation of vs.
func Mean(vs []float64) (mean, dev float64) {
	n := float64(max(1, len(vs)))
	for _, v := range vs {
		mean += v / n
	}
	for _, v := range vs {
		dev += (v - mean) * (v - mean) / n
	}
	return mean, math.Sqrt(dev)
}
