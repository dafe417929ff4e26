package digest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

func TestBriefOfTheSampleShows(t *testing.T) {
	e := sampleEngine(t)
	q := Query{Topics: []string{"ai", "open source"}, Now: time.Now()}
	b, err := e.Brief(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Picks) != 5 || b.Asked != 5 || b.Podcasts != 5 {
		t.Fatalf("Brief() = %d picks of %d from %d podcasts, want 5 of 5 from 5", len(b.Picks), b.Asked, b.Podcasts)
	}
	perPodcast := map[string]int{}
	related := 0
	for i, p := range b.Picks {
		perPodcast[p.Podcast]++
		related += len(p.Related)
		if !strings.HasSuffix(p.Reason, ".") || p.Link == "" || p.Episode.Notes != "" || !slices.Contains(q.Topics, p.Topic) {
			t.Errorf("pick %d: reason %q, link %q, topic %q, notes of %d bytes", i+1, p.Reason, p.Link, p.Topic, len(p.Episode.Notes))
		}
		for _, r := range p.Related {
			if r.Podcast == p.Podcast {
				t.Errorf("pick %d: a related insight comes from the same podcast", i+1)
			}
		}
		fate, err := e.Why(t.Context(), q, p.Insight.ID)
		if err != nil || fate.Stage != StagePicked {
			t.Errorf("Why(pick %d) = %+v, %v, want %q", i+1, fate, err, StagePicked)
		}
	}
	for podcast, n := range perPodcast {
		if n > 2 {
			t.Errorf("%d picks come from %s, want at most 2", n, podcast)
		}
	}
	if related == 0 {
		t.Error("no pick has a related insight")
	}
	again, err := e.Brief(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, again); diff != "" {
		t.Errorf("the same query gives another brief (-first +second):\n%s", diff)
	}
	for _, p := range b.Picks {
		q.Seen = append(q.Seen, p.Insight.ID)
	}
	next, err := e.Brief(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range next.Picks {
		if slices.Contains(q.Seen, p.Insight.ID) {
			t.Errorf("insight %s is shown a second time", p.Insight.ID)
		}
	}
}

func TestBriefLooksBackOnlySoFar(t *testing.T) {
	e := sampleEngine(t)
	now := time.Now()
	b, err := e.Brief(t.Context(), Query{Now: now, Published: now.Add(-72 * time.Hour), Count: 50})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Picks) == 0 || !b.Since.Equal(now.Add(-72*time.Hour)) {
		t.Errorf("Brief() = %d picks since %v, want some since 72 hours ago", len(b.Picks), b.Since)
	}
	for _, p := range b.Picks {
		if p.Episode.Published.Before(now.Add(-72 * time.Hour)) {
			t.Errorf("a pick was published %v, want later than 72 hours ago", p.Episode.Published)
		}
	}
	b, err = e.Brief(t.Context(), Query{Now: now, Since: now.Add(time.Hour)})
	if err != nil || len(b.Picks) != 0 {
		t.Errorf("Brief() since the future = %v, %v, want no picks", b.Picks, err)
	}
}

