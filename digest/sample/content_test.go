package sample_test

import (
	"encoding/json"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/sample"
	"podbrief/digest/transcript"
)

// program is an episode with what was said in it, read by the normal path.
type program struct {
	show, name string // folder of the show, file name without its ending
	feed       feed.Feed
	episode    feed.Episode
	transcript *transcript.Transcript
}

func (p program) id() string { return p.show + "/" + p.name }

func (p program) text() string {
	var texts []string
	for _, s := range p.transcript.Segments {
		texts = append(texts, s.Text)
	}
	return strings.Join(texts, " ")
}

// programs reads all episodes: fetch, transcript link, parse.
func programs(t *testing.T) []program {
	t.Helper()
	client := sample.Client()
	fetcher := &feed.Fetcher{Client: client, Pace: 1000}
	linked := transcript.Linked{Client: client}
	var all []program
	for _, url := range sample.Feeds() {
		f, episodes, err := fetcher.Fetch(t.Context(), feed.Feed{URL: url})
		if err != nil {
			t.Fatalf("Fetch(%s): %v", url, err)
		}
		for _, ep := range episodes {
			tr, err := linked.Transcript(t.Context(), ep)
			if err != nil {
				t.Fatalf("Transcript(%q): %v", ep.Title, err)
			}
			ep.ID = ep.GUID
			all = append(all, program{show: path.Base(path.Dir(url)), name: path.Base(ep.Link), feed: f, episode: ep, transcript: tr})
		}
	}
	return all
}

// readJSON decodes a file of testdata.
func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("decode %s: %v", name, err)
	}
}

// stockSentences are those of intros, goodbyes and ad reads, by show.
func stockSentences(t *testing.T) map[string][]string {
	t.Helper()
	var stock map[string][]string
	readJSON(t, "stock.json", &stock)
	for show, list := range stock {
		for i := range list {
			list[i] = normal(list[i])
		}
		stock[show] = list
	}
	return stock
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?]+["”]?(?:\s+|$)`)
	notWord     = regexp.MustCompile(`[^\pL\pN']+`)
)

