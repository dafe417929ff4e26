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

// Find looks for the message of a delivery in the channel's history. Without the right to read it Discord shows an empty
// history, which proves nothing.
func (a *Adapter) Find(ctx context.Context, ch bot.Channel, key bot.DeliveryKey, since time.Time) (string, bool, bool, error) {
	id, found, trust, err := a.find(ctx, ch, nonce(key), since)
	if err != nil {
		return "", false, false, postError(fmt.Errorf("look through channel %s: %w", ch.ID, err))
	}
	return id, found, trust || found, nil
}

func (a *Adapter) find(ctx context.Context, ch bot.Channel, nonce string, since time.Time) (string, bool, bool, error) {
	self, err := a.whoAmI(ctx)
	if err != nil {
		return "", false, false, err
	}
	if ch.Kind == bot.Forum && ch.Thread == "" {
		return a.findInForum(ctx, ch, self, nonce, since)
	}
	target, err := a.target(ctx, ch)
	if err != nil {
		return "", false, false, err
	}
	id, any, err := a.findInHistory(ctx, target, self, nonce, since)
	if errors.Is(err, errNotAllRead) {
		return "", false, false, nil // what was not read may hold it
	}
	if err != nil || id != "" || any || ch.Kind == bot.Direct {
		return id, id != "", true, err
	}
	may, err := a.may(ctx, ch, readHistory)
	return "", false, may, err
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
}

// findInForum looks at the first messages of the bot's own threads, active and archived. A thread has its first message's ID.
func (a *Adapter) findInForum(ctx context.Context, ch bot.Channel, self identity, nonce string, since time.Time) (string, bool, bool, error) {
	oldest := snowflake(since.Add(-beforeSince))
	var active, archived struct{ Threads []thread }
	err := a.rest.do(ctx, call{method: "GET", path: "/guilds/" + url.PathEscape(ch.Workspace) + "/threads/active"}, &active)
	if err != nil {
		return "", false, false, err
	}
	path := "/channels/" + url.PathEscape(ch.ID) + "/threads/archived/public?limit=" + strconv.Itoa(pageSize)
	if err := a.rest.do(ctx, call{method: "GET", path: path}, &archived); err != nil {
		return "", false, false, err
	}
	for _, t := range append(active.Threads, archived.Threads...) {
		if t.Parent != "" && t.Parent != ch.ID || t.Owner != self.User || newer(oldest, t.ID) {
			continue
		}
		var first posted
		if err := a.rest.do(ctx, call{method: "GET", path: "/channels/" + t.ID + "/messages/" + t.ID}, &first); err != nil {
			return "", false, false, err
		}
		if first.carries(nonce) {
			return first.ID, true, true, nil
		}
	}
	may, err := a.may(ctx, ch, readHistory)
	return "", false, may, err
}
