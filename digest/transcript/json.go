package transcript

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// jsonDocument covers the Podcasting 2.0 format and what speech recognisers write.
type jsonDocument struct {
	Language   string          `json:"language"`
	Segments   []jsonSegment   `json:"segments"`
	Utterances []jsonSegment   `json:"utterances"`
	Cues       []jsonSegment   `json:"cues"`
	Captions   []jsonSegment   `json:"captions"`
	Words      []jsonSegment   `json:"words"`
	Transcript json.RawMessage `json:"transcript"` // a text, or segments
	Text       string          `json:"text"`
}

// jsonSegment is a stretch or a word; which fields are set depends on the program that wrote it.
type jsonSegment struct {
	StartTime  *jsonTime   `json:"startTime"`
	EndTime    *jsonTime   `json:"endTime"`
	Start      *jsonTime   `json:"start"`
	End        *jsonTime   `json:"end"`
	StartSnake *jsonTime   `json:"start_time"`
	EndSnake   *jsonTime   `json:"end_time"`
	Speaker    jsonSpeaker `json:"speaker"`
	Body       string      `json:"body"`
	Text       string      `json:"text"`
	Content    string      `json:"content"`
	Word       string      `json:"word"`
}

// jsonTime is a time in seconds, written as a number, a number in quotes or "00:01:02.5".
type jsonTime float64

// UnmarshalJSON reads the time; what is no time counts as none.
func (t *jsonTime) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `" `)
	*t = -1
	if f, err := strconv.ParseFloat(s, 64); err == nil && f >= 0 && f < 1e10 {
		*t = jsonTime(f)
	} else if d, ok := clock(s); ok {
		*t = jsonTime(d.Seconds())
	}
	return nil
}

// jsonSpeaker is a name, a number or an object with a name.
type jsonSpeaker string

// UnmarshalJSON reads the name; anything else counts as no name.
func (p *jsonSpeaker) UnmarshalJSON(b []byte) error {
	var s string
	var o struct{ Name string }
	switch {
	case json.Unmarshal(b, &s) == nil:
		*p = jsonSpeaker(s)
	case len(b) > 0 && isDigit(b[0]):
		*p = jsonSpeaker("Speaker " + string(b))
	case json.Unmarshal(b, &o) == nil:
		*p = jsonSpeaker(o.Name)
	}
	return nil
}

// parseJSON reads a JSON transcript and the language it names.
func parseJSON(s string) (segs []Segment, language string, err error) {
	var doc jsonDocument
	if s[0] == '[' {
		err = decodeJSON(s, &doc.Segments)
	} else {
		err = decodeJSON(s, &doc)
	}
	if err != nil {
		return nil, "", refuse(Malformed, "its JSON cannot be read: %v", err)
	}
	language = languageTag(doc.Language)
	if list := doc.list(); len(list) > 0 {
		if len(list) > maxCues {
			return nil, "", refuse(TooLarge, "it has over %d segments", maxCues)
		}
		return joinCues(jsonCues(list)), language, nil
	}
	text := doc.Text
	if text == "" {
		_ = json.Unmarshal(doc.Transcript, &text) // no text, no transcript
	}
	if strings.TrimSpace(text) == "" {
		return nil, "", refuse(NotTranscript, "its JSON has no segments")
	}
	segs, err = parseText(strings.TrimSpace(text))
	return segs, language, err
}

// decodeJSON decodes the first value, and keeps what was read of a list that breaks off.
func decodeJSON(s string, into any) error {
	err := json.NewDecoder(strings.NewReader(s)).Decode(into)
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) || errors.Is(err, io.EOF) {
		return nil // one field of an unexpected kind; the others were read
	}
	return err
}

func (d *jsonDocument) list() []jsonSegment {
	for _, l := range [][]jsonSegment{d.Segments, d.Utterances, d.Cues, d.Captions} {
		if len(l) > 0 {
			return l
		}
	}
	var l []jsonSegment
	if json.Unmarshal(d.Transcript, &l) == nil && len(l) > 0 {
		return l
	}
	return d.Words
}

func jsonCues(list []jsonSegment) []cue {
	cues := make([]cue, 0, len(list))
	words := 0
	var last time.Duration
	for i := range list {
		g := &list[i]
		c := cue{speaker: oneLine(string(g.Speaker)), text: plainCue(firstOf(g.Body, g.Text, g.Content, g.Word))}
		if c.text == "" {
			continue
		}
		c.start, c.timed = timeOf(g.StartTime, g.Start, g.StartSnake)
		c.end, _ = timeOf(g.EndTime, g.End, g.EndSnake)
		words += countWords(c.text)
		last = max(last, c.start)
		cues = append(cues, c)
	}
	if last > spoken(words, 0.05) && words > 0 { // nobody speaks that slowly: these are milliseconds
		for i := range cues {
			cues[i].start /= 1000
			cues[i].end /= 1000
		}
	}
	return cues
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func timeOf(times ...*jsonTime) (time.Duration, bool) {
	for _, t := range times {
		if t != nil && *t >= 0 {
			return time.Duration(float64(*t)*1000+.5) * time.Millisecond, true
		}
	}
	return 0, false
}

// languageTag returns a BCP 47 tag in lower case, "" when s is none.
func languageTag(s string) string {
	s = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"))
	primary, _, _ := strings.Cut(s, "-")
	if len(primary) < 2 || len(primary) > 3 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return ""
	}
	return s
}
