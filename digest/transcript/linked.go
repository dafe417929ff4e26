package transcript

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"podbrief/digest/feed"
)

// accepted is what a host may send as a transcript.
const accepted = "application/json, text/vtt, application/x-subrip, text/html;q=0.9, text/markdown;q=0.9, text/plain;q=0.8, */*;q=0.5"

// maxOffers is how many offered files of an episode are tried.
const maxOffers = 4

// Linked is the Source of transcripts that a feed links to. It is safe for concurrent use.
type Linked struct {
	Client *http.Client // required; guarded, see feed.NewClient
	// Languages are those that the operator wants, best first (BCP 47). An episode's own language comes first when it
	// is among them, or when there are none.
	Languages []string
}

// Transcript returns the first usable file that the episode offers: in the wanted language, then in the format that
// tells most of speakers and times. When no file is offered, or all that are offered cannot be used, the error wraps
// ErrNone. When one could not be fetched just now, the error does not: asking later may help.
func (l Linked) Transcript(ctx context.Context, ep feed.Episode) (*Transcript, error) {
	offers := l.rank(ep)
	errs := []error{}
	later := false
	for _, o := range offers[:min(len(offers), maxOffers)] {
		t, err := l.fetch(ctx, o)
		if err == nil {
			t.Language = cmp.Or(languageTag(o.Language), t.Language, languageTag(ep.Language))
			t.forgetTimesAfter(ep.Duration)
			return t, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("fetch transcript of %q: %w", ep.Title, ctx.Err())
		}
		later = later || temporary(err)
		errs = append(errs, fmt.Errorf("read transcript %q: %w", o.URL, err))
	}
	if !later {
		errs = append(errs, ErrNone)
	}
	return nil, fmt.Errorf("find transcript of %q: %w", ep.Title, errors.Join(errs...))
}

// forgetTimesAfter makes times unknown that lie clearly after the end of the episode: nobody could listen there. An end
// before which nobody could have said all this is a slip of the feed, such as minutes for seconds, and counts for nothing.
func (t *Transcript) forgetTimesAfter(end time.Duration) {
	words := 0
	for _, s := range t.Segments {
		words += countWords(s.Text)
	}
	if end <= spoken(words, 3*slowest) {
		return
	}
	for i := range t.Segments {
		if s := &t.Segments[i]; s.Start > end+end/10+time.Minute {
			s.Start, s.End, s.Timing = 0, 0, Unknown
		}
	}
}

func (l Linked) fetch(ctx context.Context, o feed.Transcript) (*Transcript, error) {
	body, mediaType, address, err := feed.ReadBody(ctx, l.Client, o.URL, MaxBytes, accepted)
	if err != nil {
		return nil, err
	}
	if declaredFormat(mediaType, "") == "" && o.Type != "" {
		_, params, _ := strings.Cut(mediaType, ";")
		declared, _, _ := strings.Cut(o.Type, ";")
		mediaType = declared + ";" + params
	}
	return Parse(body, mediaType, address)
}

// temporary reports whether asking again later may help.
func temporary(err error) bool {
	var refused *Refused
	if errors.As(err, &refused) {
		return false
	}
	switch feed.KindOf(err) {
	case feed.NotFound, feed.Gone, feed.Auth, feed.Blocked, feed.TooLarge, feed.Redirects, feed.NotFeed:
		return false
	}
	return true
}

// rank orders what an episode offers, best first, and leaves out what is no transcript.
func (l Linked) rank(ep feed.Episode) []feed.Transcript {
	wanted := l.wanted(ep.Language)
	offers := slices.DeleteFunc(slices.Clone(ep.Transcripts), func(o feed.Transcript) bool {
		return o.URL == "" || strings.HasPrefix(o.Type, "audio/") || o.Type == "application/pdf"
	})
	slices.SortStableFunc(offers, func(a, b feed.Transcript) int {
		if d := languageRank(wanted, cmp.Or(a.Language, ep.Language)) - languageRank(wanted, cmp.Or(b.Language, ep.Language)); d != 0 {
			return d
		}
		return formatRank(a) - formatRank(b)
	})
	return offers
}

// wanted lists the wanted languages, best first.
func (l Linked) wanted(own string) []string {
	own = languageTag(own)
	if own == "" {
		return l.Languages
	}
	if len(l.Languages) == 0 || languageRank(l.Languages, own) < 2*len(l.Languages) {
		return append([]string{own}, l.Languages...)
	}
	return append(slices.Clone(l.Languages), own)
}

// languageRank returns the place of a language among the wanted ones: even for the same tag, odd for another region of
// the same language, after all of them for any other.
func languageRank(wanted []string, tag string) int {
	tag = languageTag(tag)
	primary, _, _ := strings.Cut(tag, "-")
	best := 2 * len(wanted)
	for i, w := range wanted {
		w = languageTag(w)
		p, _, _ := strings.Cut(w, "-")
		switch {
		case w == tag:
			best = min(best, 2*i)
		case p == primary:
			best = min(best, 2*i+1)
		}
	}
	return best
}

// formatRank prefers what has speakers and times. Captions always have times.
func formatRank(o feed.Transcript) int {
	order := []string{"json", "vtt", "srt", "captions", "html", "markdown", "text", ""}
	format := declaredFormat(o.Type, o.URL)
	if n := slices.Index(order, format); n < 3 && format != "" || o.Rel != "captions" {
		return n
	}
	return slices.Index(order, "captions")
}
