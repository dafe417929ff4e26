package digest

import (
	"errors"
	"regexp"
	"sort"
	"strings"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/digest/transcript"
	"podbrief/store"
)

const (
	quoteWords    = 60               // of a passage that is shown as it is, at most
	fewWords      = 15               // a shorter quote says little by itself
	captionLength = 15 * time.Second // within a segment that is no longer, a time is as good as exact
)

// spoken is an episode with all that was said in it.
type spoken struct {
	podcast string
	episode feed.Episode // without notes
	text    *transcript.Transcript
	flat    string // the segments' texts, one space between them
	starts  []int  // of each segment in flat
}

// spokenIn reads the transcripts of some episodes. What is gone is left out.
func spokenIn(tx store.Tx, episodes []string) ([]*spoken, error) {
	var out []*spoken
	for _, id := range episodes {
		s, err := getSpoken(tx, id)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, ErrUnknownEpisode) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func getSpoken(tx store.Tx, episode string) (*spoken, error) {
	rec, err := getEpisode(tx, episode)
	if err != nil {
		return nil, err
	}
	podcast, err := getFeed(tx, rec.Feed)
	if err != nil {
		return nil, err
	}
	text, err := getTranscript(tx, episode)
	if err != nil {
		return nil, err
	}
	return newSpoken(title(podcast.Feed), rec.Episode, text), nil
}

func newSpoken(podcast string, ep feed.Episode, text *transcript.Transcript) *spoken {
	ep.Notes = ""
	s := &spoken{podcast: podcast, episode: ep, text: text}
	var flat strings.Builder
	for _, seg := range text.Segments {
		s.starts = append(s.starts, flat.Len())
		flat.WriteString(strings.Join(strings.Fields(seg.Text), " ") + " ")
	}
	s.flat = flat.String()
	return s
}

// stretches returns what was said as ranking wants it, a segment each.
func (s *spoken) stretches() []insight.Passage {
	out := make([]insight.Passage, len(s.text.Segments))
	for i, seg := range s.text.Segments {
		out[i] = insight.Passage{
			Podcast: s.podcast, Title: s.episode.Title, Published: s.episode.Published, Episode: s.episode.ID,
			Speaker: seg.Speaker, Text: seg.Text, Start: seg.Start, Timing: seg.Timing,
		}
	}
	return out
}

// citation is a verbatim quote out of a passage of this episode, with the second and the speaker found by its words.
func (s *spoken) citation(p insight.Passage, quote string, sentence int) Citation {
	c := Citation{
		Quote: quote, Speaker: p.Speaker, Start: p.Start, Timing: p.Timing, Source: s.text.Source,
		Episode: s.episode, Podcast: s.podcast, Sentence: sentence,
	}
	if seg, offset := s.find(quote); seg >= 0 {
		c.Speaker = s.text.Segments[seg].Speaker
		c.Start, c.Timing = within(s.text.Segments[seg], offset)
	}
	c.Link = link(s.episode, c.Start, c.Timing)
	return c
}

// find returns the segment in which a quote begins and its offset there; -1 when it is not there.
func (s *spoken) find(quote string) (segment, offset int) {
	at := strings.Index(s.flat, strings.Join(strings.Fields(quote), " "))
	if at < 0 {
		return -1, 0
	}
	segment = sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > at }) - 1
	return segment, at - s.starts[segment]
}

// within is the time at an offset of a segment's text, as if all of it were said at one pace.
func within(seg transcript.Segment, offset int) (time.Duration, transcript.Timing) {
	if seg.Timing == transcript.Unknown || offset == 0 || len(seg.Text) == 0 {
		return seg.Start, seg.Timing
	}
	share := min(1, float64(offset)/float64(len(seg.Text)))
	at := seg.Start + time.Duration(share*float64(max(0, seg.End-seg.Start)))
	if seg.Timing == transcript.Exact && seg.End-seg.Start <= captionLength {
		return at, transcript.Exact
	}
	return at, transcript.Interpolated
}

// closestQuote returns the sentences of a passage that are closest to a question, verbatim and by one speaker.
func closestQuote(question string, p insight.Passage) string {
	var options []insight.Passage
	for _, turn := range strings.Split(p.Text, "\n") {
		for _, text := range runs(turn) {
			// Each is an episode of its own, so that they are compared and not joined.
			options = append(options, insight.Passage{Episode: text, Text: text})
		}
	}
	if best := rank.Passages(question, options, 1); len(best) > 0 {
		return best[0].Episode
	}
	return p.Text
}

// runs returns the longest run of sentences from each sentence on that is short enough to be shown; the last ones of a
// longer text are too short.
func runs(text string) []string {
	spans := sentences(text)
	var out []string
	for i := range spans {
		end := spans[i][1]
		for _, next := range spans[i+1:] {
			if len(strings.Fields(text[spans[i][0]:next[1]])) > quoteWords {
				break
			}
			end = next[1]
		}
		if run := text[spans[i][0]:end]; i == 0 || len(strings.Fields(run)) >= fewWords {
			out = append(out, run)
		}
	}
	return out
}

// sentenceEnd is where a sentence ends and the next begins.
var sentenceEnd = regexp.MustCompile(`[.?!]["”')\]]*\s+`)

// sentences returns the beginning and the end of each sentence of a text. Where punctuation is missing, every few words count
// as one.
func sentences(text string) [][2]int {
	var out [][2]int
	for _, s := range marked(text) {
		out = append(out, short(text, s)...)
	}
	return out
}

// fewSpoken is how many words of talk without punctuation count as a sentence.
const fewSpoken = 20

// short cuts a sentence that is too long to be shown.
func short(text string, s [2]int) [][2]int {
	if len(strings.Fields(text[s[0]:s[1]])) <= quoteWords {
		return [][2]int{s}
	}
	var out [][2]int
	from, words := s[0], 0
	for i := s[0]; i < s[1]; i++ {
		if text[i] != ' ' || i == from || text[i-1] == ' ' {
			continue
		}
		if words++; words == fewSpoken {
			out, from, words = append(out, [2]int{from, i}), i+1, 0
		}
	}
	if from < s[1] {
		out = append(out, [2]int{from, s[1]})
	}
	return out
}

// marked returns the sentences of a text by its punctuation.
func marked(text string) [][2]int {
	var out [][2]int
	from := 0
	for _, m := range sentenceEnd.FindAllStringIndex(text, -1) {
		end := m[0] + len(strings.TrimSpace(text[m[0]:m[1]]))
		out = append(out, [2]int{from, end})
		from = m[1]
	}
	if rest := strings.TrimRight(text[from:], " \n\t"); rest != "" {
		out = append(out, [2]int{from, from + len(rest)})
	}
	return out
}
