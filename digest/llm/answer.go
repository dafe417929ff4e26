package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"podbrief/digest/insight"
)

// answerVersion names the prompt of answers.
const answerVersion = "answer-2"

// Bounds of an answer.
const (
	answerMaxOut    = 700 // tokens
	maxSentences    = 4
	maxNext         = 3
	maxEarlier      = 3 // turns of the thread that are shown
	minCitedWords   = 4 // of a citation's quote
	maxPassageRunes = 1800
	maxGap          = 300 // characters
	maxNextRunes    = 120
	minLoose        = 0.4 // share of the content words of what has no citation that stand in the question or the passages
	maxQuestion     = 600 // characters
)

// Answerer answers out of passages with a model. What it cannot prove it leaves out; when the model fails it answers as
// Builtin does. It is safe for concurrent use.
type Answerer struct {
	Service *Service         // required
	Builtin insight.Answerer // required
	Log     *slog.Logger     // required
}

// Answer returns the sentences whose citations stand verbatim in their passages. No sentence left means that the passages
// do not answer the question.
func (a *Answerer) Answer(ctx context.Context, q insight.Asking) (insight.Answer, error) {
	p, err := render(answerVersion, "user", asked(q))
	if err != nil {
		return insight.Answer{}, err
	}
	p.Model, p.MaxOut = a.Service.Models.Answer, answerMaxOut
	raw, err := a.ask(ctx, p)
	if err == nil {
		var said answered
		if err = json.Unmarshal(raw, &said); err == nil {
			return a.prove(q, said), nil
		}
	}
	if ctx.Err() != nil {
		return insight.Answer{}, fmt.Errorf("answer: %w", ctx.Err())
	}
	a.Log.Warn("built-in engine answers", "err", err)
	own, builtinErr := a.Builtin.Answer(ctx, q)
	own.Fallback = reasonOf(err)
	return own, builtinErr
}

func (a *Answerer) ask(ctx context.Context, p prompt) (json.RawMessage, error) {
	raw, err := a.Service.ask(ctx, p)
	if errors.Is(err, errNotJSON) {
		return a.Service.ask(ctx, p)
	}
	return raw, err
}

// answered is what a model answers.
type answered struct {
	Answerable bool `json:"answerable"`
	Answer     []struct {
		Sentence  string     `json:"sentence"`
		Citations []citation `json:"citations"`
	} `json:"answer"`
	Gap  string   `json:"gap"`
	Next []string `json:"next"`
}

// citation is where a model says that a sentence comes from.
type citation struct {
	Passage int    `json:"passage"`
	Quote   string `json:"quote"`
}

// prove keeps the sentences that have a verified citation and say nothing that it does not hold.
func (a *Answerer) prove(q insight.Asking, said answered) insight.Answer {
	answer := insight.Answer{Engine: "llm/" + a.Service.Models.Answer + "/" + answerVersion}
	if g := shorten(strings.TrimSpace(said.Gap), maxGap); loose(g, q) {
		answer.Gap = g
	}
	if !said.Answerable {
		return answer
	}
	for _, s := range said.Answer {
		if len(answer.Sentences) == maxSentences {
			break
		}
		proven := insight.Sentence{Text: strings.TrimSpace(s.Sentence)}
		for _, c := range s.Citations {
			if quote, ok := verify(q.Passages, c.Passage, c.Quote); ok {
				proven.Citations = append(proven.Citations, insight.Citation{Passage: c.Passage - 1, Quote: quote})
			}
		}
		if supported(proven, q) {
			answer.Sentences = append(answer.Sentences, proven)
		}
	}
	for _, n := range said.Next {
		if n = strings.TrimSpace(n); n != "" && len(answer.Next) < maxNext && len([]rune(n)) <= maxNextRunes && loose(n, q) {
			answer.Next = append(answer.Next, n)
		}
	}
	return answer
}

// verify returns the passage's own words that a citation's quote stands for. Numbers begin at 1.
func verify(passages []insight.Passage, number int, quote string) (string, bool) {
	if number < 1 || number > len(passages) || len(plainWords(quote)) < minCitedWords {
		return "", false
	}
	text := passages[number-1].Text
	s := source{lines: []line{{text: text}}}
	at, ok := s.find(claimed{First: 1, Last: 1, Quote: quote})
	if !ok || insight.Instructs(text[at.from:at.to]) {
		return "", false
	}
	return text[at.from:at.to], true
}

