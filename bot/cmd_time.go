package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"podbrief/store"
)

// time sets when the brief comes; alone it says when.
func (b *Bot) time(ctx context.Context, a *asking) (Message, error) {
	if a.args == "" {
		sub, found, err := b.subscriptionOf(ctx, a.target)
		if err != nil || !found {
			return Message{}, cmp.Or(err, errNothingHere)
		}
		m := b.confirm(ctx, sub, "The brief comes at "+sub.Schedule.String()+".")
		m.Private = true
		return m, nil
	}
	sub, err := b.change(ctx, a.target, b.fresh(a), func(s *Subscription) (err error) {
		s.Schedule, err = parseSchedule(a.args, s.Schedule)
		return err
	})
	if err != nil {
		return Message{}, err
	}
	b.wake(ctx, sub.Channel)
	return b.confirm(ctx, sub, "The brief comes at "+sub.Schedule.String()+"."), nil
}

// settings opens the form, takes a submitted one, or sets one thing.
func (b *Bot) settings(ctx context.Context, a *asking) (Message, error) {
	if len(a.Fields) > 0 {
		return b.takeSettings(ctx, a)
	}
	if a.args == "" {
		return Message{Form: b.settingsOf(a), Private: true}, nil
	}
	name, value, _ := strings.Cut(a.args, " ")
	name, value = strings.ToLower(name), strings.TrimSpace(value)
	switch name {
	case "managers":
		return b.setManagers(ctx, a, value)
	case "model":
		return b.setModel(ctx, a, value)
	}
	sub, err := b.change(ctx, a.target, b.fresh(a), func(s *Subscription) error { return s.set(name, value) })
	if err != nil {
		return Message{}, err
	}
	b.wake(ctx, sub.Channel)
	if name == "language" {
		value = cmp.Or(sub.Language, "all")
	}
	done := "Set: " + name + " " + value + "."
	if name == "language" {
		done += b.untranslated(&sub)
	}
	return b.confirm(ctx, sub, done), nil
}

// untranslated says that a subscription's language leaves podcasts out; "" when a model translates, or all are wanted.
func (b *Bot) untranslated(s *Subscription) string {
	if s.Language == "" || b.Engine.Translate != nil {
		return ""
	}
	return fmt.Sprintf(" No language model is configured that could translate, so only podcasts in “%s” are used; “settings language all” uses the others too.", s.Language)
}

// set sets one thing of a subscription by its name.
func (s *Subscription) set(name, value string) error {
	switch name {
	case "count":
		n, err := strconv.Atoi(value)
		if err != nil || n < minCount || n > maxCount {
			return tell("A brief has %d to %d insights; write it like “settings count 5”.", minCount, maxCount)
		}
		s.Count = n
	case "language":
		lang, err := parseLanguage(value)
		if err != nil {
			return err
		}
		s.Language = lang
	case "quiet":
		return setSwitch(&s.Quiet, value, "Write “settings quiet on” to hear nothing on a day without insights, or “settings quiet off”.")
	case "thread":
		return setSwitch(&s.Thread, value, "Write “settings thread on” to have a thread opened under each brief, or “settings thread off”.")
	case "time":
		schedule, err := parseSchedule(value, s.Schedule)
		if err != nil {
			return err
		}
		s.Schedule = schedule
	default:
		return tell("I know the settings count, language, quiet, thread, time, managers and model; write one like “settings count 5”.")
	}
	return nil
}

// setSwitch sets what is on or off; help is what is said of another value.
func setSwitch(what *bool, value, help string) error {
	switch strings.ToLower(value) {
	case "on", "yes":
		*what = true
	case "off", "no":
		*what = false
	default:
		return tell("%s", help)
	}
	return nil
}

