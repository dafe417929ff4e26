package llm

import (
	"fmt"
	"slices"
	"strings"
)

// mostCopied is how many words around a changed one must be the lines' own for a claim to count as copied.
const mostCopied = 6

// leastBeside is how many of them must stand on each side.
const leastBeside = 2

// checkCopied refuses a claim that repeats the lines but for one word: "on the cathode" where "on the anode" was said. Who
// puts things into other words changes more than one.
func (e evidence) checkCopied(text string) error {
	claim, said := weighty(text), weighty(e.said)
	for i, w := range claim {
		if !e.tells(w) {
			continue
		}
		if v := e.changed(claim, i, said); v != "" {
			return fmt.Errorf("the claim says %q where the lines say %q", w, v)
		}
	}
	return nil
}

// changed returns the word of the lines that stands where a claim has its word i, among the same words; "" when the lines
// say the claim's word there too.
func (e evidence) changed(claim []string, i int, said []string) string {
	found := ""
	for j, v := range said {
		left, right := alike(claim[:i], said[:j], true), alike(claim[i+1:], said[j+1:], false)
		switch same := akin(claim[i], v) || meansSame(claim[i], v); {
		case same && left >= leastBeside:
			return ""
		case !same && e.tells(v) && left >= leastBeside && right >= leastBeside && left+right >= mostCopied:
			found = v
		}
	}
	return found
}

// tells reports whether a word says something of its own; numbers are looked at elsewhere.
func (e evidence) tells(w string) bool {
	return len(w) > 2 && !stop[w] && !isDigit(w[0]) && e.numbers[w] == 0 && !negation[w] && unitOf(w) == "" && !open[w]
}

// meansSame reports whether two words stand on the same side of a contrary.
func meansSame(w, v string) bool {
	return slices.ContainsFunc(opposites, func(p [2]map[string]bool) bool { return p[0][w] && p[0][v] || p[1][w] && p[1][v] })
}

// weightless are words that come and go when a sentence is told by somebody else.
var weightless = set("a an the and i we you he she it they me us him her them my our your his its their s")

func weighty(text string) []string {
	return slices.DeleteFunc(plainWords(text), func(w string) bool { return weightless[w] })
}

// alike counts the words that two texts share at their ends, or at their beginnings, up to mostCopied; figures do not count.
func alike(a, b []string, ends bool) int {
	n, figures := 0, 0
	for n < min(len(a), len(b), mostCopied) {
		x, y := a[n], b[n]
		if ends {
			x, y = a[len(a)-1-n], b[len(b)-1-n]
		}
		if !akin(x, y) {
			break
		}
		if n++; isDigit(x[0]) {
			figures++
		}
	}
	return n - figures
}

// akin reports whether two words are forms of one: "move" and "moved".
func akin(a, b string) bool {
	if stem(a) == stem(b) {
		return true
	}
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n >= 4 && max(len(a), len(b)) <= n+3
}

// checkSequels refuses "after charging" where "before charging" was said, also when the lines say "after" of something else.
func (e evidence) checkSequels(text string) error {
	claim, said := plainWords(text), plainWords(e.said)
	for _, p := range opposites {
		for _, way := range [][2]int{{0, 1}, {1, 0}} {
			a, b := p[way[0]], p[way[1]]
			for _, c := range sequelsOf(claim, a) {
				same := func(s sequel) bool { return akin(s.of, c.of) }
				if slices.ContainsFunc(sequelsOf(said, b), same) && !slices.ContainsFunc(sequelsOf(said, a), same) && e.swapped(text) == "" {
					return fmt.Errorf("the claim says %q where the lines say the opposite", c.word+" "+c.of)
				}
			}
		}
	}
	return nil
}

// sequel is a word with the first thing that comes behind it.
type sequel struct{ word, of string }

func sequelsOf(words []string, in map[string]bool) []sequel {
	var all []sequel
	for i, w := range words {
		if !in[w] || !sequels[w] {
			continue
		}
		for _, v := range words[i+1 : min(len(words), i+4)] {
			if !stop[v] && len(v) > 2 {
				all = append(all, sequel{w, v})
				break
			}
		}
	}
	return all
}

// modal is a verb with how sure it is: "may", "can" or "will", and whether it is denied.
type modal struct {
	sure   string
	denied bool
}

// sureness is what modal verbs say; the ones that are denied end with "n't".
var sureness = table(`
	may: may might could
	can: can
	will: will shall`)

// checkModals refuses "will get" where "might get" was said, and "can pay" where "can't pay" was.
func (e evidence) checkModals(text string) error {
	claim, said := modals(text), modals(e.said)
	for verb, c := range claim {
		s := said[verb]
		switch {
		case c[modal{"will", false}] && s[modal{"may", false}] && !s[modal{"will", false}]:
			return fmt.Errorf("the claim says that something will %s where the lines say that it may", verb)
		case c[modal{"can", false}] && s[modal{"can", true}] && !s[modal{"can", false}],
			c[modal{"can", true}] && s[modal{"can", false}] && !s[modal{"can", true}]:
			return fmt.Errorf("the claim turns what is said about %q into its opposite", verb)
		}
	}
	return nil
}

// modals returns the verbs of a text that follow a modal one, within three words.
func modals(text string) map[string]map[modal]bool {
	m := map[string]map[modal]bool{}
	words := strings.Fields(text)
	for i, w := range words {
		b, denied := bare(w), false
		if b == "cannot" || b == "can't" || b == "couldn't" || b == "won't" {
			b, denied = map[byte]string{'c': "can", 'w': "will"}[b[0]], true
		}
		if sureness[b] == "" || w == "May" {
			continue
		}
		for _, v := range words[i+1 : min(len(words), i+4)] {
			v = bare(v)
			denied = denied || v == "not" || v == "never"
			if len(v) < 3 || stop[v] {
				continue
			}
			if m[stem(v)] == nil {
				m[stem(v)] = map[modal]bool{}
			}
			m[stem(v)][modal{sureness[b], denied}] = true
			break
		}
	}
	return m
}
