package llm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// opposites are words of which one is the contrary of the other.
var opposites = [][2]map[string]bool{
	pair("more greater higher larger bigger above", "less fewer lower smaller below"),
	pair("rise rises rose risen rising raise raises raised raising increase increases increased increasing grow grows grew grown growing climb climbs climbed gain gained gains", "fall falls fell fallen falling drop drops dropped dropping decrease decreases decreased decline declines declined shrink shrinks shrank cut cuts lower lowered lowers lowering reduce reduces reduced reducing"),
	pair("faster quicker quickly fast fastest speeds sped accelerates accelerated", "slower slowly slow slowest slows slowed"),
	pair("cheaper cheap cheapest", "dearer expensive costlier pricier"),
	pair("better best improve improves improved improving", "worse worst worsen worsens worsened"),
	pair("easier easy simple simpler", "harder hard difficult complicated"),
	pair("safer safe", "dangerous unsafe riskier risky"),
	pair("before", "after"), pair("earlier sooner", "later"), pair("since", "until"),
	pair("first", "last"),
	pair("always often usually frequently typically", "never rarely seldom hardly sometimes occasionally"),
	pair("majority most", "minority few"),
	pair("minimum", "maximum"),
	pair("succeed succeeds succeeded success win wins won", "fail fails failed failure lose loses lost"),
	pair("accept accepts accepted allow allows allowed permit permits permitted", "reject rejects rejected forbid forbids forbade ban bans banned prohibit prohibits prohibited"),
	pair("buy buys bought", "sell sells sold"),
	pair("add adds added adding include includes included", "remove removes removed removing exclude excludes excluded"),
	pair("open opens opened", "close closes closed"),
	pair("support supports supported favour favours favor favors", "oppose opposes opposed"),
	pair("hire hires hired hiring", "fire fires fired firing"),
	pair("gain gains gained gaining", "lose loses lost losing"), pair("louder noisier loud noisy", "quieter quiet silent"),
	pair("require requires required", "prohibit prohibits prohibited forbid forbids forbade ban bans banned recommend recommends recommended"),
	pair("true", "false"), pair("right correct", "wrong incorrect"), pair("public", "private"), pair("internal", "external"),
	pair("strong stronger", "weak weaker"), pair("long longer", "short shorter"), pair("high", "low"), pair("large big", "small little tiny"),
	pair("early", "late"), pair("old older", "new newer"), pair("profit profits profitable", "loss losses"),
	pair("start starts started begin begins began", "stop stops stopped end ends ended"),
	pair("enable enables enabled", "disable disables disabled"), pair("with", "without"),
	pair("hide hides hidden", "uncover uncovers reveal reveals revealed"), pair("agree agrees agreed", "disagree disagrees disagreed"),
	pair("optimistic", "pessimistic"), pair("upgrade upgraded", "downgrade downgraded"), pair("input inputs", "output outputs"),
	pair("cause causes", "prevent prevents"), pair("keep keeps kept", "drop drops dropped delete deletes deleted"),
	pair("senior", "junior"), pair("buyer buyers", "seller sellers"), pair("employer employers", "employee employees"),
	pair("teacher teachers", "student students"), pair("expert experts", "beginner beginners"), pair("winter", "summer"), pair("morning", "evening"),
	pair("day", "night"), pair("inside", "outside"), pair("top", "bottom"), pair("rich", "poor"), pair("major", "minor"), pair("parent parents", "child children"),
	pair("left", "right"), pair("north", "south"), pair("east", "west"), pair("men", "women"), pair("male", "female"),
	pair("import imports imported", "export exports exported"), pair("lend lends lent", "borrow borrows borrowed"),
	pair("doubled doubles doubling tripled", "halved halves halving"), pair("helps helped help", "hurts hurt harms harmed"),
}

func pair(a, b string) [2]map[string]bool { return [2]map[string]bool{set(a), set(b)} }

// sequels are the opposites that speak of what comes right behind them.
var sequels = set("before after since until first last")

// contextReach is how many words around a word are looked at to see what it is said of.
const contextReach = 6

// checkDirection refuses a claim that says the contrary of a word of the lines about the same thing.
func (e evidence) checkDirection(text string) error {
	claim, said := moves(plainWords(text)), moves(plainWords(e.said))
	turned := e.swapped(text)
	for _, p := range opposites {
		for _, way := range [][2]int{{0, 1}, {1, 0}} {
			a, b := p[way[0]], p[way[1]]
			w, v := onlyOne(claim, a, b), onlyOne(said, b, a)
			if w == "" || v == "" || turned != "" {
				continue
			}
			if about(claim, a, said, b) {
				return fmt.Errorf("the claim says %q where the lines say %q", w, v)
			}
		}
	}
	return e.checkPrefixes(claim, said)
}

