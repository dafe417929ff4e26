package discord

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"podbrief/bot"
)

// archiveAfter is after how many minutes of silence a thread is archived: three days.
const archiveAfter = 4320

// maxThreadName is how long a thread's name may be.
const maxThreadName = 100

func threadName(m bot.Message) string {
	for _, s := range []string{m.Heading, m.Summary, m.Text} {
		if name := label(s, maxThreadName); name != "" {
			return name
		}
	}
	return "Podbrief"
}

// openPost opens a thread in a forum with a message, and returns the message's ID, which is the thread's too.
func (a *Adapter) openPost(ctx context.Context, forum, name string, out message) (string, error) {
	var made struct{ ID string }
	in := call{
		method: "POST", path: "/channels/" + url.PathEscape(forum) + "/threads", body: forumPost{name, archiveAfter, out}, file: out.file,
	}
	if err := a.rest.do(ctx, in, &made); err != nil {
		return "", err
	}
	if made.ID == "" {
		return "", &apiError{Status: http.StatusOK, Message: "an answer without the thread's ID", cut: true}
	}
	return made.ID, nil
}

// threadExists is Discord's code for a message that has a thread already.
const threadExists = 160004

// questions is the name of a thread that the first answer opened.
const questions = "Questions about this brief"

// howToAsk is said in threads in which the bot cannot read what is not meant for it.
const howToAsk = "Mention me here, or press Ask, and I answer."

// openThread opens the thread under a posted message that wants one. A message without it is posted all the same: the first
// answer opens it then.
func (a *Adapter) openThread(ctx context.Context, ch bot.Channel, msg string, m bot.Message) {
	if !m.OpenThread || ch.Kind != bot.Room || ch.Thread != "" {
		return
	}
	if _, err := a.threadUnder(ctx, ch.ID, msg, threadName(m)); err != nil {
		a.Log.Warn("thread not opened", "channel", ch.ID, "err", err)
	}
}

// threadUnder returns the thread under a message, and opens it when there is none. Its ID is the message's.
func (a *Adapter) threadUnder(ctx context.Context, channel, msg, name string) (string, error) {
	in := call{
		method: "POST", path: "/channels/" + url.PathEscape(channel) + "/messages/" + url.PathEscape(msg) + "/threads",
		body: newThread{name, archiveAfter},
	}
	var made struct{ ID string }
	err := a.rest.do(ctx, in, &made)
	if e, ok := errors.AsType[*apiError](err); ok && e.Code == threadExists {
		return msg, nil
	}
	if err != nil {
		return "", err
	}
	thread := cmp.Or(made.ID, msg)
	if a.MessageContent {
		return thread, nil
	}
	_, err = a.create(ctx, thread, render(bot.Message{Text: howToAsk}, ""))
	return thread, err
}
