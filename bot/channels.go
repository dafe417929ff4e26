package bot

import (
	"context"

	"podbrief/store"
)

// Channels returns the channels of a platform that have a subscription, for who looks at an installation from outside.
func Channels(ctx context.Context, db store.DB, platform string) ([]Channel, error) {
	subs, err := (&Bot{DB: db}).subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	var all []Channel
	for _, s := range subs {
		if s.Channel.Platform == platform {
			all = append(all, s.Channel)
		}
	}
	return all, nil
}
