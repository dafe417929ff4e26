package slack

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"podbrief/bot/slack/slacktest"
)

// doctorCases are the ways in which an app can be set up, with what to change of one that is set up well.
var doctorCases = []struct {
	name     string
	lacks    []string // scopes
	config   string   // the app configuration token
	adapter  func(*Adapter)
	manifest func(*slack.Manifest)
	fails    string // a method that answers with an HTTP error
}{
	{name: "all-good", config: slacktest.ConfigToken},
	{name: "without-config-token"},
	{name: "missing-scopes", lacks: []string{"im:write", "groups:history"}},
	{name: "missing-event", config: slacktest.ConfigToken, manifest: func(m *slack.Manifest) {
		m.Settings.EventSubscriptions.BotEvents = slices.DeleteFunc(m.Settings.EventSubscriptions.BotEvents, func(e string) bool { return e == "app_mention" })
	}},
	{name: "wrong-settings", config: slacktest.ConfigToken, manifest: func(m *slack.Manifest) {
		m.Settings.EventSubscriptions, m.Settings.Interactivity, m.Features.SlashCommands, m.Settings.SocketModeEnabled = nil, nil, nil, false
	}},
	{name: "wrong-token", adapter: func(a *Adapter) { a.BotToken = "xoxb-wrong" }},
	{name: "wrong-app-token", adapter: func(a *Adapter) { a.AppToken = "xapp-wrong" }},
	{name: "no-app-token", adapter: func(a *Adapter) { a.AppToken = "" }},
	{name: "no-secret", adapter: func(a *Adapter) { a.HTTP, a.SigningSecret = true, "" }},
	{name: "signed-requests", adapter: func(a *Adapter) { a.HTTP = true }},
	{name: "wrong-config-token", config: "xoxe.xoxp-wrong"},
	{name: "app-not-found", config: slacktest.ConfigToken, lacks: []string{"users:read"}},
	{name: "slack-is-down", fails: "auth.test"},
}

// TestDoctor looks at apps that are set up well and badly: it names what is missing and shows no token.
func TestDoctor(t *testing.T) {
	for _, tt := range doctorCases {
		t.Run(tt.name, func(t *testing.T) {
			s := newWorkspace(t)
			m := manifest(t)
			if tt.manifest != nil {
				tt.manifest(m)
			}
			s.Lacks, s.Manifest = tt.lacks, m
			s.Fault = func(method string, _ url.Values) *slacktest.Fault {
				if method == tt.fails {
					return &slacktest.Fault{Status: 503}
				}
				return nil
			}
			a := newAdapter(t, s)
			if tt.adapter != nil {
				tt.adapter(a)
			}
			var sb strings.Builder
			for _, f := range a.Doctor(t.Context(), tt.config) {
				fmt.Fprintf(&sb, "%-6v %s\n", map[bool]string{true: "ok", false: "failed"}[f.OK], f.What)
			}
			golden(t, filepath.Join("testdata", "doctor", tt.name+".golden"), sb.String())
			if strings.Contains(sb.String(), "-wrong") || strings.Contains(sb.String(), "-test-") {
				t.Errorf("a token is shown:\n%s", sb.String())
			}
		})
	}
}

// golden compares a text with the file that keeps it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run go test -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
