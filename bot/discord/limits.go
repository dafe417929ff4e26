package discord

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
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
	left  int
	reset time.Time
}

// enter waits until a call may be made. It fails when the context would end before, when the token is known to be dead, and
// when too many calls were invalid.
func (l *limits) enter(ctx context.Context, in call) error {
	if in.free {
		return nil
	}
	wait, err := l.reserve(in)
	if err != nil {
		return err
	}
	if wait > 0 && !sleep(ctx, wait) {
		return fmt.Errorf("%w: Discord's limit ends only in %v", errNotSent, wait.Round(time.Millisecond))
	}
	if err := l.limiter().Wait(ctx); err != nil {
		return fmt.Errorf("%w: %w", errNotSent, err)
	}
	return nil
}

func (l *limits) limiter() *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gate == nil {
		l.gate = rate.NewLimiter(perSecond, perSecond/4)
	}
	return l.gate
}

// reserve takes a place in the route's bucket and returns how long it is until then.
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
		return 0, fmt.Errorf("%w: %d requests were refused within 10 minutes, so none is sent for a while", errNotSent, invalidBudget)
	}
	wait := l.blocked.Sub(now)
	if b := l.buckets[l.bucketOf(in.method, in.path)]; b != nil && now.Before(b.reset) {
		if b.left <= 0 {
			wait = max(wait, b.reset.Sub(now))
		}
		b.left--
	}
	return wait, nil
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
	left, err := strconv.Atoi(resp.Header.Get("X-RateLimit-Remaining"))
	after, err2 := strconv.ParseFloat(resp.Header.Get("X-RateLimit-Reset-After"), 64)
	if err != nil || err2 != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets == nil || len(l.buckets) > mostBuckets {
		l.names, l.buckets = map[string]string{}, map[string]*bucket{}
	}
	r := route(in.path)
	if name := resp.Header.Get("X-RateLimit-Bucket"); name != "" {
		l.names[in.method+" "+r] = name + " " + topLevel(r)
	}
	l.buckets[l.bucketOf(in.method, in.path)] = &bucket{left: left, reset: time.Now().Add(seconds(after))}
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
	if e.Global {
		l.blocked = now.Add(e.RetryAfter)
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
