package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"podbrief/digest"
	"podbrief/store"
)

// postNow posts a brief at once. It has its own key and is not the day's brief.
func (b *Bot) postNow(ctx context.Context, a *asking) (Message, error) {
	sub, found, err := b.subscriptionOf(ctx, a.target)
	if err != nil || !found {
		return Message{}, cmp.Or(err, errNothingHere)
	}
	stop, err := b.stopOf(ctx, a.target)
	if err != nil {
		return Message{}, err
	}
	if stop.Class != "" {
		return Message{}, tell("I cannot post there: %s. Let me post there again, then send “resume”.", stop.Reason)
	}
	a.tell("Choosing…")
	date := dateOf(a.now.In(sub.Schedule.location()))
	d := &Delivery{
		ID:   fmt.Sprintf("%s%s+now-%d", channelKey(sub.Channel), date, a.now.UnixMilli()),
		Date: date, Purpose: Asked, Due: a.now, Until: a.now.Add(catchUp),
	}
	brief, err := b.compose(ctx, &sub, a.now, a.now.Add(-firstWindow))
	if err != nil {
		return Message{}, err
	}
	if len(brief.Picks) == 0 {
		return Message{Text: b.nothingNew(&sub), Private: true}, nil
	}
	b.polish(ctx, &sub, brief, time.Now().Add(polishRun))
	if err := b.freeze(ctx, sub, d, brief); err != nil {
		return Message{}, err
	}
	if err := b.Deliver(ctx, workspaceKey(sub.Channel)); err != nil {
		b.Log.Error("deliver", "err", err)
	}
	return b.outcome(ctx, d.ID)
}

// outcome says what became of a brief that was asked for.
func (b *Bot) outcome(ctx context.Context, id string) (Message, error) {
	d, err := b.delivery(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Message{}, errNothingHere // left meanwhile
	}
	if err != nil {
		return Message{}, err
	}
	m := Message{Private: true}
	switch {
	case d.State == Delivered:
		m.Text = "Posted. The day's brief still comes at its time."
	case d.State == Refused:
		m.Text = "The platform refused the message; the operator finds it in the log."
	case d.State == GivenUp:
		m.Text = "It could not be sent in time" + when(d.Error != "", "; the platform answered: "+d.Error) + "."
	case d.State == Unsure:
		m.Text = "It was sent, but the platform never confirmed it."
	default:
		m.Text = "It is on its way" + when(d.Error != "", "; the platform answered: "+d.Error) + "."
	}
	return m, nil
}

func (b *Bot) delivery(ctx context.Context, id string) (Delivery, error) {
	return view(ctx, b.DB, func(tx store.Tx) (Delivery, error) { return store.Get[Delivery](tx, deliveryBucket, id) })
}

// preview shows the next brief as it would be now.
func (b *Bot) preview(ctx context.Context, a *asking) (Message, error) {
	sub, found, err := b.subscriptionOf(ctx, a.target)
	if err != nil || !found {
		return Message{}, cmp.Or(err, errNothingHere)
	}
	brief, err := b.compose(ctx, &sub, a.now, b.since(&sub, a.now))
	if err != nil {
		return Message{}, err
	}
	b.polish(ctx, &sub, brief, time.Now().Add(polishRun))
	m := BriefMessage(brief, Frame{Zone: sub.Schedule.location(), Quota: sub.Count, Preview: true})
	if len(brief.Picks) == 0 {
		m.Text += b.untranslated(&sub)
	}
	m.Private = true
	return m, nil
}

// last shows the last brief again.
func (b *Bot) last(ctx context.Context, a *asking) (Message, error) {
	d, err := b.briefOf(ctx, a)
	if err != nil {
		return Message{}, err
	}
	m := d.Message
	m.Private = true
	return m, nil
}

// errNoBrief says that a channel has no brief yet.
var errNoBrief = tell("There is no brief here yet; “preview” shows what the next one would be.")

