package insight

// role says whether a speaker asks or answers.
type role uint8

const (
	guest       role = iota // or not known
	asker                   // asks a lot
	interviewer             // one of two main speakers, asks a lot and says little
)

// voice is what one speaker said.
type voice struct {
	words, sentences, questions int
}

func (v *voice) add(x *sentence) {
	v.words += len(x.words)
	v.sentences++
	if x.question {
		v.questions++
	}
}

func (v *voice) asks() float64 { return float64(v.questions) / float64(max(1, v.sentences)) }

func (s *script) voice(name string) *voice {
	v, ok := s.voices[name]
	if !ok {
		v = &voice{}
		s.voices[name] = v
	}
	return v
}

// A main speaker says more than mainShare of the words.
const mainShare = 0.04

// findRoles gives each turn its speaker's role.
func (s *script) findRoles() {
	roles := map[string]role{}
	for name := range s.voices {
		roles[name] = s.roleOf(name)
	}
	for i := range s.turns {
		s.turns[i].role = max(s.turns[i].role, roles[s.turns[i].speaker])
	}
}

// roleOf derives a speaker's role: interviewers ask clearly more than somebody else and say less than half.
func (s *script) roleOf(name string) role {
	mains, least := 0, 1.0
	for other, v := range s.voices {
		if other == "" || float64(v.words) <= mainShare*float64(s.said) {
			continue
		}
		mains++
		if other != name {
			least = min(least, v.asks())
		}
	}
	v := s.voices[name]
	share := float64(v.words) / float64(max(1, s.said))
	if name == "" || mains < 2 || v.asks() < 0.12 || v.asks() <= 1.8*least || share >= 0.45 {
		return guest
	}
	if mains == 2 && share < 0.38 {
		return interviewer
	}
	return asker
}

// markHosts makes the hosts that earlier episodes taught askers, when somebody else has a main part besides them.
func (s *script) markHosts(show *Show) {
	if show == nil || !s.hasGuest(show) {
		return
	}
	for i := range s.turns {
		if t := &s.turns[i]; t.speaker != "" && show.host(t.speaker) && s.voices[t.speaker].asks() >= hostAsks {
			t.role = max(t.role, asker)
		}
	}
}

// hostAsks is the share of questions from which a host counts as asking.
const hostAsks = 0.12

func (s *script) hasGuest(show *Show) bool {
	for name, v := range s.voices {
		if name != "" && !show.host(name) && float64(v.words) > mainShare*float64(s.said) {
			return true
		}
	}
	return false
}
