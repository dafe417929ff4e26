package llm

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// evidence is what a model's text rests on, and must not go beyond.
type evidence struct {
	tongue
	said     string   // the lines, or passages, that are cited
	sentence string   // those clauses of them that the quotes stand in
	near     string   // said and what was said around it
	names    string   // what names may be taken from besides: the header
	speaker  string   // of the quote; "" when not known
	heard    []string // speakers of said
	others   []string // speakers of the episode who are neither heard nor named in said
}

// disproof returns what a text says that its evidence does not, in words that a model can act on; nil when nothing is
// found.
func (e evidence) disproof(text string) error {
	rules := []func(string) error{e.checkHedges, e.checkNumbers, e.checkNames, e.checkPeople, e.checkQuotations, e.checkLetters, e.checkPolarity}
	if e.name == "en" {
		rules = append(rules, e.checkModality, e.checkModals, e.checkDirection, e.checkSequels, e.checkCopied, e.checkQuantities, e.checkAdded, e.checkOrder)
	}
	for _, rule := range rules {
		if err := rule(text); err != nil {
			return err
		}
	}
	return nil
}

// checkNumbers looks for numbers, units and bounds that the lines do not hold.
func (e evidence) checkNumbers(text string) error {
	if a, missing := e.missingAmount(text, e.said); missing {
		if a.unit == "" || a.unit == "ordinal" {
			return fmt.Errorf("the number %q is not in the lines", a)
		}
		return fmt.Errorf("the number %q with %q is not in the lines", a, a.unit)
	}
	if a, said := e.otherBound(text); said != "" {
		return fmt.Errorf("the claim bounds %s otherwise than the lines, which say %q", a, said)
	}
	if a, b := e.crossed(text); a != "" {
		return fmt.Errorf("the claim gives %s the place of %s", a, b)
	}
	if a, way := e.otherStep(text); way != "" {
		return fmt.Errorf("the claim has %s where the lines do not move %s that number", a, way)
	}
	if a, thing := e.otherThing(text); thing != "" {
		return fmt.Errorf("the claim counts %s %s, of which the lines give another number", a, thing)
	}
	return nil
}

// otherBound returns a number of text that is open to another side than in the lines.
func (e evidence) otherBound(text string) (amount, string) {
	known := e.amounts(e.said)
	close := e.amounts(e.sentence)
	for _, a := range e.amounts(text) {
		same := func(b amount) bool { return a.is(b) || near(a.value, b.value) }
		var sides []string
		for _, b := range known {
			if same(b) {
				sides = append(sides, b.bound)
			}
		}
		if len(sides) == 0 || slices.Contains(sides, a.bound) || a.bound == "about" || a.bound != "less" && slices.Contains(sides, overTime) || a.bound == overTime && !slices.Contains(sides, "less") {
			continue
		}
		quoted := slices.ContainsFunc(close, same)
		switch open := e.leavesOpen(text); {
		case a.bound != "": // "more than 40" where "40" was said
			return a, strings.TrimSpace(wordsOfBound(sides[0]) + " " + a.String())
		case quoted && (sides[0] != "about" || !open): // "40" where "more than 40" was said
			return a, wordsOfBound(sides[0]) + " " + a.String()
		}
	}
	return amount{}, ""
}

func wordsOfBound(side string) string {
	return map[string]string{"more": "more than", "less": "less than", "about": "about"}[side]
}

// leavesOpen reports whether a text leaves something open.
func (e evidence) leavesOpen(text string) bool {
	n := numerals{e.tongue, tokensOf(text)}
	for i := range n.tokens {
		if n.bound(amount{from: i, to: i}) == "about" {
			return true
		}
	}
	return slices.ContainsFunc(plainWords(text), func(w string) bool { return e.doubts[w] || e.name == "en" && open[w] })
}

// otherStep returns a number that a claim says something moved by and the lines say it moved from or to, or the other way
// round, with the claim's word.
func (e evidence) otherStep(text string) (amount, string) {
	steps := func(text string, of amount) (words []string) {
		n := numerals{e.tongue, tokensOf(text)}
		for _, a := range e.amounts(text) {
			if a.is(of) || a.value == of.value {
				words = append(words, n.word(a.from-1))
			}
		}
		return words
	}
	n := numerals{e.tongue, tokensOf(text)}
	for _, a := range e.amounts(text) {
		way := n.word(a.from - 1)
		other := map[string][]string{"by": {"from", "to"}, "to": {"by"}}[way]
		said := steps(e.said, a)
		if len(other) > 0 && len(said) > 0 && !slices.ContainsFunc(said, func(w string) bool { return !slices.Contains(other, w) }) {
			return a, way
		}
	}
	return amount{}, ""
}

