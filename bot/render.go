package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"podbrief/bot/fit"
	"podbrief/digest"
	"podbrief/digest/transcript"
)

// Frame is what a brief is shown with, beside its picks.
type Frame struct {
	Zone     *time.Location // of the dates shown; nil is UTC
	Purpose  Purpose
	Due      time.Time // when it was due, to say that it is late
	Quota    int       // picks that a full brief has
	Proposal *Proposal
	Preview  bool // shown to one person, not sent
	Thread   bool // open a thread under it
}

// lateAfter is how late a brief says that it is late.
const lateAfter = 30 * time.Minute

// frame returns what a delivery's brief is shown with.
func frame(sub *Subscription, d *Delivery, offer *Proposal) Frame {
	return Frame{Zone: sub.Schedule.location(), Purpose: d.Purpose, Due: d.Due, Quota: sub.Count, Proposal: offer, Thread: sub.Thread}
}

// BriefMessage renders a brief. It is the only place that turns a brief into words.
func BriefMessage(b *digest.Brief, f Frame) Message {
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	day := b.Now.In(zone).Format("Mon 2 Jan")
	m := Message{Heading: briefHeading(b, f, day), Text: strings.Join(nonEmpty(b.Headline, thin(b, f)), "\n")}
	for i, p := range b.Picks {
		m.Sections = append(m.Sections, pickSection(i+1, p, calendar{b.Now, zone}))
	}
	notes := []string{b.Label}
	if n := b.Podcasts; n > 0 {
		notes = append([]string{"Chosen from " + count(n, "podcast")}, notes...)
	}
	if f.Purpose == Daily && !f.Preview && b.Now.Sub(f.Due) > lateAfter {
		notes = append(notes, "Late: it was due at "+f.Due.In(zone).Format("15:04"))
	}
	m.Actions = []Action{{Label: "Settings", Command: []string{"settings"}, Form: true}}
	if p := f.Proposal; p != nil && len(b.Picks) > 0 {
		notes = append(notes, fmt.Sprintf("New podcast on %s: %s", p.Topic, p.Title))
		m.Actions = append(m.Actions, Action{Label: clip("Follow "+p.Title, 60), Command: []string{"follow", token(p.URL)}})
	}
	m.Footer = strings.Join(nonEmpty(notes...), " · ")
	m.Summary = summary(b, m.Heading)
	m.OpenThread = f.Thread && len(b.Picks) > 0
	return m
}

func briefHeading(b *digest.Brief, f Frame, day string) string {
	n := len(b.Picks)
	switch {
	case n == 0:
		return "Nothing new for " + day
	case f.Preview:
		return fmt.Sprintf("Preview: %s, %s", count(n, "insight"), day)
	case f.Purpose == First:
		return fmt.Sprintf("Your first brief: %s of the last 7 days", count(n, "insight"))
	}
	return fmt.Sprintf("%s for %s", count(n, "insight"), day)
}

// thin says honestly that there are fewer picks than usual.
func thin(b *digest.Brief, f Frame) string {
	n, about := len(b.Picks), "on your topics"
	if len(b.Topics) == 0 {
		about = "in what is scanned"
	}
	switch {
	case n == 0 && f.Preview:
		return "Nothing new " + about + " since the last brief."
	case n == 0:
		return "Nothing new " + about + " today."
	case n >= min(b.Asked, max(f.Quota, 1)):
		return ""
	}
	why := "nothing else new " + about
	if slices.ContainsFunc(b.Fallen, capped) {
		why = "no more than two are shown of one podcast, and there is nothing else new " + about
	}
	if f.Purpose == Daily && !f.Preview {
		return fmt.Sprintf("%d today: %s.", n, why)
	}
	return fmt.Sprintf("%d of %d: %s.", n, min(b.Asked, f.Quota), why)
}

// capped reports whether a candidate fell out since its podcast had its share.
func capped(f digest.Fallen) bool {
	return f.Stage == digest.StagePodcast || f.Stage == digest.StageEpisode
}

// nothingNew says that there is no brief for a subscription, and what keeps it from more.
func (b *Bot) nothingNew(s *Subscription) string {
	about := "on your topics"
	if len(s.Topics) == 0 {
		about = "in what is scanned"
	}
	return "There is nothing new " + about + " in the last 7 days that this channel does not have yet." + b.untranslated(s)
}

