package digest

import (
	"cmp"
	"net/url"
	"strings"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/rank"
	"podbrief/store"
)

// notesForRanking is how many bytes of an episode's show notes ranking looks at. Links and credits come after.
const notesForRanking = 600

// allDocs reads every stored insight as ranking sees it.
func allDocs(tx store.Tx) ([]rank.Doc, error) {
	feeds, err := store.All[feedRecord](tx, feedBucket, "", "")
	if err != nil {
		return nil, err
	}
	podcasts := make(map[string]feed.Feed, len(feeds))
	for _, f := range feeds {
		podcasts[f.Feed.URL] = f.Feed
	}
	records, err := store.All[episodeRecord](tx, episodeBucket, "", "")
	if err != nil {
		return nil, err
	}
	episodes := make(map[string]episodeRecord, len(records))
	for _, ep := range records {
		ep.Notes = cut(ep.Notes, notesForRanking)
		episodes[ep.ID] = ep
	}
	insights, err := store.All[insight.Insight](tx, insightBucket, "", "")
	if err != nil {
		return nil, err
	}
	docs := make([]rank.Doc, len(insights))
	for i, ins := range insights {
		docs[i] = doc(podcasts[ins.Feed], episodes[ins.Episode], ins)
	}
	return docs, nil
}

// doc is an insight as ranking sees it.
func doc(podcast feed.Feed, ep episodeRecord, ins insight.Insight) rank.Doc {
	return rank.Doc{
		ID:        ins.ID,
		Episode:   ins.Episode,
		Feed:      ins.Feed,
		Text:      ins.Text,
		Title:     ep.Title,
		Podcast:   title(podcast),
		Notes:     cut(ep.Notes, notesForRanking),
		Topics:    ins.Topics,
		Language:  cmp.Or(ep.Spoken, ep.Language, podcast.Language),
		Quality:   ins.Score,
		Speaker:   ins.Speaker != "",
		FromNotes: ins.FromNotes(),
		Ingested:  ins.Created,
		Published: ep.Published,
	}
}

// title is a podcast's name for readers; without one the host of its address, the rest of which may hold a key.
func title(f feed.Feed) string {
	if u, err := url.Parse(f.URL); f.Title == "" && err == nil && u.Host != "" {
		return u.Host
	}
	return cmp.Or(f.Title, f.URL)
}

// cut shortens s to at most n bytes, at the end of a word. It copies, so that the rest can be freed.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n] != ' ' && s[n] != '\n' {
		n--
	}
	return strings.Clone(s[:n])
}
