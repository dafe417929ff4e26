package transcript

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// head is what may stand before the words of a line: who speaks, and when.
type head struct {
	name  string
	at    time.Duration
	timed bool
	alone bool // nothing follows: the words stand on the next lines
	rest  string
}

const timeGap = " \t-–—|:" // between a time and the words

const longestName = 40 // bytes; longer ones are no names

// readHead reads "Ann: ...", "[00:12] Ann: ...", "Ann (00:12): ...", "00:12 ..." and "Ann  00:12" alone on a line. The
// name is a guess: whether it is one shows by its return.
func readHead(line string) head {
	h := head{rest: line}
	if at, rest, ok := clockAt(line); ok {
		h.at, h.timed, h.rest = at, true, strings.TrimLeft(rest, timeGap)
		if colon := strings.IndexByte(h.rest, ':'); colon < 0 && isName(h.rest) && !sentenceEnd(h.rest) {
			h.name, h.alone, h.rest = h.rest, true, ""
			return h
		}
	}
	h.readName()
	return h
}

func (h *head) readName() {
	s := strings.TrimLeft(h.rest, "->–— ")
	colon := nameColon(s)
	label := s
	if colon >= 0 {
		label = s[:colon]
	}
	if len(label) > longestName+15 {
		return
	}
	name, at, timed := cutClock(label)
	if !isName(name) || colon < 0 && !timed {
		return
	}
	rest := ""
	if colon >= 0 {
		rest = strings.TrimLeft(s[colon:], ":：")
		if rest != "" && rest[0] != ' ' && rest[0] != '\t' && rest[0] != '\n' && s[colon] == ':' {
			return
		}
		rest = strings.TrimSpace(rest)
	}
	h.name, h.rest, h.alone = name, rest, rest == ""
	if timed && !h.timed {
		h.at, h.timed = at, true
	}
	if at, after, ok := clockAt(rest); ok && !h.timed {
		h.at, h.timed, h.rest = at, true, strings.TrimSpace(after)
	}
}

// nameColon finds the colon that ends a name, passing those within a time.
func nameColon(s string) int {
	for i, r := range s[:min(len(s), longestName+20)] {
		if r == '：' || r == ':' && !(i+1 < len(s) && i > 0 && isDigit(s[i-1]) && isDigit(s[i+1])) {
			return i
		}
		if r == '\n' {
			break
		}
	}
	return -1
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// cutClock takes a time off the end of a name.
func cutClock(s string) (name string, at time.Duration, ok bool) {
	s = strings.TrimSpace(s)
	i := strings.LastIndexAny(s, " \t[(")
	if i < 0 {
		return s, 0, false
	}
	if s[i] == ' ' || s[i] == '\t' {
		i++
	}
	at, rest, ok := clockAt(s[i:])
	if !ok || rest != "" {
		return s, 0, false
	}
	return strings.TrimRight(s[:i], " \t-–—|,"), at, true
}

// isName reports whether s looks like a name: up to six words, each but "van" and the like begun with a capital letter,
// a digit or a letter of a script without capitals.
func isName(s string) bool {
	if s == "" || len(s) > longestName || isDigit(s[0]) {
		return false
	}
	words := 0
	for w := range strings.FieldsSeq(s) {
		words++
		if words > 6 || !nameWord(w, words == 1) {
			return false
		}
	}
	return true
}

func nameWord(w string, first bool) bool {
	switch w {
	case "de", "van", "von", "der", "da", "la", "al", "&":
		return !first
	}
	if !first {
		w = strings.TrimLeft(w, `"“(`)
	}
	r, _ := utf8.DecodeRuneInString(w)
	if !unicode.IsUpper(r) && !unicode.Is(unicode.Lo, r) && (first || !unicode.IsDigit(r)) {
		return false
	}
	w = strings.TrimSuffix(w, ",")
	for i, r := range w {
		if !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune(`_.'’"”“()-#`, r) {
			return false
		}
		if r == '.' && i+1 < len(w) && i > 3 && !unicode.IsUpper(rune(w[i+1])) {
			return false
		}
	}
	return true
}

// tally counts the names that lines begin with.
type tally struct {
	counts map[string]int
	total  int
	least  int // times that a name must occur
}

func newTally(least int) *tally { return &tally{counts: map[string]int{}, least: least} }

func (t *tally) add(name string) {
	t.counts[name]++
	t.total++
}

// names returns the names that return often enough, when at least the given share of all lines has one. A few
// lines of which most have a name are a short conversation: there once is enough.
func (t *tally) names(lines int, share float64) map[string]bool {
	if float64(t.total) < share*float64(lines) {
		return nil
	}
	least := max(float64(t.least), .01*float64(t.total))
	if t.total > 1 && t.total*10 >= lines*6 {
		least = max(1, .01*float64(t.total))
	}
	out := map[string]bool{}
	for name, n := range t.counts {
		if float64(n) >= least && !isLabel(name) {
			out[name] = true
		}
	}
	return out
}

// isLabel reports whether a name is none: "Note", "On Monday".
func isLabel(name string) bool {
	return label[name] || label[name[strings.LastIndexByte(name, ' ')+1:]]
}

// label holds words that stand before a colon and are no names.
var label = map[string]bool{
	"Note": true, "Notes": true, "Warning": true, "Title": true, "Date": true, "Source": true, "Description": true,
	"Episode": true, "Series": true, "Update": true, "Example": true, "Duration": true, "Length": true, "Links": true,
	"Hosts": true, "Guests": true, "Topic": true, "Topics": true, "Published": true, "Summary": true,
	"Monday": true, "Tuesday": true, "Wednesday": true, "Thursday": true, "Friday": true, "Saturday": true,
	"Sunday": true, "Question": true,
}
