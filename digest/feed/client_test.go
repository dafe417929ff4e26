package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// canary listens on this machine and counts who comes.
func canary(t *testing.T) (address string, visits *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	visits = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			c.Close()
		}
	}()
	return l.Addr().String(), visits
}

// answers is a name server inside the process: a list of addresses for each name.
type answers map[string][]string

// resolver asks the answers for every name; a name without an entry is never answered.
func (a answers) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go a.serve(theirs)
		return ours, nil
	}}
}

// serve speaks DNS over a stream, which is what Go's resolver does on a connection that is no packet connection.
func (a answers) serve(c net.Conn) {
	defer c.Close()
	for {
		head := make([]byte, 2)
		if _, err := readFull(c, head); err != nil {
			return
		}
		question := make([]byte, int(head[0])<<8|int(head[1]))
		if _, err := readFull(c, question); err != nil {
			return
		}
		reply := a.reply(question)
		if reply == nil {
			continue
		}
		if _, err := c.Write(append([]byte{byte(len(reply) >> 8), byte(len(reply))}, reply...)); err != nil {
			return
		}
	}
}

func readFull(c net.Conn, b []byte) (int, error) {
	for n := 0; n < len(b); {
		got, err := c.Read(b[n:])
		if err != nil {
			return n, err
		}
		n += got
	}
	return len(b), nil
}

func (a answers) reply(question []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	addresses, known := a[strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))]
	if !known {
		return nil
	}
	m.Response, m.Authoritative, m.RecursionAvailable, m.Additionals = true, true, true, nil
	for _, text := range addresses {
		addr := netip.MustParseAddr(text)
		head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}
		switch {
		case addr.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: addr.As4()}})
		case addr.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	out, err := m.Pack()
	if err != nil {
		return nil
	}
	return out
}

// dialled makes a client whose dialer notes the addresses that the guard lets through and connects to none of them.
func dialled(p Policy) (*http.Client, func() []string) {
	c := NewClient(p)
	g := c.Transport.(*guard)
	control := g.dialer.ControlContext
	var mu sync.Mutex
	var seen []string
	g.dialer.ControlContext = func(ctx context.Context, network, address string, raw syscall.RawConn) error {
		if err := control(ctx, network, address, raw); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, netip.MustParseAddrPort(address).Addr().String())
		return errors.New("test does not connect")
	}
	return c, func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(seen) }
}

func TestURLCasesResolved(t *testing.T) {
	cases := readSSRF(t).URL
	names := answers{}
	for _, c := range cases {
		if len(c.ResolvesTo) > 0 {
			host := strings.ToLower(strings.Split(strings.SplitN(c.URL, "://", 2)[1], "/")[0])
			names[strings.ReplaceAll(host, "bücher", "xn--bcher-kva")] = c.ResolvesTo
		}
	}
	for _, c := range cases {
		if len(c.ResolvesTo) == 0 {
			continue
		}
		client, seen := dialled(Policy{Resolver: names.resolver()})
		_, _, _, err := ReadBody(t.Context(), client, c.URL, 1024, "")
		if blocked := len(seen()) == 0; err == nil || blocked != (c.Verdict == "block") {
			t.Errorf("%s: ReadBody(%s) = %v, dialled %v; want %s", c.ID, c.URL, err, seen(), c.Verdict)
		}
		if c.Verdict == "block" && KindOf(err) != Blocked {
			t.Errorf("%s: ReadBody(%s) = kind %s, want %s", c.ID, c.URL, KindOf(err), Blocked)
		}
	}
}

func TestDNSCases(t *testing.T) {
	for _, c := range readSSRF(t).DNS {
		t.Run(c.ID, func(t *testing.T) {
			names := answers{}
			var public []string
			for _, text := range c.Answers[0] {
				switch {
				case strings.HasPrefix(text, "CNAME"): // the address that it ends at is what counts
				case strings.HasPrefix(text, "<500"):
					for i := range 500 {
						names[c.Host] = append(names[c.Host], fmt.Sprintf("93.184.%d.%d", i/250, 1+i%250))
					}
				case strings.HasPrefix(text, "<no answer"):
				default:
					names[c.Host] = append(names[c.Host], text)
					if isPublic(netip.MustParseAddr(text)) {
						public = append(public, text)
					}
				}
			}
			run := func(t *testing.T) {
				client, seen := dialled(Policy{Resolver: names.resolver()})
				begin := time.Now()
				_, _, _, err := ReadBody(t.Context(), client, "http://"+c.Host+"/", 1024, "")
				got := seen()
				switch {
				case err == nil:
					t.Errorf("ReadBody(%s) = nil, want an error: the test connects to nothing", c.Host)
				case time.Since(begin) > dialTimeout+time.Second:
					t.Errorf("ReadBody(%s) took %v, want at most %v", c.Host, time.Since(begin), dialTimeout)
				case len(got) > maxDials:
					t.Errorf("ReadBody(%s) dialled %d addresses, want at most %d", c.Host, len(got), maxDials)
				case len(names[c.Host]) < 500 && !slices.Equal(got, public):
					t.Errorf("ReadBody(%s) dialled %v, want %v", c.Host, got, public)
				}
			}
			if len(names) == 0 {
				synctest.Test(t, run) // waits for the name server's answer, in fake time
				return
			}
			run(t)
		})
	}
}

