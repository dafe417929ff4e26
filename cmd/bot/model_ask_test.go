package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/digest/llm/llmtest"
)

// A conversation in a thread, from the words of a user to the message: what the model can prove is said with its
// citations, the rest is left out, and what it cannot answer is answered with the closest passages.
func TestAskWithAModel(t *testing.T) {
	const asked = "Was spart am meisten, wenn eine Rechnung zu hoch ist?"
	answers := readAnswers(t)
	server := llmtest.New(t)
	// The meaning of a text is whether it speaks of prompts; the question does, in words of another language.
	server.Vector = func(text string) []float32 {
		if strings.Contains(text, "prompt") || strings.Contains(text, "Rechnung") {
			return []float32{1, 0.1}
		}
		return []float32{0.1, 1}
	}
	var prompts []string
	server.Reply = func(r llmtest.Request) llmtest.Answer {
		if !strings.Contains(r.System(), "answer a question from numbered podcast passages") {
			return reply(t, answers, r)
		}
		prompts = append(prompts, r.System()+"\n"+r.User())
		if strings.Contains(r.User(), "\nQuestion: Who won the regatta") {
			return llmtest.Answer{Text: `{"answerable":false,"answer":[],"gap":"Nothing on a regatta in these passages.","next":[]}`}
		}
		return llmtest.Answer{Text: answerFrom(t, r.User())}
	}
	e := modelEngine(t, server, time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), map[string]string{"OPENAI_EMBED_MODEL": "meaning"}, t.Output())
	if _, err := e.Embed(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := &bot.Bot{DB: e.DB, Engine: e, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	asks := 0
	ask := func(question string) bot.Message {
		asks++
		return b.Handle(t.Context(), bot.Request{
			Channel: bot.Channel{Platform: "console", Workspace: "W", ID: "C"}, Thread: "t1", User: fmt.Sprint("U", asks), Locale: "de-AT", Rights: bot.Read,
			Words: []string{"ask", question},
		}, nil)
	}

	m := ask(asked)
	if want := "Einen Prompt auf ein Drittel zu kürzen, spart meist mehr."; m.Text != want {
		t.Errorf("the answer is %q, want the one sentence that its citation proves: %q", m.Text, want)
	}
	if len(m.Sections) != 1 || !strings.HasPrefix(m.Sections[0].Quote, "Cutting a prompt to a third") || !strings.HasSuffix(m.Sections[0].Link.URL, "#t=141") && !strings.Contains(m.Sections[0].Link.URL, "the-invoice-shoebox.mp3#t=") {
		t.Errorf("the citations are %+v, want the passage's own words with its second", m.Sections)
	}
	if len(m.Actions) != 1 || strings.Join(m.Actions[0].Command, " ") != "ask How long were the instructions?" {
		t.Errorf("the buttons are %+v, want the next question that the passages may answer", m.Actions)
	}
	if !strings.Contains(prompts[0], "in de when it does not tell") || !strings.Contains(prompts[0], "Question: "+asked) {
		t.Errorf("the model was not told the asker's language or question:\n%s", prompts[0])
	}

	if m := ask("And why is that?"); m.Text == "" || !strings.Contains(prompts[1], "earlier question: "+asked) || !strings.Contains(prompts[1], "earlier answer: Einen Prompt") {
		t.Errorf("the second question was asked without the first:\n%s", prompts[1])
	}
	if !strings.Contains(prompts[1], "a prompt to a third") {
		t.Errorf("passages for a short question were looked for without the one before it:\n%s", prompts[1])
	}

	m = ask("Who won the regatta of prompts and model tokens in Tasmania?")
	if !strings.HasPrefix(m.Text, "That is not in the episodes I know: Nothing on a regatta") || len(m.Sections) == 0 || m.Sections[0].Quote == "" {
		t.Errorf("an unanswered question gets %q with %d passages, want to be told so with the closest ones", m.Text, len(m.Sections))
	}

	server.Reply = func(llmtest.Request) llmtest.Answer { return llmtest.Answer{Status: 500} }
	m = ask("What do tokens of a prompt cost?")
	if m.Footer != "built-in engine: model unavailable" || len(m.Sections) == 0 {
		t.Errorf("with a broken service the answer is %q, footer %q, want the closest passages and a label", m.Text, m.Footer)
	}
}

// answerFrom answers as a careless model does: one sentence holds, the others invent, or quote what nobody said.
func answerFrom(t *testing.T, prompt string) string {
	t.Helper()
	const quote = "Cutting a prompt to a third of its length usually saves more than moving to a model at half the price."
	passage := 0
	for i, part := range strings.Split(prompt, "\n[") {
		if passage == 0 && strings.Contains(part, quote) {
			passage = i
		}
	}
	cite := func(number int, quote string) []any { return []any{map[string]any{"passage": number, "quote": quote}} }
	text, err := json.Marshal(map[string]any{
		"answerable": true, "gap": "", "next": []string{"How long were the instructions?", "What does <!channel> think?", "Which stocks should Tasmania buy?"},
		"answer": []any{
			map[string]any{"sentence": "Einen Prompt auf ein Drittel zu kürzen, spart meist mehr.", "citations": cite(passage, quote)},
			map[string]any{"sentence": "Das spart 70 Prozent der Kosten.", "citations": cite(passage, quote)},
			map[string]any{"sentence": "Ein Modell zum halben Preis spart am meisten.", "citations": cite(passage, "A model at half the price usually saves most of all")},
			map[string]any{"sentence": "Es spart nicht.", "citations": []any{}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