// briefOf finds the brief that a request is about: the one whose thread it was written in, or the channel's last one.
func (b *Bot) briefOf(ctx context.Context, a *asking) (d Delivery, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		id, found := "", false
		if a.Thread != "" {
			if id, found, err = get[string](tx, messageBucket, channelKey(a.Channel)+part(a.Thread)); err != nil {
				return err
			}
		}
		if !found {
			sub, _, err := get[Subscription](tx, subscriptionBucket, channelKey(a.target))
			if err != nil {
				return err
			}
			id = sub.Last
		}
		if id == "" {
			return errNoBrief
		}
		d, found, err = get[Delivery](tx, deliveryBucket, id)
		if err == nil && !found {
			return errNoBrief
		}
		return err
	})
	return d, err
}

// insightOf finds the insight that words mean: its number in the brief, or its ID.
func (b *Bot) insightOf(ctx context.Context, a *asking, word string) (digest.Item, error) {
	n, numbered := isNumber(word)
	id := word
	if numbered {
		d, err := b.briefOf(ctx, a)
		if err != nil {
			return digest.Item{}, err
		}
		if n < 1 || n > len(d.Insights) {
			return digest.Item{}, tell("That brief has insights 1 to %d; name one of them.", len(d.Insights))
		}
		id = d.Insights[n-1]
	} else if !isID(word) {
		return digest.Item{}, tell("Name an insight by its number in the brief, like “2”.")
	}
	it, err := b.Engine.Insight(ctx, id)
	if gone(err) {
		return it, tell("That insight is not kept any more; “search” finds others.")
	}
	return it, err
}

func gone(err error) bool {
	return errors.Is(err, digest.ErrUnknownInsight) || errors.Is(err, digest.ErrUnknownEpisode) || errors.Is(err, digest.ErrUnknownFeed)
}

// more shows a quote with what was said around it.
func (b *Bot) more(ctx context.Context, a *asking) (Message, error) {
	it, err := b.insightOf(ctx, a, a.args)
	if err != nil {
		return Message{}, err
	}
	s, err := b.Engine.More(ctx, it.Insight.ID)
	if err != nil {
		return Message{}, err
	}
	return moreMessage(s), nil
}

// maxRelated is how many related insights are shown.
const maxRelated = 5

// related shows what other podcasts said about the same.
func (b *Bot) related(ctx context.Context, a *asking) (Message, error) {
	it, err := b.insightOf(ctx, a, a.args)
	if err != nil {
		return Message{}, err
	}
	items, err := b.Engine.Related(ctx, it.Insight.ID, maxRelated)
	if err != nil {
		return Message{}, err
	}
	claim, _ := firstSentence(it.Insight.Text)
	if len(items) == 0 {
		return Message{Text: "No other podcast I know said something close to: " + claim, Private: true}, nil
	}
	m := itemsMessage("Other podcasts on: "+clip(claim, 100), items, b.calendar(a))
	m.InThread = true
	return m, nil
}

// why says why an insight was chosen, or at which stage those of a podcast or episode fell out.
func (b *Bot) why(ctx context.Context, a *asking) (Message, error) {
	if _, err := strconv.Atoi(a.args); err == nil || isID(a.args) {
		return b.whyChosen(ctx, a)
	}
	if _, numbered := isNumber(a.args); numbered {
		return b.whyChosen(ctx, a)
	}
	return b.whyNot(ctx, a)
}

// whyChosen repeats the choice at the moment of its brief and tells what decided it.
func (b *Bot) whyChosen(ctx context.Context, a *asking) (Message, error) {
	it, err := b.insightOf(ctx, a, a.args)
	if err != nil {
		return Message{}, err
	}
	brief, err := b.again(ctx, a)
	if err != nil {
		return Message{}, err
	}
	d, err := b.briefOf(ctx, a)
	if err != nil {
		return Message{}, err
	}
	if at := slices.Index(d.Insights, it.Insight.ID); at >= 0 && at < len(d.Chosen) {
		return b.whyThen(ctx, brief, d, at), nil
	}
	at := slices.IndexFunc(brief.Picks, func(p digest.Pick) bool { return p.Insight.ID == it.Insight.ID })
	if at < 0 {
		return Message{Text: "It was chosen with what was known and set then; with today's settings it would not be among the first.", Private: true}, nil
	}
	p := brief.Picks[at]
	d.Insights, d.Chosen = []string{p.Insight.ID}, []Chosen{{p.Reason, p.Scores}} // of a brief from before reasons were kept
	m := b.whyThen(ctx, brief, d, 0)
	m.Heading = fmt.Sprintf("Why number %d", at+1)
	return m, nil
}

