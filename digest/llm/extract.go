package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
)

// extractVersion names the prompt. A changed prompt gets a new file and a new version, so that old insights keep theirs.
const extractVersion = "insights-1"

// Bounds of one episode's extraction.
const (
	maxInsights   = 8
	maxRetries    = 2    // calls that mend refused insights, for all parts together
	extractMaxOut = 1600 // tokens of one answer
)

// Extractor takes insights out of episodes with a model. Parts that the model fails on are taken by Builtin, whose
// insights carry Builtin's name. It is safe for concurrent use.
type Extractor struct {
	Service *Service          // required
	Builtin insight.Extractor // required
	Cache   *Cache            // required
	Log     *slog.Logger      // required
	// Ads reports per segment whether it is advertising or repetition; nil: none is.
	Ads func(insight.Input) []bool
	// Oldest and Longest are the age and the length of episodes from which on the built-in engine reads them: a back
	// catalogue would cost more than the news. 0 is no limit.
	Oldest, Longest time.Duration
}

// Name is "llm/<model>/<prompt version>".
func (e *Extractor) Name() string { return "llm/" + e.Service.Models.Extract + "/" + extractVersion }

// Extract returns the episode's insights, best first: those that the model found and code could prove, and those of the
// built-in engine for parts that the model failed on. It fails only when ctx is done.
func (e *Extractor) Extract(ctx context.Context, in insight.Input) ([]insight.Insight, error) {
	if in.Transcript.FromNotes() || len(in.Transcript.Segments) == 0 {
		return e.Builtin.Extract(ctx, in)
	}
	if why := e.beyond(in); why != "" {
		own, err := e.Builtin.Extract(ctx, in)
		return because(own, why), err
	}
	ctx = insight.WithAccounts(ctx, insight.Account{Kind: "episode", Name: in.Episode.ID})
	x := e.begin(in)
	for i, p := range x.parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		insight.Progress(ctx, fmt.Sprintf("part %d of %d", i+1, len(x.parts)))
		if err := x.take(ctx, i); err != nil {
			level := slog.LevelWarn
			if len(x.failed) > 0 || errors.Is(err, errResting) {
				level = slog.LevelDebug // it was said
			}
			e.Log.Log(ctx, level, "built-in engine takes over a part", "episode", in.Episode.ID, "part", i+1, "of", len(x.parts), "err", err)
			x.failed, x.why = append(x.failed, p), reasonOf(err)
		}
	}
	return x.merge(ctx)
}

// errUnproven says that a model answered, and nothing of it holds.
var errUnproven = errors.New("its claims could not be proven")

// beyond says which limit an episode is beyond; "" when none.
func (e *Extractor) beyond(in insight.Input) string {
	switch at := in.Episode.Published; {
	case e.Oldest > 0 && !at.IsZero() && time.Since(at) > e.Oldest:
		return "the episode is old"
	case e.Longest > 0 && max(in.Episode.Duration, in.Transcript.Segments[len(in.Transcript.Segments)-1].End) > e.Longest:
		return "the episode is long"
	}
	return ""
}

// because marks insights of the built-in engine with why it took them.
func because(own []insight.Insight, why string) []insight.Insight {
	for i := range own {
		own[i].Fallback = why
	}
	return own
}

// extraction is the work on one episode.
type extraction struct {
	*Extractor
	in      insight.Input
	source  source
	parts   []part
	header  header
	found   []found
	failed  []part
	why     string // the last part failed
	retries int
}

// found is a claim that was proven, with the place of its quote.
type found struct {
	claimed
	at place
}

func (e *Extractor) begin(in insight.Input) *extraction {
	var ads []bool
	if e.Ads != nil {
		ads = e.Ads(in)
	}
	lines := linesOf(in.Transcript, func(i int) bool { return i < len(ads) && ads[i] })
	h := headerOf(in)
	return &extraction{
		Extractor: e, in: in, header: h, parts: partsOf(lines, e.partSize()),
		source: source{lines: lines, header: strings.Join([]string{h.Show, h.Title, h.People, h.Notes}, "\n")},
	}
}

// partSize is how many words fit into the model's context with prompt and answer: a token is about .7 words here, to be
// on the safe side.
func (e *Extractor) partSize() int {
	return max(300, min(partWords, (e.Service.context()-extractMaxOut-1200)*7/10))
}

// take extracts one part, or both halves of it when it is too long for the model.
func (x *extraction) take(ctx context.Context, i int) error {
	p := x.parts[i]
	claims, err := x.askFor(ctx, "user", x.view(p, i+1))
	if tooLong(err) && p.last > p.first {
		mid := (p.first + p.last) / 2
		for _, half := range []part{{p.first, mid}, {mid + 1, p.last}} {
			c, err := x.askFor(ctx, "user", x.view(half, i+1))
			if err != nil {
				return err
			}
			claims = append(claims, c...)
		}
	} else if err != nil {
		return err
	}
	before := len(x.found)
	refused := x.keep(claims, p)
	if len(refused) > 0 && x.retries < maxRetries {
		x.retries++
		x.mend(ctx, refused, p)
	}
	if len(refused) > 0 && len(x.found) == before {
		return fmt.Errorf("%w: %w: none of %d: %s", ErrUnavailable, errUnproven, len(refused), refused[0].Reason)
	}
	return nil
}

