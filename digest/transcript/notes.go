package transcript

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"podbrief/digest/feed"
)

// Notes is the Source of last resort: an episode's show notes, marked as such by the Transcript's Source "notes".
type Notes struct{}

const minNotes = 30 // words; fewer hold no insight

// Transcript returns the whole sentences of the show notes, a paragraph a segment, without links, sponsors, lists and
// housekeeping. The error wraps ErrNone when too little remains.
func (Notes) Transcript(_ context.Context, ep feed.Episode) (*Transcript, error) {
	t := &Transcript{Source: "notes", URL: ep.Link, Language: languageTag(ep.Language)}
	words := 0
	for line := range strings.SplitSeq(unwrap(ep.Notes), "\n") {
		text := usefulSentences(line)
		if text == "" {
			continue
		}
		words += countWords(text)
		t.Segments = append(t.Segments, Segment{Timing: Unknown, Text: text})
	}
	if words < minNotes {
		return nil, fmt.Errorf("read show notes of %q: %d useful words: %w", ep.Title, words, ErrNone)
	}
	return t, nil
}

// unwrap joins a line that begins with a small letter to the one before it.
func unwrap(s string) string {
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		line = strings.TrimSpace(line)
		r, _ := utf8.DecodeRuneInString(line)
		switch {
		case i == 0:
		case unicode.IsLower(r):
			b.WriteByte(' ')
		default:
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return b.String()
}

var (
	webAddress = regexp.MustCompile(`https?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|io|org|dev|fm|ai|net|co)(?:/\S*)?`)
	notesLink  = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	// housekeeping is what notes say besides the episode's content.
	housekeeping = regexp.MustCompile(`(?i)sponsor|brought to you|promo code|coupon|discount|\d+% off|free trial|sign up|patreon|\bdonate|\bmerch\b|` +
		`subscribe|newsletter|join (?:us|our)\b|become a member|follow (?:us|me)\b|(?:on|via) (?:x|twitter|linkedin|instagram|mastodon|tiktok|youtube)\b|` +
		`support (?:this|our|the (?:show|podcast))\b|\brate (?:and|us)\b|leave (?:us )?a (?:review|rating)|(?:your|send|us) feedback|edit this page|` +
		`something missing|hit us up|show notes|(?:full|read the) transcript|hosted by|produced by|music by|theme song|all rights reserved|` +
		`copyright (?:©|\(c\)|\d)|ad choices|privacy policy|learn more (?:about|at)`)
)

// usefulSentences returns the sentences of a paragraph that say something, "" when none does.
func usefulSentences(line string) string {
	line = oneLine(notesLink.ReplaceAllString(line, "$1"))
	bare := strings.TrimLeft(line, " -*#>•–—\t0123456789.)")
	if _, _, timed := clockAt(strings.TrimLeft(line, " -*•–—")); timed {
		return ""
	}
	var kept []string
	for _, s := range sentences(bare) {
		if countWords(s) >= 5 && sentenceEnd(strings.TrimRight(s, ")’'")) && !webAddress.MatchString(s) && !housekeeping.MatchString(s) {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " ")
}

// sentences cuts a paragraph after the ends of sentences that a capital letter or a quotation follows.
func sentences(s string) []string {
	var out []string
	from := 0
	for i := 0; i+2 < len(s); i++ {
		if s[i+1] == ' ' && sentenceEnd(s[from:i+1]) && !abbreviation(s[from:i+1]) && !('a' <= s[i+2] && s[i+2] <= 'z') {
			out = append(out, s[from:i+1])
			from = i + 2
		}
	}
	return append(out, s[from:])
}

// abbreviation reports whether s ends in a full stop that ends no sentence.
func abbreviation(s string) bool {
	word := s[strings.LastIndexByte(s, ' ')+1:]
	switch strings.ToLower(word) {
	case "mr.", "mrs.", "ms.", "dr.", "prof.", "vs.", "e.g.", "i.e.", "st.", "inc.", "no.":
		return true
	}
	return len(word) == 2 && word[1] == '.'
}
