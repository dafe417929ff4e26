package bottest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Fault is what a fake platform does instead of a right answer.
type Fault int

// The faults. In those of the second line the message is stored all the same.
const (
	NoFault       Fault = iota
	Limit               // 429
	Unavailable         // 503, nothing stored
	StoreThenFail       // stored, and 500
	StoreThenCut        // stored, and the connection is cut
	StoreLate           // stored when the client has given up
)

// Collector counts the messages that a fake platform accepted, and decides which of its answers are faulty: 28 in a
// hundred. It is safe for concurrent use.
type Collector struct {
	mu       sync.Mutex
	accepted map[string]int
	posts    int
}

// Fault decides about one post.
func (c *Collector) Fault() Fault {
	c.mu.Lock()
	c.posts++
	c.mu.Unlock()
	switch n := rand.IntN(100); {
	case n < 5:
		return Limit
	case n < 10:
		return Unavailable
	case n < 15:
		return StoreThenFail
	case n < 20:
		return StoreThenCut
	case n < 28:
		return StoreLate
	}
	return NoFault
}

// Accept counts a message that people see, by what must be there once: channel and date.
func (c *Collector) Accept(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.accepted == nil {
		c.accepted = map[string]int{}
	}
	c.accepted[key]++
}

// Len is how many different messages there are.
func (c *Collector) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.accepted)
}

// has reports whether a message is there.
func (c *Collector) has(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.accepted[key] > 0
}

// most is how often the message is there that is there most often.
func (c *Collector) most() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, times := range c.accepted {
		n = max(n, times)
	}
	return n
}

// Report says how many posts were tried, how many messages are missing of those wanted, and which are there twice.
func (c *Collector) Report(want int) (posts, lost int, doubled []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, n := range c.accepted {
		if n > 1 {
			doubled = append(doubled, fmt.Sprintf("%s: %d times", key, n))
		}
	}
	return c.posts, want - len(c.accepted), doubled
}

// KillSpeed is how fast the clock of a bot that is killed runs: a second is some minutes to it, so that its waits end soon.
// A fake platform that finds messages by their time must have the same clock.
const KillSpeed = 100

// The times of a bot that is killed.
const (
	killPost   = 200 * time.Millisecond // then the client gives up
	killLook   = 2 * time.Second        // then it gives up to look
	killLate   = 300 * time.Millisecond // after which a late message is stored
	killSettle = 2 * time.Second        // by the clock on the wall
)

// LateBy is how long a fake platform waits with a message of fault StoreLate.
func LateBy() time.Duration { return killLate }
