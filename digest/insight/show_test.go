package insight

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podbrief/digest/feed"
)

// stockLine is said in every episode; nothing in it sounds like an ad.
const stockLine = "Ana: The best teams that we know always keep the cost of failure low, because a cheap mistake is the fastest lesson that anybody can learn in this trade. " +
	"If your mistakes are cheap, your customers never notice the most important experiments."

func episodeWith(n int, lines ...string) []string {
	return append(smallTalk(lines...), fmt.Sprintf("Ana: Episode number %d is over and done with for today.", n))
}

func TestShowLearnsWhatIsRepeated(t *testing.T) {
	engine, in := NewBuiltin(), Input{Episode: feed.Episode{ID: "2"}, Transcript: talk(episodeWith(2, stockLine)...)}
	before, err := engine.Extract(context.Background(), in)
	if err != nil || len(before) != 1 {
		t.Fatalf("Extract without memory = %d insights, %v; want 1, nil", len(before), err)
	}
	in.Show = &Show{}
	in.Show.Learn(feed.Episode{ID: "1"}, talk(episodeWith(1, stockLine)...))
	// Without something of its own, an episode that repeats all is a rerun and keeps its insights.
	in.Transcript = talk(append(fresh(40), stockLine)...)
	after, err := engine.Extract(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range after {
		if strings.Contains(i.Quote, "cheap mistake") {
			t.Errorf("Extract keeps %q, which an earlier episode had word by word", i.Quote)
		}
	}
}

// fresh returns lines that no other episode has.
func fresh(n int) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("Ana: Number %d was blue and number %d was red and nobody minded %d of them.", i, i+1, i*i))
	}
	return lines
}

func TestShowRoundTripsAndIsBounded(t *testing.T) {
	var s Show
	for n := range 60 {
		s.Learn(feed.Episode{ID: fmt.Sprint(n)}, talk(append(fresh(n+10), stockLine)...))
	}
	if len(s.Recent) != recentEpisodes || s.Heard != 60 {
		t.Errorf("Show remembers %d episodes of %d heard, want %d of 60", len(s.Recent), s.Heard, recentEpisodes)
	}
	body, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var got Show
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, got); d != "" {
		t.Errorf("a Show after JSON: (-want +got)\n%s", d)
	}
	if !got.host("Ana") || got.host("Bo") {
		t.Errorf("hosts: Ana %v, Bo %v; want true, false", got.host("Ana"), got.host("Bo"))
	}
}

func TestShowLearnsAnEpisodeOnce(t *testing.T) {
	var s Show
	for range 3 {
		s.Learn(feed.Episode{ID: "1"}, talk(stockLine))
	}
	if s.Heard != 1 || len(s.Repeated) != 0 {
		t.Errorf("after learning one episode three times: Heard %d, %d repeated shingles; want 1, 0", s.Heard, len(s.Repeated))
	}
}

func TestShinglesRefuseBadText(t *testing.T) {
	for _, text := range []string{"***", "AAA="} {
		var h Shingles
		if err := h.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("UnmarshalText(%q) = nil, want an error", text)
		}
	}
}
