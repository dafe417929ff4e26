package llm

import (
	"fmt"
	"slices"
	"strings"

	"podbrief/digest/insight"
)

// claimed is one insight as a model returned it.
type claimed struct {
	First      int      `json:"first_line"`
	Last       int      `json:"last_line"`
	Quote      string   `json:"quote"`
	Speaker    string   `json:"speaker"`
	Claim      string   `json:"claim"`
	Why        string   `json:"why"`
	Topics     []string `json:"topics"`
	Usefulness int      `json:"usefulness"`
	Novelty    int      `json:"novelty"`
}

// Bounds of a claim and of what it rests on.
const (
	maxSpanLines                 = 10
	minClaimWords, maxClaimWords = 20, 75
	minQuoteWords, maxQuoteWords = 5, 60
	maxClaimRunes                = 500
	maxWhyWords                  = 25
	minGrounding                 = 0.35 // share of the claim's content words that stand near the quote
	minSentence                  = 0.2  // the same of one sentence
	longSentence                 = 5    // content words of one that is measured
	maxTopics                    = 4
)

// source is what claims are checked against.
type source struct {
	lines  []line
	header string // show, title, names and notes
}

// place is where a quote stands: its first and last line, and byte offsets in their texts.
type place struct{ first, from, last, to int }

// check returns where c's quote stands, or what is wrong with c in words that a model can act on.
func (s source) check(c claimed) (place, error) {
	if c.First < 1 || c.Last < c.First || c.Last > len(s.lines) {
		return place{}, fmt.Errorf("lines %d to %d do not exist", c.First, c.Last)
	}
	if c.Last-c.First >= maxSpanLines {
		return place{}, fmt.Errorf("lines %d to %d are more than %d lines", c.First, c.Last, maxSpanLines)
	}
	at, ok := s.find(c)
	if !ok {
		return place{}, fmt.Errorf("the quote is not in lines %d to %d word for word", c.First, c.Last)
	}
	for _, rule := range []func(claimed, place) error{s.checkQuote, s.checkContext, s.checkSpeaker, s.checkForm, s.checkFacts} {
		if err := rule(c, at); err != nil {
			return place{}, err
		}
	}
	return at, nil
}

// find looks the quote up in its lines, over case, punctuation and spaces.
func (s source) find(c claimed) (place, bool) {
	want := plainWords(c.Quote)
	if len(want) == 0 {
		return place{}, false
	}
	type spot struct{ line, from, to int }
	var have []string
	var spots []spot
	for n := c.First; n <= c.Last; n++ {
		for from, to := range fields(s.lines[n-1].text) {
			for _, w := range plainWords(s.lines[n-1].text[from:to]) {
				have, spots = append(have, w), append(spots, spot{n, from, to})
			}
		}
	}
	for i := 0; i+len(want) <= len(have); i++ {
		if slices.Equal(have[i:i+len(want)], want) {
			a, z := spots[i], spots[i+len(want)-1]
			text := strings.TrimRight(s.lines[z.line-1].text[:z.to], ",;:-—–")
			return place{a.line, a.from, z.line, len(text)}, true
		}
	}
	return place{}, false
}

func (s source) checkQuote(c claimed, at place) error {
	if n := len(strings.Fields(c.Quote)); n < minQuoteWords || n > maxQuoteWords {
		return fmt.Errorf("the quote has %d words; take 8 to 40", n)
	}
	for n := at.first; n <= at.last; n++ {
		l := s.lines[n-1]
		if l.left || advertises(l.text) {
			return fmt.Errorf("line %d is advertising", n)
		}
		if l.speaker != s.lines[at.first-1].speaker {
			return fmt.Errorf("the quote runs over two speakers")
		}
		if insight.Instructs(l.text) {
			return fmt.Errorf("line %d talks to a machine and not to listeners", n)
		}
	}
	return nil
}

func (s source) checkSpeaker(c claimed, at place) error {
	if l := s.lines[at.first-1]; c.Speaker != "" && folded(strings.TrimSpace(c.Speaker)) != folded(l.speaker) {
		return fmt.Errorf("line %d is not spoken by %q", at.first, c.Speaker)
	}
	return nil
}

// checkForm looks at the claim alone.
func (s source) checkForm(c claimed, _ place) error {
	words := strings.Fields(c.Claim)
	switch {
	case len(words) < minClaimWords || len(words) > maxClaimWords || len([]rune(c.Claim)) > maxClaimRunes:
		return fmt.Errorf("the claim has %d words; write 25 to 60", len(words))
	case insight.Unsafe(c.Claim) || insight.Unsafe(c.Why):
		return fmt.Errorf("the claim holds an address, a mention, markup or hidden characters")
	case insight.Instructs(c.Claim) || insight.Instructs(c.Why):
		return fmt.Errorf("the claim talks to a machine")
	case strings.HasSuffix(strings.TrimSpace(c.Claim), "?"):
		return fmt.Errorf("the claim is a question")
	case advertises(c.Claim):
		return fmt.Errorf("the claim is advertising")
	}
	if w := tongueOf(c.Claim).personIn(c.Claim); w != "" {
		return fmt.Errorf("the claim says %q; write in the third person", w)
	}
	if w := deicticStart(words); w != "" {
		return fmt.Errorf("the claim begins with %q, which nothing before it explains", w)
	}
	if w := metaStart(c.Claim); w != "" {
		return fmt.Errorf("the claim says %q; state the thing itself", w)
	}
	return nil
}

