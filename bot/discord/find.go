package discord

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"podbrief/bot"
)

const (
	discordEpoch = 1420070400000 // milliseconds; IDs count from there
	pageSize     = 100
	mostPages    = 10
	beforeSince  = time.Minute // the platform's clock may differ from ours
)

// snowflake is the smallest ID that something made at t can have.
func snowflake(t time.Time) string {
	return strconv.FormatInt(max(0, t.UnixMilli()-discordEpoch)<<22, 10)
}

// posted is a message as history shows it.
type posted struct {
	ID     string
	Nonce  any // a string or a number
	Author struct{ ID string }
	Rows   []struct {
		Components []struct {
			CustomID string `json:"custom_id"`
		}
	} `json:"components"`
}

func (p posted) carries(nonce string) bool {
	if p.Nonce == nonce {
		return true
	}
	for _, r := range p.Rows {
		for _, c := range r.Components {
			if m, _, ok := parseID(c.CustomID); ok && m == markerOf(nonce) {
				return true
			}
		}
	}
	return false
}

// Find looks for the message of a delivery in the channel's history. A history that may not be read is empty, or refused,
// and proves nothing.
func (a *Adapter) Find(ctx context.Context, ch bot.Channel, key bot.DeliveryKey, since time.Time) (string, bool, bool, error) {
	n := nonce(key)
	id, trust, err := a.find(ctx, ch, n, since)
	if errors.Is(err, errNotAllRead) || isClosed(err) {
		trust, err = false, nil
	}
	if err != nil {
		return "", false, false, postError(fmt.Errorf("look through channel %s: %w", ch.ID, err))
	}
	if id == "" && !trust {
		a.blind.first(n)
	}
	return id, id != "", trust || id != "", nil
}

// isClosed reports whether Discord refuses to show a channel.
func isClosed(err error) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && classOf(e) == bot.ChannelStop
}

// find returns the message's ID, and whether it is certain that there is none when it is "".
func (a *Adapter) find(ctx context.Context, ch bot.Channel, nonce string, since time.Time) (id string, trust bool, err error) {
	self, err := a.whoAmI(ctx)
	if err != nil {
		return "", false, err
	}
	any := false
	if ch.Kind == bot.Forum && ch.Thread == "" {
		id, err = forumSearch{a, ch, self.User, nonce, since.Add(-beforeSince)}.find(ctx)
	} else {
		var target string
		if target, err = a.target(ctx, ch); err == nil {
			id, any, err = a.findInHistory(ctx, target, self, nonce, since)
		}
	}
	if err != nil || id != "" || any || ch.Kind == bot.Direct {
		return id, true, err
	}
	trust, err = a.may(ctx, ch, readHistory)
	return "", trust, err
}

// findInHistory reads what was written since a minute before since. any reports that the history shows messages at all.
func (a *Adapter) findInHistory(ctx context.Context, channel string, self identity, nonce string, since time.Time) (id string, any bool, err error) {
	after := snowflake(since.Add(-beforeSince))
	for range mostPages {
		var page []posted
		path := fmt.Sprintf("/channels/%s/messages?limit=%d&after=%s", url.PathEscape(channel), pageSize, after)
		if err := a.rest.do(ctx, call{method: "GET", path: path}, &page); err != nil {
			return "", false, err
		}
		for _, m := range page {
			if m.Author.ID == self.User && m.carries(nonce) {
				return m.ID, true, nil
			}
			if newer(m.ID, after) {
				after = m.ID
			}
		}
		any = any || len(page) > 0
		if len(page) < pageSize {
			return "", any, nil
		}
	}
	return "", any, errNotAllRead
}

// errNotAllRead says that more was written since than Find reads.
var errNotAllRead = errors.New("the history is too long to be read whole")

// newer compares IDs, which are numbers without leading zeros.
func newer(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

// thread is a thread of a forum.
type thread struct {
	ID     string
	Parent string `json:"parent_id"`
	Owner  string `json:"owner_id"`
	Meta   struct {
		Archived time.Time `json:"archive_timestamp"`
	} `json:"thread_metadata"`
}

// forumSearch is a search for a post of ours.
type forumSearch struct {
	*Adapter
	bot.Channel
	author, nonce string
	since         time.Time
}

// find looks at the first messages of the bot's own threads, active and archived. A thread has its first message's ID.
func (f forumSearch) find(ctx context.Context) (string, error) {
	var active struct{ Threads []thread }
	err := f.rest.do(ctx, call{method: "GET", path: "/guilds/" + url.PathEscape(f.Workspace) + "/threads/active"}, &active)
	if err != nil {
		return "", err
	}
	if id, err := f.among(ctx, active.Threads); err != nil || id != "" {
		return id, err
	}
	return f.archived(ctx)
}

// archived looks through the archive, at what was archived last first and as far back as a post of since can be.
func (f forumSearch) archived(ctx context.Context) (string, error) {
	path := "/channels/" + url.PathEscape(f.ID) + "/threads/archived/public?limit=" + strconv.Itoa(pageSize)
	before := ""
	for range mostPages {
		var page struct {
			Threads []thread
			More    bool `json:"has_more"`
		}
		if err := f.rest.do(ctx, call{method: "GET", path: path + before}, &page); err != nil {
			return "", err
		}
		if id, err := f.among(ctx, page.Threads); err != nil || id != "" {
			return id, err
		}
		n := len(page.Threads)
		if n == 0 || !page.More || page.Threads[n-1].Meta.Archived.Before(f.since) {
			return "", nil
		}
		before = "&before=" + url.QueryEscape(page.Threads[n-1].Meta.Archived.UTC().Format(time.RFC3339Nano))
	}
	return "", errNotAllRead
}

// among looks at threads, of this forum and others.
func (f forumSearch) among(ctx context.Context, threads []thread) (string, error) {
	oldest := snowflake(f.since)
	for _, t := range threads {
		if t.Parent != "" && t.Parent != f.ID || t.Owner != f.author || newer(oldest, t.ID) {
			continue
		}
		var first posted
		if err := f.rest.do(ctx, call{method: "GET", path: "/channels/" + t.ID + "/messages/" + t.ID}, &first); err != nil {
			return "", err
		}
		if first.carries(f.nonce) {
			return first.ID, nil
		}
	}
	return "", nil
}

// insistTries and insistPause are how a message that cannot be looked up is tried, with less of a pause when time is short.
const (
	insistTries = 4
	insistPause = 200 * time.Millisecond
)

// insist creates a message that cannot be looked up afterwards. When an answer leaves open whether it was made, it is asked
// for again at once: for a few minutes Discord makes no second one under the same nonce. So it is there, and not twice.
func (a *Adapter) insist(ctx context.Context, channel string, out message) (string, error) {
	var doubt error
	for try := 1; ; try++ {
		id, err := a.create(ctx, channel, out)
		if err == nil {
			return id, nil
		}
		if class, _ := classify(err); class == bot.Ambiguous {
			doubt = err
		} else if doubt == nil {
			return "", err
		}
		pause := insistPause
		if until, ok := ctx.Deadline(); ok {
			pause = min(pause, time.Until(until)/8)
		}
		if try == insistTries || !sleep(ctx, pause) {
			return "", doubt
		}
	}
}