// parseLanguage reads a language's code; "" and "all" mean all of them.
func parseLanguage(value string) (string, error) {
	value = strings.ToLower(strings.TrimSpace(value))
	if value == "" || value == "all" || value == "any" {
		return "", nil
	}
	tag, err := language.Parse(value)
	if named, ok := languageNamed(value); ok {
		tag, err = named, nil
	}
	base, sure := tag.Base()
	if err != nil || sure == language.No {
		return "", tell("I do not know the language “%s”; write its code, like “en” or “de”, or “all”.", clip(value, 20))
	}
	return base.String(), nil
}

// languageNamed finds a language by its name, in English or in itself.
func languageNamed(name string) (language.Tag, bool) {
	english := display.English.Languages()
	for _, tag := range display.Supported.Tags() {
		if strings.EqualFold(english.Name(tag), name) || strings.EqualFold(display.Self.Name(tag), name) {
			return tag, true
		}
	}
	return language.Und, false
}

// setManagers sets which members may change the channels' briefs of a workspace.
func (b *Bot) setManagers(ctx context.Context, a *asking, value string) (Message, error) {
	if a.Rights&Administer == 0 {
		return Message{}, refusal(Administer)
	}
	rules := map[string]Managers{"members": AllManage, "creator": CreatorManage, "admins": AdminsManage}
	rule, ok := rules[strings.ToLower(value)]
	if !ok {
		return Message{}, tell("Write who may change a channel's brief: “settings managers members”, “creator” or “admins”.")
	}
	err := b.DB.Update(ctx, func(tx store.Tx) error {
		ws, _, err := get[Workspace](tx, workspaceBucket, workspaceKey(a.Channel))
		if err != nil {
			return err
		}
		ws.Managers = rule
		return store.Put(tx, workspaceBucket, workspaceKey(a.Channel), ws)
	})
	return Message{Text: "From now on these change a channel's brief: " + strings.ToLower(value) + ".", Private: true}, err
}

// setModel switches the language models off or on. They are one budget for all workspaces, so where there are several, none
// of them decides for the others: the operator does.
func (b *Bot) setModel(ctx context.Context, a *asking, value string) (Message, error) {
	if a.Rights&Administer == 0 {
		return Message{}, refusal(Administer)
	}
	if b.Models == nil {
		return Message{}, tell("No language model is configured, so there is none to switch.")
	}
	if alone, err := b.alone(ctx, a.Channel); err != nil || !alone {
		return Message{}, cmp.Or(err, tell("Several workspaces share this bot's language models, so only its operator can switch them off, with OPENAI_OFF=1."))
	}
	done, why := "Language models are on again.", ""
	switch strings.ToLower(value) {
	case "on":
	case "off":
		done, why = "Language models are off, everywhere and until “settings model on”; the built-in engine does their work.", "an admin switched them off"
	default:
		return Message{}, tell("Write “settings model off” to stop all calls of language models, or “settings model on”.")
	}
	if err := b.Models.Switch(ctx, why); err != nil {
		return Message{}, err
	}
	b.Log.Info("models switched", "to", strings.ToLower(value), "by", a.User, "workspace", workspaceKey(a.Channel))
	if still, err := b.Models.Off(ctx); err != nil || still != why {
		return Message{}, cmp.Or(err, tell("Language models stay off: %s; the operator must change that.", still))
	}
	return Message{Text: done, Private: true}, nil
}

// alone reports whether no channel of another workspace has a subscription.
func (b *Bot) alone(ctx context.Context, ch Channel) (bool, error) {
	subs, err := b.subscriptions(ctx)
	return err == nil && !slices.ContainsFunc(subs, func(s Subscription) bool {
		return s.Channel.Kind != Direct && workspaceKey(s.Channel) != workspaceKey(ch)
	}), err
}

