package insight

import "strings"

// What a first sentence speaks of must stand in it. The gates of the reference know pronouns that come before any word
// with a meaning; these look for the noun that a pronoun stands for, and ask more where more is needed to be understood.
const (
	nounsForThis  = 3 // "this habit", "those" and "the thing there" are hardly ever about the words just before
	nounsForSuch  = 4 // "such a project"
	nounsForThere = 2
	nounsBehind   = 2 // "the value of that is", "the idea behind it"
)

// unresolved reports whether a sentence, behind its lead-ins, speaks of something by a pronoun that only those know who
// heard what was said before: "I'd feed it to them anyway", "The idea behind that is", "There's another reason".
func (x *lexicon) unresolved(s *sentence) bool {
	nouns := 0
	before := ""
	for i, w := range s.words {
		if int(w.first) < s.opening {
			continue
		}
		text := x.words[w.word].text
		if x.lacks(s, i, text, before, nouns) {
			return true
		}
		if x.isNoun(w, text, before) {
			nouns++
		}
		before = text
	}
	return false
}

// lacks reports whether word i stands for something that the nouns before it do not tell.
func (x *lexicon) lacks(s *sentence, i int, text, before string, nouns int) bool {
	after := x.wordAfter(s, i)
	switch text {
	case "it", "them", "him", "her":
		return nouns == 0 && before != "" && x.inSet("object next", after) || nouns < nounsBehind && x.inSet("preposition", before)
	case "others", "another":
		return nouns == 0
	case "this", "these", "those":
		return nouns < nounsForThis && !x.inSet("this next", after)
	case "that":
		return nouns < nounsBehind && x.inSet("preposition", before) && x.inSet("pronoun next", after)
	case "there":
		return nouns < nounsForThere && before != "" && x.inSet("there next", after)
	case "other": // "Bridges, on the other hand, are dear"
		return nouns < nounsForThis && after == "hand"
	case "such":
		return nouns < nounsForSuch && (after == "a" || after == "an")
	}
	return false
}

// isNoun reports whether a word is probably a noun that a pronoun may stand for: it has a meaning, and does not follow a
// word that verbs follow.
func (x *lexicon) isNoun(w whole, text, before string) bool {
	return !x.words[w.word].stop && len(text) > 2 && !strings.HasSuffix(text, "n't") && !x.inSet("empty noun", text) && !x.inSet("preposition", text) &&
		!x.inSet("verb follows", before)
}

func (x *lexicon) inSet(set, word string) bool { return x.english.sets[set][word] }

// atEnd stands for the word behind the last one, and for the one behind a mark.
const atEnd = "."

// wordAfter returns the word behind word i, or atEnd where a mark or nothing follows.
func (x *lexicon) wordAfter(s *sentence, i int) string {
	if i+1 >= len(s.words) || s.tokens[s.words[i+1].first].glue == glueOther {
		return atEnd
	}
	return x.words[s.words[i+1].word].text
}

// leans reports whether a sentence leans on one before it behind its first words ("I think the same goes for it").
func (x *lexicon) leans(s *sentence) bool {
	last, says := x.begins(s.tokens, s.opening, cueSays)
	if !says {
		return false
	}
	_, points := x.begins(s.tokens, last+1, cueDeicticStart)
	_, open := x.begins(s.tokens, last+1, cueOpenStart)
	return points || open
}

// hangs reports whether a sentence begins with a place, a time or a circumstance and goes on with a pronoun for what it is
// about: "Despite years of development, it still has sharp edges".
func (x *lexicon) hangs(s *sentence) bool {
	for i, w := range s.words {
		text := x.words[w.word].text
		switch {
		case int(w.first) < s.opening:
		case int(w.first) == s.opening:
			if !x.inSet("circumstance", text) {
				return false
			}
		case x.inSet("subject", text):
			return false
		case x.inSet("stand-in", text) && x.wordAfter(s, i-1) == atEnd:
			return true
		}
	}
	return false
}

// halting reports whether a sentence breaks off within its first words ("Operating -- that more than one").
func (s *sentence) halting() bool {
	for i, w := range s.words {
		if i > 2 {
			return false
		}
		rest := s.stream.text[s.tokens[w.last].end:s.to]
		for _, pause := range []string{" - ", " -- ", " – ", " — ", "...", "…", "--"} {
			if strings.HasPrefix(rest, pause) && int(w.first) >= s.opening {
				return true
			}
		}
	}
	return false
}

// miscounts reports whether a window counts to two without one, begins to count and goes no further, or counts fewer
// than it announces: three hardly ever fit.
func (s *script) miscounts(w window) bool {
	one, announced := false, false
	for i := w.first; i <= w.last; i++ {
		x := &s.sentences[i]
		if announced && (s.lexicon.counts(x, cueFirst) || s.lexicon.counts(x, cueSecond)) {
			return true
		}
		announced = announced || x.counts[cueAnnounced] > 0
		if s.lexicon.counts(x, cueSecond) && !one {
			return true
		}
		if i == w.last && i > w.first && s.lexicon.counts(x, cueFirst) {
			return true
		}
		one = one || x.counts[cueFirst] > 0
	}
	return false
}

// counts reports whether a sentence begins with a number in a row: "Two, it is cheap", "The third thing is that".
func (x *lexicon) counts(s *sentence, list cue) bool {
	last, ok := x.begins(s.tokens, s.opening, list)
	return ok && (last > s.opening || last+1 < len(s.tokens) && s.tokens[last+1].glue == glueOther)
}

// finished reports whether a text ends as sentences do.
func finished(text string) bool {
	text = strings.TrimRight(text, "\"”’') ")
	return strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "…")
}
