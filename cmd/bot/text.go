package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"podbrief/digest"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/digest/transcript"
)

const (
	indent       = 4  // of a pick's lines, behind its number
	relatedWords = 24 // of a related insight, as a teaser
)

// brief draws a brief. With ids, every pick shows what to type to go on with it.
func (s screen) brief(b *digest.Brief, ids bool) string {
	var out strings.Builder
	out.WriteString(s.bold(heading(b)) + "\n" + s.faint(subheading(b)) + "\n\n")
	if b.Headline != "" {
		out.WriteString(s.block("", 0, printable(b.Headline), s.bold) + "\n")
	}
	for i, p := range b.Picks {
		out.WriteString(s.pick(i+1, p, ids) + "\n")
	}
	if footer := thin(b); footer != "" {
		out.WriteString(s.block("", 0, footer, plain))
	}
	if b.Label != "" {
		out.WriteString(s.block("", 0, printable(b.Label), s.faint))
	}
	if ids && len(b.Picks) > 0 {
		out.WriteString(s.block("", 0, "Go on with: podbrief related ID · podbrief ask --insight ID \"...\" · podbrief search WORDS", s.faint))
	}
	return out.String()
}

func heading(b *digest.Brief) string {
	if len(b.Topics) == 0 {
		return "Your brief"
	}
	return "Your brief on " + printable(list(b.Topics))
}

func subheading(b *digest.Brief) string {
	return fmt.Sprintf("%s · %s from %s", b.Now.Format("Monday 2 January 2006"),
		count(len(b.Picks), "insight"), count(b.Podcasts, "podcast"))
}

// thin says honestly that a brief is shorter than was asked for, and why.
func thin(b *digest.Brief) string {
	topics := orEverything(b.Topics)
	switch {
	case len(b.Picks) >= b.Asked:
		return ""
	case b.Podcasts == 0:
		return "Nothing was taken from these podcasts yet."
	case len(b.Picks) == 0 && !b.Since.IsZero():
		return fmt.Sprintf("Nothing on %s since %s was good enough to be shown; look further back, or try a wider topic.",
			topics, b.Since.Format("2 January 2006"))
	case len(b.Picks) == 0:
		return fmt.Sprintf("Nothing on %s was good enough to be shown; try a wider topic, or more podcasts.", topics)
	case slices.ContainsFunc(b.Fallen, capped):
		return fmt.Sprintf("Only %d of %d: no more than two are shown of one podcast, and nothing else on %s was good enough.",
			len(b.Picks), b.Asked, topics)
	}
	return fmt.Sprintf("Only %d of %d: nothing else on %s was good enough to be shown.", len(b.Picks), b.Asked, topics)
}

// capped reports whether a candidate fell out since its podcast had its share.
func capped(f digest.Fallen) bool {
	return f.Stage == rank.StagePodcast || f.Stage == rank.StageEpisode
}

func orEverything(topics []string) string {
	if len(topics) == 0 {
		return "what was scanned"
	}
	return printable(list(topics))
}

func (s screen) pick(n int, p digest.Pick, id bool) string {
	number := s.accent(fmt.Sprintf("%2d", n)) + "  "
	out := s.claim(number, indent, p.Item)
	out += s.block(pad(indent), indent, "Why: "+printable(p.Reason), s.faint)
	if len(p.Also) > 0 {
		out += s.block(pad(indent), indent, "Also said on "+printable(list(p.Also)), s.faint)
	}
	const label = "Related: "
	for i, r := range p.Related {
		first := pad(indent) + s.faint(label)
		if i > 0 {
			first = pad(indent + len(label))
		}
		out += s.block(first, indent+len(label), "“"+teaser(r.Insight.Text)+"” — "+printable(r.Podcast), s.faint)
	}
	if id {
		out += s.block(pad(indent), indent, "ID: "+p.Insight.ID, s.faint)
	}
	return out
}

// claim draws an insight: its text, its quote when the text is not the quote itself, and where it was said. first stands
// before the first line, as wide as the indent.
func (s screen) claim(first string, indent int, it digest.Item) string {
	ins := it.Insight
	var out string
	if it.IsQuote() {
		out = s.block(first, indent, "“"+printable(ins.Text)+"”", s.bold)
	} else {
		out = s.block(first, indent, printable(ins.Text), s.bold)
		out += s.block(pad(indent), indent, "“"+printable(ins.Quote)+"”", plain)
	}
	if ins.Why != "" {
		out += s.block(pad(indent), indent, "Why it matters: "+printable(ins.Why), plain)
	}
	out += s.block(pad(indent), indent, where(it), plain)
	if it.Link != "" {
		out += pad(indent) + s.accent(printable(it.Link)) + "\n"
	}
	return out
}

