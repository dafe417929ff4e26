package transcript

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// jsonSegment is a stretch or a word; which fields are set depends on the program that wrote it.
type jsonSegment struct {
	StartTime  *jsonTime `json:"startTime"`
	EndTime    *jsonTime `json:"endTime"`
	Start      *jsonTime `json:"start"`
	End        *jsonTime `json:"end"`
	StartSnake *jsonTime `json:"start_time"`
	EndSnake   *jsonTime `json:"end_time"`
	TS         *jsonTime `json:"ts"`
	EndTS      *jsonTime `json:"end_ts"`
	StartMs    *float64  `json:"tStartMs"`
	LengthMs   float64   `json:"dDurationMs"`
	Timestamps struct {
		From *jsonTime `json:"from"`
		To   *jsonTime `json:"to"`
	} `json:"timestamps"`

	Speaker      jsonSpeaker `json:"speaker"`
	SpeakerLabel string      `json:"speaker_label"`
	Voice        string      `json:"voice"`

	Body         string        `json:"body"`
	Text         string        `json:"text"`
	Content      string        `json:"content"`
	Transcript   string        `json:"transcript"`
	Punctuated   string        `json:"punctuated_word"`
	Word         string        `json:"word"`
	Value        string        `json:"value"`
	UTF8         string        `json:"utf8"`
	Alternatives []jsonSegment `json:"alternatives"` // the likeliest first
	Words        []jsonSegment `json:"words"`
	Parts        []jsonSegment `json:"segs"`
}

// jsonTime is a time in seconds, written as a number, a number in quotes, "1.5s" or "00:01:02.5".
type jsonTime float64

// UnmarshalJSON reads the time; what is no time counts as none.
func (t *jsonTime) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `" `)
	*t = -1
	if f, err := strconv.ParseFloat(strings.TrimSuffix(s, "s"), 64); err == nil && f >= 0 && f < 1e10 {
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

// jsonCues makes captions of segments. A mark that stands by itself belongs to the word before it.
func jsonCues(list []jsonSegment) []cue {
	cues := make([]cue, 0, len(list))
	words := 0
	var last time.Duration
	for i := range list {
		c := list[i].cue()
		if c.text == "" {
			continue
		}
		if n := len(cues); n > 0 && strings.Trim(c.text, ".,;:?!…。，、？！") == "" {
			cues[n-1].text += c.text
			continue
		}
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

// cue makes a caption of a segment, of whose alternatives the first counts.
func (g *jsonSegment) cue() cue {
	c := cue{
		speaker: oneLine(cmp.Or(g.Voice, string(g.Speaker), g.SpeakerLabel)),
		text:    plainCue(cmp.Or(g.Body, g.Text, g.Content, g.Transcript, g.Punctuated, g.Word, g.Value, g.UTF8, g.parts())),
	}
	c.start, c.timed = timeOf(g.StartTime, g.Start, g.StartSnake, g.TS, g.Timestamps.From)
	c.end, _ = timeOf(g.EndTime, g.End, g.EndSnake, g.EndTS, g.Timestamps.To)
	if g.StartMs != nil && *g.StartMs >= 0 && *g.StartMs < 1e12 {
		c.start, c.timed = time.Duration(*g.StartMs)*time.Millisecond, true
		c.end = c.start + time.Duration(max(0, min(g.LengthMs, 1e9)))*time.Millisecond
	}
	if len(g.Alternatives) > 0 && c.text == "" {
		inner := g.Alternatives[0].cue()
		c.text, c.speaker = inner.text, cmp.Or(c.speaker, inner.speaker)
		if !c.timed {
			c.start, c.timed = inner.start, inner.timed
		}
	}
	if !c.timed && len(g.Words) > 0 {
		first := g.Words[0].cue()
		c.start, c.timed = first.start, first.timed
	}
	return c
}

// parts joins the pieces of a caption.
func (g *jsonSegment) parts() string {
	text := ""
	for i := range g.Parts {
		text += g.Parts[i].UTF8
	}
	return text
}

func timeOf(times ...*jsonTime) (time.Duration, bool) {
	for _, t := range times {
		if t != nil && *t >= 0 {
			return time.Duration(float64(*t)*1000+.5) * time.Millisecond, true
		}
	}
	return 0, false
}
