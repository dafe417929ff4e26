package insight

import "strings"

// lexicon holds the distinct words of one episode, so that what is known of a word is looked up once.
type lexicon struct {
	english *language
	numbers map[string]int32
	words   []word
	terms   map[string]int32
	stems   []string // of the terms, by number
}

// word is what is known of a distinct word.
type word struct {
	text  string  // lower case, with straight apostrophes
	ids   []int32 // the words of phrases that it stands for
	roots []int32 // where phrases that begin with it stand in the tree
	stop  bool
	term  int32 // number of its stem, -1 for stop words and single letters
}

func newLexicon(l *language) *lexicon {
	return &lexicon{english: l, numbers: map[string]int32{}, terms: map[string]int32{}}
}

// number gives the word written in lower case as key its number. The key is only copied when the word is new.
func (x *lexicon) number(key []byte) int32 {
	if n, ok := x.numbers[string(key)]; ok {
		return n
	}
	text := string(key)
	w := word{text: text, ids: x.english.standsFor(text), stop: x.english.sets["stop"][text], term: -1}
	w.roots = x.english.roots(w.ids)
	if !w.stop && len(text) > 1 {
		w.term = x.term(stem(text))
	}
	n := int32(len(x.words))
	x.words, x.numbers[text] = append(x.words, w), n
	return n
}

// term gives a stem its number.
func (x *lexicon) term(stem string) int32 {
	if n, ok := x.terms[stem]; ok {
		return n
	}
	n := int32(len(x.stems))
	x.stems, x.terms[stem] = append(x.stems, stem), n
	return n
}

// stem takes the commonest endings off an English word: possessive, plural, -ing, -ed, -ly, a doubled consonant and a
// final e. It is light on purpose: two words of one stem should mean the same.
func stem(w string) string {
	w = strings.TrimSuffix(w, "'s")
	w = singular(w)
	switch {
	case len(w) > 6 && strings.HasSuffix(w, "ing"):
		w = w[:len(w)-3]
	case len(w) > 5 && strings.HasSuffix(w, "ed"):
		w = w[:len(w)-2]
	}
	if len(w) > 6 {
		w = strings.TrimSuffix(w, "ly")
	}
	if n := len(w); n > 4 && w[n-1] == w[n-2] && !strings.ContainsRune("lsz", rune(w[n-1])) && w[n-1] < 0x80 {
		w = w[:n-1]
	}
	if len(w) > 5 {
		w = strings.TrimSuffix(w, "e")
	}
	return w
}

func singular(w string) string {
	switch n := len(w); {
	case n > 4 && strings.HasSuffix(w, "ies"):
		return w[:n-3] + "y"
	case n > 4 && strings.HasSuffix(w, "sses"):
		return w[:n-2]
	case n > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is"):
		return w[:n-1]
	}
	return w
}
