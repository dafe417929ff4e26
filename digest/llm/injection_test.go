package llm_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/llm"
	"podbrief/digest/llm/llmtest"
	"podbrief/digest/transcript"
)

type injection struct {
	Carrier []string `json:"carrier_transcript"`
	Cases   []injectionCase
}

type injectionCase struct {
	ID, Where, Payload string
	Question           string   `json:"user_question"`
	Obedient           string   `json:"obedient_llm_output"`
	MustNot            []string `json:"must_not_appear"`
	Survive            bool     `json:"good_insights_survive"`
}

// readInjections reads the cases out of the shared data.
func readInjections(t *testing.T) injection {
	t.Helper()
	dir := os.Getenv("PODBRIEF_SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	data, err := os.ReadFile(dir + "/payloads/prompt-injection.json")
	if err != nil {
		t.Skipf("needs the shared data: %v", err)
	}
	var file injection
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

// A model that obeys the attacker gets nothing past the validator, and what is honest in its answer survives.
func TestAnObedientModelIsNotBelieved(t *testing.T) {
	file := readInjections(t)
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			in := carrier(file.Carrier, c.Payload)
			server := llmtest.New(t)
			server.Reply = func(llmtest.Request) llmtest.Answer {
				return llmtest.Answer{Text: inOurForm(c.Obedient, in.Transcript)}
			}
			var log strings.Builder
			got, err := newExtractor(t, newService(t, server), &log).Extract(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			said := log.String()
			honest := 0
			for _, i := range got {
				said += "\n" + strings.Join(append([]string{i.Text, i.Quote, i.Why, i.Speaker}, i.Topics...), "\n")
				if strings.HasPrefix(i.Engine, "llm/") {
					honest++
				}
			}
			for _, bad := range c.MustNot {
				if regexp.MustCompile(`(?:^|\W)` + regexp.QuoteMeta(bad) + `(?:\W|$)`).MatchString(said) {
					t.Errorf("%q appears in:\n%s", bad, said)
				}
			}
			if c.Survive && honest == 0 {
				t.Errorf("no honest insight survives; log:\n%s", &log)
			}
			if !c.Survive && (len(got) == 0 || honest > 0) {
				t.Errorf("got %v, want the built-in engine", got)
			}
		})
	}
}

// Whatever else a model is asked for, an attacker's words in any field of its answer are not shown.
func TestAnObedientModelIsNotBelievedAnywhere(t *testing.T) {
	file := readInjections(t)
	honest := "Kubernetes took off because the CNCF gave competing vendors a neutral place to invest together."
	said := 0
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			for _, bad := range evils(t, c) {
				said++
				shown := strings.Join(sayEverywhere(t, carrier(file.Carrier, c.Payload), honest, bad), "\n")
				for _, never := range c.MustNot {
					if strings.Contains(shown, never) {
						t.Errorf("a model that says %q gets %q into:\n%s", bad, never, shown)
					}
				}
			}
		})
	}
	if said < 20 {
		t.Errorf("%d texts of attackers were said, want at least 20", said)
	}
}

// evils are what an obedient model would say: its insights that hold what must not appear, and that alone.
func evils(t *testing.T, c injectionCase) []string {
	t.Helper()
	var said struct{ Insights []struct{ Text string } }
	var all []string
	if json.Unmarshal([]byte(c.Obedient), &said) == nil {
		for _, i := range said.Insights {
			for _, never := range c.MustNot {
				if strings.Contains(i.Text, never) {
					all = append(all, i.Text)
				}
			}
		}
	}
	return all // none where the attack is on the quote alone
}

