package discord

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// roleVar makes the test binary another process: it holds the role and its arguments.
const roleVar = "PODBRIEF_TEST_ROLE"

// roles are the processes that the test binary can be.
var roles = map[string]func(args []string) error{"bare": runBare, "asked": runAsked, "far": runFar}

func TestMain(m *testing.M) {
	bottest.Killed(func(address string) bot.Adapter { return &Adapter{Token: discordtest.Token, API: address} })
	role := strings.Fields(os.Getenv(roleVar))
	if len(role) == 0 {
		os.Exit(m.Run())
	}
	if err := roles[role[0]](role[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// process is the test binary in a role.
func process(role ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"="+strings.Join(role, " "))
	return cmd
}
