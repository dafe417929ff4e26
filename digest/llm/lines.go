package llm

import (
	"fmt"
	"strings"
	"time"

	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

// maxLineWords is how many words a numbered line holds at most. Short lines let a model point at what it means.
const maxLineWords = 60

// line is one numbered line of a transcript as a model sees it. Its number is its place in the list, from 1.
type line struct {
	segment  int // in the transcript
	from, to int // byte offsets in the segment's text
	text     string
	speaker  string
	start    time.Duration
	timing   transcript.Timing
	left     bool // left out of the prompt: an ad, a repetition, or an order to a machine
}

// linesOf cuts a transcript into lines of at most maxLineWords words, at sentence ends where there are any. left says
// which segments are left out; they keep their numbers, so that a model's line numbers mean the same everywhere.
func linesOf(t *transcript.Transcript, left func(segment int) bool) []line {
	var all []line
	for i, s := range t.Segments {
		words := len(strings.Fields(s.Text))
		seen := 0
		for _, span := range cut(s.Text, maxLineWords) {
			text := s.Text[span[0]:span[1]]
			l := line{segment: i, from: span[0], to: span[1], text: text, speaker: s.Speaker, start: s.Start, timing: s.Timing, left: left != nil && left(i) || insight.Instructs(text)}
			if seen > 0 && s.End > s.Start {
				l.start += (s.End - s.Start) * time.Duration(seen) / time.Duration(words)
			}
			if seen > 0 && l.timing == transcript.Exact {
				l.timing = transcript.Interpolated
			}
			seen += len(strings.Fields(text))
			all = append(all, l)
		}
	}
	return all
}

// cut returns the byte spans of text's lines, each of at most n words, preferably ending with a sentence.
func cut(text string, n int) [][2]int {
	var spans [][2]int
	start, end, words, sentence := -1, 0, 0, 0
	flush := func(at int) {
		spans = append(spans, [2]int{start, at})
		start, words, sentence = -1, 0, 0
	}
	for from, to := range fields(text) {
		if start < 0 {
			start = from
		}
		end = to
		if words++; endsSentence(text[from:to]) {
			sentence = to
		}
		switch {
		case sentence == to && words >= n/2:
			flush(to)
		case words == n:
			flush(to)
		}
	}
	if start >= 0 {
		flush(end)
	}
	return spans
}

// fields yields the byte spans of text's words.
func fields(text string) func(yield func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		at := 0
		for _, w := range strings.Fields(text) {
			from := at + strings.Index(text[at:], w)
			at = from + len(w)
			if !yield(from, at) {
				return
			}
		}
	}
}

func endsSentence(word string) bool {
	word = strings.TrimRight(word, `"'”’)`)
	return strings.HasSuffix(word, ".") || strings.HasSuffix(word, "?") || strings.HasSuffix(word, "!")
}

// part is a stretch of lines that fits into one call.
type part struct{ first, last int } // line numbers, from 1, inclusive

// Parts are of about partWords words, and the next one repeats about overlapWords of the one before.
const (
	partWords    = 3400
	overlapWords = 120
)

// partsOf divides the lines that are not left out into parts of about the same size, at most size words each.
func partsOf(lines []line, size int) []part {
	total := 0
	for _, l := range lines {
		total += l.words()
	}
	n := max(1, (total+size-1)/size)
	each := (total + n - 1) / n
	var parts []part
	p, words := part{first: 1}, 0
	for i, l := range lines {
		words += l.words()
		if words >= each && i+1 < len(lines) {
			p.last = i + 1
			parts = append(parts, p)
			p, words = part{first: overlapFrom(lines, i)}, 0
		}
	}
	p.last = len(lines)
	if words > 0 || len(parts) == 0 {
		parts = append(parts, p)
	}
	return parts
}

// overlapFrom is the number of the line where the part after line index i begins.
func overlapFrom(lines []line, i int) int {
	words := 0
	for j := i; j > 0; j-- {
		if words += lines[j].words(); words >= overlapWords {
			return j + 1
		}
	}
	return i + 2
}

// words is how many words of the line a model is shown.
func (l line) words() int {
	if l.left {
		return 0
	}
	return len(strings.Fields(l.text))
}

// show writes the lines of a part as the model reads them. A speaker is named where the voice changes, and times are left
// out: code knows them, and each costs tokens.
func show(lines []line, p part) string {
	var b strings.Builder
	speaker := "\x00"
	for n := p.first; n <= p.last && n <= len(lines); n++ {
		l := lines[n-1]
		if l.left {
			continue
		}
		if l.speaker != speaker && l.speaker != "" {
			fmt.Fprintf(&b, "L%d %s: %s\n", n, l.speaker, l.text)
		} else {
			fmt.Fprintf(&b, "L%d %s\n", n, l.text)
		}
		speaker = l.speaker
	}
	return b.String()
}
