package feed

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits on what one host is asked.
const (
	defaultPace  = rate.Limit(4) // requests a second
	paceBurst    = 8
	maxHosts     = 1024            // remembered
	hostIdle     = 5 * time.Minute // before a host may be forgotten
	troubleLimit = 12              // troubles in a row before a host is left alone
	deafTrouble  = 4               // what a connection counts that could not be made
	troublePause = 10 * time.Minute
)

// hosts remembers for each host how fast it may be asked and whether it is in trouble, so that a hundred feeds of a
// dead host cost the time of three. It is safe for concurrent use; its zero value is ready.
type hosts struct {
	mu     sync.Mutex
	byName map[string]*host
}

type host struct {
	limiter *rate.Limiter
	used    time.Time
	trouble int       // in a row
	until   time.Time // left alone until then
}

// wait waits for the host's turn. It returns how long the host is to be left alone instead, when it is in trouble.
func (h *hosts) wait(ctx context.Context, name string, pace rate.Limit) (pause time.Duration, err error) {
	now := time.Now()
	h.mu.Lock()
	one := h.get(name, pace, now)
	pause = one.until.Sub(now)
	h.mu.Unlock()
	if pause > 0 {
		return pause, nil
	}
	if one.limiter.Wait(ctx) != nil {
		return 0, cmp.Or(ctx.Err(), context.DeadlineExceeded) // its turn comes after the deadline
	}
	return 0, nil
}

// get returns the host of a name; the caller holds the lock.
func (h *hosts) get(name string, pace rate.Limit, now time.Time) *host {
	if h.byName == nil {
		h.byName = map[string]*host{}
	}
	one := h.byName[name]
	if one == nil {
		if len(h.byName) >= maxHosts {
			h.evict(now)
		}
		one = &host{limiter: rate.NewLimiter(pace, paceBurst)}
		h.byName[name] = one
	}
	one.used = now
	return one
}

// evict forgets hosts that were not asked for a while, all but those in trouble.
func (h *hosts) evict(now time.Time) {
	for name, one := range h.byName {
		if now.Sub(one.used) > hostIdle && now.After(one.until) {
			delete(h.byName, name)
		}
	}
}

// report notes how a request ended. A host that cannot be connected to is left alone after three tries, one that hangs
// or hangs up after a dozen: a few bad feeds must not take the others of their host with them.
func (h *hosts) report(name string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.byName[name]
	if one == nil {
		return
	}
	var op *net.OpError
	switch kind := KindOf(err); {
	case kind == DNS, errors.As(err, &op) && op.Op == "dial":
		one.trouble += deafTrouble
	case kind == Timeout, kind == Network, kind == TLS:
		one.trouble++
	default:
		one.trouble, one.until = 0, time.Time{}
	}
	if one.trouble >= troubleLimit {
		one.until = time.Now().Add(troublePause)
	}
}
