// Package console is the platform that needs no key: it prints messages and reads what is typed. It plays everything that
// a chat platform has (channels, direct messages, threads, buttons, forms, completion, progress), and so it is the
// platform that whole-program tests run on.
//
// A line is a command, with or without "/brief". Other lines begin with a sign:
//
//	> TEXT          answers under the last message that was posted; >ID TEXT under another one
//	N or .N         presses the button numbered N of the last message that had some
//	:channel NAME   goes to a channel;  :dm  goes to the direct messages with the bot
//	:user NAME      is another person;  :rights read,own,manage,admin  says what that person may do
//	:post off       takes the bot the right to post here;  :post on  gives it back
//	:complete LINE  shows what completes the last argument of a command
//	:home           opens the home view
//	:event NAME     lets something happen to the channel: gone, renamed, uninstalled
//	:at TIME        sets the clock of a test, and does what is due then
//	:quit           ends the program, as quit and exit do
//
// A form asks for one field after the other; "cancel", or a command, leaves it.
package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"sync"
	"time"

	"podbrief/bot"
)

// Platform is the name under which the console stands in channels.
const Platform = "console"

// Console is the adapter. The fields are set before its first use.
type Console struct {
	In     io.Reader // required
	Out    io.Writer // required
	Width  int       // characters of a line; 100 when 0
	Styled bool      // whether Out understands colors
	Prompt bool      // whether to print a prompt
	Quit   func()    // ends the program; may be nil
	// Settle and Clock are for tests: Settle does what a line left to be done, and Clock sets the time.
	Settle func(context.Context)
	Clock  func(time.Time)

	mu     sync.Mutex
	posted map[bot.DeliveryKey]string
	last   string // ID of the last message that was posted
	lines  *bufio.Scanner
	here   place
	shown  []bot.Action // the buttons that were drawn last, in the order of their numbers
}

// place is where the person at the console is, and who that is.
type place struct {
	channel string // "" is the direct messages
	user    string
	rights  bot.Rights
	mute    bool // the bot cannot post here
}

// everything is all rights.
const everything = bot.Read | bot.Own | bot.Manage | bot.Administer

// Platform returns the adapter's name.
func (c *Console) Platform() string { return Platform }

// Run reads lines until the input ends or ctx is done.
func (c *Console) Run(ctx context.Context, cmds []bot.Command, h bot.Handler) error {
	c.lines = bufio.NewScanner(c.In)
	c.lines.Buffer(nil, 1<<20)
	c.here = place{channel: "general", user: userName(), rights: everything}
	lines := make(chan string)
	go c.read(ctx, lines)
	s := &session{Console: c, commands: cmds, handle: h, next: func() (string, bool) {
		select {
		case line, ok := <-lines:
			return line, ok
		case <-ctx.Done():
			return "", false
		}
	}}
	for !s.ended {
		c.prompt("")
		line, ok := s.next()
		switch {
		case !ok && c.Prompt: // a person ended it; the end of a file leaves the bot running
			s.quit()
			return nil
		case !ok:
			return nil
		}
		s.line(ctx, line)
		if c.Settle != nil {
			c.Settle(ctx)
		}
	}
	return nil
}

// read hands out lines, so that a wait for one can be ended.
func (c *Console) read(ctx context.Context, lines chan<- string) {
	defer close(lines)
	for c.lines.Scan() {
		select {
		case lines <- c.lines.Text():
		case <-ctx.Done():
			return
		}
	}
}

func userName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "me"
}

// Post prints a message. Its ID is made of the key, so that it is the same after a restart.
func (c *Console) Post(_ context.Context, ch bot.Channel, m bot.Message, key bot.DeliveryKey) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := string(key)[:min(len(key), 6)]
	if c.posted == nil {
		c.posted = map[bot.DeliveryKey]string{}
	}
	c.posted[key], c.last = id, id
	if err := c.print(fmt.Sprintf("%s · message %s", name(ch), id), m); err != nil {
		return "", &bot.PostError{Class: bot.Ambiguous, Err: err}
	}
	return id, nil
}

// Find looks for a message among those of this process; of those before it nothing is known.
func (c *Console) Find(_ context.Context, _ bot.Channel, key bot.DeliveryKey, _ time.Time) (string, bool, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok := c.posted[key]
	return id, ok, false, nil
}

// Probe finds that the console always works.
func (c *Console) Probe(context.Context, bot.Channel) error { return nil }

func name(ch bot.Channel) string {
	if ch.Kind == bot.Direct {
		return "to " + ch.User
	}
	return "#" + ch.ID
}

// print draws a message under a title and remembers its buttons.
func (c *Console) print(title string, m bot.Message) error {
	width := c.Width
	if width == 0 {
		width = 100
	}
	text, actions := Render(m, width, c.Styled)
	if len(actions) > 0 {
		c.shown = actions
	}
	if title != "" {
		title = rule(title, width, c.Styled)
	}
	_, err := fmt.Fprintf(c.Out, "%s%s\n", title, text)
	return err
}

// say prints a message as an answer.
func (c *Console) say(m bot.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.print("", m); err != nil && c.Quit != nil {
		c.Quit()
	}
}

func (c *Console) prompt(text string) {
	if !c.Prompt && text == "" {
		return
	}
	if text == "" {
		text = "> "
		if c.here.channel != "" {
			text = "#" + c.here.channel + " > "
		}
	}
	fmt.Fprint(c.Out, text)
}

// request is what the person asks here with some words.
func (p place) request(words []string) bot.Request {
	personal := bot.Channel{Platform: Platform, Workspace: Platform, Kind: bot.Direct, User: p.user}
	ch := personal
	if p.channel != "" {
		ch = bot.Channel{Platform: Platform, Workspace: Platform, ID: p.channel, Name: p.channel}
	}
	return bot.Request{
		Channel: ch, Personal: personal, User: p.user, Rights: p.rights, Words: words, Locale: "en",
		CannotPost: p.mute, Invite: ":post on", Member: everywhere,
	}
}

// everywhere says that the person is in every channel: here is only one person.
func everywhere(context.Context, bot.Channel) (bool, error) { return true, nil }

// parseRights reads "read,own,manage,admin".
func parseRights(text string) (bot.Rights, error) {
	names := map[string]bot.Rights{"read": bot.Read, "own": bot.Own, "manage": bot.Manage, "admin": bot.Administer, "all": everything, "none": 0}
	var rights bot.Rights
	for n := range strings.SplitSeq(text, ",") {
		r, ok := names[strings.TrimSpace(n)]
		if !ok {
			return 0, errors.New("write rights as read,own,manage,admin")
		}
		rights |= r
	}
	return rights, nil
}
