package llm_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"podbrief/digest/insight"
	"podbrief/digest/llm"
	"podbrief/digest/llm/llmtest"
)

// A recording is judged as the calls were when they were made, out of nothing but itself.
func TestJudgeSeesInARecordingWhatTheValidatorSaw(t *testing.T) {
	server := llmtest.New(t)
	wrong := strings.Replace(outbox, "from 312", "from 321", 1)
	false1 := strings.Replace(outbox, "an outbox table in Postgres, so", "an inbox table in Postgres, so", 1)
	server.Reply = func(r llmtest.Request) llmtest.Answer {
		switch {
		case strings.Contains(r.User(), "<passages>"):
			return llmtest.Answer{Stream: true, Text: `{"answerable":true,"gap":"","next":[],"answer":[
			 {"sentence":"An outbox table in Postgres saved the project.","citations":[{"passage":1,"quote":"What saved the project was an outbox table"}]},
			 {"sentence":"It saved 5 million.","citations":[{"passage":1,"quote":"What saved the project was an outbox table"}]},
			 {"sentence":"Queues help.","citations":[{"passage":2,"quote":"queues help everybody all the time"}]},
			 {"sentence":"Ilse Brandt says that a queue hides an outage until it is full.","citations":[{"passage":2,"quote":"A queue between two services hides an outage"}]}]}`}
		case strings.Contains(r.User(), "were refused"):
			return llmtest.Answer{Status: 500}
		}
		join := strings.TrimSuffix(outbox, "]}") + "," + strings.TrimPrefix(wrong, `{"insights":[`)
		return llmtest.Answer{Text: strings.TrimSuffix(join, "]}") + "," + strings.TrimPrefix(false1, `{"insights":[`)}
	}
	var tape bytes.Buffer
	svc := llm.New(server.URL, "", llm.NewHTTPClient(&llm.Recorder{Next: http.DefaultTransport, W: &tape, Base: "/v1"}, llm.Waits{}), &llm.Budget{DB: openStore(t)})
	svc.Models.Extract, svc.Models.Answer = "test-model", "test-model"
	var log strings.Builder
	kept, err := newExtractor(t, svc, &log).Extract(t.Context(), payments())
	if err != nil || len(kept) != 1 {
		t.Fatalf("Extract = %v, %v, want one insight", kept, err)
	}
	a := &llm.Answerer{Service: svc, Builtin: unanswered{}, Log: slog.New(slog.DiscardHandler)}
	if _, err := a.Answer(t.Context(), insight.Asking{Question: "What saved it?", Passages: passages}); err != nil {
		t.Fatal(err)
	}

	j, err := llm.Judge(&tape, map[string]llm.Price{"test-model": {In: 250, Out: 2000}})
	if err != nil {
		t.Fatal(err)
	}
	if j.Claims != 3 || j.Verbatim != 2 || j.Kept != 1 || len(j.Refused) != 2 {
		t.Errorf("insights: %d returned, %d verbatim, %d kept, refused %v; want 3, 2, 1 and two reasons", j.Claims, j.Verbatim, j.Kept, j.Refused)
	}
	if j.Questions != 1 || j.Sentences != 4 || j.Cited != 3 || j.Uttered != 2 {
		t.Errorf("answers: %d, of %d sentences %d are cited and %d shown; want 1, 4, 3, 2", j.Questions, j.Sentences, j.Cited, j.Uttered)
	}
	if j.Calls != 4 || j.Failed != 2 || j.Micros == 0 || j.Words < 50 { // what was refused is tried twice
		t.Errorf("%d calls, %d failed, %d millionths of a dollar, %d words", j.Calls, j.Failed, j.Micros, j.Words)
	}
	var out strings.Builder
	if err := j.Report(&out); err != nil || !strings.Contains(out.String(), "1 of 3 (33 %) kept") || !strings.Contains(out.String(), `the number … is not in the lines`) {
		t.Errorf("Report = %v:\n%s", err, &out)
	}
}
