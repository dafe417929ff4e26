package feed

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipeHost answers requests over in-memory connections, so that slow hosts can be tested in fake time.
func pipeHost(answer func(net.Conn)) *Fetcher {
	client := NewClient(Policy{})
	client.Transport.(*guard).transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			theirs.Read(make([]byte, 4096))
			answer(theirs)
		}()
		return ours, nil
	}
	return &Fetcher{Client: client}
}

func TestFetchSlowHosts(t *testing.T) {
	drip := func(c net.Conn, start string, every time.Duration) {
		fmt.Fprint(c, start)
		for {
			if _, err := c.Write([]byte("x")); err != nil {
				return
			}
			time.Sleep(every)
		}
	}
	for _, test := range []struct {
		name   string
		answer func(net.Conn)
		within time.Duration
	}{
		{"never answers", func(c net.Conn) { c.Read(make([]byte, 1)) }, headerTimeout},
		{"headers drip", func(c net.Conn) { drip(c, "HTTP/1.1 200 OK\r\nX: ", 5*time.Second) }, headerTimeout},
		{"body drips", func(c net.Conn) { drip(c, "HTTP/1.1 200 OK\r\n\r\n<rss>", time.Second) }, slowStart},
		{"body stops", func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\n<rss>"); c.Read(make([]byte, 1)) }, totalTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				f, _, err := pipeHost(test.answer).Fetch(t.Context(), Feed{URL: "http://slow.example.com/rss"})
				if KindOf(err) != Timeout || f.State.Failures != 1 {
					t.Errorf("Fetch = %v (%s), %d failures; want a timeout and 1", err, KindOf(err), f.State.Failures)
				}
				if spent := time.Since(begin); spent > test.within+2*time.Second {
					t.Errorf("Fetch took %v, want at most %v", spent, test.within)
				}
				time.Sleep(10 * time.Second) // in fake time: the host notices that nobody reads
			})
		})
	}
}

func TestFetchUnreachable(t *testing.T) {
	secure := httptest.NewTLSServer(text(small("a"))) // with a certificate that nobody has signed
	defer secure.Close()
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	closed := httptest.NewServer(text(""))
	closed.Close()
	allow := []string{secure.Listener.Addr().String(), closed.Listener.Addr().String()}
	names := answers{"nowhere.example.com": nil}
	for _, test := range []struct {
		name, url string
		want      Kind
	}{
		{"unknown certificate", secure.URL, TLS},
		{"plain HTTP to a TLS port", strings.Replace(secure.URL, "https", "http", 1), Server},
		{"nobody listens", closed.URL, Network},
		{"no such host", "https://nowhere.example.com/rss", DNS},
		{"not an address", "http://[::1", Blocked},
		{"private", "http://10.1.2.3/rss", Blocked},
	} {
		t.Run(test.name, func(t *testing.T) {
			ft := &Fetcher{Client: NewClient(Policy{Allow: allow, Resolver: names.resolver()})}
			f, _, err := ft.Fetch(t.Context(), Feed{URL: test.url})
			if KindOf(err) != test.want || f.State.Failures != 1 {
				t.Errorf("Fetch = %v (%s), %d failures; want kind %s and 1", err, KindOf(err), f.State.Failures, test.want)
			}
		})
	}
}
