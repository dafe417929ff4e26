package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// settingsForm is the form of a channel's settings; nil when the words set something already, or when it is not known yet
// whether the asker may see those of another channel.
func (b *Bot) settingsForm(r Request) *Form {
	_, a := b.understand(r)
	if a.args != "" || a.elsewhere() {
		return nil
	}
	return b.settingsOf(a)
}

// settingsOf is the form of a channel's settings, filled with what is set.
func (b *Bot) settingsOf(a *asking) *Form {
	sub, found, err := b.subscriptionOf(context.Background(), a.target)
	if err != nil || !found {
		sub = newSubscription(a.Request, a.target, b.zoneFor(a.Request), b.now())
	}
	var besides []string
	if sub.Quiet {
		besides = append(besides, "quiet")
	}
	if sub.Thread {
		besides = append(besides, "thread")
	}
	return &Form{
		Title: "Daily brief", Command: scoped(a, "settings"), Submit: "Save",
		Fields: []Field{
			{Name: "topics", Label: "Topics", Kind: Lines, MaxLen: 3000, Value: strings.Join(append(slices.Clone(sub.Topics), minus(sub.Exclude)...), ", "),
				Hint: "With commas between them; a minus excludes: ai, open source, -crypto"},
			{Name: "podcasts", Label: "Podcasts to follow", Kind: Lines, MaxLen: 3000, Value: strings.Join(b.titlesOf(sub.Follow), "\n"), Extra: true,
				Hint: "One a line, by its name or address; the brief takes their best insights whatever the topic"},
			{Name: "time", Label: "When", Required: true, MaxLen: 100, Value: sub.Schedule.String(), Hint: "Like 08:30 weekdays Europe/Berlin"},
			{Name: "count", Label: "Insights in a brief", Kind: One, Value: strconv.Itoa(sub.Count), Choices: counts(), Hint: fmt.Sprintf("%d to %d", minCount, maxCount)},
			pausedField(&sub, b.now()),
			b.languageField(&sub),
			{Name: "besides", Label: "Besides", Kind: Many, Value: strings.Join(besides, "\n"), Hint: "Where replies are threads by themselves, the thread is there anyway",
				Choices: []Choice{{"Say nothing on a day without insights", "quiet"}, {"Open a thread under each brief", "thread"}}},
		},
	}
}

// languageField asks which language the insights are to be in: they are translated into it when a model can do that, and
// else those of podcasts in it are used.
func (b *Bot) languageField(sub *Subscription) Field {
	f := Field{Name: "language", Label: "Language of insights", MaxLen: 20, Value: cmp.Or(sub.Language, "all")}
	f.Hint = "Its code, like en or de: insights are translated into it; all: they stay as they are"
	if b.Engine.Translate == nil {
		f.Hint = "Its code, like en or de: only podcasts in it are used, as no model can translate; or all"
	}
	return f
}

// pausedField asks whether the brief comes.
func pausedField(sub *Subscription, now time.Time) Field {
	f := Field{Name: "paused", Label: "The brief", Kind: One, Value: "off", Choices: []Choice{{"Comes", "off"}, {"Is paused", "on"}}, Extra: true}
	if sub.pausedAt(now) {
		f.Value = "on"
		if !sub.PauseUntil.IsZero() {
			f.Choices[1].Label = "Is paused until " + sub.PauseUntil.In(sub.Schedule.location()).Format("Mon 2 Jan 2006")
		}
	}
	return f
}

func counts() []Choice {
	var out []Choice
	for n := minCount; n <= maxCount; n++ {
		out = append(out, Choice{strconv.Itoa(n), strconv.Itoa(n)})
	}
	return out
}

// checkSettings says which fields of a submitted form are wrong.
func (b *Bot) checkSettings(r Request, f Fields) map[string]string {
	_, a := b.understand(r)
	sub, found, err := b.subscriptionOf(context.Background(), a.target)
	if err != nil || !found {
		sub = newSubscription(r, a.target, b.zoneFor(r), b.now())
	}
	return b.fill(&sub, f, b.now())
}

