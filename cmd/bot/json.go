package main

import (
	"encoding/json"
	"io"
	"time"

	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

// The machine output. Its contract is schema/podbrief.schema.json: fields may be added, and none changes its meaning.
type (
	jsonBrief struct {
		Topics   []string   `json:"topics"`
		Since    *time.Time `json:"since,omitempty"`
		Now      time.Time  `json:"now"`
		Asked    int        `json:"asked"`
		Podcasts int        `json:"podcasts"`
		Label    string     `json:"label,omitempty"`
		Headline string     `json:"headline,omitempty"`
		Picks    []jsonPick `json:"picks"`
	}
	jsonPick struct {
		jsonItem
		Topic   string        `json:"topic,omitempty"`
		Why     string        `json:"why"`
		Scores  digest.Scores `json:"scores"`
		Related []jsonItem    `json:"related"`
		Also    []string      `json:"also_said_on"`
	}
	jsonItem struct {
		Insight jsonInsight `json:"insight"`
		Episode jsonEpisode `json:"episode"`
	}
	jsonInsight struct {
		ID      string   `json:"id"`
		Text    string   `json:"text"`
		Quote   string   `json:"quote"`
		Start   float64  `json:"start"`
		End     float64  `json:"end"`
		Timing  string   `json:"timing"`
		Speaker string   `json:"speaker"`
		Engine  string   `json:"engine"`
		Source  string   `json:"source"`
		Score   float64  `json:"score"`
		Topics  []string `json:"topics"`
		Why     string   `json:"why,omitempty"`
	}
	jsonEpisode struct {
		ID        string     `json:"id"`
		GUID      string     `json:"guid"`
		Title     string     `json:"title"`
		URL       string     `json:"url"`
		Link      string     `json:"link"`
		Published *time.Time `json:"published,omitempty"`
		Podcast   string     `json:"podcast"`
		Feed      string     `json:"feed"`
	}
	jsonKept struct {
		Episode  jsonEpisode   `json:"episode"`
		Outcome  string        `json:"outcome"`
		Error    string        `json:"error,omitempty"`
		Source   string        `json:"source,omitempty"`
		Insights []jsonInsight `json:"insights"`
	}
	jsonAnswer struct {
		Question  string         `json:"question"`
		Answer    string         `json:"answer"`
		Gap       string         `json:"gap,omitempty"`
		Citations []jsonCitation `json:"citations"`
		Next      []string       `json:"next"`
		Engine    string         `json:"engine"`
		Label     string         `json:"label,omitempty"`
	}
	jsonCitation struct {
		Quote    string      `json:"quote"`
		Speaker  string      `json:"speaker"`
		Second   float64     `json:"second"`
		Timing   string      `json:"timing"`
		Sentence int         `json:"sentence"`
		Episode  jsonEpisode `json:"episode"`
	}
	jsonFeed struct {
		URL         string     `json:"url"`
		Title       string     `json:"title"`
		Language    string     `json:"language"`
		Episodes    int        `json:"episodes"`
		Transcripts int        `json:"transcripts"`
		Insights    int        `json:"insights"`
		Newest      *time.Time `json:"newest,omitempty"`
		Checked     *time.Time `json:"checked,omitempty"`
		Error       string     `json:"error,omitempty"`
	}
)

// writeJSON writes one document, for machines and for people who look at it.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func briefJSON(b *digest.Brief) jsonBrief {
	out := jsonBrief{Topics: orEmpty(b.Topics), Since: at(b.Since), Now: b.Now.UTC(), Asked: b.Asked,
		Podcasts: b.Podcasts, Label: b.Label, Headline: b.Headline, Picks: []jsonPick{}}
	for _, p := range b.Picks {
		out.Picks = append(out.Picks, jsonPick{jsonItem: itemJSON(p.Item), Topic: p.Topic, Why: p.Reason, Scores: p.Scores,
			Related: itemsJSON(p.Related), Also: orEmpty(p.Also)})
	}
	return out
}

func itemsJSON(items []digest.Item) []jsonItem {
	out := []jsonItem{}
	for _, it := range items {
		out = append(out, itemJSON(it))
	}
	return out
}

func itemJSON(it digest.Item) jsonItem {
	return jsonItem{insightJSON(it.Insight), episodeJSON(it.Episode, it.Podcast, it.Link)}
}

func insightJSON(i insight.Insight) jsonInsight {
	return jsonInsight{ID: i.ID, Text: i.Text, Quote: i.Quote, Start: i.Start.Seconds(), End: i.End.Seconds(),
		Timing: timing(i.Timing), Speaker: i.Speaker, Engine: i.Engine, Source: i.Source, Score: i.Score,
		Topics: orEmpty(i.Topics), Why: i.Why}
}

func episodeJSON(ep feed.Episode, podcast, link string) jsonEpisode {
	return jsonEpisode{ID: ep.ID, GUID: ep.GUID, Title: ep.Title, URL: ep.Link, Link: link, Published: at(ep.Published),
		Podcast: podcast, Feed: ep.Feed}
}

func keptJSON(k digest.Kept) jsonKept {
	out := jsonKept{Episode: episodeJSON(k.Episode, k.Podcast, k.Episode.Link), Outcome: string(k.Outcome), Error: k.Error,
		Source: k.Source, Insights: []jsonInsight{}}
	if k.Outcome == "" {
		out.Outcome = "pending"
	}
	for _, it := range k.Insights {
		out.Insights = append(out.Insights, insightJSON(it.Insight))
	}
	return out
}

func answerJSON(a *digest.Answer) jsonAnswer {
	out := jsonAnswer{Question: a.Question, Answer: a.Answer, Gap: a.Gap, Citations: []jsonCitation{},
		Next: orEmpty(a.Next), Engine: a.Engine, Label: a.Label}
	for _, c := range a.Citations {
		out.Citations = append(out.Citations, jsonCitation{Quote: c.Quote, Speaker: c.Speaker, Second: c.Start.Seconds(),
			Timing: timing(c.Timing), Sentence: c.Sentence, Episode: episodeJSON(c.Episode, c.Podcast, c.Link)})
	}
	return out
}

func feedJSON(h digest.Health) jsonFeed {
	return jsonFeed{URL: h.URL, Title: h.Title, Language: h.Language, Episodes: h.Episodes, Transcripts: h.Transcripts,
		Insights: h.Insights, Newest: at(h.Newest), Checked: at(h.State.CheckedAt), Error: h.State.Error}
}

// timing names a timing; the empty one is "exact".
func timing(t transcript.Timing) string {
	if t == transcript.Exact {
		return "exact"
	}
	return string(t)
}

// at is a time that is left out when it is not known.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
