package feed

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
)

// A builder turns what gofeed has read into our form.
type builder struct {
	base     *url.URL
	prefixes map[string]vocabulary
	feed     Feed
	now      time.Time
}

// build makes the feed and its episodes out of one or more documents that share their head.
func build(parts []*gofeed.Feed, prefixes map[string]vocabulary, f Feed, now time.Time) *parsed {
	base, err := url.Parse(f.URL)
	if err != nil {
		base = &url.URL{}
	}
	b := &builder{base: base, prefixes: prefixes, feed: f, now: now}
	p := &parsed{ttl: ttl(parts[0]), newURL: b.readFeed(parts[0])}
	undated := map[int]bool{}
	listed := map[listing]bool{}
	for _, g := range parts {
		for i, it := range g.Items {
			ep, dated := b.episode(it, extraOf(g, i))
			if saysNothing(it) || listed[listingOf(ep)] {
				continue
			}
			listed[listingOf(ep)] = true
			ep.Title = cmp.Or(ep.Title, "Untitled episode")
			if !dated {
				undated[len(p.episodes)] = true
			}
			p.episodes = append(p.episodes, ep)
		}
	}
	assignIDs(p.episodes, undated)
	slices.SortStableFunc(p.episodes, func(a, b Episode) int { return b.Published.Compare(a.Published) })
	p.feed = b.feed
	return p
}

// readFeed fills in the podcast and returns the address that it says it has moved to, "" if none.
func (b *builder) readFeed(g *gofeed.Feed) (newURL string) {
	itunes := wordsOf(itunesWords, g.Extensions, b.prefixes)
	podcast := wordsOf(podcastWords, g.Extensions, b.prefixes)
	f := &b.feed
	f.Link = b.resolve(g.Link)
	f.Title = cmp.Or(line(g.Title), line(itunes.text("title")), hostOf(f.Link), hostOf(f.URL))
	f.Description = firstParagraphs(g.Description, itunes.text("summary"), itunes.text("subtitle"))
	f.Author = author(cmp.Or(itunes.text("author"), ownerOf(itunes), authorOf(g.Authors)))
	f.Language = language(g.Language)
	f.Image = b.image(itunes, g.Image)
	f.GUID = short(podcast.text("guid"))
	f.Locked = isYes(podcast.text("locked"))
	f.Persons = persons(podcast)
	f.Topics = topics(itunes)
	return b.resolve(itunes.text("new-feed-url"))
}

// extra is what gofeed's universal form of an episode leaves out.
type extra struct {
	link     string
	language string
	seconds  int64
}

func extraOf(g *gofeed.Feed, i int) extra {
	switch original := g.OriginalFeed().(type) {
	case *rss.Feed:
		it := original.Items[i]
		switch {
		case len(it.Links) > 0:
			return extra{link: it.Links[0]} // the universal form has the last, which may be an Atom link to the audio
		case it.GUID != nil && it.GUID.IsPermalink != "false" && strings.HasPrefix(it.GUID.Value, "http"):
			return extra{link: it.GUID.Value}
		}
	case *json.Feed:
		it := original.Items[i]
		x := extra{language: it.Language}
		if it.Attachments != nil {
			for _, a := range *it.Attachments {
				x.seconds = max(x.seconds, a.DurationInSeconds)
			}
		}
		return x
	}
	return extra{}
}

// ttl returns how long the document asks to be left alone.
func ttl(g *gofeed.Feed) time.Duration {
	original, ok := g.OriginalFeed().(*rss.Feed)
	if !ok {
		return 0
	}
	minutes, err := strconv.Atoi(strings.TrimSpace(original.TTL))
	if err != nil || minutes < 0 {
		return 0
	}
	return time.Duration(min(minutes, 1<<20)) * time.Minute
}