// where says who said it, in which podcast and episode, and when.
func where(it digest.Item) string {
	parts := []string{it.Podcast + " — " + it.Episode.Title, when(it.Insight)}
	if it.Insight.Speaker != "" {
		parts = append([]string{it.Insight.Speaker}, parts...)
	}
	if !it.Episode.Published.IsZero() {
		parts = append(parts, it.Episode.Published.Format("2\u00a0Jan\u00a02006"))
	}
	return printable(strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · "))
}

// said says who said an insight and when.
func said(i insight.Insight) string {
	return printable(strings.Trim(i.Speaker+" · "+when(i), " ·"))
}

// when says at which time of the episode an insight was said, as far as it is known.
func when(i insight.Insight) string {
	switch {
	case i.FromNotes():
		return "from show notes"
	case i.Timing == transcript.Unknown:
		return ""
	case i.Timing == transcript.Interpolated:
		return "about " + clock(i.Start)
	}
	return clock(i.Start)
}

// clock writes a time of an episode as people do: 4:05, 1:02:03.
func clock(d time.Duration) string {
	s := int(d / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

func pad(n int) string { return strings.Repeat(" ", n) }

// list joins words as people do.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// teaser is the beginning of a text.
func teaser(text string) string {
	words := strings.Fields(printable(text))
	if len(words) <= relatedWords {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:relatedWords], " ") + " …"
}

// items draws a list of insights with their IDs.
func (s screen) items(items []digest.Item, ids bool) string {
	var out strings.Builder
	for i, it := range items {
		out.WriteString(s.claim(s.accent(fmt.Sprintf("%2d", i+1))+"  ", indent, it))
		if ids {
			out.WriteString(pad(indent) + s.faint("ID: "+it.Insight.ID) + "\n")
		}
		out.WriteString("\n")
	}
	return out.String()
}

// answer draws an answer with its citations, or the closest passages.
func (s screen) answer(a *digest.Answer) string {
	var out strings.Builder
	if a.Answer != "" {
		out.WriteString(s.block("", 0, printable(a.Answer), plain) + "\n")
	}
	if a.Gap != "" {
		out.WriteString(s.block("", 0, printable(a.Gap), plain) + "\n")
	}
	for i, c := range a.Citations {
		number := s.accent(fmt.Sprintf("%2d", i+1)) + "  "
		out.WriteString(s.block(number, indent, "“"+printable(c.Quote)+"”", s.bold))
		at := digest.Item{Podcast: c.Podcast, Episode: c.Episode}
		at.Insight.Speaker, at.Insight.Start, at.Insight.Timing = c.Speaker, c.Start, c.Timing
		at.Insight.Source = c.Source
		out.WriteString(s.block(pad(indent), indent, where(at), plain))
		if c.Link != "" {
			out.WriteString(pad(indent) + s.accent(printable(c.Link)) + "\n")
		}
		out.WriteString("\n")
	}
	if a.Label != "" {
		out.WriteString(s.block("", 0, printable(a.Label), s.faint))
	}
	for _, next := range a.Next {
		out.WriteString(s.block("", 0, "Ask next: "+printable(next), s.faint))
	}
	return out.String()
}

// surroundings draws a quote with what was said around it.
func (s screen) surroundings(m digest.Surroundings) string {
	var out strings.Builder
	out.WriteString(s.block("", 0, where(m.Item), s.bold))
	if m.Link != "" {
		out.WriteString(s.accent(printable(m.Link)) + "\n")
	}
	out.WriteString("\n")
	for _, part := range []struct {
		lines []digest.Line
		draw  func(string) string
	}{{m.Before, s.faint}, {m.Quote, s.bold}, {m.After, s.faint}} {
		for _, l := range part.lines {
			text := printable(l.Text)
			if l.Speaker != "" {
				text = printable(l.Speaker) + ": " + text
			}
			out.WriteString(s.block("", 0, text, part.draw))
		}
	}
	return out.String()
}
