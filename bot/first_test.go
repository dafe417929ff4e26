package bot

import (
	"strings"
	"testing"
	"time"
)

// TestFirstBriefOutlivesTheHour subscribes just before the hour, when nothing is there to tell yet: that day's brief waits for
// something, also when the hour is that of the next date, and the next day's comes whatever there is.
func TestFirstBriefOutlivesTheHour(t *testing.T) {
	tests := []struct {
		made, promised time.Time
		at             Schedule
	}{
		{noon.Add(-2 * time.Minute), noon.Add(24 * time.Hour), Schedule{Hour: 12, Zone: "UTC"}},
		{noon.Add(-5 * time.Hour), noon.Add(24 * time.Hour), Schedule{Hour: 12, Zone: "UTC"}},
		{noon.Add(12*time.Hour - 2*time.Minute), noon.Add(36 * time.Hour), Schedule{Zone: "UTC"}},
	}
	for _, tt := range tests {
		c := newCourier(t)
		c.now = tt.made
		sub, err := c.change(t.Context(), room("C1"), func() Subscription {
			return newSubscription(Request{}, room("C1"), "UTC", tt.made)
		}, func(s *Subscription) error {
			s.Topics, s.Schedule = []string{"ai"}, tt.at
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if at, due, err := c.nextBrief(t.Context(), &sub, c.now); err != nil || due || !at.Equal(tt.promised) {
			t.Errorf("made at %v with %v: the next brief is promised for %v (due %v, %v), want %v", tt.made, tt.at, at, due, err, tt.promised)
		}
		c.pass(t, tt.promised.Sub(tt.made)-time.Minute)
		sub, _, err = c.subscriptionOf(t.Context(), room("C1"))
		if err != nil || !sub.First || c.platform.count() > 0 {
			t.Errorf("made at %v with %v: %d posts of nothing, first %v (%v), want it to wait for something", tt.made, tt.at, c.platform.count(), sub.First, err)
		}
		c.pass(t, 2*time.Minute)
		if c.platform.count() != 1 || !strings.HasPrefix(c.platform.posts[0].Heading, "Nothing new") {
			t.Errorf("made at %v with %v: on the day after %+v, want the brief of that day", tt.made, tt.at, c.platform.posts)
		}
	}
}
