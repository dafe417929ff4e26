package llm

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// What follows are the small word rules of the validator. They are for English and for figures in any language; a claim
// in another language than its lines fails the grounding rule.

var (
	persons  = set("i we you me us my our your mine ours yours myself ourselves yourself i'm i've i'd i'll we're we've we'd we'll you're you've you'd you'll let's")
	deictics = set("it this that these those they he she there which who both another then also such its their his her here")
	metas    = []string{"the speaker", "the host", "the guest", "the episode", "the podcast", "this episode", "this podcast", "the discussion", "the conversation", "in this episode", "the transcript"}
	stop     = set("a an the and or but so of in on at to for from by with as is are was were be been being it its this that these those they them their he she his her not no than then there here what which who how when where why will would can could should may might must do does did done has have had more most some any all each other into over about up out if because while also just very says said say argues argue notes explains according during")
	negation = set("not no never without cannot nobody nothing none neither nor hardly rarely isn't aren't wasn't weren't don't doesn't didn't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't ain't mustn't needn't")
	openers  = set("like unlike since after before without despite both every many few only once until within among between across under through whether although however today though since unless even instead given according")
	months   = set("january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// bare is a word without case, outer punctuation, typographic apostrophes and possessive.
func bare(word string) string {
	word = strings.ToLower(strings.ReplaceAll(word, "’", "'"))
	word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.TrimSuffix(word, "'s")
}

var quoted = regexp.MustCompile(`"[^"]*"|“[^”]*”`)

// personIn returns the first word of the first or second person outside quotation marks.
func personIn(text string) string {
	for _, w := range strings.Fields(quoted.ReplaceAllString(text, " ")) {
		if w == "US" || w == "U.S." { // the country
			continue
		}
		if persons[strings.TrimFunc(strings.ToLower(strings.ReplaceAll(w, "’", "'")), unicode.IsPunct)] {
			return w
		}
	}
	return ""
}

func deicticStart(words []string) string {
	if len(words) > 0 && deictics[bare(words[0])] {
		return words[0]
	}
	return ""
}

func metaStart(text string) string {
	low := strings.ToLower(text)
	for _, m := range metas {
		if strings.HasPrefix(low, m) {
			return m
		}
	}
	return ""
}

var numberWords = map[string]string{
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
	"eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
	"sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100", "thousand": "1000", "half": "50",
	"million": "1000000", "billion": "1000000000", "dozen": "12", "twice": "2", "double": "2", "third": "3", "quarter": "4",
}

var figure = regexp.MustCompile(`\d+(?:[.,]\d+)*`)

// missingNumber returns a number of text that have does not hold, in figures or words.
func missingNumber(text, have string) string {
	known := map[string]bool{}
	for _, n := range numbersIn(have) {
		known[n] = true
	}
	for _, n := range numbersIn(text) {
		if n != "1" && !known[n] { // "one" is an article as often as a number
			return n
		}
	}
	return ""
}

func numbersIn(text string) []string {
	var all []string
	for _, n := range figure.FindAllString(text, -1) {
		all = append(all, strings.TrimRight(strings.ReplaceAll(n, ",", ""), "."))
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	for i, w := range words {
		n, ok := numberWords[w]
		if !ok {
			continue
		}
		all = append(all, n)
		if i+1 < len(words) && len(n) == 2 && n[1] == '0' && n != "10" { // "twenty five"
			if unit := numberWords[words[i+1]]; len(unit) == 1 {
				all = append(all, n[:1]+unit)
			}
		}
	}
	return all
}

// missingName returns a capitalised name of text that have does not hold. The first word of a sentence is a name only
// when it is followed by another capitalised word or looks like none that sentences begin with.
func missingName(text, have string) string {
	known := map[string]bool{}
	for _, w := range strings.Fields(have) {
		known[bare(w)] = true
		for _, p := range plainWords(w) {
			known[p] = true
		}
	}
	begins := true
	words := strings.Fields(text)
	for i, w := range words {
		first := begins && !(i+1 < len(words) && firstName(w, words[i+1]))
		begins = endsSentence(w)
		name := bare(w)
		if !nameLike(w, first) || months[name] {
			continue
		}
		if !known[name] && !allKnown(plainWords(w), known) {
			return strings.TrimFunc(w, unicode.IsPunct)
		}
	}
	return ""
}

// firstName reports whether the word that begins a sentence is the first of a name: another capitalised word follows, and
// it is none that sentences begin with.
func firstName(w, next string) bool {
	b := bare(w)
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
		if !known[w] {
			return false
		}
	}
	return len(words) > 0
}

// stem takes the ends off a word, so that "workers" and "worker", "drops" and "dropped" meet. It is coarse on purpose:
// five letters of a longer word are enough to compare a claim with the lines that it was taken from.
func stem(w string) string {
	r := []rune(w)
	if len(r) > 5 {
		return string(r[:5])
	}
	return strings.TrimSuffix(w, "s")
}

// shared is the share of text's content words that stand in have.
func shared(text, have string) float64 {
	known := map[string]bool{}
	for _, w := range plainWords(have) {
		known[stem(w)] = true
	}
	n, hit := 0, 0
	for _, w := range plainWords(text) {
		if stop[w] || len(w) < 3 {
			continue
		}
		n++
		if known[stem(w)] {
			hit++
		}
	}
	if n == 0 {
		return 0
	}
	return float64(hit) / float64(n)
}

// Words that leave something open, and words that give an opinion to somebody.
var (
	doubts   = set("may might perhaps maybe probably possibly likely")
	opinions = set("think believe guess suspect estimate reckon feel")
	open     = set("may might perhaps maybe probably possibly likely could would seem seems appear appears expect expects suppose supposes unsure potentially estimate estimates estimated think thinks believe believes guess guesses suspect suspects predict predicts chance")
	voiced   = set("says say said argues argue argued thinks think thought believes believe believed estimates estimate estimated suspects suspect guesses reckons feels according opinion view puts warns claims holds expects predicts calls sees")
)

// droppedHedge returns a word of the quote that leaves open, or gives as an opinion, what the claim states as a fact.
func droppedHedge(claim, quote string) string {
	isOpen, isVoiced := false, false
	for _, w := range plainWords(claim) {
		isOpen, isVoiced = isOpen || open[w], isVoiced || voiced[w]
	}
	before := ""
	for _, w := range strings.Fields(quote) {
		b := bare(w)
		switch {
		case doubts[b] && w != "May" && !isOpen:
			return b
		case opinions[b] && before == "i" && !isOpen && !isVoiced:
			return b
		}
		before = b
	}
	return ""
}

// negationReach is how many content words after a negation it is taken to cover, within its clause.
const negationReach = 6

// flipped returns a word that the lines negate and the claim states, or the other way round.
func flipped(claim, lines string) string {
	c, l := polarityOf(claim), polarityOf(lines)
	for _, scope := range l.scopes {
		if c.touches(scope) {
			continue
		}
		enough := min(2, len(scope))
		scope = slices.DeleteFunc(slices.Clone(scope), func(w string) bool { return l.plain[w] })
		stated := slices.DeleteFunc(slices.Clone(scope), func(w string) bool { return !c.plain[w] })
		if len(stated) >= enough {
			return stated[0]
		}
	}
	for _, scope := range c.scopes {
		if head := scope[0]; l.plain[head] && !c.plain[head] && !l.touches(scope) {
			return head
		}
	}
	return ""
}

// polarity is what a text negates and what it states, in stems.
type polarity struct {
	scopes  [][]string // content words after each negation, in order
	negated map[string]bool
	plain   map[string]bool
}

// touches reports whether the text negates a word of a scope too.
func (p polarity) touches(scope []string) bool {
	return slices.ContainsFunc(scope, func(w string) bool { return p.negated[w] })
}

func polarityOf(text string) polarity {
	p := polarity{negated: map[string]bool{}, plain: map[string]bool{}}
	reach, ended := 0, false // ended: a scope ended with the word before
	var scope []string
	end := func() {
		if len(scope) > 0 {
			p.scopes = append(p.scopes, scope)
		}
		reach, scope = 0, nil
	}
	for _, w := range strings.Fields(text) {
		b := bare(w)
		if b == "but" && (ended || len(scope) > 0) { // "not this but that" contrasts, and denies nothing else
			end()
			p.scopes = p.scopes[:len(p.scopes)-1]
		}
		ended = false
		switch {
		case negation[b]:
			end()
			reach = negationReach
		case stop[b] || len(b) < 3:
		case reach > 0:
			reach--
			scope = append(scope, stem(b))
			p.negated[stem(b)] = true
		default:
			p.plain[stem(b)] = true
		}
		if reach == 0 || strings.ContainsAny(w, ".,;:?!") {
			ended = len(scope) > 0
			end()
		}
	}
	end()
	return p
}
