package feed

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// fullAfter is how often a feed is asked without conditions: some hosts answer 304 for ever.
const fullAfter = 7 * 24 * time.Hour

// acceptFeed asks for feeds and takes what comes: many hosts send them as text or HTML.
const acceptFeed = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"

// A Fetcher gets feeds politely: it asks only for what has changed, one host not too fast and a host in trouble not at
// all. It is safe for concurrent use and must not be copied after its first use.
type Fetcher struct {
	Client *http.Client // required; see NewClient
	Limit  int          // newest episodes taken of a feed; 0 means DefaultLimit
	Pace   rate.Limit   // requests a second to one host; 0 means 4

	hosts hosts
}

// Fetch asks for a feed once and returns it with its newest episodes, newest first, IDs not yet matched with known ones
// (see Identify). Without news the error is ErrNotModified; any other error is a *Error or the context's. The feed that
// is returned is to be kept in every case: its State holds what the next fetch needs, its error included. Its URL is
// another when the feed has moved for good.
func (ft *Fetcher) Fetch(ctx context.Context, f Feed) (Feed, []Episode, error) {
	now := time.Now()
	got, age, err := ft.get(ctx, f, now)
	if err != nil && ctx.Err() != nil {
		return f, nil, ctx.Err() // we stopped, the feed did not fail
	}
	if got == nil {
		got = &parsed{feed: f}
	}
	f = got.feed
	f.State.CheckedAt = now
	failure, isFailure := errors.AsType[*Error](err)
	switch {
	case err == nil || errors.Is(err, ErrNotModified):
		f.State.succeeded(now, age)
	case isFailure && errors.Is(err, errPaused):
		f.State.NextCheckAt = now.Add(failure.RetryAfter) // the feed itself has done nothing wrong
	case isFailure:
		f.State.failed(now, failure)
	}
	return f, got.episodes, err
}

// errPaused is the cause of an Error about a host that is left alone for a while.
var errPaused = errors.New("host is left alone for a while")

// get makes the request and reads the answer. The feed it returns is nil when nothing of the answer is to be kept.
func (ft *Fetcher) get(ctx context.Context, f Feed, now time.Time) (*parsed, time.Duration, error) {
	resp, err := ft.request(ctx, f, now)
	if err != nil {
		return nil, 0, at(f.URL, err)
	}
	defer resp.Body.Close()
	age := maxAge(resp.Header)
	if resp.StatusCode == http.StatusNotModified {
		if sent := resp.Request.Header; sent.Get("If-None-Match") == "" && sent.Get("If-Modified-Since") == "" {
			return nil, 0, at(f.URL, newError(Malformed, "the host says that nothing has changed (304), but was not asked that; it is tried again later", nil))
		}
		f.URL = movedTo(f.URL, resp)
		return &parsed{feed: f}, age, ErrNotModified
	}
	if err := checkStatus(resp, now); err != nil {
		return nil, 0, at(f.URL, err)
	}
	body, err := readLimited(resp, MaxFeed, sniffFeed)
	if err != nil {
		return nil, 0, at(f.URL, err)
	}
	p, err := ft.read(body, resp, f, now)
	if err == nil && p.newURL != "" && p.newURL != p.feed.URL {
		p = ft.follow(ctx, p, now)
	}
	return p, age, at(f.URL, err)
}

// request sends a conditional request when the host may be asked, and tells the host's record how it went.
func (ft *Fetcher) request(ctx context.Context, f Feed, now time.Time) (*http.Response, error) {
	req, err := newRequest(ctx, f.URL, acceptFeed)
	if err != nil {
		return nil, err
	}
	if now.Sub(f.State.FullAt) < fullAfter {
		setIf(req.Header, "If-None-Match", f.State.ETag)
		setIf(req.Header, "If-Modified-Since", f.State.LastModified)
	}
	host := req.URL.Host
	pace := ft.Pace
	if pace == 0 {
		pace = defaultPace
	}
	pause, err := ft.hosts.wait(ctx, host, pace)
	if err != nil {
		return nil, err
	}
	if pause > 0 {
		paused := newError(Network, "its host cannot be reached at the moment; it is tried again later", errPaused)
		paused.RetryAfter = pause
		return nil, paused
	}
	resp, err := ft.Client.Do(req)
	if err != nil {
		err = explain(err)
	}
	ft.hosts.report(host, err)
	return resp, err
}

