package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"podbrief/digest"
	"podbrief/store"
)

const maxSaved = 200 // insights that one user keeps

// save keeps an insight for the asker; alone it lists what is kept.
func (b *Bot) save(ctx context.Context, a *asking) (Message, error) {
	word, rest, _ := strings.Cut(a.args, " ")
	switch strings.ToLower(word) {
	case "":
		return b.savedList(ctx, a, 1)
	case "from":
		if n, err := strconv.Atoi(rest); err == nil {
			return b.savedList(ctx, a, n)
		}
	case "remove":
		return b.unsave(ctx, a, strings.TrimSpace(rest))
	}
	it, err := b.insightOf(ctx, a, a.args)
	if err != nil {
		return Message{}, err
	}
	prefix := userPrefix(a)
	err = b.DB.Update(ctx, func(tx store.Tx) error {
		kept, err := all[Saved](tx, savedBucket, prefix)
		if err != nil {
			return err
		}
		again := slices.ContainsFunc(kept, func(s Saved) bool { return s.Insight == it.Insight.ID })
		if len(kept) >= maxSaved && !again {
			return tell("You keep %d insights already; delete one first: “save remove %d” deletes the oldest.", maxSaved, len(kept))
		}
		return store.Put(tx, savedBucket, prefix+it.Insight.ID, keep(it, a.now))
	})
	if err != nil {
		return Message{}, err
	}
	claim, _ := firstSentence(it.Insight.Text)
	return Message{Text: "Kept: " + claim, Footer: "“save” alone lists what you keep", Private: true}, nil
}

// userPrefix is where the keys of what a user of a workspace owns begin, in the buckets that are by user.
func userPrefix(a *asking) string { return workspaceKey(a.Channel) + part(a.User) + "/" }

// unsave deletes what is kept, by its number in the list or its ID.
func (b *Bot) unsave(ctx context.Context, a *asking, id string) (Message, error) {
	kept, err := b.kept(ctx, a)
	if err != nil {
		return Message{}, err
	}
	if n, err := strconv.Atoi(id); err == nil && n >= 1 && n <= len(kept) {
		id = kept[n-1].Insight
	}
	if !isID(id) {
		return Message{}, tell("Write the number of one in the list that “save” shows, newest first, like “save remove 1”; you keep %d.", len(kept))
	}
	err = b.DB.Update(ctx, func(tx store.Tx) error {
		kept, err := exists(tx, savedBucket, userPrefix(a)+id)
		if err == nil && !kept {
			err = tell("You do not keep that insight; “save” lists those that you do.")
		}
		if err != nil {
			return err
		}
		return tx.Delete(savedBucket, userPrefix(a)+id)
	})
	return Message{Text: "Deleted from what you keep.", Private: true}, err
}

// savedList shows what the asker keeps, newest first, from the nth on.
func (b *Bot) savedList(ctx context.Context, a *asking, n int) (Message, error) {
	kept, err := b.kept(ctx, a)
	if err != nil {
		return Message{}, err
	}
	if len(kept) == 0 {
		return Message{Text: "You keep nothing yet; “save 2” keeps the second insight of the brief.", Private: true}, nil
	}
	if n < 1 || n > len(kept) {
		return Message{}, tell("You keep %s; write “save from 1” to see them from the newest on.", count(len(kept), "insight"))
	}
	m := Message{Heading: "You keep " + count(len(kept), "insight"), Private: true}
	const shown = 10
	to := min(len(kept), n-1+shown)
	for _, s := range kept[n-1 : to] {
		m.Sections = append(m.Sections, b.savedSection(a, s))
	}
	if len(kept) > shown {
		m.Footer = fmt.Sprintf("Numbers %d to %d, newest first; “save remove %d” deletes the first of these", n, to, n)
	}
	if to < len(kept) {
		m.Actions = []Action{{Label: "Older", Command: []string{"save", "from", strconv.Itoa(to + 1)}}}
	}
	return m, nil
}

// kept reads what the asker keeps, newest first.
func (b *Bot) kept(ctx context.Context, a *asking) ([]Saved, error) {
	kept, err := view(ctx, b.DB, func(tx store.Tx) ([]Saved, error) { return all[Saved](tx, savedBucket, userPrefix(a)) })
	slices.SortFunc(kept, func(x, y Saved) int { return y.At.Compare(x.At) })
	return kept, err
}

// savedSection renders a kept insight.
func (b *Bot) savedSection(a *asking, s Saved) Section {
	section := itemSection(s.item(), b.calendar(a))
	section.Actions = []Action{
		{Label: "More", Command: []string{"more", s.Insight}},
		{Label: "Remove", Command: []string{"save", "remove", s.Insight}},
	}
	return section
}

// vote teaches the channel's briefs what is useful. A user has one vote for an insight; another one replaces it.
func (b *Bot) vote(ctx context.Context, a *asking) (Message, error) {
	way, which, _ := strings.Cut(a.args, " ")
	up := strings.EqualFold(way, "up")
	if !up && !strings.EqualFold(way, "down") {
		return Message{}, tell("Say up or down and which insight, like “vote up 2”.")
	}
	it, err := b.insightOf(ctx, a, strings.TrimSpace(which))
	if err != nil {
		return Message{}, err
	}
	v := Vote{Up: up, Feed: it.Insight.Feed, Words: it.Insight.Topics[:min(len(it.Insight.Topics), 5)], At: a.now}
	err = b.DB.Update(ctx, func(tx store.Tx) error {
		return store.Put(tx, voteBucket, channelKey(a.target)+part(a.User)+"/"+it.Insight.ID, v)
	})
	text := "Noted: more like this."
	if !up {
		text = "Noted: less like this."
	}
	return Message{Text: text, Footer: "“profile” shows what votes taught", Private: true}, err
}

