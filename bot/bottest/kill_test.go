package bottest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
)

func TestMain(m *testing.M) {
	bottest.Killed(func(address string) bot.Adapter { return &client{base: address} })
	os.Exit(m.Run())
}

func TestKill(t *testing.T) {
	p := &platform{found: map[string]string{}}
	web := httptest.NewServer(p)
	defer web.Close()
	k := bottest.Killing{
		Kills: bottest.Kills(t, 100), Collector: &p.Collector, Address: web.URL,
		Channel: func(n int) bot.Channel {
			return bot.Channel{Platform: "fake", Workspace: fmt.Sprintf("W%d", n%2), ID: fmt.Sprintf("C%05d", n)}
		},
	}
	k.Test(t)
}

// platform is the counting server of a made-up chat platform.
type platform struct {
	bottest.Collector

	mu    sync.Mutex
	found map[string]string // by channel and key
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/find" {
		p.find(w, r)
		return
	}
	var m struct{ Channel, Key string }
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		return // killed before it was all sent
	}
	switch f := p.Fault(); f {
	case bottest.Limit:
		w.WriteHeader(http.StatusTooManyRequests)
	case bottest.Unavailable:
		w.WriteHeader(http.StatusServiceUnavailable)
	case bottest.StoreThenFail:
		p.store(m.Channel, m.Key)
		w.WriteHeader(http.StatusInternalServerError)
	case bottest.StoreThenCut:
		p.store(m.Channel, m.Key)
		panic(http.ErrAbortHandler)
	case bottest.StoreLate:
		time.Sleep(bottest.LateBy())
		p.store(m.Channel, m.Key)
	default:
		fmt.Fprintf(w, `{"id":%q}`, p.store(m.Channel, m.Key))
	}
}

func (p *platform) store(channel, key string) string {
	p.Accept(channel)
	p.mu.Lock()
	defer p.mu.Unlock()
	id := strconv.Itoa(len(p.found) + 1)
	p.found[channel+key] = id
	return id
}

// find answers a look-up; one in twenty fails.
func (p *platform) find(w http.ResponseWriter, r *http.Request) {
	if rand.IntN(20) == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(w, `{"id":%q}`, p.found[r.URL.Query().Get("channel")+r.URL.Query().Get("key")])
}

// client is the adapter of a made-up chat platform behind an address.
type client struct{ base string }

func (c *client) Platform() string { return "fake" }

// Run receives nothing: nobody talks to this bot.
func (c *client) Run(ctx context.Context, _ []bot.Command, _ bot.Handler) error {
	<-ctx.Done()
	return nil
}

func (c *client) Post(ctx context.Context, ch bot.Channel, m bot.Message, key bot.DeliveryKey) (string, error) {
	body, err := json.Marshal(map[string]any{"channel": ch.ID, "key": key, "message": m})
	if err != nil {
		return "", &bot.PostError{Class: bot.PayloadFix, Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/post", bytes.NewReader(body))
	if err != nil {
		return "", &bot.PostError{Class: bot.PayloadFix, Err: err}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", &bot.PostError{Class: bot.Ambiguous, Err: err}
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusTooManyRequests:
		return "", &bot.PostError{Class: bot.Wait, RetryAfter: time.Minute, Err: errors.New(resp.Status)}
	default:
		return "", &bot.PostError{Class: bot.Ambiguous, Err: errors.New(resp.Status)}
	}
	var answer struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", &bot.PostError{Class: bot.Ambiguous, Err: err}
	}
	return answer.ID, nil
}

func (c *client) Find(ctx context.Context, ch bot.Channel, key bot.DeliveryKey, _ time.Time) (string, bool, bool, error) {
	q := url.Values{"channel": {ch.ID}, "key": {string(key)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/find?"+q.Encode(), nil)
	if err != nil {
		return "", false, false, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", false, false, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", false, false, &bot.PostError{Class: bot.Wait, RetryAfter: time.Minute, Err: errors.New(resp.Status)}
	}
	var answer struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", false, false, err
	}
	return answer.ID, answer.ID != "", true, nil
}

func (c *client) Probe(context.Context, bot.Channel) error { return nil }
