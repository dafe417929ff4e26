package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/store"
)

// TestLastLine says of every state of the newest delivery what became of it.
func TestLastLine(t *testing.T) {
	sub := Subscription{Channel: room("C1"), Schedule: Schedule{Hour: 12, Zone: "Europe/Berlin"}}
	tests := []struct {
		delivery Delivery
		want     string
	}{
		{Delivery{State: Delivered, Insights: []string{"a", "b"}}, "Tue 24 Nov 13:00: sent with 2 insights."},
		{Delivery{State: Delivered, Insights: []string{"a"}}, "Tue 24 Nov 13:00: sent with 1 insight."},
		{Delivery{State: Delivered, Purpose: Quietly}, "Tue 24 Nov 13:00: nothing new, and quiet."},
		{Delivery{State: GivenUp, Error: "the bot was not running"}, "Tue 24 Nov 13:00: missed (the bot was not running)."},
		{Delivery{State: Refused}, "Tue 24 Nov 13:00: the platform refused the message; it is in the log."},
		{Delivery{State: Unsure}, "Tue 24 Nov 13:00: sent, but never confirmed."},
		{Delivery{State: Planned}, "Tue 24 Nov 13:00: on its way."},
		{Delivery{State: Sending, Error: "wait: 429"}, "Tue 24 Nov 13:00: on its way, last answer: wait: 429."},
	}
	for _, tt := range tests {
		b, _ := emptyBot(t)
		b.Times.Now = func() time.Time { return noon.Add(time.Hour) }
		if line, err := b.lastLine(t.Context(), sub); line != "" || err != nil {
			t.Errorf("before any delivery: %q, %v", line, err)
		}
		older := Delivery{ID: channelKey(sub.Channel) + "2026-11-23", Channel: sub.Channel, State: GivenUp, Due: noon.AddDate(0, 0, -1)}
		notice := Delivery{ID: channelKey(sub.Channel) + "2026-11-24+stop-1", Channel: sub.Channel, State: Delivered, Purpose: Notice, Due: noon.Add(time.Minute)}
		tt.delivery.ID, tt.delivery.Channel, tt.delivery.Due = channelKey(sub.Channel)+"2026-11-24", sub.Channel, noon
		err := b.DB.Update(t.Context(), func(tx store.Tx) error {
			for _, d := range []Delivery{older, tt.delivery, notice} {
				if err := putDelivery(tx, &d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.lastLine(t.Context(), sub); got != tt.want || err != nil {
			t.Errorf("lastLine of %q = %q, %v, want %q", tt.delivery.State, got, err, tt.want)
		}
	}
}

func TestTroubleOf(t *testing.T) {
	tests := []struct {
		state feed.State
		want  string
	}{
		{feed.State{CheckedAt: noon}, ""},
		{feed.State{}, "not read yet"},
		{feed.State{CheckedAt: noon, Failures: 1, Error: "no answer"}, "could not be read: no answer"},
		{feed.State{CheckedAt: noon, Failures: 4, Error: "no answer"}, "could not be read 4 times in a row: no answer"},
		{feed.State{CheckedAt: noon, Failures: 1, Error: "https://private.example/rss?key=SECRET: the host forbids it"}, "could not be read: the host forbids it"},
		{feed.State{CheckedAt: noon, Failures: 9, Dead: true, Error: "410"}, "is gone and not asked any more: 410"},
	}
	for _, tt := range tests {
		if got := troubleOf(digest.Health{Feed: feed.Feed{State: tt.state}}); got != tt.want {
			t.Errorf("troubleOf(%+v) = %q, want %q", tt.state, got, tt.want)
		}
	}
}

// TestFeeds lists many podcasts, those in trouble first, and exports those that are followed.
func TestFeeds(t *testing.T) {
	b, _ := emptyBot(t)
	for i := range 70 {
		f := feed.Feed{URL: fmt.Sprintf("https://key-%02d@h%02d.example/secret", i, i), Title: fmt.Sprintf("Show %02d", i)}
		if i == 0 {
			f.Title = ""
		}
		if err := b.Engine.AddFeed(t.Context(), f, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.know(t.Context()); err != nil {
		t.Fatal(err)
	}
	say := func(line string) Message {
		return b.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Read | Manage, Words: Split(line)}, nil)
	}
	m := say("feeds")
	text := fmt.Sprintf("%+v", m)
	if m.Heading != "70 podcasts scanned" || !strings.Contains(text, "not read yet") || !strings.Contains(text, "Not read either") {
		t.Errorf("feeds: %q, %.300s", m.Heading, text)
	}
	if strings.Contains(text, "secret") || strings.Contains(text, "key-00") || !strings.Contains(text, "h00.example") {
		t.Errorf("feeds shows addresses, or does not name the podcast without a title by its host: %.300s", text)
	}
	if len(m.Sections) > 20 {
		t.Errorf("feeds has %d sections", len(m.Sections))
	}
	file := say("feeds export").File
	if file == nil || strings.Count(string(file.Body), "xmlUrl=") != 70 {
		t.Fatalf("feeds export without a subscription gives %+v, want all 70", file)
	}
	say("follow Show 07")
	file = say("feeds export").File
	if file == nil || strings.Count(string(file.Body), "xmlUrl=") != 1 || !strings.Contains(string(file.Body), "Show 07") {
		t.Errorf("feeds export of a channel that follows one gives %s", file.Body)
	}
	outlines, err := feed.ReadOPML(strings.NewReader(string(file.Body)))
	if err != nil || len(outlines) != 1 || outlines[0].Title != "Show 07" {
		t.Errorf("it reads back as %+v, %v", outlines, err)
	}
}

// TestNextLine says in every state of a subscription what happens next.
func TestNextLine(t *testing.T) {
	base := Subscription{Channel: room("C1"), Topics: []string{"ai"}, Created: noon.AddDate(0, 0, -9), Since: noon.AddDate(0, 0, -9), Schedule: Schedule{Hour: 8, Minute: 30, Zone: "Europe/Berlin"}}
	tests := []struct {
		name   string
		change func(*Subscription)
		sent   bool // today's brief
		want   string
	}{
		{"today's was sent", func(*Subscription) {}, true, "Next brief: Wed 25 Nov 08:30 Europe/Berlin, topics: ai."},
		{"today's is still owed", func(*Subscription) {}, false, "Next brief: now, as today's has not been sent yet; then Wed 25 Nov 08:30"},
		{"new", func(s *Subscription) { s.First, s.Since = true, noon }, false, "The first brief comes as soon as there is something"},
		{"nothing asked for yet", func(s *Subscription) { s.First, s.Topics = true, nil }, false, "Name a topic or podcast to begin"},
		{"paused", func(s *Subscription) { s.Paused = true }, true, "No brief comes until you send “resume”; topics: ai."},
		{"paused until", func(s *Subscription) { s.Paused, s.PauseUntil = true, noon.AddDate(0, 0, 6) }, true, "Paused until Mon 30 Nov 2026. Next brief: Tue 1 Dec 08:30"},
		{"a pause that is over", func(s *Subscription) { s.Paused, s.PauseUntil = true, noon.AddDate(0, 0, -2) }, true, "Next brief: Wed 25 Nov 08:30"},
		{"stopped", func(s *Subscription) { s.Stop = Stop{Class: ChannelStop, Reason: "not_in_channel"} }, true, "No brief comes: not_in_channel. Let me post there again"},
		{"weekly", func(s *Subscription) { s.Schedule.Days = 1 << time.Friday }, true, "Next brief: Fri 27 Nov 08:30"},
	}
	for _, tt := range tests {
		b, _ := emptyBot(t)
		b.Times.Now = func() time.Time { return noon }
		sub := base
		tt.change(&sub)
		err := b.DB.Update(t.Context(), func(tx store.Tx) error {
			if tt.sent {
				d := Delivery{ID: channelKey(sub.Channel) + "2026-11-24", Channel: sub.Channel, State: Delivered}
				if err := putDelivery(tx, &d); err != nil {
					return err
				}
			}
			return PutSubscription(tx, sub)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.nextLine(t.Context(), &sub); err != nil || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: nextLine = %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}
