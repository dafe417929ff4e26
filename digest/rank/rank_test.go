package rank

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// said returns a doc of good quality; text decides the rest.
func said(id, feed, episode, title, text string) Doc {
	return Doc{
		ID: id, Feed: feed, Episode: episode, Title: title, Podcast: "Show " + feed, Text: text,
		Quality: 1.7, Speaker: true, Ingested: noon.Add(-time.Hour),
	}
}

func TestSmoke(t *testing.T) {
	x := NewIndex()
	x.Add(
		said("a", "f1", "e1", "Running language models at home", "Large language models run on a laptop when you quantize the weights, because memory bandwidth is the bottleneck."),
		said("b", "f2", "e2", "Gardening", "The best soil for tomatoes is one that drains quickly, because roots need air as much as they need water."),
		said("c", "f3", "e3", "Databases", "Postgres keeps old row versions around, so a long transaction makes every table bigger until vacuum can clean them."),
	)
	r := x.Top(Query{Topics: []string{"ai", "databases"}, Now: noon, Since: noon.Add(-24 * time.Hour)})
	if len(r.Picks) != 2 || r.Picks[0].ID == "b" || r.Picks[1].ID == "b" {
		t.Errorf("Top = %+v", r)
	}
	t.Logf("%+v", r)
	t.Logf("%+v", x.Search("postgres vacuum", 3))
	t.Logf("%+v", x.Related("a", 3))
	t.Logf("%+v", x.Episodes("why do tables get bigger", 3))
}
