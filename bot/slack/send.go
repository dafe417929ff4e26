package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"podbrief/bot"
)

// The pace that Slack asks for: a message per second and channel, and some hundreds a minute in a workspace.
// https://docs.slack.dev/apis/web-api/rate-limits
const (
	channelPace   = time.Second
	workspacePace = 5 // messages a second
	callTime      = 15 * time.Second
	maxAnswer     = 16 << 20 // bytes of an answer that are read
)

// pacer holds calls back: one message at a time and channel, none before a Retry-After has passed.
type pacer struct {
	mu    sync.Mutex
	lanes map[string]*lane
	all   *rate.Limiter // of messages in the workspace
}

// lane is what waits for one channel, or for one method that is not about messages.
type lane struct {
	busy chan struct{} // holds one token while a message is sent
	next time.Time     // not before
}

func newPacer(perSecond int) *pacer {
	if perSecond == 0 {
		perSecond = workspacePace
	}
	return &pacer{lanes: map[string]*lane{}, all: rate.NewLimiter(rate.Limit(perSecond), perSecond)}
}

// lane returns the lane of a channel. Lanes that nobody uses any more are forgotten.
func (p *pacer) lane(name string) *lane {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lanes[name]
	if l == nil {
		if len(p.lanes) > 10_000 {
			p.sweep()
		}
		l = &lane{busy: make(chan struct{}, 1)}
		p.lanes[name] = l
	}
	return l
}

func (p *pacer) sweep() {
	now := time.Now()
	for name, l := range p.lanes {
		if len(l.busy) == 0 && now.After(l.next.Add(time.Minute)) {
			delete(p.lanes, name)
		}
	}
}

// send calls fn in its turn in a channel. What would not come before ctx ends is not tried: the error says how long to wait.
func (p *pacer) send(ctx context.Context, channel string, fn func(context.Context) error) error {
	l := p.lane("#" + channel)
	select {
	case l.busy <- struct{}{}:
	case <-ctx.Done():
		return &bot.PostError{Class: bot.Wait, RetryAfter: channelPace, Err: errors.New("other messages go to this channel first")}
	}
	defer func() { <-l.busy }()
	if err := p.hold(ctx, l); err != nil {
		return err
	}
	if err := p.all.Wait(ctx); err != nil {
		return &bot.PostError{Class: bot.Wait, RetryAfter: channelPace, Err: fmt.Errorf("wait for the workspace's turn: %w", err)}
	}
	err := traced(ctx, fn)
	p.rest(l, err, channelPace)
	return err
}

// call calls fn, which is about one method, unless Slack asked to wait with it.
func (p *pacer) call(ctx context.Context, method string, fn func(context.Context) error) error {
	l := p.lane(method)
	if err := p.hold(ctx, l); err != nil {
		return err
	}
	err := traced(ctx, fn)
	p.rest(l, err, 0)
	return err
}

// hold waits until a lane is free.
func (p *pacer) hold(ctx context.Context, l *lane) error {
	p.mu.Lock()
	wait := time.Until(l.next)
	p.mu.Unlock()
	if end, ok := ctx.Deadline(); ok && wait > 0 && time.Now().Add(wait+time.Second).After(end) || wait > time.Minute {
		return &bot.PostError{Class: bot.Wait, RetryAfter: wait, Err: errors.New("Slack asked to wait")}
	}
	if wait <= 0 {
		return nil
	}
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return &bot.PostError{Class: bot.Wait, RetryAfter: wait, Err: ctx.Err()}
	}
}

// rest keeps a lane quiet after a call.
func (p *pacer) rest(l *lane, err error, pause time.Duration) {
	if pe, ok := errors.AsType[*bot.PostError](err); ok && pe.Class == bot.Wait {
		pause = max(pause, pe.RetryAfter)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if next := time.Now().Add(pause); pause > 0 && next.After(l.next) {
		l.next = next
	}
}

// traced calls fn, and classes its error. Certainly nothing was sent as long as there was no connection to send it on, and
// when writing to it failed: then the end of the request never left. All else may have arrived.
func traced(ctx context.Context, fn func(context.Context) error) error {
	var writing, written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { writing.Store(true) },
		WroteRequest: func(w httptrace.WroteRequestInfo) {
			written.Store(written.Load() || w.Err == nil)
			writing.Store(false)
		},
	})
	if err := fn(ctx); err != nil {
		return classify(err, writing.Load() || written.Load())
	}
	return nil
}

// newClient returns an HTTP client with limits of time and size. It goes through the environment's proxy.
func newClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost, t.ResponseHeaderTimeout = 16, callTime
	return &http.Client{Timeout: callTime, Transport: limited{t}}
}

// limited is a transport whose answers end after maxAnswer bytes.
type limited struct{ http.RoundTripper }

// RoundTrip sends a request.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}
