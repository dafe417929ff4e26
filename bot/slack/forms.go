package slack

import (
	"cmp"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"podbrief/bot"
	"podbrief/bot/fit"
)

// Limits of a modal. https://docs.slack.dev/reference/views/modal-views
const (
	maxTitle  = 24
	maxOption = 75
	maxInput  = 3_000
	maxHint   = 150
	maxBoxes  = 10 // that can be ticked; more choices are a menu
)

// context is what a modal carries so that its submission can be answered where it was opened.
type formContext struct {
	Command []string `json:"w"`
	Channel string   `json:"c,omitempty"`
	Name    string   `json:"n,omitempty"`
	Thread  string   `json:"t,omitempty"`
	Reply   string   `json:"r,omitempty"`
	Direct  bool     `json:"d,omitempty"`
	Home    bool     `json:"h,omitempty"`
}

// inputID is the action of a form's input; its block is named for the field.
const inputID = "value"

// modal draws a form. It is a pure function.
func modal(f *bot.Form, in incoming) slack.ModalViewRequest {
	var blocks []slack.Block
	if intro := bot.Clean(f.Intro); intro != "" {
		intro, _ = fit.Sentences(intro, maxField, fit.Characters)
		blocks = append(blocks, slack.NewSectionBlock(plainText(intro), nil, nil))
	}
	for _, field := range f.Fields {
		if utf8.RuneCountInString(field.Value) <= maxInput { // one that cannot be shown whole would come back cut
			blocks = append(blocks, input(field))
		}
	}
	meta, err := json.Marshal(formContext{
		Command: f.Command, Channel: in.channel, Name: in.name, Thread: in.thread, Reply: in.reply, Direct: in.direct, Home: in.home,
	})
	if err != nil {
		panic(err) // strings always encode
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: fitted(f.Title, maxTitle), Submit: fitted(cmp.Or(f.Submit, "Send"), maxTitle), Close: plainText("Cancel"),
		CallbackID: "form", PrivateMetadata: string(meta), Blocks: slack.Blocks{BlockSet: blocks},
	}
}

// fitted is a label of at most so many characters.
func fitted(s string, most int) *slack.TextBlockObject {
	s, _ = fit.Sentences(cmp.Or(flat(s), "…"), most, fit.Characters)
	return plainText(s)
}

// input draws a field.
func input(f bot.Field) slack.Block {
	var element slack.BlockElement
	var hint *slack.TextBlockObject
	if f.Hint != "" {
		hint = fitted(f.Hint, maxHint)
	}
	switch {
	case f.Kind == bot.One && len(f.Choices) > 0:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, inputID, options(f.Choices)...)
		e.InitialOption = first(chosen(f))
		element = e
	case f.Kind == bot.Many && len(f.Choices) > 0 && len(f.Choices) <= maxBoxes:
		e := slack.NewCheckboxGroupsBlockElement(inputID, options(f.Choices)...)
		e.InitialOptions = chosen(f)
		element = e
	case f.Kind == bot.Many && len(f.Choices) > 0:
		e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, inputID, options(f.Choices)...)
		e.InitialOptions = chosen(f)
		element = e
	default:
		e := slack.NewPlainTextInputBlockElement(nil, inputID)
		e.Multiline, e.InitialValue, e.MaxLength = f.Kind == bot.Lines, f.Value, maxInput
		if f.MaxLen > 0 {
			e.MaxLength = min(max(f.MaxLen, utf8.RuneCountInString(f.Value)), maxInput)
		}
		element = e
	}
	b := slack.NewInputBlock(f.Name, fitted(f.Label, 200), hint, element)
	b.Optional = !f.Required
	return b
}

func options(choices []bot.Choice) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, c := range choices[:min(len(choices), 100)] {
		out = append(out, slack.NewOptionBlockObject(c.Value, fitted(c.Label, maxOption), nil))
	}
	return out
}

// chosen are the options that a field has at the beginning.
func chosen(f bot.Field) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for v := range strings.SplitSeq(f.Value, "\n") {
		for _, o := range options(f.Choices) {
			if o.Value == v {
				out = append(out, o)
			}
		}
	}
	return out
}

func first(options []*slack.OptionBlockObject) *slack.OptionBlockObject {
	if len(options) == 0 {
		return nil
	}
	return options[0]
}

// fromForm reads a modal that was submitted.
func fromForm(in *incoming, v slack.View) {
	var meta formContext
	if v.CallbackID != "form" || json.Unmarshal([]byte(v.PrivateMetadata), &meta) != nil {
		return
	}
	in.words, in.channel, in.name, in.thread, in.reply = meta.Command, meta.Channel, meta.Name, meta.Thread, meta.Reply
	in.direct, in.home, in.fields = meta.Direct, meta.Home, bot.Fields{}
	if v.State == nil {
		return
	}
	for field, actions := range v.State.Values {
		in.fields[field] = submitted(actions[inputID])
	}
}

func submitted(a slack.BlockAction) string {
	switch {
	case a.SelectedOption.Value != "":
		return a.SelectedOption.Value
	case len(a.SelectedOptions) > 0:
		var values []string
		for _, o := range a.SelectedOptions {
			values = append(values, o.Value)
		}
		return strings.Join(values, "\n")
	}
	return a.Value
}

// wrongFields is the acknowledgement that shows at the fields what is wrong with them; nil when nothing is.
func wrongFields(wrong map[string]string) any {
	if len(wrong) == 0 {
		return nil
	}
	errs := map[string]string{}
	for field, text := range wrong {
		errs[field], _ = fit.Sentences(flat(text), maxHint, fit.Characters)
	}
	return map[string]any{"response_action": "errors", "errors": errs}
}
