package bottest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
)

// kills is how often a test kills: KILLS, or a hundred times.
func kills(t *testing.T) int {
	if testing.Short() {
		t.Skip("kills take half a minute")
	}
	if n, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		return n
	}
	return 100
}

func TestKill(t *testing.T) {
	n := kills(t)
	binary := filepath.Join(t.TempDir(), "killbot")
	if out, err := exec.Command("go", "build", "-o", binary, "./killbot").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	p := &platform{found: map[string]string{}}
	web := httptest.NewServer(p)
	defer web.Close()
	k := bottest.Killing{
		Kills: n, Collector: &p.Collector,
		Channel: func(n int) bot.Channel {
			return bot.Channel{Platform: "fake", Workspace: fmt.Sprintf("W%d", n%2), ID: fmt.Sprintf("C%05d", n)}
		},
		Command: func(store string, start time.Time) *exec.Cmd {
			cmd := exec.Command(binary, web.URL, store, start.Format(time.RFC3339Nano))
			cmd.Stderr = t.Output()
			return cmd
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
