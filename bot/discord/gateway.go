package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

// pace is how long the gateway's steps may take; tests are faster.
type pace struct {
	ready      time.Duration // until READY or RESUMED
	firstPause time.Duration // before connecting again
	mostPause  time.Duration
	invalid    time.Duration // after an invalid session, and up to five times that
	release    time.Duration // until discordgo has let go of a connection
	identify   time.Duration // between two IDENTIFYs
}

func (p pace) orUsual() pace {
	if p.ready > 0 {
		return p
	}
	return pace{
		ready: 30 * time.Second, firstPause: time.Second, mostPause: 60 * time.Second, invalid: time.Second,
		release: 5 * time.Second, identify: 5 * time.Second,
	}
}

// mostIdentifies a day stays under 1,000, after which Discord resets the token.
const mostIdentifies = 900

// errIdentifies says that the day's IDENTIFYs are used up.
var errIdentifies = errors.New("connected to Discord 900 times within a day, so no new session is begun until tomorrow; look for what ends them")

// budget counts IDENTIFYs, and keeps them apart.
type budget struct {
	mu   sync.Mutex
	used []time.Time
	gap  time.Duration
}

// take waits for its turn to IDENTIFY, or fails when the day's are used up.
func (b *budget) take(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	for len(b.used) > 0 && now.Sub(b.used[0]) > 24*time.Hour {
		b.used = b.used[1:]
	}
	if len(b.used) >= mostIdentifies {
		return errIdentifies
	}
	if n := len(b.used); n > 0 {
		if wait := b.gap - now.Sub(b.used[n-1]); wait > 0 && !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
	b.used = append(b.used, time.Now())
	return nil
}

// connect keeps all shards connected until ctx is done. It returns an error when connecting again would not help.
func (a *Adapter) connect(ctx context.Context, r *receiver) error {
	var gw struct {
		URL    string
		Shards int
	}
	if err := a.rest.do(ctx, call{method: "GET", path: "/gateway/bot"}, &gw); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("ask for the gateway: %w", err)
	}
	shards := a.Shards
	if shards <= 0 {
		shards = max(gw.Shards, 1)
	}
	b := &budget{gap: a.pace.identify}
	g, ctx := errgroup.WithContext(ctx)
	for n := range shards {
		s := &shard{Adapter: a, receiver: r, number: n, of: shards, gateway: gw.URL, budget: b}
		g.Go(func() error { return s.keep(ctx) })
	}
	return g.Wait()
}

// shard is one connection, made again and again.
type shard struct {
	*Adapter
	receiver *receiver
	number   int
	of       int
	gateway  string
	budget   *budget

	mu      sync.Mutex
	session *discordgo.Session // nil: begin a new one
	resume  session
	guard   *guard
	closed  chan struct{} // discordgo has let go of the connection
}

