package llm

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

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
	maxTopics                    = 4
)

// source is what claims are checked against.
type source struct {
	lines  []line
	header string // show, title, names and notes
	isAd   func(text string) bool
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
	for _, rule := range []func(claimed, place) error{s.checkQuote, s.checkSpeaker, s.checkForm, s.checkFacts, s.checkPolarity, s.checkHedges} {
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
		if l.left || s.isAd != nil && s.isAd(l.text) {
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
	if l := s.lines[at.first-1]; c.Speaker != "" && !strings.EqualFold(strings.TrimSpace(c.Speaker), l.speaker) {
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
	case s.isAd != nil && s.isAd(c.Claim):
		return fmt.Errorf("the claim is advertising")
	}
	if w := personIn(c.Claim); w != "" {
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

// checkFacts looks for numbers, names and words of the claim that its lines do not hold.
func (s source) checkFacts(c claimed, _ place) error {
	cited := s.text(c.First, c.Last)
	if n := missingNumber(c.Claim, cited+" "+s.header); n != "" {
		return fmt.Errorf("the number %q is not in the lines", n)
	}
	if n := missingName(c.Claim, cited+" "+s.header); n != "" {
		return fmt.Errorf("the name %q is neither in the lines nor in the header", n)
	}
	near := s.text(c.First-3, c.Last+3) + " " + s.header
	if g := shared(c.Claim, near); g < minGrounding {
		return fmt.Errorf("the claim says things that the lines do not say")
	}
	return nil
}

// checkPolarity refuses a claim that drops or adds a negation.
func (s source) checkPolarity(c claimed, _ place) error {
	if w := flipped(c.Claim, s.text(c.First, c.Last)); w != "" {
		return fmt.Errorf("the claim turns what is said about %q into its opposite", w)
	}
	return nil
}

// checkHedges refuses a claim that states what its quote only supposes.
func (s source) checkHedges(c claimed, _ place) error {
	if w := droppedHedge(c.Claim, c.Quote); w != "" {
		return fmt.Errorf("the quote says %q; keep what it leaves open, or say whose opinion it is", w)
	}
	return nil
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

// tidy shortens what need not be refused: topics and the reason why it matters.
func (s source) tidy(c claimed) claimed {
	var topics []string
	for _, t := range c.Topics {
		t = strings.ToLower(strings.TrimSpace(t))
		if t != "" && len(t) <= 40 && !insight.Unsafe(t) && !insight.Instructs(t) && len(topics) < maxTopics && !slices.Contains(topics, t) {
			topics = append(topics, t)
		}
	}
	c.Topics = topics
	cited := s.text(c.First, c.Last) + " " + s.header
	if len(strings.Fields(c.Why)) > maxWhyWords || missingNumber(c.Why, cited) != "" || missingName(c.Why, cited) != "" || personIn(c.Why) != "" {
		c.Why = ""
	}
	return c
}

// plainWords are the words of a text without case and punctuation.
func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}
