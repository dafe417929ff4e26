package discord

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Discord allows 1,000 IDENTIFYs within a day, and resets the token after that; a bot in many servers has more. We use nine
// tenths: two of them at once, as after a bad hour, and seven spread over the day, so that there is always a next one.
const (
	usualTotal = 1000
	spreadPart = 0.7
	burstPart  = 0.2
)

// errIdentifies says that Discord allows no IDENTIFY more, whoever used them.
var errIdentifies = errors.New("Discord allows hardly any new session until tomorrow; look for what ends them, and whether another bot uses DISCORD_TOKEN") //nolint:staticcheck // a name

// startLimit is Discord's limit of IDENTIFYs.
// https://discord.com/developers/docs/events/gateway#session-start-limit-object
type startLimit struct {
	Total, Remaining int
	ResetAfter       int64 `json:"reset_after"` // milliseconds
	Concurrency      int   `json:"max_concurrency"`
}

// identifies keeps IDENTIFYs within Discord's limits: those of a day, and one every five seconds for each key of shards.
// It lives as long as the adapter: starting again must not begin a new count. It is safe for concurrent use.
type identifies struct {
	mu          sync.Mutex
	day         *rate.Limiter
	keys        map[int]*rate.Limiter
	concurrency int
	gap         time.Duration
	left        int       // of what Discord counts
	until       time.Time // when it counts anew
}

// learn takes what Discord says about the limit.
func (b *identifies) learn(l startLimit, gap time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l.Total <= 0 {
		l = startLimit{Total: usualTotal, Remaining: usualTotal, Concurrency: l.Concurrency}
	}
	perDay := rate.Limit(spreadPart * float64(l.Total) / (24 * time.Hour).Seconds())
	burst := int(burstPart * float64(l.Total))
	if b.day == nil || b.day.Burst() != burst {
		b.day = rate.NewLimiter(perDay, burst)
	}
	b.gap, b.concurrency = gap, max(l.Concurrency, 1)
	if b.keys == nil {
		b.keys = map[int]*rate.Limiter{}
	}
	b.left = l.Remaining - l.Total/10
	b.until = time.Now().Add(time.Duration(l.ResetAfter) * time.Millisecond)
}

// take waits for a shard's turn to IDENTIFY, or fails when Discord allows none until tomorrow.
func (b *identifies) take(ctx context.Context, shard int) error {
	day, key, err := b.use(shard)
	if err != nil {
		return err
	}
	if err := day.Wait(ctx); err != nil {
		return err
	}
	return key.Wait(ctx)
}

// use counts one, and returns what else to wait for: the day's limit and that of the shard's key.
func (b *identifies) use(shard int) (day, key *rate.Limiter, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Now().Before(b.until) {
		if b.left <= 0 {
			return nil, nil, errIdentifies
		}
		b.left--
	}
	k := shard % b.concurrency
	if b.keys[k] == nil {
		b.keys[k] = rate.NewLimiter(rate.Every(b.gap), 1)
	}
	return b.day, b.keys[k], nil
}
