package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
)

// Limits on every request. A feed that needs more is not one that we want to wait for.
const (
	dialTimeout    = 10 * time.Second
	tlsTimeout     = 10 * time.Second
	headerTimeout  = 20 * time.Second
	totalTimeout   = 60 * time.Second
	maxHeaderBytes = 64 << 10
	maxRedirects   = 5
	maxDials       = 4 // addresses tried per connection
)

// NewClient returns the HTTP client for everything whose address comes from outside: feeds, transcripts, chapters, OPML
// files. It asks nothing but what p allows, checked at every hop of a redirect and once more, after the name lookup,
// for the very address that is connected to, so that a name cannot change its meaning in between. It uses no proxy,
// keeps no cookies and is safe for concurrent use.
func NewClient(p Policy) *http.Client {
	return &http.Client{
		Transport:     newGuard(p),
		CheckRedirect: checkRedirect,
		Timeout:       totalTimeout,
	}
}

// checkRedirect ends long and circular chains of redirects.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return newError(Redirects, "the address redirects more than five times; ask its owner for the final one", nil)
	}
	here := req.URL.String()
	if slices.ContainsFunc(via, func(r *http.Request) bool { return r.URL.String() == here }) {
		return newError(Redirects, "the address redirects in a circle; ask its owner for the right one", nil)
	}
	return nil
}

// guard is a transport that refuses what the policy does not allow.
type guard struct {
	policy    Policy
	dialer    *net.Dialer // refuses addresses that are not public
	transport *http.Transport
}

func newGuard(p Policy) *guard {
	resolver := p.Resolver
	if resolver == nil {
		// The C library's resolver takes "0x7f000001" and "127.1" for addresses, Go's does not.
		resolver = &net.Resolver{PreferGo: true}
	}
	g := &guard{policy: p}
	g.dialer = &net.Dialer{Timeout: dialTimeout, Resolver: resolver, ControlContext: g.control}
	g.transport = &http.Transport{
		Proxy:                  nil, // a proxy would connect for us, where no check reaches
		DialContext:            g.dial,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // bodies are decompressed under a limit, see ReadBody
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
	}
	return g
}

// RoundTrip checks the address of one request, redirected ones included, and sends it.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.policy.check(req.URL.String()); err != nil {
		reason := err.Error()
		if req.Response != nil { // whose address is not shown: it was not the user who gave it
			reason = "it redirects to an address that may not be fetched; ask its owner for the right one"
		}
		return nil, newError(Blocked, reason, err)
	}
	return g.transport.RoundTrip(req)
}

// CloseIdleConnections closes the connections that wait for the next request.
func (g *guard) CloseIdleConnections() { g.transport.CloseIdleConnections() }

// dialsKey is the context's key for the number of connections tried.
type dialsKey struct{}

// dial connects to host:port, to hosts that the operator has opened without further checks.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if slices.Contains(g.policy.Allow, address) {
		open := net.Dialer{Timeout: dialTimeout, Resolver: g.dialer.Resolver}
		return open.DialContext(ctx, network, address)
	}
	return g.dialer.DialContext(context.WithValue(ctx, dialsKey{}, new(atomic.Int32)), network, address)
}

// control is asked by the dialer for each address that a name has resolved to, before it connects.
func (g *guard) control(ctx context.Context, network, address string, _ syscall.RawConn) error {
	if err := checkDial(network, address); err != nil {
		return newError(Blocked, "the host is not on the public internet; the operator can open it with FETCH_ALLOW", err)
	}
	if tried, ok := ctx.Value(dialsKey{}).(*atomic.Int32); ok && tried.Add(1) > maxDials {
		return errTooManyDials
	}
	return nil
}

var errTooManyDials = errors.New("the host has too many addresses that do not answer")

// checkDial refuses connections to anything but a public address and an allowed port.
func checkDial(network, address string) error {
	to, err := netip.ParseAddrPort(address)
	switch {
	case err != nil:
		return fmt.Errorf("read address to dial: %w", err)
	case network != "tcp4" && network != "tcp6":
		return fmt.Errorf("network %s is not allowed", network)
	case to.Addr().Zone() != "" || !isPublic(to.Addr()):
		return fmt.Errorf("address %s is not public", to.Addr())
	case !allowedPort(fmt.Sprint(to.Port())):
		return fmt.Errorf("port %d is not allowed", to.Port())
	}
	return nil
}
