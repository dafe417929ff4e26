package bot

import (
	"context"
	"slices"

	"podbrief/store"
)

// What the home view shows at most.
const (
	homeChannels = 10 // and no more are remembered of one person
	homeSaved    = 5
)

// Home is what the home view shows to one person.
type Home struct {
	Own      HomeBrief   // the person's own brief
	Channels []HomeBrief // of channels that the person manages, changed last first
	Saved    []Section   // the newest of what the person keeps
	Kept     int         // how many that are in all
	Guest    bool        // who reads and asks, and can have no brief
}

// HomeBrief is one daily brief in the home view.
type HomeBrief struct {
	Name   string // of the channel
	Where  string // second word of commands about it; "" where it is seen in its own place
	Text   string // what it is about and when the next one comes; "": there is none yet
	Paused bool
}

// command is a command about the brief's channel.
func (h HomeBrief) command(word string) []string { return nonEmpty(word, h.Where) }

// HomeMessage renders the home view.
func HomeMessage(h Home) Message {
	m := Message{Heading: "Podbrief: the best podcast insights of the day", Private: true, Sections: []Section{ownSection(h.Own)}}
	for _, c := range h.Channels {
		m.Sections = append(m.Sections, Section{Heading: c.Name, Text: c.Text, Actions: []Action{
			{Label: "Settings", Command: c.command("settings"), Form: true}, pauseAction(c),
		}})
	}
	if h.Guest {
		m.Sections = []Section{{Text: "As a guest you can read the briefs of your channels and ask about them: reply under one, or write to me."}}
		m.Actions = []Action{{Label: "Help", Command: []string{"help"}}}
		return m
	}
	m.Footer = "In a channel, “/brief topic ai” sets up a brief for all of it"
	if h.Kept > 0 {
		m.Sections = append(m.Sections, Section{Heading: "You keep " + count(h.Kept, "insight")})
		m.Sections = append(m.Sections, h.Saved...)
	}
	if h.Kept > len(h.Saved) {
		m.Actions = append(m.Actions, Action{Label: "All you keep", Command: []string{"save"}})
	}
	m.Actions = append(m.Actions, Action{Label: "Help", Command: []string{"help"}})
	return m
}

// ownSection shows the person's own brief, or how to begin.
func ownSection(h HomeBrief) Section {
	if h.Text == "" {
		return Section{
			Heading: "Your own brief", Text: "You have none yet. Choose topics and an hour, and it comes as a direct message every day.",
			Actions: []Action{{Label: "Set up my brief", Command: h.command("settings"), Form: true}},
		}
	}
	return Section{Heading: "Your own brief", Text: h.Text, Actions: []Action{
		{Label: "Settings", Command: h.command("settings"), Form: true}, {Label: "Preview", Command: h.command("preview")}, pauseAction(h),
	}}
}

func pauseAction(h HomeBrief) Action {
	if h.Paused {
		return Action{Label: "Resume", Command: h.command("resume")}
	}
	return Action{Label: "Pause", Command: h.command("pause")}
}

// home answers with somebody's home view.
func (b *Bot) home(ctx context.Context, r Request) (Message, error) {
	a := &asking{Request: r, target: r.Personal, now: b.now()}
	if r.Channel.Kind == Direct {
		a.target = r.Channel
	}
	h := Home{Guest: r.Rights&Own == 0}
	var err error
	if h.Own, err = b.ownBrief(ctx, a); err != nil {
		return Message{}, err
	}
	if h.Channels, err = b.managedBriefs(ctx, a); err != nil {
		return Message{}, err
	}
	kept, err := b.kept(ctx, a)
	if err != nil {
		return Message{}, err
	}
	h.Kept = len(kept)
	for _, s := range kept[:min(len(kept), homeSaved)] {
		h.Saved = append(h.Saved, b.savedSection(a, s))
	}
	return HomeMessage(h), nil
}

func (b *Bot) ownBrief(ctx context.Context, a *asking) (HomeBrief, error) {
	h := HomeBrief{}
	if a.target != a.Channel {
		h.Where = me
	}
	sub, found, err := b.subscriptionOf(ctx, a.target)
	if err != nil || !found {
		return h, err
	}
	return b.briefHome(ctx, &sub, h)
}

// briefHome says of a subscription what the home view shows.
func (b *Bot) briefHome(ctx context.Context, sub *Subscription, h HomeBrief) (HomeBrief, error) {
	next, err := b.nextLine(ctx, sub)
	h.Name, h.Paused = channelName(sub.Channel), sub.pausedAt(b.now())
	h.Text = next + "\n" + sub.Schedule.String()
	if follow := b.titlesOf(sub.Follow); len(follow) > 0 {
		h.Text += "\n" + clip(labelled("followed", follow), 300)
	}
	return h, err
}

// managedBriefs lists the briefs of the channels that somebody manages and is still in.
func (b *Bot) managedBriefs(ctx context.Context, a *asking) ([]HomeBrief, error) {
	if a.Member == nil || a.Rights&Manage == 0 {
		return nil, nil
	}
	marks, err := view(ctx, b.DB, func(tx store.Tx) ([]managedMark, error) { return all[managedMark](tx, managedBucket, userPrefix(a)) })
	if err != nil {
		return nil, err
	}
	slices.SortFunc(marks, func(x, y managedMark) int { return y.At.Compare(x.At) })
	var out []HomeBrief
	for _, m := range marks {
		h, found, err := b.managedBrief(ctx, a, m.Channel)
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, h)
		}
	}
	return out, nil
}

func (b *Bot) managedBrief(ctx context.Context, a *asking, ch Channel) (h HomeBrief, found bool, err error) {
	sub, found, err := b.subscriptionOf(ctx, ch)
	if err != nil || !found {
		return h, false, err
	}
	inside, err := a.Member(ctx, ch)
	if err != nil {
		b.Log.Warn("member not looked up", "channel", channelKey(ch), "err", err)
	}
	if !inside {
		return h, false, nil
	}
	h, err = b.briefHome(ctx, &sub, HomeBrief{Where: inChannel + ch.ID})
	return h, true, err
}

// noteManager remembers that somebody manages a channel, for the home view; the channels changed longest ago are
// forgotten first, and one without a subscription at once.
func (b *Bot) noteManager(ctx context.Context, a *asking) {
	err := b.DB.Update(ctx, func(tx store.Tx) error {
		prefix := userPrefix(a)
		key := prefix + part(a.target.ID)
		sub, found, err := get[Subscription](tx, subscriptionBucket, channelKey(a.target))
		if err != nil {
			return err
		}
		if !found {
			return tx.Delete(managedBucket, key)
		}
		if err := store.Put(tx, managedBucket, key, managedMark{Channel: sub.Channel, At: a.now}); err != nil {
			return err
		}
		return dropOldest(tx, prefix)
	})
	if err != nil {
		b.Log.Warn("manager not noted", "channel", channelKey(a.target), "err", err)
	}
}

// dropOldest keeps the newest marks under a prefix.
func dropOldest(tx store.Tx, prefix string) error {
	marks, err := all[managedMark](tx, managedBucket, prefix)
	if err != nil || len(marks) <= homeChannels {
		return err
	}
	oldest := slices.MinFunc(marks, func(x, y managedMark) int { return x.At.Compare(y.At) })
	return tx.Delete(managedBucket, prefix+part(oldest.Channel.ID))
}
