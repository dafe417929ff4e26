package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// help explains the commands, one of them, or finds the nearest one to a slip of the keys.
func (b *Bot) help(_ context.Context, a *asking) (Message, error) {
	word, _, _ := strings.Cut(strings.ToLower(a.args), " ")
	if word == "" {
		return b.helpAll(a), nil
	}
	table := b.Commands()
	if i := slices.IndexFunc(table, func(c Command) bool { return c.Word == word }); i >= 0 {
		return helpOne(table[i]), nil
	}
	words, ok := meant(strings.Fields(a.args))
	if near, slip := Nearest(word, b.words()); !ok && slip {
		words, ok = append([]string{near}, strings.Fields(a.args)[1:]...), true
	}
	switch {
	case !ok:
		return Message{}, tell("I do not know “%s”; “help” lists what I know.", clip(word, 30))
	case words[0] == "help":
		return b.helpAll(a), nil
	case len(strings.Join(words, " ")) > 80:
		words = words[:1]
	}
	return Message{
		Text: fmt.Sprintf("I do not know “%s”. Did you mean “%s”?", clip(word, 30), strings.Join(words, " ")), Private: true,
		Actions: []Action{{Label: strings.Join(words, " "), Command: words, Form: len(words) == 1 && (words[0] == "ask" || words[0] == "settings")}},
	}, nil
}

// meant returns the command that people mean who write one which there is not: by another name, or as a setting alone.
func meant(words []string) ([]string, bool) {
	if len(words) == 0 {
		return nil, false
	}
	first, rest := strings.ToLower(words[0]), words[1:]
	switch first {
	case "subscribe", "start":
		return append([]string{"topic"}, rest...), true
	case "add":
		return append([]string{"follow"}, rest...), true
	case "remove":
		return append([]string{"unfollow"}, rest...), true
	case "unsubscribe":
		return []string{"leave"}, true
	case "stop":
		return []string{"pause"}, true
	case "config", "options":
		return []string{"settings"}, true
	case "hi", "hello", "hey", "me", "hilfe", "aide", "ayuda", "ajuda", "aiuto", "commands", "menu":
		return []string{"help"}, true
	}
	return []string{"settings", first, strings.Join(rest, " ")}, len(rest) == 1 && isSetting(first, strings.ToLower(rest[0]))
}

// isSetting reports whether two words are a setting with a value that it can have.
func isSetting(name, value string) bool {
	switch name {
	case "count":
		return digits(value)
	case "language":
		lang, err := parseLanguage(value)
		return err == nil && lang != ""
	case "quiet", "thread", "model":
		return value == "on" || value == "off"
	case "managers":
		return value == "members" || value == "creator" || value == "admins"
	}
	return false
}

// helpGroups are the commands by what people come for.
var helpGroups = [...]struct {
	title string
	words string
}{
	{"Begin", "topic follow time settings"},
	{"Read", "now preview last why more related ask search"},
	{"Keep and teach", "save vote profile"},
	{"Change", "untopic unfollow mute unmute pause resume leave"},
	{"See", "status feeds help"},
}

// helpAll lists all commands.
func (b *Bot) helpAll(a *asking) Message {
	m := Message{
		Heading: "The best podcast insights of the day on your topics",
		Text:    "Begin with “/brief topic ai, open source”. Reply under a brief to ask about it.",
		Private: true,
	}
	byWord := map[string]Command{}
	for _, c := range b.Commands() {
		byWord[c.Word] = c
	}
	for _, g := range helpGroups {
		var lines []string
		for w := range strings.FieldsSeq(g.words) {
			lines = append(lines, fmt.Sprintf("%s — %s", strings.TrimPrefix(usage(byWord[w]), "/brief "), byWord[w].Help))
		}
		m.Sections = append(m.Sections, Section{Heading: g.title, Text: strings.Join(lines, "\n")})
	}
	m.Actions = []Action{{Label: "Settings", Command: []string{"settings"}, Form: true}, {Label: "Status", Command: []string{"status"}}}
	if a.Personal.Platform != "" && a.Channel.Kind != Direct {
		m.Footer = "“/brief topic @me ai” makes a brief for you alone, as direct messages"
	}
	return m
}

// helpOne explains one command.
func helpOne(c Command) Message {
	m := Message{Heading: usage(c), Text: c.Help + ".", Private: true}
	for _, a := range c.Args {
		m.Sections = append(m.Sections, Section{Heading: a.Name, Text: a.Help})
	}
	return m
}
