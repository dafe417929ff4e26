package llm_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"podbrief/digest/llm"
	"podbrief/digest/llm/llmtest"
)

func TestARecordingAnswersAsTheServiceDid(t *testing.T) {
	server := llmtest.New(t)
	server.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: outbox + " " + key} }
	var tape bytes.Buffer
	recorder := &llm.Recorder{Next: http.DefaultTransport, W: &tape, Base: "/v1", Secrets: []string{key}}
	record := llm.New(server.URL, key, llm.NewHTTPClient(recorder, llm.Waits{}), &llm.Budget{DB: openStore(t)})
	record.Models.Extract = "test-model"
	var log strings.Builder
	want, err := newExtractor(t, record, &log).Extract(t.Context(), payments())
	if err != nil || len(want) != 1 {
		t.Fatalf("Extract = %v, %v (%s)", want, err, &log)
	}
	if strings.Contains(tape.String(), key) || strings.Contains(tape.String(), "Bearer") {
		t.Errorf("the recording holds the key:\n%s", &tape)
	}

	file := filepath.Join(t.TempDir(), "tape.jsonl")
	if err := os.WriteFile(file, tape.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	player, err := llm.OpenReplay(file)
	if err != nil {
		t.Fatal(err)
	}
	replay := llm.New("http://127.0.0.1:1/v1", "another-key", llm.NewHTTPClient(player, llm.Waits{}), &llm.Budget{DB: openStore(t)})
	player.Base = "/v1"
	replay.Models.Extract = "test-model"
	got, err := newExtractor(t, replay, &log).Extract(t.Context(), payments())
	if err != nil || len(got) != 1 || got[0].Text != want[0].Text {
		t.Errorf("replayed: %v, %v, want %v", got, err, want)
	}

	in := payments()
	in.Episode.Title = "Another title"
	if got, err := newExtractor(t, replay, &log).Extract(t.Context(), in); err != nil || got[0].Engine != "builtin/test" {
		t.Errorf("a request that was not recorded: %v, %v, want the built-in engine", got, err)
	}
}

func TestOpenReplayNamesTheBadLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tape.jsonl")
	if err := os.WriteFile(file, []byte("{}\nnot json\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := llm.OpenReplay(file); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("OpenReplay = %v, want an error that names line 2", err)
	}
	if _, err := llm.OpenReplay(file + ".missing"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("OpenReplay of no file = %v, want ErrNotExist", err)
	}
}

func TestProbeSaysWhatTheServiceCanDo(t *testing.T) {
	server := llmtest.New(t)
	server.Forms = []string{"json_object", "text"}
	server.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Text: `{"word":"ready"}`} }
	svc := newService(t, server)
	svc.Models.Answer = ""
	var says []string
	for _, f := range svc.Probe(t.Context()) {
		says = append(says, f.Duty+": "+f.Says)
	}
	want := []string{
		"extract: test-model answers with json_object.",
		"answer: off: no model is named for it.",
		"embed: test-embed gives vectors of 64 numbers.",
		"transcribe: test-speech: model unavailable: " + server.URL + " does not know the model or the address; check the model's name and OPENAI_BASE_URL, which most often ends with /v1; it says \"no such endpoint\".",
	}
	if got := strings.Join(says, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("Probe says\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
