package rank

import (
	"fmt"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// ages are how long ago a doc may have been ingested.
var ages = []time.Duration{time.Hour, 23 * time.Hour, 24 * time.Hour, 25 * time.Hour, 100 * time.Hour}

// said returns a doc of good quality, an hour old; text decides the rest.
func said(id, feed, episode, title, text string) Doc {
	return Doc{
		ID: id, Feed: feed, Episode: episode, Title: title, Podcast: "Show " + feed, Text: text,
		Quality: 1.7, Speaker: true, Ingested: noon.Add(-time.Hour),
	}
}

// remarks are different texts about databases.
var remarks = []string{
	"Postgres keeps old row versions around until vacuum gets rid of them.",
	"A database index that nobody reads is a tax on every write.",
	"MySQL replicas lag when one transaction touches a million rows.",
	"Sharding is a decision that a small company should put off for years.  A database on one machine goes far.",
	"The query planner guesses, and stale statistics make it guess wrong. SQL is not at fault.",
	"Backups of a database that were never restored are only hopes.",
	"An ORM hides the join that makes your SQL slow.",
	"SQLite in production works when one process writes.",
}

// today is a query for databases since yesterday.
func today() Query {
	return Query{Topics: []string{"databases"}, Since: noon.Add(-24 * time.Hour), Now: noon}
}

// about returns n docs about databases, each of its own podcast.
func about(n int) []Doc {
	var docs []Doc
	for i := range n {
		docs = append(docs, said(fmt.Sprint("d", i), fmt.Sprint("f", i), fmt.Sprint("e", i), "A talk", remarks[i]))
	}
	return docs
}

func filledWith(docs ...Doc) *Index {
	x := NewIndex()
	x.Add(docs...)
	return x
}

func ids(picks []Pick) []string {
	var out []string
	for _, p := range picks {
		out = append(out, p.ID)
	}
	return out
}

func stages(fallen []Fallen) map[string]string {
	out := map[string]string{}
	for _, f := range fallen {
		out[f.ID] = f.Stage
	}
	return out
}
