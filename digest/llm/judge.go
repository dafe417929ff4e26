package llm

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sashabaranov/go-openai"

	"podbrief/digest/insight"
)

// Judgement is what a recording of a model's answers is worth: how much of them the validator believes.
type Judgement struct {
	Calls, Failed int // chat calls, and those without a usable answer
	Words         int // of transcripts that were shown
	In, Out       int // tokens
	Micros        int64

	Claims, Verbatim, Kept int            // insights that were returned, those with a true quote, those that hold
	Refused                map[string]int // by reason

	Questions, Unanswerable   int
	Sentences, Cited, Uttered int // of answers: returned, with a verified citation, and shown
}

// wordsAnHour is how much people say in an hour of a podcast.
const wordsAnHour = 9000

// KeptPerHour is how many insights hold in an hour of talk.
func (j Judgement) KeptPerHour() float64 {
	return float64(j.Kept) * wordsAnHour / float64(max(1, j.Words))
}

// Judge reads a recording and judges its answers as they are judged when they come: the transcript's lines and the
// passages stand in the requests. Prices are as in Service.
func Judge(r io.Reader, prices map[string]Price) (Judgement, error) {
	j := Judgement{Refused: map[string]int{}}
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) > 0 {
			var x Exchange
			if err := json.Unmarshal(line, &x); err != nil {
				return j, fmt.Errorf("read recording, line %d: %w; delete that line", n, err)
			}
			j.add(x, prices)
		}
		if errors.Is(err, io.EOF) {
			return j, nil
		}
		if err != nil {
			return j, fmt.Errorf("read recording: %w", err)
		}
	}
}

// add judges one exchange; those that are no chat are passed over.
func (j *Judgement) add(x Exchange, prices map[string]Price) {
	var asked openai.ChatCompletionRequest
	if x.Path != "/chat/completions" || json.Unmarshal(x.Request, &asked) != nil || len(asked.Messages) < 2 {
		return
	}
	j.Calls++
	if strings.HasPrefix(x.Type, "text/event-stream") {
		if joined, err := joinStream(strings.NewReader(x.Response)); err == nil {
			x.Response = string(joined)
		}
	}
	var resp openai.ChatCompletionResponse
	if x.Status != 200 || json.Unmarshal([]byte(x.Response), &resp) != nil {
		j.Failed++
		return
	}
	j.In, j.Out = j.In+resp.Usage.PromptTokens, j.Out+resp.Usage.CompletionTokens
	j.Micros += (&Service{Prices: prices}).cost(asked.Model, resp.Usage).Micros
	object, err := objectIn(resp)
	if err != nil {
		j.Failed++
		return
	}
	switch user := asked.Messages[1].Content; {
	case strings.Contains(user, "<transcript>"):
		j.insights(user, object)
	case strings.Contains(user, "<passages>"):
		j.answer(user, object)
	}
}

var (
	shownLine    = regexp.MustCompile(`(?m)^L(\d+) (?:([^:\n]{1,60}): )?(.*)$`)
	shownPassage = regexp.MustCompile(`(?m)^\[(\d+)\] (.*)\n([^:\n]*): (.*)$`)
)

// insights judges the claims of one answer.
func (j *Judgement) insights(user string, object json.RawMessage) {
	told := shownSource(user)
	for _, l := range told.lines {
		j.Words += l.words()
	}
	var answer struct {
		Insights []claimed `json:"insights"`
	}
	if json.Unmarshal(object, &answer) != nil {
		j.Failed++
		return
	}
	for _, c := range answer.Insights {
		j.Claims++
		if c.First >= 1 && c.Last >= c.First && c.Last <= len(told.lines) {
			if _, ok := told.find(c); ok {
				j.Verbatim++
			}
		}
		if _, err := told.check(c); err != nil {
			j.Refused[figureless(err.Error())]++
		} else {
			j.Kept++
		}
	}
}

// shownSource is the transcript that a prompt shows. Names that stand before a line hold until the next.
func shownSource(user string) source {
	head, body, _ := strings.Cut(user, "<transcript>")
	told := source{header: head}
	speaker := ""
	for _, m := range shownLine.FindAllStringSubmatch(body, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil || n < 1 || n > 1e6 {
			continue
		}
		for len(told.lines) < n-1 {
			told.lines = append(told.lines, line{left: true}) // it was not shown
		}
		text := m[3]
		if m[2] != "" && strings.Contains(head, m[2]) {
			speaker = m[2]
		} else if m[2] != "" {
			text = m[2] + ": " + text
		}
		told.lines = append(told.lines, line{text: text, speaker: speaker})
	}
	return told
}

// answer judges the sentences of one answer.
func (j *Judgement) answer(user string, object json.RawMessage) {
	var said answered
	if json.Unmarshal(object, &said) != nil {
		j.Failed++
		return
	}
	j.Questions++
	if !said.Answerable {
		j.Unanswerable++
	}
	q := insight.Asking{}
	_, after, _ := strings.Cut("\n"+user, "\nQuestion: ")
	q.Question, _, _ = strings.Cut(after, "\n")
	_, passages, _ := strings.Cut(user, "<passages>\n")
	for _, m := range shownPassage.FindAllStringSubmatch(passages, -1) {
		q.Passages = append(q.Passages, insight.Passage{Podcast: m[2], Speaker: m[3], Text: m[4]})
	}
	for _, s := range said.Answer {
		j.Sentences++
		if slices.ContainsFunc(s.Citations, func(c citation) bool { _, ok := verify(q.Passages, c.Passage, c.Quote); return ok }) {
			j.Cited++
		}
	}
	j.Uttered += len((&Answerer{Service: &Service{}}).prove(q, said).Sentences)
}

var inQuotes = regexp.MustCompile(`"[^"]*"|\d+`)

// figureless is a reason without what differs from claim to claim.
func figureless(reason string) string { return inQuotes.ReplaceAllString(reason, "…") }

// Report writes a judgement for people. The figures of E13 and E14 are asked for in the project's protocol: at least 85 in
// a hundred quotes verbatim before anything is refused, and every sentence of an answer with a verified citation.
func (j Judgement) Report(w io.Writer) error {
	share := func(a, b int) string {
		return fmt.Sprintf("%d of %d (%.0f %%)", a, b, 100*float64(a)/float64(max(1, b)))
	}
	_, err := fmt.Fprintf(w, `calls          %d, of which %d without a usable answer
tokens         %d in, %d out, $%.4f
transcript     %d words shown, about %.1f hours
insights       %s kept, %.1f an hour
quotes         %s word for word (asked: 85 %%)
answers        %d, of which %d say that the passages do not answer
sentences      %s with a verified citation, %s shown
`, j.Calls, j.Failed, j.In, j.Out, float64(j.Micros)/1e6, j.Words, float64(j.Words)/wordsAnHour, share(j.Kept, j.Claims), j.KeptPerHour(),
		share(j.Verbatim, j.Claims), j.Questions, j.Unanswerable, share(j.Cited, j.Sentences), share(j.Uttered, j.Sentences))
	var reasons []string
	for r := range j.Refused {
		reasons = append(reasons, r)
	}
	slices.SortFunc(reasons, func(a, b string) int {
		if n := j.Refused[b] - j.Refused[a]; n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	for _, r := range reasons {
		_, werr := fmt.Fprintf(w, "refused %5d  %s\n", j.Refused[r], r)
		err = errors.Join(err, werr)
	}
	return err
}
