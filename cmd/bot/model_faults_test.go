package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"podbrief/digest"
	"podbrief/digest/llm/llmtest"
	"podbrief/digest/sample"
)

// Whatever a model service does, the brief comes in time, made by the built-in engine, and its last line says so.
func TestBriefWithAFaultyModel(t *testing.T) {
	const key, unavailable = "sk-test-0001-secret", "built-in engine: model unavailable"
	for name, tt := range map[string]struct {
		answer llmtest.Answer
		label  string
	}{
		"slow to begin":             {llmtest.Answer{Wait: time.Minute}, unavailable},
		"cut off in the middle":     {llmtest.Answer{Text: strings.Repeat("x", 900), CutAfter: 60}, unavailable},
		"larger than any limit":     {llmtest.Answer{Huge: 64 << 20}, unavailable},
		"an error larger than that": {llmtest.Answer{Huge: 64 << 20, Status: 400}, unavailable},
		"429 for an hour":           {llmtest.Answer{Status: 429, RetryAfter: "3600"}, unavailable},
		"429 until a date":          {llmtest.Answer{Status: 429, RetryAfter: "Wed, 25 Nov 2026 08:00:00 GMT"}, unavailable},
		"no credit":                 {llmtest.Answer{Status: 429, Code: "insufficient_quota", Message: key}, unavailable},
		"500":                       {llmtest.Answer{Status: 500, Message: "boom " + key}, unavailable},
		"502 from a proxy":          {llmtest.Answer{Status: 502, Raw: "<html>bad gateway</html>"}, unavailable},
		"a revoked key":             {llmtest.Answer{Status: 401, Message: "Incorrect API key provided: " + key}, unavailable},
		"truncated JSON":            {llmtest.Answer{Text: `{"insights":[{"first_line":1,"quo`}, unavailable},
		"malformed JSON":            {llmtest.Answer{Text: `{'insights': [None]}`}, unavailable},
		"the body is no JSON":       {llmtest.Answer{Raw: "OK"}, unavailable},
		"prose":                     {llmtest.Answer{Text: "Here are the insights: 1. ..."}, unavailable},
		"a refusal":                 {llmtest.Answer{Refusal: "I cannot help with that."}, unavailable},
		"a filter":                  {llmtest.Answer{Finish: "content_filter"}, unavailable},
		"the wrong schema":          {llmtest.Answer{Text: `{"insights":{"claim":"all"}}`}, unavailable},
		"empty choices":             {llmtest.Answer{NoChoices: true}, unavailable},
		"an empty answer":           {llmtest.Answer{}, unavailable},
		"the token limit":           {llmtest.Answer{Text: `{"insights":[`, Finish: "length"}, unavailable},
		"a stream that breaks off":  {llmtest.Answer{Text: `{"insights":[`, Stream: true, Finish: "length"}, unavailable},
		"a context too small":       {llmtest.Answer{Status: 400, Code: "context_length_exceeded", Message: "maximum context length is 512 tokens"}, unavailable},
		"nothing but lies": {llmtest.Answer{Text: `{"insights":[{"first_line":1,"last_line":2,"quote":"nobody said these words at all here","speaker":"","claim":"x","why":"","topics":[],"usefulness":3,"novelty":3}]}`},
			"built-in engine: the model's claims could not be proven"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := llmtest.New(t)
			server.Reply = func(llmtest.Request) llmtest.Answer { return tt.answer }
			b := briefWith(t, server, key)
			text := screen{width: 80}.brief(b, false)
			if len(b.Picks) < 3 || b.Label != tt.label || !strings.HasSuffix(strings.TrimSpace(strings.Join(strings.Fields(text), " ")), tt.label) {
				t.Errorf("the brief has %d picks and the label %q, want at least 3 and %q in its last line:\n%s", len(b.Picks), b.Label, tt.label, text)
			}
			if strings.Contains(text, key) {
				t.Errorf("the key is in the brief")
			}
		})
	}
}

// A key that is revoked while a scan goes on costs what comes after, and not what was there.
func TestBriefWithAKeyRevokedMidRun(t *testing.T) {
	answers := readAnswers(t)
	server := llmtest.New(t)
	n := 0
	server.Reply = func(r llmtest.Request) llmtest.Answer {
		if n++; n > 3 {
			return llmtest.Answer{Status: 401, Message: "revoked"}
		}
		return reply(t, answers, r)
	}
	b := briefWith(t, server, "sk-test")
	engines := map[string]int{}
	for _, p := range b.Picks {
		engine, _, _ := strings.Cut(p.Insight.Engine, "/")
		engines[engine]++
	}
	if engines["llm"] == 0 || engines["builtin"] == 0 || b.Label != "built-in engine: model unavailable" {
		t.Errorf("the brief is of %v with the label %q, want both engines and a label", engines, b.Label)
	}
	if n > 3+4 { // four episodes are read at the same time
		t.Errorf("%d calls were made, want none after the key was refused but those under way", n)
	}
}

// Nothing listens where the service should be.
func TestBriefWithoutAConnection(t *testing.T) {
	server := llmtest.New(t)
	server.URL = "http://127.0.0.1:1/v1"
	if b := briefWith(t, server, "sk-test"); len(b.Picks) < 3 || b.Label != "built-in engine: model unavailable" {
		t.Errorf("the brief has %d picks and the label %q, want some by the built-in engine", len(b.Picks), b.Label)
	}
}

// briefWith returns a brief of the invented podcasts with a model service, which is given up after a second. The key
// must not get into the log.
func briefWith(t *testing.T, server *llmtest.Server, key string) *digest.Brief {
	t.Helper()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	e := modelEngine(t, server, now, map[string]string{"OPENAI_API_KEY": key, "OPENAI_TIMEOUT": "1"}, &log, sample.Shows()[:2]...)
	began := time.Now()
	b, err := e.Brief(t.Context(), digest.Query{Topics: []string{"ai", "open source"}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("the brief took %v, want it in time", took)
	}
	if strings.Contains(log.String(), key) {
		t.Error("the key is in the log")
	}
	return b
}