// profile shows and edits what votes taught about a channel, and deletes what is stored about the asker.
func (b *Bot) profile(ctx context.Context, a *asking) (Message, error) {
	word, rest, _ := strings.Cut(a.args, " ")
	switch strings.ToLower(word) {
	case "":
		return b.showProfile(ctx, a)
	case "set":
		return b.setProfile(ctx, a, strings.TrimSpace(rest))
	case "reset":
		return b.resetProfile(ctx, a)
	case "forget":
		if err := b.forgetEverywhere(ctx, a); err != nil {
			return Message{}, err
		}
		return Message{Text: "All about you is deleted: your personal brief, votes, questions and what you kept.", Private: true}, nil
	}
	return Message{}, tell("Write “profile” to see it, “profile set ai more”, “profile reset”, or “profile forget” to delete all about you.")
}

func (b *Bot) showProfile(ctx context.Context, a *asking) (Message, error) {
	sub, found, err := b.subscriptionOf(ctx, a.target)
	if err != nil || !found {
		return Message{}, cmp.Or(err, errNothingHere)
	}
	taste, err := view(ctx, b.DB, func(tx store.Tx) (digest.Taste, error) { return tasteOf(tx, &sub) })
	if err != nil {
		return Message{}, err
	}
	feeds := map[string]float64{}
	for u, w := range taste.Feeds {
		feeds[b.titleOf(u)] = w
	}
	m := Message{Heading: "What votes taught about " + channelName(sub.Channel), Private: true,
		Footer: "“profile set ai more”, “less” or “off” changes it; “profile reset” starts anew"}
	for _, part := range []struct {
		title   string
		weights map[string]float64
	}{{"Podcasts", feeds}, {"Words", taste.Words}} {
		if len(part.weights) > 0 {
			m.Sections = append(m.Sections, Section{Heading: part.title, Text: weightLines(part.weights)})
		}
	}
	if len(m.Sections) == 0 {
		m.Text = "Nothing yet: vote with 👍 and 👎 under an insight."
	}
	return m, nil
}

// weightLines lists weights in words, the strongest first, at most 15.
func weightLines(weights map[string]float64) string {
	names := slices.Sorted(maps.Keys(weights))
	slices.SortStableFunc(names, func(a, b string) int {
		return int(1000 * (abs(weights[b]) - abs(weights[a])))
	})
	var lines []string
	for _, n := range names[:min(len(names), 15)] {
		way := "more"
		if weights[n] < 0 {
			way = "less"
		}
		lines = append(lines, fmt.Sprintf("%s: %s (%+.2f)", n, way, weights[n]))
	}
	return strings.Join(lines, "\n")
}

func abs(f float64) float64 { return max(f, -f) }

// setProfile sets the weight of a word or podcast by hand.
func (b *Bot) setProfile(ctx context.Context, a *asking, text string) (Message, error) {
	at := strings.LastIndex(text, " ")
	if at < 0 {
		return Message{}, tell("Write what and how, like “profile set ai more”, “less” or “off”.")
	}
	name, how := strings.TrimSpace(text[:at]), strings.ToLower(text[at+1:])
	weights := map[string]float64{"more": 0.5, "less": -0.5, "off": 0}
	w, ok := weights[how]
	if !ok {
		return Message{}, tell("Write what and how, like “profile set ai more”, “less” or “off”.")
	}
	if err := b.mayChange(ctx, a); err != nil {
		return Message{}, err
	}
	_, err := b.change(ctx, a.target, nil, func(s *Subscription) error {
		if hits := b.named(b.casts.urls(), name); len(hits) == 1 {
			s.Edits.Feeds = with(s.Edits.Feeds, hits[0].URL, w)
			return nil
		}
		s.Edits.Words = with(s.Edits.Words, foldTerm(clip(name, maxTerm)), w)
		return nil
	})
	return Message{Text: fmt.Sprintf("Set: %s of “%s” from the next brief on.", map[string]string{"more": "more", "less": "less", "off": "no weight"}[how], clip(name, maxTerm)), Private: true}, err
}

func with(m map[string]float64, key string, w float64) map[string]float64 {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]float64{}
	}
	out[key] = w
	return out
}

// mayChange checks that the asker may change what is the whole channel's.
func (b *Bot) mayChange(ctx context.Context, a *asking) error {
	return b.allowed(ctx, entry{Command: Command{Right: Manage}}, a)
}

// resetProfile forgets what votes taught so far.
func (b *Bot) resetProfile(ctx context.Context, a *asking) (Message, error) {
	if err := b.mayChange(ctx, a); err != nil {
		return Message{}, err
	}
	_, err := b.change(ctx, a.target, nil, func(s *Subscription) error {
		s.Edits, s.VotesFrom = digest.Taste{}, a.now
		return nil
	})
	return Message{Text: "Reset: votes from now on count, those before do not.", Private: true}, err
}
