package bot

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/store"
)

// status says what a channel gets, when, and how healthy it is.
func (b *Bot) status(ctx context.Context, a *asking) (Message, error) {
	sub, found, err := b.subscriptionOf(ctx, a.target)
	if err != nil || !found {
		return Message{}, cmp.Or(err, errNothingHere)
	}
	next, err := b.nextLine(ctx, &sub)
	if err != nil {
		return Message{}, err
	}
	m := Message{Heading: "Status of " + channelName(sub.Channel), Text: next, Private: true}
	m.Sections = append(m.Sections, Section{Heading: "What it gets", Text: strings.Join(nonEmpty(
		sub.interests(),
		labelled("followed", b.titlesOf(sub.Follow)),
		labelled("muted", append(b.titlesOf(sub.Mute), sub.MuteWords...)),
		fmt.Sprintf("%s at %s%s%s%s", count(sub.Count, "insight"), sub.Schedule, when(sub.Language != "", ", language "+sub.Language),
			when(sub.Quiet, ", quiet on empty days"), when(sub.Thread, ", a thread under each brief")),
	), "\n")})
	if line, err := b.lastLine(ctx, sub); err != nil {
		return Message{}, err
	} else if line != "" {
		m.Sections = append(m.Sections, Section{Heading: "Last brief", Text: line})
	}
	m.Sections = append(m.Sections, Section{Heading: "Podcasts", Text: b.healthLine(ctx)})
	if line, err := b.modelLine(ctx, sub.Channel); err != nil {
		return Message{}, err
	} else if line != "" {
		m.Sections = append(m.Sections, Section{Heading: "Language models", Text: line})
	}
	if line := busyLine(b.Engine.Busy(), a.now); line != "" {
		m.Sections = append(m.Sections, Section{Heading: "At work", Text: line})
	}
	m.Actions = []Action{
		{Label: "Settings", Command: scoped(a, "settings"), Form: true},
		{Label: "Preview", Command: scoped(a, "preview")},
		{Label: "Feeds", Command: []string{"feeds"}},
	}
	return m, nil
}

// busyLine says what has been going on for longer than a minute, and how far it is; "" when nothing is.
func busyLine(busy []digest.Activity, now time.Time) string {
	var lines []string
	for _, w := range busy {
		if since := now.Sub(w.Began); since >= time.Minute {
			what := map[string]string{"process": "Reading", "listen": "Listening to", "embed": "Learning what insights mean"}[w.Work]
			lines = append(lines, strings.Join(nonEmpty(strings.TrimSpace(what+" "+w.Of), w.Step, "for "+span(since)), ", "))
		}
	}
	return strings.Join(lines, "\n")
}

// scoped is a command that is about the same channel as the request.
func scoped(a *asking, words ...string) []string {
	where := me
	switch {
	case a.elsewhere():
		where = inChannel + a.target.ID
	case a.target == a.Channel:
		return words
	}
	return append([]string{words[0], where}, words[1:]...)
}

func labelled(label string, list []string) string {
	if len(list) == 0 {
		return ""
	}
	return label + ": " + strings.Join(list, ", ")
}

func when(cond bool, text string) string {
	if cond {
		return text
	}
	return ""
}

// lastLine says what became of the newest delivery of a channel.
func (b *Bot) lastLine(ctx context.Context, sub Subscription) (line string, err error) {
	var newest Delivery
	err = b.DB.View(ctx, func(tx store.Tx) error {
		key := channelKey(sub.Channel)
		ds, err := store.All[Delivery](tx, deliveryBucket, key+string(dateOf(b.now().AddDate(0, 0, -40))), after(key))
		for _, d := range ds {
			if d.Purpose != Notice && d.Due.After(newest.Due) {
				newest = d
			}
		}
		return err
	})
	if err != nil || newest.ID == "" {
		return "", err
	}
	at := newest.Due.In(sub.Schedule.location()).Format("Mon 2 Jan 15:04")
	switch newest.State {
	case Delivered:
		if newest.Purpose == Quietly {
			return at + ": nothing new, and quiet.", nil
		}
		return fmt.Sprintf("%s: sent with %s.", at, count(len(newest.Insights), "insight")), nil
	case GivenUp:
		return fmt.Sprintf("%s: missed (%s).", at, newest.Error), nil
	case Refused:
		return at + ": the platform refused the message; it is in the log.", nil
	case Unsure:
		return at + ": sent, but never confirmed.", nil
	}
	return fmt.Sprintf("%s: on its way%s.", at, when(newest.Error != "", ", last answer: "+newest.Error)), nil
}

