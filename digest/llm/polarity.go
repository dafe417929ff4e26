package llm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Words that leave something open, and words that give an opinion to somebody.
var (
	doubts   = set("may might perhaps maybe probably possibly likely")
	opinions = set("think believe guess suspect estimate reckon feel")
	open     = set("may might perhaps maybe probably possibly likely could would seem seems appear appears expect expects suppose supposes unsure potentially estimate estimates estimated think thinks believe believes guess guesses suspect suspects predict predicts chance")
	voiced   = set("says say said argues argue argued thinks think thought believes believe believed estimates estimate estimated suspects suspect guesses reckons feels according opinion view puts warns claims holds expects predicts calls sees")
)

// checkPolarity refuses a text that drops or adds a negation.
func (e evidence) checkPolarity(text string) error {
	w := ""
	if e.name == "en" {
		w = flipped(text, e.said)
	} else {
		w = e.denied(text)
	}
	if w != "" {
		return fmt.Errorf("the claim turns what is said about %q into its opposite", w)
	}
	return nil
}

// denied returns a negation that the sentences of the quote hold and the claim does not, or that the claim adds. Where a
// negation stands in a sentence differs between languages, so only its presence is compared.
func (e evidence) denied(text string) string {
	first := func(text string) string {
		for _, w := range plainWords(text) {
			if e.negation[w] {
				return w
			}
		}
		return ""
	}
	claim, quote := first(text), first(e.sentence)
	switch {
	case claim == "" && quote != "":
		return quote
	case claim != "" && first(e.said) == "":
		return claim
	}
	return ""
}

// checkHedges refuses a claim that states what its quote only supposes.
func (e evidence) checkHedges(text string) error {
	if w := e.droppedHedge(text); w != "" {
		return fmt.Errorf("the lines say %q; keep what they leave open, or say whose opinion it is", w)
	}
	return nil
}

// droppedHedge returns a word of the quote's sentences that leaves open, or gives as an opinion, what the claim states as
// a fact.
func (e evidence) droppedHedge(text string) string {
	isOpen, isVoiced := false, false
	for _, w := range plainWords(text) {
		isOpen = isOpen || e.doubts[w] || e.name == "en" && open[w]
		isVoiced = isVoiced || e.voiced[w]
	}
	before := ""
	for _, w := range strings.Fields(e.sentence) {
		b := bare(w)
		switch {
		case e.doubts[b] && w != "May" && !isOpen && (e.name == "en" || !isVoiced):
			return b
		case opinions[b] && before == "i" && !isOpen && !isVoiced:
			return b
		}
		before = b
	}
	return ""
}

// Words of different strength: what may, can or should be is not yet what will or must be.
var (
	weak   = set("may might could can should perhaps maybe possibly")
	strict = set("will must shall won't")
)

// checkModality refuses "will" where "may" was said, and "must" where "should" was.
func (e evidence) checkModality(text string) error {
	said := plainWords(e.said)
	if slices.ContainsFunc(said, func(w string) bool { return strict[w] || w == "ll" || w == "going" }) {
		return nil
	}
	for _, w := range plainWords(text) {
		if !strict[w] {
			continue
		}
		for _, v := range plainWords(e.sentence) {
			if weak[v] {
				return fmt.Errorf("the claim says %q where the lines say %q", w, v)
			}
		}
	}
	return nil
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

// unable finds other ways to say that something was not done.
var unable = regexp.MustCompile(`(?i)\b(?:fail(?:s|ed|ing)?|unable|refus(?:es|ed)) to\b`)

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
	for _, w := range strings.Fields(unable.ReplaceAllString(text, "not")) {
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
