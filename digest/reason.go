package digest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// fresh is how young an episode is whose age is worth a word.
const fresh = 48 * time.Hour

// reason says in one sentence, in plain words, why a pick was chosen.
func reason(p Pick, now time.Time) string {
	var why string
	switch {
	case p.Source == "follow":
		why = "You follow this podcast"
	case p.Topic == "":
		why = "One of the strongest claims of what was scanned"
	case mentions(p.Insight.Text, p.Topic):
		why = fmt.Sprintf("It speaks of %s", p.Topic)
	case mentions(p.Episode.Title, p.Topic):
		why = fmt.Sprintf("The episode is about %s", p.Topic)
	case mentions(p.Podcast, p.Topic):
		why = fmt.Sprintf("The podcast is about %s", p.Topic)
	default:
		why = fmt.Sprintf("Close to %s", p.Topic)
	}
	var more []string
	if p.Scores.Quality >= strong && p.Topic != "" {
		more = append(more, "a strong claim")
	}
	if age := now.Sub(p.Episode.Published); !p.Episode.Published.IsZero() && age >= 0 && age < fresh {
		more = append(more, "a new episode")
	}
	if p.Scores.Taste > 0 {
		more = append(more, "close to what was liked here")
	}
	if p.Insight.FromNotes() {
		more = append(more, "taken from the show notes, as there is no transcript")
	}
	return strings.Join(slices.Concat([]string{why}, more), "; ") + "."
}

// strong is the quality from which a claim is called strong: two of three such claims were rated good.
const strong = 0.5

// mentions reports whether a text holds a topic's words, one beside the other, whatever their case and the ends of
// the words.
func mentions(text, topic string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), notInWord)
	want := strings.FieldsFunc(strings.ToLower(topic), notInWord)
	if len(want) == 0 {
		return false
	}
	for i := 0; i+len(want) <= len(words); i++ {
		if slices.EqualFunc(words[i:i+len(want)], want, sameWord) {
			return true
		}
	}
	return false
}

func notInWord(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && r < 0x80 && r != '+' && r != '#'
}

// sameWord reports whether two words are equal but for a plural's s.
func sameWord(a, b string) bool { return strings.TrimSuffix(a, "s") == strings.TrimSuffix(b, "s") }
