package llm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What is said around a quote may take back what it says.
var (
	takenBack = regexp.MustCompile(`(?i)^(?:but |and |well,? |no,? |of course,? )*(?:that|this|it|which|they)(?:['’]s| is| was| are| were| turned out to be)(?: just| simply| completely| totally| of course)?,? (?:wrong|false|not true|untrue|nonsense|a myth|rubbish|incorrect|mistaken|not (?:how|what) |the opposite)|^(?:but )?(?:i|we) (?:disagree|don['’]t (?:believe|think|buy) (?:that|it|so))`)
	hearsay   = regexp.MustCompile(`(?i)\b(?:people|everybody|everyone|they|critics|vendors|some|many|most people) (?:often |always |still |used to |like to )*(?:think|thought|believe|believed|say|said|claim|claimed|assume|assumed|told (?:us|me)|tell (?:us|me|you))\b|\b(?:a|the|that) (?:myth|misconception|lie) (?:is|that)\b`)
	aside     = regexp.MustCompile(`(?i)\b(?:think|thinks|thought|believe|believes|believed|say|says|said|claim|claims|assume|assumes|assumed|myth|misconception|belief|critics|vendors|people|supposed|reputation|told|not|no|never|wrong|false)\b`)
	pastView  = regexp.MustCompile(`(?i)\b(?:i|we) (?:used to|once|always) (?:think|thought|believe|believed|say|said|assume|assumed)\b`)
	viewPast  = regexp.MustCompile(`(?i)\b(?:used to|once|no longer|not any ?more|thought|believed|changed|wrong|mistaken)\b`)
	soleStart = regexp.MustCompile(`(?i)^(?:and |but |so )?only\b`)
	sole      = regexp.MustCompile(`(?i)\b(?:only|alone|except|nobody else|no one else|just|solely|exclusively|but)\b`)
	condition = regexp.MustCompile(`(?i)\b(?:if|unless|provided that|as long as|only when)\b`)
	condKept  = regexp.MustCompile(`(?i)\b(?:if|unless|when|whenever|where|wherever|once|until|provided|without|case|whether|otherwise|would|with|means|depends|after)\b|^[A-Z]\w+ing\b.*\b(?:makes?|made|lets?|leads?|brings?|gets?|gives?|causes?)\b`)
	unless    = regexp.MustCompile(`(?i)\bunless\b`)
	exception = regexp.MustCompile(`(?i)\b(?:unless|without|except|exception|not|no|never|cannot|only|otherwise|avoid\w*|rather|instead)\b|n['’]t\b`)
	adMark    = regexp.MustCompile(`(?i)\b(?:brought to you by|sponsored by|our sponsor|word from our|(?:promo|coupon|discount|voucher) code|use (?:the )?code|percent off|\d+% off|give (?:it|us|them) a (?:try|go|spin)|we (?:at [a-z]+ )?(?:build|make|offer|sell|have) the (?:best|leading)|free trial|sign up (?:today|now)|dot (?:com|io|net|org|example) slash|get started (?:today|at)|listeners get|link in the (?:show ?notes|description))\b`)
)

// advertises reports whether a text sounds like an ad read or self-promotion. Most of that is left out of what a model is
// shown; this is for what slips through.
func advertises(text string) bool { return adMark.MatchString(text) }

// checkContext refuses quotes that the words around them turn into something else.
func (s source) checkContext(c claimed, at place) error {
	e := s.evidence(c, at)
	if strings.HasSuffix(strings.TrimRight(e.sentence, `"”')`), "?") {
		return fmt.Errorf("the quote is a question")
	}
	if e.name != "en" {
		return nil
	}
	if w := cutOff(s.lines[at.first-1].text[:at.from]); w != "" {
		return fmt.Errorf("the quote begins behind %q; begin it before", w)
	}
	if takenBack.MatchString(strings.TrimSpace(s.after(at))) && !aside.MatchString(c.Claim) {
		return fmt.Errorf("what comes after the quote takes it back")
	}
	if hearsay.MatchString(e.sentence) && !aside.MatchString(c.Claim) {
		return fmt.Errorf("the lines say what others believe; say so")
	}
	if pastView.MatchString(e.sentence) && !viewPast.MatchString(c.Claim) {
		return fmt.Errorf("the lines say what the speaker used to think; say so")
	}
	if soleStart.MatchString(e.sentence) && !sole.MatchString(c.Claim) {
		return fmt.Errorf("the lines say %q; keep it", "only")
	}
	if condition.MatchString(e.sentence) && !condKept.MatchString(c.Claim) {
		return fmt.Errorf("the lines set a condition; keep it")
	}
	if unless.MatchString(e.sentence) && !exception.MatchString(c.Claim) {
		return fmt.Errorf("the lines say %q; keep it", "unless")
	}
	return nil
}

// joint is where a sentence goes on with another clause.
var joint = regexp.MustCompile(`; |, (?:but|and|so|while|whereas|yet|aber|und|sondern|pero|y|mais|et) `)

// touched returns the clauses of a text that its bytes from one to another stand in.
func touched(text string, from, to int) string {
	begin := 0
	var all []string
	for _, sentence := range sentencesOf(text) {
		at := 0
		for _, m := range append(joint.FindAllStringIndex(sentence, -1), []int{len(sentence), len(sentence)}) {
			if begin+m[0] > from && begin+at < to {
				all = append(all, strings.TrimSpace(sentence[at:m[0]]))
			}
			at = m[1]
		}
		begin += len(sentence)
	}
	return strings.Join(all, " ")
}

// cutOff returns a negation that a quote was cut from: one of the three words before it, in the same clause.
func cutOff(before string) string {
	words := strings.Fields(before)
	for _, w := range slices.Backward(words[max(0, len(words)-3):]) {
		if strings.ContainsAny(w[len(w)-1:], ".,;:?!") {
			return ""
		}
		if negation[bare(w)] {
			return w
		}
	}
	return ""
}

// after returns what the same speaker says right after a quote, to the end of the next line.
func (s source) after(at place) string {
	rest := s.lines[at.last-1].text[at.to:]
	if at.last < len(s.lines) && s.lines[at.last].speaker == s.lines[at.last-1].speaker {
		rest += " " + s.lines[at.last].text
	}
	return strings.TrimLeft(rest, ` .,;:!?"”')`)
}