// summary is what a notification shows: the first claim.
func summary(b *digest.Brief, heading string) string {
	if len(b.Picks) == 0 {
		return heading
	}
	first, _ := firstSentence(b.Picks[0].Insight.Text)
	return clip(heading+": "+first, 150)
}

// pickSection renders one pick of a brief.
func pickSection(n int, p digest.Pick, c calendar) Section {
	s := itemSection(p.Item, c)
	s.Heading = fmt.Sprintf("%d. %s", n, s.Heading)
	also := ""
	if len(p.Also) > 0 {
		also = "also said on " + strings.Join(p.Also[:min(len(p.Also), 3)], ", ")
	}
	s.Meta = strings.Join(nonEmpty(s.Meta, also, strings.TrimSuffix(p.Reason, ".")), " · ")
	s.Actions = insightActions(p.Insight.ID)
	return s
}

// itemSection renders an insight with its source: what was said, by whom, when, and the link to the second. A text that
// is its own quote is drawn once, as a quotation under who said it; another one as a claim with the words it rests on.
func itemSection(it digest.Item, c calendar) Section {
	s := Section{Link: Link{Label: sourceLabel(it), URL: it.Link}, Image: it.Episode.Image}
	speaker := it.Insight.Speaker
	if it.IsQuote() {
		s.Heading, s.Quote = it.Podcast, it.Insight.Text
		if speaker != "" && !it.Insight.FromNotes() {
			s.Heading = speaker
		}
		speaker = ""
	} else {
		s.Heading, s.Text = firstSentence(it.Insight.Text)
		s.Quote, s.Short = it.Insight.Quote, it.Insight.Quote != ""
	}
	if it.Insight.Why != "" {
		s.Text = strings.TrimSpace(s.Text + "\nWhy it matters: " + it.Insight.Why)
	}
	notes := ""
	if it.Insight.FromNotes() {
		notes = "from the show notes"
	}
	s.Meta = strings.Join(nonEmpty(speaker, notes, c.date(it.Episode.Published)), " · ")
	return s
}

// calendar writes dates as a reader there and then does.
type calendar struct {
	now  time.Time
	zone *time.Location
}

