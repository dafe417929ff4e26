package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

// pace is how long the gateway's steps may take; tests are faster.
type pace struct {
	ready      time.Duration // until READY or RESUMED
	firstPause time.Duration // before connecting again, when that failed before
	mostPause  time.Duration
	invalid    time.Duration // after an invalid session, and up to five times that
	identify   time.Duration // between two IDENTIFYs
}

// orUsual returns the usual pace for none. A connection that ends is there again within a minute when Discord is.
func (p pace) orUsual() pace {
	if p.ready > 0 {
		return p
	}
	return pace{
		ready: 30 * time.Second, firstPause: time.Second, mostPause: 45 * time.Second, invalid: time.Second,
		identify: 5500 * time.Millisecond, // Discord wants 5 seconds, by its clock and after the wire
	}
}

// connect keeps all shards connected until ctx is done. It returns an error when connecting again would not help, and from
// then on always.
func (a *Adapter) connect(ctx context.Context, r *receiver) error {
	if err := a.refused.Load(); err != nil {
		return *err
	}
	var gw struct {
		URL    string
		Shards int
		Limit  startLimit `json:"session_start_limit"`
	}
	if err := a.rest.do(ctx, call{method: "GET", path: "/gateway/bot"}, &gw); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("ask for the gateway: %w", err)
	}
	a.identifies.learn(gw.Limit, a.pace.identify)
	shards := a.Shards
	if shards <= 0 {
		shards = max(gw.Shards, 1)
	}
	g, ctx := errgroup.WithContext(ctx)
	for n := range shards {
		s := &shard{Adapter: a, receiver: r, number: n, of: shards, gateway: gw.URL}
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
	session  session
	failed   int // connections that were not ready, one after the other
}

// keep connects until ctx is done or the end is final.
func (s *shard) keep(ctx context.Context) error {
	s.away.lost(s.number)
	defer s.away.back(s.number)
	failed := 0
	for {
		began := time.Now()
		err := s.connection(ctx)
		if ctx.Err() != nil {
			return nil
		}
		c, closed := errors.AsType[closedError](err)
		if closed && c.fatal() {
			err = fmt.Errorf("shard %d of %d: %w", s.number, s.of, err)
			s.refused.Store(&err)
		}
		if closed && c.fatal() || errors.Is(err, errIdentifies) {
			return err
		}
		lasted := time.Since(began)
		if lasted > s.pace.mostPause {
			failed = 0
		}
		pause := s.pause(err, failed)
		failed++
		s.Log.Warn("gateway connection ended", "shard", s.number, "lasted", lasted.Round(time.Second), "again_after", pause, "err", err)
		if !sleep(ctx, pause) {
			return nil
		}
	}
}

// pause is how long to wait after a connection ended: not at all at first, and longer and longer when it ends at once again.
func (s *shard) pause(err error, failed int) time.Duration {
	if errors.Is(err, errInvalid) || errors.Is(err, errResumable) {
		return s.pace.invalid + rand.N(4*s.pace.invalid) // Discord asks for 1 to 5 seconds
	}
	if failed == 0 {
		return 0
	}
	d := min(s.pace.firstPause<<min(failed-1, 10), s.pace.mostPause)
	return d/2 + rand.N(d/2+1)
}

// connection makes one connection and returns why it ended.
func (s *shard) connection(ctx context.Context) error {
	address := s.session.URL
	if s.session.ID == "" {
		began := time.Now()
		if err := s.identifies.take(ctx, s.number); err != nil {
			return err
		}
		if waited := time.Since(began); waited > time.Minute {
			s.Log.Warn("waited so that Discord's sessions of a day last; look for what ends them", "shard", s.number, "waited", waited)
		}
	}
	if address == "" {
		address = s.gateway
	}
	g := newGuard(ctx, s.transport(), address, s.Token, s.session)
	g.event = s.take
	late := time.AfterFunc(s.pace.ready, func() { g.end(errNotReady) })
	defer late.Stop()
	go func() {
		if err := s.discordgo(g).Open(); err != nil {
			g.end(err)
		}
	}()
	select {
	case <-g.ready:
		late.Stop()
		s.away.back(s.number)
		defer s.away.lost(s.number)
		s.Log.Info("gateway connected", "shard", s.number, "resumed", s.session.ID != "")
		s.failed = 0
	case <-g.ctx.Done():
		s.failed++
	}
	<-g.hung
	s.session = g.resumable()
	if s.failed >= mostFailed {
		s.doubt(context.Cause(g.ctx))
	}
	return context.Cause(g.ctx)
}

// mostFailed is how often a session is resumed in vain before that is doubted.
const mostFailed = 3

// doubt forgets where to resume: that host may be gone. One that is there and is silent does not know the session any more.
func (s *shard) doubt(err error) {
	s.session.URL = ""
	if errors.Is(err, errNotReady) {
		s.session = session{}
	}
}

// transport is the one of the REST calls.
func (a *Adapter) transport() http.RoundTripper {
	if a.Client.Transport != nil {
		return a.Client.Transport
	}
	return http.DefaultTransport
}

// discordgo makes a session of discordgo on a guard. It is used for one connection.
func (s *shard) discordgo(g *guard) *discordgo.Session {
	d, err := discordgo.New("Bot " + s.Token)
	if err != nil {
		panic(err) // it fails for no token that there is
	}
	d.ShouldReconnectOnError, d.ShouldReconnectVoiceOnSessionError = false, false
	d.ShouldRetryOnRateLimit, d.MaxRestRetries = false, 0
	d.StateEnabled, d.SyncEvents, d.Compress = false, true, false
	d.LogLevel = -1 // discordgo prints what ends connections; this package logs that
	d.ShardID, d.ShardCount = s.number, s.of
	d.Identify.Intents = s.intents()
	d.Client = &http.Client{Transport: gatewayAnswer(g.address)}
	dial := func(context.Context, string, string) (net.Conn, error) { return g, nil }
	d.Dialer = &websocket.Dialer{NetDialContext: dial, NetDialTLSContext: dial}
	return d
}

// take takes an event. A panic ends nothing but that.
func (s *shard) take(name string, data json.RawMessage) {
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("event not taken", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	s.receiver.event(name, data)
}

func (s *shard) intents() discordgo.Intent {
	i := discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if s.MessageContent {
		i |= discordgo.IntentMessageContent
	}
	return i
}

// gatewayAnswer answers discordgo's only REST call, where the gateway is, without the network.
type gatewayAnswer string

// RoundTrip answers with the address.
func (g gatewayAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(fmt.Sprintf(`{"url":%q}`, string(g)))),
	}, nil
}
