package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/bot"
)

// limiting is a Discord that answers nothing but limits. It is a transport, so that its time can be virtual.
type limiting struct {
	mu     sync.Mutex
	at     []time.Time // of all requests
	answer func(*http.Request) *http.Response
}

func (l *limiting) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(50 * time.Millisecond) // virtual: the way there
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = append(l.at, time.Now())
	resp := l.answer(r)
	resp.Request = r
	return resp, nil
}

// requests returns when there were any.
func (l *limiting) requests() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.at)
}

// told makes an answer with headers, given as name and value by turns.
func told(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// limitedBy calls do with a client of such a Discord, in virtual time.
func limitedBy(t *testing.T, answer func(*http.Request) *http.Response, do func(t *testing.T, c *client, l *limiting)) {
	synctest.Test(t, func(t *testing.T) {
		l := &limiting{answer: answer}
		do(t, &client{base: "http://discord", http: &http.Client{Transport: l}}, l)
	})
}

func read(channel int) call {
	return call{method: "GET", path: fmt.Sprintf("/channels/%d/messages", channel)}
}

func ok(*http.Request) *http.Response { return told(200, "{}") }

// A bucket is emptied and filled by Discord, and two routes share it. Whoever calls often never hears of it.
func TestBuckets(t *testing.T) {
	left, reset, refused := 0, time.Time{}, 0
	answer := func(*http.Request) *http.Response {
		if now := time.Now(); now.After(reset) {
			left, reset = 5, now.Add(4*time.Second)
		}
		after := fmt.Sprint(time.Until(reset).Seconds())
		if left == 0 {
			refused++
			return told(429, `{"retry_after":`+after+`}`, "X-RateLimit-Bucket", "b", "Retry-After", after)
		}
		left--
		return told(200, "{}", "X-RateLimit-Bucket", "b", "X-RateLimit-Limit", "5", "X-RateLimit-Remaining", fmt.Sprint(left), "X-RateLimit-Reset-After", after)
	}
	limitedBy(t, answer, func(t *testing.T, c *client, l *limiting) {
		one, two := read(1), call{method: "GET", path: "/channels/1/messages/7"}
		for _, in := range []call{one, two} { // then the bucket is known
			if err := c.do(t.Context(), in, nil); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		var wg sync.WaitGroup
		for n := range 40 {
			wg.Go(func() {
				if err := c.do(t.Context(), []call{one, two}[n%2], nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); refused > 0 || took > 45*time.Second {
			t.Errorf("40 calls took %v with %d refusals, want about 35s and none", took, refused)
		}
	})
}

// An answer says what was left when it was made. Calls that are under way since then are not in it.
func TestAnswersOfOtherCallsFillNoBucket(t *testing.T) {
	l := &limits{}
	left := func(n string) {
		l.learn(read(1), told(200, "", "X-RateLimit-Limit", "5", "X-RateLimit-Remaining", n, "X-RateLimit-Reset-After", "60"))
	}
	left("1")
	if wait, err := l.reserve(read(1)); wait > 0 || err != nil {
		t.Fatalf("reserve of what is left = %v, %v", wait, err)
	}
	left("1") // of a call that was made before
	if wait, err := l.reserve(read(1)); wait <= 0 || err != nil {
		t.Errorf("reserve of what is not left = %v, %v; want a wait", wait, err)
	}
}

// A bot may make 50 calls a second, whatever they are.
func TestGlobalRate(t *testing.T) {
	limitedBy(t, ok, func(t *testing.T, c *client, l *limiting) {
		var wg sync.WaitGroup
		for n := range 300 {
			wg.Go(func() {
				if err := c.do(t.Context(), read(n), nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := 0; i+50 < len(l.at); i++ {
			if within := l.at[i+50].Sub(l.at[i]); within <= time.Second {
				t.Fatalf("51 calls within %v", within)
			}
		}
	})
}

// TestLimitForms plays a 429 in each of its documented forms to a call, while another waits to be made in another channel.
func TestLimitForms(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answer  *http.Response
		again   time.Duration // after what the call is made again; 0: it fails
		others  time.Duration // how long other channels wait
		invalid int           // how many are counted
	}{
		{"of a user", told(429, `{"retry_after":2.5}`, "Retry-After", "3", "X-RateLimit-Scope", "user", "X-RateLimit-Bucket", "b",
			"X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "2.5"), 3 * time.Second, 0, 1},
		{"shared", told(429, `{"retry_after":2}`, "Retry-After", "2", "X-RateLimit-Scope", "shared", "X-RateLimit-Bucket", "b"), 2 * time.Second, 0, 0},
		{"global", told(429, `{"retry_after":2,"global":true}`, "Retry-After", "2", "X-RateLimit-Global", "true", "X-RateLimit-Scope", "global"),
			2 * time.Second, 2 * time.Second, 1},
		{"global, said in the header only", told(429, `{"retry_after":2}`, "X-RateLimit-Global", "true"), 2 * time.Second, 2 * time.Second, 1},
		{"global, said in the body only", told(429, `{"retry_after":2,"global":true}`), 2 * time.Second, 2 * time.Second, 1},
		{"global, said in the scope only", told(429, `{"retry_after":2}`, "X-RateLimit-Scope", "global"), 2 * time.Second, 2 * time.Second, 1},
		{"said in the header only", told(429, "", "Retry-After", "2.5"), 2500 * time.Millisecond, 0, 1},
		{"a time that is a text", told(429, `{"retry_after":"2"}`, "Retry-After", "3"), 3 * time.Second, 0, 1},
		{"a time in the past", told(429, `{"retry_after":-2}`), time.Second, 0, 1},
		{"without a time", told(429, `{}`), time.Second, 0, 1},
		{"for an hour", told(429, `{"retry_after":3600}`, "Retry-After", "3600", "X-RateLimit-Scope", "user"), 0, 0, 1},
		{"a page of Cloudflare", told(429, "<html>error 1015</html>", "Retry-After", "60"), 0, cloudflareWait, 1},
		{"a page of Cloudflare, forbidden", told(403, "<html>error 1020</html>"), 0, cloudflareWait, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := true
			answer := func(r *http.Request) *http.Response {
				if !first {
					return ok(r)
				}
				first = false
				return tt.answer
			}
			limitedBy(t, answer, func(t *testing.T, c *client, l *limiting) {
				const way = 50 * time.Millisecond
				done := make(chan error, 1)
				go func() { done <- c.do(t.Context(), read(1), nil) }()
				time.Sleep(2 * way)
				if err := c.do(t.Context(), read(2), nil); err != nil {
					t.Errorf("another channel: %v", err)
				}
				at := l.requests()
				others := at[len(at)-1].Sub(at[0])
				if tt.others == 0 {
					others = at[1].Sub(at[0])
				}
				if others.Truncate(time.Second) != tt.others {
					t.Errorf("another channel waited %v, want %v", others, tt.others)
				}
				err := <-done
				if (err == nil) != (tt.again > 0) {
					t.Errorf("the call = %v, want success: %v", err, tt.again > 0)
				}
				at = l.requests()
				if again := at[len(at)-1].Sub(at[0]); tt.again > 0 && (again < tt.again || again > tt.again+2*way) {
					t.Errorf("made again after %v, want %v", again, tt.again)
				}
				if len(c.invalid) != tt.invalid {
					t.Errorf("%d invalid requests counted, want %d", len(c.invalid), tt.invalid)
				}
			})
		})
	}
}

// TestNoWaitBeyondTheContext checks that neither a deadline nor an end is kept waiting by a limit.
func TestNoWaitBeyondTheContext(t *testing.T) {
	limit := func(*http.Request) *http.Response { return told(429, `{"retry_after":4}`, "Retry-After", "4") }
	limitedBy(t, limit, func(t *testing.T, c *client, l *limiting) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := c.do(ctx, read(1), nil)
		if class, after := classify(err); class != bot.Wait || after != 4*time.Second || time.Since(began) > 100*time.Millisecond {
			t.Errorf("with a deadline: %v after %v, want a wait of 4s at once", err, time.Since(began))
		}
		err = postError(c.do(ctx, read(1), nil))
		if p, ok := errors.AsType[*bot.PostError](err); !ok || p.Class != bot.Wait || p.RetryAfter > 4*time.Second || len(l.at) != 1 {
			t.Errorf("again: %v and %d requests, want a wait of the rest and none sent", err, len(l.at))
		}
		ctx, end := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, end)
		began = time.Now()
		if err := c.do(ctx, read(1), nil); !errors.Is(err, errNotSent) || time.Since(began) != time.Second {
			t.Errorf("ended: %v after %v, want %v after 1s", err, time.Since(began), errNotSent)
		}
	})
}

// TestInvalidBudget checks that refusals end before Discord bans the address, and begin anew when they are forgotten.
func TestInvalidBudget(t *testing.T) {
	no := func(*http.Request) *http.Response { return told(403, `{"code":50013}`) }
	limitedBy(t, no, func(t *testing.T, c *client, l *limiting) {
		for n := range 2 * invalidBudget {
			err := c.do(t.Context(), read(n), nil)
			if held := errors.Is(err, errNotSent); held != (n >= invalidBudget) {
				t.Fatalf("refusal %d: %v", n, err)
			}
		}
		var p *bot.PostError
		if err := c.do(t.Context(), read(1), nil); !errors.As(err, &p) || p.RetryAfter <= 0 || p.RetryAfter > invalidWindow {
			t.Errorf("held back: %v, want a wait of less than %v", err, invalidWindow)
		}
		time.Sleep(invalidWindow)
		if err := c.do(t.Context(), read(1), nil); errors.Is(err, errNotSent) {
			t.Errorf("after %v: %v, want another try", invalidWindow, err)
		}
		if len(l.at) != invalidBudget+1 {
			t.Errorf("%d requests, want %d", len(l.at), invalidBudget+1)
		}
	})
}

// TestLimitsAreForgotten checks that what is remembered does not grow with the channels.
func TestLimitsAreForgotten(t *testing.T) {
	l := &limits{}
	answer := told(200, "", "X-RateLimit-Bucket", "b", "X-RateLimit-Remaining", "1", "X-RateLimit-Reset-After", "1")
	for n := range 3 * mostBuckets {
		l.learn(read(n), answer)
	}
	if n := len(l.names) + len(l.buckets); n > 2*mostBuckets {
		t.Errorf("%d limits are remembered, want at most %d", n, 2*mostBuckets)
	}
}