// crossed returns two numbers of text that stand among the words of each other in the lines.
func (e evidence) crossed(text string) (string, string) {
	claim, lines := e.contexts(text), e.contexts(e.said)
	for i, a := range claim {
		for _, b := range claim[i+1:] {
			la, lb := find(lines, a), find(lines, b)
			if e.paired(text, a.amount, b.amount) { // checkOrder looks at those
				continue
			}
			if la == nil || lb == nil || a.value == 1 || b.value == 1 || a.is(b.amount) || a.unit != b.unit && a.unit != "" && b.unit != "" {
				continue
			}
			own, other := a.meets(*la)+b.meets(*lb), a.meets(*lb)+b.meets(*la)
			if a.meets(*lb) > 0 && b.meets(*la) > 0 && (own == 0 || other >= own+2 && a.meets(*lb) >= a.meets(*la) && b.meets(*la) >= b.meets(*lb)) {
				return a.String(), b.String()
			}
		}
	}
	return "", ""
}

// paired reports whether something goes from one number to the other.
func (e evidence) paired(text string, a, b amount) bool {
	n := numerals{e.tongue, tokensOf(text)}
	return n.word(a.from-1) == "from" || n.word(b.from-1) == "from"
}

// otherThing returns a number of text that counts what another number of the lines counts.
func (e evidence) otherThing(text string) (amount, string) {
	of := func(text string) map[string][]amount {
		n := numerals{e.tongue, tokensOf(text)}
		m := map[string][]amount{}
		for _, a := range e.amounts(text) {
			if thing := n.thing(a); thing != "" && !a.soft {
				m[thing] = append(m[thing], a)
			}
		}
		return m
	}
	said := of(e.said)
	claim := of(text)
	for _, thing := range slices.Sorted(maps.Keys(claim)) {
		for _, a := range claim[thing] {
			others := said[thing]
			if a.value != 1 && len(others) > 0 && !slices.ContainsFunc(others, func(b amount) bool { return near(a.value, b.value) || b.value == 1 }) {
				return a, thing
			}
		}
	}
	return amount{}, ""
}

// thing is the stem of what a number without a unit counts: the next word that is none of the small ones.
func (n numerals) thing(a amount) string {
	if a.unit != "" || a.isYear() {
		return ""
	}
	for i := a.to; i < a.to+2; i++ {
		if w := n.word(i); timeUnits[w] != "" { // "eleven a year"
			return ""
		} else if len(w) > 2 && !stop[w] {
			return stem(strings.TrimSuffix(w, "s"))
		}
	}
	return ""
}

// numberReach is how many words around a number tell what it is said of.
const numberReach = 9

// counted is a number with the content words around it.
type counted struct {
	amount
	around map[string]bool
}

// contexts returns the numbers of a text with the words of their clauses that are closer to them than to another number.
func (e evidence) contexts(text string) []counted {
	var all []counted
	tokens := tokensOf(text)
	list := slices.DeleteFunc(e.amounts(text), func(a amount) bool { return a.soft })
	for i, a := range list {
		c := counted{a, map[string]bool{}}
		low, high := 0, len(tokens)
		if i > 0 {
			low = list[i-1].to
		}
		if i+1 < len(list) {
			high = list[i+1].from
		}
		for k := a.from - 1; k >= max(low, a.from-numberReach) && !slices.Contains([]string{".", ";", ":"}, tokens[k].text); k-- {
			c.add(tokens[k].text)
		}
		for k := a.to; k < min(high, a.to+numberReach) && !slices.Contains([]string{".", ";", ","}, tokens[k].text); k++ {
			c.add(tokens[k].text)
		}
		all = append(all, c)
	}
	return all
}

func (c counted) add(w string) {
	if len(w) > 2 && !stop[w] && unitOf(w) == "" && !slices.Contains([]string{"fewer", "less", "least", "about", "roughly"}, w) {
		c.around[stem(w)] = true
	}
}

func (c counted) meets(d counted) int {
	n := 0
	for w := range c.around {
		if d.around[w] {
			n++
		}
	}
	return n
}

func find(all []counted, c counted) *counted {
	i := slices.IndexFunc(all, func(o counted) bool { return o.is(c.amount) })
	if i < 0 {
		i = slices.IndexFunc(all, func(o counted) bool { return near(o.value, c.value) })
	}
	if i < 0 {
		return nil
	}
	return &all[i]
}

