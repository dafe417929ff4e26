package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"podbrief/store"
)

// The second word of a command can say that it is about another place than where it was sent.
const (
	me        = "@me" // the asker's personal subscription
	inChannel = "in:" // before a channel's ID: that channel
)

// Handle answers a request; it is the Handler that adapters are given.
func (b *Bot) Handle(ctx context.Context, r Request, progress func(Message)) (m Message) {
	defer func() {
		if p := recover(); p != nil {
			b.Log.Error("command panicked", "words", firstWord(r), "panic", p, "stack", string(debug.Stack()))
			m = b.sorry()
		}
	}()
	m, err := b.answer(ctx, r, progress)
	if err == nil {
		return m
	}
	if text, ok := told(err); ok {
		return Message{Text: text, Private: true}
	}
	if errors.Is(err, store.ErrFull) {
		return Message{Text: "My storage is full, so nothing was changed; the operator must free some space.", Private: true}
	}
	b.Log.Error("command failed", "command", firstWord(r), "channel", channelKey(r.Channel), "err", err)
	return b.sorry()
}

func (b *Bot) sorry() Message {
	return Message{Text: "Something went wrong on my side and is in the log; try again in a minute.", Private: true}
}

func firstWord(r Request) string {
	if len(r.Words) > 0 {
		return r.Words[0]
	}
	return string(r.Event)
}

func (b *Bot) answer(ctx context.Context, r Request, progress func(Message)) (Message, error) {
	if r.Event != None {
		return b.event(ctx, r)
	}
	if r.Implicit {
		ours, err := b.oursThread(ctx, r)
		if err != nil || !ours || r.Rights&Read == 0 { // who may not ask and did not ask is not told so
			return Message{}, err
		}
	}
	e, a := b.understand(r)
	a.progress, a.now = progress, b.now()
	if a.target.Platform == "" && r.Rights&Own == 0 {
		return Message{}, refusal(Own)
	}
	if a.target.Platform == "" {
		return Message{}, tell("I cannot send you direct messages here; write to me directly instead.")
	}
	if err := b.inside(ctx, a); err != nil {
		return Message{}, err
	}
	ctx = b.within(ctx, a.target)
	if err := b.allowed(ctx, e, a); err != nil {
		return Message{}, err
	}
	if e.posts && a.target == r.Channel && (r.CannotPost || r.Channel.Kind == Foreign) {
		return b.cannotPost(a), nil
	}
	if e.Args != nil && e.Args[0].Required && a.args == "" && len(r.Fields) == 0 {
		return b.missing(e, a), nil
	}
	m, err := e.run(ctx, a)
	if err == nil && e.Right == Manage && a.target.Kind == Room {
		b.noteManager(ctx, a)
	}
	return m, err
}

// understand finds the command of a request. Words that are no command are a question when there are several of them.
func (b *Bot) understand(r Request) (entry, *asking) {
	words := r.Words
	if len(words) == 1 && strings.ContainsRune(words[0], ' ') {
		words = Split(words[0])
	}
	if r.Implicit {
		words = replyWords(words)
	}
	if len(words) == 0 {
		words = []string{"help"}
	}
	a := &asking{Request: r, target: r.Channel}
	word, args := strings.ToLower(words[0]), words[1:]
	if len(args) == 0 {
		word = strings.TrimSuffix(word, "?") // "status?" is no question
	}
	table := b.table()
	at := slices.IndexFunc(table, func(e entry) bool { return e.Word == word })
	if at < 0 || asksWhy(words) {
		word, args = b.guess(words)
		at = slices.IndexFunc(table, func(e entry) bool { return e.Word == word })
	}
	if len(args) > 0 {
		if target, named := targetOf(r, args[0]); named {
			a.target, args = target, args[1:]
		}
	}
	a.args = storable(strings.Join(args, " "))
	return table[at], a
}

// storable leaves of what somebody typed what can be looked up in a store: UTF-8 without NUL.
func storable(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""))
}

// targetOf returns the channel that a command's second word names; false when it names none.
func targetOf(r Request, word string) (ch Channel, named bool) {
	id, elsewhere := strings.CutPrefix(word, inChannel)
	switch {
	case word == me && r.Channel.Kind == Direct:
		return r.Channel, true
	case word == me:
		return r.Personal, true
	case elsewhere && id != "":
		return Channel{Platform: r.Channel.Platform, Workspace: r.Channel.Workspace, ID: id}, true
	}
	return Channel{}, false
}

// elsewhere reports whether a command is about a channel other than that it was sent in.
func (a *asking) elsewhere() bool { return a.target.Kind == Room && a.target != a.Channel }

// inside checks that who names another channel is in it.
func (b *Bot) inside(ctx context.Context, a *asking) error {
	if !a.elsewhere() {
		return nil
	}
	if a.Member == nil {
		return tell("I cannot see here what you may do in that channel; send the command there.")
	}
	switch ok, err := a.Member(ctx, a.target); {
	case err != nil:
		return fmt.Errorf("look up a member: %w", err)
	case !ok:
		return tell("You are not in that channel; join it and send the command there.")
	}
	_, found, err := b.subscriptionOf(ctx, a.target)
	if err == nil && !found {
		return errNothingHere
	}
	return err
}

