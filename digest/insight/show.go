package insight

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"podbrief/digest/feed"
	"podbrief/digest/transcript"
)

// Show is what earlier episodes taught about one podcast: what it repeats (ads, intros), and who its hosts are. It is
// kept as a record by the caller, one a podcast; its size is bounded at about half a megabyte. The zero value knows
// nothing yet. It is not safe for concurrent writes; extracting only reads it.
type Show struct {
	// Heard counts the episodes learned.
	Heard int `json:"heard"`
	// Recent holds the shingles of the newest episodes learned, oldest first.
	Recent []Heard `json:"recent,omitempty"`
	// Repeated holds, in order, the shingles that two episodes had, with the count of Heard when they were last seen.
	Repeated Shingles `json:"repeated,omitempty"`
	Seen     []int    `json:"seen,omitempty"`
	// Voices counts the episodes in which a speaker said a good part.
	Voices map[string]int `json:"voices,omitempty"`
}

// Heard is what is remembered of one episode word by word.
type Heard struct {
	Episode  string   `json:"episode"`
	Shingles Shingles `json:"shingles"` // in order
}

// Shingles are hashes of seven words in a row.
type Shingles []uint32

// Bounds of what a Show remembers.
const (
	shingleWords    = 7
	recentEpisodes  = 6
	forgottenAfter  = 50     // episodes
	mostShingles    = 30_000 // of one episode, and repeated ones
	mostVoices      = 200
	hostShare       = 0.3 // of the episodes
	hostEpisodes    = 3
	goodPart        = 0.05 // of an episode's words
	repeatedPart    = 0.5  // of a sentence's shingles
	repeatedSection = 0.4  // of a paragraph's sentences
	repeatedLongest = 400  // words of a paragraph that is boilerplate as a whole
	rerunPart       = 0.5  // of an episode's sentences
)

// MarshalText writes shingles in base64.
func (h Shingles) MarshalText() ([]byte, error) {
	raw := make([]byte, 0, 4*len(h))
	for _, v := range h {
		raw = binary.LittleEndian.AppendUint32(raw, v)
	}
	return base64.StdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText reads what MarshalText writes.
func (h *Shingles) UnmarshalText(text []byte) error {
	raw, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return fmt.Errorf("decode shingles: %w", err)
	}
	if len(raw)%4 != 0 {
		return fmt.Errorf("decode shingles: %d bytes are no whole number of them", len(raw))
	}
	*h = make(Shingles, 0, len(raw)/4)
	for ; len(raw) > 0; raw = raw[4:] {
		*h = append(*h, binary.LittleEndian.Uint32(raw))
	}
	return nil
}

// Learn remembers an episode: what it says word by word, and who speaks. An episode learned twice counts once as long as
// it is among the newest ones.
func (s *Show) Learn(ep feed.Episode, t *transcript.Transcript) {
	if t == nil || t.FromNotes() || s.remembers(ep.ID) {
		return
	}
	script := readScript(english(), t, false)
	all := script.allShingles()
	s.Heard++
	s.promote(all)
	s.Recent = append(s.Recent, Heard{ep.ID, all})
	if n := len(s.Recent) - recentEpisodes; n > 0 {
		s.Recent = slices.Delete(s.Recent, 0, n)
	}
	s.learnVoices(script)
}

func (s *Show) remembers(episode string) bool {
	return episode != "" && slices.ContainsFunc(s.Recent, func(h Heard) bool { return h.Episode == episode })
}

// promote adds the shingles that an earlier episode had too to the repeated ones, and forgets those not seen for long.
func (s *Show) promote(fresh Shingles) {
	last := map[uint32]int{}
	for i, h := range s.Repeated {
		if i < len(s.Seen) && s.Heard-s.Seen[i] <= forgottenAfter {
			last[h] = s.Seen[i]
		}
	}
	for _, h := range fresh {
		if _, known := last[h]; known || s.recently(h, "") {
			last[h] = s.Heard
		}
	}
	keys := slices.Collect(maps.Keys(last))
	slices.SortFunc(keys, func(a, b uint32) int { return cmp.Or(cmp.Compare(last[b], last[a]), cmp.Compare(a, b)) })
	keys = keys[:min(len(keys), mostShingles)]
	slices.Sort(keys)
	s.Repeated, s.Seen = keys, s.Seen[:0]
	for _, h := range keys {
		s.Seen = append(s.Seen, last[h])
	}
}

