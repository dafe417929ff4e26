package insight

import "context"

type progressKey struct{}

// WithProgress returns a context under which long work tells tell how far it is. tell must be safe for concurrent use.
func WithProgress(ctx context.Context, tell func(step string)) context.Context {
	return context.WithValue(ctx, progressKey{}, tell)
}

// Progress tells whoever watches how far the work under ctx is, as "part 2 of 5".
func Progress(ctx context.Context, step string) {
	if tell, ok := ctx.Value(progressKey{}).(func(string)); ok {
		tell(step)
	}
}
