package bot

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestUnread checks that many unreadable podcasts are one line in the log, and none is no line.
func TestUnread(t *testing.T) {
	var out bytes.Buffer
	lg := slog.New(slog.NewTextHandler(&out, nil))
	var u unread
	u.report(lg)
	if out.Len() > 0 {
		t.Errorf("nothing unread is logged as %q", out.String())
	}
	for i := range 40 {
		u.add(fmt.Sprintf("host%02d.example", i/2), errors.New("no answer"))
	}
	u.report(lg)
	u.report(lg)
	if got := out.String(); strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, "feeds=40") ||
		!strings.Contains(got, "host04.example") && !strings.Contains(got, "host02.example") || strings.Contains(got, "host07") {
		t.Errorf("40 unread podcasts are logged as %q", got)
	}
}
