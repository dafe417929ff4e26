package rank

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/viterin/vek/vek32"
)

// blockRows is how many vectors one block holds. The matrix grows by blocks, so that growing never copies what is there.
const blockRows = 4096

// vectors is a matrix of unit vectors, searched exactly: at 100,000 x 1,536 one pass over the memory takes 20 ms.
type vectors struct {
	model  string
	size   int         // numbers in a vector
	blocks [][]float32 // of blockRows rows
	ids    []string    // by row; "" for a free one
	row    map[string]int
	free   []int
}

// SetVectors puts the vectors of docs into the index. All are of one model: with another model's name the old ones go.
// Vectors need not have length 1. An error names the vector that has another size than the rest, or no length; those
// before it are in.
func (x *Index) SetVectors(model string, of map[string][]float32) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.vectors == nil || x.vectors.model != model {
		x.vectors = &vectors{model: model, row: map[string]int{}}
	}
	for _, id := range sortedKeys(of) {
		if _, ok := x.byID[id]; !ok {
			continue
		}
		if err := x.vectors.set(id, of[id]); err != nil {
			return fmt.Errorf("set vector of %q: %w", id, err)
		}
	}
	return nil
}

// VectorModel returns the name of the model that the vectors are of, and how many docs have one.
func (x *Index) VectorModel() (model string, docs int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.vectors == nil {
		return "", 0
	}
	return x.vectors.model, len(x.vectors.row)
}

// Nearest returns the docs whose vectors are closest to vec by cosine, at most n. It is exact.
func (x *Index) Nearest(vec []float32, n int) []Scored {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.vectors.nearest(vec, n)
}

func (v *vectors) set(id string, vec []float32) error {
	if v.size == 0 {
		v.size = len(vec)
	}
	if len(vec) != v.size || v.size == 0 {
		return fmt.Errorf("it has %d numbers, not %d", len(vec), v.size)
	}
	norm := length(vec)
	if norm == 0 || math.IsNaN(norm) || math.IsInf(norm, 0) {
		return fmt.Errorf("it has no length")
	}
	at, ok := v.row[id]
	if !ok {
		at = v.newRow()
		v.ids[at], v.row[id] = id, at
	}
	dst := v.at(at)
	for i, n := range vec {
		dst[i] = float32(float64(n) / norm)
	}
	return nil
}

func length(vec []float32) float64 {
	sum := 0.0
	for _, n := range vec {
		sum += float64(n) * float64(n)
	}
	return math.Sqrt(sum)
}

func (v *vectors) newRow() int {
	if n := len(v.free); n > 0 {
		at := v.free[n-1]
		v.free = v.free[:n-1]
		return at
	}
	if len(v.ids)%blockRows == 0 {
		v.blocks = append(v.blocks, make([]float32, blockRows*v.size))
	}
	v.ids = append(v.ids, "")
	return len(v.ids) - 1
}

func (v *vectors) at(row int) []float32 {
	from := row % blockRows * v.size
	return v.blocks[row/blockRows][from : from+v.size]
}

func (v *vectors) drop(id string) {
	if at, ok := v.row[id]; ok {
		delete(v.row, id)
		v.ids[at] = ""
		v.free = append(v.free, at)
	}
}

// of returns a doc's vector, nil when it has none.
func (v *vectors) of(id string) []float32 {
	if v == nil {
		return nil
	}
	at, ok := v.row[id]
	if !ok {
		return nil
	}
	return v.at(at)
}

// nearest searches all rows, shared out among the processors.
func (v *vectors) nearest(vec []float32, n int) []Scored {
	if v == nil || len(vec) != v.size || n <= 0 {
		return nil
	}
	norm := length(vec)
	if norm == 0 {
		return nil
	}
	parts := min(runtime.GOMAXPROCS(0), len(v.blocks))
	found := make([]shortlist[Scored], parts)
	var wg sync.WaitGroup
	for part := range parts {
		wg.Go(func() {
			for i := part; i < len(v.blocks); i += parts {
				v.scan(i, vec, n, &found[part])
			}
		})
	}
	wg.Wait()
	var all shortlist[Scored]
	for _, f := range found {
		all = append(all, f...)
	}
	out := all.best(n, closerScored)
	for i := range out {
		out[i].Score /= norm
	}
	return out
}

// scan offers the rows of one block.
func (v *vectors) scan(block int, vec []float32, n int, to *shortlist[Scored]) {
	rows := v.blocks[block]
	ids := v.ids[block*blockRows : min(len(v.ids), (block+1)*blockRows)]
	floor := float32(math.Inf(-1))
	for i, id := range ids {
		dot := vek32.Dot(rows[i*v.size:(i+1)*v.size], vec)
		if dot < floor || id == "" {
			continue
		}
		to.offer(Scored{id, float64(dot)}, n, closerScored)
		if len(*to) == n {
			floor = float32((*to)[0].Score)
		}
	}
}
