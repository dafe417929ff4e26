package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/queue"
	"podbrief/digest/insight"
	"podbrief/digest/llm"
)

func TestWriteMetrics(t *testing.T) {
	var out bytes.Buffer
	writeMetrics(&out, []metric{
		gauge("podcasts", "Podcasts that are scanned.", 12),
		by("posts_failed_total", "counter", "Posts that failed.", "class", map[bot.Class]int{bot.Wait: 3, "a\"b\\c\nd": 1}),
		by("jobs_parked", "gauge", "Jobs given up.", "kind", map[string]int{}),
		gauge("spend", "Dollars.", 0.25),
	})
	want := `# HELP podbrief_podcasts Podcasts that are scanned.
# TYPE podbrief_podcasts gauge
podbrief_podcasts 12
# HELP podbrief_posts_failed_total Posts that failed.
# TYPE podbrief_posts_failed_total counter
podbrief_posts_failed_total{class="a\"b\\c\nd"} 1
podbrief_posts_failed_total{class="wait"} 3
# HELP podbrief_jobs_parked Jobs given up.
# TYPE podbrief_jobs_parked gauge
# HELP podbrief_spend Dollars.
# TYPE podbrief_spend gauge
podbrief_spend 0.25
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("writeMetrics (-want +got):\n%s", diff)
	}
}

// TestMetricsPage asks a bot for its figures after a brief was sent, a budget spent and a job queued.
func TestMetricsPage(t *testing.T) {
	ctx := t.Context()
	w, err := bottest.Open(ctx, filepath.Join(t.TempDir(), "bot.db"), bottest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Bot.Adapters = []bot.Adapter{&bottest.Accepting{}}
	r := bot.Request{Channel: bot.Channel{Platform: "accept", Workspace: "CANARY-W", ID: "CANARY-C"}, User: "CANARY-U", Rights: bot.Read | bot.Manage, Words: []string{"topic", "ai"}}
	w.Bot.Handle(ctx, r, nil)
	if err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.Queue.Add(ctx, queue.Job{Kind: "probe", Key: "CANARY-W/"}); err != nil {
		t.Fatal(err)
	}
	budget := &llm.Budget{DB: w.DB, Day: llm.Amount{Micros: 2_000_000, Calls: 10}}
	spend(t, budget, llm.Amount{Micros: 500_000, Tokens: 1200, Calls: 1})

	rec := httptest.NewRecorder()
	metricsPage(w.Bot, w.Queue, budget)(rec, httptest.NewRequest("GET", "/metrics", nil))
	page := rec.Body.String()
	for _, want := range []string{
		`podbrief_messages_sent_total{purpose="first"} 1`, `podbrief_messages_sent_total{purpose="daily"} 0`,
		`podbrief_jobs_waiting{kind="probe"} 1`, "podbrief_deliveries_open 0", "podbrief_deliveries_late 0", "podbrief_channels 1",
		"podbrief_model_calls_today 1", "podbrief_model_tokens_today 1200", "podbrief_model_spend_dollars_today 0.5",
		`podbrief_model_budget_left{of="dollars"} 1.5`, `podbrief_model_budget_left{of="calls"} 9`, "podbrief_models_off 0",
	} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("/metrics lacks %q:\n%s", want, page)
		}
	}
	if age := regexp.MustCompile(`(?m)^podbrief_last_scan_age_seconds (\d+\.?\d*)`).FindStringSubmatch(page); age == nil {
		t.Errorf("/metrics lacks the age of the last scan:\n%s", page)
	}
	if strings.Contains(page, "CANARY") || strings.Contains(page, "http") {
		t.Errorf("/metrics names a channel, a person or a feed:\n%s", page)
	}
	wellFormed(t, page)
}

// wellFormed checks that every figure has a help and a type, and that every line is one of the three.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	help := regexp.MustCompile(`^# HELP (podbrief_[a-z_]+) \S.*\.$`)
	kind := regexp.MustCompile(`^# TYPE (podbrief_[a-z_]+) (gauge|counter)$`)
	value := regexp.MustCompile(`^(podbrief_[a-z_]+)(\{[a-z]+="[^"]*"\})? -?[0-9.e+-]+$`)
	described, typed := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		switch h, k, v := help.FindStringSubmatch(line), kind.FindStringSubmatch(line), value.FindStringSubmatch(line); {
		case h != nil:
			described[h[1]] = true
		case k != nil:
			typed[k[1]] = true
			if counter := strings.HasSuffix(k[1], "_total"); counter != (k[2] == "counter") {
				t.Errorf("%s is a %s", k[1], k[2])
			}
		case v != nil && described[v[1]] && typed[v[1]]:
		default:
			t.Errorf("line %q is no figure that was described before", line)
		}
	}
}

