package llm

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// checkNames looks for names that stand neither in the lines nor in the header.
func (e evidence) checkNames(text string) error {
	if n := e.missingName(text); n != "" {
		return fmt.Errorf("the name %q is neither in the lines nor in the header", n)
	}
	return nil
}

// missingName returns a capitalised name of text that the evidence does not hold. The first word of a sentence is a name
// when another capitalised word follows, or when it looks like none that sentences begin with.
func (e evidence) missingName(text string) string {
	have := e.said + " " + e.names
	known := knownWords(have)
	begins := true
	words := strings.Fields(text)
	for i, w := range words {
		first := begins && (e.nouns || !(i+1 < len(words) && e.firstName(w, words[i+1])))
		begins = endsSentence(w)
		name := bare(w)
		switch {
		case first && capitalised(w) && e.strange(name):
		case e.months[name] && !first && (capitalised(w) || e.name != "en"):
		case !nameLike(w, first), unitOf(name) != "", e.nouns && i > 0 && isNoun(words[i-1]):
			continue
		}
		if !known[name] && !allKnown(plainWords(w), known) && !e.spells(name) {
			return strings.TrimFunc(w, unicode.IsPunct)
		}
	}
	return ""
}

// spells reports whether the evidence spells an abbreviation out: "chief executive" for "CEO".
func (e evidence) spells(short string) bool {
	if len(short) < 2 || len(short) > 6 {
		return false
	}
	initials := ""
	for _, w := range plainWords(strings.ReplaceAll(folded(e.said+" "+e.names), "chief executive", "chief executive officer")) {
		initials += w[:1]
	}
	return strings.Contains(initials, folded(short))
}

// knownWords are the words of a text as names may be written in a claim.
func knownWords(text string) map[string]bool {
	known := map[string]bool{}
	for _, w := range strings.Fields(text) {
		known[bare(w)] = true
		for _, p := range plainWords(w) {
			known[p] = true
		}
	}
	return known
}

// isNoun reports whether the German word behind this one is a noun and no name: articles and adjectives come before nouns.
func isNoun(before string) bool {
	w := bare(before)
	if w == "" || capitalised(before) && !slices.Contains([]string{"die", "der", "das", "diese", "dieser", "dieses", "eine", "ein", "jede", "jeder", "alle", "keine", "viele", "manche", "einige"}, w) {
		return false
	}
	for _, end := range []string{"e", "en", "er", "es", "em", "der", "die", "das", "den", "dem", "des", "ein", "wenig", "viel", "etwas", "im", "am", "zum", "zur", "kein", "mehr", "prozent"} {
		if w == end || len(end) < 3 && len(w) > 3 && strings.HasSuffix(w, end) {
			return true
		}
	}
	return isDigit(w[0])
}

// ends are what common words end with that sentences begin with.
var ends = []string{"s", "ing", "ed", "ly", "er", "tion", "sion", "ment", "ness", "ity", "ism", "al", "ous", "ive", "able", "ful", "ence", "ance", "less", "ware", "ship"}

// starters are other words that sentences begin with.
var starters = set("code trust speed data search open small large plain good bad best better new old young great big long short high low real true free full work working team people everybody everyone everything anyone nobody someone something software hardware money time trade price cost growth risk power health food water energy research science school law tax war art music text paper book page mail email user staff management law trust debt cash work home land air fire rain light sound noise sleep stress pain love hope fear luck skill craft talk writing reading using making having being doing getting taking giving running building finding hiring teaching learning buying selling moving changing cutting keeping putting setting turning asking answering telling showing seeing knowing thinking half whole part one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion another several neither either nor not no yes never always often sometimes usually mostly rarely still yet even just almost nearly about above below behind beside besides beyond during except instead near next past per plus than till toward towards upon versus via with without within whether which while who whoever whose why how here there thus hence therefore moreover otherwise meanwhile later earlier soon once twice again less more most least much many few fewer every each all both any some such same other own enough quite rather very too only first second third last final early late current recent modern human public private local global national social legal medical technical simple complex hard easy fast slow strong weak cheap dear rich poor safe clear right wrong open close start stop begin end keep let make take give get put set run go come see look find use need want like think know say tell ask show try help work call turn move live feel seem leave pay hold write read build learn teach buy sell cut adopt retry test track measure store model tool language prompt token query cache queue index server client network system service product market company client firm bank hospital doctor patient nurse student child parent woman man women men child customer developer engineer manager founder maintainer author reader writer speaker listener")

// strange reports whether an English sentence hardly begins with a word unless it is a name.
func (e evidence) strange(w string) bool {
	if e.tongue.name != "en" || len(w) < 4 || stop[w] || openers[w] || starters[w] || deictics[w] || negation[w] || e.numbers[w] > 0 || quantities[w] > 0 {
		return false
	}
	if slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(w, end) }) {
		return false
	}
	return !slices.ContainsFunc(plainWords(e.near+" "+e.names), func(v string) bool { return stem(v) == stem(w) })
}

