package rank

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNearestIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, size := rapid.IntRange(0, 60).Draw(t, "docs"), rapid.IntRange(1, 20).Draw(t, "size")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		x, vecs := NewIndex(), map[string][]float32{}
		for i := range n {
			id := fmt.Sprintf("d%02d", i)
			x.Add(said(id, "f", "e", "t", "text"))
			vecs[id] = make([]float32, size)
			for j := range vecs[id] {
				vecs[id][j] = r.Float32() + 0.01
			}
		}
		if err := x.SetVectors("m", vecs); err != nil {
			t.Fatal(err)
		}
		gone := fmt.Sprintf("d%02d", n/2)
		x.Remove(gone)
		delete(vecs, gone)
		query := make([]float32, size)
		for j := range query {
			query[j] = r.Float32() + 0.01
		}
		var want []Scored
		for id, v := range vecs {
			dot := 0.0
			for j := range v {
				dot += float64(v[j]) * float64(query[j])
			}
			want = append(want, Scored{id, dot / length(v) / length(query)})
		}
		best(want)
		want = want[:min(5, len(want))]
		got := x.Nearest(query, 5)
		if len(got) != len(want) {
			t.Fatalf("Nearest = %d docs, want %d", len(got), len(want))
		}
		for i := range got {
			if !cmp.Equal(got[i].Score, want[i].Score, near6) || got[i].ID == gone {
				t.Errorf("Nearest[%d] = %v, want %v", i, got[i], want[i])
			}
		}
	})
}

func TestSetVectors(t *testing.T) {
	x := filledWith(about(3)...)
	tests := []struct {
		name, model string
		of          map[string][]float32
		want        string // of the error
		docs        int
	}{
		{"first", "m", map[string][]float32{"d0": {1, 2}, "unknown": {3, 4}}, "", 1},
		{"another size", "m", map[string][]float32{"d1": {1, 2, 3}}, `"d1"`, 1},
		{"no length", "m", map[string][]float32{"d1": {0, 0}}, `"d1"`, 1},
		{"replaced and added", "m", map[string][]float32{"d0": {2, 1}, "d2": {1, 1}}, "", 2},
		{"another model", "m2", map[string][]float32{"d1": {1, 2, 3}}, "", 1},
	}
	for _, test := range tests {
		err := x.SetVectors(test.model, test.of)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: SetVectors = %v, want an error with %q", test.name, err, test.want)
		}
		if model, docs := x.VectorModel(); model != test.model || docs != test.docs {
			t.Errorf("%s: VectorModel = %q, %d; want %q, %d", test.name, model, docs, test.model, test.docs)
		}
	}
	for _, vec := range [][]float32{nil, {1}, {0, 0, 0}} {
		if got := x.Nearest(vec, 3); len(got) != 0 {
			t.Errorf("Nearest(%v) = %v, want nothing", vec, got)
		}
	}
	if got := NewIndex().Nearest([]float32{1}, 3); got != nil {
		t.Errorf("Nearest in an index without vectors = %v", got)
	}
}

func TestVectorRowsAreUsedAgain(t *testing.T) {
	x := filledWith(about(2)...)
	for range 3 {
		if err := x.SetVectors("m", map[string][]float32{"d0": {1, 0}, "d1": {0, 1}}); err != nil {
			t.Fatal(err)
		}
		x.Remove("d0")
		x.Add(about(1)...)
	}
	if n := len(x.vectors.ids); n != 2 {
		t.Errorf("the matrix has %d rows after removals, want 2", n)
	}
}