// redirector answers for all hosts by a script: the chain of a redirect case.
type redirector struct {
	chain []string
	asked []string
}

func (r *redirector) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := (Policy{}).Check(req.URL.String()); err != nil {
		return nil, err
	}
	r.asked = append(r.asked, req.URL.String())
	resp := &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: req, ContentLength: 0}
	if hop := len(r.asked); hop < len(r.chain) {
		code, location, _ := strings.Cut(r.chain[hop], " ")
		fmt.Sscan(code, &resp.StatusCode)
		if !strings.HasPrefix(location, "(") {
			resp.Header.Set("Location", location)
		}
	}
	return resp, nil
}

func TestRedirectCases(t *testing.T) {
	for _, c := range readSSRF(t).Redirect {
		script := &redirector{chain: c.Chain}
		client := NewClient(Policy{})
		client.Transport = script
		_, _, _, err := ReadBody(t.Context(), client, c.Chain[0], 1024, "")
		if (err == nil) != (c.Verdict == "allow") {
			t.Errorf("%s: ReadBody = %v, want %s (%s)", c.ID, err, c.Verdict, c.Why)
		}
	}
}

func TestProxyCases(t *testing.T) {
	address, visits := canary(t)
	for _, c := range readSSRF(t).Proxy {
		for name := range c.Env {
			t.Setenv(name, "http://"+address)
			t.Setenv(strings.ToLower(name), "http://"+address)
		}
		if _, _, _, err := ReadBody(t.Context(), NewClient(Policy{}), c.URL, 1024, ""); KindOf(err) != Blocked {
			t.Errorf("%s: ReadBody(%s) = %v, want it blocked", c.ID, c.URL, err)
		}
		client, seen := dialled(Policy{})
		if _, _, _, err := ReadBody(t.Context(), client, "http://93.184.216.34/", 1024, ""); err == nil || !slices.Equal(seen(), []string{"93.184.216.34"}) {
			t.Errorf("%s: ReadBody(public) = %v, dialled %v; want the host itself", c.ID, err, seen())
		}
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the proxy of the environment was asked %d times, want 0", n)
	}
}

// What a public host redirects to, and what a name turns out to be, is checked before anything connects.
func TestGuardEndToEnd(t *testing.T) {
	address, visits := canary(t)
	var target string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target, http.StatusFound)
	}))
	defer srv.Close()
	open := srv.Listener.Addr().String()
	port := address[strings.LastIndexByte(address, ':'):]
	names := answers{"rebind.example.com": {"127.0.0.1"}}
	client := NewClient(Policy{Allow: []string{open}, Resolver: names.resolver()})
	for _, target = range []string{
		"http://" + address + "/", "http://localhost" + port + "/", "http://[::ffff:127.0.0.1]" + port + "/", "http://rebind.example.com/",
		"http://rebind.example.com:8080/", "file:///etc/passwd", "http://2130706433" + port + "/",
	} {
		_, _, _, err := ReadBody(t.Context(), client, "http://"+open+"/feed", 1024, "")
		if err == nil {
			t.Errorf("ReadBody to %s = nil, want an error", target)
			continue
		}
		if strings.Contains(err.Error(), port) || strings.Contains(err.Error(), "passwd") {
			t.Errorf("ReadBody to %s = %q, want a sentence without the target", target, err)
		}
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the canary had %d visits, want 0", n)
	}
}

func TestAllowedHostIsReached(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Cookies()) > 0 || r.Header.Get("Authorization") != "" {
			t.Errorf("request carries %v, want neither cookies nor authorization", r.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		w.Header().Set("Content-Type", "Text/VTT; charset=ISO-8859-1; x=y")
		fmt.Fprint(w, "WEBVTT")
	}))
	defer srv.Close()
	client := NewClient(Policy{Allow: []string{srv.Listener.Addr().String()}})
	for range 2 {
		body, mediaType, finalURL, err := ReadBody(t.Context(), client, srv.URL+"/a", 6, "text/vtt")
		if err != nil || string(body) != "WEBVTT" || mediaType != "text/vtt; charset=iso-8859-1" || finalURL != srv.URL+"/a" {
			t.Errorf("ReadBody = %q, %q, %q, %v; want the transcript", body, mediaType, finalURL, err)
		}
	}
}
