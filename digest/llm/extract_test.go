package llm_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/llm"
	"podbrief/digest/llm/llmtest"
	"podbrief/digest/transcript"
)

const key = "sk-test-0001-secret"

// outbox is the one good claim of the episode below, as a model answers it.
const outbox = `{"insights":[{"first_line":3,"last_line":4,
 "quote":"What saved the project was an outbox table in Postgres, so every event was written in the same transaction","speaker":"Maria Ortiz",
 "claim":"Maria Ortiz says that an outbox table in Postgres saved the Corvid Pay migration, because every event was written in the same transaction as the payment. Broken payments fell from 312 in the first week to 4.",
 "why":"An outbox keeps events and payments in one transaction.","topics":["postgres","migrations"],"usefulness":3,"novelty":2}]}`

func payments() insight.Input {
	said := []string{
		"Maria Ortiz|We moved forty percent of the traffic in March, and the rest took another eighteen months.",
		"Maria Ortiz|Dual writes never gave us a consistent ledger, because the two databases committed in different orders.",
		"Maria Ortiz|What saved the project was an outbox table in Postgres, so every event was written in the same transaction as the payment.",
		"Maria Ortiz|Reconciliation jobs found 312 broken payments in the first week and only 4 after the outbox.",
		"Jon Bell|And what would you tell a team that starts today?",
	}
	t := &transcript.Transcript{Source: "vtt", Language: "en"}
	for i, line := range said {
		speaker, text, _ := strings.Cut(line, "|")
		start := time.Duration(i*10) * time.Second
		t.Segments = append(t.Segments, transcript.Segment{Start: start, End: start + 10*time.Second, Speaker: speaker, Text: text})
	}
	return insight.Input{
		Podcast: feed.Feed{Title: "Deep Stack"}, Transcript: t,
		Episode: feed.Episode{ID: "e1", Title: "Migrating payments without a freeze", Notes: "How Corvid Pay left its monolith."},
	}
}

// stand is a builtin engine that is easy to recognise.
type stand struct{}

func (stand) Name() string { return "builtin/test" }

func (stand) Extract(_ context.Context, in insight.Input) ([]insight.Insight, error) {
	return []insight.Insight{{Text: in.Transcript.Segments[1].Text, Quote: in.Transcript.Segments[1].Text, Engine: "builtin/test", Score: 1.4, Span: insight.Span{First: 1, Last: 1}}}, nil
}

func newService(t *testing.T, s *llmtest.Server) *llm.Service {
	svc := llm.New(s.URL, key, llm.NewHTTPClient(nil, llm.Waits{}), &llm.Budget{DB: openStore(t)})
	svc.Models = llm.Models{Extract: "test-model", Answer: "test-model", Embed: "test-embed", Transcribe: "test-speech"}
	svc.Prices = map[string]llm.Price{"test-model": {In: 1000, Out: 4000}}
	return svc
}

func newExtractor(t *testing.T, svc *llm.Service, log *strings.Builder) *llm.Extractor {
	return &llm.Extractor{Service: svc, Builtin: stand{}, Cache: &llm.Cache{DB: svc.Budget.DB}, Log: slog.New(slog.NewTextHandler(log, nil))}
}

func TestExtractProvesWhatTheModelClaims(t *testing.T) {
	server := llmtest.New(t)
	server.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: "```json\n" + outbox + "\n```"} }
	var log strings.Builder
	x := newExtractor(t, newService(t, server), &log)
	in := payments()
	got, err := x.Extract(t.Context(), in)
	if err != nil || len(got) != 1 {
		t.Fatalf("Extract = %d insights, %v, want 1 (log: %s)", len(got), err, &log)
	}
	i := got[0]
	if i.Start != 20*time.Second || i.Speaker != "Maria Ortiz" || i.Engine != "llm/test-model/insights-1" || i.Why == "" {
		t.Errorf("insight = %+v, want the time and speaker of line 3, the engine's name and a reason", i)
	}
	if !strings.HasPrefix(in.Transcript.Segments[2].Text, i.Quote) {
		t.Errorf("quote %q is not verbatim", i.Quote)
	}

	if _, err := x.Extract(t.Context(), in); err != nil || len(server.Requests()) != 1 {
		t.Errorf("the same text was sent %d times (%v), want once", len(server.Requests()), err)
	}
}

