package discord

import (
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

func TestDoctor(t *testing.T) {
	s := newStage(t)
	s.MessageContent = true
	s.server.Place(discordtest.General).Deny = uint64(readHistory)
	var wrong []string
	for _, f := range s.Doctor(t.Context(), []bot.Channel{general(), forum(), personal(discordtest.User)}) {
		if !f.OK {
			wrong = append(wrong, f.What)
		}
	}
	if len(wrong) != 2 || !strings.Contains(wrong[0], "Message Content Intent") || !strings.Contains(wrong[1], "lacks Read Message History") {
		t.Errorf("Doctor finds %q, want the intent and the history", wrong)
	}
}

func TestDoctorToken(t *testing.T) {
	s := newStage(t)
	s.Token = "wrong"
	if f := s.Doctor(t.Context(), nil); len(f) != 1 || f[0].OK || !strings.Contains(f[0].What, "DISCORD_TOKEN") {
		t.Errorf("Doctor with a wrong token = %v", f)
	}
}
