package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"podbrief/digest"
)

// session is a person who has a brief before them and types commands about it.
type session struct {
	engine *digest.Engine
	screen screen
	out    io.Writer
	query  digest.Query
	brief  *digest.Brief
	piped  bool // nobody is there to be prompted
}

// typed is a command of the prompt.
type typed struct {
	word, args, help string
	do               func(s *session, ctx context.Context, args string) error
}

// typedCommands returns the commands in the order in which help shows them.
func typedCommands() []typed {
	return []typed{
		{"topic", "ai, open source", "a brief on other topics", (*session).topic},
		{"more", "1", "what was said around an insight", (*session).more},
		{"related", "2", "what other podcasts say about the same", (*session).related},
		{"why", "3", "why an insight was chosen; with a podcast's or an episode's name, why it was not", (*session).why},
		{"ask", "who pays for maintenance?", "a question about what was said; \"ask 2 ...\" about one insight", (*session).ask},
		{"help", "", "this list", (*session).help},
		{"quit", "", "the end", nil},
	}
}

// errQuit ends a session.
var errQuit = errors.New("quit")

// loop takes commands until the input or ctx ends, or somebody quits.
func (s *session) loop(ctx context.Context, in io.Reader) error {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	s.prompt("\nType a command, such as more 1, related 2, why 3 or ask a question; help lists them, quit ends.\n")
	for {
		s.prompt(s.screen.accent("podbrief> "))
		select {
		case <-ctx.Done():
			return nil
		case line, ok := <-lines:
			if !ok {
				return nil
			}
			if err := s.handle(ctx, line); errors.Is(err, errQuit) || ctx.Err() != nil {
				return nil
			} else if err != nil {
				fmt.Fprintln(s.out, err)
			}
		}
	}
}

// prompt writes what only a person needs.
func (s *session) prompt(text string) {
	if !s.piped {
		fmt.Fprint(s.out, text)
	}
}

// handle does what a line says. Its error is a sentence for the person who typed it.
func (s *session) handle(ctx context.Context, line string) error {
	word, args, _ := strings.Cut(strings.TrimSpace(line), " ")
	word = strings.ToLower(strings.TrimPrefix(word, "/"))
	var words []string
	for _, c := range typedCommands() {
		words = append(words, c.word)
		switch {
		case c.word != word:
		case c.do == nil:
			return errQuit
		default:
			return c.do(s, ctx, strings.TrimSpace(args))
		}
	}
	switch {
	case word == "":
		return nil
	case word == "exit" || word == "q":
		return errQuit
	case strings.HasSuffix(line, "?"):
		return s.ask(ctx, line)
	}
	return fmt.Errorf("there is no command %q%s; help lists them", word, orNearest(word, words))
}

func (s *session) newBrief(ctx context.Context) error {
	b, err := s.engine.Brief(ctx, s.query)
	if err != nil {
		return err
	}
	s.brief = b
	_, err = fmt.Fprint(s.out, s.screen.brief(b, false))
	return err
}

func (s *session) topic(ctx context.Context, args string) error {
	topics, exclude, err := parseTopics([]string{args})
	switch {
	case err != nil && hasWord(args):
		return errors.New("a topic is a word or a phrase of at most 100 characters, as in: topic ai, open source")
	case err != nil:
		return errors.New("name a topic, as in: topic ai, open source")
	}
	s.query.Topics, s.query.Exclude = topics, exclude
	return s.newBrief(ctx)
}

// numbered returns the pick that a number names.
func (s *session) numbered(args, example string) (digest.Pick, error) {
	n, err := strconv.Atoi(args)
	if len(s.brief.Picks) == 0 {
		return digest.Pick{}, errors.New("this brief has no insights; try another topic")
	}
	if err != nil || n < 1 || n > len(s.brief.Picks) {
		return digest.Pick{}, fmt.Errorf("give a number from 1 to %d, as in: %s", len(s.brief.Picks), example)
	}
	return s.brief.Picks[n-1], nil
}

func (s *session) more(ctx context.Context, args string) error {
	p, err := s.numbered(args, "more 1")
	if err != nil {
		return err
	}
	m, err := s.engine.More(ctx, p.Insight.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, s.screen.surroundings(m))
	return err
}

func (s *session) related(ctx context.Context, args string) error {
	p, err := s.numbered(args, "related 2")
	if err != nil {
		return err
	}
	items, err := s.engine.Related(ctx, p.Insight.ID, 5)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return errors.New("no other podcast says anything close to it")
	}
	_, err = fmt.Fprint(s.out, s.screen.items(items, false))
	return err
}

func (s *session) why(ctx context.Context, args string) error {
	what := args
	if p, err := s.numbered(args, "why 3"); err == nil {
		_, err := fmt.Fprint(s.out, s.screen.why(p, s.brief))
		return err
	} else if _, isNumber := strconv.Atoi(args); isNumber == nil || args == "" {
		return err
	}
	fate, err := s.engine.Why(ctx, s.query, what)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, s.screen.block("", 0, printable(fate.What+": "+fate.Text), plain))
	return err
}

func (s *session) ask(ctx context.Context, args string) error {
	q := digest.Question{Text: args, Now: s.query.Now}
	if first, rest, ok := strings.Cut(args, " "); ok {
		if p, err := s.numbered(first, "ask 2"); err == nil {
			q.Text, q.Insight = rest, p.Insight.ID
		}
	}
	if !hasWord(q.Text) {
		return errors.New("write a question, as in: ask who pays for maintenance?")
	}
	for _, p := range s.brief.Picks {
		q.Insights = append(q.Insights, p.Insight.ID)
	}
	answer, err := s.engine.Ask(ctx, q)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, s.screen.answer(answer))
	return err
}

func (s *session) help(context.Context, string) error {
	width := 0
	for _, c := range typedCommands() {
		width = max(width, len(c.word+" "+c.args))
	}
	for _, c := range typedCommands() {
		fmt.Fprintf(s.out, "  %-*s  %s\n", width, strings.TrimSpace(c.word+" "+c.args), c.help)
	}
	return nil
}

// why draws the reasons for a pick: the topic it answers, its scores in words, and what it displaced.
func (s screen) why(p digest.Pick, b *digest.Brief) string {
	out := s.block("", 0, printable(p.Reason), plain)
	scores := fmt.Sprintf("Match %s, quality %s, newness %s.", inWords(p.Scores.Relevance), inWords(p.Scores.Quality), inWords(p.Scores.Recency))
	out += s.block("", 0, scores, plain)
	if slices.ContainsFunc(b.Fallen, func(f digest.Fallen) bool { return f.By == p.Insight.ID }) {
		out += s.block("", 0, "It stands for another one that says the same or comes from the same podcast.", plain)
	}
	return out
}

// inWords says a score from 0 to 1 in a word.
func inWords(score float64) string {
	switch {
	case score >= 0.75:
		return "very high"
	case score >= 0.5:
		return "high"
	case score >= 0.25:
		return "middling"
	}
	return "low"
}