func setIf(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

// sniffFeed refuses by its first bytes what cannot be a feed, so that no episode's audio is downloaded.
func sniffFeed(first []byte) error {
	if wideEncoding(first) == nil && isBinary(first) {
		return newError(NotFeed, "this is audio, an image or other data and no feed; give the address of the podcast's RSS feed", nil)
	}
	return nil
}

// read parses a body, unless it is the one of the last time. Only a body that is a feed leaves its marks in the state:
// a login page's ETag would lock us out.
func (ft *Fetcher) read(body []byte, resp *http.Response, f Feed, now time.Time) (*parsed, error) {
	hash := hashOf(body)
	same := hash == f.State.BodyHash
	p := &parsed{feed: f}
	if !same {
		var err error
		if p, err = parse(body, f, now, ft.Limit); err != nil {
			return nil, err
		}
	}
	p.feed.URL = movedTo(f.URL, resp)
	s := &p.feed.State
	s.ETag, s.LastModified = header(resp, "ETag"), header(resp, "Last-Modified")
	s.FullAt = now
	if same {
		return p, ErrNotModified
	}
	s.BodyHash, s.ChangedAt = hash, now
	s.Interval = clampInterval(max(pollInterval(p.episodes, now), p.ttl))
	for i := range p.episodes {
		p.episodes[i].Feed = p.feed.URL
	}
	return p, nil
}

// header returns a header of an answer as received, "" when it is too long to be kept.
func header(resp *http.Response, name string) string {
	if value := resp.Header.Get(name); len(value) <= maxShort {
		return value
	}
	return ""
}

// hashOf recognises a body by a checksum that processors compute, ten times faster than a secure hash, and its length.
// Who fakes them hides his own news; that a change keeps both by chance happens once in four thousand million.
func hashOf(body []byte) string {
	return fmt.Sprintf("%08x-%d", crc32.ChecksumIEEE(body), len(body))
}

// movedTo returns the address after redirects when every one of them is permanent, and the old address otherwise.
func movedTo(old string, resp *http.Response) string {
	if resp.Request == nil {
		return old
	}
	hops := 0
	for r := resp.Request.Response; r != nil; r = r.Request.Response {
		if r.StatusCode != http.StatusMovedPermanently && r.StatusCode != http.StatusPermanentRedirect {
			return old
		}
		hops++
	}
	if hops == 0 {
		return old
	}
	return resp.Request.URL.String()
}

// follow looks at the address that a feed says it has moved to, and takes it when the same podcast is there. The check
// costs one request for each change of the old feed and keeps a mistake or a prank from cutting off a subscription.
func (ft *Fetcher) follow(ctx context.Context, old *parsed, now time.Time) *parsed {
	if !sameSite(old.feed.URL, old.newURL) && Check(old.newURL) != nil {
		return old
	}
	moved := old.feed
	moved.URL = old.newURL
	moved.State = State{Interval: old.feed.State.Interval, ChangedAt: old.feed.State.ChangedAt}
	resp, err := ft.request(ctx, moved, now)
	if err != nil {
		return old
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return old
	}
	body, err := readLimited(resp, MaxFeed, sniffFeed)
	if err != nil {
		return old
	}
	p, err := ft.read(body, resp, moved, now)
	if err != nil || !samePodcast(old, p) {
		return old
	}
	return p
}

// sameSite tells whether two addresses are on one host and port.
func sameSite(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	return errA == nil && errB == nil && ua.Host == ub.Host
}

// samePodcast tells whether two documents are of one podcast: by its GUID, or by one episode that is in both.
func samePodcast(a, b *parsed) bool {
	if a.feed.GUID != "" && a.feed.GUID == b.feed.GUID {
		return true
	}
	match := matchEpisodes(withoutIDs(a.episodes), withoutIDs(b.episodes))
	return slices.ContainsFunc(match, func(i int) bool { return i >= 0 })
}

func withoutIDs(episodes []Episode) []Episode {
	out := slices.Clone(episodes)
	for i := range out {
		out[i].ID = ""
	}
	return out
}
