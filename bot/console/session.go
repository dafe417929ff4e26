package console

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"podbrief/bot"
)

// session is one run of the console.
type session struct {
	*Console
	commands []bot.Command
	handle   bot.Handler
	next     func() (line string, ok bool)
	ended    bool // somebody quit
}

// line does what one line says.
func (s *session) line(ctx context.Context, line string) {
	line = strings.TrimSpace(line)
	switch {
	case line == "" || strings.HasPrefix(line, "#"):
	case strings.HasPrefix(line, ":"):
		word, rest, _ := strings.Cut(line[1:], " ")
		if err := s.directive(ctx, word, strings.TrimSpace(rest)); err != nil {
			s.say(bot.Message{Text: sentence(err)})
		}
	case strings.HasPrefix(line, ">"):
		s.reply(ctx, line[1:])
	case strings.HasPrefix(line, "."):
		s.press(ctx, line[1:])
	case quits(line):
		s.quit()
	case s.isButton(line):
		s.press(ctx, line)
	default:
		s.ask(ctx, s.here.request(bot.Split(line)))
	}
}

// directive does what a line with a colon says.
func (s *session) directive(ctx context.Context, word, rest string) (err error) {
	switch word {
	case "channel":
		s.here.channel = strings.TrimPrefix(rest, "#")
	case "dm":
		s.here.channel = ""
	case "user":
		s.here.user = rest
	case "rights":
		var rights bot.Rights
		if rights, err = parseRights(rest); err == nil {
			s.here.rights = rights
		}
	case "post":
		s.here.mute = rest == "off"
	case "complete":
		s.complete(rest)
	case "home":
		s.event(ctx, bot.HomeOpened)
	case "event":
		s.event(ctx, bot.Event(rest))
	case "at":
		return s.at(rest)
	case "quit":
		s.quit()
	default:
		return fmt.Errorf("there is no “:%s”; there are channel, dm, user, rights, post, complete, home, event, at and quit", word)
	}
	return err
}

// quits reports whether a line ends the program.
func quits(line string) bool { return line == "quit" || line == "exit" || line == ":quit" }

func (s *session) quit() {
	s.ended = true
	if s.Quit != nil {
		s.Quit()
	}
}

func (s *session) at(text string) error {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || s.Clock == nil {
		return fmt.Errorf("the clock cannot be set to %q; write 2026-11-24T08:30:00+01:00, in a test", text)
	}
	s.Clock(t)
	return nil
}

func (s *session) event(ctx context.Context, e bot.Event) {
	r := s.here.request(nil)
	r.Event = e
	if m := s.handle(ctx, r, nil); !m.IsZero() {
		s.say(m)
	}
}

// reply answers under a message: "> text" the last one, ">id text" another.
func (s *session) reply(ctx context.Context, line string) {
	s.mu.Lock()
	thread := s.last
	s.mu.Unlock()
	if !strings.HasPrefix(line, " ") {
		id, rest, _ := strings.Cut(line, " ")
		thread, line = id, rest
	}
	r := s.here.request(bot.Split(line))
	r.Thread = thread
	if len(r.Words) > 0 && !slices.ContainsFunc(s.commands, func(c bot.Command) bool { return c.Word == r.Words[0] }) {
		r.Words, r.Implicit = append([]string{"ask"}, r.Words...), true
	}
	s.ask(ctx, r)
}

// isButton reports whether a line is a number, where buttons were drawn.
func (s *session) isButton(line string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := strconv.Atoi(line)
	return err == nil && len(s.shown) > 0
}

// press does what a button of the last message that had some does.
func (s *session) press(ctx context.Context, number string) {
	s.mu.Lock()
	shown := s.shown
	s.mu.Unlock()
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(shown) {
		s.say(bot.Message{Text: fmt.Sprintf("There is no button %s; %s.", number, numbered(len(shown)))})
		return
	}
	a := shown[n-1]
	if a.URL != "" {
		s.say(bot.Message{Text: a.URL})
		return
	}
	s.ask(ctx, s.here.request(a.Command))
}

// numbered says which buttons there are.
func numbered(buttons int) string {
	switch buttons {
	case 0:
		return "nothing shown has one"
	case 1:
		return "there is only 1"
	}
	return fmt.Sprintf("there are 1 to %d", buttons)
}

// sentence writes an error as a sentence.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// ask sends a request, or opens the form that its command wants first.
func (s *session) ask(ctx context.Context, r bot.Request) {
	if c, ok := s.command(r); ok && c.Form != nil && len(r.Fields) == 0 {
		if f := c.Form(r); f != nil {
			s.fill(ctx, r, c, f)
			return
		}
	}
	m := s.handle(ctx, r, func(m bot.Message) { s.say(m) })
	if m.IsZero() {
		return
	}
	if m.Form != nil {
		c, _ := s.command(bot.Request{Words: m.Form.Command})
		s.fill(ctx, r, c, m.Form)
		return
	}
	if len(r.Words) == 1 && strings.EqualFold(r.Words[0], "help") {
		m.Sections = append(m.Sections, here)
	}
	s.say(m)
}

