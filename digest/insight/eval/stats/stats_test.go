package stats

import (
	"math"
	"testing"
)

func TestAUC(t *testing.T) {
	for _, test := range []struct {
		good  []bool
		score []float64
		want  float64
	}{
		{[]bool{true, false}, []float64{2, 1}, 1},
		{[]bool{true, false}, []float64{1, 2}, 0},
		{[]bool{true, false}, []float64{1, 1}, 0.5},
		{[]bool{true, false, true, false}, []float64{4, 3, 2, 1}, 0.75},
	} {
		if got := AUC(test.good, test.score); got != test.want {
			t.Errorf("AUC(%v, %v) = %v, want %v", test.good, test.score, got, test.want)
		}
	}
}

func TestFoldsKeepGroupsTogether(t *testing.T) {
	groups := []string{"a", "b", "a", "c", "b", "d"}
	fold := Folds(groups, 2, 1)
	of := map[string]int{}
	for i, g := range groups {
		if f, ok := of[g]; ok && f != fold[i] {
			t.Errorf("Folds puts the group %q into folds %d and %d", g, f, fold[i])
		}
		of[g] = fold[i]
	}
}

// rows makes examples whose target is twice their feature, plus one where they hold the word "good".
func rows() Rows {
	var r Rows
	for i := range 60 {
		x, words := float64(i%7), map[string]float64{"the": 1}
		y := 2 * x
		if i%2 == 0 {
			words["good"], y = 1, y+1
		}
		r.Dense = append(r.Dense, []float64{x})
		r.Words = append(r.Words, words)
		r.Target = append(r.Target, y)
		r.Group = append(r.Group, string(rune('a'+i%10)))
	}
	return r
}

func TestFitFindsFeatureAndWord(t *testing.T) {
	r := rows()
	all := make([]int, len(r.Target))
	for i := range all {
		all[i] = i
	}
	m := Fit(r, all)
	if m.Weights[0] <= 0 || m.Words["good"].Weight <= m.Words["the"].Weight {
		t.Errorf("Fit = %+v; want a positive weight of the feature, and more for \"good\" than for \"the\"", m)
	}
	high, low := m.Predict([]float64{6}, map[string]float64{"good": 1}), m.Predict([]float64{0}, map[string]float64{"the": 1})
	if high <= low {
		t.Errorf("Predict = %v for a high example and %v for a low one", high, low)
	}
}

func TestCrossValidateNeverSeesItsOwnGroup(t *testing.T) {
	r := rows()
	before := CrossValidate(r, 10, 1)
	for i, g := range r.Group {
		if g == "a" {
			r.Target[i] += 1000 // must not move the predictions of its own group
		}
	}
	after := CrossValidate(r, 10, 1)
	for i, g := range r.Group {
		if g == "a" && math.Abs(before[i]-after[i]) > 1e-9 {
			t.Fatalf("prediction %d moves from %v to %v with its own target", i, before[i], after[i])
		}
	}
}

func TestLogisticRecoversItsCurve(t *testing.T) {
	var good []bool
	var score []float64
	for i := range 4000 {
		x := float64(i%40)/10 - 2
		p := 1 / (1 + math.Exp(-(-0.5 + 1.5*x)))
		good, score = append(good, math.Mod(float64(i/40)*0.6180339887, 1) < p), append(score, x)
	}
	if a, b := Logistic(good, score); math.Abs(a+0.5) > 0.1 || math.Abs(b-1.5) > 0.1 {
		t.Errorf("Logistic = %.2f, %.2f; want about -0.5, 1.5", a, b)
	}
}
