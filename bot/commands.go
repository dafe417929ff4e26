package bot

import (
	"context"
	"slices"
	"strings"
	"time"
)

// entry is a row of the command table: what adapters see of it, and what it does.
type entry struct {
	Command
	// posts: it makes or changes what is sent to the channel, so the bot must be able to post there.
	posts bool
	run   func(context.Context, *asking) (Message, error)
}

// asking is one request while it is answered.
type asking struct {
	Request
	target   Channel // what the command is about: the channel of the request, or with "@me" the asker's direct messages
	args     string  // the words after the command
	now      time.Time
	progress func(Message)
}

// tell shows a line in the place of the answer until it comes.
func (a *asking) tell(text string) {
	if a.progress != nil {
		a.progress(Message{Text: text})
	}
}

// Commands returns the command table: what adapters offer and help explains.
func (b *Bot) Commands() []Command {
	var out []Command
	for _, e := range b.table() {
		out = append(out, e.Command)
	}
	return out
}

// table is all that users can ask. Discord allows 25 words under one command.
func (b *Bot) table() []entry {
	return slices.Concat(b.interestCommands(), b.timeCommands(), b.briefCommands(), b.questionCommands(), b.ownCommands())
}

func (b *Bot) interestCommands() []entry {
	topics := tail("topics", "Topics with commas between them; a minus excludes", true)
	podcast := tail("podcast", "Name, feed address, web page or OPML address", true)
	known := func(help string) []Arg { return []Arg{tail("what", help, true)} }
	return []entry{
		{Command: Command{Word: "topic", Help: "Follow topics, like: ai, open source, -crypto", Args: []Arg{topics}, Right: Manage,
			Complete: b.completeTopic}, posts: true, run: b.topic},
		{Command: Command{Word: "untopic", Help: "Stop following topics", Args: []Arg{topics}, Right: Manage,
			Complete: b.completeOwnTopic}, run: b.untopic},
		{Command: Command{Word: "follow", Help: "Follow a podcast whatever its topics", Args: []Arg{podcast}, Right: Manage, Slow: true,
			Complete: b.completePodcast}, posts: true, run: b.follow},
		{Command: Command{Word: "unfollow", Help: "Stop following a podcast", Args: known("Name or address of a followed podcast"), Right: Manage,
			Complete: b.completeFollowed}, run: b.unfollow},
		{Command: Command{Word: "mute", Help: "Leave out a podcast, topic or word", Args: known("Podcast, topic or word"), Right: Manage,
			Complete: b.completePodcast}, posts: true, run: b.mute},
		{Command: Command{Word: "unmute", Help: "Let a muted podcast, topic or word in again", Args: known("Podcast, topic or word"), Right: Manage,
			Complete: b.completeMuted}, run: b.unmute},
		{Command: Command{Word: "feeds", Help: "What is scanned and how healthy it is; export gives an OPML file",
			Args: []Arg{{Name: "do", Help: "export: an OPML file", Choices: []Choice{{"export", "export"}}}}, Right: Read, Private: true},
			run: b.feeds},
	}
}

func (b *Bot) timeCommands() []entry {
	return []entry{
		{Command: Command{Word: "time", Help: "When the brief comes, like: 08:30 weekdays Europe/Berlin",
			Args: []Arg{tail("when", "Hour, days and zone, like: 08:30 mon,thu Europe/Berlin", false)}, Right: Manage,
			Complete: b.completeZone}, posts: true, run: b.time},
		{Command: Command{Word: "settings", Help: "A form; or one setting, like: count 5, language de, quiet on",
			Args: []Arg{tail("setting", "count 3..10, language de, quiet on, thread on, managers admins, model off; none: the form", false)}, Right: Manage, Private: true,
			Form: b.settingsForm, Check: b.checkSettings}, posts: true, run: b.settings},
		{Command: Command{Word: "pause", Help: "Stop the brief for a while, like: until 2026-12-01",
			Args: []Arg{tail("until", "A date, “2 weeks”, a weekday; none: until resumed", false)}, Right: Manage}, run: b.pause},
		{Command: Command{Word: "resume", Help: "Let the brief come again", Right: Manage}, posts: true, run: b.resume},
		{Command: Command{Word: "leave", Help: "End this channel's subscription and delete what is stored of it",
			Args:  []Arg{{Name: "what", Help: "yes: without being asked again; workspace: delete everything of this workspace", Choices: []Choice{{"yes", "yes"}, {"workspace", "workspace"}}}},
			Right: Manage, Private: true}, run: b.leave},
		{Command: Command{Word: "status", Help: "What this channel gets, when next, and how healthy its feeds are", Right: Read, Private: true},
			run: b.status},
	}
}

