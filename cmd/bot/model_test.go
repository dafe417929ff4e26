package main

import (
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/time/rate"

	"podbrief/configs"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/llm"
	"podbrief/digest/llm/llmtest"
	"podbrief/digest/sample"
	"podbrief/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// scripted is an answer of the fake model, written by hand; Wrong says what is wrong with it on purpose.
type scripted struct {
	Wrong      string   `json:"wrong,omitempty"`
	First      int      `json:"first_line"`
	Last       int      `json:"last_line"`
	Quote      string   `json:"quote"`
	Speaker    string   `json:"speaker"`
	Claim      string   `json:"claim"`
	Why        string   `json:"why"`
	Topics     []string `json:"topics"`
	Usefulness int      `json:"usefulness"`
	Novelty    int      `json:"novelty"`
}

// The invented podcasts with a model that answers as written by hand: what is wrong is dropped, the brief shows the rest.
func TestBriefWithAModel(t *testing.T) {
	answers := readAnswers(t)
	server := llmtest.New(t)
	server.Reply = func(r llmtest.Request) llmtest.Answer { return reply(t, answers, r) }
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	e := modelEngine(t, server, now, nil, t.Output())
	b, err := e.Brief(t.Context(), digest.Query{Topics: []string{"ai", "open source"}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	got := screen{width: 80}.brief(b, false)
	golden(t, "testdata/model_brief.golden", got)
	wrong := 0
	for _, list := range answers {
		for _, a := range list {
			if a.Wrong == "" {
				continue
			}
			wrong++
			if found, err := e.Search(t.Context(), a.Claim, 1); err != nil || len(found) > 0 && found[0].Insight.Text == a.Claim {
				t.Errorf("%s was kept (%v): %q", a.Wrong, err, a.Claim)
			}
		}
	}
	if wrong < 3 {
		t.Errorf("%d answers are wrong on purpose, want at least 3", wrong)
	}
}

// Without budget the brief is the built-in engine's, and says so.
func TestBriefBeyondTheBudget(t *testing.T) {
	server := llmtest.New(t)
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	e := modelEngine(t, server, now, map[string]string{"OPENAI_BUDGET_DAY": "tokens=1"}, t.Output())
	b, err := e.Brief(t.Context(), digest.Query{Topics: []string{"ai"}, Now: now})
	if err != nil || len(b.Picks) == 0 || len(server.Requests()) > 0 {
		t.Fatalf("Brief = %d picks, %v after %d requests, want some and no request", len(b.Picks), err, len(server.Requests()))
	}
	const want = "built-in engine: budget used up"
	if text := (screen{width: 80}).brief(b, false); b.Label != want || !strings.Contains(text, want) {
		t.Errorf("label = %q in\n%s\nwant %q", b.Label, text, want)
	}
}

// modelEngine returns an engine that has read some of the invented podcasts, all when none is named, with the model of a
// server, under these settings.
func modelEngine(t *testing.T, server *llmtest.Server, now time.Time, settings map[string]string, log io.Writer, shows ...sample.Show) *digest.Engine {
	t.Helper()
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "test.db"), store.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c, err := configs.Load(func(key string) string {
		usual := map[string]string{"OPENAI_MODEL": "fake", "OPENAI_BASE_URL": server.URL, "OPENAI_CONTEXT": "32000", "OPENAI_OLDEST": "0"}
		if v, ok := settings[key]; ok {
			return v
		}
		return usual[key]
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{config: c}
	client := sample.Client()
	client.Transport = sample.Transport(now)
	e := newEngine(db, client, c)
	e.Fetcher.Pace = rate.Inf
	s, err := a.newService(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	a.useModel(e, s, slog.New(slog.NewTextHandler(log, nil)))
	if err := e.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(shows) == 0 {
		shows = sample.Shows()
	}
	var feeds []string
	for _, show := range shows {
		if err := e.AddFeed(t.Context(), feed.Feed{URL: show.URL(), Title: show.Title}, false); err != nil {
			t.Fatal(err)
		}
		feeds = append(feeds, show.URL())
	}
	if err := e.Scan(t.Context(), feeds, nil); err != nil {
		t.Fatal(err)
	}
	return e
}

func readAnswers(t *testing.T) map[string][]scripted {
	t.Helper()
	data, err := os.ReadFile("testdata/model_answers.json")
	if err != nil {
		t.Fatal(err)
	}
	var answers map[string][]scripted
	if err := json.Unmarshal(data, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// reply answers as the fake model: it knows the episode by its title, and the lines by the quote.
func reply(t *testing.T, answers map[string][]scripted, r llmtest.Request) llmtest.Answer {
	out := []scripted{}
	switch {
	case strings.Contains(r.System(), "one line over a list"):
		return llmtest.Answer{Text: `{"headline":"Cutting a prompt usually saves more than moving to a cheaper model"}`}
	case strings.Contains(r.User(), "were refused"):
		return llmtest.Answer{Text: `{"insights":[]}`} // it cannot mend them
	}
	for title, list := range answers {
		if !strings.Contains(r.User(), title) {
			continue
		}
		for _, a := range list {
			a.First, a.Last = linesOf(r.User(), a.Quote)
			out = append(out, a)
		}
	}
	text, err := json.Marshal(map[string]any{"insights": out})
	if err != nil {
		t.Errorf("encode answer: %v", err)
	}
	return llmtest.Answer{Text: string(text)}
}

var numberedLine = regexp.MustCompile(`(?m)^L(\d+) (.*)$`)

// linesOf returns the numbers of the lines around the first words of a quote, where they are said last: what was said
// before was a teaser. Without them it is the first line.
func linesOf(prompt, quote string) (first, last int) {
	all := numberedLine.FindAllStringSubmatch(prompt, -1)
	begin := strings.Join(strings.Fields(quote)[:4], " ")
	first, last = 1, 1
	for i, m := range all {
		after := m[2]
		for _, next := range all[i+1 : min(len(all), i+3)] {
			after += " " + next[2]
		}
		if at := strings.Index(after, begin); at >= 0 && at < len(m[2]) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				panic(err) // the pattern takes digits only
			}
			first, last = max(1, n-2), n+6
		}
	}
	return first, last
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

func TestPricesAndLimits(t *testing.T) {
	c, err := configs.Load(func(key string) string {
		return map[string]string{"OPENAI_PRICES": "small=0.25/2.00, ears=0.006/min", "OPENAI_BUDGET_DAY": "usd=1.50, calls=20", "OPENAI_SPEECH_DAY": "90"}[key]
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]llm.Price{"small": {In: 250, Out: 2000}, "ears": {Minute: 6000}}
	if d := cmp.Diff(want, pricesOf(c)); d != "" {
		t.Errorf("pricesOf (-want +got):\n%s", d)
	}
	if got, want := budgetOf(c, nil).Day, (llm.Amount{Micros: 1_500_000, Calls: 20, Audio: 5400}); got != want {
		t.Errorf("day = %+v, want %+v", got, want)
	}
}

// TestUnpriced: a model without a price escapes a limit in dollars, which an operator must know; one at home is free.
func TestUnpriced(t *testing.T) {
	for base, want := range map[string]int{"https://models.example/v1": 1, "http://localhost:11434/v1": 0, "http://192.168.1.5:8000/v1": 0} {
		c, err := configs.Load(func(key string) string { return map[string]string{"OPENAI_BASE_URL": base}[key] }, "")
		if err != nil {
			t.Fatal(err)
		}
		s := &llm.Service{Models: llm.Models{Extract: "free", Answer: "free", Embed: "dear"}, Prices: map[string]llm.Price{"dear": {In: 1}}}
		found := (&app{config: c}).unpriced(s)
		if len(found) != want || want > 0 && !strings.Contains(found[0].what, "free has none") {
			t.Errorf("unpriced at %s = %+v, want %d findings of the model free", base, found, want)
		}
	}
}
