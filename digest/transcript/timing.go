package transcript

import (
	"strings"
	"time"
)

const (
	wordsPerSecond = 2.7 // where nothing better is known
	slowest        = 1.8 // words per second; a longer way to the next mark holds a pause
)

// paragraph is a stretch of a text with the time marks found in it.
type paragraph struct {
	speaker string
	text    string
	marks   []mark
	brk     bool
	quoted  bool
	words   int
}

// mark is a time that a text gives for one of its words.
type mark struct {
	word int // counted from the paragraph's beginning, then from the text's
	at   time.Duration
}

func spoken(words int, rate float64) time.Duration {
	return time.Duration(float64(words) / rate * float64(time.Second)).Round(time.Millisecond)
}

// timeParagraphs makes segments of paragraphs. Between two marks the time is shared out by words, not slower than
// slowest; so no paragraph runs past the next mark. Without marks all times are unknown.
func timeParagraphs(paras []paragraph) []Segment {
	marks := textMarks(paras)
	aside := quotedAside(paras)
	out := make([]Segment, 0, len(paras))
	word, m := 0, -1
	for i := range paras {
		p := &paras[i]
		s := Segment{Speaker: p.speaker, Text: p.text, Break: p.brk, Quoted: p.quoted && aside, Timing: Unknown}
		if len(marks) > 0 {
			for m+1 < len(marks) && marks[m+1].word <= word {
				m++
			}
			s.Start, s.Timing = timeAt(marks, m, word), Interpolated
			if len(p.marks) > 0 && p.marks[0].word == 0 && marks[m].word == word {
				s.Timing = Exact
			}
			s.End = s.Start + spoken(p.words, slowest)
			if n := len(out) - 1; n >= 0 {
				out[n].End = max(out[n].Start, min(out[n].End, s.Start))
			}
		}
		word += p.words
		out = append(out, s)
	}
	if n := len(out) - 1; len(marks) > 0 {
		out[n].End = out[n].Start + spoken(paras[n].words, wordsPerSecond)
	}
	return out
}

// quotedAside reports whether quotations are the smaller part of a text; in one that is quoted as a whole they tell nothing.
func quotedAside(paras []paragraph) bool {
	quoted, all := 0, 0
	for _, p := range paras {
		all += len(p.text)
		if p.quoted {
			quoted += len(p.text)
		}
	}
	return quoted*2 < all
}

// timeAt returns when a word is said, which stands at or after mark m.
func timeAt(marks []mark, m, word int) time.Duration {
	said := word - marks[m].word
	if m+1 == len(marks) {
		return marks[m].at + spoken(said, wordsPerSecond)
	}
	next := marks[m+1]
	words := next.word - marks[m].word
	whole := min(next.at-marks[m].at, spoken(words, slowest))
	return marks[m].at + time.Duration(float64(whole)*float64(said)/float64(words)).Round(time.Millisecond)
}

// textMarks gathers the marks of all paragraphs in rising order, and begins them with 0 at the first word. A mark out
// of order is left out. It returns none when the text has fewer than two.
func textMarks(paras []paragraph) []mark {
	var all []mark
	words := 0
	for i := range paras {
		p := &paras[i]
		p.words = countWords(p.text)
		for _, m := range p.marks {
			if m.at <= maxTime {
				all = append(all, mark{words + m.word, m.at})
			}
		}
		words += p.words
	}
	if len(all) < 2 { // a single one may well be a time of day
		return nil
	}
	out := make([]mark, 1, len(all)+1)
	for i, m := range all {
		last := &out[len(out)-1]
		switch {
		case m.at < last.at || wild(*last, m, all[i+1:]):
		case m.word == last.word:
			last.at = m.at
		default:
			out = append(out, m)
		}
	}
	return out
}

// wild reports whether a mark is likely a slip: the next one stands before it, or it leaps ahead and no other follows.
func wild(last, m mark, others []mark) bool {
	if len(others) > 0 {
		return others[0].at < m.at && others[0].at >= last.at
	}
	leap := m.at - last.at
	return leap > 10*time.Minute && leap > spoken(m.word-last.word, slowest/2)
}

// takeMarks removes time marks ("[12:34]", "\[inaudible 12:34\]") and stage directions from a paragraph, puts it on one
// line and tells where the marks stood.
func takeMarks(s string) (string, []mark) {
	if !strings.ContainsAny(s, "[(") {
		return oneLine(s), nil
	}
	var marks []mark
	var b strings.Builder
	words := 0
	for {
		i := strings.IndexAny(s, "[(")
		if i < 0 {
			break
		}
		inner, after, ok := bracketed(s[i:])
		at, timed := clock(lastWord(strings.TrimSuffix(inner, `\`)))
		bare := timed && s[i] == '[' && !strings.Contains(inner, " ")
		if !ok || !bare && !noise(inner) {
			words += countWords(s[:i])
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		before := beforeNoise(s[:i], after)
		words += countWords(before)
		b.WriteString(before)
		if timed {
			marks = append(marks, mark{words, at})
		}
		s = after
	}
	b.WriteString(s)
	return oneLine(b.String()), marks
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }
