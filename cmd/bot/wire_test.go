package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"podbrief/bot/directory"
	"podbrief/configs"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/llm"
)

// configured is a program with some settings and nothing else.
func configured(t *testing.T, env map[string]string) (*app, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	config, err := configs.Load(func(key string) string { return env[key] }, "")
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	return &app{config: config, stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, screen: screen{width: 80}}, &stdout, &stderr
}

// TestAdapters checks which platforms are served with which settings.
func TestAdapters(t *testing.T) {
	const slackToken, discordToken = "xoxb-1", "abc"
	tests := []struct {
		env  map[string]string
		want string
		says string
	}{
		{nil, "console", "No chat platform is configured, so this is the console"},
		{map[string]string{"SLACK_BOT_TOKEN": slackToken}, "slack", ""},
		{map[string]string{"DISCORD_TOKEN": discordToken}, "discord", ""},
		{map[string]string{"SLACK_BOT_TOKEN": slackToken, "DISCORD_TOKEN": discordToken}, "slack discord", ""},
	}
	for _, tt := range tests {
		a, _, stderr := configured(t, tt.env)
		var got []string
		for _, adapter := range a.adapters(slog.New(slog.DiscardHandler), func() {}) {
			got = append(got, adapter.Platform())
		}
		if strings.Join(got, " ") != tt.want || !strings.Contains(stderr.String(), tt.says) || tt.says == "" && stderr.Len() > 0 {
			t.Errorf("with %v: platforms %q, told %q, want %q and %q", tt.env, got, stderr, tt.want, tt.says)
		}
	}
}

// TestDirectory checks where podcasts are looked up by name.
func TestDirectory(t *testing.T) {
	tests := []struct {
		env  map[string]string
		want directory.Directory
	}{
		{nil, &directory.Apple{Client: http.DefaultClient, URL: "https://itunes.apple.com"}},
		{map[string]string{"DIRECTORY_URL": "off"}, nil},
		{map[string]string{"DIRECTORY_URL": "off", "PODCASTINDEX_KEY": "k"}, nil},
		{map[string]string{"PODCASTINDEX_KEY": "k", "PODCASTINDEX_SECRET": "s"}, &directory.PodcastIndex{Client: http.DefaultClient, Key: "k", Secret: "s"}},
	}
	for _, tt := range tests {
		a, _, _ := configured(t, tt.env)
		if got := a.directory(http.DefaultClient); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", tt.want) {
			t.Errorf("with %v: %#v, want %#v", tt.env, got, tt.want)
		}
	}
}

// TestReport prints what was looked at, and fails when something is wrong.
func TestReport(t *testing.T) {
	tests := []struct {
		name string
		c    checkup
		out  string
		err  string
	}{
		{"all is well", checkup{name: "Slack", configured: true, try: found(finding{true, "The token works."})}, "ok      The token works.\n", ""},
		{"one is wrong", checkup{name: "Slack", configured: true, try: found(finding{true, "The token works."}, finding{false, "A scope is missing: add it."})},
			"ok      The token works.\nfailed  A scope is missing: add it.\n", "Slack is not set up completely"},
		{"it cannot be tried", checkup{name: "Slack", configured: true, try: func(context.Context) ([]finding, error) { return nil, errors.New("the store is locked") }}, "", "the store is locked"},
		{"not configured", checkup{name: "Slack", how: "set SLACK_BOT_TOKEN"}, "", "Slack is not configured; set SLACK_BOT_TOKEN"},
	}
	for _, tt := range tests {
		a, stdout, _ := configured(t, nil)
		err := a.reportOne(t.Context(), tt.c)
		if stdout.String() != tt.out || (err != nil) != (tt.err != "") || err != nil && err.Error() != tt.err {
			t.Errorf("%s: %q, %v, want %q, %q", tt.name, stdout, err, tt.out, tt.err)
		}
	}
}

func found(fs ...finding) func(context.Context) ([]finding, error) {
	return func(context.Context) ([]finding, error) { return fs, nil }
}

func TestAmount(t *testing.T) {
	tests := []struct {
		sum, limit llm.Amount
		want       string
	}{
		{llm.Amount{}, llm.Amount{}, "$0.00 in 0 calls and 0 tokens"},
		{llm.Amount{Micros: 1_234_567, Calls: 1, Tokens: 1}, llm.Amount{}, "$1.23 in 1 call and 1 token"},
		{llm.Amount{Micros: 500_000, Calls: 3, Tokens: 900}, llm.Amount{Micros: 2_000_000, Calls: 10, Tokens: 1000}, "$0.50 of $2.00 in 3 of 10 calls and 900 of 1000 tokens"},
		{llm.Amount{Audio: 150}, llm.Amount{Audio: 3600}, "$0.00 in 0 calls and 0 tokens, 2 of 60 minutes of audio"},
	}
	for _, tt := range tests {
		if got := amount(tt.sum, tt.limit); got != tt.want {
			t.Errorf("amount(%+v, %+v) = %q, want %q", tt.sum, tt.limit, got, tt.want)
		}
	}
}

// TestUsesModel checks that spend is told as soon as any duty is a model's.
func TestUsesModel(t *testing.T) {
	if usesModel(&digest.Engine{Answerer: insight.Closest{}}) {
		t.Error("the built-in engine uses a model")
	}
	if !usesModel(&digest.Engine{Answerer: &llm.Answerer{}}) {
		t.Error("answers of a model are not told as its use")
	}
}

func TestOutcome(t *testing.T) {
	tests := []struct {
		kept digest.Kept
		want string
	}{
		{digest.Kept{}, "It was not read yet."},
		{digest.Kept{Outcome: digest.GaveUp, Error: "no\x1b[31m answer"}, "It could not be read: no[31m answer"},
		{digest.Kept{Outcome: digest.NoTranscript, Error: "it is a web page"}, "Its transcript cannot be used: it is a web page."},
		{digest.Kept{Outcome: digest.NoTranscript}, "It offers no transcript and no show notes."},
		{digest.Kept{Outcome: digest.Done, Source: "vtt"}, "0 insights from its transcript (vtt)"},
		{digest.Kept{Outcome: digest.Done, Source: "srt", Engine: "builtin/2"}, "0 insights from its transcript (srt); the built-in engine reads English with punctuation only, other talk needs a language model"},
		{digest.Kept{Outcome: digest.Done, Source: "notes"}, "0 insights from its show notes"},
		{digest.Kept{Outcome: digest.Done, Source: "speech"}, "0 insights from its audio"},
	}
	for _, tt := range tests {
		if got := outcome(tt.kept); got != tt.want {
			t.Errorf("outcome(%+v) = %q, want %q", tt.kept, got, tt.want)
		}
	}
}

func TestReasonOf(t *testing.T) {
	blocked := feed.Check("http://127.0.0.1/feed")
	if got := reasonOf(fmt.Errorf("fetch: %w", blocked)); got == "" || strings.Contains(got, "127.0.0.1/feed") {
		t.Errorf("reasonOf(%v) = %q, want the reason without the address", blocked, got)
	}
	if got := reasonOf(errors.New("plain")); got != "plain" {
		t.Errorf("reasonOf of another error = %q", got)
	}
}

// TestProgress draws nothing on what is no terminal.
func TestProgress(t *testing.T) {
	if draw, done := progressOn(io.Discard); draw != nil {
		t.Error("progress is drawn on what is no terminal")
	} else {
		done()
	}
	if got := stage(digest.Progress{Feeds: 3}) + ", " + stage(digest.Progress{Feeds: 3, Episodes: 1}); got != "Fetching podcasts, Reading episodes" {
		t.Errorf("stages are %q", got)
	}
}
