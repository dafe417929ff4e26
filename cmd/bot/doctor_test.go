package main

import (
	"path/filepath"
	"strings"
	"testing"

	"podbrief/store"
)

// TestDoctorBesideTheBot: who asks what is wrong need not stop the bot, which holds the store.
func TestDoctorBesideTheBot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	db, err := store.OpenBolt(path, store.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	t.Setenv("TMPDIR", t.TempDir())
	env := map[string]string{
		"OPENAI_MODEL": "m", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
		"DISCORD_TOKEN": "not-a-token", "DISCORD_API_URL": "http://127.0.0.1:9/api/v10",
	}
	for _, tt := range []struct{ what, want string }{
		{"llm", "failed  extract: "},
		{"discord", "The bot is running on this store, so the permissions in its channels were not looked at"},
	} {
		var out, errs strings.Builder
		err := run(t.Context(), []string{"doctor", tt.what, "--store", path}, func(k string) string { return env[k] }, strings.NewReader(""), &out, &errs)
		if err == nil || !strings.Contains(out.String(), tt.want) || strings.Contains(err.Error(), "in use") {
			t.Errorf("doctor %s beside the bot: %v, printed %q, want %q in it", tt.what, err, out.String(), tt.want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(t.TempDir(), "..", "*", "podbrief-doctor-*")); len(left) > 0 {
		t.Errorf("the empty store is left: %q", left)
	}
}