// whyThen tells what decided one choice when its brief was made, and what it stands for and came before as far as that can
// still be told.
func (b *Bot) whyThen(ctx context.Context, brief *digest.Brief, d Delivery, at int) Message {
	m := Message{Heading: fmt.Sprintf("Why number %d", at+1), Text: d.Chosen[at].Reason, Private: true}
	m.Sections = []Section{{Heading: "Scores", Text: scoresInWords(d.Chosen[at].Scores)}}
	if out := b.displaced(ctx, brief, d.Insights[at]); out != "" {
		m.Sections = append(m.Sections, Section{Heading: "It stands for", Text: out})
	}
	if out := b.runnersUp(ctx, brief); out != "" {
		m.Sections = append(m.Sections, Section{Heading: "It came before", Text: out})
	}
	return m
}

// again composes the brief that a request is about once more, as of the moment when it was made.
func (b *Bot) again(ctx context.Context, a *asking) (*digest.Brief, error) {
	sub, found, err := b.subscriptionOf(ctx, a.target)
	if err != nil || !found {
		return nil, cmp.Or(err, errNothingHere)
	}
	d, err := b.briefOf(ctx, a)
	if err != nil {
		return nil, err
	}
	q, err := b.query(ctx, &sub, d.Due, d.Due.Add(-firstWindow))
	if err != nil {
		return nil, err
	}
	q.Seen = slices.DeleteFunc(q.Seen, func(id string) bool { return slices.Contains(d.Insights, id) })
	return b.Engine.Choose(ctx, q)
}

// scoresInWords says how good a pick was in each respect.
func scoresInWords(s digest.Scores) string {
	word := func(v float64) string {
		switch {
		case v >= 0.66:
			return "high"
		case v >= 0.33:
			return "medium"
		}
		return "low"
	}
	text := fmt.Sprintf("On topic: %s (%.2f). Quality of the claim: %s (%.2f). How new: %s (%.2f).",
		word(s.Relevance), s.Relevance, word(s.Quality), s.Quality, word(s.Recency), s.Recency)
	if s.Taste != 0 {
		text += fmt.Sprintf(" Votes of this channel: %+.2f.", s.Taste)
	}
	return text
}

// displaced lists what fell out because of a pick.
func (b *Bot) displaced(ctx context.Context, brief *digest.Brief, id string) string {
	var out []string
	for _, f := range brief.Fallen {
		if f.By == id && len(out) < 3 {
			out = append(out, b.fallenLine(ctx, f))
		}
	}
	return strings.Join(nonEmpty(out...), "\n")
}

// runnersUp lists the best that were not chosen for their place alone.
func (b *Bot) runnersUp(ctx context.Context, brief *digest.Brief) string {
	var out []string
	for _, f := range brief.Fallen {
		if f.Stage == "rank" && len(out) < 3 {
			out = append(out, b.fallenLine(ctx, f))
		}
	}
	return strings.Join(nonEmpty(out...), "\n")
}

func (b *Bot) fallenLine(ctx context.Context, f digest.Fallen) string {
	it, err := b.Engine.Insight(ctx, f.Insight)
	if err != nil {
		return ""
	}
	claim, _ := firstSentence(it.Insight.Text)
	return fmt.Sprintf("%s: %s", it.Podcast, clip(claim, 140))
}

// whyNot says what became of a podcast or an episode in the channel's next brief.
func (b *Bot) whyNot(ctx context.Context, a *asking) (Message, error) {
	sub, found, err := b.subscriptionOf(ctx, a.target)
	if err != nil || !found {
		return Message{}, cmp.Or(err, errNothingHere)
	}
	q, err := b.query(ctx, &sub, a.now, a.now.Add(-firstWindow))
	if err != nil {
		return Message{}, err
	}
	fate, err := b.Engine.Why(ctx, q, clip(a.args, 200))
	if err != nil {
		return Message{}, err
	}
	if fate.Stage == digest.StageUnknown {
		return Message{}, tell("No podcast or episode called “%s” is scanned; “feeds” lists what is.", clip(a.args, 60))
	}
	return Message{Heading: clip(fate.What, 120), Text: fate.Text, Private: true,
		Footer: "As the next brief stands, over the last 7 days"}, nil
}
