package rank

import (
	_ "embed"
	"strings"
)

//go:embed topics.txt
var topicsText string

// How far a phrase means its topic.
const (
	weightName  = 1.0
	weightVague = 0.45
	weightClose = 0.8
	weightLoose = 0.25
	weightFound = 0.15 // learned from the corpus
)

// table holds the topics that are known by name, with their related phrases.
type table struct {
	topics  []known
	byName  map[string]int // by name's key
	longest int            // terms of the longest name
}

// known is a topic of the table.
type known struct{ phrases []phrase }

// phrase is a run of terms and how far it means a topic.
type phrase struct {
	terms  []term
	weight float32
}

// newTable reads the table of topics; its form is told at the file's top.
func newTable(v *vocabulary, text string) *table {
	t := &table{byName: map[string]int{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		t.add(v, line)
	}
	return t
}

func (t *table) add(v *vocabulary, line string) {
	names, rest, _ := strings.Cut(line, "=")
	near, loose, _ := strings.Cut(rest, "~")
	var k known
	seen := map[string]bool{}
	for i, list := range []string{names, near, loose} {
		for _, name := range strings.Split(list, ",") {
			p := phrase{weight: []float32{weightName, weightClose, weightLoose}[i]}
			if name, vague := strings.CutSuffix(strings.TrimSpace(name), "?"); vague {
				p.terms, p.weight = v.named(name), weightVague
			} else {
				p.terms = v.named(name)
			}
			id := key(p.terms)
			if i == 0 {
				if _, taken := t.byName[id]; !taken {
					t.byName[id] = len(t.topics)
				}
				t.longest = max(t.longest, len(p.terms))
			}
			if id != "" && !seen[id] && meant(v, name, i) {
				seen[id] = true
				k.phrases = append(k.phrases, p)
			}
		}
	}
	t.topics = append(t.topics, k)
}

// meant reports whether a phrase may be looked for in texts. The name of a topic may be a common word ("go"): then it
// is what readers type, and what stands in texts is the name written large, which is listed besides.
func meant(v *vocabulary, name string, list int) bool {
	terms := tokens(name)
	common := len(terms) == 1 && (v.names[terms[0].form] || v.stops[terms[0].form])
	return !common || list > 0
}

// named returns the terms of a phrase in the table, where a capital means a proper name.
func (v *vocabulary) named(s string) []term {
	s = strings.TrimSpace(s)
	var out []term
	for i, w := range tokens(s) {
		w.name = i == 0 && s[0] >= 'A' && s[0] <= 'Z'
		out = append(out, v.add(w))
	}
	return out
}

// key returns terms as a map's key.
func key(terms []term) string {
	var b strings.Builder
	for _, t := range terms {
		b.WriteByte(byte(t >> 16))
		b.WriteByte(byte(t >> 8))
		b.WriteByte(byte(t))
	}
	return b.String()
}
