package insight

import "time"

// Most captions do not say who speaks. Then every sentence that may be somebody else's begins a new turn, so that no
// insight mixes two people; what is known of a speaker (how long they go on, whether they ask) is taken from the stretch
// between two sure signs.

// silentPause between two sentences is a sure sign of another speaker.
const silentPause = 2500 * time.Millisecond

// A turn that ends in a question is an interviewer's when it is shorter than this, in words; a longer one may hold the
// end of an answer.
const shortQuestion = 90

// mayChange reports whether somebody else may say x than the sentence before.
func (s *script) mayChange(x *sentence) bool {
	_, opens := s.lexicon.begins(x.tokens, 0, cueTurnOpener)
	return opens || s.surelyChanges(x)
}

func (s *script) surelyChanges(x *sentence) bool {
	before := &s.sentences[len(s.sentences)-1]
	return before.question || x.at-s.timeOf(before.stream, before.to-1) > silentPause
}

// guessTurns gives the turns from number first on the length of the stretch they lie in, and the role that their last
// sentence tells.
func (s *script) guessTurns(first int) {
	from, words := first, 0
	for i := first; i < len(s.turns); i++ {
		t := &s.turns[i]
		words += t.words
		if i+1 < len(s.turns) && !s.endsStretch(t) {
			continue
		}
		for k := from; k <= i; k++ {
			s.turns[k].words = words
		}
		if s.sentences[t.last].question {
			t.role = asker
			if words < shortQuestion {
				t.role = interviewer
			}
		}
		from, words = i+1, 0
	}
}

// endsStretch reports whether somebody else surely speaks after a turn.
func (s *script) endsStretch(t *turn) bool {
	last, next := &s.sentences[t.last], &s.sentences[t.last+1]
	return last.question || next.at-s.timeOf(last.stream, last.to-1) > silentPause
}