func spend(t *testing.T, b *llm.Budget, a llm.Amount, accounts ...insight.Account) {
	t.Helper()
	r, err := b.Reserve(insight.WithAccounts(t.Context(), accounts...), a)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Settle(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// TestModelSwitch plays the kill switch: who may turn it, that it holds after a restart, and that nobody turns on what the
// operator's setting keeps off.
func TestModelSwitch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	w, err := bottest.Open(t.Context(), path, bottest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { w.Close() }()
	budget := &llm.Budget{DB: w.DB, Day: llm.Amount{Micros: 2_000_000, Audio: 600}, Each: map[string]llm.Amount{"workspace": {Calls: 5}}}
	w.Bot.Models = models(budget)
	say := func(rights bot.Rights, words ...string) string {
		t.Helper()
		m := w.Bot.Handle(t.Context(), bot.Request{Channel: bot.Channel{Platform: "x", Workspace: "W", ID: "C"}, User: "U", Rights: rights, Words: words}, nil)
		text := m.Text
		for _, s := range m.Sections {
			text += "\n" + s.Heading + ": " + s.Text
		}
		return text
	}
	want := func(what, got, text string) {
		t.Helper()
		if !strings.Contains(got, text) {
			t.Errorf("%s: %q, want it to say %q", what, got, text)
		}
	}
	const member, admin = bot.Read | bot.Own | bot.Manage, bot.Read | bot.Own | bot.Manage | bot.Administer
	say(member, "topic", "ai")
	spend(t, budget, llm.Amount{Micros: 120_000, Tokens: 2000, Calls: 1, Audio: 60},
		insight.Account{Kind: "workspace", Name: "x:W/"}, insight.Account{Kind: "channel", Name: "x:W/C/"})
	spend(t, budget, llm.Amount{Micros: 30_000, Tokens: 1, Calls: 1}, insight.Account{Kind: "workspace", Name: "x:W/"})
	want("status", say(member, "status"), "Language models: Today in all: $0.15 of $2.00 in 2 calls and 2001 tokens, 1 of 10 minutes of audio\n"+
		"This workspace: $0.15 in 2 of 5 calls and 2001 tokens\nThis channel: $0.12 in 1 call and 2000 tokens")
	want("a member", say(member, "settings", "model", "off"), "administer this workspace")
	want("a slip", say(admin, "settings", "model", "of"), "Write “settings model off”")
	want("an admin", say(admin, "settings", "model", "off"), "Language models are off")

	w.Close()
	if w, err = bottest.Open(t.Context(), path, bottest.Options{}); err != nil {
		t.Fatal(err)
	}
	budget = &llm.Budget{DB: w.DB}
	if _, err := budget.Reserve(t.Context(), llm.Amount{Calls: 1}); err == nil {
		t.Error("after a restart a call was let through")
	}
	w.Bot.Models = models(budget)
	want("status when off", say(member, "status"), "Off: an admin switched them off. “settings model on”")
	budget.Off = "OPENAI_OFF is 1"
	want("what the operator keeps off", say(admin, "settings", "model", "on"), "stay off: OPENAI_OFF is 1")
	budget.Off = ""
	want("on", say(admin, "settings", "model", "on"), "on again")
	if _, err := budget.Reserve(t.Context(), llm.Amount{Calls: 1}); err != nil {
		t.Errorf("after it was switched on: %v", err)
	}
	if m := w.Bot.Handle(t.Context(), bot.Request{Channel: bot.Channel{Platform: "x", Workspace: "V", ID: "C"}, User: "V", Rights: admin, Words: bot.Split("topic ai")}, nil); m.Text == "" {
		t.Fatal("the other workspace has no subscription")
	}
	want("where there are two workspaces", say(admin, "settings", "model", "off"), "only its operator can")
	w.Bot.Models = nil
	want("without a model", say(admin, "settings", "model", "off"), "No language model is configured")
}

// TestListen asks a bot that listens, and one that does not.
func TestListen(t *testing.T) {
	b := &bot.Bot{Log: slog.New(slog.DiscardHandler)}
	page := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "figures") }
	if err := listen(t.Context(), "off", b, page); err != nil {
		t.Errorf("listen at off: %v", err)
	}
	if err := listen(t.Context(), "127.0.0.1:99999", b, page); err == nil || !strings.Contains(err.Error(), "which LISTEN names") {
		t.Errorf("listen at a wrong address: %v", err)
	}
	srv := httptest.NewServer(pages(b, page))
	defer srv.Close()
	for path, want := range map[string]string{"/healthz": `"ok":false`, "/metrics": "figures", "/nothing": "404"} {
		resp, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("GET %s: %q, %v, want %q", path, body, err, want)
		}
	}
}