// date writes a day, with its year when that is not this one; "" for the zero time.
func (c calendar) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(c.zone)
	if t.Year() == c.now.In(c.zone).Year() {
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// sourceLabel names podcast, episode and second.
func sourceLabel(it digest.Item) string {
	label := it.Podcast + " — " + it.Episode.Title
	if !it.Insight.FromNotes() {
		label += timeLabel(it.Insight.Timing, it.Insight.Start)
	}
	return label
}

// timeLabel says when something was said, as far as it is known.
func timeLabel(t transcript.Timing, at time.Duration) string {
	switch t {
	case transcript.Unknown:
		return ""
	case transcript.Interpolated:
		return " (about " + clock(at) + ")"
	}
	return " (" + clock(at) + ")"
}

// insightActions are what can be done with every insight.
func insightActions(id string) []Action {
	return []Action{
		{Label: "More", Command: []string{"more", id}},
		{Label: "Related", Command: []string{"related", id}},
		{Label: "Ask", Command: []string{"ask", id}, Form: true},
		{Label: "👍", Command: []string{"vote", "up", id}},
		{Label: "👎", Command: []string{"vote", "down", id}},
	}
}

// itemsMessage renders a list of insights.
func itemsMessage(heading string, items []digest.Item, c calendar) Message {
	m := Message{Heading: heading}
	for _, it := range items {
		s := itemSection(it, c)
		s.Actions = []Action{{Label: "More", Command: []string{"more", it.Insight.ID}}, {Label: "Save", Command: []string{"save", it.Insight.ID}}}
		m.Sections = append(m.Sections, s)
	}
	return m
}

// moreMessage renders a quote with its surroundings.
func moreMessage(s digest.Surroundings) Message {
	m := Message{Heading: "What was said there", InThread: true}
	add := func(title string, lines []digest.Line, quote bool) {
		text := linesText(lines)
		if text == "" {
			return
		}
		sec := Section{Heading: title, Text: text}
		if quote {
			sec = Section{Heading: title, Quote: text, Link: Link{Label: sourceLabel(s.Item), URL: s.Link}}
		}
		m.Sections = append(m.Sections, sec)
	}
	add("Before", s.Before, false)
	add("The quote", s.Quote, true)
	add("After", s.After, false)
	m.Actions = []Action{
		{Label: "Related", Command: []string{"related", s.Insight.ID}},
		{Label: "Save", Command: []string{"save", s.Insight.ID}},
		{Label: "Ask", Command: []string{"ask", s.Insight.ID}, Form: true},
	}
	return m
}

// linesText writes lines of speech, each with its speaker.
func linesText(lines []digest.Line) string {
	var out []string
	for _, l := range lines {
		text := strings.TrimSpace(l.Text)
		if text == "" {
			continue
		}
		if l.Speaker != "" {
			text = l.Speaker + ": " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// answerMessage renders the answer to a question: cited sentences, or the closest passages when it is not answered.
func answerMessage(a *digest.Answer, about string) Message {
	m := Message{InThread: true, Footer: a.Label}
	switch {
	case a.Answer != "":
		m.Text = a.Answer
		if a.Gap != "" {
			m.Text += "\nNot said: " + a.Gap
		}
	case len(a.Citations) == 0:
		m.Text = "That is not in the episodes I know."
	default:
		m.Text = "I cannot answer that in a sentence. The closest passages in the episodes I know:"
		if a.Gap != "" && !strings.HasPrefix(a.Engine, "closest/") {
			m.Text = "That is not in the episodes I know: " + a.Gap + " The closest passages:"
		}
	}
	for _, c := range a.Citations {
		m.Sections = append(m.Sections, citationSection(c))
	}
	for _, q := range a.Next {
		if len(q)+len("ask ") <= 90 {
			m.Actions = append(m.Actions, Action{Label: clip(q, 60), Command: []string{"ask", q}})
		}
	}
	if len(m.Actions) == 0 && about != "" {
		m.Actions = []Action{{Label: "More", Command: []string{"more", about}}, {Label: "Related", Command: []string{"related", about}}}
	}
	return m
}

func citationSection(c digest.Citation) Section {
	label := c.Podcast + " — " + c.Episode.Title
	if c.Start > 0 {
		label += timeLabel(c.Timing, c.Start)
	}
	s := Section{Quote: c.Quote, Link: Link{Label: label, URL: c.Link}, Meta: c.Speaker}
	if c.Sentence > 0 {
		s.Meta = strings.Join(nonEmpty(fmt.Sprintf("[%d]", c.Sentence), c.Speaker), " ")
	}
	return s
}

// plain is a message without all that a platform may have refused: what is left is its text, in short parts.
func plain(m Message) Message {
	out := Message{Heading: m.Heading, Text: clip(m.Text, 500), Footer: clip(m.Footer, 300), Private: m.Private}
	for _, s := range m.Sections {
		text := strings.Join(nonEmpty(s.Heading, s.Text), " ")
		if s.Quote != "" && !s.Short {
			text = strings.Join(nonEmpty(text, "“"+s.Quote+"”"), ": ")
		}
		out.Sections = append(out.Sections, Section{Text: clip(text, 500), Meta: clip(s.Link.Label, 150)})
	}
	return out
}

// marked is a message that may be there already.
func marked(m Message) Message {
	m.Footer = strings.Join(nonEmpty("Sent again after an interruption", m.Footer), " · ")
	return m
}

// leastHeading is how long a first sentence is that makes a heading, in bytes.
const leastHeading = 40

// firstSentence cuts a text after its first sentence, or after the first few where one makes no heading.
func firstSentence(text string) (first, rest string) {
	text = strings.TrimSpace(text)
	for _, end := range fit.Ends(text) {
		if end > leastHeading {
			return strings.TrimSpace(text[:end]), text[end:]
		}
	}
	return text, ""
}

// clock writes a time within an episode: 1:02:03 or 2:03.
func clock(d time.Duration) string {
	s := int(d.Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// count writes a number of things: "1 podcast", "2 podcasts".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func nonEmpty(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}
