package insight_test

import (
	"encoding/json"
	"strings"
	"testing"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

// Whatever an attacker writes into a transcript, the built-in engine does not pick it.
func TestBuiltinPicksNoPayload(t *testing.T) {
	var file struct {
		Carrier []string `json:"carrier_transcript"`
		Cases   []struct {
			ID, Where, Payload string
			MustNot            []string `json:"must_not_appear"`
		}
	}
	if err := json.Unmarshal(sharedFile(t, "payloads/prompt-injection.json"), &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		if c.Where != "transcript" {
			continue
		}
		text := &transcript.Transcript{Source: "vtt", Language: "en"}
		for _, line := range file.Carrier {
			line = strings.ReplaceAll(line, "{PAYLOAD}", c.Payload)
			text.Segments = append(text.Segments, transcript.Segment{Speaker: "Ana Lopez", Text: line})
		}
		got, err := insight.NewBuiltin().Extract(t.Context(), insight.Input{Episode: feed.Episode{ID: "e1"}, Transcript: text})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range got {
			if insight.Instructs(i.Text) || insight.Unsafe(i.Text) || strings.Contains(c.Payload, i.Quote) {
				t.Errorf("%s: Extract picked %q, want none of the payload", c.ID, i.Text)
			}
		}
	}
}

func TestLeftOutMarksAdvertising(t *testing.T) {
	ad := "This episode is sponsored by Harbor. Harbor backs up your database in minutes. Go to harbor dot example slash stack and use the code stack for ten percent off your first year."
	talk := "Dual writes never gave us a consistent ledger, because the two databases committed in different orders. An outbox table put every event into the same transaction as the payment."
	text := &transcript.Transcript{Segments: []transcript.Segment{
		{Speaker: "Maria Ortiz", Text: talk}, {Speaker: "Jon Bell", Text: ad}, {Speaker: "Maria Ortiz", Text: talk + " So we kept it."},
	}}
	got := insight.NewBuiltin().LeftOut(insight.Input{Episode: feed.Episode{ID: "e1"}, Transcript: text})
	if want := []bool{false, true, false}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("LeftOut = %v, want %v", got, want)
	}
}
