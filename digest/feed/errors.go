package feed

import (
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// ErrNotModified says that a feed has nothing new since the last fetch: it answered 304 or with the same body.
var ErrNotModified = errors.New("feed has not changed")

// Kind says what went wrong with an address, for callers that decide on it.
type Kind string

// The kinds of failure of an address.
const (
	NotFeed     Kind = "not_a_feed"   // a web page, audio, empty or other data: somebody gave the wrong address
	Malformed   Kind = "malformed"    // meant to be a feed, but broken or cut off
	TooLarge    Kind = "too_large"    // beyond the limits on size
	Blocked     Kind = "blocked_url"  // refused by the address policy, see Policy
	Redirects   Kind = "redirects"    // too many, or in a circle
	Timeout     Kind = "timeout"      // no answer, or too slow an answer
	DNS         Kind = "dns"          // the host has no address
	TLS         Kind = "tls"          // its certificate cannot be trusted
	Network     Kind = "network"      // any other trouble on the way
	Auth        Kind = "auth"         // 401, 402 or 403
	NotFound    Kind = "not_found"    // 404
	Gone        Kind = "gone"         // 410
	RateLimited Kind = "rate_limited" // 429
	Server      Kind = "server"       // any other answer than 200 or 304
)

// Error is what went wrong with an address. Its text is one sentence for people that holds no secret; the cause, which
// may hold one, is reached by errors.Is and errors.As only.
type Error struct {
	Kind       Kind
	URL        string        // without secrets, see Redact
	Reason     string        // one sentence that says what to do
	RetryAfter time.Duration // asked for by the host; 0 when it did not ask
	Err        error         // the cause, may be nil
}

// Error returns the sentence, after the address when that is known.
func (e *Error) Error() string {
	if e.URL == "" {
		return e.Reason
	}
	return e.URL + ": " + e.Reason
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of an error of this package, "" when err is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// newError makes an Error without an address; whoever knows the address adds it with at.
func newError(kind Kind, reason string, cause error) *Error {
	return &Error{Kind: kind, Reason: reason, Err: cause}
}

// at returns err with the address it happened at, when it has none yet.
func at(rawURL string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.URL != "" {
		return err
	}
	located := *e
	located.URL = Redact(rawURL)
	return &located
}

// Redact returns an address as it may be shown and logged: without user name and password, without the values of its
// query, and with every part of its path that looks like a key replaced by an ellipsis.
func Redact(rawURL string) string {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil || u.Host == "" {
		return "the address"
	}
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if looksSecret(p) {
			parts[i] = "…"
		}
	}
	shown := strings.ToLower(u.Scheme) + "://" + u.Host + strings.Join(parts, "/")
	if u.RawQuery != "" {
		shown += "?…"
	}
	return cut(line(shown), 200)
}

// looksSecret tells whether a part of a path may be a key: long, and letters mixed with digits as no title is.
func looksSecret(part string) bool {
	if len(part) < 16 || strings.ContainsAny(part, " ") {
		return false
	}
	turns, letters := 0, false
	for i, r := range part {
		isLetter := unicode.IsLetter(r)
		if !isLetter && !unicode.IsDigit(r) {
			continue
		}
		if i > 0 && isLetter != letters {
			turns++
		}
		letters = isLetter
	}
	return turns >= 4
}
