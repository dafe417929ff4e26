package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestFetchLeavesDeadHostAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ft := pipeHost(nil)
		ft.Client.Transport.(*guard).transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			time.Sleep(dialTimeout)
			return nil, &net.OpError{Op: "dial", Net: network, Err: os.ErrDeadlineExceeded}
		}
		begin := time.Now()
		for n := range 100 {
			f, _, err := ft.Fetch(t.Context(), Feed{URL: fmt.Sprintf("http://dead.example.com/%d", n)})
			if err == nil || !f.State.NextCheckAt.After(time.Now()) {
				t.Fatalf("Fetch %d = %v, next at %v; want an error and a later check", n, err, f.State.NextCheckAt)
			}
			if paused := n >= troubleLimit/deafTrouble; paused != (f.State.Failures == 0) {
				t.Fatalf("Fetch %d = %d failures, want none once the host is left alone", n, f.State.Failures)
			}
		}
		if spent := time.Since(begin); spent > time.Minute {
			t.Errorf("100 feeds of a dead host took %v, want at most a minute", spent)
		}
	})
}

// A few feeds that hang or break do not take the others of their host with them.
func TestFetchSparesGoodFeedsOfAHost(t *testing.T) {
	url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/busy":
			header429("3600")(w, r)
		case "/closes":
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		default:
			fmt.Fprint(w, small("a"))
		}
	})
	for _, path := range []string{"/busy", "/closes", "/closes", "/closes", "/closes", "/closes"} {
		if _, _, err := ft.Fetch(t.Context(), Feed{URL: url + path}); err == nil {
			t.Errorf("Fetch(%s) = nil, want an error", path)
		}
	}
	if _, episodes, err := ft.Fetch(t.Context(), Feed{URL: url + "/good"}); err != nil || len(episodes) != 1 {
		t.Errorf("Fetch(/good) = %d episodes, %v; want 1", len(episodes), err)
	}
}

func TestFetchPaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ft := pipeHost(func(c net.Conn) {
			fmt.Fprint(c, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		})
		begin := time.Now()
		for range paceBurst + 8 {
			ft.Fetch(t.Context(), Feed{URL: "http://busy.example.com/rss"})
		}
		if spent := time.Since(begin); spent < 2*time.Second || spent > 3*time.Second {
			t.Errorf("%d requests took %v, want 2s: 8 at once, then 4 a second", paceBurst+8, spent)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if f, _, err := ft.Fetch(ctx, Feed{URL: "http://busy.example.com/rss"}); err == nil || f.State.Failures != 0 {
			t.Errorf("Fetch without time = %v, %d failures; want an error and none", err, f.State.Failures)
		}
	})
}

func TestHostsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h hosts
		for n := range 3 * maxHosts {
			if n%maxHosts == 0 {
				time.Sleep(2 * hostIdle)
			}
			if _, err := h.wait(t.Context(), fmt.Sprint("host-", n), 1); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(h.byName); n > maxHosts+1 {
			t.Errorf("hosts remembers %d, want at most %d", n, maxHosts)
		}
	})
}

func TestFetchCancelled(t *testing.T) {
	url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f, _, err := ft.Fetch(ctx, Feed{URL: url})
	if !errors.Is(err, context.Canceled) || f.State.Failures != 0 {
		t.Errorf("Fetch = %v, %d failures; want context.Canceled and none", err, f.State.Failures)
	}
}