// fill takes a form's fields into a subscription, and says per field what is wrong with it. Fields that a form did not have
// leave the subscription as it is.
func (b *Bot) fill(s *Subscription, f Fields, now time.Time) (wrong map[string]string) {
	wrong = map[string]string{}
	for name, value := range f {
		var err error
		switch value = strings.TrimSpace(value); name {
		case "topics":
			err = s.fillTopics(value)
		case "podcasts":
			err = b.fillPodcasts(s, value)
		case "paused":
			s.pause(value == "on", now)
		case "time", "count", "language":
			err = s.set(name, value)
		case "besides":
			err = s.fillBesides(value)
		}
		if err != nil {
			wrong[name] = err.Error()
		}
	}
	return wrong
}

// fillPodcasts takes the podcasts to follow out of a list of names and addresses. Only such as are known are taken: others
// have to be fetched first.
func (b *Bot) fillPodcasts(s *Subscription, list string) error {
	follow := []string{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		found := b.calledAmong(s.Follow, line)
		if len(found) == 0 {
			found = b.called(s.Channel, line)
			switch {
			case len(found) == 0:
				return tell("I do not know “%s” yet; save without it and send “/brief follow %s”.", clip(line, 60), clip(line, 60))
			case len(found) > 1:
				return tell("Several podcasts are called “%s”; save without it and send “/brief follow %s”.", clip(line, 60), clip(line, 60))
			}
		}
		for _, p := range found {
			follow = addTo(follow, p.URL)
		}
	}
	if len(follow) > maxFeeds {
		return tell("A channel follows at most %d podcasts.", maxFeeds)
	}
	s.Follow = follow
	s.Mute = slices.DeleteFunc(slices.Clone(s.Mute), func(u string) bool { return slices.Contains(follow, u) })
	return nil
}

// pause stops the brief or lets it come again; a pause that has an end keeps it.
func (s *Subscription) pause(on bool, now time.Time) {
	switch {
	case on && !s.pausedAt(now):
		s.Paused, s.PauseUntil = true, time.Time{}
	case !on && s.Paused:
		s.Paused, s.PauseUntil, s.Since = false, time.Time{}, now
	}
}

// fillBesides takes what is on out of a list; what is not in it is off.
func (s *Subscription) fillBesides(list string) error {
	quiet, thread := false, false
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == '\n' || r == ',' || r == ' ' }) {
		switch name {
		case "quiet":
			quiet = true
		case "thread":
			thread = true
		default:
			return tell("I know “quiet” and “thread” here, not “%s”.", clip(name, 20))
		}
	}
	s.Quiet, s.Thread = quiet, thread
	return nil
}

func (s *Subscription) fillTopics(text string) error {
	t, err := parseTerms(text)
	if err == nil && len(t.want)+len(t.not) > maxTopics {
		err = tell("A channel follows at most %d topics.", maxTopics)
	}
	if err == nil {
		s.Topics, s.Exclude = t.want, t.not
	}
	return err
}

// takeSettings takes a submitted form.
func (b *Bot) takeSettings(ctx context.Context, a *asking) (Message, error) {
	sub, err := b.change(ctx, a.target, b.fresh(a), func(s *Subscription) error {
		if wrong := b.fill(s, a.Fields, a.now); len(wrong) > 0 {
			var lines []string
			for _, name := range []string{"topics", "podcasts", "time", "count", "language", "besides"} {
				lines = append(lines, nonEmpty(wrong[name])...)
			}
			return tell("%s", strings.Join(lines, "\n"))
		}
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	if _, err := b.scanNew(ctx, sub); err != nil {
		return Message{}, err
	}
	b.wake(ctx, sub.Channel)
	m := b.confirm(ctx, sub, "Saved."+b.untranslated(&sub))
	m.Private = true
	return m, nil
}

// askForm asks for the question, when it is not there yet.
func (b *Bot) askForm(r Request) *Form {
	_, a := b.understand(r)
	if a.args != "" && !isID(a.args) {
		if _, number := isNumber(a.args); !number {
			return nil
		}
	}
	f := &Form{Title: "Ask", Command: nonEmpty("ask", a.args), Submit: "Ask", Fields: []Field{
		{Name: "question", Label: "Your question", Kind: Lines, Required: true, MaxLen: maxQuestion, Hint: "What did they say about …?"},
	}}
	if a.args != "" {
		f.Intro = "About this insight; the answer comes with the places where it was said."
	}
	return f
}

// checkAsk wants a question.
func checkAsk(_ Request, f Fields) map[string]string {
	if strings.TrimSpace(f["question"]) == "" {
		return map[string]string{"question": "Write a question, like: what did they say about prices?"}
	}
	return nil
}
