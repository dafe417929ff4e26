package insight

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"podbrief/digest/transcript"
)

// script is a transcript made ready: sentences in order, with their turns and speakers.
type script struct {
	reference  bool // do only what the published reference does
	lexicon    *lexicon
	transcript *transcript.Transcript
	sentences  []sentence
	paragraphs []paragraph
	turns      []turn
	voices     map[string]*voice
	said       int  // words so far
	notes      bool // written, not said
}

// sentence is one sentence with what was counted in it.
type sentence struct {
	stream    *stream
	from, to  int // bytes in the stream
	paragraph int
	turn      int
	at        time.Duration // when it begins, estimated where the transcript has no times
	tokens    []token
	words     []whole
	terms     []int32
	counts    [cueCount]uint8
	names     []int32 // capitalised words that do not begin it
	nameFirst int32   // the capitalised word that begins it, -1 when none
	dashes    int
	question  bool
	lead      int // bytes of lead-ins at its beginning
	opening   int // the token where it begins after them
	claim     float64
	ad        bool // part of an ad read
	repeated  bool // said in other episodes too
	teaser    bool // said at the beginning and once more later, as trailers do
	replayed  bool // the later of the two

	// What markQuotations finds: whether it is somebody else's words, whether a quotation is open before and behind it, and
	// whether it may be read out though no mark tells.
	quoted, quotedBefore, quotedBehind, readOut bool
}

func (s *sentence) text() string { return s.stream.text[s.from:s.to] }

// paragraph is a stretch of sentences without a new line or, in captions, of about a hundred words.
type paragraph struct {
	first, last int // sentences
	words       int
	ad          float64
	repeated    bool
}

// turn is what one speaker says until another one speaks.
type turn struct {
	first, last int // sentences
	words       int
	speaker     string
	role        role
}

// stream is a text put together out of segments, in which sentences are found.
type stream struct {
	text   string
	pieces []piece
}

// piece is a stretch of a stream that was copied out of a segment byte by byte.
type piece struct {
	at      int // byte in the stream
	segment int
	from    int // byte in the segment's text
}

// place returns the segment and the byte in it that byte at of the stream was copied from.
func (s *stream) place(at int) (segment, offset int) {
	lo, hi := 0, len(s.pieces)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; s.pieces[mid].at <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	p := s.pieces[lo]
	return p.segment, p.from + at - p.at
}

// streamWriter puts a stream together.
type streamWriter struct {
	text   strings.Builder
	pieces []piece
}

// add appends a segment's text: white space becomes one space, stage directions such as "[laughter]" are left out.
func (w *streamWriter) add(number int, text string) {
	if w.text.Len() > 0 {
		w.text.WriteByte(' ') // belongs to the piece before; no sentence begins or ends on it
	}
	broken := true
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if skip := stageDirection(text[i:]); skip > 0 {
			i, broken = i+skip, true
			continue
		}
		if unicode.IsSpace(r) {
			broken = w.space() || broken || n > 1
			i += n
			continue
		}
		if broken {
			w.pieces, broken = append(w.pieces, piece{w.text.Len(), number, i}), false
		}
		w.text.WriteString(text[i : i+n])
		i += n
	}
}

// space writes a space unless one stands there already, and reports whether it was left out.
func (w *streamWriter) space() (left bool) {
	if s := w.text.String(); s == "" || s[len(s)-1] == ' ' {
		return true
	}
	w.text.WriteByte(' ')
	return false
}

func (w *streamWriter) stream() *stream { return &stream{w.text.String(), w.pieces} }

var stageWords = []string{"unintelligible", "inaudible", "crosstalk", "foreign language", "music", "applause", "silence", "laugh"}

// stageDirection returns the length of a bracketed stage direction or time mark at the beginning of s, 0 when none.
func stageDirection(s string) int {
	if s[0] != '[' && s[0] != '(' || len(s) < 3 {
		return 0
	}
	end := strings.IndexAny(s[:min(len(s), 60)], "])")
	if end < 0 {
		return 0
	}
	inner := strings.ToLower(s[1:end])
	if s[0] == '[' && strings.Trim(inner, "0123456789:.") == "" {
		return end + 1
	}
	_, second, _ := strings.Cut(inner, " ")
	for _, w := range stageWords {
		if strings.HasPrefix(inner, w) || w == "laugh" && strings.HasPrefix(second, w) {
			return end + 1
		}
	}
	return 0
}

// readScript makes a transcript ready. With reference it does only what the published reference does.
func readScript(l *language, t *transcript.Transcript, reference bool) *script {
	s := &script{reference: reference, notes: t.FromNotes(), lexicon: newLexicon(l), transcript: t, voices: map[string]*voice{}}
	captions := isCaptions(t)
	for from := 0; from < len(t.Segments); {
		to := from + 1
		for to < len(t.Segments) && t.Segments[to].Speaker == t.Segments[from].Speaker && !t.Segments[to].Break {
			to++
		}
		if captions {
			s.addCaptions(from, to)
		} else {
			s.addParagraphs(from, to)
		}
		from = to
	}
	s.findRoles()
	s.scoreAds()
	if !reference {
		s.markAdReads()
		s.markQuotations()
	}
	return s
}

// isCaptions reports whether segments are cut without regard to sentences, as captions are. A paragraph is never cut
// inside a sentence and is longer than a caption.
func isCaptions(t *transcript.Transcript) bool {
	words, ended := 0, 0
	for _, g := range t.Segments {
		words += 1 + strings.Count(g.Text, " ")
		if strings.HasSuffix(strings.TrimRight(g.Text, "\"”’') "), ".") || strings.ContainsAny(lastByte(g.Text), "?!…") {
			ended++
		}
	}
	switch t.Source {
	case "vtt", "srt", "ttml", "json", "speech":
		return true
	case "markdown", "notes":
		return false
	}
	n := len(t.Segments)
	return n > 0 && (words < 20*n && t.Segments[0].Speaker == "" || ended*2 < n && words < 25*n)
}

