package insight_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"podbrief/digest/insight"
)

// shared is the folder of data that is not part of the repository, or skips the test.
func sharedFile(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("PODBRIEF_SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("needs the shared data: %v", err)
	}
	return data
}

func TestInstructsFindsOrdersToMachines(t *testing.T) {
	var file struct {
		Cases []struct {
			ID, Where, Payload string
			Hold               []string `json:"must_hold"`
		}
	}
	if err := json.Unmarshal(sharedFile(t, "payloads/prompt-injection.json"), &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		if c.Where == "transcript" && strings.Contains(strings.Join(c.Hold, " "), "G2") && !insight.Instructs(c.Payload) {
			t.Errorf("%s: Instructs(%q) = false, want true", c.ID, c.Payload)
		}
	}
}

func TestInstructsPassesTalkAboutModels(t *testing.T) {
	for _, text := range []string{
		"If the system prompt is too long, the model forgets the middle of it.",
		"We ignore the previous quarter and look at the year.",
		"An assistant that posts to a channel needs a budget, or it posts all day.",
		"You should never put an API key into a prompt, since models repeat what they read.",
		"Rules above all are a promise between people.",
	} {
		if insight.Instructs(text) {
			t.Errorf("Instructs(%q) = true, want false", text)
		}
	}
}

func TestUnsafe(t *testing.T) {
	for text, want := range map[string]bool{
		"Postgres 17 cut vacuum memory by 20 times, from 1.5 GB to 75 MB.": false,
		"The ratio is 3:1 in e.g. large teams, i.e. those over 50.":        false,
		"See https://evil.example/x":                                       true,
		"see evil.com/x":                                                   true,
		"@everyone look":                                                   true,
		"<!channel> look":                                                  true,
		"[click](x)":                                                       true,
		"mail me@host.org":                                                 true,
		"call +49 170 1234567 now":                                         true,
		"zero\u200bwidth":                                                  true,
		"right\u202eto left":                                               true,
	} {
		if got := insight.Unsafe(text); got != want {
			t.Errorf("Unsafe(%q) = %v, want %v", text, got, want)
		}
	}
}

// At most one sentence in a thousand of real talk may be taken for an order.
func TestInstructsSpareRealTalk(t *testing.T) {
	sharedFile(t, "corpus/README.md")
	files, err := filepath.Glob("../../../shared/corpus/practical-ai/transcripts/*.md")
	if err != nil || len(files) == 0 {
		t.Skip("needs the shared corpus")
	}
	all, flagged := 0, 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for s := range strings.SplitSeq(string(data), ". ") {
			if all++; insight.Instructs(s) {
				flagged++
			}
		}
	}
	if flagged*1000 > all {
		t.Errorf("%d of %d sentences are taken for orders, want at most 0.1%%", flagged, all)
	}
	t.Logf("%d of %d", flagged, all)
}