// keep connects until ctx is done or the end is final.
func (s *shard) keep(ctx context.Context) error {
	pause := s.pace.firstPause
	for ctx.Err() == nil {
		began := time.Now()
		err := s.connection(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if c, ok := errors.AsType[closedError](err); ok && c.fatal() || errors.Is(err, errIdentifies) {
			return err
		}
		s.Log.Warn("gateway connection ended", "shard", s.number, "lasted", time.Since(began).Round(time.Second), "err", err)
		if time.Since(began) > s.pace.mostPause {
			pause = s.pace.firstPause
		}
		wait := pause/2 + rand.N(pause/2+1)
		switch {
		case errors.Is(err, errReconnect) && s.session != nil:
			wait = 0
		case errors.Is(err, errInvalid), errors.Is(err, errResumable):
			wait = s.pace.invalid + rand.N(4*s.pace.invalid)
		}
		if wait > 0 {
			sleep(ctx, wait)
		}
		pause = min(2*pause, s.pace.mostPause)
	}
	return nil
}

// connection makes one connection and returns why it ended.
func (s *shard) connection(ctx context.Context) error {
	if s.session == nil {
		if err := s.budget.take(ctx); err != nil {
			return err
		}
		if err := s.begin(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.guard, s.closed = nil, make(chan struct{}, 4)
	d := s.session
	s.mu.Unlock()
	opened := make(chan error, 1)
	go func() {
		err := d.Open()
		if errors.Is(err, errElsewhere) { // it has forgotten the old address now
			err = d.Open()
		}
		opened <- err
	}()
	err, released := s.watch(ctx, opened)
	s.let(err, released || s.release(opened))
	return err
}

// watch waits until a connection ends. It ends it itself when it is not ready in time, and with ctx. released reports that
// discordgo has let go of it already.
func (s *shard) watch(ctx context.Context, opened chan error) (err error, released bool) {
	late := time.After(s.pace.ready)
	look := time.NewTicker(20 * time.Millisecond) // the connection appears while Open runs
	defer look.Stop()
	for {
		var done, ready chan struct{}
		g := s.current()
		if g != nil {
			done, ready = g.done, g.ready
		}
		select {
		case err := <-opened:
			if err != nil {
				return s.reason(err), true
			}
			opened <- nil // for release
			if g == nil {
				continue
			}
			return s.until(ctx, g, late), false
		case <-ready:
			return s.until(ctx, g, nil), false
		case <-done:
			return g.why(), false
		case <-late:
			return s.cut(g, errNotReady), false
		case <-ctx.Done():
			return s.cut(g, ctx.Err()), false
		case <-look.C:
		}
	}
}

var errNotReady = errors.New("Discord was not ready in time") //nolint:staticcheck // a name

// cut ends a connection.
func (s *shard) cut(g *guard, cause error) error {
	if g != nil {
		g.end(cause) //nolint:errcheck // returns why it ended
	}
	return cause
}

// reason prefers why the connection was cut to what discordgo made of it.
func (s *shard) reason(err error) error {
	if g := s.current(); g != nil {
		if why := g.why(); why != nil && !errors.Is(why, net.ErrClosed) {
			return why
		}
	}
	return err
}

// until waits for the end of a connection that works, or that has until late to become ready.
func (s *shard) until(ctx context.Context, g *guard, late <-chan time.Time) error {
	for {
		ready := g.ready
		if late == nil {
			ready = nil
			s.keepSession(g)
		}
		select {
		case <-ready:
			late = nil
		case <-late:
			return s.cut(g, errNotReady)
		case <-g.done:
			return g.why()
		case <-ctx.Done():
			return s.cut(g, ctx.Err())
		}
	}
}

// keepSession remembers with what the connection can be resumed; RESUMED says nothing new.
func (s *shard) keepSession(g *guard) {
	g.mu.Lock()
	with := g.session
	g.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if with.ID != "" {
		s.resume = with
	}
}

func (s *shard) current() *guard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.guard
}

// release waits until discordgo has let go of the connection, and reports whether it did.
func (s *shard) release(opened chan error) bool {
	late := time.After(s.pace.release)
	select {
	case err := <-opened:
		if err != nil || s.current() == nil {
			return true
		}
	case <-late:
		return false
	}
	select {
	case <-s.closed:
		return true
	case <-late:
		return false
	}
}

// let decides whether the session can be resumed. A session of discordgo that hangs is left behind, and never closed, because
// that would hang too.
func (s *shard) let(err error, released bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lost := s.resume.ID == "" || errors.Is(err, errInvalid) || !released
	if c, ok := errors.AsType[closedError](err); ok && (c == 1000 || c == 1001 || c == 4007 || c == 4009 || c.fatal()) {
		lost = true
	}
	if lost {
		s.session, s.resume = nil, session{}
	}
}

// begin makes a new session of discordgo.
func (s *shard) begin() error {
	d, err := discordgo.New("Bot " + s.Token)
	if err != nil {
		return err
	}
	d.ShouldReconnectOnError, d.ShouldReconnectVoiceOnSessionError = false, false
	d.ShouldRetryOnRateLimit, d.MaxRestRetries = false, 0
	d.StateEnabled, d.SyncEvents, d.Compress = false, true, false
	d.LogLevel = -1 // discordgo prints what ends connections; this package logs that
	d.ShardID, d.ShardCount = s.number, s.of
	d.Identify.Intents = s.intents()
	d.Client = &http.Client{Transport: gatewayAnswer{s.address}}
	d.Dialer = &websocket.Dialer{
		HandshakeTimeout: s.pace.ready,
		NetDialContext:   func(ctx context.Context, _, address string) (net.Conn, error) { return s.dial(ctx, d, false, address) },
		NetDialTLSContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return s.dial(ctx, d, true, address)
		},
	}
	d.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { s.receiver.event(e.Type, e.RawData) })
	d.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		s.mu.Lock()
		defer s.mu.Unlock()
		select {
		case s.closed <- struct{}{}:
		default:
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session, s.resume = d, session{}
	return nil
}

func (s *shard) intents() discordgo.Intent {
	i := discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if s.MessageContent {
		i |= discordgo.IntentMessageContent
	}
	return i
}

// address is where to connect: where the session is resumed, or the gateway.
func (s *shard) address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.resume.URL != "" {
		return s.resume.URL
	}
	return s.gateway
}

// errElsewhere says that discordgo remembers another address than the one to connect to. It forgets it when dialing fails.
var errElsewhere = errors.New("the gateway is elsewhere now")

// dial connects a session of discordgo, unless it was left behind.
func (s *shard) dial(ctx context.Context, d *discordgo.Session, secure bool, address string) (net.Conn, error) {
	if hostOf(s.address()) != address {
		return nil, errElsewhere
	}
	conn, err := dial(ctx, secure, address)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session != d {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	s.guard = newGuard(conn, s.pace.ready)
	return s.guard, nil
}

// hostOf is the host and port of a gateway's address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Port() != "" {
		return u.Host
	}
	port := "80"
	if u.Scheme == "wss" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
