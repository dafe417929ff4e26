package slack

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"podbrief/bot"
	"podbrief/bot/fit"
)

// actions adds what can be pressed: two that differ in up and down become feedback buttons, the others buttons.
func (p *page) actions(actions []bot.Action) {
	var buttons, small []slack.BlockElement
	for i := 0; i < len(actions) && len(buttons) < maxButtons; i++ {
		id := strconv.Itoa(i)
		if !p.home && i+1 < len(actions) && areVotes(actions[i], actions[i+1]) {
			small = append(small, p.feedback(id, actions[i], actions[i+1]))
			i++
			continue
		}
		buttons = append(buttons, p.button(id, actions[i]))
	}
	if len(buttons) > 0 {
		p.add(slack.NewActionBlock("", buttons...))
	}
	if len(small) > 0 {
		p.add(slack.NewContextActionsBlock("", small...))
	}
}

// areVotes reports whether two actions are for and against the same thing.
func areVotes(up, down bot.Action) bool {
	n := len(up.Command)
	return n == len(down.Command) && n > 2 && up.Command[0] == down.Command[0] && up.Command[1] == "up" && down.Command[1] == "down" &&
		slices.Equal(up.Command[2:], down.Command[2:])
}

func (p *page) feedback(id string, up, down bot.Action) slack.BlockElement {
	one := func(a bot.Action, said string) *slack.FeedbackButton {
		return slack.NewFeedbackButton(plainText(p.label(a)), value(a)).WithAccessibilityLabel(said)
	}
	return slack.NewFeedbackButtonsBlockElement("vote"+id, one(up, "Useful: more like this"), one(down, "Not useful: less like this"))
}

func (p *page) button(id string, a bot.Action) slack.BlockElement {
	b := slack.NewButtonBlockElement("button"+id, value(a), plainText(p.label(a)))
	if len(a.Command) == 0 {
		b.URL = bot.WebAddress(a.URL, maxURL)
		p.size += len(b.URL)
	}
	return b
}

// label is what a button shows. A button has little room, so that words of a long label are left out.
func (p *page) label(a bot.Action) string {
	s, _ := fit.Sentences(cmp.Or(a.Label, "Open"), maxButton, fit.Characters)
	p.size += fit.Characters(s)
	return s
}

// value is a command as a button carries it.
func value(a bot.Action) string { return strings.Join(a.Command, " ") }