func (b *Bot) briefCommands() []entry {
	which := func() []Arg {
		return []Arg{tail("insight", "Its number in the brief, or its ID", true)}
	}
	return []entry{
		{Command: Command{Word: "now", Help: "Post a brief at once; the day's brief still comes", Right: Manage, Slow: true}, posts: true, run: b.postNow},
		{Command: Command{Word: "preview", Help: "Show the next brief as it would be now, to you only", Right: Read, Private: true, Slow: true}, run: b.preview},
		{Command: Command{Word: "last", Help: "Show the last brief again, to you only", Right: Read, Private: true}, run: b.last},
		{Command: Command{Word: "why", Help: "Why an insight was chosen, or why a podcast was not",
			Args: []Arg{tail("what", "Number of an insight, or a podcast's or episode's name", true)}, Right: Read, Private: true,
			Complete: b.completePodcast}, run: b.why},
		{Command: Command{Word: "more", Help: "The quote with what was said around it", Args: which(), Right: Read}, run: b.more},
		{Command: Command{Word: "related", Help: "What other podcasts said about it", Args: which(), Right: Read}, run: b.related},
	}
}

func (b *Bot) questionCommands() []entry {
	return []entry{
		{Command: Command{Word: "ask", Help: "Ask what was said; the answer cites episode and second",
			Args: []Arg{tail("question", "Your question", true)}, Right: Read, Slow: true, Form: b.askForm, Check: checkAsk}, run: b.ask},
		{Command: Command{Word: "search", Help: "Search the insights for words",
			Args: []Arg{tail("words", "Words to look for", true)}, Right: Read, Private: true}, run: b.search},
	}
}

func (b *Bot) ownCommands() []entry {
	return []entry{
		{Command: Command{Word: "save", Help: "Keep an insight for yourself; alone it lists what you kept",
			Args: []Arg{tail("insight", "Its number in the brief, or its ID; remove 3 deletes the third kept", false)}, Right: Own, Private: true}, run: b.save},
		{Command: Command{Word: "vote", Help: "Say whether an insight was useful, like: up 2",
			Args: []Arg{
				{Name: "way", Help: "up or down", Required: true, Choices: []Choice{{"👍 up", "up"}, {"👎 down", "down"}}},
				tail("insight", "Its number in the brief, or its ID", true),
			}, Right: Own, Private: true}, run: b.vote},
		{Command: Command{Word: "profile", Help: "What votes taught: see, set, reset; forget deletes all about you",
			Args: []Arg{tail("do", "set <word> more|less, reset, forget; none shows it", false)}, Right: Own, Private: true}, run: b.profile},
		{Command: Command{Word: "help", Help: "What you can ask",
			Args: []Arg{tail("word", "A command to explain", false)}, Right: Read, Private: true, Complete: b.completeWord}, run: b.help},
	}
}

func tail(name, help string, required bool) Arg {
	return Arg{Name: name, Help: help, Required: required, Rest: true}
}

// usage writes a command as it is typed: "/brief vote <way> <insight>".
func usage(c Command) string {
	var sb strings.Builder
	sb.WriteString("/brief " + c.Word)
	for _, a := range c.Args {
		if a.Required {
			sb.WriteString(" <" + a.Name + ">")
		} else {
			sb.WriteString(" [" + a.Name + "]")
		}
	}
	return sb.String()
}