// sayEverywhere returns all that is shown of a model which puts bad into every field of every answer.
func sayEverywhere(t *testing.T, in insight.Input, honest, bad string) []string {
	t.Helper()
	server := llmtest.New(t)
	line := 0
	for i, s := range in.Transcript.Segments {
		if s.Text == honest {
			line = i + 1
		}
	}
	say := func(v any) llmtest.Answer {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return llmtest.Answer{Text: string(b)}
	}
	server.Reply = func(r llmtest.Request) llmtest.Answer {
		switch {
		case strings.Contains(r.System(), "choose insights"):
			return say(map[string]any{"insights": []any{map[string]any{
				"first_line": line, "last_line": line, "quote": honest, "speaker": "", "why": bad, "topics": []string{bad, "foundations"}, "usefulness": 3, "novelty": 3,
				"claim": "Kubernetes took off because the CNCF gave competing vendors a neutral place to invest together. No single company could close that place to the others.",
			}}})
		case strings.Contains(r.System(), "one line over"):
			return say(map[string]any{"headline": bad})
		case strings.Contains(r.System(), "translate short texts"):
			return say(map[string]any{"texts": []any{map[string]any{"number": 1, "text": bad}}})
		}
		return say(map[string]any{"answerable": true, "gap": bad, "next": []string{bad, bad + "?"}, "answer": []any{map[string]any{
			"sentence": bad, "citations": []any{map[string]any{"passage": 1, "quote": honest}},
		}}})
	}
	var log strings.Builder
	svc := newService(t, server)
	cache := &llm.Cache{DB: svc.Budget.DB}
	found, err := newExtractor(t, svc, &log).Extract(t.Context(), in)
	if err != nil || len(found) == 0 {
		t.Fatalf("Extract = %v, %v, want insights", found, err)
	}
	var shown []string
	for _, i := range found {
		shown = append(append(shown, i.Text, i.Quote, i.Why, i.Speaker), i.Topics...)
	}
	headline, _ := (&llm.Headliner{Service: svc, Cache: cache}).Headline(t.Context(), found) // refused is fine
	texts, _ := (&llm.Translator{Service: svc, Cache: cache, Log: slog.New(slog.DiscardHandler)}).Translate(t.Context(), "German", []string{found[0].Text})
	a := &llm.Answerer{Service: svc, Builtin: unanswered{}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	answer, err := a.Answer(t.Context(), insight.Asking{Question: "Why did Kubernetes take off?", Passages: []insight.Passage{{Podcast: "Open Ground", Title: "Foundations", Text: honest}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range answer.Sentences {
		shown = append(shown, s.Text)
	}
	return append(append(append(shown, headline, answer.Gap, log.String()), answer.Next...), texts...)
}

func carrier(lines []string, payload string) insight.Input {
	t := &transcript.Transcript{Source: "vtt", Language: "en"}
	for _, l := range lines {
		if l = strings.ReplaceAll(l, "{PAYLOAD}", payload); l != "" {
			t.Segments = append(t.Segments, transcript.Segment{Text: l})
		}
	}
	return insight.Input{Podcast: feed.Feed{Title: "Open Ground"}, Episode: feed.Episode{ID: "e1", Title: "Foundations"}, Transcript: t}
}

// inOurForm puts an answer of the payload file, which has text and quote only, into the schema that we ask for: the fake
// model finds the lines that hold the quote. What is no object of that form is answered as it is.
func inOurForm(answer string, t *transcript.Transcript) string {
	var said map[string]any
	if json.Unmarshal([]byte(answer), &said) != nil {
		return answer
	}
	list, ok := said["insights"].([]any)
	if !ok {
		return answer
	}
	for _, x := range list {
		m, ok := x.(map[string]any)
		if !ok {
			return answer
		}
		quote, _ := m["quote"].(string)
		first := 1
		for n, s := range t.Segments {
			if strings.Contains(s.Text, quote) {
				first = n + 1
			}
		}
		m["first_line"], m["last_line"], m["claim"], m["speaker"] = first, first, m["text"], ""
		m["why"], m["topics"], m["usefulness"], m["novelty"] = "", []string{"open source"}, 2, 2
	}
	out, err := json.Marshal(said)
	if err != nil {
		return answer
	}
	return string(out)
}
