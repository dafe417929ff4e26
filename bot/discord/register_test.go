package discord

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	cmds := (&bot.Bot{}).Commands()
	s.init()
	for range 2 {
		if err := s.register(t.Context(), cmds); err != nil {
			t.Fatal(err)
		}
	}
	defs, puts := s.server.Registered()
	if puts != 1 || len(defs) != 1 {
		t.Errorf("%d commands registered %d times, want one, once", len(defs), puts)
	}
	if strings.Contains(string(defs[0]), "default_member_permissions") {
		t.Error("the command hides itself from members")
	}
	if !strings.Contains(string(defs[0]), `"de":"`+descriptions["topic"][0]) {
		t.Error("the command topic is not described in German")
	}
	cmds[0].Help = "Another sentence"
	if err := s.register(t.Context(), cmds); err != nil {
		t.Fatal(err)
	}
	if _, puts := s.server.Registered(); puts != 2 {
		t.Errorf("changed commands were registered %d times, want 2", puts)
	}
}

func TestRegisterDevGuild(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.DevGuild = discordtest.Guild
	s.init()
	if err := s.register(t.Context(), (&bot.Bot{}).Commands()); err != nil {
		t.Fatal(err)
	}
	if r := s.server.Requests(http.MethodPut, "/guilds/"+discordtest.Guild+"/commands"); len(r) != 1 {
		t.Errorf("registered %d times in the server for development, want once", len(r))
	}
}

// TestLocalized checks that every command is described in every language, in a length that Discord takes.
func TestLocalized(t *testing.T) {
	words := []string{""}
	for _, c := range commands() {
		words = append(words, c.Word)
	}
	for _, w := range words {
		texts := localized(w)
		for _, code := range locales {
			if n := utf8.RuneCountInString(texts[code]); n < 5 || n > maxHelp {
				t.Errorf("the command %q has in %s %d characters, want 5 to %d: %q", w, code, n, maxHelp, texts[code])
			}
		}
	}
	for w := range descriptions {
		if !slices.Contains(words, w) {
			t.Errorf("%q is described and no command", w)
		}
	}
}

// TestLocaleCodes checks the codes of languages against Discord's own description.
func TestLocaleCodes(t *testing.T) {
	var doc struct {
		Components struct {
			Schemas struct {
				Locales struct {
					OneOf []struct{ Const string }
				} `json:"AvailableLocalesEnum"`
			}
		}
	}
	if err := json.Unmarshal(shared(t, "discord-openapi.json"), &doc); err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, l := range doc.Components.Schemas.Locales.OneOf {
		known = append(known, l.Const)
	}
	for _, code := range locales {
		if !slices.Contains(known, code) {
			t.Errorf("Discord knows no locale %q, but %q", code, known)
		}
	}
}

// TestDefinitions checks where the command may be used, and that its arguments are typed.
func TestDefinitions(t *testing.T) {
	d := definitions(commands())[0]
	if !slices.Equal(d.Contexts, []int{inGuild, inDirect, inPrivate}) || !slices.Equal(d.Integrations, []int{0, 1}) {
		t.Errorf("contexts %v, installations %v", d.Contexts, d.Integrations)
	}
	for _, o := range d.Options {
		if o.Type != subCommand {
			t.Errorf("%s is of type %d, want a subcommand", o.Name, o.Type)
		}
	}
	at := slices.IndexFunc(d.Options, func(o definition) bool { return o.Name == "vote" })
	if way := d.Options[at].Options[0]; way.Name != "way" || !way.Required || len(way.Choices) != 2 || way.Autocomplete {
		t.Errorf("vote begins with %+v, want the choice of a way", way)
	}
}
