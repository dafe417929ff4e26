package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"podbrief/bot"
)

// commandName is the one command that all others stand under.
const commandName = "brief"

// Limits of commands. https://discord.com/developers/docs/interactions/application-commands
const (
	maxHelp    = 100
	maxChoices = 25
	maxArgs    = 25
)

// definition is a command or one of its options, as it is registered and as Discord gives it back.
type definition struct {
	Name         string            `json:"name"`
	Description  string            `json:"description"`
	Localized    map[string]string `json:"description_localizations,omitempty"` // by locale
	Type         int               `json:"type,omitempty"`
	Required     bool              `json:"required,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	Choices      []offered         `json:"choices,omitempty"`
	Options      []definition      `json:"options,omitempty"`
	Contexts     []int             `json:"contexts,omitempty"`
	Integrations []int             `json:"integration_types,omitempty"`
}

type offered struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// The types of commands and options.
const (
	chatInput  = 1
	subCommand = 1
	stringType = 3
)

// definitions makes the table into one command with a subcommand for each row. It has no default_member_permissions: they
// would hide all of it, so that rights are checked for each word when it is used.
func definitions(cmds []bot.Command) []definition {
	d := definition{
		Name: commandName, Description: "The best podcast insights of the day", Localized: localized(""), Type: chatInput,
		Contexts: []int{inGuild, inDirect, inPrivate}, Integrations: []int{0, 1},
	}
	for _, c := range cmds[:min(len(cmds), maxArgs)] {
		d.Options = append(d.Options, definition{
			Name: c.Word, Description: label(c.Help, maxHelp), Localized: localized(c.Word), Type: subCommand, Options: arguments(c),
		})
	}
	return []definition{d}
}

// arguments are a command's options, the required ones first.
func arguments(c bot.Command) []definition {
	var required, optional []definition
	for _, a := range c.Args {
		o := definition{Name: a.Name, Description: label(a.Help, maxHelp), Type: stringType, Required: a.Required}
		for _, ch := range a.Choices[:min(len(a.Choices), maxChoices)] {
			o.Choices = append(o.Choices, offered{Name: label(ch.Label, maxOption), Value: ch.Value})
		}
		o.Autocomplete = c.Complete != nil && len(o.Choices) == 0
		if a.Required {
			required = append(required, o)
		} else {
			optional = append(optional, o)
		}
	}
	return append(required, optional...)
}

// register makes the commands known to Discord when they differ from what it knows: everywhere, or in the server for
// development only. Discord keeps them, so that it is asked for them instead of storing a hash of what was sent last.
func (a *Adapter) register(ctx context.Context, cmds []bot.Command) error {
	self, err := a.whoAmI(ctx)
	if err != nil {
		return err
	}
	path := "/applications/" + self.Application
	if a.DevGuild != "" {
		path += "/guilds/" + url.PathEscape(a.DevGuild)
	}
	path += "/commands"
	want := definitions(cmds)
	var known []definition
	err = a.rest.do(ctx, call{method: "GET", path: path + "?with_localizations=true"}, &known)
	if errors.Is(err, errUnauthorized) || ctx.Err() != nil {
		return err
	}
	if err == nil && sameDefinitions(known, want, a.DevGuild != "") {
		return nil
	}
	if err := a.rest.do(ctx, call{method: "PUT", path: path, body: commandSet(want)}, nil); err != nil {
		return fmt.Errorf("overwrite commands: %w", err)
	}
	a.Log.Info("commands registered with Discord", "commands", len(cmds))
	return nil
}

// sameDefinitions compares by what we set. Discord does not give back where a command of one server may be used.
func sameDefinitions(known, want []definition, dev bool) bool {
	if len(known) != len(want) {
		return false
	}
	k, w := known[0], want[0]
	if dev {
		k.Contexts, k.Integrations, w.Contexts, w.Integrations = nil, nil, nil, nil
	}
	kb, err := json.Marshal(k)
	wb, err2 := json.Marshal(w)
	return err == nil && err2 == nil && string(kb) == string(wb)
}

// commandSet is all commands, to take the place of all that were there.
type commandSet []definition

// maxCommand is how many characters a command has with all that belongs to it.
const maxCommand = 8000

var commandWord = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)

func (s commandSet) check() error {
	for _, d := range s {
		size, err := d.size()
		if err != nil {
			return err
		}
		if size > maxCommand {
			return fmt.Errorf("the command %q has %d characters", d.Name, size)
		}
	}
	return nil
}

// size counts a command or option and all below it as Discord does, by the longest of its descriptions, and finds what
// Discord refuses.
func (d definition) size() (int, error) {
	if err := d.check(); err != nil {
		return 0, err
	}
	longest := utf8.RuneCountInString(d.Description)
	for _, text := range d.Localized {
		longest = max(longest, utf8.RuneCountInString(text))
	}
	size := utf8.RuneCountInString(d.Name) + longest
	for _, c := range d.Choices {
		size += utf8.RuneCountInString(c.Name) + utf8.RuneCountInString(c.Value)
	}
	for i, o := range d.Options {
		if o.Required && i > 0 && !d.Options[i-1].Required {
			return 0, fmt.Errorf("%s: the required option %q stands behind another", d.Name, o.Name)
		}
		n, err := o.size()
		if err != nil {
			return 0, err
		}
		size += n
	}
	return size, nil
}

// check looks at a command or option without what is below it.
func (d definition) check() error {
	if !commandWord.MatchString(d.Name) || strings.ToLower(d.Name) != d.Name {
		return fmt.Errorf("the name %q", d.Name)
	}
	if len(d.Options) > maxArgs || len(d.Choices) > maxChoices || d.Autocomplete && len(d.Choices) > 0 {
		return fmt.Errorf("%s: %d options and %d choices", d.Name, len(d.Options), len(d.Choices))
	}
	for _, text := range append(slices.Collect(maps.Values(d.Localized)), d.Description) {
		if !within(text, 1, maxHelp) {
			return fmt.Errorf("%s: the description %q", d.Name, text)
		}
	}
	return nil
}
