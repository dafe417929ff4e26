package bot

import (
	"context"
)

// event takes note of what happened to a channel or workspace.
func (b *Bot) event(ctx context.Context, r Request) (Message, error) {
	switch r.Event {
	case Gone:
		sub, found, err := b.subscriptionOf(ctx, r.Channel)
		if err != nil || !found || sub.Stop.Class != "" {
			return Message{}, err
		}
		err = b.stopChannel(ctx, r.Channel, Stop{
			Class: ChannelStop, Reason: "the channel is gone or I was removed from it", Since: b.now(), Probed: b.now(),
		})
		b.wake(ctx, sub.Owner)
		return Message{}, err
	case Renamed:
		_, err := b.change(ctx, r.Channel, nil, func(s *Subscription) error {
			s.Channel.Name = r.Channel.Name
			return nil
		})
		if _, nobody := told(err); nobody {
			err = nil // not one of ours
		}
		return Message{}, err
	case Uninstalled:
		return Message{}, b.Purge(ctx, r.Channel.Platform, r.Channel.Workspace)
	case HomeOpened:
		return b.home(ctx, r)
	}
	return Message{}, nil
}

// home shows somebody's personal brief and how to begin.
func (b *Bot) home(ctx context.Context, r Request) (Message, error) {
	ch := r.Personal
	if r.Channel.Kind == Direct {
		ch = r.Channel
	}
	words := func(w ...string) []string {
		if ch == r.Channel {
			return w
		}
		return append([]string{w[0], me}, w[1:]...)
	}
	sub, found, err := b.subscriptionOf(ctx, ch)
	if err != nil {
		return Message{}, err
	}
	m := Message{Heading: "Podbrief: the best podcast insights of the day", Private: true}
	if !found {
		m.Text = "You have no personal brief yet. Choose topics and an hour, and it comes as a direct message every day."
		m.Actions = []Action{{Label: "Set up my brief", Command: words("settings"), Form: true}, {Label: "Help", Command: []string{"help"}}}
		return m, nil
	}
	if m.Text, err = b.nextLine(ctx, &sub); err != nil {
		return Message{}, err
	}
	m.Sections = []Section{
		{Heading: "Your topics", Text: listOr(append(append([]string{}, sub.Topics...), minus(sub.Exclude)...), "all")},
		{Heading: "You follow", Text: listOr(b.titlesOf(sub.Follow), "no podcast yet")},
		{Heading: "When", Text: sub.Schedule.String()},
	}
	pause := Action{Label: "Pause", Command: words("pause")}
	if sub.pausedAt(b.now()) {
		pause = Action{Label: "Resume", Command: words("resume")}
	}
	m.Actions = []Action{
		{Label: "Settings", Command: words("settings"), Form: true}, {Label: "Preview", Command: words("preview")},
		pause, {Label: "Kept insights", Command: []string{"save"}}, {Label: "Help", Command: []string{"help"}},
	}
	m.Footer = "In a channel, “/brief topic ai” sets up a brief for all of it"
	return m, nil
}
