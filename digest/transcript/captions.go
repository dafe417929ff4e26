package transcript

import (
	"html"
	"strconv"
	"strings"
	"time"
)

// cue is one caption as a file gives it.
type cue struct {
	start, end time.Duration // end is 0 when the file does not say
	timed      bool
	speaker    string
	text       string // lines kept until rolling captions are undone
	ended      bool   // the file says when it ends
	fresh      bool   // a mark (">>") says that another speaker begins
}

// parseCaptions reads VTT and SRT, and what lies between: numbers, headers and blank lines may be missing or doubled.
func parseCaptions(s string) ([]Segment, error) {
	var cues []cue
	var c cue
	var lines []string
	inCue, skip := false, false
	var count counter
	flush := func() {
		lines = count.drop(lines)
		if inCue {
			for _, said := range voices(c, dropCounter(lines)) {
				cues = append(cues, dialogue(said)...)
			}
		}
		lines = lines[:0]
	}
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(line)
		if next, ok := cueTimes(line); ok {
			flush()
			c, inCue, skip = next, true, false
			if len(cues) >= maxCues {
				return nil, refuse(TooLarge, "it has over %d captions", maxCues)
			}
			continue
		}
		afterBlank := len(lines) > 0 && lines[len(lines)-1] == ""
		if afterBlank && aside(line) {
			skip = true
		}
		if skip {
			skip = line != ""
			continue
		}
		lines = append(lines, line)
	}
	flush()
	return joinCues(cues), nil
}

// counter follows the numbers of captions, so that one is known where no blank line stands before it.
type counter struct {
	last  int
	known bool
}

// drop takes the number of the next caption off the end of lines: the first that is met, and those that go on from it.
func (c *counter) drop(lines []string) []string {
	n := len(lines)
	if n == 0 || !digits(lines[n-1]) {
		return lines
	}
	number, err := strconv.Atoi(lines[n-1])
	switch {
	case err != nil:
		return lines
	case !c.known && n == 1, c.known && number == c.last+1:
		c.known, c.last = true, number
		return lines[:n-1]
	}
	return lines
}

// dialogue makes several captions of one in which several speak, a line each: with dashes, or with what may be names.
func dialogue(c cue) []cue {
	if !strings.Contains(c.text, "\n") {
		return []cue{c}
	}
	lines := strings.Split(c.text, "\n")
	dashes := 0
	for _, l := range lines {
		if _, ok := dashed(l); ok {
			dashes++
		}
	}
	var out []cue
	for i, l := range lines {
		rest, dash := dashed(l)
		part := c
		switch {
		case dash && dashes > 1:
			part.text, part.fresh = rest, true
			out = append(out, part)
		case i == 0 || readHead(l).name != "":
			part.text = l
			out = append(out, part)
		default:
			out[len(out)-1].text += "\n" + l
		}
	}
	return out
}

// dashed returns a line without the dash that it begins with.
func dashed(line string) (rest string, ok bool) {
	for _, dash := range []string{"- ", "– ", "— "} {
		if rest, ok := strings.CutPrefix(line, dash); ok {
			return rest, true
		}
	}
	return line, false
}

// aside reports whether a line begins a VTT block that is not spoken.
func aside(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return word == "NOTE" || word == "STYLE" || word == "REGION" || word == "STYLE:" || word == "REGION:"
}

// dropCounter takes off the number or name of the next caption, which stands at the end of this one's lines.
func dropCounter(lines []string) []string {
	n := len(lines)
	for n > 0 && lines[n-1] == "" {
		n--
	}
	if n < 2 {
		return lines[:n]
	}
	last := lines[n-1]
	if lines[n-2] == "" && (digits(last) && n > 2 || n == len(lines) && identifier(last)) {
		return lines[:n-1]
	}
	return lines[:n]
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// identifier reports whether s may name a VTT cue: one word without an end of sentence, holding a digit.
func identifier(s string) bool {
	return !strings.ContainsAny(s, " \t") && !sentenceEnd(s) && strings.ContainsAny(s, "0123456789")
}

// cueTimes reads "00:01.000 --> 00:02.000 align:start". A missing end is 0.
func cueTimes(line string) (cue, bool) {
	left, right, ok := strings.Cut(line, "-->")
	if !ok {
		return cue{}, false
	}
	left = strings.TrimSpace(left)
	start, ok := clock(left[strings.LastIndexByte(left, ' ')+1:])
	if !ok {
		return cue{}, false
	}
	right, _, _ = strings.Cut(strings.TrimSpace(right), " ")
	end, _ := clock(right)
	return cue{start: start, end: end, timed: true}, true
}

// voices makes a cue of its lines, or several when several <v> speak in it.
func voices(c cue, lines []string) []cue {
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	var out []cue
	for text != "" {
		before, name, after, found := cutVoice(text)
		part := c
		part.text = plainCue(before)
		if part.text != "" {
			out = append(out, part)
		}
		if !found {
			break
		}
		c.speaker, text = name, after
	}
	return out
}

// cutVoice cuts text around its first <v Name>.
func cutVoice(text string) (before, name, after string, found bool) {
	for from := 0; ; {
		i := strings.Index(text[from:], "<v")
		if i < 0 {
			return text, "", "", false
		}
		i += from
		end := tagEnd(text[i:])
		if end < 0 {
			from = i + 2
			continue
		}
		tag := text[i+2 : i+end]
		if sp := strings.IndexAny(tag, " \t"); sp >= 0 && (sp == 0 || tag[0] == '.') {
			return text[:i], oneLine(html.UnescapeString(tag[sp+1:])), text[i+end+1:], true
		}
		from = i + end + 1
	}
}

// plainCue takes tags, override codes and entities out of a caption.
func plainCue(s string) string {
	if strings.Contains(s, `{\`) {
		s = cutBetween(s, `{\`, "}", "")
	}
	if strings.ContainsRune(s, '<') {
		s = stripTags(s)
	}
	if strings.ContainsRune(s, '&') {
		s = html.UnescapeString(s)
	}
	if strings.ContainsRune(s, '♪') {
		s = strings.ReplaceAll(s, "♪", "")
	}
	return strings.TrimSpace(s)
}

// stripTags removes <b>, </c>, <00:01.000> and the like, and leaves "a < b" alone.
func stripTags(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) {
			break
		}
		end := tagEnd(s[i:])
		if end < 0 || !tagStart(s[i+1:i+end]) {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		s = s[i+end+1:]
	}
	b.WriteString(s)
	return b.String()
}

// tagEnd finds the ">" of the tag that s begins with. Captions hold short tags only.
func tagEnd(s string) int { return strings.IndexByte(s[:min(len(s), 300)], '>') }

func tagStart(tag string) bool {
	if tag == "" {
		return false
	}
	c := tag[0]
	if c >= '0' && c <= '9' {
		_, ok := clock(tag)
		return ok
	}
	return c == '/' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// cutBetween replaces every stretch from one mark to the next other one, both included.
func cutBetween(s, from, to, with string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, from)
		if i < 0 {
			break
		}
		end := strings.Index(s[i+len(from):], to)
		if end < 0 {
			break
		}
		b.WriteString(s[:i])
		b.WriteString(with)
		s = s[i+len(from)+end+len(to):]
	}
	b.WriteString(s)
	return b.String()
}
