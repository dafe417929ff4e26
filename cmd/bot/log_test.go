package main

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"podbrief/configs"
)

func TestRedact(t *testing.T) {
	clean := redact([]string{"xoxb-very-secret"})
	for _, c := range []struct{ text, want string }{
		{"feed not read", "feed not read"},
		{`Get "https://private.example/rss?key=SECRET": connection reset`, `Get "https://private.example/…": connection reset`},
		{`Post "https://discord.com/api/v10/interactions/1/TOKEN/callback": EOF`, `Post "https://discord.com/…": EOF`},
		{"see https://user:pass@pay.example/show/abc, then http://127.0.0.1:8099/x", "see https://pay.example/… then http://127.0.0.1:8099/…"},
		{"wss://gateway.discord.gg/?v=10", "wss://gateway.discord.gg/…"},
		{"https://example.com is down", "https://example.com is down"},
		{"bearer xoxb-very-secret refused", "bearer [secret] refused"},
	} {
		if got := clean(c.text); got != c.want {
			t.Errorf("redact(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

// TestLoggerKeepsSecrets logs a secret and a private address in every kind of value, and with every method of a logger.
func TestLoggerKeepsSecrets(t *testing.T) {
	const token, address = "token-of-discord", "https://private.example/rss?key=KEY"
	config, err := configs.Load(func(key string) string { return map[string]string{"DISCORD_TOKEN": token}[key] }, "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	lg := (&app{config: config, stderr: &out}).logger()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	lg.Error("failed with "+token, "err", errors.New("Get "+address), "url", req.URL, "job", address, "list", []string{address, token})
	lg.With("feed", address).WithGroup("g").Warn(address, "token", token)
	for _, secret := range []string{token, "KEY", "/rss"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, out.String())
		}
	}
	if n := strings.Count(out.String(), "private.example"); n != 6 {
		t.Errorf("the log names the host %d times, want 6:\n%s", n, out.String())
	}
}
