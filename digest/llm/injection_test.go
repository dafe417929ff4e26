package llm_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/llm/llmtest"
	"podbrief/digest/transcript"
)

type injection struct {
	Carrier []string `json:"carrier_transcript"`
	Cases   []struct {
		ID, Where, Payload string
		Question           string   `json:"user_question"`
		Obedient           string   `json:"obedient_llm_output"`
		MustNot            []string `json:"must_not_appear"`
		Survive            bool     `json:"good_insights_survive"`
	}
}

// A model that obeys the attacker gets nothing past the validator, and what is honest in its answer survives.
func TestAnObedientModelIsNotBelieved(t *testing.T) {
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
