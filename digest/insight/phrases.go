package insight

import (
	"bufio"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// cue names a list of phrases; a sentence counts how often each occurs in it.
type cue uint8

// The lists, in the order of cueNames.
const (
	cueAdvice cue = iota
	cueContrast
	cueCause
	cueSuperlative
	cueUniversal
	cueInsight
	cueOpinion
	cueDefinition
	cueHedge
	cueFiller
	cueVague
	cuePast
	cuePresent
	cueI
	cueYou
	cueThird
	cueDemonstrative
	cueSpeech
	cueStory
	cueContext
	cueAntithesis
	cueEmphasis
	cueAudience
	cueSelf
	cuePromotion
	cueAmount
	cueNumber
	cueChatter
	cueShowTalk
	cueBackward
	cueDeicticStart
	cueStoryStart
	cueConditionStart
	cueLeadIn
	cueLeadInNext
	cueConnective
	cueConnectiveKept
	cueTurnOpener
	cueAdStart
	cueAdCall
	cueAdCopy
	cueOpenStart
	cueAside
	cueAdEnd
	cueStumble
	cueFirst
	cueSecond
	cueAnnounced
	cueSays
	cueReading
	cuePointing
	cueLeaning
	cuePlug
	cueHypothetical
	cueVagueness
	cueCount
)

var cueNames = [cueCount]string{
	"advice", "contrast", "cause", "superlative", "universal", "insight", "opinion", "definition", "hedge", "filler",
	"vague", "past", "present", "i", "you", "third", "demonstrative", "speech", "story", "context", "antithesis",
	"emphasis", "audience", "self", "promotion", "amount", "number", "chatter", "show talk", "backward",
	"deictic start", "story start", "condition start", "lead-in", "lead-in next", "connective", "connective kept",
	"turn opener", "ad start", "ad call", "ad copy", "open start", "aside", "ad end", "stumble",
	"first", "second", "announced", "says", "reading", "pointing", "leaning", "plug", "hypothetical", "vagueness",
}

//go:embed lists
var listFiles embed.FS

// language is what the engine knows of English: its phrases and its words.
type language struct {
	words map[string]int32   // of the phrases
	heads map[string][]int32 // "fail*" and "*ing" by their first two and last two letters
	tails map[string][]int32
	text  []string // of the words by number
	nodes []node
	sets  map[string]map[string]bool
}

// node is a place in the tree of all phrases.
type node struct {
	next map[edge]int32
	cues uint64 // the lists that have a phrase ending here, a bit each
}

type edge struct {
	glue byte
	word int32
}

// Words of a phrase that stand for many.
const (
	anyWord    = "*"
	anyYear    = "<year>"
	anyNumeral = "<number>"
)

// english returns the lists, read once.
var english = sync.OnceValue(func() *language {
	l := &language{
		words: map[string]int32{}, heads: map[string][]int32{}, tails: map[string][]int32{},
		nodes: make([]node, 1), text: make([]string, 1), sets: map[string]map[string]bool{},
	}
	for _, file := range []string{"cues.txt", "gates.txt", "words.txt"} {
		body, err := listFiles.ReadFile("lists/" + file)
		if err == nil {
			err = l.read(string(body))
		}
		if err != nil {
			panic(fmt.Sprintf("read lists/%s: %v", file, err)) // embedded: a mistake of ours, found by every test
		}
	}
	return l
})

// read takes the sections of one file.
func (l *language) read(body string) error {
	section, at := "", -1
	for lines := bufio.NewScanner(strings.NewReader(body)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
			at = slices.Index(cueNames[:], section)
			l.sets[section] = map[string]bool{}
		case section == "":
			return fmt.Errorf("%q stands before the first section", line)
		case at >= 0:
			for _, phrase := range expand(line) {
				l.add(strings.TrimSpace(phrase), cue(at))
			}
		default:
			for _, word := range strings.Fields(line) {
				l.sets[section][word] = true
			}
		}
	}
	return nil
}

