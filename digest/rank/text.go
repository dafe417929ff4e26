package rank

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// maxWord is the longest word in bytes that is looked at; the rest of a longer one is dropped.
const maxWord = 48

// word is one word of a text, folded for comparison.
type word struct {
	form string // lower case, apostrophes straight, without a possessive
	name bool   // written with a capital although its sentence had begun
}

// words splits a text. It splits at hyphens and slashes ("open-source" is "open source"), keeps what belongs to a name
// ("c++", "c#", ".net", "node.js", "3.5"), and treats letters of every script alike.
func words(s string) iter.Seq[word] {
	return func(yield func(word) bool) {
		begun := false
		for i := 0; i < len(s); {
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isWordRune(r) {
				begun = begun && !strings.ContainsRune(".?!:\n", r)
				i += size
				continue
			}
			end := wordEnd(s, i)
			if w := fold(s, i, end); w != "" {
				if !yield(word{form: w, name: begun && unicode.IsUpper(r)}) {
					return
				}
			}
			begun = true
			i = end
		}
	}
}

// tokens returns the words of a text. Where most words are written with a capital, as in titles, capitals mean nothing.
func tokens(s string) []word { return appendTokens(nil, s) }

// appendTokens is tokens for a list that is used again and again.
func appendTokens(out []word, s string) []word {
	capitals := 0
	for w := range words(s) {
		if w.name {
			capitals++
		}
		out = append(out, w)
	}
	if 2*capitals > len(out) {
		for i := range out {
			out[i].name = false
		}
	}
	return out
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// wordEnd returns where the word that begins at i ends.
func wordEnd(s string, i int) int {
	start := i
	for i < len(s) {
		if c := s[i]; c >= 'a' && c <= 'z' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if isWordRune(r) {
			i += size
			continue
		}
		if r != '.' && r != '\'' && r != '’' {
			break
		}
		if next, _ := utf8.DecodeRuneInString(s[i+size:]); !isWordRune(next) {
			break
		}
		i += size
	}
	rest := s[i:]
	switch {
	case strings.HasPrefix(rest, "++"):
		return i + 2
	case i-start == 1 && strings.HasPrefix(rest, "#"):
		return i + 1
	}
	return i
}

// fold brings the word s[i:end] into the form that is compared.
func fold(s string, i, end int) string {
	if i > 0 && s[i-1] == '.' && (i == 1 || s[i-2] == ' ') && strings.EqualFold(s[i:end], "net") {
		return ".net"
	}
	w := s[i:end]
	if len(w) > maxWord {
		w = strings.ToValidUTF8(w[:maxWord], "")
	}
	w = strings.ToLower(w)
	if strings.Contains(w, "’") {
		w = strings.ReplaceAll(w, "’", "'")
	}
	return strings.TrimSuffix(w, "'s")
}

// stem reduces a folded word to what it shares with its inflections. Stems are for comparing, never for showing.
func stem(w string) string {
	if s, ok := irregular(w); ok {
		return s
	}
	if len(w) <= 3 || strings.ContainsFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return w
	}
	env := snowballstem.NewEnv(w)
	english.Stem(env)
	return env.Current()
}

// irregular holds the words that the stemmer would lead astray: plurals of abbreviations, and words whose stem is
// another word ("marketing" is not "market").
func irregular(w string) (string, bool) {
	switch w {
	case "llms", "gpus", "cpus", "npus", "tpus", "sdks", "rfcs", "peps", "crdts", "cves", "utxos", "nfts", "vpns", "ides":
		return w[:len(w)-1], true
	case "apis":
		return "api", true
	case "marketing", "pricing", "funding", "hearing", "meeting", "building", "writing", "engineering",
		"universe", "university", "news", "kubernetes", "redis", "postgres", "politics", "physics",
		"economics", "securities", "ethics", "mathematics", "robotics", "graphics", "analytics", "windows", "rails", "kids":
		return w, true
	case "universities":
		return "university", true
	case "container", "containers": // "contain"
		return "container", true
	case "organ", "organs": // "organization"
		return "organs", true
	}
	return "", false
}

// stopWords are the words that say nothing of a subject, the fillers of speech among them.
const stopWords = `a able about above across actually after again all almost already also although always am among an and
another any anybody anyone anything are aren't around as ask at away back basically be because been before being below
between big both but by came can can't cannot come comes coming could couldn't couple day did didn't do does doesn't doing
don't done down each either else end enough even ever every everybody everyone everything exactly far feel few find first
for from fun gave get gets getting give given gives go goes going gone gonna good got gotta great guess guy guys had happen
happened happening happens has hasn't have haven't having he he'd he'll he's hear her here here's hers herself hey hi him
himself his honestly how however i i'd i'll i'm i've if in inside instead into is isn't it it'd it'll it's its itself just
kind kinda knew know known knows last least less let let's like liked likely literally little long look looked looking looks
lot lots made make makes making many may maybe me mean means might mine more most mostly much must my myself need needed
needs never new next nice no nobody none nor not nothing now of off oh ok okay on once one ones only onto or other others
our ours ourselves out over own part people per perhaps person piece place point pretty probably put quite rather real
really right said same saw say saying says second see seeing seem seems seen several shall she she'd she'll she's should
shouldn't side since so some somebody somehow someone something sometimes somewhere sort still stuff such super sure take
taken takes taking talk talked talking tell than thank thanks that that'd that'll that's the their theirs them themselves
then there there'd there's these they they'd they'll they're they've thing things think thinking third this those though
thought three through time times to today together told too took totally toward tried true try trying two type uh um
under until up upon us use used uses using usually very wanna want wanted wants was wasn't way ways we we'd we'll we're
we've well went were weren't what what's whatever when where where's whether which while who who's whole whom whose why will
with within without won't word work worked working works would wouldn't wow yeah year years yep yes yet you you'd you'll
you're you've your yours yourself yourselves`

// names are words that mean something else when written small: "go" is a language only where it is written "Go" inside
// of a sentence. Such a word has a term of its own, marked with nameMark.
const names = `go swift spark meta oracle slack zoom notion discord react node crystal elm flow fly express apple windows
rails dart bun git c r d cursor stripe square block signal edge`

// nameMark ends the term of a proper name; no word holds it.
const nameMark = "^"
