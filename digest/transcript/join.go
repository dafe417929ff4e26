package transcript

import (
	"slices"
	"strings"
	"time"
)

// longSentence is the number of words after which captions without punctuation are cut.
const longSentence = 60

// joinCues makes segments that end with a sentence out of captions in whatever order and state.
func joinCues(cues []cue) []Segment {
	cues = unroll(mend(cues))
	nameSpeakers(cues)
	var out []Segment
	var j joiner
	for i := range cues {
		c := &cues[i]
		c.text = plainLine(c.text)
		if c.text == "" {
			continue
		}
		if j.open && (c.speaker != j.speaker || c.fresh) {
			out = j.put(out)
		}
		j.add(c)
		if sentenceEnd(c.text) || j.words > longSentence {
			out = j.put(out)
		}
	}
	return j.put(out)
}

// joiner collects the captions of one segment.
type joiner struct {
	Segment
	speaker string
	text    strings.Builder
	words   int
	open    bool
}

func (j *joiner) add(c *cue) {
	if !j.open {
		j.Segment = Segment{Start: c.start, Speaker: c.speaker, Break: c.fresh}
		if !c.timed {
			j.Timing = Unknown
		}
		j.open, j.speaker = true, c.speaker
	}
	if j.text.Len() > 0 && !(cjk(j.text.String()) && cjk(c.text)) {
		j.text.WriteByte(' ')
	}
	j.text.WriteString(c.text)
	j.words += countWords(c.text)
	j.End = max(j.End, c.end)
}

func (j *joiner) put(out []Segment) []Segment {
	if !j.open {
		return out
	}
	j.Text = j.text.String()
	if j.Timing == Unknown {
		j.Start, j.End = 0, 0
	}
	out = append(out, j.Segment)
	*j = joiner{}
	return out
}

// mend orders captions and gives each an end that is not after the next one's beginning. A time beyond maxTime counts
// as none; a caption without one takes its predecessor's.
func mend(cues []cue) []cue {
	timed := false
	for i := range cues {
		c := &cues[i]
		if c.start < 0 || c.start > maxTime {
			c.timed = false
		}
		timed = timed || c.timed && c.start > 0
	}
	if !timed {
		for i := range cues {
			cues[i].timed, cues[i].start, cues[i].end = false, 0, 0
		}
		return cues
	}
	for i := range cues {
		if c := &cues[i]; !c.timed {
			c.timed, c.start, c.end = true, 0, 0
			if i > 0 {
				c.start = cues[i-1].start
			}
		}
	}
	lift(cues)
	steady(cues)
	slices.SortStableFunc(cues, func(a, b cue) int { return int(a.start - b.start) })
	next := time.Duration(-1) // where a later caption begins
	for i := len(cues) - 1; i >= 0; i-- {
		c := &cues[i]
		if c.ended = c.end > c.start; !c.ended {
			c.end = c.start + spoken(countWords(c.text), wordsPerSecond)
		}
		if i+1 < len(cues) && cues[i+1].start > c.start {
			next = cues[i+1].start
		}
		if next >= 0 {
			c.end = min(c.end, next)
		}
	}
	return cues
}

// lift mends single captions whose time jumps far back while other captions have that time already: the time is wrong and
// not the place, so each begins where the one before it ends. Sorting would make quotes that nobody said.
func lift(cues []cue) {
	var dips []int
	var steps []cue // the others
	for i, c := range cues {
		if i > 0 && cues[i-1].start-c.start >= jitter && (i+1 == len(cues) || cues[i+1].start >= cues[i-1].start) {
			dips = append(dips, i)
		} else {
			steps = append(steps, c)
		}
	}
	if len(dips) == 0 || !slices.IsSortedFunc(steps, func(a, b cue) int { return int(a.start - b.start) }) {
		return // it is the places that are wrong
	}
	for _, i := range dips {
		at, same := slices.BinarySearchFunc(steps, cues[i].start, func(c cue, t time.Duration) int { return int(c.start - t) })
		if c := &cues[i]; same || at > 0 && steps[at-1].end > c.start {
			length, before := max(0, c.end-c.start), cues[i-1]
			c.start = max(before.start, before.end)
			if i+1 < len(cues) {
				c.start = min(c.start, cues[i+1].start)
			}
			c.end = c.start + length
		}
	}
}

const jitter = 3 * time.Second // between the times of captions that are in order

// steady lifts times that are a little before those of the caption before them, as makers of captions happen to write:
// the words are in order, and sorting would tear sentences apart. It leaves a file alone that is out of order as a whole.
func steady(cues []cue) {
	back := 0
	for i := 1; i < len(cues); i++ {
		if cues[i].start < cues[i-1].start {
			back++
		}
	}
	if back == 0 || back*10 > len(cues) && len(cues) > 10 {
		return
	}
	for i := 1; i < len(cues); i++ {
		if before := cues[i-1].start; cues[i].start < before && before-cues[i].start < jitter {
			cues[i].start = before
		}
	}
}

// unroll undoes captions that repeat what stands before them: whole ones, and the rolling ones of live captions and
// video sites, where each repeats the line above it.
func unroll(cues []cue) []cue {
	out := cues[:0]
	rolling := rolls(cues)
	var tail []string // the last words kept
	for _, c := range cues {
		last := len(out) - 1
		if last >= 0 && c.text == out[last].text && c.shownAgain(&out[last]) && (rolling || countWords(c.text) > 3) {
			out[last].end = max(out[last].end, c.end)
			continue
		}
		if rolling {
			words := strings.Fields(c.text)
			n := overlap(tail, words)
			tail = append(tail, words[n:]...)
			tail = tail[max(0, len(tail)-rollWords):]
			c.text = strings.Join(words[n:], " ")
			if c.text == "" {
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// shownAgain reports whether a caption of the same words follows before at once, as the same caption would.
func (c *cue) shownAgain(before *cue) bool {
	return c.timed && c.start <= before.end+time.Second && (c.ended || c.start > before.start)
}

const rollWords = 40 // more than a rolling caption shows

// rolls reports whether a good part of the captions begin with all or the last line of the one before.
func rolls(cues []cue) bool {
	n := 0
	for i := 1; i < len(cues); i++ {
		before, c := cues[i-1].text, cues[i].text
		if cues[i].start == cues[i-1].start {
			continue
		}
		line := before[strings.LastIndexByte(before, '\n')+1:]
		if line != "" && strings.HasPrefix(c, line) || strings.HasPrefix(c, before) {
			n++
		}
	}
	return n >= 3 && n*10 > len(cues)*3
}

// overlap returns how many words at the end of tail begin words.
func overlap(tail, words []string) int {
	for n := min(len(tail), len(words)); n > 0; n-- {
		if slices.Equal(tail[len(tail)-n:], words[:n]) {
			return n
		}
	}
	return 0
}

// nameSpeakers takes names ("Ann: ...") out of captions whose format has none. A name holds until the next one.
func nameSpeakers(cues []cue) {
	for i := range cues {
		if cues[i].speaker != "" {
			return
		}
	}
	tally := newTally(2)
	for i := range cues {
		if h := readHead(cues[i].text); h.name != "" {
			tally.add(h.name)
		}
	}
	names := tally.names(len(cues), .01)
	speaker := ""
	for i := range cues {
		c := &cues[i]
		if rest, ok := strings.CutPrefix(c.text, ">>"); ok {
			c.text, c.fresh = strings.TrimSpace(strings.TrimLeft(rest, ">")), true
		}
		if h := readHead(c.text); h.name != "" && names[h.name] {
			speaker, c.text, c.fresh = h.name, h.rest, false
		}
		c.speaker = speaker
	}
}
