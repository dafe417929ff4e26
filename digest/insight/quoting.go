package insight

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// People read aloud what others wrote, and act out what others say. The words are not theirs: an insight that is such a
// quotation from its beginning to its end says so beside the name, and none is half of each.

// quoting stands behind the name of who reads or repeats the words of others.
const quoting = ", quoting"

// mostQuoted is the share of a sentence's letters inside quotation marks from which it is a quotation: those who read aloud put
// in a word of their own now and then.
const mostQuoted = 0.75

// markQuotations notes for every sentence whether it is a quotation, and whether one is open before and behind it.
func (s *script) markQuotations() {
	var now *stream
	var spans [][2]int
	for i := range s.sentences {
		x := &s.sentences[i]
		if x.stream != now {
			now, spans = x.stream, quotations(x.stream.text, s.goesOn(i))
		}
		inside := 0
		for _, q := range spans {
			inside += letters(overlapOf(now.text, q, x))
			x.quotedBefore = x.quotedBefore || q[0] < x.from && x.from < q[1]
			x.quotedBehind = x.quotedBehind || q[0] < x.to && x.to < q[1]
		}
		x.quoted = float64(inside) >= mostQuoted*float64(max(1, letters(x.text()))) || s.setApart(i)
	}
	s.markReadings()
}

// goesOn reports whether a quotation that is open at the end of the stream of sentence i goes on in the next one of the
// same speaker: each paragraph of a long one begins with a mark.
func (s *script) goesOn(i int) bool {
	who, here := s.turns[s.sentences[i].turn].speaker, s.sentences[i].stream
	for ; i < len(s.sentences); i++ {
		if x := &s.sentences[i]; x.stream != here && s.turns[x.turn].speaker == who {
			return strings.HasPrefix(x.text(), `"`) || strings.HasPrefix(x.text(), "“")
		}
	}
	return false
}

// quotations returns where in a text something stands in quotation marks, the marks included. A mark before a word opens a
// quotation, one behind a word closes it. One that is never closed counts only when goesOn says that it is later.
func quotations(text string, goesOn bool) [][2]int {
	var spans [][2]int
	open, before := -1, ' '
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		next, _ := utf8.DecodeRuneInString(text[at+n:])
		switch {
		case r == '“' || r == '"' && !belongs(before) && belongs(next):
			open = at
		case (r == '”' || r == '"') && open >= 0:
			spans, open = append(spans, [2]int{open, at + n}), -1
		}
		before, at = r, at+n
	}
	if open >= 0 && goesOn {
		spans = append(spans, [2]int{open, len(text) + 1}) // beyond the end: still open there
	}
	return spans
}

// belongs reports whether a rune is part of a word or a mark beside one.
func belongs(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".,!?…'’)$@#[", r)
}

func letters(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// readsOn is how many sentences behind "The article says" may be read out of it, where no quotation marks tell.
const readsOn = 4

// markReadings notes the sentences behind words such as "I'll read": nobody can tell whose they are.
func (s *script) markReadings() {
	left := 0
	for i := range s.sentences {
		x := &s.sentences[i]
		if i > 0 && s.sentences[i-1].turn != x.turn {
			left = 0
		}
		marked := x.quotedBefore || x.quotedBehind || x.quoted
		x.readOut = left > 0 && !marked
		left = max(0, left-1)
		if x.counts[cueReading] > 0 && !marked {
			left = readsOn
		}
	}
}

// attributed reports whether a window leaves no doubt about whose words it holds: it is a quotation as a whole, or the marks of
// those that it holds are all in it.
func (s *script) attributed(w window) bool {
	if s.quotes(w) {
		return true
	}
	for i := w.first; i <= w.last; i++ {
		if s.sentences[i].readOut {
			return false
		}
	}
	return !s.sentences[w.first].quotedBefore && !s.sentences[w.last].quotedBehind
}

// quotes reports whether a window is a quotation as a whole.
func (s *script) quotes(w window) bool {
	for i := w.first; i <= w.last; i++ {
		if !s.sentences[i].quoted {
			return false
		}
	}
	return true
}

// setApart reports whether the file itself marks sentence i as quoted: readers then get the quotation marks that it does without.
func (s *script) setApart(i int) bool {
	x := &s.sentences[i]
	n, _ := x.stream.place(x.from)
	return s.transcript.Segments[n].Quoted
}

// overlapOf returns what a stretch of a text and a sentence share.
func overlapOf(text string, q [2]int, x *sentence) string {
	from, to := max(q[0], x.from), min(q[1], x.to)
	if from >= to {
		return ""
	}
	return text[from:to]
}
