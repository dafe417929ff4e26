package transcript

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// jsonDocument covers the Podcasting 2.0 format and what speech recognisers and players write. Most hold a list of
// stretches or words under one of these names, some of them one level deeper.
type jsonDocument struct {
	Language     string          `json:"language"`
	LanguageCode string          `json:"language_code"`
	Segments     []jsonSegment   `json:"segments"`
	Utterances   []jsonSegment   `json:"utterances"`
	Cues         []jsonSegment   `json:"cues"`
	Captions     []jsonSegment   `json:"captions"`
	Lines        []jsonSegment   `json:"transcription"`
	Events       []jsonSegment   `json:"events"`
	Items        []jsonSegment   `json:"items"`
	Monologues   []jsonMonologue `json:"monologues"`
	Results      json.RawMessage `json:"results"` // a document, or segments
	Channels     []jsonDocument  `json:"channels"`
	Alternatives []jsonDocument  `json:"alternatives"` // the likeliest first
	Words        []jsonSegment   `json:"words"`
	Transcripts  []jsonSegment   `json:"transcripts"`
	Transcript   json.RawMessage `json:"transcript"` // a text, or segments
	Text         string          `json:"text"`
}

// jsonMonologue is the words of one speaker.
type jsonMonologue struct {
	Speaker  jsonSpeaker   `json:"speaker"`
	Elements []jsonSegment `json:"elements"`
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
	language = languageTag(cmp.Or(doc.Language, doc.LanguageCode))
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

// list returns the stretches of a document, or else its words.
func (d *jsonDocument) list() []jsonSegment {
	for _, l := range [][]jsonSegment{d.Segments, d.Utterances, d.Cues, d.Captions, d.Lines, d.Events, d.Items, d.said(), d.inner(), d.Transcripts} {
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

// said joins the words of all speakers.
func (d *jsonDocument) said() []jsonSegment {
	var out []jsonSegment
	for _, m := range d.Monologues {
		for _, e := range m.Elements {
			e.Speaker = m.Speaker
			out = append(out, e)
		}
	}
	return out
}

// inner returns what stands one level deeper. A recording of several channels has the same talk in each.
func (d *jsonDocument) inner() []jsonSegment {
	var list []jsonSegment
	if json.Unmarshal(d.Results, &list) == nil && len(list) > 0 {
		return list
	}
	var deeper jsonDocument
	if json.Unmarshal(d.Results, &deeper) == nil {
		if list = deeper.list(); len(list) > 0 {
			return list
		}
	}
	for _, docs := range [][]jsonDocument{d.Channels, d.Alternatives} {
		if len(docs) > 0 {
			return docs[0].list()
		}
	}
	return nil
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