// moves writes "up" and "down" as "rose" and "fell" where they say how a figure moves.
func moves(words []string) []string {
	for i, w := range words {
		to := map[string]string{"up": "rose", "down": "fell"}[w]
		if to == "" {
			continue
		}
		before, behind := "", ""
		if i > 0 {
			before = words[i-1]
		}
		if i+1 < len(words) {
			behind = words[i+1]
		}
		if slices.Contains([]string{"went", "go", "goes", "gone", "going", "is", "was", "are", "were", "not"}, before) || behind == "by" || behind != "" && isDigit(behind[0]) {
			words[i] = to
		}
	}
	return words
}

// onlyOne returns a word of text that is in a, when none is in b.
func onlyOne(text []string, a, b map[string]bool) string {
	found := ""
	for _, w := range text {
		if b[w] {
			return ""
		}
		if a[w] && found == "" {
			found = w
		}
	}
	return found
}

// about reports whether words of a in one text and words of b in the other stand beside the same content words.
func about(x []string, a map[string]bool, y []string, b map[string]bool) bool {
	around := func(text []string, in map[string]bool) map[string]bool {
		m := map[string]bool{}
		for i, w := range text {
			if !in[w] {
				continue
			}
			from, to := i-contextReach, i+contextReach+1
			if sequels[w] {
				from, to = i+1, i+4
			}
			for k := max(0, from); k < min(len(text), to); k++ {
				if v := text[k]; k != i && !stop[v] && len(v) > 2 {
					m[stem(v)] = true
				}
			}
		}
		return m
	}
	near := around(y, b)
	for w := range around(x, a) {
		if near[w] {
			return true
		}
	}
	return false
}

// checkPrefixes refuses "able" for "unable" and the other way round.
func (e evidence) checkPrefixes(claim, said []string) error {
	has := func(list []string, w string) bool { return slices.Contains(list, w) }
	for _, prefix := range []string{"un", "in", "im", "dis", "non", "ir", "il", "de"} {
		for _, w := range claim {
			bare, negated := strings.CutPrefix(w, prefix)
			switch {
			case len(w) >= 6 && has(said, prefix+w) && !has(said, w):
				return fmt.Errorf("the claim says %q where the lines say %q", w, prefix+w)
			case negated && len(bare) >= 6 && has(said, bare) && !has(said, w):
				return fmt.Errorf("the claim says %q where the lines say %q", w, bare)
			}
		}
	}
	return nil
}

// quantities are how many of things a word says; higher is more.
var quantities = map[string]int{
	"few": 1, "some": 2, "several": 2, "certain": 2, "many": 3, "most": 4, "all": 5, "only": 1, "every": 5, "each": 5, "both": 5,
}

// checkQuantities refuses "all teams" where "most teams" was said.
func (e evidence) checkQuantities(text string) error {
	said := quantified(plainWords(e.said))
	for _, q := range quantified(plainWords(text)) {
		other := ""
		for _, s := range said {
			if s.of == q.of && quantities[s.word] == quantities[q.word] {
				other = ""
				break
			}
			if s.of == q.of {
				other = s.word
			}
		}
		if other != "" {
			return fmt.Errorf("the claim says %q where the lines say %q", q.word+" "+q.thing, other+" "+q.thing)
		}
	}
	return nil
}

// quantity is a word that says how many of a thing.
type quantity struct{ word, thing, of string } // of is thing's stem

// quantified returns the quantities of a text.
func quantified(words []string) []quantity {
	var all []quantity
	for i, w := range words {
		if quantities[w] == 0 {
			continue
		}
		for k := i + 1; k < min(len(words), i+4); k++ {
			if v := words[k]; !slices.Contains([]string{"of", "the", "these", "those", "their", "our", "your", "its", "on", "in", "for", "at"}, v) {
				all = append(all, quantity{w, v, stem(v)})
				break
			}
		}
	}
	return all
}

// joints are words between two things that say something else when the things change places.
var joints = set("than unlike because cause causes caused beat beats replace replaces replaced acquire acquires acquired bought buys overtook overtakes outperform outperforms outperformed precede precedes preceded sued owns owned funds funded leads led taught teaches hired fired blocks blocked calls called depends trusts trusted before after")