// expand writes out the alternatives of a line: "a (b|c|)" gives "a b", "a c" and "a ".
func expand(line string) []string {
	open := strings.IndexByte(line, '(')
	if open < 0 {
		return []string{line}
	}
	var out []string
	choices, rest := alternatives(line[open+1:])
	for _, tail := range expand(rest) {
		for _, choice := range choices {
			for _, middle := range expand(choice) {
				out = append(out, line[:open]+middle+tail)
			}
		}
	}
	return out
}

// alternatives splits what follows an opening bracket into the choices up to its closing one, and the rest.
func alternatives(s string) (choices []string, rest string) {
	depth, from := 0, 0
	for i := range len(s) {
		switch {
		case s[i] == '(':
			depth++
		case s[i] == ')' && depth > 0:
			depth--
		case s[i] == ')':
			return append(choices, s[from:i]), s[i+1:]
		case s[i] == '|' && depth == 0:
			choices, from = append(choices, s[from:i]), i+1
		}
	}
	return append(choices, s[from:]), ""
}

// add puts a phrase into the tree.
func (l *language) add(phrase string, c cue) {
	at := int32(0)
	for i, part := range splitPhrase(phrase) {
		if i == 0 {
			part.glue = 0
		}
		e := edge{part.glue, l.number(part.text)}
		next, ok := l.nodes[at].next[e]
		if !ok {
			next = int32(len(l.nodes))
			l.nodes = append(l.nodes, node{})
			if l.nodes[at].next == nil {
				l.nodes[at].next = map[edge]int32{}
			}
			l.nodes[at].next[e] = next
		}
		at = next
	}
	if at > 0 {
		l.nodes[at].cues |= 1 << c
	}
}

type phrasePart struct {
	glue byte
	text string
}

// splitPhrase cuts a phrase into its words with what joins them.
func splitPhrase(phrase string) []phrasePart {
	var parts []phrasePart
	glue := byte(' ')
	for phrase != "" {
		n := strings.IndexFunc(phrase, func(r rune) bool { return r == ' ' || r == '\'' || r == '-' })
		if n < 0 {
			n = len(phrase)
		}
		if n > 0 {
			parts = append(parts, phrasePart{glue, phrase[:n]})
		}
		if n == len(phrase) {
			break
		}
		glue, phrase = phrase[n], phrase[n+1:]
	}
	return parts
}

// number gives a word of a phrase its number.
func (l *language) number(word string) int32 {
	if n, ok := l.words[word]; ok {
		return n
	}
	n := int32(len(l.text))
	l.text, l.words[word] = append(l.text, word), n
	switch {
	case word == anyWord:
	case strings.HasSuffix(word, "*"):
		l.heads[word[:2]] = append(l.heads[word[:2]], n)
	case strings.HasPrefix(word, "*"):
		l.tails[word[len(word)-2:]] = append(l.tails[word[len(word)-2:]], n)
	}
	return n
}

// standsFor returns the numbers of all words of phrases that a word of a text stands for.
func (l *language) standsFor(word string) []int32 {
	var out []int32
	add := func(name string) {
		if n, ok := l.words[name]; ok {
			out = append(out, n)
		}
	}
	add(word)
	add(anyWord)
	if unicode.IsDigit(rune(word[0])) {
		add(anyNumeral)
		if len(word) == 4 && (word[:2] == "19" || word[:2] == "20") {
			add(anyYear)
		}
	}
	if len(word) < 2 {
		return out
	}
	for _, n := range l.heads[word[:2]] {
		if strings.HasPrefix(word, strings.TrimSuffix(l.text[n], "*")) {
			out = append(out, n)
		}
	}
	for _, n := range l.tails[word[len(word)-2:]] {
		if strings.HasSuffix(word, strings.TrimPrefix(l.text[n], "*")) {
			out = append(out, n)
		}
	}
	return out
}

// roots returns the places of the tree that the words numbered ids lead to from its root.
func (l *language) roots(ids []int32) []int32 {
	var out []int32
	for _, id := range ids {
		if next, ok := l.nodes[0].next[edge{0, id}]; ok {
			out = append(out, next)
		}
	}
	return out
}
