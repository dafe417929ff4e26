package insight

import "strings"

// isAd is the score from which a paragraph counts as an ad read.
const isAd = 1.0

// nearAd is the score of a paragraph that makes its neighbours in the turn suspect.
const nearAd = 1.2

// scoreAds scores every paragraph by how much it sounds like an ad read.
func (s *script) scoreAds() {
	own := make([]float64, len(s.paragraphs))
	for i, p := range s.paragraphs {
		own[i] = s.adScore(p)
	}
	for i := range s.paragraphs {
		p := &s.paragraphs[i]
		p.ad = own[i]
		for _, d := range [...]int{-2, -1, 1, 2} {
			if k := i + d; k >= 0 && k < len(own) && own[k] >= nearAd && (s.sameTurn(i, k) || s.unnamed(i, k)) {
				p.ad += 0.45 / float64(max(d, -d))
			}
		}
	}
}

// How far an ad read goes on behind its opening, in words.
const (
	adLongest = 420 // to its last words
	adCallIn  = 330 // to a call to buy, when it has no last words
)

// markAdReads marks the sentences from the opening of an ad read to its last words or its last call to buy. What lies
// between may sound like anybody's advice.
func (s *script) markAdReads() {
	for i := range s.sentences {
		if s.sentences[i].counts[cueAdStart] == 0 || s.sentences[i].ad {
			continue
		}
		for k := i; k <= s.adReadEnd(i); k++ {
			s.sentences[k].ad = true
		}
	}
}

// adReadEnd returns the last sentence of the ad read that sentence i opens. What begins with it behind a break is one as
// a whole.
func (s *script) adReadEnd(i int) int {
	end, words := i, 0
	if t := &s.turns[s.sentences[i].turn]; i <= t.first+1 && t.words <= adLongest && s.afterBreak(i) {
		end = t.last
	}
	for k := i; k < len(s.sentences) && words < adLongest; k++ {
		x := &s.sentences[k]
		words += len(x.words)
		if x.counts[cueAdEnd] > 0 {
			return k
		}
		if x.counts[cueAdCall] > 0 && words < adCallIn {
			end = max(end, k)
		}
	}
	return end
}

// afterBreak reports whether a break was cut out just before the turn of sentence i.
func (s *script) afterBreak(i int) bool {
	first := &s.sentences[s.turns[s.sentences[i].turn].first]
	n, _ := first.stream.place(first.from)
	return s.transcript.Segments[n].Break
}

func (s *script) sameTurn(i, k int) bool {
	return s.sentences[s.paragraphs[i].first].turn == s.sentences[s.paragraphs[k].first].turn
}

// unnamed reports whether nobody knows who says two paragraphs, so that one ad read may go over several turns.
func (s *script) unnamed(i, k int) bool {
	a, b := s.sentences[s.paragraphs[i].first].turn, s.sentences[s.paragraphs[k].first].turn
	return !s.reference && s.turns[a].speaker == "" && s.turns[b].speaker == ""
}

func (s *script) adScore(p paragraph) float64 {
	var starts, calls, praise int
	for i := p.first; i <= p.last; i++ {
		x := &s.sentences[i]
		starts += int(x.counts[cueAdStart])
		calls += int(x.counts[cueAdCall])
		praise += int(x.counts[cueAdCopy])
	}
	if starts+calls > 0 {
		return 1.2*float64(starts) + 0.8*float64(calls) + 0.35*float64(praise)
	}
	return 0.25 * float64(praise) * 40 / float64(max(15, p.words))
}

// adAt finds the marks of an ad at token i that are no fixed phrases: addresses, rebates, spelled names.
func (x *lexicon) adAt(s *sentence, i int, found func(cues uint64, last int)) {
	t := s.tokens[i]
	text := s.stream.text[:s.to]
	switch x.words[t.word].text {
	case "spelled":
		if i+1 < len(s.tokens) && s.tokens[i+1].end-s.tokens[i+1].start == 1 {
			found(1<<cueAdCall, i+1)
		}
	case "me":
		if x.namesProduct(s, i) {
			found(1<<cueAdStart, i+2)
		}
	}
	if c := text[t.start]; '0' <= c && c <= '9' && strings.HasPrefix(text[t.end:], "% off") {
		found(1<<cueAdCall, i)
	}
	if i > 0 && t.glue == '.' && x.english.sets["domain"][x.words[t.word].text] && x.isAddress(s, i) {
		found(1<<cueAdCall, i)
	}
}

// namesProduct reports whether "me" at token i belongs to "let me tell you about Acme," with a name and a pause.
func (x *lexicon) namesProduct(s *sentence, i int) bool {
	want := []string{"let", "me", "tell", "you", "about"}
	if i < 1 || i+4 >= len(s.tokens) {
		return false
	}
	for k, w := range want {
		if x.words[s.tokens[i-1+k].word].text != w {
			return false
		}
	}
	for k := i + 4; k < min(i+6, len(s.tokens)); k++ {
		if rest := s.stream.text[s.tokens[k].end:s.to]; rest != "" && (rest[0] == ',' || k == i+5 && rest[0] == '.') {
			return true
		}
	}
	return false
}

// isAddress reports whether the domain that ends at token i is followed by a path, or named after a call to go there.
func (x *lexicon) isAddress(s *sentence, i int) bool {
	rest := s.stream.text[s.tokens[i].end:s.to]
	if strings.HasPrefix(rest, "/") && len(rest) > 1 && startsWord(rune(rest[1])) || strings.HasPrefix(rest, " slash ") {
		return true
	}
	k := i - 1
	for k > 0 && s.tokens[k].joined() {
		k--
	}
	if k < 1 {
		return false
	}
	switch x.words[s.tokens[k-1].word].text {
	case "to", "at", "visit", "try":
		return true
	}
	return false
}
