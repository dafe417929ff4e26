package transcript

import (
	"html"
	"regexp"
	"strings"
)

// boldSpeakers counts the lines that begin with "**Name:**" or "**Name**:".
func boldSpeakers(s string) int {
	n := 0
	for line := range strings.Lines(s) {
		if name, _, ok := boldSpeaker(line); ok && name != "" {
			n++
		}
	}
	return n
}

// boldSpeaker cuts "**Name:** text", "**Name**: text" or "**Name** [1:02] text".
func boldSpeaker(s string) (name, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, "**")
	if !ok {
		return "", "", false
	}
	end := strings.Index(s, "**")
	if end < 1 || end > 61 || strings.ContainsAny(s[:end], "*\n") {
		return "", "", false
	}
	name, rest = s[:end], s[end+2:]
	if inner, ok := strings.CutSuffix(name, ":"); ok {
		return strings.TrimSpace(inner), rest, true
	}
	if after, ok := strings.CutPrefix(rest, ":"); ok {
		return strings.TrimSpace(name), after, true
	}
	rest = strings.TrimLeft(strings.Replace(rest, "\n", " ", 1), timeGap)
	_, _, timed := clockAt(rest)
	return strings.TrimSpace(name), rest, timed
}

var (
	markdownCode  = regexp.MustCompile("(?s)```.*?```")
	markdownNote  = regexp.MustCompile(`(?s)<!--.*?-->`)
	markdownBreak = regexp.MustCompile(`\*\*Break:?\*\*:?[^\n]*|(?m:^[*_]?Break(?:[*_]?:[ *_\\\[\]\d:.]*| *\\?\[[\d:.]+\\?\])$)`)
	markdownEmpty = regexp.MustCompile(`(?m)^ {0,3}>[> ]*$`)
	markdownQuote = regexp.MustCompile(`(?m)^ {0,3}>(?: ?>)* ?`)
	markdownItem  = regexp.MustCompile(`(?m)^( {0,3}|` + quoteMark + ` {0,3})(?:[-*+]|\d{1,3}[.)]) +`)
	markdownTag   = regexp.MustCompile(`(?s)\{%.*?%\}`)
	markdownImage = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)
	markdownLink  = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`)
	emphasis      = strings.NewReplacer("*", "", "_", "", "`", "", `\`, "")
)

// quoteMark stands at the beginning of a quoted line while a text is read. No text that comes in holds it.
const quoteMark = "\x01"

// parseMarkdown reads paragraphs, of which some begin with a bold name. Headings, code, front matter and pictures are
// dropped, what is quoted and the items of lists are paragraphs of their own, and "**Break:**" or "Break:" on its line
// makes a Break.
func parseMarkdown(s string) []Segment {
	s = markdownBody(s)
	var paras []paragraph
	speaker, brk := "", false
	var pending []mark // of a name alone on its line, for the words that follow
	if strings.Contains(s, "Break") {
		s = markdownBreak.ReplaceAllString(s, "\n\n**Break:**\n\n")
	}
	s = markdownQuote.ReplaceAllString(markdownEmpty.ReplaceAllString(s, ""), quoteMark)
	s = markdownItem.ReplaceAllString(s, "\n\n$1")
	for block := range strings.SplitSeq(s, "\n\n") {
		quoted := strings.Contains(block, quoteMark)
		block = strings.TrimSpace(strings.ReplaceAll(block, quoteMark, ""))
		if block == "" || block[0] == '#' || strings.HasPrefix(block, "{:") || strings.Trim(block, "- *_") == "" {
			continue
		}
		if strings.HasPrefix(block, "**") {
			block = markdownLink.ReplaceAllString(block, "$1")
		}
		name, rest, ok := boldSpeaker(block)
		if ok && strings.EqualFold(name, "break") {
			brk = true
			continue
		}
		if ok && !isLabel(name) {
			h := unnamed(strings.TrimSpace(rest))
			if speaker, block = emphasis.Replace(name), h.rest; h.timed {
				pending = []mark{{0, h.at}}
			}
		}
		text, marks := takeMarks(plainMarkdown(block))
		if text != "" {
			paras = append(paras, paragraph{speaker: speaker, text: text, marks: append(pending, marks...), brk: brk, quoted: quoted})
			brk, pending = false, nil
		}
	}
	if speaker == "" {
		nameParagraphs(paras)
	}
	return timeParagraphs(split(paras))
}

// markdownBody drops front matter, code, comments and template tags.
func markdownBody(s string) string {
	if rest, ok := strings.CutPrefix(s, "---\n"); ok {
		if _, body, ok := strings.Cut(rest, "\n---\n"); ok {
			s = body
		}
	}
	s = markdownCode.ReplaceAllString(s, "")
	s = markdownNote.ReplaceAllString(s, "")
	s = markdownTag.ReplaceAllString(s, "")
	if strings.ContainsRune(s, '&') {
		s = html.UnescapeString(s)
	}
	if strings.ContainsAny(s, "\t") || strings.Contains(s, "\n ") {
		s = blankLines(s)
	}
	return s
}

// blankLines empties lines of spaces only, so that they separate paragraphs.
func blankLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.TrimSpace(l) == "" {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// plainMarkdown takes pictures, links and emphasis out of a block. Marks keep their brackets.
func plainMarkdown(s string) string {
	if strings.Contains(s, "](") {
		s = markdownImage.ReplaceAllString(s, "")
		s = markdownLink.ReplaceAllString(s, "$1")
	}
	return emphasis.Replace(s)
}

// nameParagraphs takes names without emphasis ("Ann: ...") from the beginnings of paragraphs.
func nameParagraphs(paras []paragraph) {
	lines := make([]string, len(paras))
	for i := range paras {
		lines[i] = paras[i].text
	}
	heads, names := readHeads(lines)
	if len(names) == 0 {
		return
	}
	speaker := ""
	for i := range paras {
		p := &paras[i]
		if h := &heads[i]; names[h.name] && h.rest != "" {
			speaker = h.name
			p.marks = shift(p.marks, countWords(p.text)-countWords(h.rest))
			p.text = h.rest
			if h.timed {
				p.marks = append([]mark{{0, h.at}}, p.marks...)
			}
		}
		p.speaker = speaker
	}
}

// shift moves marks to the front by the words that were cut off there.
func shift(marks []mark, words int) []mark {
	for i := range marks {
		marks[i].word = max(0, marks[i].word-words)
	}
	return marks
}
