package bottest_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/console"
	"podbrief/digest/feed"
)

// TestMonth lets a month of days pass over the real corpus, with MONTH=1 in the environment: it takes minutes. Each day's
// brief has new insights only, nothing is left pending at the end, and the log tells how full the days were and two of the
// briefs.
func TestMonth(t *testing.T) {
	if os.Getenv("MONTH") == "" {
		t.Skip("set MONTH=1 to let a month pass over the corpus; it takes minutes")
	}
	shared := os.Getenv("PODBRIEF_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	const port = "8197"
	cmd := exec.Command(filepath.Join(shared, "tools/serve-corpus.py"), filepath.Join(shared, "corpus"), "--port", port, "--now", "2000-01-31T00:00:00")
	if err := cmd.Start(); err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	defer cmd.Wait()         //nolint:errcheck // ended by the next line
	defer cmd.Process.Kill() //nolint:errcheck // it runs until then
	base := "http://127.0.0.1:" + port
	feeds := corpusFeeds(t, base)
	warmUp(t)
	synctest.Test(t, func(t *testing.T) { month(t, feeds) })
}

// corpusFeeds lists the corpus's feeds once its server answers.
func corpusFeeds(t *testing.T, base string) []feed.Outline {
	var resp *http.Response
	for range 100 {
		var err error
		if resp, err = http.Get(base + "/"); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if resp == nil {
		t.Fatal("the corpus's server does not answer")
	}
	defer resp.Body.Close()
	var out []feed.Outline
	for sc := bufio.NewScanner(resp.Body); sc.Scan(); {
		if strings.HasSuffix(sc.Text(), "/feed.xml") {
			out = append(out, feed.Outline{URL: base + "/" + sc.Text(), Topic: "all"})
		}
	}
	return out
}

// asOf asks the corpus's server for feeds as they would be now.
type asOf struct{ http.RoundTripper }

func (a asOf) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/feed.xml") {
		r = r.Clone(r.Context())
		r.URL.RawQuery = "spread=30&asof=" + time.Now().UTC().Format("2006-01-02T15:04:05")
	}
	return a.RoundTripper.RoundTrip(r)
}

func month(t *testing.T, feeds []feed.Outline) {
	client := &http.Client{Transport: asOf{&http.Transport{DisableKeepAlives: true}}}
	w, err := bottest.Open(t.Context(), filepath.Join(t.TempDir(), "month.db"), bottest.Options{Client: client, Catalog: feeds})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	p := &recorder{}
	w.Bot.Adapters, w.Bot.Sources.Packs = []bot.Adapter{p}, []string{"all"}
	ch := bot.Channel{Platform: "recorder", Workspace: "W", ID: "C"}
	m := w.Bot.Handle(t.Context(), bot.Request{Channel: ch, User: "U", Rights: bot.Read | bot.Manage, Zone: "UTC",
		Words: []string{"topic", "ai, open source, programming, security"}}, nil)
	t.Log(m.Text)
	for range 30 * 24 * 6 {
		if err := w.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
	}
	pending, err := w.Bot.Engine.Pending(t.Context())
	if err != nil || len(pending) > 0 {
		t.Errorf("%d episodes are pending at the end, %v", len(pending), err)
	}
	p.report(t)
}

// recorder is a platform that keeps what is posted.
type recorder struct{ posts []bot.Message }

func (*recorder) Platform() string { return "recorder" }

func (*recorder) Run(context.Context, []bot.Command, bot.Handler) error { return nil }

func (p *recorder) Post(_ context.Context, _ bot.Channel, m bot.Message, _ bot.DeliveryKey) (string, error) {
	p.posts = append(p.posts, m)
	return fmt.Sprint(len(p.posts)), nil
}

func (*recorder) Find(context.Context, bot.Channel, bot.DeliveryKey, time.Time) (string, bool, bool, error) {
	return "", false, true, nil
}

func (*recorder) Probe(context.Context, bot.Channel) error { return nil }

func (p *recorder) report(t *testing.T) {
	seen := map[string]bool{}
	days := map[string]int{}
	for _, m := range p.posts {
		for _, s := range m.Sections {
			_, claim, _ := strings.Cut(s.Heading+s.Text, ". ")
			if seen[claim] {
				t.Errorf("%s: shown before: %s", m.Heading, claim)
			}
			seen[claim] = true
		}
		switch n := len(m.Sections); {
		case n >= 5:
			days["5"]++
		case n >= 3:
			days["3-4"]++
		case n >= 1:
			days["1-2"]++
		default:
			days["0"]++
		}
	}
	t.Logf("%d briefs; days with 5: %d, 3-4: %d, 1-2: %d, none: %d", len(p.posts), days["5"], days["3-4"], days["1-2"], days["0"])
	for i, m := range p.posts {
		if i == 9 || i == 20 {
			text, _ := console.Render(m, 100, false)
			t.Log("\n" + text)
		}
	}
}