// healthLine says how many podcasts are scanned and how many cannot be read.
func (b *Bot) healthLine(ctx context.Context) string {
	known := b.casts.list()
	failing := 0
	for _, f := range known {
		if f.State.Failures > 0 || f.State.Dead {
			failing++
		}
	}
	text := count(len(known), "podcast") + " scanned"
	if failing > 0 {
		text += fmt.Sprintf(", %d of them cannot be read at the moment; “feeds” says which", failing)
	}
	return text + "."
}

// modelLine says what models cost and whether they are off; "" when there are none.
func (b *Bot) modelLine(ctx context.Context, ch Channel) (string, error) {
	if b.Models == nil {
		return "", nil
	}
	why, err := b.Models.Off(ctx)
	if err != nil {
		return "", err
	}
	spent, err := b.Models.Spent(ctx, accounts(ch)...)
	if why != "" {
		spent = "Off: " + why + ". “settings model on” lets them work again.\n" + spent
	}
	return spent, err
}

// feeds lists what is scanned, what is not healthy first; or exports it.
func (b *Bot) feeds(ctx context.Context, a *asking) (Message, error) {
	sub, _, err := b.subscriptionOf(ctx, a.target)
	if err != nil {
		return Message{}, err
	}
	switch strings.ToLower(a.args) {
	case "export":
		return b.exportFeeds(a, sub)
	case "":
	default:
		return Message{}, tell("Write “feeds” for the list, or “feeds export” for an OPML file; “follow” with an address adds a podcast.")
	}
	health, err := b.Engine.Feeds(ctx)
	if err != nil {
		return Message{}, err
	}
	m := Message{Heading: count(len(health), "podcast") + " scanned", Private: true,
		Actions: []Action{{Label: "Export", Command: []string{"feeds", "export"}}}}
	const troubled = 15
	var well, more []string
	for _, h := range health {
		if trouble := troubleOf(h); trouble != "" {
			if len(m.Sections) < troubled {
				m.Sections = append(m.Sections, Section{Heading: podcastName(h.Feed), Text: trouble})
			} else {
				more = append(more, podcastName(h.Feed))
			}
			continue
		}
		well = append(well, fmt.Sprintf("%s: %s, %s with a transcript, %s", podcastName(h.Feed),
			count(h.Episodes, "episode"), strconv.Itoa(h.Transcripts), count(h.Insights, "insight")))
	}
	if len(more) > 0 {
		m.Sections = append(m.Sections, Section{Heading: "Not read either", Text: clip(strings.Join(more, ", "), 600)})
	}
	const shown = 40
	if n := len(well) - shown; n > 0 {
		well = append(well[:shown], fmt.Sprintf("and %d more: “feeds export” lists all", n))
	}
	m.Sections = append(m.Sections, Section{Text: strings.Join(well, "\n")})
	return m, nil
}

// troubleOf says what is wrong with a feed; "" when nothing.
func troubleOf(h digest.Health) string {
	switch s := h.State; {
	case s.Dead:
		return "is gone and not asked any more: " + s.Reason()
	case s.Failures > 0:
		return fmt.Sprintf("could not be read%s: %s", when(s.Failures > 1, fmt.Sprintf(" %d times in a row", s.Failures)), s.Reason())
	case s.CheckedAt.IsZero():
		return "not read yet"
	}
	return ""
}

// podcastName names a podcast; one without a title by its host, since the address may hold a key.
func podcastName(f feed.Feed) string {
	if f.Title != "" {
		return f.Title
	}
	return hostOf(f.URL)
}

// exportFeeds gives what a channel follows as OPML; without a subscription, all that is scanned and is not
// others' business.
func (b *Bot) exportFeeds(a *asking, sub Subscription) (Message, error) {
	urls := sub.Follow
	if len(urls) == 0 {
		urls = slices.DeleteFunc(b.casts.urls(), b.owners.hidden(a.target))
	}
	var outlines []feed.Outline
	for _, p := range b.named(urls, "") {
		outlines = append(outlines, feed.Outline{Title: p.Title, URL: p.URL})
	}
	var buf bytes.Buffer
	if err := feed.WriteOPML(&buf, "Podcasts of "+channelName(sub.Channel), outlines); err != nil {
		return Message{}, err
	}
	return Message{
		Text: count(len(outlines), "podcast") + " in the file.", Private: true,
		File: &File{Name: "podcasts.opml", Type: "text/x-opml", Body: buf.Bytes()},
	}, nil
}