// recently reports whether one of the newest episodes, but not the one named, holds a shingle.
func (s *Show) recently(h uint32, except string) bool {
	for i := range s.Recent {
		if except == "" || s.Recent[i].Episode != except {
			if _, ok := slices.BinarySearch(s.Recent[i].Shingles, h); ok {
				return true
			}
		}
	}
	return false
}

// repeats reports whether an episode other than the one named holds a shingle.
func (s *Show) repeats(h uint32, episode string) bool {
	if s.recently(h, episode) {
		return true
	}
	_, ok := slices.BinarySearch(s.Repeated, h)
	return ok
}

func (s *Show) learnVoices(script *script) {
	if s.Voices == nil {
		s.Voices = map[string]int{}
	}
	for name, v := range script.voices {
		if name != "" && float64(v.words) > goodPart*float64(script.said) && (s.Voices[name] > 0 || len(s.Voices) < mostVoices) {
			s.Voices[name]++
		}
	}
}

// host reports whether a name belongs to one of the podcast's hosts.
func (s *Show) host(name string) bool {
	n := s.Voices[name]
	return n >= hostEpisodes && float64(n) > hostShare*float64(s.Heard)
}

// shinglesOf returns the hashes of a sentence's shingles.
func (s *script) shinglesOf(x *sentence) []uint32 {
	var out []uint32
	for i := 0; i+shingleWords <= len(x.words); i++ {
		h := uint32(2166136261) // FNV-1a over the words and a separator
		for _, w := range x.words[i : i+shingleWords] {
			for _, c := range []byte(s.lexicon.words[w.word].text) {
				h = (h ^ uint32(c)) * 16777619
			}
			h = (h ^ ' ') * 16777619
		}
		out = append(out, h)
	}
	return out
}

// allShingles returns the shingles of an episode, in order.
func (s *script) allShingles() Shingles {
	var out Shingles
	for i := range s.sentences {
		out = append(out, s.shinglesOf(&s.sentences[i])...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.Clip(out[:min(len(out), mostShingles)])
}

// markRepeated marks the sentences and paragraphs that other episodes of the podcast have as well.
func (s *script) markRepeated(show *Show, episode string) {
	if show == nil || show.Heard == 0 {
		return
	}
	marked := 0
	for i := range s.sentences {
		if s.isRepeated(&s.sentences[i], show, episode) {
			s.sentences[i].repeated = true
			marked++
		}
	}
	if float64(marked) > rerunPart*float64(len(s.sentences)) {
		s.unmarkRepeated() // a rerun of an earlier episode: all of it is said twice, and none of it is an ad for that
		return
	}
	for i := range s.paragraphs {
		p := &s.paragraphs[i]
		hot := 0
		for k := p.first; k <= p.last; k++ {
			if s.sentences[k].repeated {
				hot++
			}
		}
		p.repeated = p.words < repeatedLongest && float64(hot) >= repeatedSection*float64(p.last-p.first+1)
	}
}

func (s *script) unmarkRepeated() {
	for i := range s.sentences {
		s.sentences[i].repeated = false
	}
}

// isRepeated reports whether at least half of a sentence's shingles are known from other episodes.
func (s *script) isRepeated(x *sentence, show *Show, episode string) bool {
	hashes := s.shinglesOf(x)
	known := 0
	for _, h := range hashes {
		if show.repeats(h, episode) {
			known++
		}
	}
	return len(hashes) >= 3 && float64(known) >= repeatedPart*float64(len(hashes))
}
