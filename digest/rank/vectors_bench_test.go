package rank

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/viterin/vek/vek32"
)

// embedded is 100,000 x 1,536 numbers: 614 MB.
var embedded = sync.OnceValue(func() *vectors {
	v := &vectors{model: "invented", row: map[string]int{}}
	r := rand.New(rand.NewPCG(7, 8))
	vec := make([]float32, 1536)
	for _, d := range invented() {
		for i := range vec {
			vec[i] = float32(r.Float64() - 0.5)
		}
		if err := v.set(d.ID, vec); err != nil {
			panic(err)
		}
	}
	return v
})

// BenchmarkVectors100k searches exactly, and beside it passes once over the same memory, which is what it cannot be
// faster than.
func BenchmarkVectors100k(b *testing.B) {
	v := embedded()
	query := append([]float32(nil), v.at(12345)...)
	var search, pass []time.Duration
	b.ResetTimer()
	for range b.N {
		t := time.Now()
		if got := v.nearest(query, 10); len(got) != 10 {
			b.Fatalf("nearest = %d docs, want 10", len(got))
		}
		search = append(search, time.Since(t))
		t = time.Now()
		plainPass(v)
		pass = append(pass, time.Since(t))
	}
	median(b, search)
	s, p := middle(search), middle(pass)
	b.ReportMetric(float64(p.Microseconds()), "µs-pass")
	b.ReportMetric(float64(s)/float64(p), "times-pass")
	b.ReportMetric(float64(len(v.blocks)*blockRows*v.size*4)/1e6, "MB")
}

// plainPass reads all vectors with as many goroutines as a search uses.
func plainPass(v *vectors) {
	var wg sync.WaitGroup
	for part := range 2 {
		wg.Go(func() {
			for i := part; i < len(v.blocks); i += 2 {
				vek32.Sum(v.blocks[i])
			}
		})
	}
	wg.Wait()
}
