package discord

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"podbrief/bot"
)

const (
	// perSecond stays under the 50 a second that Discord allows a bot.
	perSecond = 40
	// invalidBudget of invalid requests in invalidWindow; Discord bans an address at 10,000.
	invalidBudget = 100
	invalidWindow = 10 * time.Minute
	// mostBuckets bounds what is remembered of limits.
	mostBuckets = 5000
)

// limits keeps a client within what Discord allows. https://discord.com/developers/docs/topics/rate-limits
type limits struct {
	mu      sync.Mutex
	gate    *rate.Limiter
	blocked time.Time          // no call before, after a global 429
	names   map[string]string  // bucket by route
	buckets map[string]*bucket // by bucket and top-level resource
	invalid []time.Time
	dead    bool // the token was refused
}

// bucket is what is left of a limit until it is filled again.
type bucket struct {
	limit  int
	left   int
	window time.Duration // from one filling to the next
	reset  time.Time
}

// take takes one out of the bucket, or says how long to wait until it is filled.
func (b *bucket) take(now time.Time) time.Duration {
	if !now.Before(b.reset) { // filled, as full as it was; the next answer tells
		b.left, b.reset = b.limit, now.Add(b.window)
	}
	if b.left <= 0 {
		return b.reset.Sub(now)
	}
	b.left--
	return 0
}

// enter waits until a call may be made. It fails when the context would end before, when the token is known to be dead, and
// when too many calls were invalid.
func (l *limits) enter(ctx context.Context, in call) error {
	if in.free {
		return nil
	}
	for {
		wait, err := l.reserve(in)
		if err != nil {
			return err
		}
		if wait <= 0 {
			break
		}
		if !sleep(ctx, wait) {
			return notBefore(wait, "Discord's limit ends only in %v", wait.Round(time.Millisecond))
		}
	}
	if err := l.limiter().Wait(ctx); err != nil {
		return fmt.Errorf("%w: %w", errNotSent, err)
	}
	return nil
}

// notBefore says that a call was held back, and how long it is to be.
func notBefore(wait time.Duration, format string, args ...any) error {
	return &bot.PostError{Class: bot.Wait, RetryAfter: wait, Err: fmt.Errorf("%w: %w", errNotSent, fmt.Errorf(format, args...))}
}

func (l *limits) limiter() *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gate == nil {
		l.gate = rate.NewLimiter(perSecond, perSecond/4)
	}
	return l.gate
}

// reserve takes a place in the route's bucket, or returns how long to wait before asking again.
func (l *limits) reserve(in call) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.dead && !in.probe {
		return 0, errUnauthorized
	}
	for len(l.invalid) > 0 && now.Sub(l.invalid[0]) > invalidWindow {
		l.invalid = l.invalid[1:]
	}
	if len(l.invalid) >= invalidBudget {
		return 0, notBefore(invalidWindow-now.Sub(l.invalid[0]), "%d requests were refused within 10 minutes, so none is sent for a while", invalidBudget)
	}
	if wait := l.blocked.Sub(now); wait > 0 {
		return wait, nil
	}
	if b := l.buckets[l.bucketOf(in.method, in.path)]; b != nil {
		return b.take(now), nil
	}
	return 0, nil
}

// bucketOf names the bucket of a route: what Discord called it, within the channel, guild or webhook.
func (l *limits) bucketOf(method, path string) string {
	r := route(path)
	if name, ok := l.names[method+" "+r]; ok {
		return name
	}
	return method + " " + r
}

// learn takes note of what an answer says about limits.
func (l *limits) learn(in call, resp *http.Response) {
	if in.free {
		return
	}
	h := resp.Header
	l.mu.Lock()
	defer l.mu.Unlock()
	l.makeRoom()
	r := route(in.path)
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		l.names[in.method+" "+r] = name + " " + topLevel(r)
	}
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	after, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil || err2 != nil {
		return
	}
	b := l.fill(in, left, seconds(after))
	if limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit")); err == nil && resp.StatusCode < 300 {
		b.limit, b.window = max(limit, 1), max(b.window, seconds(after))
	}
}

// fill sets what is left in a call's bucket. An answer does not know of the calls that are under way, which were taken out
// already. The caller holds mu.
func (l *limits) fill(in call, left int, after time.Duration) *bucket {
	l.makeRoom()
	name, now := l.bucketOf(in.method, in.path), time.Now()
	b := l.buckets[name]
	if b == nil {
		b = &bucket{limit: 1}
		l.buckets[name] = b
	} else if now.Before(b.reset) {
		left = min(left, b.left)
	}
	b.left, b.reset = left, now.Add(after)
	return b
}

// makeRoom forgets all limits when there are too many. The caller holds mu.
func (l *limits) makeRoom() {
	if l.buckets == nil || len(l.buckets) >= mostBuckets || len(l.names) >= mostBuckets {
		l.names, l.buckets = map[string]string{}, map[string]*bucket{}
	}
}

// topLevel is the resource that a bucket is counted for, like channels/123.
func topLevel(route string) string {
	n := 0
	for i, r := range route {
		if r == '/' {
			if n++; n == 2 {
				return route[:i]
			}
		}
	}
	return route
}

// count takes note of an invalid request, of a block, and of a dead token.
func (l *limits) count(in call, e *apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Status == http.StatusTooManyRequests && !e.Shared {
		l.invalid = append(l.invalid, now)
	}
	switch {
	case e.Global:
		l.blocked = now.Add(e.RetryAfter)
	case e.Status == http.StatusTooManyRequests && !in.free:
		l.fill(in, 0, e.RetryAfter)
	}
	if e.Status == http.StatusUnauthorized && !in.free {
		l.dead = true
	}
}

// revive takes note that the token works.
func (l *limits) revive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = false
}
