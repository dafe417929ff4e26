package bot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/digest/feed"
	"podbrief/store"
)

// TestComplete types at every argument that is completed.
func TestComplete(t *testing.T) {
	b, _ := emptyBot(t)
	b.Sources.Catalog = []feed.Outline{
		{Title: "Latent Talk", URL: "https://l.example/", Topic: "ai"}, {Title: "The Kernel Hour", URL: "https://k.example/", Topic: "open-source"},
		{Title: "Kernel Panic", URL: "https://p.example/", Topic: "security"}, {Title: "Kernel Panic", URL: "https://p2.example/", Topic: "security"},
	}
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		return PutSubscription(tx, Subscription{Channel: room("C1"), Topics: []string{"ai", "rust"}, Exclude: []string{"crypto"},
			Follow: []string{"https://l.example/"}, Mute: []string{"https://k.example/"}, MuteWords: []string{"football"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		word, typed string
		want        []string // values
	}{
		{"topic", "", []string{"ai", "open source", "security"}},
		{"topic", "sec", []string{"security"}},
		{"topic", "ai, op", []string{"ai, open source"}},
		{"topic", "ai, xyz", nil},
		{"untopic", "", []string{"ai", "rust", "crypto"}},
		{"untopic", "ru", []string{"rust"}},
		{"follow", "kernel", []string{"Kernel Panic", "The Kernel Hour"}}, // those that begin with it first, each name once
		{"unfollow", "", []string{"Latent Talk"}},
		{"mute", "latent", []string{"Latent Talk"}},
		{"unmute", "", []string{"The Kernel Hour", "football"}},
		{"unmute", "foot", []string{"football"}},
		{"time", "08:30 berl", []string{"08:30 Europe/Berlin"}},
		{"time", "honol", []string{"Pacific/Honolulu"}},
		{"help", "un", []string{"untopic", "unfollow", "unmute"}},
		{"why", "panic", []string{"Kernel Panic"}},
	}
	for _, tt := range tests {
		c := rowOf(t, b, tt.word)
		var got []string
		for _, choice := range c.Complete(Request{Channel: room("C1")}, "", tt.typed) {
			got = append(got, choice.Value)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s, typed %q (-want +got):\n%s", tt.word, tt.typed, diff)
		}
	}
	for _, c := range b.Commands() {
		if c.Complete == nil {
			continue
		}
		if got := c.Complete(Request{Channel: room("nobody")}, "", "qqqq"); len(got) > 0 {
			t.Errorf("%s: a channel without a brief gets %v for what nothing is called", c.Word, got)
		}
	}
}

// TestCompleteKeepsTheLimits types where there is much to choose from: at most 25 choices of at most 100 characters.
func TestCompleteKeepsTheLimits(t *testing.T) {
	b, _ := emptyBot(t)
	for i := range 300 {
		b.Sources.Catalog = append(b.Sources.Catalog, feed.Outline{
			Title: fmt.Sprintf("%03d %s", i, strings.Repeat("長いタイトル", 30)), URL: fmt.Sprintf("https://%d.example/", i), Topic: fmt.Sprintf("topic-%d", i),
		})
	}
	for _, word := range []string{"topic", "follow", "mute", "why", "time"} {
		for _, typed := range []string{"", strings.Repeat("topic 1, ", 30), "0"} {
			got := rowOf(t, b, word).Complete(Request{Channel: room("C1")}, "", typed)
			if len(got) > 25 {
				t.Errorf("%s, typed %.20q: %d choices, at most 25", word, typed, len(got))
			}
			for _, c := range got {
				if len([]rune(c.Label)) > 100 || len([]rune(c.Value)) > 100 {
					t.Errorf("%s, typed %.20q: choice %q is longer than 100 characters", word, typed, c.Label)
				}
			}
		}
	}
}

func rowOf(t *testing.T, b *Bot, word string) Command {
	t.Helper()
	for _, c := range b.Commands() {
		if c.Word == word {
			return c
		}
	}
	t.Fatalf("there is no command %q", word)
	return Command{}
}
