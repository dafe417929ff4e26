package discord

import (
	"cmp"
	"strings"

	"podbrief/bot"
	"podbrief/bot/fit"
)

// Limits of forms. https://discord.com/developers/docs/components/reference
const (
	maxFields      = 5
	maxFormTitle   = 45
	maxFormLabel   = 45
	maxDescribe    = 100
	maxInput       = 4000
	maxPlaceholder = 100
)

// formOf draws a form. Its ID carries the command that it is for.
func formOf(f *bot.Form) modal {
	m := modal{CustomID: customID("", strings.Join(f.Command, " ")), Title: cmp.Or(label(f.Title, maxFormTitle), "Podbrief"), Components: []modalPart{}}
	if intro := clean(f.Intro); intro != "" {
		text, _ := cutMarkdown(intro, 1000)
		m.Components = append(m.Components, modalPart{Type: textType, Content: text})
	}
	few := f.Few()
	for _, field := range few[:min(len(few), maxFields)] {
		c := input(field)
		m.Components = append(m.Components, modalPart{
			Type: labelType, Label: label(field.Label, maxFormLabel), Description: label(field.Hint, maxDescribe), Component: &c,
		})
	}
	return m
}

// input is a field: a menu where there are choices, or a place to write.
func input(f bot.Field) component {
	required := f.Required || f.Kind == bot.One && f.Value != "" // what is chosen can be changed, not taken back
	c := component{CustomID: f.Name, Required: &required}
	if f.Kind == bot.One || f.Kind == bot.Many {
		c.Type, c.MaxValues = menuType, 1
		least := 1
		if !required {
			least = 0
		}
		c.MinValues = &least
		for _, ch := range f.Choices[:min(len(f.Choices), maxOptions)] {
			c.Options = append(c.Options, option{Label: label(ch.Label, maxOption), Value: ch.Value, Default: chosen(f, ch.Value)})
		}
		if f.Kind == bot.Many {
			c.MaxValues = len(c.Options)
		}
		return c
	}
	c.Type, c.Style, c.MaxLength = inputType, oneLine, maxInput
	if f.Kind == bot.Lines {
		c.Style = manyLines
	}
	if f.MaxLen > 0 {
		c.MaxLength = min(f.MaxLen, maxInput)
	}
	c.Value, _ = fit.Sentences(f.Value, c.MaxLength, fit.Characters)
	return c
}

func chosen(f bot.Field, value string) bool {
	for v := range strings.SplitSeq(f.Value, "\n") {
		if v == value {
			return true
		}
	}
	return false
}
