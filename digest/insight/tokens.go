package insight

import (
	"unicode"
	"unicode/utf8"
)

// token is a run of letters and digits; "don't" is two, joined by an apostrophe.
type token struct {
	word       int32 // number in the lexicon
	start, end int32 // bytes in the text
	glue       byte  // what stands before it: see the glues
	upper      bool  // begins with a capital letter
}

// The glues: what stands between a token and the one before.
const (
	glueNone  = 0   // nothing: the first token
	glueSpace = ' ' // white space only
	glueOther = ',' // anything else
	// An apostrophe, hyphen or full stop with no space around stands for itself and joins the parts of a word.
)

// joined reports whether a token goes on the word of the token before.
func (t token) joined() bool { return t.glue == '\'' || t.glue == '-' || t.glue == '.' }

// whole is a word as readers see it: one token, or several joined ones.
type whole struct {
	word        int32 // number in the lexicon
	first, last int32 // tokens
}

// tokenize appends the tokens of text[from:to] to toks, offsets counted in text.
func (x *lexicon) tokenize(toks []token, text string, from, to int) []token {
	var key [64]byte
	end := -1
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:to])
		if !startsWord(r) {
			i += n
			continue
		}
		start, lower := i, key[:0]
		for i < to {
			r, n = utf8.DecodeRuneInString(text[i:to])
			if !startsWord(r) && r != '+' && r != '#' && !unicode.Is(unicode.M, r) {
				break
			}
			lower = utf8.AppendRune(lower, unicode.ToLower(r))
			i += n
		}
		glue := byte(glueNone)
		if end >= 0 {
			glue = glueBetween(text[end:start])
		}
		first, _ := utf8.DecodeRuneInString(text[start:])
		toks = append(toks, token{word: x.number(lower), start: int32(start), end: int32(i), glue: glue, upper: unicode.IsUpper(first)})
		end = i
	}
	return toks
}

func startsWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// glueBetween says what stands between two tokens.
func glueBetween(s string) byte {
	switch s {
	case " ":
		return glueSpace
	case "'", "’":
		return '\''
	case "-":
		return '-'
	case ".":
		return '.'
	}
	for _, r := range s {
		if !unicode.IsSpace(r) {
			return glueOther
		}
	}
	return glueSpace
}

// wholes appends the words that toks make up, numbered in the lexicon as written without spaces.
func (x *lexicon) wholes(out []whole, toks []token) []whole {
	var key [96]byte
	for i := 0; i < len(toks); {
		last := i
		for last+1 < len(toks) && toks[last+1].joined() {
			last++
		}
		n := toks[i].word
		if last > i {
			lower := append(key[:0], x.words[n].text...)
			for _, t := range toks[i+1 : last+1] {
				lower = append(append(lower, t.glue), x.words[t.word].text...)
			}
			n = x.number(lower)
		}
		out = append(out, whole{n, int32(i), int32(last)})
		i = last + 1
	}
	return out
}

// phraseAt calls found with the lists and the number of the last token of every phrase that begins at toks[i].
func (x *lexicon) phraseAt(toks []token, i int, found func(cues uint64, last int)) {
	for _, root := range x.words[toks[i].word].roots {
		x.follow(toks, i, root, found)
	}
}

func (x *lexicon) follow(toks []token, i int, at int32, found func(cues uint64, last int)) {
	here := &x.english.nodes[at]
	if here.cues != 0 {
		found(here.cues, i)
	}
	if here.next == nil || i+1 >= len(toks) {
		return
	}
	next := toks[i+1]
	for _, id := range x.words[next.word].ids {
		if child, ok := here.next[edge{next.glue, id}]; ok {
			x.follow(toks, i+1, child, found)
		}
	}
}

// begins reports whether a phrase of list c begins at toks[i], and the last token of the longest.
func (x *lexicon) begins(toks []token, i int, c cue) (last int, ok bool) {
	last = -1
	if i < len(toks) {
		x.phraseAt(toks, i, func(cues uint64, end int) {
			if cues&(1<<c) != 0 {
				last = max(last, end)
			}
		})
	}
	return last, last >= 0
}
