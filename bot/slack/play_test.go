package slack

import (
	"fmt"
	"strings"
	"testing"
)

// eachMode runs a story over Socket Mode and over signed requests.
func eachMode(t *testing.T, story func(*testing.T, world)) {
	for name, http := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, newWorld(t, http))
		})
	}
}

func text(m map[string]any) string { return fmt.Sprint(m) }

func TestFromCommandToBrief(t *testing.T) {
	eachMode(t, func(t *testing.T, w world) {
		got := w.command(t, member, general, "topic ai")
		if !strings.Contains(text(got), "Following: ai") || got["response_type"] != "in_channel" {
			t.Errorf("/brief topic ai = %v", got)
		}
		if err := w.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		posts := w.slack.Messages(general)
		if len(posts) != 1 || posts[0].Metadata["event_type"] != metadataType || len(posts[0].Blocks) < 4 {
			t.Fatalf("%d messages after the first command, want a brief: %+v", len(posts), posts)
		}
	})
}