// sentences splits text more often than a reader would, which is the safe side here.
func sentences(text string) []string {
	var out []string
	for _, s := range sentenceEnd.Split(text, -1) {
		if s = normal(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func normal(s string) string {
	return strings.TrimSpace(notWord.ReplaceAllString(strings.ToLower(s), " "))
}

func TestEveryFormatAtLeastTwice(t *testing.T) {
	got := map[string]int{}
	for _, p := range programs(t) {
		got[p.transcript.Source]++
	}
	for _, format := range []string{"vtt", "srt", "json", "html", "text", "markdown"} {
		if got[format] < 2 {
			t.Errorf("%d transcripts in format %q, want 2 or more (all: %v)", got[format], format, got)
		}
	}
}

func TestLengthAndSpeakers(t *testing.T) {
	stock := stockSentences(t)
	for _, p := range programs(t) {
		words := 0
		for _, s := range sentences(p.text()) {
			if !slices.Contains(stock[p.show], s) {
				words += len(strings.Fields(s))
			}
		}
		if words < 1200 {
			t.Errorf("%s: %d words without intro and ad, want 1200 or more", p.id(), words)
		}
		speakers := map[string]bool{}
		for _, s := range p.transcript.Segments {
			speakers[s.Speaker] = true
		}
		if speakers[""] || len(speakers) < 2 {
			t.Errorf("%s: speakers %v, want two or more and no stretch without one", p.id(), speakers)
		}
		for _, person := range p.episode.Persons {
			if !speakers[person.Name] {
				t.Errorf("%s: the feed names %q, whom the transcript never hears", p.id(), person.Name)
			}
		}
	}
}

func TestTimesRunForward(t *testing.T) {
	for _, p := range programs(t) {
		last := transcript.Segment{}
		for i, s := range p.transcript.Segments {
			if s.Start < last.Start || s.End < s.Start {
				t.Errorf("%s: segment %d at %v-%v after one at %v", p.id(), i, s.Start, s.End, last.Start)
			}
			last = s
		}
		if last.Timing != transcript.Unknown && (last.End > p.episode.Duration || last.Start < p.episode.Duration*9/10) {
			t.Errorf("%s: last segment at %v-%v, the episode lasts %v", p.id(), last.Start, last.End, p.episode.Duration)
		}
	}
}

// TestNoSentenceTwice looks at all episodes together. A teaser, which is what comes before the first stock sentence,
// replays a later line on purpose.
func TestNoSentenceTwice(t *testing.T) {
	stock := stockSentences(t)
	where := map[string]string{}
	for _, p := range programs(t) {
		teaser := map[string]bool{}
		intro := false
		for _, s := range sentences(p.text()) {
			isStock := slices.Contains(stock[p.show], s)
			intro = intro || isStock
			switch {
			case isStock:
			case !intro:
				teaser[s] = true
			case where[s] != "":
				t.Errorf("%s says again what %s said: %q", p.id(), where[s], s)
			default:
				where[s] = p.id()
				delete(teaser, s)
			}
		}
		if !intro {
			t.Errorf("%s: no stock sentence of %s found", p.id(), p.show)
		}
		for s := range teaser {
			t.Errorf("%s: the teaser's %q is not said again later", p.id(), s)
		}
	}
}

func TestEveryEpisodeHasTeaserAndAd(t *testing.T) {
	stock := stockSentences(t)
	for _, p := range programs(t) {
		said := sentences(p.text())
		if slices.Contains(stock[p.show], said[0]) {
			t.Errorf("%s begins with %q, want a teaser", p.id(), said[0])
		}
		if !regexp.MustCompile(`(?i)brought to you by|sponsor|supported by|support for this`).MatchString(p.text()) {
			t.Errorf("%s has no ad read", p.id())
		}
	}
}

// side is a claim: a distinctive phrase of an episode.
type side struct{ Show, Episode, Phrase string }

func (s side) id() string { return s.Show + "/" + s.Episode }

type pair struct {
	About string
	A, B  side
}

func TestRelatedClaims(t *testing.T) {
	var pairs []pair
	readJSON(t, "related.json", &pairs)
	if len(pairs) < 8 {
		t.Errorf("%d related pairs, want 8 or more", len(pairs))
	}
	texts := map[string]string{}
	kept := map[string]string{}
	for id, taken := range extractAll(t) {
		texts[id] = normal(taken.text())
		for _, i := range taken.insights {
			kept[id] += normal(i.Quote) + "\n"
		}
	}
	both := 0
	for _, p := range pairs {
		if p.A.Show == p.B.Show {
			t.Errorf("%s: both claims are of %s, want two shows", p.About, p.A.Show)
		}
		n := 0
		for _, s := range []side{p.A, p.B} {
			if got := strings.Count(texts[s.id()], normal(s.Phrase)); got == 0 || got > 2 {
				t.Errorf("%s: %s says %q %d times, want once, and once more in a teaser", p.About, s.id(), s.Phrase, got)
			}
			if strings.Contains(kept[s.id()], normal(s.Phrase)) {
				n++
			}
		}
		if n == 2 {
			both++
		}
	}
	if both < 8 {
		t.Errorf("the built-in engine keeps both claims of %d pairs out of %d, want 8 or more", both, len(pairs))
	}
}

// taken is a program with the insights that the built-in engine takes out of it.
type taken struct {
	program
	insights []insight.Insight
}

// extractAll takes the insights of all episodes, each knowing the other episodes of its show.
func extractAll(t *testing.T) map[string]taken {
	t.Helper()
	all := programs(t)
	engine := insight.NewBuiltin()
	out := map[string]taken{}
	for _, p := range all {
		var show insight.Show
		for _, other := range all {
			if other.show == p.show && other.name != p.name {
				show.Learn(other.episode, other.transcript)
			}
		}
		in := insight.Input{Podcast: p.feed, Episode: p.episode, Transcript: p.transcript, Show: &show}
		got, err := engine.Extract(t.Context(), in)
		if err != nil {
			t.Fatalf("Extract(%s): %v", p.id(), err)
		}
		out[p.id()] = taken{p, got}
	}
	return out
}

func TestInsightsOfEveryEpisode(t *testing.T) {
	stock := stockSentences(t)
	for id, e := range extractAll(t) {
		good := 0
		for _, i := range e.insights {
			t.Logf("%s %.2f %s: %s", id, i.Score, i.Speaker, i.Text)
			if i.Score < 1.2 {
				continue // not posted
			}
			good++
			if why := insight.Form(i.Text); why != "" {
				t.Errorf("%s: Form(%q) = %q, want nothing", id, i.Text, why)
			}
			if n := len(strings.Fields(i.Text)); n < 24 || n > 68 {
				t.Errorf("%s: an insight of %d words, want 24 to 68: %q", id, n, i.Text)
			}
			for _, s := range sentences(i.Quote) {
				if slices.Contains(stock[e.show], s) {
					t.Errorf("%s: an insight holds a sentence of an intro or ad: %q", id, s)
				}
			}
			if got := i.Span.Of(e.transcript); got != i.Quote {
				t.Errorf("%s: quote %q is not what its span holds: %q", id, i.Quote, got)
			}
		}
		if good < 2 {
			t.Errorf("%s: %d insights of score 1.2 and more, want 2 or more", id, good)
		}
	}
}