// checkFacts looks for what the claim says and its lines do not.
func (s source) checkFacts(c claimed, at place) error {
	e := s.evidence(c, at)
	if t := tongueOf(c.Claim); t.name != e.name && t.name != "" && e.name != "" {
		return fmt.Errorf("the claim is in another language than the lines; write %q", e.name)
	}
	if err := e.disproof(c.Claim); err != nil {
		return err
	}
	if g := shared(c.Claim, e.near+" "+e.names); g < minGrounding {
		return fmt.Errorf("the claim says things that the lines do not say")
	}
	for _, x := range sentencesOf(c.Claim) {
		if len(contentOf(plainWords(x))) >= longSentence && shared(x, e.near+" "+e.names) < minSentence {
			return fmt.Errorf("the lines do not say %q", strings.TrimSpace(x))
		}
	}
	return nil
}

// evidence is what a claim may rest on.
func (s source) evidence(c claimed, at place) evidence {
	e := evidence{
		said: s.meant(c.First, c.Last), sentence: s.clauses(c, at), near: s.meant(c.First-3, c.Last+3), names: s.header,
		speaker: s.lines[at.first-1].speaker,
	}
	e.tongue = tongueOf(s.text(c.First-10, c.Last+10))
	heard := map[string]bool{"": true}
	for n := c.First; n <= c.Last; n++ {
		if who := s.lines[n-1].speaker; !heard[who] {
			heard[who] = true
			e.heard = append(e.heard, who)
		}
	}
	said := knownWords(e.said)
	for _, l := range s.lines {
		if heard[l.speaker] {
			continue
		}
		heard[l.speaker] = true
		if !slices.ContainsFunc(plainWords(l.speaker), func(w string) bool { return said[w] }) {
			e.others = append(e.others, l.speaker)
		}
	}
	return e
}

// clauses returns the clauses that a quote stands in, as far as they are cited.
func (s source) clauses(c claimed, at place) string {
	from, to := 0, 0
	for n := c.First; n <= at.last; n++ {
		if n == at.first {
			from = to + at.from
		}
		if n == at.last {
			to += at.to
			break
		}
		to += len(s.lines[n-1].text) + 1
	}
	return touched(s.text(c.First, c.Last), from, to)
}

// text joins the lines from first to last, as far as they exist.
func (s source) text(first, last int) string {
	var b strings.Builder
	for n := max(1, first); n <= min(last, len(s.lines)); n++ {
		b.WriteString(s.lines[n-1].text)
		b.WriteByte(' ')
	}
	return b.String()
}

// meant is text without the lines that nobody may rest on: ads, and orders to a machine.
func (s source) meant(first, last int) string {
	var b strings.Builder
	for n := max(1, first); n <= min(last, len(s.lines)); n++ {
		if l := s.lines[n-1]; !l.left {
			b.WriteString(l.text + " ")
		}
	}
	return b.String()
}

// tidy shortens what need not be refused: topics and the reason why it matters.
func (s source) tidy(c claimed) claimed {
	var topics []string
	for _, t := range c.Topics {
		t = strings.ToLower(strings.TrimSpace(t))
		if len(topics) < maxTopics && !slices.Contains(topics, t) && s.speaksOf(t, c) {
			topics = append(topics, t)
		}
	}
	c.Topics = topics
	if s.checkWhy(c) != nil {
		c.Why = ""
	}
	return c
}

// speaksOf reports whether a topic is one of the lines: a short phrase with a word that stands near them.
func (s source) speaksOf(topic string, c claimed) bool {
	if topic == "" || len(topic) > 40 || insight.Unsafe(topic) || insight.Instructs(topic) || code.MatchString(topic) {
		return false
	}
	near := plainWords(s.meant(c.First-5, c.Last+5) + " " + s.header + " " + c.Claim)
	return slices.ContainsFunc(plainWords(topic), func(w string) bool {
		return !stop[w] && slices.ContainsFunc(near, func(v string) bool { return stem(v) == stem(w) })
	})
}

// checkWhy returns what is wrong with the reason why a claim matters. It may judge, and so need not stand in the lines;
// what it names and counts must.
func (s source) checkWhy(c claimed) error {
	at, ok := s.find(c)
	if !ok || strings.TrimSpace(c.Why) == "" {
		return nil
	}
	switch t := s.evidence(c, at).tongue; {
	case len(strings.Fields(c.Why)) > maxWhyWords:
		return fmt.Errorf("it is long")
	case t.personIn(c.Why) != "" || metaStart(c.Why) != "" || advertises(c.Why) || strings.HasSuffix(c.Why, "?"):
		return fmt.Errorf("it speaks to readers")
	}
	e := s.evidence(c, at)
	if code.MatchString(c.Why) || shared(c.Why, e.near+" "+e.names+" "+c.Claim) < minLoose {
		return fmt.Errorf("it speaks of something else")
	}
	e.names = e.speaker
	for _, rule := range []func(string) error{e.checkNumbers, e.checkNames, e.checkPeople, e.checkQuotations, e.checkLetters, e.checkAdded} {
		if err := rule(c.Why); err != nil {
			return err
		}
	}
	return nil
}