// here is what help says of the console.
var here = bot.Section{Heading: "Here", Text: `2 — Press the button [2] that was shown last
> what did they say? — Ask under the last brief
:dm and :channel general — Go to your own brief, and back
quit — The end`}

func (s *session) command(r bot.Request) (bot.Command, bool) {
	if len(r.Words) == 0 {
		return bot.Command{}, false
	}
	i := slices.IndexFunc(s.commands, func(c bot.Command) bool { return c.Word == strings.ToLower(r.Words[0]) })
	if i < 0 {
		return bot.Command{}, false
	}
	return s.commands[i], true
}

// complete shows what completes the last argument of a line.
func (s *session) complete(line string) {
	words := bot.Split(line)
	c, ok := s.command(bot.Request{Words: words})
	if !ok {
		return
	}
	typed := strings.TrimPrefix(strings.TrimPrefix(line, words[0]), " ")
	var offered []bot.Choice
	if len(c.Args) > 0 && c.Args[0].Choices != nil {
		offered = c.Args[0].Choices
	} else if c.Complete != nil {
		offered = c.Complete(s.here.request(words), c.Args[0].Name, typed)
	}
	var lines []string
	for _, o := range offered {
		lines = append(lines, o.Label)
	}
	s.say(bot.Message{Text: strings.Join(lines, "\n")})
}

// howTo says how a form is filled in.
const howTo = "Enter keeps what stands in [ ], “-” empties it, “cancel” leaves the form."

// fill asks for a form's fields in turn: an empty line keeps what is there, "-" empties it. Wrong ones are asked again, and
// from the second time on it is said how to leave.
func (s *session) fill(ctx context.Context, r bot.Request, c bot.Command, f *bot.Form) {
	s.say(bot.Message{Heading: f.Title, Text: f.Intro, Footer: howTo})
	values := bot.Fields{}
	ask := f.Few()
	for round := 0; len(ask) > 0; round++ {
		if line, left := s.fields(ask, values); left {
			s.leave(ctx, line)
			return
		}
		var wrong map[string]string
		if c.Check != nil {
			wrong = c.Check(r, values)
		}
		ask = slices.DeleteFunc(f.Few(), func(x bot.Field) bool { return wrong[x.Name] == "" })
		for _, x := range ask {
			s.say(bot.Message{Text: x.Label + ": " + wrong[x.Name]})
		}
		if round > 0 && len(ask) > 0 {
			s.say(bot.Message{Text: howTo})
		}
	}
	r.Words, r.Fields = f.Command, values
	s.ask(ctx, r)
}

// fields asks for fields and puts them into values. It stops at the line that leaves the form, or at the end of the input.
func (s *session) fields(ask []bot.Field, values bot.Fields) (line string, left bool) {
	for _, field := range ask {
		line, ok := s.field(field)
		nothing := line == "" && field.Value == "" && len(values) == 0
		switch {
		case !ok || nothing || s.leaves(line):
			return line, true
		case line == "":
			line = field.Value
		case line == "-":
			line = ""
		}
		values[field.Name] = line
	}
	return "", false
}

// leaves reports whether a line is not for a form but ends it: "cancel", or what would be done without the form. A question
// and a list may begin with the word of a command.
func (s *session) leaves(line string) bool {
	if line == "cancel" || quits(line) || strings.HasPrefix(line, ":") || strings.HasPrefix(line, "/brief") {
		return true
	}
	_, ok := s.command(bot.Request{Words: bot.Split(line)})
	return ok && !strings.HasSuffix(line, "?") && !strings.Contains(line, ",")
}

// leave ends a form, and does what the line says that ended it.
func (s *session) leave(ctx context.Context, line string) {
	s.say(bot.Message{Text: "The form is left; nothing was changed."})
	if line != "cancel" {
		s.line(ctx, line)
	}
}

// field asks for one field; ok is false at the end of the input.
func (s *session) field(f bot.Field) (line string, ok bool) {
	hint := f.Hint
	if len(f.Choices) > 0 {
		var values []string
		for _, c := range f.Choices {
			values = append(values, c.Value)
		}
		hint = strings.Join(values, ", ")
	}
	s.prompt(fmt.Sprintf("%s (%s) [%s]: ", f.Label, hint, f.Value))
	line, ok = s.next()
	fmt.Fprintln(s.Out)
	return strings.TrimSpace(line), ok
}