// Whatever goes wrong, the built-in engine takes over, and the key is in no log.
func TestExtractDegrades(t *testing.T) {
	for name, a := range map[string]llmtest.Answer{
		"429 without credit":  {Status: 429, Code: "insufficient_quota", Message: key},
		"500 twice":           {Status: 500, Message: "boom " + key},
		"a revoked key":       {Status: 401, Message: "Incorrect API key provided: " + key},
		"an unknown model":    {Status: 404, Message: "model not found"},
		"a refusal":           {Refusal: "I cannot do that."},
		"no choices":          {NoChoices: true},
		"cut off":             {Text: outbox[:80], Finish: "length"},
		"filtered":            {Finish: "content_filter"},
		"malformed JSON":      {Text: `{"insights":[{"first_line":`},
		"prose":               {Text: "Here are five insights!"},
		"the wrong schema":    {Text: `{"insights":"none"}`},
		"a cut connection":    {Text: outbox, CutAfter: 40},
		"HTML":                {Raw: "<html>bad gateway</html>", Status: 502},
		"a huge answer":       {Huge: 64 << 20},
		"a huge error":        {Huge: 64 << 20, Status: 400},
		"a silent cut":        {Text: outbox, Prompted: 30},
		"a stream cut off":    {Text: outbox[:90], Stream: true, Finish: "length"},
		"a context too small": {Status: 400, Code: "context_length_exceeded", Message: "maximum context length is 4096 tokens"},
	} {
		t.Run(name, func(t *testing.T) {
			server := llmtest.New(t)
			server.Reply = func(llmtest.Request) llmtest.Answer { return a }
			var log strings.Builder
			got, err := newExtractor(t, newService(t, server), &log).Extract(t.Context(), payments())
			if err != nil || len(got) != 1 || got[0].Engine != "builtin/test" {
				t.Fatalf("Extract = %v, %v, want the built-in engine's insight", got, err)
			}
			if log.Len() == 0 || strings.Contains(log.String(), key) {
				t.Errorf("log = %q, want a reason without the key", &log)
			}
			if n := len(server.Requests()); n > 4 {
				t.Errorf("%d requests, want at most 4", n)
			}
		})
	}
}

// Servers answer in many ways; all of these are understood.
func TestExtractUnderstandsEveryServer(t *testing.T) {
	for name, tt := range map[string]struct {
		refuses []string
		answer  llmtest.Answer
	}{
		"fences":                         {nil, llmtest.Answer{Text: "```json\n" + outbox + "\n```"}},
		"prose around it":                {nil, llmtest.Answer{Text: "Here you are {as asked}:\n" + outbox + "\nAnything else? {}"}},
		"thoughts with braces":           {nil, llmtest.Answer{Text: "<think>The schema is {\"insights\":[{}]}, so...</think>\n" + outbox}},
		"two drafts":                     {nil, llmtest.Answer{Text: `{"insights":[]} no, wait: ` + outbox}},
		"a stream that nobody asked for": {nil, llmtest.Answer{Text: outbox, Stream: true}},
		"no usage":                       {nil, llmtest.Answer{Text: outbox, NoUsage: true}},
		"no max_tokens":                  {[]string{"max_tokens"}, llmtest.Answer{Text: outbox}},
		"no temperature":                 {[]string{"temperature"}, llmtest.Answer{Text: outbox}},
		"neither of them":                {[]string{"max_tokens", "temperature"}, llmtest.Answer{Text: outbox}},
	} {
		t.Run(name, func(t *testing.T) {
			server := llmtest.New(t)
			server.Refuses = tt.refuses
			server.Reply = func(llmtest.Request) llmtest.Answer { return tt.answer }
			var log strings.Builder
			x := newExtractor(t, newService(t, server), &log)
			for _, title := range []string{"One", "Two"} {
				in := payments()
				in.Episode.Title = title
				got, err := x.Extract(t.Context(), in)
				if err != nil || len(got) != 1 || !strings.HasPrefix(got[0].Engine, "llm/") {
					t.Fatalf("Extract = %v, %v, want the model's insight (%s)", got, err, &log)
				}
			}
			if n := len(server.Requests()); n != 2+len(tt.refuses) {
				t.Errorf("%d requests, want two and one for each parameter that is learned not to be sent", n)
			}
		})
	}
}

