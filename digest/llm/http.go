package llm

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

// Limits of one call.
const (
	maxAnswer     = 8 << 20  // bytes of a good answer
	maxErrorBody  = 64 << 10 // bytes of an error: go-openai would keep all of it
	maxRetryAfter = 20 * time.Second
)

// Waits are how long a call may take. A service that does not stream begins to answer when it is done, so FirstByte is
// not much shorter than Whole.
type Waits struct {
	Connect   time.Duration // 10 seconds when 0
	FirstByte time.Duration // Whole when 0
	Whole     time.Duration // five minutes when 0
}

func (w Waits) orUsual() Waits {
	w.Connect = cmp.Or(w.Connect, 10*time.Second)
	w.Whole = cmp.Or(w.Whole, 5*time.Minute)
	w.FirstByte = cmp.Or(w.FirstByte, w.Whole)
	return w
}

// NewTransport returns what carries calls to a model service: it honours the proxy environment and ends a call that does
// not connect or does not begin in time.
func NewTransport(w Waits) *http.Transport {
	w = w.orUsual()
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: w.Connect}).DialContext,
		TLSHandshakeTimeout:   w.Connect,
		ResponseHeaderTimeout: w.FirstByte,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       90 * time.Second,
	}
}

// NewHTTPClient returns the client that model services are called with: it ends a call that does not end in time, cuts
// answers off at a limit, joins answers that are streamed unasked, and tries once more after a 429 whose Retry-After is
// short. Other failures are tried again by Service, since they may cost a second time. base is the transport below it,
// nil for NewTransport; a Recorder or Replayer goes there.
func NewHTTPClient(base http.RoundTripper, w Waits) *http.Client {
	if base == nil {
		base = NewTransport(w)
	}
	retry := retrypolicy.NewBuilder[*http.Response]().
		HandleIf(func(resp *http.Response, err error) bool { return err == nil && worthRetry(resp) }).
		WithMaxRetries(1).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[*http.Response]) time.Duration { return retryAfter(e.LastResult()) }).
		ReturnLastFailure(). // or go-openai loses the service's own error
		Build()
	return &http.Client{
		Timeout:       w.orUsual().Whole,
		CheckRedirect: stay,
		Transport:     told{joined{limited{failsafehttp.NewRoundTripper(base, retry)}}},
	}
}

// redirected says that a service sends callers elsewhere in a way that loses the question or shows the key to others.
type redirected struct{ to string }

func (r *redirected) Error() string {
	return "redirects to " + r.to + "; set OPENAI_BASE_URL to what it should be"
}

// stay follows redirects of a service to itself that keep the question.
func stay(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects || req.Method != via[0].Method || req.URL.Host != via[0].URL.Host {
		return &redirected{addressOf(req.URL.String())}
	}
	return nil
}

const maxRedirects = 3

// worthRetry reports whether the same request may succeed after a short wait.
func worthRetry(resp *http.Response) bool {
	return resp.StatusCode == http.StatusTooManyRequests && retryAfter(resp) <= maxRetryAfter
}

// retryAfter is the wait that a response asks for, in seconds, in milliseconds or as a date; a second when it does not.
func retryAfter(resp *http.Response) time.Duration {
	if resp == nil {
		return time.Second
	}
	for _, name := range []string{"Retry-After-Ms", "X-Ratelimit-Reset-Requests", "X-Ratelimit-Reset-Tokens"} {
		if wait, ok := waitIn(resp.Header, name); ok && resp.Header.Get("Retry-After") == "" {
			return wait
		}
	}
	header := resp.Header.Get("Retry-After")
	if s, err := strconv.ParseFloat(header, 64); err == nil && s >= 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at))
	}
	return time.Second
}

// waitIn reads a header of some services: milliseconds, or a duration such as "6m0s" when nothing is left.
func waitIn(h http.Header, name string) (time.Duration, bool) {
	if name == "Retry-After-Ms" {
		n, err := strconv.ParseFloat(h.Get(name), 64)
		return time.Duration(n * float64(time.Millisecond)), err == nil && n >= 0 && n < 1e9
	}
	if h.Get(strings.Replace(name, "Reset", "Remaining", 1)) != "0" {
		return 0, false
	}
	wait, err := time.ParseDuration(h.Get(name))
	return wait, err == nil && wait >= 0
}

// limited cuts response bodies off.
type limited struct{ next http.RoundTripper }

// RoundTrip does the request. Reading more of an answer than the limit is an error; an error's body just ends there.
func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 400 {
		resp.Body = body{io.LimitReader(resp.Body, maxErrorBody), resp.Body}
		return resp, nil
	}
	resp.Body = body{&capped{resp.Body, maxAnswer}, resp.Body}
	return resp, nil
}

type body struct {
	io.Reader
	io.Closer
}

// capped fails once more than left bytes were read.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("the model service's answer is larger than %d MB", maxAnswer>>20)
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