func lastByte(s string) string { return s[max(0, len(s)-1):] }

// addParagraphs adds segments of one speaker, each a paragraph. Without a speaker's name each is a turn.
func (s *script) addParagraphs(from, to int) {
	for i := from; i < to; i++ {
		g := s.transcript.Segments[i]
		newTurn, newParagraph := i == from || g.Speaker == "", true
		var w streamWriter
		w.add(i, g.Text)
		st := w.stream()
		eachSentence(st.text, func(a, b int) {
			s.put(s.readSentence(st, a, b), newTurn, newParagraph, g.Speaker)
			newTurn, newParagraph = false, false
		})
	}
}

// captionParagraph is how many words make a paragraph of captions with speakers.
const captionParagraph = 100

// addCaptions adds segments of one speaker that are cut anywhere: sentences are found in the joined text.
func (s *script) addCaptions(from, to int) {
	var w streamWriter
	for i := from; i < to; i++ {
		w.add(i, s.transcript.Segments[i].Text)
	}
	st := w.stream()
	name := s.transcript.Segments[from].Speaker
	start, words, first := true, 0, len(s.turns)
	eachSentence(st.text, func(a, b int) {
		for _, part := range splitLong(st, a, b) {
			x := s.readSentence(st, part[0], part[1])
			newTurn := start || name == "" && s.mayChange(&x)
			newParagraph := newTurn || words > captionParagraph
			if newParagraph {
				words = 0
			}
			words += len(x.words)
			s.put(x, newTurn, newParagraph, name)
			start = false
		}
	})
	if name == "" {
		s.guessTurns(first)
	}
}

// longSentence is the number of words after which captions without punctuation are cut at the end of a segment.
const longSentence = 60

// splitLong cuts a sentence that goes on and on, as captions without punctuation do.
func splitLong(st *stream, from, to int) [][2]int {
	if strings.Count(st.text[from:to], " ") < longSentence {
		return [][2]int{{from, to}}
	}
	var out [][2]int
	start, words, last := from, 0, -1
	for i := from; i < to; i++ {
		if st.text[i] != ' ' {
			continue
		}
		words++
		if n, _ := st.place(i + 1); words >= longSentence && n != last {
			out = append(out, [2]int{start, i})
			start, words = i+1, 0
		} else {
			last = n
		}
	}
	return append(out, [2]int{start, to})
}

// readSentence reads the sentence of st between two bytes.
func (s *script) readSentence(st *stream, from, to int) sentence {
	x := sentence{stream: st, from: from, to: to, at: s.timeOf(st, from)}
	x.tokens = s.lexicon.tokenize(make([]token, 0, (to-from)/5+2), st.text, from, to)
	x.words = s.lexicon.wholes(make([]whole, 0, len(x.tokens)), x.tokens)
	x.terms = make([]int32, 0, len(x.words))
	for _, w := range x.words {
		if term := s.lexicon.words[w.word].term; term >= 0 {
			x.terms = append(x.terms, term)
		}
	}
	x.question = asks(x.text(), s.reference)
	s.lexicon.count(&x)
	return x
}

var reTagQuestion = regexp.MustCompile(`(?i),\s*(?:right|okay|ok|yeah|you know|correct)\s*\?["”']*$`)

// asks reports whether a sentence is a question. One that ends in a tag (", right?") is a claim, unless tags
// count.
func asks(text string, tags bool) bool {
	text = strings.TrimRight(text, "\"”' ")
	return strings.HasSuffix(text, "?") && (tags || !reTagQuestion.MatchString(text))
}

// put appends a sentence to the last turn and paragraph, or to new ones.
func (s *script) put(x sentence, newTurn, newParagraph bool, name string) {
	n := len(s.sentences)
	if newTurn {
		s.turns = append(s.turns, turn{first: n, speaker: name})
	}
	if newParagraph {
		s.paragraphs = append(s.paragraphs, paragraph{first: n})
	}
	x.turn, x.paragraph = len(s.turns)-1, len(s.paragraphs)-1
	t, p := &s.turns[x.turn], &s.paragraphs[x.paragraph]
	t.last, p.last = n, n
	t.words += len(x.words)
	p.words += len(x.words)
	s.said += len(x.words)
	s.voice(name).add(&x)
	s.sentences = append(s.sentences, x)
}

// speechRate is how many words people say in a second; it stands in for missing times.
const speechRate = 2.7

// timeOf estimates when byte at of a stream is said.
func (s *script) timeOf(st *stream, at int) time.Duration {
	n, offset := st.place(at)
	g := s.transcript.Segments[n]
	if g.Timing == transcript.Unknown {
		return time.Duration(float64(s.said) / speechRate * float64(time.Second))
	}
	share := float64(offset) / float64(max(1, len(g.Text)))
	return g.Start + time.Duration(share*float64(g.End-g.Start))
}

// plainSentence reads any text as one sentence.
func plainSentence(text string) *looseSentence {
	s := &looseSentence{lexicon: newLexicon(english())}
	st := &stream{text: text}
	s.sentence = sentence{stream: st, to: len(text)}
	s.tokens = s.lexicon.tokenize(nil, text, 0, len(text))
	s.words = s.lexicon.wholes(nil, s.tokens)
	s.lexicon.count(&s.sentence)
	return s
}

// looseSentence is a sentence outside of an episode, with its own lexicon.
type looseSentence struct {
	sentence
	lexicon *lexicon
}
