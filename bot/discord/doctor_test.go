package discord

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

// TestDoctorGolden looks at set-ups of every kind, and writes down what Doctor says of them.
func TestDoctorGolden(t *testing.T) {
	secret := bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: "300000000000000009", Name: "secret"}
	all := []bot.Channel{general(), forum(), personal(discordtest.User)}
	var sb strings.Builder
	for _, tt := range []struct {
		name     string
		channels []bot.Channel
		change   func(*stage)
	}{
		{"all is right", all, func(*stage) {}},
		{"nobody has a brief", nil, func(*stage) {}},
		{"a wrong token", all, func(s *stage) { s.Token = "wrong" }},
		{"nobody answers", all, func(s *stage) { s.API = "http://127.0.0.1:1" }},
		{"the intent is missing", nil, func(s *stage) { s.MessageContent = true }},
		{"the intent is there", nil, func(s *stage) { s.MessageContent, s.server.Flags = true, messageContentLimited }},
		{"permissions are missing", append(all, secret), func(s *stage) {
			s.server.Place(discordtest.General).Deny = uint64(readHistory | createThreads)
			s.server.Place(discordtest.Forum).Deny = uint64(viewChannel)
		}},
	} {
		s := newStage(t)
		tt.change(s)
		fmt.Fprintf(&sb, "%s:\n", tt.name)
		for _, f := range s.Doctor(t.Context(), tt.channels) {
			fmt.Fprintf(&sb, "  %-5v  %s\n", f.OK, strings.Replace(f.What, "not sent: ", "", 1))
		}
	}
	golden(t, "doctor", sb.String())
}

// golden compares a text with a golden file, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is different; look at it and run with -update:\n%s", name, got)
	}
}
