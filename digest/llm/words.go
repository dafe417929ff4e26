package llm

import (
	"regexp"
	"strings"
	"unicode"
)

// What follows are the small word rules of the validator for English. What other languages need of them stands in their
// tongue.

var (
	persons  = set("i we you me us my our your mine ours yours myself ourselves yourself i'm i've i'd i'll we're we've we'd we'll you're you've you'd you'll let's")
	deictics = set("it this that these those they he she there which who another then also such its their his her here")
	metas    = []string{"the speaker", "the host", "the guest", "the episode", "the podcast", "this episode", "this podcast", "the discussion", "the conversation", "in this episode", "the transcript"}
	stop     = set("a an the and or but so of in on at to for from by with against yet as is are was were be been being it its this that these those they them their he she his her not no than then there here what which who how when where why will would can could should may might must do does did done has have had more most some any all each other into over about up out if because while also just very says said say argues argue notes explains according during")
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
	word = folded(strings.ReplaceAll(word, "’", "'"))
	word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.TrimSuffix(word, "'s")
}

var quoted = regexp.MustCompile(`"[^"]*"|“[^”]*”`)

// personIn returns the first word of the first or second person outside quotation marks.
func (t tongue) personIn(text string) string {
	if t.persons == nil {
		t = tongues[0]
	}
	for _, w := range strings.Fields(quoted.ReplaceAllString(text, " ")) {
		if w == "US" || w == "U.S." { // the country
			continue
		}
		word := folded(strings.TrimFunc(strings.ReplaceAll(w, "’", "'"), unicode.IsPunct))
		head, _, _ := strings.Cut(word, "'")
		if t.persons[word] || t.name == "fr" && t.persons[head] {
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

var figure = regexp.MustCompile(`\d+(?:[.,]\d+)*`)

// irregular are forms that share too little with their verb.
var irregular = table(`
	keep: kept
	sell: sold
	hold: held
	find: found
	lose: lost
	take: took taken
	give: gave given
	come: came
	write: wrote written
	build: built
	spend: spent
	pay: paid
	tell: told
	grow: grew grown
	fall: fell fallen
	rise: rose risen
	break: broke broken
	choose: chose chosen
	drive: drove driven
	teach: taught
	freeze: froze frozen
	begin: began begun
	speak: spoke spoken
	buy: bought
	lead: led
	send: sent`)

// stem takes the ends off a word, so that "workers" and "worker", "drops" and "dropped" meet. It is coarse on purpose:
// five letters of a longer word are enough to compare a claim with the lines that it was taken from.
func stem(w string) string {
	if base := irregular[w]; base != "" {
		w = base
	}
	if base, ok := strings.CutSuffix(w, "ed"); ok && len(base) > 3 { // "called", "call"
		w = base
	}
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
