package rank

import "slices"

// shortlist keeps the best of many: a heap with the worst of those kept on top.
type shortlist[T any] []T

// offer keeps v if it is among the best want things offered so far; order is negative when its first argument is the
// better one. It should never be 0, lest chance decide.
func (s *shortlist[T]) offer(v T, want int, order func(a, b T) int) {
	h := *s
	switch {
	case len(h) < want:
		h = append(h, v)
		for i := len(h) - 1; i > 0; {
			up := (i - 1) / 2
			if order(h[up], h[i]) > 0 {
				break
			}
			h[up], h[i] = h[i], h[up]
			i = up
		}
	case want > 0 && order(v, h[0]) < 0:
		h[0] = v
		h.sink(order)
	}
	*s = h
}

// sink brings a new top to its place.
func (s shortlist[T]) sink(order func(a, b T) int) {
	for i := 0; ; {
		worst := i
		for _, down := range []int{2*i + 1, 2*i + 2} {
			if down < len(s) && order(s[down], s[worst]) > 0 {
				worst = down
			}
		}
		if worst == i {
			return
		}
		s[i], s[worst] = s[worst], s[i]
		i = worst
	}
}

// best returns at most n of the things kept, the best first. The shortlist is no heap any more.
func (s shortlist[T]) best(n int, order func(a, b T) int) []T {
	slices.SortStableFunc(s, order)
	return firstOf(s, n)
}
