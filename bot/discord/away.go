package discord

import (
	"fmt"
	"sync"
	"time"
)

// patience is how long a connection may be missing before it is worth a word.
const patience = time.Minute

// away knows which shards have no connection. It is safe for concurrent use.
type away struct {
	mu    sync.Mutex
	since map[int]time.Time // by the shard's number
}

// lost notes that a shard has no connection from now on.
func (a *away) lost(shard int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.since == nil {
		a.since = map[int]time.Time{}
	}
	a.since[shard] = time.Now()
}

// back notes that a shard has one, or wants none any more.
func (a *away) back(shard int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.since, shard)
}

// longest returns the shard that has had no connection for the longest, and since when; false when all have one.
func (a *away) longest() (shard int, since time.Time, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for n, t := range a.since {
		if !ok || t.Before(since) {
			shard, since, ok = n, t, true
		}
	}
	return shard, since, ok
}

// Trouble says that what people send does not arrive, once a shard has had no connection for a minute; "" while all is well.
func (a *Adapter) Trouble() string {
	shard, since, ok := a.away.longest()
	if !ok || time.Since(since) < patience {
		return ""
	}
	return fmt.Sprintf("shard %d has had no connection to Discord since %s; look in the log for the reason, and check that this machine reaches Discord",
		shard, since.UTC().Format("2 Jan 15:04 UTC"))
}