// checkPeople refuses statements that are put into another mouth than that which said them.
func (e evidence) checkPeople(text string) error {
	said := strings.Join(plainWords(text), " ") + " "
	for _, other := range e.others {
		for _, n := range plainWords(other) {
			if len(n) > 2 && !slices.Contains(plainWords(e.speaker), n) && strings.Contains(" "+said, " "+n+" ") {
				return fmt.Errorf("%s does not speak in these lines", other)
			}
		}
	}
	if mixed := e.mixedName(text); mixed != "" {
		return fmt.Errorf("nobody is called %q", mixed)
	}
	if role, who := e.otherRole(text); role != "" {
		return fmt.Errorf("the lines call %s %q, and nobody else", who, role)
	}
	if who := e.otherMouth(text); who != "" {
		return fmt.Errorf("the quote is not from %s", who)
	}
	return nil
}

// mixedName returns a first name with the family name of somebody else.
func (e evidence) mixedName(text string) string {
	have := strings.Fields(e.said + " " + e.names)
	pairs, person := map[string]bool{}, map[string]bool{}
	for i := 0; i+1 < len(have); i++ {
		pairs[bare(have[i])+" "+bare(have[i+1])] = true
	}
	for _, p := range append(e.others, e.speaker) {
		for _, w := range plainWords(p) {
			person[w] = true
		}
		pairs[strings.Join(plainWords(p), " ")] = true
	}
	words := strings.Fields(text)
	for i := 0; i+1 < len(words); i++ {
		a, b := bare(words[i]), bare(words[i+1])
		if person[a] && person[b] && capitalised(words[i]) && capitalised(words[i+1]) && !pairs[a+" "+b] && unicode.IsLetter(lastRune(words[i])) {
			return a + " " + b
		}
	}
	return ""
}

func lastRune(w string) rune {
	r := []rune(w)
	return r[len(r)-1]
}

// otherRole returns a title that a claim gives to a speaker and the lines to somebody else, with who has it in the lines.
func (e evidence) otherRole(text string) (role, who string) {
	people := map[string]bool{}
	for _, p := range append(append([]string{e.speaker}, e.heard...), e.others...) {
		for _, w := range plainWords(p) {
			people[w] = true
		}
	}
	said := roles(e.said)
	for role, names := range roles(text) {
		known := said[role]
		if len(known) > 0 && slices.ContainsFunc(names, func(n string) bool { return people[n] }) && overlap(names, known) == 0 {
			return role, known[0]
		}
	}
	return "", ""
}

// roles are the titles of a text with the names that stand within four words of them in the same sentence.
func roles(text string) map[string][]string {
	m := map[string][]string{}
	for _, sentence := range sentencesOf(text) {
		words := strings.Fields(sentence)
		for i, w := range words {
			if !titles[bare(w)] && bare(w) != "executive" {
				continue
			}
			for k := max(0, i-4); k < min(len(words), i+5); k++ {
				if capitalised(words[k]) {
					m[bare(w)] = append(m[bare(w)], bare(words[k]))
				}
			}
		}
	}
	return m
}

// otherMouth returns somebody to whom a claim gives what somebody else said, though both are heard in the lines.
func (e evidence) otherMouth(text string) string {
	if e.speaker == "" {
		return ""
	}
	own := plainWords(e.speaker)
	words := plainWords(text)
	found := ""
	for _, p := range e.heard {
		names := plainWords(p)
		if slices.ContainsFunc(names, func(n string) bool { return slices.Contains(own, n) }) {
			continue
		}
		for i, w := range words {
			if slices.Contains(names, w) && e.says(words, i, names) {
				found = p
			}
		}
	}
	return found
}

// says reports whether the name at word i, or the whole name that it belongs to, is who says what a text tells.
func (e evidence) says(words []string, i int, names []string) bool {
	if i+1 < len(words) && e.voiced[words[i+1]] {
		return true
	}
	for i > 0 && slices.Contains(names, words[i-1]) {
		i--
	}
	return i > 0 && (e.voiced[words[i-1]] || slices.Contains([]string{"laut", "selon", "segun"}, words[i-1])) ||
		i > 1 && words[i-1] == "to" && words[i-2] == "according"
}

// firstName reports whether the word that begins a sentence is the first of a name: another capitalised word follows, and
// it is none that sentences begin with.
func (e evidence) firstName(w, next string) bool {
	b := bare(w)
	if e.common[b] || e.voiced[b] || e.negation[b] {
		return false
	}
	return capitalised(next) && !endsSentence(w) && !strings.HasSuffix(w, ",") && !stop[b] && !openers[b] && !strings.HasSuffix(b, "ing") && !strings.HasSuffix(b, "ly")
}

// capitalised reports whether a word begins with a capital and goes on with small letters.
func capitalised(w string) bool {
	r := []rune(strings.TrimFunc(w, unicode.IsPunct))
	return len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsLower(r[1])
}

func nameLike(w string, first bool) bool {
	r := []rune(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
	if len(r) < 2 || !unicode.IsUpper(r[0]) && !hasUpper(r[1:]) {
		return false
	}
	if hasUpper(r[1:]) {
		return true
	}
	return !first
}

func hasUpper(r []rune) bool { return slices.ContainsFunc(r, unicode.IsUpper) }

func allKnown(words []string, known map[string]bool) bool {
	for _, w := range words {
		if len(w) > 1 && !known[w] { // "d'Émile"
			return false
		}
	}
	return len(words) > 0
}
