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
	if slices.ContainsFunc(said, func(w string) bool { return strict[w] || w == "ll" || w == "won" || w == "going" }) {
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

var (
	// unable finds other ways to say that something was not done.
	unable = regexp.MustCompile(`(?i)\b(?:fail(?:s|ed|ing)?|unable|refus(?:es|ed)) to\b|\b(?:is|are|was|were) (?:an |the )?exceptions?\b`)
	// cleft finds "cold isn't what kills", which denies the cold and not the killing.
	cleft = regexp.MustCompile(`(?i)\b([a-z]+) (?:isn['’]t|aren['’]t|wasn['’]t|weren['’]t|(?:is|are|was|were) not) (?:what|how|why|who)\b`)
	// setAside finds what takes something out of what is said without denying it.
	setAside = regexp.MustCompile(`(?i)\b(?:rather than|instead of|unless|except|unlike)\b`)
)

// denials are the negations that speak of what stands before them, too.
var denials = set("not never cannot isn't aren't wasn't weren't don't doesn't didn't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't")

// aparts stands for what setAside found.
const aparts = "¬"

func polarityOf(text string) polarity {
	text = unable.ReplaceAllString(text, "not")
	text = cleft.ReplaceAllString(text, "not $1, "+aparts)
	text = setAside.ReplaceAllString(text, aparts)
	d := denying{polarity: polarity{negated: map[string]bool{}, plain: map[string]bool{}}}
	for _, w := range strings.Fields(text) {
		b := bare(w)
		ended := d.ended
		d.ended = false
		switch {
		case negation[b]:
			d.deny(b)
		case strings.HasPrefix(w, aparts):
			d.end()
			d.apart = negationReach
		case b == "but" && (ended || len(d.scope) > 0):
			d.contrast()
		case d.reach == negationReach && slices.Contains([]string{"only", "just", "merely", "simply"}, b):
			d.merely = true
		case !stop[b] && len(b) > 2:
			d.add(stem(b))
		}
		if closes := strings.ContainsAny(w, ".,;:?!"); closes || d.reach == 0 {
			d.ended = len(d.scope) > 0
			d.end()
			if closes {
				d.clause, d.apart = nil, 0
			}
		}
		d.before = b
	}
	d.end()
	return d.polarity
}

// denying reads a text word by word.
type denying struct {
	polarity
	scope, clause []string // since the last negation; what was stated in this clause
	reach, apart  int      // words that the last negation, or what set something aside, still covers
	ended, merely bool     // a scope ended with the word before; the negation was "not only"
	before        string
}

func (d *denying) deny(b string) {
	d.end()
	d.reach, d.apart, d.merely = negationReach, 0, false
	if denials[b] && d.before != "and" {
		for _, v := range d.clause {
			d.negated[v] = true
		}
	}
}

func (d *denying) add(w string) {
	if d.reach > 0 {
		d.reach--
		d.scope = append(d.scope, w)
		d.negated[w] = true
		return
	}
	if d.apart > 0 {
		d.apart--
		d.negated[w] = true
	}
	d.plain[w] = true
	d.clause = append(d.clause, w)
}

func (d *denying) end() {
	if len(d.scope) > 0 {
		d.scopes = append(d.scopes, d.scope)
	}
	d.reach, d.scope = 0, nil
}

// contrast ends a scope with "but": "not only this but that" denies nothing.
func (d *denying) contrast() {
	d.end()
	if d.merely {
		d.scopes = d.scopes[:len(d.scopes)-1]
	}
}
