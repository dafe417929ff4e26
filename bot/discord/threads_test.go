package discord

import (
	"net/http"
	"strings"
	"testing"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// TestOpenThread checks that a brief that wants a thread has one, which says how to ask there.
func TestOpenThread(t *testing.T) {
	for _, tt := range []struct {
		name     string
		ch       bot.Channel
		content  bool // the right to read messages
		want     bool
		messages int // in the thread
	}{
		{"in a channel", general(), false, true, 1},
		{"that may be read", general(), true, true, 0},
		{"in direct messages", personal(discordtest.User), false, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			s.MessageContent = tt.content
			m := bottest.Brief(5)
			m.OpenThread = true
			id, err := s.Post(t.Context(), tt.ch, m, "key")
			if err != nil {
				t.Fatal(err)
			}
			opened := s.server.Requests(http.MethodPost, "/messages/"+id+"/threads")
			if len(opened) > 0 != tt.want {
				t.Fatalf("%d threads opened", len(opened))
			}
			if tt.want && !strings.Contains(string(opened[0].Body), m.Heading) {
				t.Errorf("the thread is opened with %s, want the name %q", opened[0].Body, m.Heading)
			}
			if n := len(s.server.Messages(id)); n != tt.messages {
				t.Errorf("%d messages in the thread, want %d", n, tt.messages)
			}
		})
	}
}

// TestOpenThreadRefused checks that a brief counts as posted when its thread cannot be opened.
func TestOpenThreadRefused(t *testing.T) {
	s := newStage(t)
	s.server.Fault = func(r *http.Request) *discordtest.Fault {
		if strings.HasSuffix(r.URL.Path, "/threads") {
			return discordtest.Refused(403, 50013)
		}
		return nil
	}
	m := bottest.Brief(1)
	m.OpenThread = true
	if _, err := s.Post(t.Context(), general(), m, "key"); err != nil {
		t.Errorf("Post = %v, want the brief posted", err)
	}
}

// TestForumPost checks that a brief in a forum is a thread of its own, which says how to ask there.
func TestForumPost(t *testing.T) {
	for _, content := range []bool{false, true} {
		s := newStage(t)
		s.MessageContent = content
		m := bottest.Brief(1)
		id, err := s.Post(t.Context(), forum(), m, "key")
		if err != nil {
			t.Fatal(err)
		}
		if p := s.server.Place(id); p.Parent != discordtest.Forum || p.Name != m.Heading {
			t.Errorf("posted as %q in %q, want %q in the forum", p.Name, p.Parent, m.Heading)
		}
		body := string(s.server.Requests(http.MethodPost, "/threads")[0].Body)
		if strings.Contains(body, "Mention me here") == content {
			t.Errorf("with the right to read messages %v the post is %s", content, body)
		}
	}
}
