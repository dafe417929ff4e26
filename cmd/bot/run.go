package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"podbrief/configs"
)

// cli is the command line.
type cli struct {
	Store  string `placeholder:"FILE" help:"Database to keep and to read (or the setting STORE; podbrief.db when neither is given)."`
	Config string `placeholder:"FILE" help:"File of KEY=VALUE settings; the environment goes before it."`
	Record string `placeholder:"FILE" help:"Write down all that a language model is asked and answers, without keys."`
	Replay string `placeholder:"FILE" help:"Let a recording answer instead of the language model."`

	Try      tryCmd      `cmd:"" help:"Show what it does, on invented podcasts: no network, no key, nothing kept."`
	Brief    briefCmd    `cmd:"" help:"Scan podcasts and print the best insights on some topics."`
	Insights insightsCmd `cmd:"" help:"Print all insights that were kept of a podcast or an episode."`
	Ask      askCmd      `cmd:"" help:"Ask about what was said."`
	Related  relatedCmd  `cmd:"" help:"Print what other podcasts say about the same."`
	Search   searchCmd   `cmd:"" help:"Find insights by words."`
	Feeds    feedsCmd    `cmd:"" help:"Check, add, remove, list and export podcasts."`
	Doctor   doctorCmd   `cmd:"" help:"Try what is configured, and say what is wrong."`
	Settings settingsCmd `cmd:"" name:"config" help:"Print all settings, without secrets."`
	Serve    serveCmd    `cmd:"" help:"Run the bot."`
}

const description = `Podbrief scans podcasts and prints the best insights of the day on your topics.

Exit codes: 0 all went well, 1 something failed, 2 used wrongly, 3 nothing found, 130 interrupted.`

// app is what every command works with.
type app struct {
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	config configs.Config
	screen screen
	record string // file that calls of models are written to
	replay string // file that answers them
}

// run is the program without its process: it parses args and does what they say. Machine output goes to stdout only.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	var c cli
	command, err := parse(&c, args, stdout, stderr)
	if err != nil || command == nil {
		return err
	}
	config, err := configs.Load(getenv, c.Config)
	if err = errors.Join(err, checkPacks(config, err)); err != nil {
		return usageError{err}
	}
	if c.Store == "" {
		c.Store = config.Get("STORE")
	}
	a := &app{getenv: getenv, stdin: stdin, stdout: stdout, stderr: stderr, config: config, screen: newScreen(stdout, getenv),
		record: c.Record, replay: c.Replay}
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(a, storeAddress(c.Store))
}

// storeAddress is where the database is, as the person gave it.
type storeAddress string

// parse reads the command line. It returns nil when all is done already, since help was asked for.
func parse(c *cli, args []string, stdout, stderr io.Writer) (command *kong.Context, err error) {
	type exited struct{}
	parser, err := kong.New(c, kong.Name("podbrief"), kong.Description(description), kong.Writers(stdout, stderr),
		kong.Vars{"packs": strings.Join(packs(), ", ")},
		kong.Exit(func(int) { panic(exited{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}))
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p == (exited{}) {
			command, err = nil, nil
		} else if p != nil {
			panic(p)
		}
	}()
	switch {
	case len(args) == 0:
		args = []string{"serve"}
	case args[0] == "help":
		args = append(args[1:len(args):len(args)], "--help")
	}
	command, err = parser.Parse(args)
	if err != nil {
		return nil, usagef("%w; `%s --help` shows what there is", err, wrongIn(err))
	}
	return command, nil
}

// wrongIn is the command whose help shows what was done wrongly.
func wrongIn(err error) string {
	parse, ok := errors.AsType[*kong.ParseError](err)
	if !ok || parse.Context == nil || parse.Context.Selected() == nil {
		return "podbrief"
	}
	var words []string
	for n := parse.Context.Selected(); n != nil; n = n.Parent {
		words = append([]string{n.Name}, words...)
	}
	return strings.Join(words, " ")
}

// checkPacks says which of the packs of PACKS there are not; nothing when the settings could not be read.
func checkPacks(c configs.Config, unread error) error {
	if unread != nil {
		return nil
	}
	var wrong []error
	for _, p := range c.Fields("PACKS") {
		if len(packOf(p)) == 0 {
			wrong = append(wrong, fmt.Errorf("PACKS is %q: %w", c.Get("PACKS"), noPack(p)))
		}
	}
	return errors.Join(wrong...)
}

// oneLineEach writes joined errors as lines.
func oneLineEach(err error) string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return fmt.Sprint(err)
	}
	return strings.ReplaceAll(err.Error(), "\n", "\npodbrief: ")
}