func TestMore(t *testing.T) {
	e := sampleEngine(t)
	b, err := e.Brief(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range b.Picks {
		m, err := e.More(t.Context(), p.Insight.ID)
		if err != nil {
			t.Fatal(err)
		}
		var quote []string
		for _, l := range m.Quote {
			quote = append(quote, l.Text)
		}
		if got := strings.Join(quote, " "); got != p.Insight.Quote {
			t.Errorf("More(%s).Quote = %q, want %q", p.Insight.ID, got, p.Insight.Quote)
		}
		if len(m.Before) == 0 || len(m.After) == 0 {
			t.Errorf("More(%s) has %d lines before and %d after, want some of both", p.Insight.ID, len(m.Before), len(m.After))
		}
	}
}

// scripted is an answerer that says what it was told to, and remembers what it was asked.
type scripted struct {
	say   insight.Answer
	asked *insight.Asking
}

func (s scripted) Answer(_ context.Context, a insight.Asking) (insight.Answer, error) {
	*s.asked = a
	return s.say, nil
}

func TestAskWithoutAModel(t *testing.T) {
	e := sampleEngine(t)
	a, err := e.Ask(t.Context(), Question{Text: "Who pays for the maintenance of open source software?"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Answer != "" || a.Gap == "" || len(a.Citations) != closestShown {
		t.Fatalf("Ask() = answer %q, gap %q, %d citations, want no answer, a gap and %d", a.Answer, a.Gap, len(a.Citations), closestShown)
	}
	for _, c := range a.Citations {
		checkCitation(t, e, c)
	}
	a, err = e.Ask(t.Context(), Question{Text: "zygomorphic quokkas?"})
	if err != nil || len(a.Citations) != 0 || a.Gap == "" {
		t.Errorf("Ask(nonsense) = %+v, %v, want no citations and a gap", a, err)
	}
	if _, err := e.Ask(t.Context(), Question{Text: " "}); err == nil {
		t.Error("Ask without a question: no error")
	}
}

// checkCitation checks that a citation stands in its transcript, at its second and by its speaker.
// TestAskRepeatsNothing asks for what an episode says twice, as a show that begins with its best sentences does.
func TestAskRepeatsNothing(t *testing.T) {
	e := sampleEngine(t)
	a, err := e.Ask(t.Context(), Question{Text: "What makes inference cheaper?"})
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, c := range a.Citations {
		said += strings.Count(c.Quote, "The cheapest token is a token")
	}
	if said != 1 || len(a.Citations) != closestShown {
		t.Errorf("%d passages, %d of them with the sentence that is said twice, want %d and 1", len(a.Citations), said, closestShown)
	}
	for quote, want := range map[string]bool{
		"Shall I say it? The cheapest token is one that is never sent.": true,
		"the cheapest token": true,
		"A retry loop is the most common reason that a bill doubles.": false,
		"A token is one that is cheap.":                               false,
	} {
		if got := repeats(quote, []Citation{{Quote: "“The cheapest token is one that is never sent.”"}}); got != want {
			t.Errorf("repeats(%q) = %v, want %v", quote, got, want)
		}
	}
}

func checkCitation(t *testing.T, e *Engine, c Citation) {
	t.Helper()
	text, err := e.storedTranscript(t.Context(), c.Episode.ID)
	if err != nil {
		t.Fatal(err)
	}
	s := newSpoken(c.Podcast, c.Episode, text)
	seg, _ := s.find(c.Quote)
	if seg < 0 {
		t.Errorf("quote %q does not stand in its transcript", c.Quote)
		return
	}
	said := text.Segments[seg]
	if c.Speaker != said.Speaker || c.Start < said.Start || said.Timing == transcript.Exact && c.Start > said.End {
		t.Errorf("quote %q: by %q at %v, want by %q between %v and %v", c.Quote, c.Speaker, c.Start, said.Speaker, said.Start, said.End)
	}
	if c.Link == "" || c.Podcast == "" || c.Episode.Title == "" {
		t.Errorf("quote %q: link %q, podcast %q, episode %q; want all of them", c.Quote, c.Link, c.Podcast, c.Episode.Title)
	}
}

func TestAskLooksInItsOwnEpisodeFirst(t *testing.T) {
	e := sampleEngine(t)
	b, err := e.Brief(t.Context(), Query{Topics: []string{"open source"}})
	if err != nil || len(b.Picks) == 0 {
		t.Fatalf("Brief() = %v, %v", b, err)
	}
	own := b.Picks[0].Insight
	var asked insight.Asking
	e.Answerer = scripted{insight.Answer{
		Engine: "scripted/1", Next: []string{"And then?"},
		Sentences: []insight.Sentence{{Text: "It is so.", Citations: []insight.Citation{{Passage: 0, Quote: "x"}, {Passage: 99, Quote: "y"}}}},
	}, &asked}
	a, err := e.Ask(t.Context(), Question{Text: "What did the messages and the questions cost?", Insight: own.ID})
	if err != nil {
		t.Fatal(err)
	}
	if asked.About == nil || asked.About.ID != own.ID || len(asked.Passages) == 0 || asked.Passages[0].Episode != own.Episode {
		t.Errorf("the answerer was asked about %v with passages of %v, want those of %s first", asked.About, episodesIn(asked.Passages), own.Episode)
	}
	if a.Answer != "It is so." || len(a.Citations) != 1 || a.Citations[0].Sentence != 1 || a.Engine != "scripted/1" || len(a.Next) != 1 {
		t.Errorf("Ask() = %+v, want the sentence with its one valid citation", a)
	}
	_, err = e.Ask(t.Context(), Question{Text: "What did the messages and the questions cost?", Insights: []string{own.ID, "removed"}})
	if err != nil || asked.Passages[0].Episode != own.Episode {
		t.Errorf("Ask under a brief: %v, passages of %v, want those of the brief's episodes first", err, episodesIn(asked.Passages))
	}
}

func episodesIn(passages []insight.Passage) []string {
	var ids []string
	for _, p := range passages {
		ids = append(ids, p.Episode)
	}
	return ids
}

func TestWhy(t *testing.T) {
	w := newWeb(map[string]string{
		feedA:                    rss("Alpha", "one|1", "two|2", "three|3"),
		"https://b.example/feed": "500",
		"https://c.example/feed": strings.ReplaceAll(rss("Gamma", "mute|9"), notes, ""),
	})
	e := newEngine(t, w)
	urls := []string{feedA, "https://b.example/feed", "https://c.example/feed"}
	addAll(t, e, urls...)
	_ = e.Scan(t.Context(), urls, nil) // b fails
	tests := []struct {
		name, what string
		q          Query
		want       string
	}{
		{"unknown", "Omega", Query{}, StageUnknown},
		{"a bad feed", "https://b.example/feed", Query{}, StageFeed},
		{"nothing to read", "mute", Query{}, StageTranscript},
		{"a podcast with nothing", "gamma", Query{}, StageNothingNew},
		{"nothing new", "Alpha", Query{Since: time.Now().Add(time.Hour)}, StageNothingNew},
		{"another topic", "Alpha", Query{Topics: []string{"beekeeping"}}, StageTopic},
		{"muted", "alpha", Query{Mute: []string{feedA}}, "muted"},
		{"an episode by its GUID", "2", Query{Mute: []string{feedA}}, "muted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := e.Why(t.Context(), tt.q, tt.what)
			if err != nil || got.Stage != tt.want || got.Text == "" {
				t.Errorf("Why(%q) = %+v, %v, want stage %q and a sentence", tt.what, got, err, tt.want)
			}
		})
	}
}

func TestLink(t *testing.T) {
	audio := feed.Enclosure{URL: "https://cdn.example/1.mp3?x=1#old"}
	tests := []struct {
		name   string
		ep     feed.Episode
		timing transcript.Timing
		want   string
	}{
		{"audio", feed.Episode{Enclosure: audio, Link: "https://a.example/1"}, transcript.Exact, "https://cdn.example/1.mp3?x=1#t=754"},
		{"about", feed.Episode{Enclosure: audio}, transcript.Interpolated, "https://cdn.example/1.mp3?x=1#t=754"},
		{"YouTube", feed.Episode{Link: "https://www.youtube.com/watch?v=abc", Enclosure: audio}, transcript.Exact, "https://www.youtube.com/watch?t=754s&v=abc"},
		{"short YouTube", feed.Episode{Link: "https://youtu.be/abc"}, transcript.Exact, "https://youtu.be/abc?t=754s"},
		{"no time", feed.Episode{Enclosure: audio, Link: "https://a.example/1"}, transcript.Unknown, "https://a.example/1"},
		{"no time, no page", feed.Episode{Enclosure: audio}, transcript.Unknown, audio.URL},
		{"page only", feed.Episode{Link: "https://a.example/1"}, transcript.Exact, "https://a.example/1"},
		{"no address", feed.Episode{Link: "javascript:alert(1)", Enclosure: feed.Enclosure{URL: "file:///etc/passwd"}}, transcript.Exact, ""},
	}
	for _, tt := range tests {
		if got := link(tt.ep, 754*time.Second+400*time.Millisecond, tt.timing); got != tt.want {
			t.Errorf("link(%s) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestReason(t *testing.T) {
	pick := func(change func(*Pick)) Pick {
		p := Pick{Topic: "open source", Source: "topic", Item: Item{Podcast: "Alpha", Episode: feed.Episode{Title: "One"}}}
		change(&p)
		return p
	}
	tests := []struct {
		p    Pick
		want string
	}{
		{pick(func(p *Pick) { p.Insight.Text = "Open-source code is read." }), "It speaks of open source."},
		{pick(func(p *Pick) { p.Episode.Title = "On open source" }), "The episode is about open source."},
		{pick(func(p *Pick) { p.Podcast = "Open Source Hour" }), "The podcast is about open source."},
		{pick(func(*Pick) {}), "Close to open source."},
		{pick(func(p *Pick) { p.Source = "follow"; p.Topic = "" }), "You follow this podcast."},
		{pick(func(p *Pick) { p.Source, p.Topic = "all", ""; p.Scores.Quality = 0.9 }), "One of the strongest claims of what was scanned."},
		{pick(func(p *Pick) { p.Scores.Quality = 0.9; p.Episode.Published = noon.Add(-time.Hour) }), "Close to open source; a strong claim; a new episode."},
		{pick(func(p *Pick) { p.Insight.Source = "notes"; p.Scores.Taste = 0.5 }),
			"Close to open source; close to what was liked here; taken from the show notes, as there is no transcript."},
	}
	for _, tt := range tests {
		if got := reason(tt.p, noon); got != tt.want {
			t.Errorf("reason(%+v) = %q, want %q", tt.p, got, tt.want)
		}
	}
}

func TestSentences(t *testing.T) {
	text := "One. Two?  “Three!” Four and more"
	var got []string
	for _, s := range sentences(text) {
		got = append(got, text[s[0]:s[1]])
	}
	if diff := cmp.Diff([]string{"One.", "Two?", "“Three!”", "Four and more"}, got); diff != "" {
		t.Errorf("sentences (-want +got):\n%s", diff)
	}
	if got := sentences(" \n"); len(got) != 0 {
		t.Errorf("sentences of nothing = %v", got)
	}
}

func TestFirstAndLastWords(t *testing.T) {
	in := []Line{{Speaker: "Ada", Text: "a b"}, {Speaker: "Ada", Text: "c d"}, {Speaker: "Bob", Text: ""}, {Speaker: "Bob", Text: "e f g"}}
	first := []Line{{Speaker: "Ada", Text: "a b c d"}, {Speaker: "Bob", Text: "e …"}}
	if diff := cmp.Diff(first, firstWords(in, 5)); diff != "" {
		t.Errorf("firstWords (-want +got):\n%s", diff)
	}
	last := []Line{{Speaker: "Ada", Text: "… d"}, {Speaker: "Bob", Text: "e f g"}}
	if diff := cmp.Diff(last, lastWords(in, 4)); diff != "" {
		t.Errorf("lastWords (-want +got):\n%s", diff)
	}
}
