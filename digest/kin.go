package digest

import (
	"sync"

	"podbrief/digest/rank"
)

const (
	mostRelated = 10     // related insights that are ever shown of one
	mostKin     = 10_000 // insights whose related ones are remembered
)

// kin remembers the related insights of those that were asked for: on one day the same few are picked for thousands of
// readers. Whoever changes the index makes it forget. The zero value is ready.
type kin struct {
	mu   sync.Mutex
	of   map[string][]rank.Scored
	time int // how often it forgot
}

// related returns the closest insights of other podcasts, at most n.
func (k *kin) related(x *rank.Index, id string, n int) []rank.Scored {
	k.mu.Lock()
	found, ok := k.of[id]
	began := k.time
	k.mu.Unlock()
	if !ok {
		found = x.Related(id, mostRelated)
		k.keep(id, found, began)
	}
	return found[:min(n, len(found))]
}

// keep remembers what was found, unless the index changed while it was looked for.
func (k *kin) keep(id string, found []rank.Scored, began int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.time != began {
		return
	}
	if k.of == nil || len(k.of) >= mostKin {
		k.of = map[string][]rank.Scored{}
	}
	k.of[id] = found
}

func (k *kin) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.of = nil
	k.time++
}
