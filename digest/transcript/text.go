package transcript

import (
	"slices"
	"strings"
)

// parseText reads plain text: "Name: ..." lines, with or without times, lines that begin with a time, or paragraphs.
func parseText(s string) ([]Segment, error) {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		lines = append(lines, strings.TrimSpace(line))
	}
	heads, names := readHeads(lines)
	if len(names) == 0 && mostlyTimed(heads) {
		return joinCues(timedCues(heads)), nil
	}
	p := textParser{names: names, perLine: linesAreParagraphs(lines)}
	for i, line := range lines {
		p.line(line, &heads[i])
	}
	p.flush()
	return timeParagraphs(split(dropFront(p.paras))), nil
}

// readHeads reads what stands before the words of each line, and which names are some.
func readHeads(lines []string) ([]head, map[string]bool) {
	heads := make([]head, len(lines))
	t := newTally(3)
	n := 0
	for i, line := range lines {
		if line == "" {
			continue
		}
		heads[i] = readHead(line)
	}
	for i := range heads {
		if h := &heads[i]; h.alone && h.timed && !followed(heads[i+1:]) {
			h.name, h.alone, h.rest = "", false, h.name // a word that was said
		}
		if heads[i].rest != "" {
			n++
		}
		if heads[i].name != "" {
			t.add(heads[i].name)
		}
	}
	return heads, t.names(n, .05)
}

// followed reports whether words without a time of their own come next.
func followed(heads []head) bool {
	for i := range heads {
		if h := &heads[i]; h.timed || h.rest != "" {
			return !h.timed
		}
	}
	return false
}

func mostlyTimed(heads []head) bool {
	timed, n := 0, 0
	for i := range heads {
		if heads[i].timed {
			timed++
		}
		if heads[i].timed || heads[i].rest != "" {
			n++
		}
	}
	return timed > 1 && timed*10 > n*6
}

// timedCues makes captions of lines that begin with a time; the others belong to the line before. Some hosts write
// captions so, voice tags and all.
func timedCues(heads []head) []cue {
	var cues []cue
	last := -1 // the last caption with a time
	c := cue{}
	for i := range heads {
		h := &heads[i]
		if h.timed {
			c.start, c.timed = h.at, true
		}
		if h.rest == "" { // blank, or a time over its words
			continue
		}
		if c.timed && last >= 0 && c.start > cues[last].start {
			cues[last].end = c.start
		}
		spoken := voices(c, []string{h.rest})
		if c.timed && len(spoken) > 0 {
			last = len(cues)
		}
		cues = append(cues, spoken...)
		c.timed = false
	}
	return cues
}

// linesAreParagraphs reports whether the lines of a text without blank lines each end like a sentence.
func linesAreParagraphs(lines []string) bool {
	blank, ended := 0, 0
	for _, l := range lines {
		if l == "" {
			blank++
		} else if sentenceEnd(l) {
			ended++
		}
	}
	return blank*10 < len(lines) && ended*10 > len(lines)*7
}

// textParser gathers lines to paragraphs.
type textParser struct {
	names   map[string]bool
	perLine bool
	paras   []paragraph
	speaker string
	pending []mark // of a name alone on its line, for the words that follow
	lines   []string
}

func (p *textParser) line(line string, h *head) {
	if line == "" {
		p.flush()
		return
	}
	named := h.name != "" && p.names[h.name]
	if !named && h.name != "" { // no name after all: the words belong to the text
		*h = unnamed(line)
	}
	if !named && h.timed && len(p.lines) > 0 && isDigit(line[0]) && len(p.names) > 0 { // "4:30 a.m." within a paragraph
		*h = head{rest: line}
	}
	if named || h.timed || p.perLine {
		p.flush()
	}
	if named {
		p.speaker = h.name
	}
	if h.timed {
		p.pending = []mark{{0, h.at}}
	}
	if h.rest != "" {
		p.lines = append(p.lines, h.rest)
	}
}

// unnamed reads the time before the words of a line and leaves all else to the words.
func unnamed(line string) head {
	at, rest, ok := clockAt(line)
	if !ok {
		return head{rest: line}
	}
	return head{at: at, timed: true, rest: strings.TrimLeft(rest, timeGap)}
}

func (p *textParser) flush() {
	if len(p.lines) == 0 {
		return
	}
	text, marks := takeMarks(strings.Join(p.lines, " "))
	if text != "" {
		p.paras = append(p.paras, paragraph{speaker: p.speaker, text: text, marks: append(p.pending, marks...)})
		p.pending = nil
	}
	p.lines = p.lines[:0]
}

// dropFront drops what stands before the first name, when there are names: titles, credits, a summary.
func dropFront(paras []paragraph) []paragraph {
	all, front, first := 0, 0, -1
	for i, p := range paras {
		n := len(p.text)
		if first < 0 && p.speaker != "" {
			first, front = i, all
		}
		all += n
	}
	if first < 0 || front*5 > all {
		return paras
	}
	return paras[first:]
}

const longParagraph = 6000 // bytes, about 1,000 words

// split cuts very long paragraphs at the end of a sentence, so that a segment stays a place to point at.
func split(paras []paragraph) []paragraph {
	long := false
	for _, p := range paras {
		long = long || len(p.text) > longParagraph
	}
	if !long {
		return paras
	}
	var out []paragraph
	for _, p := range paras {
		words := 0 // of p that are in out already
		for len(p.text) > longParagraph {
			at := cutPoint(p.text)
			first := p
			first.text = strings.TrimSpace(p.text[:at])
			next := words + countWords(first.text)
			first.marks, p.marks = divide(p.marks, words, next)
			p.text, p.brk, words = strings.TrimSpace(p.text[at:]), false, next
			out = append(out, first)
		}
		if p.text != "" {
			p.marks = shift(p.marks, words)
			out = append(out, p)
		}
	}
	return out
}

// cutPoint returns the byte after the last sentence that ends in the first longParagraph bytes, else after a word.
func cutPoint(s string) int {
	window := s[:longParagraph]
	best := 0
	for _, end := range []string{". ", "? ", "! ", "。", "？", "！"} {
		if i := strings.LastIndex(window, end); i >= 0 {
			best = max(best, i+len(end))
		}
	}
	if best > longParagraph/2 {
		return best
	}
	if i := strings.LastIndexByte(window, ' '); i > 0 {
		return i + 1
	}
	return len(strings.ToValidUTF8(window, ""))
}

// divide cuts off the marks before word to, and counts their words from word from on.
func divide(marks []mark, from, to int) (first, others []mark) {
	n := 0
	for n < len(marks) && marks[n].word < to {
		n++
	}
	return shift(slices.Clone(marks[:n]), from), marks[n:]
}
