package slack

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
)

// scopesOf says which scopes the calls of this package need. slack-go's names of methods stand in the code.
var scopesOf = map[string][]string{
	"AuthTestContext": nil, "StartSocketModeContext": nil, "OpenViewContext": nil, "UpdateViewContext": nil, "PublishViewContext": nil, "ExportManifestContext": nil,
	"PostMessageContext": {"chat:write"}, "PostEphemeralContext": {"chat:write"}, "UpdateMessageContext": {"chat:write"}, "DeleteMessageContext": {"chat:write"},
	"GetUserInfoContext": {"users:read"}, "GetBotInfoContext": {"users:read"}, "OpenConversationContext": {"im:write"},
	"GetConversationHistoryContext": {"channels:history", "groups:history", "im:history"}, "GetConversationRepliesContext": {"channels:history", "groups:history", "im:history"},
	"GetConversationInfoContext": {"channels:read", "groups:read"}, "GetUsersInConversationContext": {"channels:read", "groups:read"},
	"UploadFileContext": {"files:write"},
}

// scopesOfEvents says which scopes events need.
var scopesOfEvents = map[string]string{
	"app_mention": "app_mentions:read", "message.im": "im:history", "message.channels": "channels:history", "message.groups": "groups:history",
	"channel_archive": "channels:read", "channel_deleted": "channels:read", "channel_left": "channels:read", "channel_rename": "channels:read",
	"group_archive": "groups:read", "group_deleted": "groups:read", "group_left": "groups:read", "group_rename": "groups:read",
}

func manifest(t *testing.T) *slack.Manifest {
	t.Helper()
	b, err := os.ReadFile("../../configs/slack-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var m slack.Manifest
	if err := yaml.UnmarshalWithOptions(b, &m, yaml.DisallowUnknownField()); err != nil {
		t.Fatal(err)
	}
	return &m
}

// TestManifestScopes checks that the manifest asks for what the code needs, and for nothing else.
func TestManifestScopes(t *testing.T) {
	m := manifest(t)
	want := map[string]bool{"commands": true}
	for _, method := range called(t) {
		scopes, known := scopesOf[method]
		if !known {
			t.Errorf("which scopes does %s need? Say so in scopesOf", method)
		}
		for _, s := range scopes {
			want[s] = true
		}
	}
	for _, e := range m.Settings.EventSubscriptions.BotEvents {
		if s := scopesOfEvents[e]; s != "" {
			want[s] = true
		}
	}
	var list, needs []string
	for s := range want {
		list = append(list, s)
	}
	for _, n := range Needs() {
		needs = append(needs, n.Scope)
	}
	slices.Sort(list)
	if diff := cmp.Diff(list, m.OAuthConfig.Scopes.Bot); diff != "" {
		t.Errorf("scopes of the manifest (-needed +there):\n%s", diff)
	}
	if diff := cmp.Diff(list, needs); diff != "" {
		t.Errorf("scopes of Needs (-needed +there):\n%s", diff)
	}
}

// TestManifestForSignedRequests takes the comments out of the manifest, as it says: then it is one for signed requests.
func TestManifestForSignedRequests(t *testing.T) {
	b, err := os.ReadFile("../../configs/slack-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	marked := regexp.MustCompile(`# ((?:request_)?url: https://podbrief.example.com/slack)`)
	if n := len(marked.FindAll(b, -1)); n != 3 {
		t.Errorf("%d addresses are marked, want 3", n)
	}
	text := strings.Replace(marked.ReplaceAllString(string(b), "$1"), "socket_mode_enabled: true", "socket_mode_enabled: false", 1)
	var m slack.Manifest
	if err := yaml.UnmarshalWithOptions([]byte(text), &m, yaml.DisallowUnknownField()); err != nil {
		t.Fatal(err)
	}
	if found := manifestFindings(&m, true); len(found) != 1 || !found[0].OK {
		t.Errorf("findings: %+v", found)
	}
	for _, address := range []string{m.Features.SlashCommands[0].Url, m.Settings.EventSubscriptions.RequestUrl, m.Settings.Interactivity.RequestUrl} {
		if !strings.HasSuffix(address, "/slack") {
			t.Errorf("request URL %q, want one of the path /slack", address)
		}
	}
}

// called are the methods of slack-go that the code calls.
func called(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\.api\.(\w+)\(`).FindAllStringSubmatch(string(b), -1) {
			all = append(all, m[1])
		}
	}
	return all
}

// TestManifestRules holds the manifest against Slack's limits of manifests.
func TestManifestRules(t *testing.T) {
	m := manifest(t)
	for what, n := range map[string][2]int{
		"name": {utf8.RuneCountInString(m.Display.Name), 35}, "description": {utf8.RuneCountInString(m.Display.Description), 140},
		"bot name": {utf8.RuneCountInString(m.Features.BotUser.DisplayName), 80}, "slash commands": {len(m.Features.SlashCommands), 50},
		"scopes": {len(m.OAuthConfig.Scopes.Bot), 255}, "bot events": {len(m.Settings.EventSubscriptions.BotEvents), 100},
	} {
		if n[0] == 0 || n[0] > n[1] {
			t.Errorf("%s of %d, want 1 to %d", what, n[0], n[1])
		}
	}
	for _, c := range m.Features.SlashCommands {
		if !regexp.MustCompile(`^/[a-z-]{1,31}$`).MatchString(c.Command) || !c.ShouldEscape {
			t.Errorf("command %q, escaping %v", c.Command, c.ShouldEscape)
		}
	}
	if diff := cmp.Diff(Events(), m.Settings.EventSubscriptions.BotEvents); diff != "" {
		t.Errorf("events of the manifest (-wanted +there):\n%s", diff)
	}
	if found := manifestFindings(m, false); len(found) != 1 || !found[0].OK {
		t.Errorf("findings about the manifest: %+v", found)
	}
}
