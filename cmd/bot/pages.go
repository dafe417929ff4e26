package main

import (
	"context"
	"errors"
	"slices"

	"podbrief/digest"
	"podbrief/digest/feed"
)

// fetchOrFollow fetches a feed; when the address is a page, it fetches the first feed that the page links to.
func fetchOrFollow(ctx context.Context, f *feed.Fetcher, address string) (feed.Feed, []feed.Episode, error) {
	got, episodes, err := f.Fetch(ctx, feed.Feed{URL: address})
	if feed.KindOf(err) != feed.NotFeed {
		return got, episodes, err
	}
	links, pageErr := feed.Discover(ctx, f.Client, address)
	if pageErr != nil || len(links) == 0 {
		return got, nil, err
	}
	return f.Fetch(ctx, feed.Feed{URL: links[0].URL})
}

// followPages looks at the feeds of a scan that are web pages: the feed that such a page links to takes its place. It
// returns the feeds that are scanned then, and what is left of the scan's errors.
func (a *app) followPages(ctx context.Context, e *digest.Engine, feeds []string, failed error, all bool) ([]string, error) {
	var left []error
	for _, err := range each(failed) {
		page, ok := errors.AsType[*digest.FeedError](err)
		if !ok || feed.KindOf(err) != feed.NotFeed {
			left = append(left, err)
			continue
		}
		links, discoverErr := feed.Discover(ctx, e.Fetcher.Client, page.Feed)
		if discoverErr != nil || len(links) == 0 {
			left = append(left, err)
			continue
		}
		err := errors.Join(e.RemoveFeed(ctx, page.Feed), e.AddFeed(ctx, feed.Feed{URL: links[0].URL}, all))
		if err != nil {
			return feeds, err
		}
		feeds = append(slices.DeleteFunc(feeds, func(u string) bool { return u == page.Feed }), links[0].URL)
		left = append(left, e.Scan(ctx, []string{links[0].URL}, nil))
	}
	return feeds, errors.Join(left...)
}
