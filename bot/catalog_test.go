package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"podbrief/digest/feed"
)

// smallCatalog has three packs of two podcasts each.
func smallCatalog() []feed.Outline {
	var out []feed.Outline
	for _, topic := range []string{"ai", "open-source", "science"} {
		for i := range 2 {
			out = append(out, feed.Outline{Title: fmt.Sprintf("%s %d", topic, i), URL: fmt.Sprintf("https://%s.example/%d", topic, i), Topic: topic})
		}
	}
	return out
}

// TestWanted checks which podcasts are scanned for which subscriptions.
func TestWanted(t *testing.T) {
	sub := func(topics string, follow ...string) Subscription {
		return Subscription{Topics: strings.FieldsFunc(topics, func(r rune) bool { return r == ',' }), Follow: follow}
	}
	tests := []struct {
		name  string
		packs []string // set by the operator
		subs  []Subscription
		want  string // titles
	}{
		{"nobody", nil, nil, ""},
		{"a topic with a pack", nil, []Subscription{sub("ai")}, "ai 0 ai 1"},
		{"two of two subscriptions", nil, []Subscription{sub("ai"), sub("science,ai")}, "ai 0 ai 1 science 0 science 1"},
		{"in other words", nil, []Subscription{sub("open source licenses")}, "open-source 0 open-source 1"},
		{"no pack is about it: all, each in turn", nil, []Subscription{sub("knitting")}, "ai 0 open-source 0 science 0 ai 1 open-source 1 science 1"},
		{"one of two has a pack", nil, []Subscription{sub("knitting,ai")}, "ai 0 ai 1 open-source 0 science 0 open-source 1 science 1"},
		{"one without a pack, beside another's with one", nil, []Subscription{sub("ai"), sub("knitting")}, "ai 0 ai 1 open-source 0 science 0 open-source 1 science 1"},
		{"followed only", nil, []Subscription{sub("", "https://own.example/")}, "own.example"},
		{"followed and in a pack, once", nil, []Subscription{sub("ai", "https://ai.example/1")}, "ai 1 ai 0"},
		{"the operator's packs", []string{"science"}, []Subscription{sub("ai")}, "science 0 science 1"},
	}
	for _, tt := range tests {
		b := &Bot{Sources: Sources{Catalog: smallCatalog(), Packs: tt.packs}}
		var got []string
		for _, p := range b.wanted(tt.subs) {
			got = append(got, b.titleOf(p.URL))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestWantedIsBounded checks that a large catalog is not scanned in full because of a topic that nobody covers.
func TestWantedIsBounded(t *testing.T) {
	b := &Bot{}
	for i := range 3 * maxPacked {
		b.Sources.Catalog = append(b.Sources.Catalog, feed.Outline{URL: fmt.Sprintf("https://x.example/%d", i), Topic: fmt.Sprintf("t%d", i%7)})
	}
	alone := b.wanted([]Subscription{{Topics: []string{"knitting"}}})
	if len(alone) != maxPacked {
		t.Errorf("%d podcasts are scanned, want %d", len(alone), maxPacked)
	}
	both := b.wanted([]Subscription{{Topics: []string{"t1"}}, {Topics: []string{"knitting"}}})
	for _, p := range alone {
		if !slices.Contains(both, p) {
			t.Fatalf("%s is scanned for one subscription, and not any more when there is another", p.URL)
		}
	}
}

func TestCovers(t *testing.T) {
	tests := []struct {
		pack, topic string
		want        bool
	}{
		{"ai", "ai", true}, {"ai", "ai agents", true}, {"ai", "said", false}, {"open-source", "open source", true},
		{"open-source", "open-source", true}, {"science", "data science", true}, {"science", "conscience", false}, {"ai", "", false},
	}
	for _, tt := range tests {
		if got := covers(tt.pack, tt.topic); got != tt.want {
			t.Errorf("covers(%q, %q) = %v, want %v", tt.pack, tt.topic, got, tt.want)
		}
	}
}

func TestCatalogTopics(t *testing.T) {
	b := &Bot{Sources: Sources{Catalog: smallCatalog()}}
	if got := b.catalogTopics(); !slices.Equal(got, []string{"ai", "open source", "science"}) {
		t.Errorf("catalogTopics = %q", got)
	}
	if got := len(b.catalogOn([]string{"science fiction", "ai"})); got != 4 {
		t.Errorf("catalogOn: %d podcasts, want 4", got)
	}
}
