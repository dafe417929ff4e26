package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// environment returns a getenv that knows the pairs only.
func environment(pairs ...string) func(string) string {
	return func(key string) string {
		for _, p := range pairs {
			if k, v, _ := strings.Cut(p, "="); k == key {
				return v
			}
		}
		return ""
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	secret := write(t, "xoxb-from-file\n")
	file := write(t, "# ours\n\nSTORE=bolt:file.db\nexport LANGUAGES=\"de, en\"\nSLACK_BOT_TOKEN_FILE="+secret+"\n")
	c, err := Load(environment("STORE=bolt:env.db", "LISTEN=off"), file)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	for key, want := range map[string]string{
		"STORE":           "bolt:env.db", // the environment goes before the file
		"LANGUAGES":       "de, en",
		"SLACK_BOT_TOKEN": "xoxb-from-file",
		"SLACK_MODE":      "socket",
		"LISTEN":          "off",
	} {
		if got := c.Get(key); got != want {
			t.Errorf("Get(%s) = %q, want %q", key, got, want)
		}
	}
	if diff := cmp.Diff([]string{"de", "en"}, c.Fields("LANGUAGES")); diff != "" {
		t.Errorf("Fields(LANGUAGES) (-want +got):\n%s", diff)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	tests := []struct {
		name, env, file, want string
	}{
		{"mode", "SLACK_MODE=carrier-pigeon", "", `SLACK_MODE is "carrier-pigeon" (from environment): it must be socket or http`},
		{"store", "STORE=mysql://x", "", `STORE is "mysql://x" (from environment): it must be bolt:FILE or a file's name`},
		{"no file", "STORE=bolt:", "", `STORE is "bolt:" (from environment): name a file after "bolt:"`},
		{"allow", "FETCH_ALLOW=localhost", "", "it must be host:port, such as 127.0.0.1:8080"},
		{"port", "LISTEN=127.0.0.1:99999", "", "its port must be a number up to 65535, or off"},
		{"language", "LANGUAGES=en,d3", "", "write languages as en, de, pt-br"},
		{"language's name", "LANGUAGES=english", "", "write languages as en, de, pt-br"},
		{"token with a word", "DISCORD_TOKEN=Bot abc", "", "it must be the token alone"},
		{"empty secret file", "DISCORD_TOKEN_FILE=" + os.DevNull, "", "DISCORD_TOKEN_FILE names an empty file, " + os.DevNull + "; write"},
		{"shards", "DISCORD_SHARDS=0", "", "it must be auto or a number from 1"},
		{"guild", "DISCORD_DEV_GUILD=ours", "", "it must be a number"},
		{"address", "OPENAI_BASE_URL=localhost", "", "it must be an address that begins with https:// or http://"},
		{"address with a query", "OPENAI_BASE_URL=http://localhost/v1?key=s", "", "it must end with its path"},
		{"price", "OPENAI_PRICES=small=0.25", "", "write prices as name=0.25/2.00"},
		{"limit", "OPENAI_BUDGET_DAY=eur=2", "", "write limits as usd=2, tokens=1000000, calls=100"},
		{"amount", "OPENAI_BUDGET_DAY=usd=much", "", "write limits as usd=2"},
		{"context", "OPENAI_CONTEXT=8k", "", "it must be a number"},
		{"no limit", "OPENAI_BUDGET_DAY=usd=0", "", "a limit of 0 is none"},
		{"negative limit", "OPENAI_BUDGET_DAY=usd=-1", "", "write limits as usd=2"},
		{"a number beyond all", "OPENAI_SPEECH_DAY=99999999999999999999", "", "at most eight digits"},
		{"unknown key", "", "SLAK_MODE=http", `there is no setting "SLAK_MODE"; ` + "`podbrief config` lists them"},
		{"no equals sign", "", "STORE", "line 1: write KEY=VALUE"},
		{"secret file", "DISCORD_TOKEN_FILE=/nowhere/token", "", "DISCORD_TOKEN_FILE names a file that cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := ""
			if tt.file != "" {
				file = write(t, tt.file)
			}
			_, err := Load(environment(tt.env), file)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load error = %v, want %q in it", err, tt.want)
			}
		})
	}
}

// TestSecretGivenTwice: it would be a guess which of the two is meant.
func TestSecretGivenTwice(t *testing.T) {
	_, err := Load(environment("DISCORD_TOKEN=a", "DISCORD_TOKEN_FILE="+write(t, "b")), "")
	if err == nil || err.Error() != "DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set; keep one of them" {
		t.Errorf("Load error = %v", err)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	c, err := Load(environment("SLACK_BOT_TOKEN=xoxb-canary", "OPENAI_API_KEY=canary-2", "OPENAI_BASE_URL=http://me:canary@h/v1", "STORE=bolt:x.db"), "")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := c.Print(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "canary") {
		t.Errorf("Print shows a secret:\n%s", b.String())
	}
	if !strings.Contains(b.String(), "[environment]\nSTORE=bolt:x.db\n") {
		t.Errorf("Print does not show STORE and where it comes from:\n%s", b.String())
	}
	_, err = Load(environment("SLACK_BOT_TOKEN=canary-3"), "")
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("Load of a wrong token: error = %v, want one that does not show it", err)
	}
	_, err = Load(environment("OPENAI_BASE_URL=http://h/v1?api-key=canary"), "")
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("Load of a key in an address: error = %v, want one that does not show it", err)
	}
}

func TestDefaultsAreRight(t *testing.T) {
	if _, err := Load(environment(), ""); err != nil {
		t.Errorf("Load without anything set: %v", err)
	}
	if !strings.Contains(string(Feeds), "<opml") {
		t.Error("Feeds is not an OPML document")
	}
}
