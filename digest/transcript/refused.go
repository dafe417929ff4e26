package transcript

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reason is why a document is not used as a transcript.
type Reason string

// The reasons of a Refused.
const (
	Empty         Reason = "empty"            // nothing was said
	NotTranscript Reason = "not_a_transcript" // an error page, audio, a PDF, a page about something else
	TooShort      Reason = "too_short"        // fewer than MinWords words
	Malformed     Reason = "malformed"        // its format cannot be read
	TooLarge      Reason = "too_large"        // over MaxBytes or maxCues
	LowQuality    Reason = "low_quality"      // no language in it
)

// Refused is the error of a document that is no usable transcript. Asking for it again does not help.
type Refused struct {
	Reason Reason
	Detail string // one clause
}

// Error tells why the document was refused.
func (e *Refused) Error() string { return "not usable as a transcript: " + e.Detail }

func refuse(r Reason, format string, args ...any) error {
	return &Refused{Reason: r, Detail: fmt.Sprintf(format, args...)}
}

// Limits of one transcript.
const (
	MaxBytes = 10 << 20 // after decompression
	MinWords = 120      // fewer hold no insight, and are mostly placeholders

	maxCues  = 250_000 // a day of one-word captions
	sampled  = 2_000   // words looked at to judge the language
	distinct = 20      // of the words sampled, at least
)

// judge refuses segments that hold too little or no language.
func judge(segs []Segment) error {
	if len(segs) == 0 {
		return refuse(Empty, "it holds no words")
	}
	words, letters, marks := 0, 0, 0
	for _, s := range segs {
		words += countWords(s.Text)
		l, m := letterShare(s.Text)
		letters, marks = letters+l, marks+m
	}
	switch {
	case letters < marks:
		return refuse(LowQuality, "it holds more signs than letters")
	case words < MinWords:
		return refuse(TooShort, "it has %d words, at least %d are needed", words, MinWords)
	case words > sampled && !varied(segs):
		return refuse(LowQuality, "it repeats the same few words")
	}
	return nil
}

// letterShare counts letters and digits, and all other signs but spaces and punctuation.
func letterShare(s string) (letters, others int) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' {
				letters++
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			letters++
		case !unicode.IsPunct(r) && !unicode.IsSpace(r):
			others++
		}
	}
	return letters, others
}

// varied reports whether the beginning holds more than a few different words.
func varied(segs []Segment) bool {
	seen := make(map[string]bool, distinct)
	n := 0
	for _, s := range segs {
		for w := range strings.FieldsSeq(s.Text) {
			seen[w] = true
			if n++; n >= sampled || len(seen) >= distinct {
				return len(seen) >= distinct
			}
		}
		if cjk(s.Text) {
			return true
		}
	}
	return n < sampled
}
