package insight

import "strings"

// window is a run of sentences of one turn that may become an insight.
type window struct {
	first, last int // sentences
}

// Bounds of a window, in words.
const (
	fewestWords     = 26
	mostWords       = 68
	mostSentences   = 3
	shownFewest     = 24 // after trimming and clean-up
	longestSentence = 60 // longer ones are captions without punctuation
)

// Where in an episode nothing is taken: the welcome and the goodbye, as shares of its sentences.
const (
	welcomeEnds   = 0.02
	goodbyeBegins = 0.95
)

// windows returns all runs of sentences of an allowed length that pass the gates.
func (s *script) windows(withInterviewer bool) []window {
	var out []window
	for i := range s.sentences {
		if !s.mayBegin(i, withInterviewer) {
			continue
		}
		words := 0
		for j := i; j < len(s.sentences) && j < i+mostSentences && s.sentences[j].turn == s.sentences[i].turn; j++ {
			if words += len(s.sentences[j].words); words > mostWords || !s.mayHold(j) {
				break
			}
			if w := (window{i, j}); words >= fewestWords && s.mayEnd(w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// mayBegin reports whether sentence i can open a window: it needs nothing said before.
func (s *script) mayBegin(i int, withInterviewer bool) bool {
	x := &s.sentences[i]
	place := float64(i) / float64(len(s.sentences))
	if x.counts[cueBackward] > 0 || !s.notes && (place < welcomeEnds || place > goodbyeBegins) {
		return false
	}
	if s.notes && (x.counts[cueSelf] > 0 || x.counts[cueYou] > 0) {
		return false // notes speak of the show itself in these words
	}
	if s.turns[x.turn].role == interviewer && !withInterviewer {
		return false
	}
	return s.standsAlone(x) && (s.reference || s.opensWell(x))
}

// fewestOpening is the number of words below which a first sentence ("Right.") is no beginning.
const fewestOpening = 4

// opensWell holds a first sentence to more than the reference asks.
func (s *script) opensWell(x *sentence) bool {
	_, open := s.lexicon.begins(x.tokens, x.opening, cueOpenStart)
	return !open && len(x.words) >= fewestOpening && x.counts[cuePointing] == 0 && !x.halting() && !s.lexicon.unresolved(x) && !s.lexicon.leans(x) && !s.lexicon.hangs(x)
}

// standsAlone reports whether a sentence, without its lead-ins, neither points back nor opens a story.
func (s *script) standsAlone(x *sentence) bool {
	if x.opening < len(x.tokens) && int(x.tokens[x.opening].start)-x.from == x.lead {
		if _, points := s.lexicon.begins(x.tokens, x.opening, cueDeicticStart); points {
			return false
		}
		if _, tells := s.lexicon.begins(x.tokens, x.opening, cueStoryStart); tells {
			return false
		}
	}
	return s.lexicon.dangling(x) == 0
}

// mayHold reports whether sentence i can be part of a window.
func (s *script) mayHold(i int) bool {
	x := &s.sentences[i]
	p := &s.paragraphs[x.paragraph]
	return p.ad < isAd && !x.ad && !p.repeated && !x.repeated && !x.teaser && len(x.words) <= longestSentence &&
		x.counts[cueChatter] == 0 && x.counts[cueShowTalk] == 0 && (s.reference || x.counts[cueAside] == 0 && x.counts[cuePlug] == 0)
}

// mayEnd reports whether a window whose sentences pass may be cut here: no question left open, nothing broken off.
func (s *script) mayEnd(w window) bool {
	xs := s.sentences[w.first : w.last+1]
	questions := 0
	for i := range xs {
		if xs[i].question {
			questions++
		}
	}
	last := &xs[len(xs)-1]
	if last.question || questions > 1 || xs[0].question && len(xs) < 3 {
		return false
	}
	return !brokenOff(last.text()) && s.balanced(w) && (s.reference || s.endsWell(w))
}

// fewestEnding is the number of words below which a last sentence ("Okay.") is no end.
const fewestEnding = 3

// endsWell holds an end to more than the reference asks.
func (s *script) endsWell(w window) bool {
	last := &s.sentences[w.last]
	return finished(last.text()) && len(last.words) >= fewestEnding && !s.miscounts(w) && s.attributed(w)
}

func (s *script) balanced(w window) bool {
	x, y := &s.sentences[w.first], &s.sentences[w.last]
	if x.stream == y.stream {
		return balanced(x.stream.text[x.from:y.to])
	}
	var marks strings.Builder
	for i := w.first; i <= w.last; i++ {
		marks.WriteString(s.sentences[i].text())
	}
	return balanced(marks.String())
}

// balanced reports whether every quotation mark and bracket has its partner.
func balanced(s string) bool {
	return strings.Count(s, `"`)%2 == 0 && strings.Count(s, "“") == strings.Count(s, "”") &&
		strings.Count(s, "(") == strings.Count(s, ")")
}

// brokenOff reports whether s ends in a dash, an ellipsis or a comma.
func brokenOff(s string) bool {
	s = strings.TrimRight(s, " ")
	s = strings.TrimSuffix(strings.TrimSuffix(s, `"`), "”")
	for _, end := range []string{"-", "—", "–", "...", "…", ","} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// dangling counts the pronouns of a sentence, behind its lead-ins, that have too little before them to stand for.
func (x *lexicon) dangling(s *sentence) int {
	named, count := 0, 0
	for _, w := range s.words {
		if int(w.first) < s.opening {
			continue
		}
		text := x.words[w.word].text
		switch text {
		case "he", "she", "they", "him", "her", "them", "he's", "she's", "they're", "they've", "their", "his", "its",
			"it", "it's", "that's", "that":
			if named < 1 {
				count++
			}
		case "this", "these", "those":
			if named < 2 {
				count++
			}
		}
		if !x.words[w.word].stop && len(text) > 2 && !strings.HasSuffix(text, "n't") {
			named++
		}
	}
	return count
}

// Form says why a text may not be shown to readers, "" when it may: the gates once more, on the text as shown.
func Form(text string) string {
	s := plainSentence(text)
	x := s.lexicon
	switch n := len(s.words); {
	case n < shownFewest || n > mostWords:
		return "length"
	case !balanced(text):
		return "unbalanced"
	case strings.HasSuffix(strings.TrimRight(text, `"”') `), "?"):
		return "question"
	case brokenOff(text) || !finished(text):
		return "broken off"
	case s.counts[cueChatter] > 0 || s.counts[cueShowTalk] > 0 || s.counts[cueAside] > 0:
		return "chatter"
	}
	_, points := x.begins(s.tokens, 0, cueDeicticStart)
	_, tells := x.begins(s.tokens, 0, cueStoryStart)
	_, open := x.begins(s.tokens, 0, cueOpenStart)
	if points || tells || open {
		return "deictic start"
	}
	return ""
}
