package digest

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/transcript"
)

// link returns the address at which an episode can be heard at a second, as well as its pages allow:
//
//  1. a page on YouTube with its own parameter, "&t=754s";
//  2. the audio file with a media fragment (W3C Media Fragments URI 1.0), "#t=754": every browser begins to play there;
//  3. where the second is not known, or there is no audio: the episode's page, and then the audio file.
//
// It is "" when the feed gives no address at all.
func link(ep feed.Episode, at time.Duration, t transcript.Timing) string {
	second := int(at / time.Second)
	page, audio := webURL(ep.Link), webURL(ep.Enclosure.URL)
	switch {
	case t == transcript.Unknown && page != nil:
		return ep.Link
	case t == transcript.Unknown && audio != nil:
		return ep.Enclosure.URL
	case page != nil && isYouTube(page):
		q := page.Query()
		q.Set("t", strconv.Itoa(second)+"s")
		page.RawQuery = q.Encode()
		return page.String()
	case audio != nil:
		audio.Fragment = "t=" + strconv.Itoa(second)
		return audio.String()
	case page != nil:
		return ep.Link
	}
	return ""
}

func isYouTube(u *url.URL) bool {
	host := strings.TrimPrefix(strings.TrimPrefix(u.Hostname(), "www."), "m.")
	return host == "youtu.be" || host == "youtube.com" && u.Path == "/watch"
}

// webURL parses an address; nil when it is not one that a browser may be sent to.
func webURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil
	}
	return u
}
