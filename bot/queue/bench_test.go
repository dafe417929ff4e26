package queue_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"podbrief/bot/queue"
)

// BenchmarkLocalJobs runs jobs that do nothing: claim, run and completion of each are kept on disk with fsync. Adding them,
// 1,000 at a time, is measured apart from running them, and is part of ns/op.
func BenchmarkLocalJobs(b *testing.B) {
	q := openLocal(b, openDB(b), queue.Options{Kinds: map[string]queue.Kind{"deliver": {Workers: 1024}}})
	jobs := make([]queue.Job, b.N)
	for i := range jobs {
		jobs[i] = queue.Job{Kind: "deliver", Key: fmt.Sprintf("w%d/c%d", i%100, i)}
	}
	b.ResetTimer()
	for some := range slices.Chunk(jobs, 1000) {
		add(b, q, some...)
	}
	added := b.Elapsed()
	err := q.Drain(b.Context(), func(context.Context, queue.Job) error { return nil })
	b.StopTimer()
	if done := q.Stats()["deliver"].Done; err != nil || done != b.N {
		b.Fatalf("Drain = %v after %d of %d jobs", err, done, b.N)
	}
	b.ReportMetric(float64(b.N)/(b.Elapsed()-added).Seconds(), "jobs/s")
	b.ReportMetric(float64(b.N)/added.Seconds(), "adds/s")
}
