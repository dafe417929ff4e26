package feed

import (
	"cmp"
	"net/url"
	"path"
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
			if ep.isEmpty() || listed[listingOf(ep)] {
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
	f.Author = line(cmp.Or(itunes.text("author"), authorOf(g.Authors)))
	f.Language = language(g.Language)
	f.Image = b.resolve(itunes.attr("image", "href"))
	if f.Image == "" && g.Image != nil {
		f.Image = b.resolve(g.Image.URL)
	}
	f.GUID = short(podcast.text("guid"))
	f.Locked = isYes(podcast.text("locked"))
	f.Persons = persons(podcast)
	f.Topics = topics(itunes)
	return b.resolve(itunes.text("new-feed-url"))
}

// extra is what gofeed's universal form of an episode leaves out.
type extra struct {
	permalink string
	language  string
	seconds   int64
}

func extraOf(g *gofeed.Feed, i int) extra {
	switch original := g.OriginalFeed().(type) {
	case *rss.Feed:
		if it := original.Items[i]; it.GUID != nil && it.GUID.IsPermalink != "false" {
			return extra{permalink: it.GUID.Value}
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
		GUID:        short(it.GUID),
		Link:        cmp.Or(b.resolve(it.Link), b.resolve(x.permalink)),
		Notes:       firstParagraphs(it.Content, it.Custom["encoded"], it.Description, itunes.text("summary"), itunes.text("subtitle")),
		Duration:    cmp.Or(duration(itunes.text("duration")), duration(strconv.FormatInt(x.seconds, 10))),
		Language:    cmp.Or(language(x.language), language(it.Custom["language"]), b.feed.Language),
		Image:       b.resolve(itunes.attr("image", "href")),
		Season:      number(cmp.Or(podcast.text("season"), itunes.text("season"))),
		Number:      number(cmp.Or(podcast.text("episode"), itunes.text("episode"))),
		Explicit:    isYes(itunes.text("explicit")),
		Enclosure:   b.enclosure(it),
		Transcripts: b.transcripts(podcast),
		Chapters:    b.resolve(podcast.attr("chapters", "url")),
		Persons:     persons(podcast),
		Soundbites:  soundbites(podcast),
	}
	if ep.Image == "" && it.Image != nil {
		ep.Image = b.resolve(it.Image.URL)
	}
	ep.Title = cmp.Or(line(it.Title), line(itunes.text("title")), cut(firstLine(ep.Notes), 80), fileName(ep.Enclosure.URL))
	ep.Published, dated = b.published(it)
	return ep, dated
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

// isEmpty tells whether an episode says nothing at all.
func (ep Episode) isEmpty() bool {
	return ep.Title == "" && ep.GUID == "" && ep.Link == "" && ep.Notes == "" && ep.Enclosure.URL == ""
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
	for _, m := range media.all("content") {
		offered = append(offered, &gofeed.Enclosure{URL: attribute(m, "url"), Type: attribute(m, "type"), Length: attribute(m, "fileSize")})
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

// mediaRank orders attachments: audio, video, unknown; 0 for what is certainly no episode.
func mediaRank(mediaType string) int {
	kind, _, _ := strings.Cut(mediaType, "/")
	switch {
	case kind == "audio":
		return 3
	case kind == "video":
		return 2
	case mediaType == "" || mediaType == "application/octet-stream" || mediaType == "application/ogg":
		return 1
	}
	return 0
}

// mediaType returns a media type in lower case without parameters, guessed by the file's name when it is not given.
func mediaType(given, rawURL string) string {
	given, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(given)), ";")
	if given = strings.TrimSpace(given); len(given) > 64 || given != "" && !strings.Contains(given, "/") {
		given = ""
	}
	if given != "" {
		return given
	}
	rawURL, _, _ = strings.Cut(rawURL, "?")
	return fileTypes[strings.ToLower(path.Ext(rawURL))]
}

// fileTypes are the media types of the files that feeds link to. It is never changed.
var fileTypes = map[string]string{
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".ogg": "audio/ogg", ".oga": "audio/ogg",
	".opus": "audio/opus", ".wav": "audio/wav", ".flac": "audio/flac", ".mp4": "video/mp4", ".m4v": "video/mp4",
	".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".html": "text/html",
	".vtt": "text/vtt", ".srt": "application/srt", ".json": "application/json", ".txt": "text/plain", ".md": "text/markdown",
}