func TestExtractWaitsAsLongAsItIsAsked(t *testing.T) {
	for name, header := range map[string]string{"seconds": "0.2", "a date": time.Now().Add(time.Second).UTC().Format(http.TimeFormat)} {
		server := llmtest.New(t)
		n := 0
		server.Reply = func(llmtest.Request) llmtest.Answer {
			if n++; n == 1 {
				return llmtest.Answer{Status: 429, RetryAfter: header, Message: "slow down"}
			}
			return llmtest.Answer{Text: outbox}
		}
		var log strings.Builder
		got, err := newExtractor(t, newService(t, server), &log).Extract(t.Context(), payments())
		if err != nil || len(got) != 1 || !strings.HasPrefix(got[0].Engine, "llm/") || n != 2 {
			t.Errorf("%s: Extract = %v, %v after %d requests, want the model's insight after 2 (%s)", name, got, err, n, &log)
		}
	}
}

func TestExtractFallsBackToWeakerForms(t *testing.T) {
	for _, form := range []string{"json_schema", "json_object", "text"} {
		server := llmtest.New(t)
		server.Forms = []string{form}
		server.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: outbox} }
		var log strings.Builder
		got, err := newExtractor(t, newService(t, server), &log).Extract(t.Context(), payments())
		if err != nil || len(got) != 1 || !strings.HasPrefix(got[0].Engine, "llm/") {
			t.Errorf("with %s only: Extract = %v, %v, want the model's insight (%s)", form, got, err, &log)
		}
	}
}

func TestExtractMendsARefusedClaimOnce(t *testing.T) {
	server := llmtest.New(t)
	server.Reply = func(r llmtest.Request) llmtest.Answer {
		if strings.Contains(r.User(), "were refused") {
			return llmtest.Answer{Text: outbox}
		}
		return llmtest.Answer{Text: strings.Replace(outbox, "from 312", "from 321", 1)}
	}
	var log strings.Builder
	got, err := newExtractor(t, newService(t, server), &log).Extract(t.Context(), payments())
	if err != nil || len(got) != 1 || !strings.Contains(got[0].Text, "312") {
		t.Fatalf("Extract = %v, %v, want the mended insight", got, err)
	}
	requests := server.Requests()
	if len(requests) != 2 || !strings.Contains(requests[1].User(), `the number "321" is not in the lines`) {
		t.Errorf("%d requests, want a second one with the validator's reason", len(requests))
	}
}

func TestExtractStopsAtTheBudget(t *testing.T) {
	server := llmtest.New(t)
	server.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: outbox} }
	svc := newService(t, server)
	svc.Budget.Day = llm.Amount{Micros: 1}
	var log strings.Builder
	got, err := newExtractor(t, svc, &log).Extract(t.Context(), payments())
	if err != nil || len(got) != 1 || got[0].Engine != "builtin/test" || len(server.Requests()) != 0 {
		t.Fatalf("Extract = %v, %v after %d requests, want the built-in engine and no request", got, err, len(server.Requests()))
	}
	if !strings.Contains(log.String(), "budget") {
		t.Errorf("log = %q, want the reason", &log)
	}
}

// An hour of talk costs at most six calls, and at most 1.3 times its own tokens.
func BenchmarkExtractHour(b *testing.B) {
	in := payments()
	words := strings.Fields(strings.Repeat("every plain sentence of this long talk says something new about software and people. ", 720))
	in.Transcript.Segments = nil
	for i := 0; i+100 <= len(words) && i < 10_000; i += 100 {
		in.Transcript.Segments = append(in.Transcript.Segments, transcript.Segment{Speaker: fmt.Sprint("Speaker ", i/100%2), Text: strings.Join(words[i:i+100], " ")})
	}
	plain := 0
	for _, s := range in.Transcript.Segments {
		plain += len(s.Text)
	}
	for b.Loop() {
		server := llmtest.New(b)
		server.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: `{"insights":[]}`} }
		svc := llm.New(server.URL, "", llm.NewHTTPClient(nil, llm.Waits{}), &llm.Budget{DB: openStore(b)})
		svc.Models.Extract, svc.Context = "test-model", 32_000
		x := &llm.Extractor{Service: svc, Builtin: stand{}, Cache: &llm.Cache{DB: svc.Budget.DB}, Log: slog.New(slog.DiscardHandler)}
		if _, err := x.Extract(b.Context(), in); err != nil {
			b.Fatal(err)
		}
		sent := 0
		for _, r := range server.Requests() {
			sent += len(r.System()) + len(r.User())
		}
		b.ReportMetric(float64(len(server.Requests())), "calls/hour")
		b.ReportMetric(float64(sent)/float64(plain), "tokens/transcript")
	}
}
