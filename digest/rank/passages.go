package rank

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

// How passages are cut and scored; 120 words and the neighbours' third were best at finding chapters by their titles.
const (
	passageWords  = 120
	longestPiece  = 180 // a stretch with more words is cut at its sentences
	neighbour     = 0.3 // of the scores of the passages before and after
	wordsPerSpeak = 2.7 // words a second, where times are unknown
)

// Passages returns the n passages that are closest to a question, the best first. from are the stretches of one or more
// transcripts, each transcript's in order; they are joined or cut to passages of about 120 words. Score is set.
//
// A passage in which several speak names the one who says most; a line break stands where the speaker changes.
func Passages(question string, from []insight.Passage, n int) []insight.Passage {
	all := join(from)
	scores := passageScores(question, all)
	var order []int
	for i := range all {
		all[i].Score = scores[i]
		for _, j := range []int{i - 1, i + 1} {
			if j >= 0 && j < len(all) && all[j].Episode == all[i].Episode {
				all[i].Score += neighbour * scores[j]
			}
		}
		if scores[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(all[j].Score, all[i].Score) })
	var out []insight.Passage
	for _, i := range firstOf(order, n) {
		out = append(out, all[i])
	}
	return out
}

// passageScores returns the BM25 of each passage for a question, with the passages as the corpus.
func passageScores(question string, all []insight.Passage) []float64 {
	v := newVocabulary()
	var terms []term
	for _, t := range v.addAll(nil, question) {
		if !v.stop[t] {
			terms = append(terms, t)
		}
	}
	slices.Sort(terms)
	terms = slices.Compact(terms)
	var texts lists
	lengths, total := make([]int, len(all)), 0
	for i, p := range all {
		for _, c := range countTerms(nil, v.addAll(nil, p.Text), v.stop) {
			lengths[i] += c.count()
			texts.add(c.term(), newPosting(i, c.count()))
		}
		total += lengths[i]
	}
	average := float64(total)/float64(max(1, len(all))) + 1e-9
	scores := make([]float64, len(all))
	for _, t := range terms {
		weight := idf(len(all), texts.count(t))
		for _, hit := range texts.get(t, 0) {
			scores[hit.doc()] += weight * saturate(float64(hit.count()), float64(lengths[hit.doc()]), average)
		}
	}
	return scores
}

// joined is a passage that is growing.
type joined struct {
	insight.Passage
	words  int
	spoken map[string]int // words by speaker
	last   string         // who spoke last
}

// join makes passages of about passageWords words out of stretches.
func join(from []insight.Passage) []insight.Passage {
	var out []insight.Passage
	var now joined
	flush := func() {
		if now.words > 0 {
			now.Speaker = talker(now.spoken)
			out = append(out, now.Passage)
		}
		now = joined{}
	}
	for i, p := range from {
		end := time.Duration(0)
		if i+1 < len(from) && from[i+1].Episode == p.Episode {
			end = from[i+1].Start
		}
		for _, piece := range pieces(p, end) {
			n := len(strings.Fields(piece.Text))
			if now.words > 0 && (now.Episode != piece.Episode || now.words+n/2 > passageWords) {
				flush()
			}
			now.grow(piece, n)
		}
	}
	flush()
	return out
}

func (j *joined) grow(p insight.Passage, words int) {
	if words == 0 {
		return
	}
	if j.words == 0 {
		j.Passage, j.spoken = p, map[string]int{}
	} else {
		between := " "
		if p.Speaker != j.last {
			between = "\n"
		}
		j.Text += between + p.Text
	}
	j.words += words
	j.last = p.Speaker
	j.spoken[p.Speaker] += words
}

// talker returns who says most; of equals the first by name.
func talker(spoken map[string]int) string {
	who, most := "", 0
	for _, name := range sortedKeys(spoken) {
		if spoken[name] > most {
			who, most = name, spoken[name]
		}
	}
	return who
}

// pieces cuts a long stretch at the ends of its sentences. end is when the next one starts, 0 when that is not known.
func pieces(p insight.Passage, end time.Duration) []insight.Passage {
	words := len(strings.Fields(p.Text))
	if words <= longestPiece {
		return []insight.Passage{p}
	}
	var out []insight.Passage
	said := 0
	for _, text := range cut(p.Text) {
		piece := p
		piece.Text = text
		if said > 0 && p.Timing != transcript.Unknown {
			piece.Start = p.Start + within(p.Start, end, said, words)
			piece.Timing = transcript.Interpolated
		}
		said += len(strings.Fields(text))
		out = append(out, piece)
	}
	return out
}

// within returns how long after start the said-th of a stretch's words is spoken.
func within(start, end time.Duration, said, words int) time.Duration {
	slow := time.Duration(float64(said) / wordsPerSpeak * float64(time.Second))
	if end <= start {
		return slow
	}
	return min(slow, (end-start)*time.Duration(said)/time.Duration(words))
}

// cut splits a text into parts of about passageWords words at the ends of sentences, or anywhere when sentences have no
// end.
func cut(text string) []string {
	var out []string
	start, words, inWord := 0, 0, false
	for i, r := range text {
		if r != ' ' && r != '\n' {
			inWord = true
			continue
		}
		if inWord {
			words++
			inWord = false
		}
		ended := i > 0 && strings.ContainsRune(".?!", rune(text[i-1]))
		if words >= passageWords && ended || words >= longestPiece {
			out = append(out, strings.TrimSpace(text[start:i]))
			start, words = i, 0
		}
	}
	if rest := strings.TrimSpace(text[start:]); rest != "" {
		out = append(out, rest)
	}
	return out
}