// episode makes an episode of an item; dated is false when the feed does not say when it was published.
func (b *builder) episode(it *gofeed.Item, x extra) (ep Episode, dated bool) {
	itunes := wordsOf(itunesWords, it.Extensions, b.prefixes)
	podcast := wordsOf(podcastWords, it.Extensions, b.prefixes)
	ep = Episode{
		Feed:        b.feed.URL,
		GUID:        short(cmp.Or(it.GUID, it.Custom["id"])),
		Link:        cmp.Or(b.resolve(x.link), b.resolve(it.Link)),
		Notes:       b.notes(it, itunes),
		Duration:    cmp.Or(duration(itunes.text("duration")), duration(strconv.FormatInt(x.seconds, 10))),
		Language:    cmp.Or(language(x.language), language(it.Custom["language"]), b.feed.Language),
		Image:       b.image(itunes, it.Image),
		Season:      number(cmp.Or(podcast.text("season"), itunes.text("season"))),
		Number:      number(cmp.Or(podcast.text("episode"), itunes.text("episode"))),
		Explicit:    isYes(itunes.text("explicit")),
		Enclosure:   b.enclosure(it),
		Transcripts: b.transcripts(podcast),
		Chapters:    b.resolve(podcast.attr("chapters", "url")),
		Persons:     persons(podcast),
		Soundbites:  soundbites(podcast),
	}
	ep.Title = cmp.Or(line(it.Title), line(itunes.text("title")), cut(firstLine(ep.Notes), 80), fileName(ep.Enclosure.URL))
	ep.Published, dated = b.published(it)
	return ep, dated
}

// notes returns the show notes: the long form when there is one.
func (b *builder) notes(it *gofeed.Item, itunes words) string {
	encoded := ""
	for _, e := range it.Extensions["content"]["encoded"] { // in Atom, where gofeed does not look for it
		encoded = e.Value
	}
	return firstParagraphs(it.Content, encoded, it.Custom["encoded"], it.Description, itunes.text("summary"), itunes.text("subtitle"))
}

// image returns the address of a picture: iTunes' is the larger one.
func (b *builder) image(itunes words, other *gofeed.Image) string {
	from := cmp.Or(b.resolve(itunes.attr("image", "href")), b.resolve(itunes.attr("image", "url")))
	for _, e := range itunes.all("link") { // its form of 2005
		if from == "" && attribute(e, "rel") == "image" {
			from = b.resolve(attribute(e, "href"))
		}
	}
	if from == "" && other != nil {
		from = b.resolve(other.URL)
	}
	return from
}

// published returns the date of an episode: now when the feed gives none or one in the future, which would hold the
// episode at the top of every list until then.
func (b *builder) published(it *gofeed.Item) (at time.Time, dated bool) {
	for _, t := range []*time.Time{it.PublishedParsed, it.UpdatedParsed} {
		if t != nil && t.Year() > 1 && t.Before(b.now) {
			return t.UTC(), true
		}
	}
	return b.now.UTC(), false
}

// saysNothing tells whether an item is empty.
func saysNothing(it *gofeed.Item) bool {
	return it.Title == "" && it.GUID == "" && it.Link == "" && it.Description == "" && it.Content == "" && it.Published == "" &&
		len(it.Enclosures) == 0 && len(it.Extensions) == 0 && len(it.Custom) == 0 && len(it.Authors) == 0
}

// A listing is all that an episode has alone; one that stands in the document once more is left out.
type listing struct {
	guid, file, link, title, notes string
	published                      time.Time
}

func listingOf(ep Episode) listing {
	return listing{ep.GUID, ep.Enclosure.URL, ep.Link, ep.Title, ep.Notes, ep.Published}
}

// resolve returns an absolute http or https address, "" for anything else.
func (b *builder) resolve(ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxURL {
		return ""
	}
	u, err := b.base.Parse(ref)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// enclosure picks the audio of an episode out of what is attached to it.
func (b *builder) enclosure(it *gofeed.Item) Enclosure {
	offered := it.Enclosures
	media := wordsOf(mediaWords, it.Extensions, b.prefixes)
	contents := media.all("content")
	for _, group := range media.all("group") {
		contents = append(contents, group.Children["content"]...)
	}
	for _, m := range contents {
		offered = append(offered, &gofeed.Enclosure{URL: attribute(m, "url"), Type: attribute(m, "type"), Length: attribute(m, "fileSize")})
	}
	if len(offered) == 0 && strings.HasPrefix(mediaType("", it.Link), "audio/") { // as before there were enclosures
		offered = append(offered, &gofeed.Enclosure{URL: it.Link})
	}
	var best Enclosure
	bestRank := 0
	for _, e := range offered {
		got := Enclosure{URL: b.resolve(e.URL), Type: mediaType(e.Type, e.URL)}
		if rank := mediaRank(got.Type); got.URL != "" && rank > bestRank {
			if n, err := strconv.ParseInt(strings.TrimSpace(e.Length), 10, 64); err == nil && n > 0 {
				got.Length = n
			}
			best, bestRank = got, rank
		}
	}
	return best
}
