package transcript

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"
)

// isTTML reports whether XML is Timed Text Markup Language.
func isTTML(head string) bool {
	i := strings.Index(head, "<tt")
	return i >= 0 && strings.Contains(head[i:min(len(head), i+2000)], "ttml")
}

// parseTTML reads the paragraphs of Timed Text Markup Language (W3C, TTML2) as captions, up to the first broken tag.
func parseTTML(s string) []Segment {
	var cues []cue
	var c cue
	var text strings.Builder
	inside := false
	d := xml.NewDecoder(strings.NewReader(s))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	for len(cues) < maxCues {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.CharData:
			if inside {
				text.Write(t)
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "br":
				text.WriteByte('\n')
			case "p":
				c, inside = ttmlCue(t.Attr), true
				text.Reset()
			}
		case xml.EndElement:
			if t.Name.Local == "p" && inside {
				c.text, inside = strings.TrimSpace(text.String()), false
				cues = append(cues, dialogue(c)...)
			}
		}
	}
	return joinCues(cues)
}

// ttmlCue reads the times and the speaker of a paragraph.
func ttmlCue(attrs []xml.Attr) cue {
	var c cue
	for _, a := range attrs {
		switch a.Name.Local {
		case "begin":
			c.start, c.timed = ttmlTime(a.Value)
		case "end":
			c.end, _ = ttmlTime(a.Value)
		case "agent":
			c.speaker = oneLine(a.Value)
		}
	}
	return c
}

// ttmlTime reads "00:00:01.500", "00:00:01:12" with frames, which are left out, and "1.5s".
func ttmlTime(s string) (time.Duration, bool) {
	if seconds, ok := strings.CutSuffix(s, "s"); ok && !strings.HasSuffix(seconds, "m") {
		f, err := strconv.ParseFloat(seconds, 64)
		return time.Duration(f * float64(time.Second)), err == nil && f >= 0 && f < maxTime.Seconds()
	}
	if strings.Count(s, ":") == 3 {
		s = s[:strings.LastIndexByte(s, ':')]
	}
	return clock(s)
}