// keep checks claims and returns those that were refused.
func (x *extraction) keep(claims []claimed, p part) []refusal {
	var refused []refusal
	for _, c := range claims {
		at, err := x.source.check(c)
		if err == nil && (c.First < p.first || c.Last > p.last) {
			err = fmt.Errorf("lines %d to %d are not in this part", c.First, c.Last)
		}
		if err != nil {
			refused = append(refused, refusal{claimed: c, Reason: err.Error()})
			continue
		}
		x.found = append(x.found, found{x.source.tidy(c), at})
	}
	return refused
}

// refusal is a claim with what the validator found wrong in it.
type refusal struct {
	claimed
	Reason string
}

// mend shows the refused claims to the model once more, with their lines only. A failure changes nothing: they stay
// refused.
func (x *extraction) mend(ctx context.Context, refused []refusal, p part) {
	v := x.header
	lines := map[int]bool{}
	for i := range refused {
		for n := refused[i].First - 2; n <= refused[i].Last+2 && n < refused[i].First+maxSpanLines+2; n++ {
			if n >= p.first && n <= p.last {
				lines[n] = true
			}
		}
		refused[i].Claim = insight.Visible(refused[i].Claim)
	}
	if len(lines) == 0 {
		return
	}
	var b strings.Builder
	for n := p.first; n <= p.last; n++ {
		if lines[n] {
			b.WriteString(show(x.source.lines, part{n, n}))
		}
	}
	v.Lines, v.Refused = b.String(), refused
	if claims, err := x.askFor(ctx, "again", v); err == nil {
		x.keep(claims, p)
	}
}

func (x *extraction) view(p part, number int) header {
	v := x.header
	v.Part, v.Parts, v.Lines = number, len(x.parts), show(x.source.lines, p)
	return v
}

// askFor makes one call, or takes its answer out of the cache. An answer that is no JSON is asked for once more.
func (x *extraction) askFor(ctx context.Context, name string, v header) ([]claimed, error) {
	p, err := render(extractVersion, name, v)
	if err != nil {
		return nil, err
	}
	p.Model, p.MaxOut = x.Service.Models.Extract, extractMaxOut
	raw, err := x.Cache.ask(ctx, x.Service, p)
	if errors.Is(err, errNotJSON) {
		raw, err = x.Service.ask(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	var answer struct {
		Insights []claimed `json:"insights"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("%w: its answer does not fit the schema", ErrUnavailable)
	}
	return answer.Insights, nil
}

// header is what a prompt says of the episode, and the lines of the part.
type header struct {
	Show, Title, Date, People, Notes, Language string
	Part, Parts                                int
	Lines                                      string
	Refused                                    []refusal
}

const maxHeaderNotes = 600 // characters

func headerOf(in insight.Input) header {
	return header{
		Show: oneLine(in.Podcast.Title), Title: oneLine(in.Episode.Title), Date: dateOf(in.Episode),
		People: oneLine(people(in)), Notes: shorten(oneLine(in.Episode.Notes), maxHeaderNotes),
		Language: first(in.Transcript.Language, in.Episode.Language, in.Podcast.Language, "en"),
	}
}

func dateOf(e feed.Episode) string {
	if e.Published.IsZero() {
		return ""
	}
	return e.Published.Format("2006-01-02")
}

// people names who is heard: those that the feed credits, then the transcript's speakers.
func people(in insight.Input) string {
	var names []string
	seen := map[string]bool{"": true}
	add := func(name, role string) {
		if seen[name] || len(names) >= 12 {
			return
		}
		seen[name] = true
		if role != "" {
			name += " (" + role + ")"
		}
		names = append(names, name)
	}
	for _, p := range append(in.Episode.Persons, in.Podcast.Persons...) {
		add(p.Name, p.Role)
	}
	for _, s := range in.Transcript.Segments {
		add(s.Speaker, "")
	}
	return strings.Join(names, ", ")
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// oneLine makes foreign text safe to stand in a prompt's header: one line, without hidden characters, without orders to a
// machine.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(insight.Visible(text)), " ")
	if insight.Instructs(text) {
		return ""
	}
	return text
}

func shorten(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

// insightOf turns a proven claim into an insight: time and speaker are the transcript's, not the model's.
func (x *extraction) insightOf(f found) insight.Insight {
	a, z := x.source.lines[f.at.first-1], x.source.lines[f.at.last-1]
	span := insight.Span{First: a.segment, Last: z.segment, From: a.from + f.at.from, To: z.from + f.at.to}
	return insight.Insight{
		Text: strings.TrimSpace(f.Claim), Quote: span.Of(x.in.Transcript), Span: span,
		Start: a.start, End: max(a.start, x.in.Transcript.Segments[z.segment].End), Timing: a.timing, Speaker: a.speaker,
		Engine: x.Name(), Topics: f.Topics, Why: strings.TrimSpace(f.Why), Source: x.in.Transcript.Source,
	}
}
