package bot

import (
	"strings"
	"testing"
	"time"
)

// TestPeopleReadNoMachineWords refuses a post in each way and looks at all that people are then told: none of our own words
// for the classes is in it, and what the platform said is.
func TestPeopleReadNoMachineWords(t *testing.T) {
	for _, class := range []Class{Wait, Ambiguous, ChannelStop, TenantStop, PayloadFix, UserGone} {
		c := newCourier(t)
		c.platform.answers = []error{fault(class)}
		c.due(t, room("C1"))
		c.pass(t, time.Minute)
		var told []string
		for _, line := range []string{"status", "now", "resume"} {
			m := c.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Read | Manage, Words: []string{line}}, nil)
			told = append(told, m.Text)
			for _, s := range m.Sections {
				told = append(told, s.Text)
			}
		}
		for _, p := range c.platform.posts {
			told = append(told, p.Text)
		}
		all := strings.Join(told, "\n")
		if class == ChannelStop && !strings.Contains(all, "I may not post there (the answer was: said no)") ||
			class == TenantStop && !strings.Contains(all, "I am not let into the whole workspace (the answer was: said no)") ||
			class == UserGone && !strings.Contains(all, "this person takes no messages from me (the answer was: said no)") {
			t.Errorf("after %q people are told %q, want the reason in words", class, all)
		}
		if strings.Contains(all, string(class)+":") || strings.Contains(all, "_stop") || strings.Contains(all, "user_gone") {
			t.Errorf("after %q people are told %q, want no word of ours", class, all)
		}
	}
}

// TestOutcome says of a brief that was asked for what became of it.
func TestOutcome(t *testing.T) {
	tests := []struct {
		state State
		err   string
		want  string
	}{
		{Delivered, "", "Posted. The day's brief still comes at its time."},
		{Planned, "", "It is on its way."},
		{Sending, "busy", "It is on its way; the platform answered: busy."},
		{GivenUp, "busy", "It could not be sent in time; the platform answered: busy."},
		{Unsure, "", "It was sent, but the platform never confirmed it."},
		{Refused, "bad", "The platform refused the message; the operator finds it in the log."},
	}
	for _, tt := range tests {
		b, _ := emptyBot(t)
		d := planned()
		d.State, d.Error = tt.state, tt.err
		put(t, b, d)
		if m, err := b.outcome(t.Context(), d.ID); err != nil || m.Text != tt.want {
			t.Errorf("outcome of %q (%q) = %q, %v, want %q", tt.state, tt.err, m.Text, err, tt.want)
		}
	}
}
