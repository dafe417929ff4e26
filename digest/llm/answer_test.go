package llm_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"podbrief/digest/insight"
	"podbrief/digest/llm"
	"podbrief/digest/llm/llmtest"
)

var passages = []insight.Passage{
	{Podcast: "Deep Stack", Title: "Migrating payments", Speaker: "Maria Ortiz", Text: "What saved the project was an outbox table in Postgres. Reconciliation jobs found 312 broken payments in the first week."},
	{Podcast: "Load-Bearing", Title: "Queues", Speaker: "Ilse Brandt", Text: "A queue between two services hides an outage until the queue is full, and then both fail together."},
}

// unanswered is a builtin answerer that is easy to recognise.
type unanswered struct{}

func (unanswered) Answer(context.Context, insight.Asking) (insight.Answer, error) {
	return insight.Answer{Engine: "builtin/test"}, nil
}

func answer(t *testing.T, said llmtest.Answer, q insight.Asking) (insight.Answer, *llmtest.Server) {
	t.Helper()
	server := llmtest.New(t)
	server.Reply = func(llmtest.Request) llmtest.Answer { return said }
	a := &llm.Answerer{Service: newService(t, server), Builtin: unanswered{}, Log: slog.New(slog.DiscardHandler)}
	got, err := a.Answer(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return got, server
}

func TestAnswerKeepsWhatItsCitationsProve(t *testing.T) {
	q := insight.Asking{
		Question: "What saved the migration?", Passages: passages, About: &insight.Insight{Text: "An outbox saved Corvid Pay."},
		Earlier: []insight.Turn{{Question: "Who left the monolith?", Answer: "Corvid Pay did."}},
	}
	got, server := answer(t, llmtest.Answer{Text: `{"answerable":true,"gap":"","next":["What did the reconciliation jobs find?","How do whales sleep?","See https://evil.example"],"answer":[
	 {"sentence":"Maria Ortiz says that an outbox table in Postgres saved it.","citations":[{"passage":1,"quote":"what saved the project was an outbox table"}]},
	 {"sentence":"It cost 5 million.","citations":[{"passage":1,"quote":"What saved the project was an outbox table"}]},
	 {"sentence":"Queues hide outages.","citations":[{"passage":2,"quote":"a queue hides all outages for ever"}]},
	 {"sentence":"Nothing supports this.","citations":[]}]}`}, q)
	if len(got.Sentences) != 1 || got.Sentences[0].Citations[0].Quote != "What saved the project was an outbox table" {
		t.Errorf("sentences = %+v, want the first one with the passage's own words", got.Sentences)
	}
	if len(got.Next) != 1 {
		t.Errorf("next = %q, want the one that the passages may answer", got.Next)
	}
	sent := server.Requests()[0].User()
	for _, want := range []string{"[2] Load-Bearing", "earlier question: Who left the monolith?", "An outbox saved Corvid Pay."} {
		if !strings.Contains(sent, want) {
			t.Errorf("the model was not shown %q:\n%s", want, sent)
		}
	}
}

func TestAnswerSaysWhenThePassagesDoNot(t *testing.T) {
	got, _ := answer(t, llmtest.Answer{Text: `{"answerable":false,"answer":[],"gap":"No passage speaks of salaries.","next":[]}`}, insight.Asking{Question: "What salaries do they pay?", Passages: passages})
	if len(got.Sentences) != 0 || got.Gap != "No passage speaks of salaries." {
		t.Errorf("answer = %+v, want no sentence and the gap", got)
	}
}

func TestAnswerDegrades(t *testing.T) {
	for name, said := range map[string]llmtest.Answer{
		"prose":        {Text: "Sure! Buy ACME."},
		"500":          {Status: 500},
		"refusal":      {Refusal: "No."},
		"wrong schema": {Text: `{"answerable":"yes"}`},
	} {
		if got, _ := answer(t, said, insight.Asking{Question: "What saved it?", Passages: passages}); got.Engine != "builtin/test" {
			t.Errorf("%s: engine = %q, want the built-in one", name, got.Engine)
		}
	}
}

func TestEmbedKeepsTheOrder(t *testing.T) {
	server := llmtest.New(t)
	server.Vector = func(text string) []float32 { return []float32{float32(len(text)), 1} }
	e := &llm.Embedder{Service: newService(t, server)}
	var texts []string
	for i := range 300 {
		texts = append(texts, strings.Repeat("x", i))
	}
	got, err := e.Embed(t.Context(), texts)
	if err != nil || len(got) != 300 {
		t.Fatalf("Embed = %d vectors, %v", len(got), err)
	}
	for i, v := range got {
		if v[0] != float32(i) {
			t.Fatalf("vector %d belongs to text %v", i, v[0])
		}
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests for 300 texts, want 3", n)
	}
}

func TestEmbedRefusesWhatCannotBeCompared(t *testing.T) {
	for name, vector := range map[string]func(string) []float32{
		"empty vectors":   func(string) []float32 { return nil },
		"several lengths": func(text string) []float32 { return make([]float32, len(text)) },
	} {
		server := llmtest.New(t)
		server.Vector = vector
		e := &llm.Embedder{Service: newService(t, server)}
		if got, err := e.Embed(t.Context(), []string{"a", "bb"}); !errors.Is(err, llm.ErrUnavailable) {
			t.Errorf("Embed with %s = %v, %v, want ErrUnavailable", name, got, err)
		}
	}
}

func TestTranslateKeepsNegationsAndNames(t *testing.T) {
	for german, kept := range map[string]bool{
		"Eine Tabelle in Postgres hat die Umstellung nicht gerettet, sagt Maria Ortiz.": true,
		"Eine Tabelle in Postgres hat die Umstellung gerettet, sagt Maria Ortiz.":       false,
		"Eine Tabelle in MySQL hat die Umstellung nicht gerettet, sagt Maria Ortiz.":    false,
		"Wir haben die Umstellung mit Postgres nicht gerettet, sagt uns Maria Ortiz.":   false,
	} {
		server := llmtest.New(t)
		server.Reply = func(llmtest.Request) llmtest.Answer {
			return llmtest.Answer{Text: `{"texts":[{"number":1,"text":"` + german + `"}]}`}
		}
		svc := newService(t, server)
		tr := &llm.Translator{Service: svc, Cache: &llm.Cache{DB: svc.Budget.DB}, Log: slog.New(slog.DiscardHandler)}
		in := "A table in Postgres did not save the migration, says Maria Ortiz."
		got, err := tr.Translate(t.Context(), "German", []string{in})
		if err != nil || (got[0] == german) != kept {
			t.Errorf("Translate keeps %q: %v (%v), want %v", german, got[0] == german, err, kept)
		}
	}
}

func TestTranslateKeepsFigures(t *testing.T) {
	server := llmtest.New(t)
	server.Reply = func(llmtest.Request) llmtest.Answer {
		return llmtest.Answer{Text: `{"texts":[{"number":1,"text":"Vierzehn Prozent der 312 Zahlungen waren falsch."},{"number":2,"text":"Es waren 5 Fehler."},{"number":9,"text":"x"}]}`}
	}
	svc := newService(t, server)
	tr := &llm.Translator{Service: svc, Cache: &llm.Cache{DB: svc.Budget.DB}, Log: slog.New(slog.DiscardHandler)}
	in := []string{"Fourteen percent of the 312 payments were wrong.", "There were 4 errors."}
	got, err := tr.Translate(t.Context(), "German", in)
	if err != nil || got[0] != "Vierzehn Prozent der 312 Zahlungen waren falsch." || got[1] != in[1] {
		t.Errorf("Translate = %q, %v, want the first translated, the second as it was", got, err)
	}
}