// replyWords are the words of a reply in a thread, which comes as a question: "more 2" there is a command all the same.
func replyWords(words []string) []string {
	if len(words) < 2 || words[0] != "ask" {
		return words
	}
	inner := Split(strings.Join(words[1:], " "))
	short := []string{"more", "related", "why", "save", "vote"}
	if len(inner) < 2 || len(inner) > 3 || !slices.Contains(short, strings.ToLower(inner[0])) {
		return words
	}
	if _, number := isNumber(inner[len(inner)-1]); !number {
		return words
	}
	return inner
}

// asksWhy reports whether words are a question that begins with "why", and not the command of that name.
func asksWhy(words []string) bool {
	if len(words) < 3 || !strings.EqualFold(words[0], "why") || !strings.HasSuffix(words[len(words)-1], "?") {
		return false
	}
	verbs := strings.Fields("am is are was were do does did has have had can could may might must shall should will would not")
	second := strings.TrimSuffix(strings.NewReplacer("’", "'").Replace(strings.ToLower(words[1])), "n't")
	return slices.Contains(verbs, second)
}

// guess decides what words mean that begin with no command: a slip of the keys, or a question.
func (b *Bot) guess(words []string) (word string, args []string) {
	line := strings.Join(words, " ")
	if _, ok := meant(words); ok && !strings.HasSuffix(line, "?") {
		return "help", words
	}
	if _, near := Nearest(strings.ToLower(words[0]), b.words()); !near && len(words) > 1 || strings.HasSuffix(line, "?") {
		return "ask", words
	}
	return "help", words
}

// words are all commands' words.
func (b *Bot) words() []string {
	var out []string
	for _, c := range b.Commands() {
		out = append(out, c.Word)
	}
	return out
}

// allowed checks the right that a command needs where it is used. Platforms check too, but administrators can override
// theirs.
func (b *Bot) allowed(ctx context.Context, e entry, a *asking) error {
	need := e.Right
	if need == Manage && a.target.Kind == Direct {
		need = Own
	}
	if a.Rights&need == 0 {
		return refusal(need)
	}
	if need != Manage || a.Rights&Administer != 0 {
		return nil
	}
	ws, sub, err := b.ruleOf(ctx, a.target)
	if err != nil {
		return err
	}
	switch {
	case ws.Managers == AdminsManage:
		return tell("Here only admins change a channel's brief; ask one, or make a personal one with “/brief topic @me ai”.")
	case ws.Managers == CreatorManage && sub.Creator != "" && sub.Creator != a.User:
		return tell("Here only who set up a channel's brief and admins change it; ask one of them, or make a personal one with “/brief topic @me ai”.")
	}
	return nil
}

func (b *Bot) ruleOf(ctx context.Context, ch Channel) (ws Workspace, sub Subscription, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		if ws, _, err = get[Workspace](tx, workspaceBucket, workspaceKey(ch)); err != nil {
			return err
		}
		sub, _, err = get[Subscription](tx, subscriptionBucket, channelKey(ch))
		return err
	})
	return ws, sub, err
}

// refusal names the right that is missing, and what to do without it.
func refusal(need Rights) error {
	switch need {
	case Read:
		return tell("You need the right to read and ask here; ask a member of this workspace to add you.")
	case Own:
		return tell("You need the right to have a subscription of your own, which guests do not have; ask an admin for it.")
	case Manage:
		return tell("You need the right to manage this channel's brief; ask somebody who manages the channel, or make a personal one with “/brief topic @me ai”.")
	}
	return tell("You need the right to administer this workspace; ask an admin.")
}

// cannotPost says what to do where the bot may answer but not post, and offers a personal brief.
func (b *Bot) cannotPost(a *asking) Message {
	m := Message{Private: true, Text: "I cannot post in this channel, so nothing was changed."}
	or := " Get"
	if a.Invite != "" {
		m.Text += fmt.Sprintf(" Let me in with “%s” and send the command again.", a.Invite)
		or = " Or get"
	}
	if a.Personal.Platform == "" {
		return m
	}
	m.Text += or + " the brief as direct messages."
	words := []string{"settings", me}
	if own := append([]string{firstWord(a.Request), me}, strings.Fields(a.args)...); a.args != "" && len(strings.Join(own, " ")) <= 90 {
		words = own
	}
	m.Actions = []Action{{Label: "Send it to me", Command: words, Form: words[0] == "settings"}}
	return m
}

// missing says what a command lacks: with a form where there is one, or else in a sentence.
func (b *Bot) missing(e entry, a *asking) Message {
	if e.Form != nil {
		if f := e.Form(a.Request); f != nil {
			return Message{Form: f, Private: true}
		}
	}
	return Message{Private: true, Text: fmt.Sprintf("Say what, like “%s”: %s.", usage(e.Command), lowerFirst(e.Args[0].Help))}
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// oursThread reports whether a request was written under a message of ours.
func (b *Bot) oursThread(ctx context.Context, r Request) (ours bool, err error) {
	if r.Thread == "" {
		return false, nil
	}
	err = b.DB.View(ctx, func(tx store.Tx) error {
		ours, err = exists(tx, messageBucket, channelKey(r.Channel)+part(r.Thread))
		return err
	})
	return ours, err
}
