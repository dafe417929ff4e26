package rank

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// Two podcasts say the same in words that have nothing in common: only a model's vectors tell.
func TestBriefsKnowWhatMeansTheSame(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	said := []string{
		"Retries in every layer keep a failing system down, because each layer multiplies the load.",
		"When services repeat calls at all levels, an outage feeds itself until someone intervenes.",
		"An error budget tells a team when to stop shipping and start repairing what is there.",
	}
	build := func(vectors map[string][]float32) *Index {
		x := NewIndex()
		for i, text := range said {
			x.Add(Doc{
				ID: fmt.Sprint("d", i), Episode: fmt.Sprint("e", i), Feed: fmt.Sprint("f", i), Podcast: fmt.Sprint("Podcast ", i),
				Title: "On reliability", Text: text, Quality: 2, Speaker: true, Ingested: now, Published: now,
			})
		}
		if err := x.SetVectors("m", vectors); err != nil {
			t.Fatal(err)
		}
		return x
	}
	brief := func(x *Index, seen ...string) (ids, also []string) {
		for _, p := range x.Top(Query{Now: now, Count: 3, Seen: seen}).Picks {
			ids, also = append(ids, p.ID), append(also, p.Also...)
		}
		slices.Sort(ids)
		return ids, also
	}

	if ids, also := brief(build(nil)); len(ids) != 3 || len(also) > 0 {
		t.Errorf("by words alone the brief is %v, also said: %v; want all three apart", ids, also)
	}
	near := build(map[string][]float32{"d0": {1, 0.1, 0}, "d1": {1, 0.2, 0}, "d2": {0, 0, 1}})
	ids, also := brief(near)
	if len(ids) != 2 || !slices.Contains(ids, "d2") || len(also) != 1 || slices.Contains(ids, also[0]) {
		t.Errorf("with vectors the brief is %v, also said: %v; want d2, one of the others, and the other one as said too", ids, also)
	}
	if ids, _ := brief(near, "d0"); !slices.Equal(ids, []string{"d2"}) {
		t.Errorf("to a reader who got d0 the brief is %v, want d2 alone", ids)
	}
	if got := near.Related("d0", 3); slices.ContainsFunc(got, func(s Scored) bool { return s.ID == "d1" }) {
		t.Errorf("Related(d0) = %v, want no d1: it says the same", got)
	}

	// What is only somewhat alike stays, behind what is new.
	some := build(map[string][]float32{"d0": {1, 0, 0}, "d1": {0.7, 0.714, 0}, "d2": {0, 0, 1}})
	if ids, _ := brief(some); len(ids) != 3 {
		t.Errorf("with vectors that are somewhat alike the brief is %v, want all three", ids)
	}
}
