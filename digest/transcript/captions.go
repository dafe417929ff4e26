package transcript

import (
	"html"
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
	flush := func() {
		if inCue {
			cues = append(cues, voices(c, dropCounter(lines))...)
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
