package discord

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/discord/discordtest"
)

// TestFind looks for a message that is there and for one that is not, in every kind of channel, with and without the rights
// that it needs. What it may not see proves nothing.
func TestFind(t *testing.T) {
	thread := general()
	thread.Thread = discordtest.General // any place that can be posted to
	since := time.Now()
	for _, tt := range []struct {
		name     string
		ch       bot.Channel
		deny     permission
		archived bool
		sees     bool
	}{
		{"channel", general(), 0, false, true},
		{"channel, history not to be read", general(), readHistory, false, false},
		{"channel, not to be seen", general(), viewChannel, false, false},
		{"thread", thread, 0, false, true},
		{"thread, history not to be read", thread, readHistory, false, false},
		{"forum", forum(), 0, false, true},
		{"forum, archived", forum(), 0, true, true},
		{"forum, history not to be read", forum(), readHistory, false, false},
		{"forum, archived, history not to be read", forum(), readHistory, true, false},
		{"direct", personal(discordtest.User), 0, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			id, err := s.Post(t.Context(), tt.ch, bottest.Brief(5), "key-1")
			if err != nil {
				t.Fatal(err)
			}
			if tt.archived {
				s.server.Place(id).Archived = true
			}
			if tt.ch.ID != "" {
				s.server.Place(tt.ch.ID).Deny = uint64(tt.deny)
			}
			got, found, trust, err := s.Find(t.Context(), tt.ch, "key-1", since)
			if err != nil || found != tt.sees || trust != tt.sees || found && got != id {
				t.Errorf("Find = %q, found %v, trustworthy %v, %v; want %q, %v", got, found, trust, err, id, tt.sees)
			}
			got, found, trust, err = s.Find(t.Context(), tt.ch, "key-2", since)
			if err != nil || found || trust != tt.sees {
				t.Errorf("Find of what was not posted = %q, found %v, trustworthy %v, %v; want trustworthy %v", got, found, trust, err, tt.sees)
			}
		})
	}
}

// A channel that is gone cannot be looked through; that it is gone shows when it is posted to again.
func TestFindWithoutChannel(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if _, found, trust, err := s.Find(t.Context(), bot.Channel{Platform: Platform, ID: "5"}, "key", time.Now()); found || trust || err != nil {
		t.Errorf("Find = found %v, trustworthy %v, %v; want neither", found, trust, err)
	}
}

// When Discord does not answer, nobody knows: it is asked again later.
func TestFindFails(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.server.Fault = func(*http.Request) *discordtest.Fault { return &discordtest.Fault{Status: 503} }
	if _, _, _, err := s.Find(t.Context(), general(), "key", time.Now()); classOfError(err) != bot.Ambiguous {
		t.Errorf("Find = %v, want an error of class %s", err, bot.Ambiguous)
	}
}

func TestFindReadsPages(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	since := time.Now()
	s.server.Chatter(discordtest.General, 150)
	id, err := s.Post(t.Context(), general(), bottest.Brief(1), "late")
	if err != nil {
		t.Fatal(err)
	}
	if got, found, _, err := s.Find(t.Context(), general(), "late", since); !found || got != id || err != nil {
		t.Errorf("Find = %q, %v, %v; want %q", got, found, err, id)
	}
}

func TestFindReadsPagesOfTheArchive(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	since := time.Now()
	id, err := s.Post(t.Context(), forum(), bottest.Brief(1), "early")
	if err != nil {
		t.Fatal(err)
	}
	s.server.Place(id).Archived = true
	s.server.OldThreads(discordtest.Forum, 250)
	if got, found, _, err := s.Find(t.Context(), forum(), "early", since); !found || got != id || err != nil {
		t.Errorf("Find = %q, %v, %v; want %q", got, found, err, id)
	}
	if n := len(s.server.Requests(http.MethodGet, "/threads/archived")); n != 3 {
		t.Errorf("%d pages were read, want 3", n)
	}
}

// What was archived before the first try is not looked at.
func TestFindEndsAtTheFirstTry(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.server.OldThreads(discordtest.Forum, 250)
	_, found, trust, err := s.Find(t.Context(), forum(), "new", time.Now().Add(time.Hour))
	if n := len(s.server.Requests(http.MethodGet, "/threads/archived")); found || !trust || err != nil || n != 1 {
		t.Errorf("Find = found %v, trustworthy %v, %v after %d pages; want trustworthy after one", found, trust, err, n)
	}
}

// More than Find reads was written since: an empty answer proves nothing then.
func TestFindTrustsNoHistoryThatItDidNotReadWhole(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	since := time.Now()
	s.server.Chatter(discordtest.General, 1001)
	s.server.OldThreads(discordtest.Forum, 1001)
	for _, ch := range []bot.Channel{general(), forum()} {
		if _, found, trust, err := s.Find(t.Context(), ch, "never-posted", since); found || trust || err != nil {
			t.Errorf("Find in %s = found %v, trustworthy %v, %v; want neither", ch.ID, found, trust, err)
		}
	}
}

// TestInsists checks that a message that cannot be looked up is asked for until Discord says that it is there, and that this
// makes no second one.
func TestInsists(t *testing.T) {
	for _, tt := range []struct {
		name   string
		faults []*discordtest.Fault // one try after the other; then none
		want   bot.Class
		there  int
	}{
		{"nothing wrong", nil, "", 1},
		{"twice not stored", []*discordtest.Fault{{Status: 503}, {Status: 503}}, "", 1},
		{"stored, and nothing said", []*discordtest.Fault{{Store: true, Cut: true}, {Status: 502}}, "", 1},
		{"stored, then refused", []*discordtest.Fault{
			{Status: 500, Store: true}, discordtest.Refused(403, 50013), discordtest.Refused(403, 50013), discordtest.Refused(403, 50013),
		}, bot.Ambiguous, 1},
		{"refused", []*discordtest.Fault{discordtest.Refused(403, 50013)}, bot.ChannelStop, 0},
		{"never an answer", []*discordtest.Fault{{Status: 500}, {Status: 500}, {Status: 500}, {Status: 500}}, bot.Ambiguous, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.server.Place(discordtest.General).Deny = uint64(readHistory)
			if _, _, trust, err := s.Find(t.Context(), general(), "key", time.Now()); trust || err != nil {
				t.Fatalf("Find = trustworthy %v, %v; want neither", trust, err)
			}
			tries := 0
			s.server.Fault = func(r *http.Request) *discordtest.Fault {
				if !strings.HasSuffix(r.URL.Path, "/messages") || tries >= len(tt.faults) {
					return nil
				}
				tries++
				return tt.faults[tries-1]
			}
			_, err := s.Post(t.Context(), general(), bottest.Brief(1), "key")
			if got := classOfError(err); got != tt.want {
				t.Errorf("Post = %v, want class %q", err, tt.want)
			}
			if n := len(s.server.Messages(discordtest.General)); n != tt.there {
				t.Errorf("%d messages, want %d", n, tt.there)
			}
		})
	}
}