// supported reports whether the passages that a sentence cites hold what it says.
func supported(s insight.Sentence, q insight.Asking) bool {
	if len(s.Citations) == 0 || s.Text == "" || insight.Unsafe(s.Text) || insight.Instructs(s.Text) {
		return false
	}
	names := q.Question
	var said, sentences strings.Builder
	for _, c := range s.Citations {
		p := q.Passages[c.Passage]
		names += fmt.Sprintf(" %s %s %s %s", p.Podcast, p.Title, p.Speaker, p.Published.Format("2 January 2006 2006-01-02"))
		fmt.Fprintf(&said, "%s ", p.Text)
		at := max(0, strings.Index(p.Text, c.Quote))
		fmt.Fprintf(&sentences, "%s ", touched(p.Text, at, at+len(c.Quote)))
	}
	e := evidence{tongue: tongueOf(said.String()), said: said.String(), sentence: sentences.String(), near: said.String(), names: names}
	if t := tongueOf(s.Text); t.name != e.name && t.name != "" && e.name != "" { // the asker's language is not the podcast's
		return e.abroad(s.Text, t)
	}
	return e.disproof(s.Text) == nil && shared(s.Text, e.said+" "+e.names) >= minGrounding
}

// code are marks that no sentence needs.
var code = regexp.MustCompile(`[<>=\[\]{}_\\]|\w\(|;$`)

// aboutPassages are words by which a gap speaks of the passages themselves.
var aboutPassages = regexp.MustCompile(`(?i)\b(?:passages?|episodes?|podcasts?|transcripts?|speak\w*|mention\w*|discuss\w*|answer\w*|inform\w*|provid\w*|contain\w*|address\w*|cover\w*|question\w*|detail\w*|missing|nothing)\b`)

// loose reports whether a text without citations, a gap or a next question, may be shown: it brings up nothing that
// neither the question nor the passages name, and does not speak to readers.
func loose(text string, q insight.Asking) bool {
	if insight.Unsafe(text) || insight.Instructs(text) || code.MatchString(text) {
		return false
	}
	var all strings.Builder
	all.WriteString(q.Question)
	for _, p := range q.Passages {
		fmt.Fprintf(&all, " %s %s %s %s %s", p.Podcast, p.Title, p.Speaker, p.Text, p.Published.Format("2 January 2006 2006-01-02"))
	}
	e := evidence{tongue: tongueOf(all.String()), said: all.String(), near: all.String()}
	t := tongueOf(text)
	if t.name == "" || e.name == "" { // one of them is short
		t = e.tongue
	}
	if t.personIn(text) != "" {
		return false
	}
	if t.name != e.name {
		e.sentence = e.said
		return e.abroad(text, t)
	}
	_, invented := e.missingAmount(text, e.said)
	return !invented && e.missingName(text) == "" && e.checkLetters(text) == nil && shared(aboutPassages.ReplaceAllString(text, ""), e.said) >= minLoose
}

// asking is what the prompt shows of a question.
type asking struct {
	Question, About, Language string
	Earlier                   []insight.Turn
	Passages                  []numbered
}

type numbered struct {
	Number                              int
	Podcast, Title, Date, Speaker, Text string
}

func asked(q insight.Asking) asking {
	a := asking{Question: shorten(flat(q.Question), maxQuestion), Language: q.Language}
	if q.About != nil {
		a.About = flat(q.About.Text)
	}
	for _, t := range q.Earlier[max(0, len(q.Earlier)-maxEarlier):] {
		a.Earlier = append(a.Earlier, insight.Turn{Question: shorten(flat(t.Question), maxQuestion), Answer: shorten(flat(t.Answer), maxQuestion)})
	}
	for i, p := range q.Passages {
		n := numbered{Number: i + 1, Podcast: oneLine(p.Podcast), Title: oneLine(p.Title), Speaker: oneLine(p.Speaker), Text: shorten(flat(p.Text), maxPassageRunes)}
		if !p.Published.IsZero() {
			n.Date = p.Published.Format("2006-01-02")
		}
		a.Passages = append(a.Passages, n)
	}
	return a
}

// flat is a text on one line, without hidden characters.
func flat(text string) string { return strings.Join(strings.Fields(insight.Visible(text)), " ") }
