package rank

import "strings"

// term is the number of a stem.
type term uint32

// noTerm stands between stretches that are not said in one go; no word has it.
const noTerm term = 0

// vocabulary numbers the stems of all words met.
type vocabulary struct {
	forms map[string]term // of folded words, so that a word is stemmed once only
	stems map[string]term
	text  []string // the stem of each term
	shown []string // how each term was written first: stems are not for readers
	stop  []bool   // whether a term is a stop word
	stops map[string]bool
	names map[string]bool
	words []word // working memory
}

func newVocabulary() *vocabulary {
	return &vocabulary{
		forms: map[string]term{},
		stems: map[string]term{},
		text:  []string{""},
		shown: []string{""},
		stop:  []bool{true},
		stops: set(stopWords),
		names: set(names),
	}
}

// set returns the words of a list as a set.
func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// form returns the key of a word: its folded form, marked when it is a name that is a common word too.
func (v *vocabulary) form(w word) string {
	if w.name && v.names[w.form] {
		return w.form + nameMark
	}
	return w.form
}

// add returns the term of a word, and numbers it when it is new.
func (v *vocabulary) add(w word) term {
	form := v.form(w)
	if t, ok := v.forms[form]; ok {
		return t
	}
	s, stop := form, v.stops[form]
	if !stop && !strings.HasSuffix(form, nameMark) {
		s = stem(form)
	}
	t, ok := v.stems[s]
	// A stop word keeps a term of its own: "using" must not make "use" a stop word or the other way round.
	if !ok || v.stop[t] != stop {
		t = term(len(v.text))
		s = strings.Clone(s)
		v.text = append(v.text, s)
		v.shown = append(v.shown, strings.Clone(w.form))
		v.stop = append(v.stop, stop)
		if !ok {
			v.stems[s] = t
		}
	}
	v.forms[strings.Clone(form)] = t
	return t
}

// addAll appends the terms of a text to dst.
func (v *vocabulary) addAll(dst []term, text string) []term {
	v.words = appendTokens(v.words[:0], text)
	for _, w := range v.words {
		dst = append(dst, v.add(w))
	}
	return dst
}

// find returns the term of a word without numbering new ones.
func (v *vocabulary) find(w word) (term, bool) {
	form := v.form(w)
	if t, ok := v.forms[form]; ok {
		return t, true
	}
	if v.stops[form] || strings.HasSuffix(form, nameMark) {
		return noTerm, false
	}
	t, ok := v.stems[stem(form)]
	return t, ok && !v.stop[t]
}

// nameOf returns the term of a common word where it is written as a name.
func (v *vocabulary) nameOf(t term) (term, bool) {
	if t == absent || !v.names[v.text[t]] {
		return noTerm, false
	}
	name, ok := v.forms[v.text[t]+nameMark]
	return name, ok
}
