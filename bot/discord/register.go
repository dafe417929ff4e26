package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

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
	if err := a.rest.do(ctx, call{method: "GET", path: path + "?with_localizations=true"}, &known); err != nil {
		return err
	}
	if sameDefinitions(known, want, a.DevGuild != "") {
		return nil
	}
	if err := a.rest.do(ctx, call{method: "PUT", path: path, body: want}, nil); err != nil {
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
