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
	case Left:
		return Message{}, b.left(ctx, r.Channel)
	case Joined:
		return Message{}, b.joined(ctx, r.Channel)
	case Listed:
		return Message{}, b.listed(ctx, r.Channel.Platform, r.Words)
	case HomeOpened:
		return b.home(ctx, r)
	}
	return Message{}, nil
}
