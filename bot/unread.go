package bot

import (
	"log/slog"
	"sync"
)

// unread collects the podcasts that could not be read, so that the log has one line for all of a scan. It is safe for
// concurrent use.
type unread struct {
	mu    sync.Mutex
	feeds int
	hosts []string // a few of them
	err   error    // of the first
}

const namedUnread = 5

func (u *unread) add(host string, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.feeds++
	if len(u.hosts) < namedUnread {
		u.hosts = addTo(u.hosts, host)
	}
	if u.err == nil {
		u.err = err
	}
}

// report logs what was collected since the last time.
func (u *unread) report(lg *slog.Logger) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.feeds > 0 {
		lg.Warn("podcasts not read; “feeds” lists them", "feeds", u.feeds, "hosts", u.hosts, "err", u.err)
	}
	u.feeds, u.hosts, u.err = 0, nil, nil
}
