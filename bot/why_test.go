package bot_test

import (
	"testing"
)

// TestWhyKeepsItsNumber changes what a channel wants after its brief: why still explains the numbers that were sent.
func TestWhyKeepsItsNumber(t *testing.T) {
	_, say := briefed(t)
	was := say("why 2")
	say("topic science")
	say("untopic ai")
	if m := say("why 2"); m.Heading != "Why number 2" || m.Text != was.Text || m.Sections[0].Text != was.Sections[0].Text {
		t.Errorf("after a change of topics why 2 says %q %q, want %q %q", m.Heading, m.Text, was.Heading, was.Text)
	}
}