// checkQuotations refuses words in quotation marks that nobody said.
func (e evidence) checkQuotations(text string) error {
	said := " " + strings.Join(plainWords(e.said+" "+e.names), " ") + " "
	for _, q := range quoted.FindAllString(text, -1) {
		if words := strings.Join(plainWords(q), " "); words != "" && !strings.Contains(said, " "+words+" ") {
			return fmt.Errorf("the words %s are not in the lines", q)
		}
	}
	return nil
}

// checkLetters refuses words that mix scripts: letters that look like others hide what a word is.
func (e evidence) checkLetters(text string) error {
	for _, w := range strings.Fields(text) {
		latin, other := false, false
		for _, r := range w {
			latin = latin || unicode.Is(unicode.Latin, r)
			other = other || unicode.In(r, unicode.Cyrillic, unicode.Greek)
		}
		if latin && other && !strings.Contains(w, "-") {
			return fmt.Errorf("the word %q mixes letters of several scripts", w)
		}
	}
	return nil
}

// checkAdded refuses superlatives, titles, periods and dates that nobody said.
func (e evidence) checkAdded(text string) error {
	said := folded(e.said + " " + e.names)
	words := plainWords(e.said + " " + e.names)
	has := func(w string) bool { return slices.Contains(words, w) }
	for _, w := range plainWords(text) {
		switch {
		case (titles[w] || certainties[w]) && !has(w) && !e.spells(w):
			return fmt.Errorf("the lines do not say %q", w)
		case superlatives[w] && !has(w) && !comparesAll(said):
			return fmt.Errorf("the lines do not say %q", w)
		}
	}
	for _, m := range relative.FindAllString(folded(text), -1) {
		if !strings.Contains(said, m) {
			return fmt.Errorf("the lines do not say %q", m)
		}
	}
	for _, m := range period.FindAllStringSubmatch(folded(text), -1) {
		if p := m[1]; !strings.Contains(said, strings.TrimSuffix(p, "y")) && !(p == "year" && strings.Contains(said, "annual")) && !(p == "day" && strings.Contains(said, "daily")) {
			return fmt.Errorf("the lines do not say %q", m[0])
		}
	}
	for _, m := range wholeTime.FindAllStringSubmatch(folded(text), -1) {
		if !strings.Contains(said, strings.TrimSuffix(m[1], "y")) && !(m[1] == "day" && strings.Contains(said, "daily")) && !(m[1] == "year" && strings.Contains(said, "annual")) {
			return fmt.Errorf("the lines do not say %q", m[0])
		}
	}
	for _, m := range chief.FindAllStringSubmatch(folded(text), -1) {
		if !has(m[1]) && !has("c"+m[1][:1]+"o") {
			return fmt.Errorf("the lines do not say %q", m[0])
		}
	}
	return nil
}

var (
	wholeTime    = regexp.MustCompile(`\b(?:first|last|same|whole|every|each) (second|minute|hour|day|week|month|quarter|year|decade)\b`)
	chief        = regexp.MustCompile(`\bchief ([a-z]+)\b`)
	titles       = set("founder cofounder ceo cto cfo coo president professor doctor chairman chairwoman minister senator director former winner laureate")
	superlatives = set("best worst largest biggest smallest fastest slowest cheapest greatest highest lowest newest oldest strongest weakest safest hardest easiest longest shortest richest unprecedented revolutionary groundbreaking leading")
	certainties  = set("certainly definitely undoubtedly inevitably guaranteed guarantees proves proven always completely entirely totally unanimously")
	comparison   = regexp.MustCompile(`\b(?:most|least|than any|no other|number one|[a-z]{3,}est)\b`)
	relative     = regexp.MustCompile(`\b(?:yesterday|tomorrow|tonight|(?:last|next) (?:week|month|quarter|year|decade|summer|winter|spring|autumn|fall|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|the first (?:ever|in the world|in history|company to|team to|person to|country to))\b`)
	period       = regexp.MustCompile(`(?:\d|million|billion|thousand|hundred|dollars|euros|kroner|pounds|percent)(?: [a-z]+){0,3} (?:a|an|per|each|every) (second|minute|hour|day|week|month|quarter|year)\b`)
)

// comparesAll reports whether lines hold a superlative themselves, which a claim may say in another word.
func comparesAll(said string) bool {
	for _, m := range comparison.FindAllString(said, -1) {
		if !slices.Contains([]string{"interest", "request", "invest", "suggest", "latest", "honest", "test", "rest", "west", "guest", "request", "protest", "forest", "harvest", "contest", "digest"}, m) {
			return true
		}
	}
	return false
}
