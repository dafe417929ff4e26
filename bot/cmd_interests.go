package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"podbrief/bot/directory"
)

// topic adds topics to a subscription, and makes it when there is none.
func (b *Bot) topic(ctx context.Context, a *asking) (Message, error) {
	t, err := parseTerms(a.args)
	if err != nil {
		return Message{}, err
	}
	if len(t.want)+len(t.not) == 0 {
		return Message{}, tell("Name at least one topic, like “topic ai, open source, -crypto”.")
	}
	sub, err := b.change(ctx, a.target, b.fresh(a), func(s *Subscription) error {
		s.want(t.want)
		s.exclude(t.not)
		if len(s.Topics)+len(s.Exclude) > maxTopics {
			return tell("A channel follows at most %d topics; take one off with “untopic” first.", maxTopics)
		}
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	scanned, err := b.scanNew(ctx, sub)
	if err != nil {
		return Message{}, err
	}
	b.wake(ctx, sub.Channel)
	text := sentence("Following", t.want) + sentence("Leaving out", t.not)
	if len(t.want) > 0 {
		text += fmt.Sprintf("I look for %s in %s.", itOrThem(t.want), count(scanned, "podcast"))
	}
	m := b.confirm(ctx, sub, text)
	b.propose(ctx, a, &m, sub, t.want)
	if err := b.suggest(ctx, a, &m, t.want); err != nil {
		return Message{}, err
	}
	return m, nil
}

// suggest asks back when a topic that no insight holds is nearly one of the catalog's: a slip of the keys.
func (b *Bot) suggest(ctx context.Context, a *asking, m *Message, topics []string) error {
	known := b.catalogTopics()
	for _, t := range topics {
		near, ok := Nearest(t, known)
		if !ok || near == t || len(t) < 4 {
			continue
		}
		if held, err := b.Engine.Search(ctx, t, 1); err != nil || len(held) > 0 {
			return err
		}
		m.Text += fmt.Sprintf("\nDid you mean “%s” by “%s”?", near, t)
		m.Actions = append(m.Actions, Action{Label: "Topic " + near, Command: scoped(a, "topic", near)})
	}
	return nil
}

func itOrThem(list []string) string {
	if len(list) == 1 {
		return "it"
	}
	return "them"
}

// fresh returns what makes a subscription for a request that is the first of its channel.
func (b *Bot) fresh(a *asking) func() Subscription {
	return func() Subscription { return newSubscription(a.Request, a.target, b.zoneFor(a.Request), a.now) }
}

// sentence writes "Following: ai, open source." or nothing for an empty list.
func sentence(what string, list []string) string {
	if len(list) == 0 {
		return ""
	}
	return ended(what+": "+strings.Join(list, ", ")) + " "
}

// ended puts a full stop behind a text that does not end as a sentence does, as with a podcast called “Ship It!”.
func ended(text string) string {
	if strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// propose offers up to three podcasts on topics that were just asked for.
func (b *Bot) propose(ctx context.Context, a *asking, m *Message, sub Subscription, topics []string) {
	var found []directory.Podcast
	for _, p := range b.catalogOn(topics) {
		if !slices.Contains(sub.Follow, p.URL) && !slices.Contains(sub.Mute, p.URL) && len(found) < 3 {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return
	}
	if err := b.remember(ctx, a.target, found); err != nil {
		b.Log.Warn("podcasts not proposed", "err", err)
		return
	}
	m.Footer = strings.TrimPrefix(m.Footer+" · You might follow one of these podcasts, to get its best insights whatever the topic.", " · ")
	for _, p := range found {
		m.Actions = append(m.Actions, followAction(a, p))
	}
}

func followAction(a *asking, p directory.Podcast) Action {
	return Action{Label: clip("Follow "+p.Title, 60), Command: scoped(a, "follow", token(p.URL))}
}

// untopic takes topics off a subscription.
func (b *Bot) untopic(ctx context.Context, a *asking) (Message, error) {
	t, err := parseTerms(a.args)
	if err != nil {
		return Message{}, err
	}
	var dropped []string
	sub, err := b.change(ctx, a.target, nil, func(s *Subscription) error {
		dropped = s.drop(append(t.want, t.not...))
		if len(dropped) == 0 {
			return tell("No such topic is followed here; these are: %s.%s", listOr(append(slices.Clone(s.Topics), minus(s.Exclude)...), "none"),
				didYouMean(a.args, slices.Concat(s.Topics, s.Exclude)))
		}
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	return b.confirm(ctx, sub, sentence("No longer", dropped)), nil
}

func minus(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, "-"+s)
	}
	return out
}

// theseAre ends a sentence about what there is not with what there is.
func theseAre(list []string) string {
	if len(list) == 0 {
		return "; “status” shows what this channel gets"
	}
	return "; these are: " + strings.Join(list, ", ")
}

func listOr(list []string, none string) string {
	if len(list) == 0 {
		return none
	}
	return strings.Join(list, ", ")
}

// follow adds podcasts whose insights are wanted whatever their topic.
func (b *Bot) follow(ctx context.Context, a *asking) (Message, error) {
	a.tell("Looking for " + clip(a.args, 60) + "…")
	found, err := b.find(ctx, a, a.args)
	if err != nil {
		return Message{}, err
	}
	if len(found.choices) > 0 {
		return b.choose(ctx, a, "follow", found.choices)
	}
	sub, err := b.followAll(ctx, a, found.podcasts)
	if err != nil {
		return Message{}, err
	}
	b.wake(ctx, sub.Channel)
	text := ended("Following " + titles(found.podcasts))
	if found.left > 0 {
		text += fmt.Sprintf(" %d more of the list were left out: a channel follows at most %d podcasts.", found.left, maxFeeds)
	}
	return b.confirm(ctx, sub, text), nil
}

// followAll adds podcasts to the subscription and to what is scanned.
func (b *Bot) followAll(ctx context.Context, a *asking, found []directory.Podcast) (Subscription, error) {
	if err := b.mayDo(ctx, a.target, "add", "", maxAdds, a.now, len(found)); err != nil {
		return Subscription{}, err
	}
	for _, p := range found {
		if err := b.scan(ctx, p); err != nil { // before the others: it knows the title
			return Subscription{}, err
		}
	}
	sub, err := b.change(ctx, a.target, b.fresh(a), func(s *Subscription) error {
		for _, p := range found {
			s.Follow, s.Mute = addTo(s.Follow, p.URL), without(s.Mute, p.URL)
		}
		if len(s.Follow) > maxFeeds {
			return tell("A channel follows at most %d podcasts; take one off with “unfollow” first.", maxFeeds)
		}
		return nil
	})
	if err != nil {
		return sub, err
	}
	if err := b.know(ctx); err != nil {
		return sub, err
	}
	var unread []string
	for _, f := range b.casts.list() {
		if f.State.CheckedAt.IsZero() {
			unread = append(unread, f.URL)
		}
	}
	return sub, b.addJobs(ctx, jobRefresh, unread)
}

// titles names podcasts, at most five of them.
func titles(ps []directory.Podcast) string {
	var names []string
	for _, p := range ps[:min(len(ps), 5)] {
		names = append(names, p.Title)
	}
	if more := len(ps) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// choose answers an ambiguous name with what it may mean.
func (b *Bot) choose(ctx context.Context, a *asking, word string, choices []directory.Podcast) (Message, error) {
	if err := b.remember(ctx, a.target, choices); err != nil {
		return Message{}, err
	}
	m := Message{Text: fmt.Sprintf("Which one do you mean by “%s”?", clip(a.args, 60)), Private: true}
	for _, p := range choices {
		m.Sections = append(m.Sections, Section{
			Heading: p.Title, Text: cmp.Or(p.Author, "at "+hostOf(p.URL)), Link: webPage(p),
			Actions: []Action{{Label: clip(p.Title, 60), Command: scoped(a, word, token(p.URL))}},
		})
	}
	return m, nil
}

// webPage links to a podcast's page, when it is known.
func webPage(p directory.Podcast) Link {
	if p.Page == "" {
		return Link{}
	}
	return Link{Label: "Web page", URL: p.Page}
}

// unfollow takes a podcast off the followed ones.
func (b *Bot) unfollow(ctx context.Context, a *asking) (Message, error) {
	var gone directory.Podcast
	sub, err := b.change(ctx, a.target, nil, func(s *Subscription) error {
		hits := b.named(s.Follow, a.args)
		if len(hits) != 1 {
			return tell("No podcast of that name is followed here, or several are%s.", theseAre(b.titlesOf(s.Follow)))
		}
		gone = hits[0]
		s.Follow = without(s.Follow, gone.URL)
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	return b.confirm(ctx, sub, "No longer following "+gone.Title+"."), nil
}

// mute leaves out a podcast when its whole name or address is given, or else a word or topic: "kubernetes" is a word, also
// where a podcast has it in its name.
func (b *Bot) mute(ctx context.Context, a *asking) (Message, error) {
	var muted string
	sub, err := b.change(ctx, a.target, b.fresh(a), func(s *Subscription) error {
		if hits := b.called(a.target, a.args); len(hits) > 0 {
			muted = hits[0].Title
			for _, p := range hits {
				if slices.Contains(s.Follow, p.URL) {
					muted = hits[0].Title + ", which is followed no longer"
				}
				s.Mute, s.Follow = addTo(s.Mute, p.URL), without(s.Follow, p.URL)
			}
			return nil
		}
		word := foldTerm(a.args)
		if !hasWord(word) || len([]rune(word)) > maxTerm {
			return tell("Name a podcast, topic or word of at most %d characters.", maxTerm)
		}
		muted = "“" + word + "”"
		s.MuteWords = addTo(s.MuteWords, word)
		if len(s.MuteWords) > maxTopics {
			return tell("A channel mutes at most %d words; let one in again with “unmute” first.", maxTopics)
		}
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	return b.confirm(ctx, sub, "Muted: "+muted+"."), nil
}

// unmute lets in again what was muted.
func (b *Bot) unmute(ctx context.Context, a *asking) (Message, error) {
	var back string
	sub, err := b.change(ctx, a.target, nil, func(s *Subscription) error {
		word := foldTerm(a.args)
		if slices.Contains(s.MuteWords, word) {
			back, s.MuteWords = "“"+word+"”", without(s.MuteWords, word)
			return nil
		}
		hits := b.named(s.Mute, a.args)
		if len(hits) == 0 || hits[0].Title != hits[len(hits)-1].Title {
			return tell("Nothing of that name is muted here%s.", theseAre(slices.Concat(b.titlesOf(s.Mute), s.MuteWords)))
		}
		back = hits[0].Title
		for _, p := range hits {
			s.Mute = without(s.Mute, p.URL)
		}
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	return b.confirm(ctx, sub, "No longer muted: "+back+"."), nil
}
