package insight

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// trimLead returns how many bytes of lead-ins ("So, I mean, …") a sentence begins with; 0 when fewer than three words
// would be left.
func (x *lexicon) trimLead(s *sentence) int {
	i := 0
	for range 3 {
		n := x.connective(s, x.leadIns(s, i))
		if n == i {
			break
		}
		i = n
	}
	if i == 0 || i >= len(s.tokens) {
		return 0
	}
	at := s.afterMarks(i)
	if len(strings.Fields(s.stream.text[at:s.to])) < 3 {
		return 0
	}
	return at - s.from
}

// afterMarks returns the byte where what follows the marks and spaces behind token i-1 begins: token i or a quotation
// mark before it.
func (s *sentence) afterMarks(i int) int {
	at := int(s.tokens[i-1].end)
	between := s.stream.text[at:s.tokens[i].start]
	return at + len(between) - len(strings.TrimLeft(between, ",.-…—– "))
}

// leadIns returns the first token behind the lead-ins that begin at token i. A lead-in is followed by a mark, or else by
// another lead-in.
func (x *lexicon) leadIns(s *sentence, i int) int {
	for i < len(s.tokens) {
		next := i
		x.phraseAt(s.tokens, i, func(cues uint64, last int) {
			if cues&(1<<cueLeadIn) != 0 && last+1 < len(s.tokens) && x.leadInEnds(s, last) {
				next = max(next, last+1)
			}
		})
		if next == i {
			break
		}
		i = next
	}
	return i
}

func (x *lexicon) leadInEnds(s *sentence, last int) bool {
	next := s.tokens[last+1]
	if next.glue == glueSpace {
		_, ok := x.begins(s.tokens, last+1, cueLeadInNext)
		return ok
	}
	between := s.stream.text[s.tokens[last].end:next.start]
	return next.glue == glueOther && strings.HasPrefix(strings.TrimLeft(between, ",.-…—–"), " ") && strings.IndexAny(between, ",.-…—–") == 0 ||
		next.glue == glueOther && strings.Trim(between, ",.-…—–") == ""
}

// connective returns the token behind a single connective at token i ("So the point is"), or i.
func (x *lexicon) connective(s *sentence, i int) int {
	if i+1 >= len(s.tokens) {
		return i
	}
	last, ok := x.begins(s.tokens, i, cueConnective)
	if !ok || last != i {
		return i
	}
	next := s.tokens[i+1]
	between := s.stream.text[s.tokens[i].end:next.start]
	if _, kept := x.begins(s.tokens, i+1, cueConnectiveKept); kept || strings.TrimPrefix(between, ",") == "" ||
		strings.Trim(strings.TrimPrefix(between, ","), " \"“'") != "" {
		return i
	}
	return i + 1
}

// Disfluencies that are left out of the shown text.
var (
	reFillers   = regexp.MustCompile(`(?i)(?:,\s*)?\b(?:um+|uh+|erm|ah)\b[,.]?`)
	reAsides    = regexp.MustCompile(`(?i),\s*(?:you know|i mean|like|right|sort of|kind of|i guess|i think)\s*,`)
	reYouKnow   = regexp.MustCompile(`(?i)\b(?:you know|i mean),\s*`)
	reTags      = regexp.MustCompile(`(?i),\s*(?:you know|right|i guess|okay|ok|yeah|correct)\s*([.!])`)
	reAsked     = regexp.MustCompile(`(?i),\s*(?:you know|right|okay|ok|yeah|correct)\s*\?`)
	reSpaceMark = regexp.MustCompile(`\s+([,.!?;:])(\s|$)`)
	reCommas    = regexp.MustCompile(`,\s*,`)
	reSpaces    = regexp.MustCompile(`\s{2,}`)
)

// display cleans a sentence for readers: fillers, asides and repeated words go, no other word is changed.
func display(s string) string {
	s = reFillers.ReplaceAllString(s, "")
	s = reAsides.ReplaceAllString(s, ",")
	s = reYouKnow.ReplaceAllString(s, "")
	s = reTags.ReplaceAllString(s, "$1")
	s = reAsked.ReplaceAllString(s, ".")
	s = dropRepeats(dropRepeats(s))
	s = reSpaceMark.ReplaceAllString(s, "$1$2")
	s = reCommas.ReplaceAllString(s, ",")
	s = strings.Trim(reSpaces.ReplaceAllString(s, " "), " ,-—–")
	return capitalise(s)
}

func capitalise(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// longestRepeat is the number of words that are said again when somebody starts a sentence anew.
const longestRepeat = 4

// dropRepeats leaves out words said twice in a row: "the the", "I think -- I think".
func dropRepeats(s string) string {
	kept := english().sets["repeat kept"]
	var out strings.Builder
	ws := wordPlaces(s)
	done := 0
	for i := 0; i < len(ws); i++ {
		n := repeatAt(s, ws, i)
		if n == 0 || kept[strings.ToLower(s[ws[i][0]:ws[i+n-1][1]])] {
			continue
		}
		out.WriteString(s[done:ws[i+n-1][1]])
		done = ws[i+2*n-1][1]
		i += 2*n - 1
	}
	out.WriteString(s[done:])
	return out.String()
}

// repeatAt returns how many words from word i on are said again right behind, 0 when none are.
func repeatAt(s string, ws [][2]int, i int) int {
	for n := longestRepeat; n > 0; n-- {
		if i+2*n > len(ws) {
			continue
		}
		same := repeatGap(s[ws[i+n-1][1]:ws[i+n][0]])
		for k := 0; k < n && same; k++ {
			a, b := ws[i+k], ws[i+n+k]
			same = strings.EqualFold(s[a[0]:a[1]], s[b[0]:b[1]])
			if k+1 < n {
				gap := s[a[1]:ws[i+k+1][0]]
				same = same && (gap == " " || gap == "'" || gap == "’") && s[b[1]:ws[i+n+k+1][0]] == gap
			}
		}
		if same {
			return n
		}
	}
	return 0
}

// repeatGap reports whether only a pause stands between a word and its repetition.
func repeatGap(gap string) bool {
	if gap == "" || strings.ContainsAny(gap, "?!;:\"“”()[]'’") {
		return false
	}
	switch strings.TrimSpace(gap) {
	case "", ",", "-", "--", "—", "–", "...", "…", ", --", ",--":
		return gap != "-"
	}
	return false
}

// wordPlaces returns where the words of s begin and end.
func wordPlaces(s string) [][2]int {
	var out [][2]int
	start := -1
	for i, r := range s {
		switch in := startsWord(r); {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			out, start = append(out, [2]int{start, i}), -1
		}
	}
	if start >= 0 {
		out = append(out, [2]int{start, len(s)})
	}
	return out
}