// pause stops the brief until a day, or until somebody resumes.
func (b *Bot) pause(ctx context.Context, a *asking) (Message, error) {
	sub, err := b.change(ctx, a.target, nil, func(s *Subscription) error {
		until, err := parseUntil(a.args, a.now, s.Schedule.location())
		if err != nil {
			return err
		}
		s.Paused, s.PauseUntil = true, until
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	done := "" // the next line says until when
	if sub.PauseUntil.IsZero() {
		done = "Paused."
	}
	return b.confirm(ctx, sub, done), nil
}

// resume ends a pause, and a stop too: the next brief shows whether the channel takes messages again. A workspace that
// stopped is tried at once, since it would be tried once a day only.
func (b *Bot) resume(ctx context.Context, a *asking) (Message, error) {
	done := "It was not paused."
	sub, err := b.change(ctx, a.target, nil, func(s *Subscription) error {
		if s.Stop.Class != "" || s.pausedAt(a.now) {
			done = "The brief comes again."
		}
		s.pause(false, a.now)
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	if sub.Stop.Class != "" {
		if err := b.setStop(ctx, sub.Channel, Stop{}); err != nil {
			return Message{}, err
		}
		sub.Stop = Stop{}
	}
	tried, works, err := b.tryWorkspace(ctx, sub.Channel)
	switch {
	case err != nil:
		return Message{}, err
	case tried && works:
		done = "The brief comes again."
	case tried:
		done = "I tried just now, and it does not work yet."
	}
	b.wake(ctx, sub.Channel)
	return b.confirm(ctx, sub, done), nil
}

// tryWorkspace tries the workspace of a channel at once when it is stopped.
func (b *Bot) tryWorkspace(ctx context.Context, ch Channel) (tried, works bool, err error) {
	stop, err := b.stopOf(ctx, ch)
	if err != nil || stop.Class == "" {
		return false, false, err
	}
	if err := b.probeNow(ctx, whole(ch), stop); err != nil {
		return true, false, err
	}
	stop, err = b.stopOf(ctx, ch)
	return true, stop.Class == "", err
}

// leave ends a subscription and deletes what is stored of its channel, or of the whole workspace; once it is confirmed.
func (b *Bot) leave(ctx context.Context, a *asking) (Message, error) {
	switch what := strings.Join(strings.Fields(strings.ToLower(a.args)), " "); what {
	case "workspace", "workspace yes":
		return b.leaveWorkspace(ctx, a, what == "workspace yes")
	case "", "yes":
		return b.leaveChannel(ctx, a, what == "yes")
	}
	return Message{}, tell("Write “leave” to end this channel's subscription, or “leave workspace” to delete everything of this workspace.")
}

func (b *Bot) leaveWorkspace(ctx context.Context, a *asking, sure bool) (Message, error) {
	if a.Rights&Administer == 0 {
		return Message{}, refusal(Administer)
	}
	if !sure {
		return askSure("This deletes everything of this workspace, of all channels and people.", "Delete it all", scoped(a, "leave", "workspace", "yes")), nil
	}
	if err := b.Purge(ctx, a.Channel.Platform, a.Channel.Workspace); err != nil {
		return Message{}, err
	}
	return Message{Text: "Everything of this workspace is deleted, and no brief comes any more.", Private: true}, nil
}

func (b *Bot) leaveChannel(ctx context.Context, a *asking, sure bool) (Message, error) {
	sub, found, err := b.subscriptionOf(ctx, a.target)
	if err != nil || !found {
		return Message{}, cmp.Or(err, errNothingHere)
	}
	if !sure {
		return askSure("This ends the subscription of "+channelName(sub.Channel)+" and deletes what is stored of it: "+sub.interests()+".",
			"Leave", scoped(a, "leave", "yes")), nil
	}
	if err := b.end(ctx, a.target); err != nil {
		return Message{}, err
	}
	return Message{Text: "This subscription is ended and what was stored of it is deleted. “topic ai” begins a new one.", Private: true}, nil
}

// askSure asks whether something is to be done that cannot be undone, with a button that does it.
func askSure(what, label string, yes []string) Message {
	return Message{
		Text:    what + " It cannot be undone: press the button or send “" + strings.Join(yes, " ") + "”, or do nothing.",
		Private: true, Actions: []Action{{Label: label, Command: yes}},
	}
}
