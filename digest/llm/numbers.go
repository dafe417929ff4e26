package llm

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// amount is a number of a text with what it counts.
type amount struct {
	value float64 // as written: 18 in "18 percent"
	unit  string  // "percent", "point", "second", "euro", "ordinal"; "" when it counts things
	bound string  // "more", "less" or "about" that number; "" when it is exact
	many  bool    // "thousands": a magnitude and no number
	soft  bool    // "an hour": stands in the lines, is not looked for in the claim
	from  int     // number of its first token
	to    int     // number of the token behind it
	text  string  // as it is written
}

// String is the amount as it is written.
func (a amount) String() string { return a.text }

// token is a word, a number or a mark of a text.
type token struct {
	text string // folded
	glue bool   // no space stands before it
}

var tokenPattern = regexp.MustCompile(`\d+(?:[.,]\d+)*|[\p{L}\p{M}]+(?:['’]\p{L}+)*|[$€£¥%]|[.;:?!,–—-]`)

func tokensOf(text string) []token {
	var all []token
	last := -1
	text = norm.NFKC.String(text) // wide digits are digits
	for _, at := range tokenPattern.FindAllStringIndex(text, -1) {
		all = append(all, token{strings.ReplaceAll(folded(text[at[0]:at[1]]), "’", "'"), at[0] == last})
		last = at[1]
	}
	return all
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// number reads digits with separators. A group of three digits after a separator is a thousand's, unless the separator is
// the language's decimal mark.
func number(digits string, comma bool) float64 {
	mark := "."
	if comma {
		mark = ","
	}
	other := map[string]string{".": ",", ",": "."}[mark]
	if i := strings.LastIndex(digits, other); i >= 0 && (len(digits)-i-1 != 3 || strings.Contains(digits[i:], mark)) {
		mark, other = other, mark // "1,5" in English, "1.5" in German
	}
	digits = strings.ReplaceAll(digits, other, "")
	if strings.Count(digits, mark) > 1 { // a version or a date
		digits = strings.ReplaceAll(digits, mark, "")
	}
	v, err := strconv.ParseFloat(strings.Replace(digits, mark, ".", 1), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// numerals reads the numbers of tokens in one language.
type numerals struct {
	tongue
	tokens []token
}

// amounts returns the numbers of a text, in order.
func (t tongue) amounts(text string) []amount {
	n := numerals{t, tokensOf(text)}
	var all []amount
	for i := 0; i < len(n.tokens); {
		a, ok := n.at(i)
		if !ok {
			i++
			continue
		}
		a.unit = n.unit(&a)
		a.bound = n.bound(a)
		for _, tok := range n.tokens[a.from:a.to] {
			a.text = strings.TrimSpace(a.text + " " + tok.text)
		}
		all = append(all, a)
		i = a.to
	}
	return n.ratios(n.years(n.ranges(all)))
}

// at reads the number that begins with token i.
func (n numerals) at(i int) (amount, bool) {
	w := n.word(i)
	switch {
	case isDigit(w[0]):
		return n.digits(i)
	case w == "half" || w == "halved" || w == "halves":
		return n.half(i)
	case ordinals[w] > 0:
		return n.fraction(i)
	case (w == "a" || w == "an") && timeUnits[n.word(i+1)] != "":
		return amount{value: 1, soft: true, from: i, to: i + 1}, true
	case magnitudes[w] > 0:
		return amount{value: magnitudes[w], many: true, from: i, to: i + 1}, true
	}
	return n.words(i)
}

func (n numerals) word(i int) string {
	if i < 0 || i >= len(n.tokens) {
		return " "
	}
	return n.tokens[i].text
}

// digits reads a number in digits with a scale behind it: "1.5 million", "75B", "4th".
func (n numerals) digits(i int) (amount, bool) {
	a := amount{value: number(n.word(i), n.comma), from: i, to: i + 1}
	next := n.word(i + 1)
	switch {
	case math.IsNaN(a.value):
		return a, false
	case n.tokens[i].text != "" && i+1 < len(n.tokens) && n.tokens[i+1].glue && suffixes[next] != 0:
		a.value *= suffixes[next]
		a.to++
	case i+1 < len(n.tokens) && n.tokens[i+1].glue && slices.Contains([]string{"st", "nd", "rd", "th"}, next):
		a.unit = "ordinal"
		a.to++
	}
	for n.scales[n.word(a.to)] > 0 {
		a.value *= n.scales[n.word(a.to)]
		a.to++
	}
	return a, true
}

// words reads a number in words: "two hundred and five thousand", "a million", "fünfundzwanzig".
func (n numerals) words(i int) (amount, bool) {
	total, current, found := 0.0, 0.0, false
	at := i
	if w := n.word(i); (w == "a" || w == "an") && n.scales[n.word(i+1)] > 0 {
		current, found, at = 1, true, i+1
	}
	for ; ; at++ {
		w := n.word(at)
		v, known := n.value(w)
		scale := n.scales[w]
		switch {
		case found && (w == "-" || w == "and" || w == "y" || w == "et") && n.joins(at, current):
		case known && !found, known && fits(current, v):
			current, found = added(current, v), true
		case scale == 100 && (found || n.name == "de"):
			current = max(1, current) * 100
			found = true
		case scale > 100 && (found || n.comma):
			total, current, found = total+max(1, current)*scale, 0, true
		case found && n.word(at) == "and" && n.word(at+1) == "a" && n.word(at+2) == "half":
			current += 0.5
			at += 2
		default:
			return n.shared(amount{value: total + current, from: i, to: at}), found
		}
	}
}

// value is the value of a number word.
func (n numerals) value(w string) (float64, bool) {
	if v, ok := n.numbers[w]; ok {
		return v, true
	}
	if n.name == "de" {
		return n.compound(w)
	}
	return 0, false
}

// compound reads a German number that is one word: "zweitausenddreihundertfünfundzwanzig".
func (n numerals) compound(w string) (float64, bool) {
	for _, cut := range []struct {
		word  string
		times float64
	}{{"tausend", 1000}, {"hundert", 100}} {
		if left, right, ok := strings.Cut(w, cut.word); ok {
			l, lok := n.part(left, 1)
			r, rok := n.part(right, 0)
			return l*cut.times + r, lok && rok
		}
	}
	if one, ten, ok := strings.Cut(w, "und"); ok {
		return n.numbers[one] + n.numbers[ten], n.numbers[one] > 0 && n.numbers[ten] >= 20
	}
	v, ok := n.numbers[w]
	return v, ok
}

func (n numerals) part(w string, none float64) (float64, bool) {
	if w == "" {
		return none, true
	}
	return n.compound(w)
}

// joins reports whether the word at a joint goes on with the number before it: "twenty-five", "two hundred and five".
func (n numerals) joins(at int, current float64) bool {
	v, ok := n.value(n.word(at + 1))
	return ok && fits(current, v) && (n.word(at) != "and" || current >= 100 || current == 0)
}

// fits reports whether a smaller number word goes on with a number: five after twenty, twenty after two hundred.
func fits(current, v float64) bool {
	switch {
	case current == 4 && v == 20, (current == 60 || current == 80) && v >= 10 && v < 20: // quatre-vingt, soixante-dix
		return true
	case current == 0:
		return true
	case v < 10:
		return current >= 20 && int(current)%10 == 0
	}
	return v < 100 && current >= 100 && int(current)%100 == 0
}

func added(current, v float64) float64 {
	if current == 4 && v == 20 {
		return 80
	}
	return current + v
}

// half reads "half", "half a million" and "half an hour".
func (n numerals) half(i int) (amount, bool) {
	a := amount{value: 50, unit: "percent", from: i, to: i + 1}
	if w := n.word(i + 1); w == "a" || w == "an" {
		switch scale := n.scales[n.word(i+2)]; {
		case scale > 0:
			return amount{value: scale / 2, from: i, to: i + 3}, true
		case timeUnits[n.word(i+2)] != "":
			return amount{value: 0.5, from: i, to: i + 2}, true
		}
	}
	return a, true
}

// shared is a number with the word behind it that makes a fraction of it: "two thirds", "three-quarters".
func (n numerals) shared(a amount) amount {
	at := a.to
	if n.word(at) == "-" {
		at++
	}
	if den := ordinals[n.word(at)]; den > a.value && (a.value == 1 || strings.HasSuffix(n.word(at), "s")) {
		a.value, a.unit, a.to = round(100*a.value/den), "percent", at+1
	}
	return a
}

// fraction reads "a quarter" and "the fourth".
func (n numerals) fraction(i int) (amount, bool) {
	w := n.word(i)
	switch {
	case n.word(i-1) == "a":
		return amount{value: round(100 / ordinals[w]), unit: "percent", from: i, to: i + 1}, true
	case strings.HasSuffix(w, "s") || w == "quarter":
		return amount{}, false
	}
	return amount{value: ordinals[w], unit: "ordinal", from: i, to: i + 1}, true
}

func round(v float64) float64 { return math.Round(v*100) / 100 }
