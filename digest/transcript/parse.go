package transcript

import (
	"bytes"
	"net/url"
	"path"
	"strings"
)

// Parse reads a transcript in whatever format it is. The media type and the URL's ending are hints only: hosts often
// declare a wrong one. A document that is no usable transcript gives a *Refused.
//
// Captions (VTT, SRT, TTML, JSON) are joined to segments that end with a sentence, or after 60 words where there is no
// punctuation, and that begin when their first caption does. In the other formats a segment is a paragraph; its time is
// interpolated where only some paragraphs have one. Stage directions ("[inaudible]", "(laughs)") are dropped.
func Parse(body []byte, mediaType, url string) (*Transcript, error) {
	if len(body) > MaxBytes {
		return nil, refuse(TooLarge, "it is over %d MB", MaxBytes>>20)
	}
	if what := binary(body); what != "" {
		return nil, refuse(NotTranscript, "it is %s", what)
	}
	text := strings.TrimSpace(decode(body, mediaType))
	if text == "" {
		return nil, refuse(Empty, "it is empty")
	}
	t := &Transcript{Source: sniff(text, mediaType, url), URL: url}
	var err error
	t.Segments, err = t.parse(text)
	if err != nil {
		return nil, err
	}
	t.Segments = splitInline(t.Segments)
	if err := judge(t.Segments); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Transcript) parse(text string) ([]Segment, error) {
	switch t.Source {
	case "vtt", "srt":
		return parseCaptions(text)
	case "json":
		segs, language, err := parseJSON(text)
		t.Language = language
		return segs, err
	case "ttml":
		return parseTTML(text), nil
	case "html":
		return parseHTML(text)
	case "markdown":
		return parseMarkdown(text), nil
	}
	return parseText(text)
}

// binary names what the body is when it is no text.
func binary(body []byte) string {
	for _, m := range []struct{ magic, what string }{
		{"%PDF", "a PDF"}, {"ID3", "audio"}, {"OggS", "audio"}, {"RIFF", "audio"}, {"fLaC", "audio"},
		{"PK\x03\x04", "an archive or an office document"}, {"\x1f\x8b", "a compressed file"},
		{"{\\rtf", "an RTF document"}, {"\x89PNG", "a picture"}, {"\xd0\xcf\x11\xe0", "an office document"},
	} {
		if bytes.HasPrefix(body, []byte(m.magic)) {
			return m.what
		}
	}
	if len(body) > 3 && body[0] == 0xff && body[1]&0xe0 == 0xe0 && body[1] != 0xfe && body[1] != 0xff {
		return "audio"
	}
	if len(body) > 12 && string(body[4:8]) == "ftyp" {
		return "audio or video"
	}
	return ""
}

// sniff tells the format by the content, and only when that leaves a doubt by the media type and the URL's ending.
func sniff(s, mediaType, url string) string {
	head := s[:min(len(s), 64<<10)]
	switch {
	case strings.HasPrefix(head, "WEBVTT"):
		return "vtt"
	case head[0] == '{' && !strings.HasPrefix(head, `{\`), head[0] == '[' && jsonArray(head[1:]):
		return "json"
	}
	if format := sniffCaptions(head); format != "" {
		return format
	}
	if head[0] == '<' && isTTML(head) {
		return "ttml"
	}
	if head[0] == '<' && !strings.HasPrefix(head, "<!--") && !strings.HasPrefix(head, "<!channel") && !strings.HasPrefix(head, "<@") {
		return "html"
	}
	declared := declaredFormat(mediaType, url)
	switch {
	case boldSpeakers(head) >= 2, declared == "markdown":
		return "markdown"
	case tags(head) >= 3, declared == "html" && tags(head) > 0:
		return "html"
	case strings.HasPrefix(head, "---\n") && strings.Contains(head[4:], "\n---\n"):
		return "markdown"
	}
	return "text"
}

// jsonArray reports whether what follows "[" goes on like JSON and not like "[00:12]" or "[Music]".
func jsonArray(rest string) bool {
	rest = strings.TrimSpace(rest)
	return rest != "" && strings.ContainsRune(`{["]`, rune(rest[0]))
}

func sniffCaptions(head string) string {
	for line := range strings.Lines(head) {
		if _, ok := cueTimes(line); ok {
			if strings.Contains(line, ",") {
				return "srt"
			}
			return "vtt"
		}
	}
	return ""
}

// tags counts the tags of a page's text.
func tags(head string) int {
	n := 0
	for _, t := range []string{"<p>", "<p ", "<br", "<div", "<cite", "<time", "<span", "</p>", "<li", "<h1", "<h2", "<strong>"} {
		n += strings.Count(head, t)
	}
	return n
}

// declaredFormat maps a media type, or else the ending of a URL, to a format; "" when both say nothing.
func declaredFormat(mediaType, address string) string {
	mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	switch strings.TrimSpace(mediaType) {
	case "text/vtt":
		return "vtt"
	case "application/x-subrip", "application/srt", "text/srt", "application/x-srt":
		return "srt"
	case "application/json", "application/podcast-transcript+json":
		return "json"
	case "text/html", "application/xhtml+xml":
		return "html"
	case "text/markdown":
		return "markdown"
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch ext := strings.TrimPrefix(strings.ToLower(path.Ext(u.Path)), "."); ext {
	case "vtt", "srt", "json", "html":
		return ext
	case "htm":
		return "html"
	case "md", "markdown":
		return "markdown"
	case "txt":
		return "text"
	}
	if mediaType == "text/plain" {
		return "text"
	}
	return ""
}
