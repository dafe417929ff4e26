package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"podbrief/digest"
	"podbrief/digest/insight"
	"podbrief/store"
)

// What is kept and offered of a conversation.
const (
	maxTurns    = 6   // of one thread
	maxQuestion = 500 // characters
	maxFound    = 8   // results of a search
)

// ask answers a question out of what was said. In a brief's thread, or with an insight's number or ID before it, it is
// about those insights.
func (b *Bot) ask(ctx context.Context, a *asking) (Message, error) {
	q, err := b.question(ctx, a)
	if err != nil {
		return Message{}, err
	}
	if err := b.mayAsk(ctx, a); err != nil {
		return Message{}, err
	}
	a.tell("Looking through the episodes…")
	answer, err := b.Engine.Ask(charged(ctx, a.Channel), q)
	if err != nil {
		return Message{}, err
	}
	if err := b.keepTurn(ctx, a, q.Text, answer.Answer); err != nil {
		b.Log.Warn("question not kept", "err", err)
	}
	return answerMessage(answer, q.Insight), nil
}

// charged is a context under which what models cost is charged to a channel and its workspace.
func charged(ctx context.Context, ch Channel) context.Context {
	return insight.WithAccounts(ctx, accounts(ch)...)
}

// accounts are those that a channel's calls of models are charged to.
func accounts(ch Channel) []insight.Account {
	return []insight.Account{{Kind: "workspace", Name: workspaceKey(ch)}, {Kind: "channel", Name: channelKey(ch)}}
}

// question puts together what was asked, about which insights, and what was asked there before.
func (b *Bot) question(ctx context.Context, a *asking) (digest.Question, error) {
	q := digest.Question{Text: a.args, Now: a.now}
	if text, ok := a.Fields["question"]; ok {
		q.Text = strings.TrimSpace(a.args + " " + text)
	}
	word, rest, _ := strings.Cut(q.Text, " ")
	n, numbered := isNumber(word)
	if about := numbered && n > 0 && n <= maxCount || isID(word); about && strings.TrimSpace(rest) != "" {
		it, err := b.insightOf(ctx, a, word)
		if err != nil {
			return q, err
		}
		q.Insight, q.Text = it.Insight.ID, strings.TrimSpace(rest)
	}
	if q.Text == "" || isID(q.Text) {
		return q, tell("Write your question after it, like “ask what did they say about prices?”.")
	}
	if len([]rune(q.Text)) > maxQuestion {
		return q, tell("A question has at most %d characters; shorten it.", maxQuestion)
	}
	if a.Thread != "" {
		if d, err := b.briefOf(ctx, a); err == nil && d.MessageID == a.Thread {
			q.Insights = d.Insights
		}
	}
	turns, err := b.turns(ctx, a)
	for _, t := range turns {
		q.Earlier = append(q.Earlier, insight.Turn{Question: t.Question, Answer: t.Answer})
	}
	q.Language = languageOf(a.Locale)
	return q, err
}

// languageOf cuts a locale down to its language; "" when there is none.
func languageOf(locale string) string {
	lang, err := parseLanguage(strings.ReplaceAll(locale, "_", "-"))
	if err != nil {
		return ""
	}
	return lang
}

// threadKey names the conversation that a request belongs to.
func threadKey(a *asking) string { return channelKey(a.Channel) + part(a.Thread) }

func (b *Bot) turns(ctx context.Context, a *asking) ([]Turned, error) {
	if a.Thread == "" {
		return nil, nil
	}
	th, err := view(ctx, b.DB, func(tx store.Tx) (Thread, error) {
		th, _, err := get[Thread](tx, threadBucket, threadKey(a))
		return th, err
	})
	return th.Turns, err
}

// keepTurn keeps a question and its answer for those that follow in the same thread.
func (b *Bot) keepTurn(ctx context.Context, a *asking, question, answer string) error {
	if a.Thread == "" {
		return nil
	}
	return b.DB.Update(ctx, func(tx store.Tx) error {
		th, _, err := get[Thread](tx, threadBucket, threadKey(a))
		if err != nil {
			return err
		}
		th.Turns = append(th.Turns, Turned{User: a.User, Question: question, Answer: clip(answer, 1000)})
		th.Turns, th.At = th.Turns[max(0, len(th.Turns)-maxTurns):], a.now
		return store.Put(tx, threadBucket, threadKey(a), th)
	})
}

// search finds insights by words.
func (b *Bot) search(ctx context.Context, a *asking) (Message, error) {
	if err := b.mayDo(ctx, a.Channel, "meaning", a.User, maxMeant, a.now, 1); err != nil {
		if _, ok := told(err); !ok {
			return Message{}, err
		}
		ctx = digest.WithWordsOnly(ctx)
	}
	items, err := b.Engine.Search(charged(ctx, a.Channel), clip(a.args, maxQuestion), maxFound)
	if err != nil {
		return Message{}, err
	}
	if len(items) == 0 {
		return Message{Text: "No insight I know holds these words; try fewer or other ones.", Private: true}, nil
	}
	m := itemsMessage("Insights on: "+clip(a.args, 80), items, b.calendar(a))
	m.Private = true
	return m, nil
}

// The limits on what costs something.
const (
	maxUserAsks    = 10 // by one user in an hour
	maxGuestAsks   = 3  // by one who has no brief of their own, in an hour
	maxMeant       = 10 // searches by meaning, which ask a model, by one user in an hour; beyond them by words
	maxChannelAsks = 60 // in one channel in a day
	maxAdds        = 20 // podcasts added to one channel in an hour, beside lists
)

// mayAsk counts a question and refuses it when there were too many.
func (b *Bot) mayAsk(ctx context.Context, a *asking) error {
	most := maxUserAsks
	if a.Rights&Own == 0 {
		most = maxGuestAsks
	}
	if err := b.mayDo(ctx, a.Channel, "ask", a.User, most, a.now, 1); err != nil {
		return err
	}
	return b.mayDoWithin(ctx, a.Channel, "asks", channelKey(a.Channel), maxChannelAsks, 24*time.Hour, a.now, 1)
}

// mayDo counts something that somebody may do so many times an hour.
func (b *Bot) mayDo(ctx context.Context, ch Channel, what, who string, most int, now time.Time, times int) error {
	if who == "" {
		who = channelKey(ch)
	}
	return b.mayDoWithin(ctx, ch, what, who, most, time.Hour, now, min(times, most))
}

func (b *Bot) mayDoWithin(ctx context.Context, ch Channel, what, who string, most int, within time.Duration, now time.Time, times int) error {
	key := workspaceKey(ch) + what + "/" + part(who)
	return b.DB.Update(ctx, func(tx store.Tx) error {
		u, _, err := get[Uses](tx, useBucket, key)
		if err != nil {
			return err
		}
		u.Times = slices.DeleteFunc(u.Times, func(t time.Time) bool { return now.Sub(t) >= within || t.After(now) })
		if len(u.Times)+times > most {
			wait := within
			if len(u.Times) > 0 {
				wait = within - now.Sub(u.Times[0])
			}
			return tell("That is enough for now: at most %d of these are possible in %s; try again in %s.", most, span(within), span(wait))
		}
		for range times {
			u.Times = append(u.Times, now)
		}
		return store.Put(tx, useBucket, key, u)
	})
}

// span writes a duration for people.
func span(d time.Duration) string {
	switch {
	case d > 90*time.Minute:
		return count(int((d+30*time.Minute)/time.Hour), "hour")
	case d >= time.Hour:
		return "an hour"
	}
	return count(max(1, int((d+59*time.Second)/time.Minute)), "minute")
}
