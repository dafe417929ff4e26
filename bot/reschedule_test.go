package bot

import (
	"strings"
	"testing"
	"time"
)

// TestChangedSchedule changes the hour to one that has passed: up to twelve hours later the brief comes at once and is not
// called late; after that it comes the next day, and nothing is called missed.
func TestChangedSchedule(t *testing.T) {
	tests := []struct {
		at    time.Duration // after noon
		to    string
		posts int
	}{
		{3 * time.Hour, "12:30 UTC", 1},
		{10 * time.Hour, "08:30 UTC", 0},
	}
	for _, tt := range tests {
		c := newCourier(t)
		c.due(t, room("C1"))
		if _, err := c.change(t.Context(), room("C1"), nil, func(s *Subscription) error {
			s.Since, s.Schedule.Hour = noon.AddDate(0, 0, -2), 23
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		c.now = noon.Add(tt.at)
		c.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Manage, Words: []string{"time", tt.to}}, nil)
		c.pass(t, 2*time.Minute)
		if n := c.platform.count(); n != tt.posts {
			t.Errorf("changed to %s at %v: %d posts, want %d", tt.to, c.now, n, tt.posts)
		}
		for _, p := range c.platform.posts {
			if strings.Contains(p.Footer, "Late") {
				t.Errorf("changed to %s: the brief says %q, but nobody waited for it", tt.to, p.Footer)
			}
		}
		status := c.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Manage, Words: []string{"status"}}, nil)
		for _, s := range status.Sections {
			if strings.Contains(s.Text, "missed") {
				t.Errorf("changed to %s: status says %q", tt.to, s.Text)
			}
		}
		c.now = noon.Add(24*time.Hour + 31*time.Minute)
		if c.pass(t, 2*time.Minute); c.platform.count() != tt.posts+1 {
			t.Errorf("changed to %s: %d posts after the next day's hour, want %d", tt.to, c.platform.count(), tt.posts+1)
		}
	}
}