// checkOrder refuses "A beats B" where "B beats A" was said, and "from 4 to 312" where it went from 312 to 4.
func (e evidence) checkOrder(text string) error {
	if w := e.swapped(text); w != "" && !e.contrary(text) {
		return fmt.Errorf("the claim turns the two sides of %q around", w)
	}
	if a, b := e.reversed(text); a != "" {
		return fmt.Errorf("the claim goes from %s to %s, the lines go the other way", a, b)
	}
	return nil
}

// contrary reports whether a claim also turns a word into its contrary, so that two sides that are turned around say the
// same again: "A is cheaper than B", "B is dearer than A".
func (e evidence) contrary(text string) bool {
	claim, said := plainWords(text), plainWords(e.said)
	for _, p := range opposites {
		if onlyOne(claim, p[0], p[1]) != "" && onlyOne(said, p[1], p[0]) != "" || onlyOne(claim, p[1], p[0]) != "" && onlyOne(said, p[0], p[1]) != "" {
			return true
		}
	}
	return slices.Contains(claim, "by") != slices.Contains(said, "by")
}

// swapped returns a joint of a claim whose two sides have changed places.
func (e evidence) swapped(text string) string {
	claim, said := e.sides(text), e.sides(e.said)
	for _, w := range slices.Sorted(maps.Keys(claim)) {
		c := claim[w]
		s, ok := said[w]
		if !ok || len(c.left) == 0 || len(c.right) == 0 {
			continue
		}
		left, right := without(c.left, s.left), without(c.right, s.right)
		if overlap(left, without(s.right, c.right)) > 0 && overlap(right, without(s.left, c.left)) > 0 {
			return w
		}
	}
	return ""
}

// side is what stands left and right of a joint, in stems.
type side struct{ left, right []string }

// sides returns the joints of a text, those that stand in it once, with the words around them within their sentence.
func (e evidence) sides(text string) map[string]side {
	m := map[string]side{}
	for _, sentence := range sentencesOf(text) {
		words := plainWords(straight(sentence))
		for i, w := range words {
			if !joints[w] || i == 0 {
				continue
			}
			if _, twice := m[w]; twice {
				m[w] = side{}
				continue
			}
			left, right := contentOf(words[:i]), contentOf(words[i+1:])
			m[w] = side{left[max(0, len(left)-contextReach):], right[:min(len(right), contextReach)]}
		}
	}
	return m
}

// straight puts "Unlike A, B does" into the order of "B does unlike A".
func straight(sentence string) string {
	head, rest, ok := strings.Cut(strings.TrimSpace(sentence), ", ")
	if first, _, _ := strings.Cut(strings.ToLower(head), " "); ok && first == "unlike" {
		return strings.TrimRight(rest, ".") + " " + head
	}
	return sentence
}

func contentOf(words []string) []string {
	var all []string
	for _, w := range words {
		if !stop[w] && len(w) > 2 {
			all = append(all, stem(w))
		}
	}
	return all
}

// without returns what of a is not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(w string) bool { return slices.Contains(b, w) })
}

func overlap(a, b []string) int {
	n := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return n
}

// reversed returns two numbers that a claim says something went from and to, and the lines say it the other way.
func (e evidence) reversed(text string) (string, string) {
	said := e.amounts(e.said)
	lines := numerals{e.tongue, tokensOf(e.said)}
	claim := numerals{e.tongue, tokensOf(text)}
	all := e.amounts(text)
	for i := 0; i+1 < len(all); i++ {
		a, b := all[i], all[i+1]
		if claim.word(a.from-1) != "from" || !slices.Contains([]string{claim.word(b.from - 1), claim.word(b.from - 2), claim.word(b.from - 3)}, "to") {
			continue
		}
		at := slices.IndexFunc(said, a.is)
		to := slices.IndexFunc(said, b.is)
		if at < 0 || to < 0 || at < to || lines.word(said[at].from-1) == "from" {
			continue
		}
		return a.String(), b.String()
	}
	return "", ""
}

// sentencesOf cuts a text at the ends of its sentences.
func sentencesOf(text string) []string {
	var all []string
	from := 0
	for at, to := range fields(text) {
		if endsSentence(text[at:to]) {
			all = append(all, text[from:to])
			from = to
		}
	}
	return append(all, text[from:])
}
