package rank

import "slices"

// absent stands for a word that no doc holds.
const absent = ^term(0)

// near is how many further words may stand between the words of a phrase that readers made up themselves.
const near = 3

// concept is one thing that a topic asks for, with all the phrases that mean it. "open source licensing" asks for two.
type concept struct {
	phrases []phrase
	loose   bool    // the words may also stand near each other, at weightClose
	idf     float64 // how much it says
}

// topic is what a reader's words ask for: all of its concepts.
type topic struct {
	name     string
	concepts []concept
}

// understand reads a topic: names of the table as they stand in it, longest first, and what is left as words, or as one
// phrase when the corpus holds it.
func (x *Index) understand(name string) topic {
	t := topic{name: name}
	terms := x.lookUp(name)
	var rest []term
	for i := 0; i < len(terms); {
		known, n := x.table.match(terms[i:])
		switch {
		case n > 0:
			t.concepts = append(x.plain(t.concepts, rest), concept{phrases: known.phrases})
			rest, i = nil, i+n
			continue
		case terms[i] == absent || !x.vocab.stop[terms[i]]:
			rest = append(rest, terms[i])
		}
		i++
	}
	t.concepts = x.plain(t.concepts, rest)
	for i := range t.concepts {
		t.concepts[i].idf = x.weigh(t.concepts[i])
	}
	return t
}

// lookUp returns the terms of a reader's words.
func (x *Index) lookUp(text string) []term {
	var out []term
	for _, w := range tokens(text) {
		w.name = false
		t, ok := x.vocab.find(w)
		if !ok {
			t = absent
		}
		out = append(out, t)
	}
	return out
}

// match returns the topic with the longest name that terms begin with, and that name's length; 0 when there is none.
func (t *table) match(terms []term) (known, int) {
	for n := min(t.longest, len(terms)); n > 0; n-- {
		if slices.Contains(terms[:n], absent) {
			continue
		}
		if i, ok := t.byName[key(terms[:n])]; ok {
			return t.topics[i], n
		}
	}
	return known{}, 0
}

// plain adds the concepts of words that the table does not know.
func (x *Index) plain(to []concept, terms []term) []concept {
	if len(terms) > 1 && len(x.phraseDocs(terms)) >= 2 {
		return append(to, concept{phrases: []phrase{{terms, weightName}}, loose: true})
	}
	for _, t := range terms {
		c := concept{phrases: []phrase{{[]term{t}, weightName}}}
		// A word that is a name too ("zoom") is meant as the name by those who make it a topic.
		if name, ok := x.vocab.nameOf(t); ok {
			c.phrases[0].terms[0] = name
		}
		to = append(to, c)
	}
	return to
}

// weigh returns how much a concept says: the inverse document frequency of its strongest phrases together.
func (x *Index) weigh(c concept) float64 {
	df := 0
	for _, p := range c.phrases {
		if p.weight >= weightClose {
			df += x.text.count(x.text.rarest(p.terms, x.vocab.stop))
		}
	}
	n := x.living()
	return max(0.5, idf(n, min(n, df)))
}

// phraseDocs returns the docs whose text holds terms as they stand, at most a few.
func (x *Index) phraseDocs(terms []term) []int {
	var out []int
	for _, p := range x.text.get(x.text.rarest(terms, x.vocab.stop), 0) {
		if e := &x.docs[p.doc()]; !e.dead && occurrences(e.seq, terms) > 0 {
			if out = append(out, p.doc()); len(out) == 8 {
				break
			}
		}
	}
	return out
}

// occurrences counts how often phrase stands in seq.
func occurrences(seq, phrase []term) int {
	n := 0
	for i := 0; i+len(phrase) <= len(seq); i++ {
		if seq[i] == phrase[0] && slices.Equal(seq[i:i+len(phrase)], phrase) {
			n++
		}
	}
	return n
}

// together reports whether all terms of phrase stand within len(phrase)+near words of seq.
func together(seq, phrase []term) bool {
	for i := range seq {
		if !slices.Contains(phrase, seq[i]) {
			continue
		}
		window := seq[i:min(len(seq), i+len(phrase)+near)]
		if !slices.ContainsFunc(phrase, func(t term) bool { return !slices.Contains(window, t) }) {
			return true
		}
	}
	return false
}
