// Package bottest is what adapters of chat platforms are tested with: messages that every one must be able to draw, checks
// of what it drew, and a harness that kills a bot while it posts.
package bottest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"podbrief/bot"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/insight"
)

// Fixture is a message with a name for golden files.
type Fixture struct {
	Name    string
	Message bot.Message
}

// Fixtures returns the messages that every adapter must draw.
func Fixtures() []Fixture {
	return []Fixture{
		{"brief-1", Brief(1)},
		{"brief-5", Brief(5)},
		{"brief-10", Brief(10)},
		{"brief-quotes", quotes()},
		{"brief-one-episode", oneEpisode()},
		{"brief-empty", bot.BriefMessage(brief(0), bot.Frame{Quota: 5})},
		{"brief-full", fullBrief()},
		{"answer", answer()},
		{"not-known", bot.Message{Text: "That is not in the episodes I know.", InThread: true}},
		{"error", bot.Message{Text: "Name at least one topic, like “topic ai, open source, -crypto”.", Private: true}},
		{"confirmation", bot.Message{Text: "Following: ai, open source. I look for it in 42 podcasts.\nNext brief: Mon 23 Nov 08:30 Europe/Berlin, topics: ai, open source."}},
		{"choices", choices()},
		{"help", help()},
		{"settings", bot.Message{Form: settingsForm(), Private: true}},
		{"home", home()},
		{"home-empty", bot.HomeMessage(bot.Home{Own: bot.HomeBrief{Where: "@me"}})},
		{"file", bot.Message{Text: "2 podcasts in the file.", Private: true, File: &bot.File{Name: "podcasts.opml", Type: "text/x-opml", Body: []byte("<opml version=\"2.0\"><body/></opml>\n")}}},
		{"long", longMessage()},
		{"many-sections", manySections()},
		{"hostile", Hostile(HostileText)},
		{"zero", bot.Message{}},
	}
}

// now is the moment at which the fixtures were made.
var now = time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)

// Brief returns the message of a brief of n insights, each of another podcast.
func Brief(n int) bot.Message {
	return bot.BriefMessage(brief(n), bot.Frame{Quota: n, Due: now})
}

// claims are invented: two or three sentences, as insights are.
var claims = []string{
	"Most teams measure how fast a model answers and never how often it is asked again. At Tern & Co. a third of all questions were repeats of the last one, so caching saved more than the faster model did.",
	"A maintainer who answers every issue within a day trains people to file issues instead of reading. The Kestrel project closed its tracker for a month and got better patches.",
	"Small clinics buy software twice: once for the license and once for the person who can run it. The second bill is four times the first.",
	"Rust did not make the parser faster, it made the team brave enough to delete the old one. That is where the 40% came from.",
	"Audits find what is written down. Both breaches of that year went through a system that no document named.",
	"A two-week pilot proves that people are polite. Only the third month shows whether they use it.",
	"Heat pumps fail in the first winter because of the installer and in the fifth because of the filter. Nobody budgets for the filter.",
	"Founders who raise less hire later and fire less. Of 60 companies that she followed, the slow ones had the same revenue after five years.",
	"An index is a promise about which questions you will ask. When the questions changed, the index was the slowest part.",
	"Open data is cheap to publish and dear to keep true. The city spends nine tenths of the budget on corrections.",
}

func brief(n int) *digest.Brief {
	b := &digest.Brief{Topics: []string{"ai", "open source"}, Since: now.AddDate(0, 0, -1), Now: now, Asked: n, Podcasts: 42}
	for i := range n {
		b.Picks = append(b.Picks, pick(i))
	}
	return b
}

func pick(i int) digest.Pick {
	claim := claims[i%len(claims)]
	start := time.Duration(i*7+3)*time.Minute + 12*time.Second
	return digest.Pick{
		Item: digest.Item{
			Insight: insight.Insight{
				ID: fmt.Sprintf("0mdx4k2h%d-abcdef-%d", i%10, i), Text: claim, Quote: "You know, " + strings.ToLower(claim[:1]) + claim[1:60] + ", and that is what we saw.",
				Start: start, End: start + 20*time.Second, Speaker: []string{"Ada Lindqvist", "", "Tomás Fernández"}[i%3], Topics: []string{"ai"},
			},
			Episode: feed.Episode{ID: fmt.Sprintf("ep%d", i), Title: fmt.Sprintf("Episode %d: what we learned", 100+i), Published: now.Add(-6 * time.Hour)},
			Podcast: []string{"The Second Maintainer", "Held-Out Set", "Ledger Lines", "Cold Start"}[i%4],
			Link:    fmt.Sprintf("https://podcasts.example/show/%d?t=%d", i, int(start.Seconds())),
		},
		Topic: "ai", Source: "topic", Reason: "It speaks of ai; a new episode.",
	}
}

// quotes are what the built-in engine takes: each is its own quote, cleaned. The second has no speaker, the third is out of
// show notes, the last of last year.
func quotes() bot.Message {
	b := brief(5)
	for i := range b.Picks {
		in := &b.Picks[i].Insight
		in.Engine, in.Quote = "builtin/1", "So, you know, "+in.Text
	}
	b.Picks[2].Insight.Source = "notes"
	b.Picks[4].Episode.Published = now.AddDate(-1, 0, 0)
	return bot.BriefMessage(b, bot.Frame{Quota: 5, Due: now})
}

// oneEpisode has two insights of one episode: their links differ only in the second.
func oneEpisode() bot.Message {
	b := brief(2)
	b.Asked = 2
	b.Picks[1].Episode, b.Picks[1].Podcast = b.Picks[0].Episode, b.Picks[0].Podcast
	b.Picks[1].Link = "https://podcasts.example/show/0?t=612"
	return bot.BriefMessage(b, bot.Frame{Quota: 2, Due: now})
}

// fullBrief has everything that a brief can have.
func fullBrief() bot.Message {
	b := brief(4)
	b.Asked, b.Headline, b.Label = 5, "Costs move from machines to people.", "built-in engine"
	b.Picks[0].Also = []string{"Cold Start", "Ledger Lines"}
	b.Picks[1].Insight.Why = "Your team answers issues the same way."
	b.Picks[2].Insight.Source = "notes"
	b.Picks[3].Episode.Image = "https://podcasts.example/art/3.png"
	return bot.BriefMessage(b, bot.Frame{Quota: 5, Due: now.Add(-3 * time.Hour), Proposal: &bot.Proposal{Title: "Slow Compilers", URL: "https://podcasts.example/slow.xml", Topic: "ai"}})
}

func answer() bot.Message {
	p := brief(2).Picks
	return bot.Message{
		InThread: true,
		Text:     "They cached repeated questions before they changed the model [1]. The saving came from a third of the traffic [2].",
		Sections: []bot.Section{
			{Quote: p[0].Insight.Quote, Link: bot.Link{Label: "The Second Maintainer — Episode 100 (3:12)", URL: p[0].Link}, Meta: "[1] Ada Lindqvist"},
			{Quote: p[1].Insight.Quote, Link: bot.Link{Label: "Held-Out Set — Episode 101 (10:12)", URL: p[1].Link}, Meta: "[2]"},
		},
		Actions: []bot.Action{{Label: "What did the cache cost?", Command: []string{"ask", "What did the cache cost?"}}},
		Footer:  "built-in engine",
	}
}

func choices() bot.Message {
	return bot.Message{Private: true, Text: "Which one do you mean by “practical”?", Sections: []bot.Section{
		{Heading: "Practical Parsers", Text: "Ada Lindqvist", Actions: []bot.Action{{Label: "Practical Parsers", Command: []string{"follow", "p-0a1b2c3d4e5f"}}}},
		{Heading: "Practical Pumps", Link: bot.Link{Label: "Web page", URL: "https://podcasts.example/pumps"}, Actions: []bot.Action{{Label: "Practical Pumps", Command: []string{"follow", "p-6a7b8c9d0e1f"}}}},
	}}
}

func help() bot.Message {
	return (&bot.Bot{}).Handle(context.Background(), bot.Request{Words: []string{"help"}, Rights: bot.Read, Channel: bot.Channel{Platform: "x"}}, nil)
}

func settingsForm() *bot.Form {
	return &bot.Form{Title: "Daily brief", Command: []string{"settings"}, Submit: "Save", Fields: []bot.Field{
		{Name: "topics", Label: "Topics", Kind: bot.Lines, Value: "ai, open source, -crypto", Hint: "With commas between them; a minus excludes", MaxLen: 1000},
		{Name: "podcasts", Label: "Podcasts to follow", Kind: bot.Lines, Value: "Ledger Lines\nCold Start", Hint: "One a line, by its name or address; the brief takes their best insights whatever the topic", MaxLen: 3000, Extra: true},
		{Name: "time", Label: "When", Required: true, Value: "08:30 weekdays Europe/Berlin", Hint: "Like 08:30 weekdays Europe/Berlin", MaxLen: 100},
		{Name: "count", Label: "Insights in a brief", Kind: bot.One, Value: "5", Choices: []bot.Choice{{Label: "3", Value: "3"}, {Label: "5", Value: "5"}, {Label: "10", Value: "10"}}},
		{Name: "paused", Label: "The brief", Kind: bot.One, Value: "off", Choices: []bot.Choice{{Label: "Comes", Value: "off"}, {Label: "Is paused", Value: "on"}}, Extra: true},
		{Name: "language", Label: "Language of insights", Value: "all", Hint: "Its code, like en or de: insights are translated into it; all: they stay as they are", MaxLen: 20},
		{Name: "besides", Label: "Besides", Kind: bot.Many, Value: "quiet", Choices: []bot.Choice{{Label: "Say nothing on a day without insights", Value: "quiet"}, {Label: "Open a thread under each brief", Value: "thread"}}},
	}}
}

func home() bot.Message {
	keep := func(p digest.Pick) bot.Section {
		return bot.Section{Heading: p.Insight.Speaker, Quote: p.Insight.Text, Link: bot.Link{Label: p.Podcast + " — " + p.Episode.Title, URL: p.Link}, Meta: "23 Nov",
			Actions: []bot.Action{{Label: "More", Command: []string{"more", p.Insight.ID}}, {Label: "Remove", Command: []string{"save", "remove", p.Insight.ID}}}}
	}
	picks := brief(4).Picks
	return bot.HomeMessage(bot.Home{
		Own: bot.HomeBrief{Where: "@me", Text: "Next brief: Mon 23 Nov 08:30 Europe/Berlin, topics: ai, open source.\n08:30 every day Europe/Berlin\nfollowed: Ledger Lines"},
		Channels: []bot.HomeBrief{
			{Name: "#research", Where: "in:C0123456789", Text: "Next brief: Mon 23 Nov 09:00 Europe/Berlin, topics: ai.\n09:00 weekdays Europe/Berlin"},
			{Name: "#product", Where: "in:C0123456780", Text: "No brief comes until you send “resume”; topics: all.\n08:30 every day Europe/Berlin", Paused: true},
		},
		Saved: []bot.Section{keep(picks[0]), keep(picks[3])}, Kept: 7,
	})
}

// longMessage is longer than any platform takes, in every part.
func longMessage() bot.Message {
	long := strings.TrimSpace(strings.Repeat("A sentence that goes on, and on, and on. ", 120))
	cjk := strings.Repeat("長い文章が続きます。", 300)
	m := bot.Message{Heading: long, Text: long, Footer: long, Summary: long}
	for i := range 10 {
		text := long
		if i%2 == 1 {
			text = cjk
		}
		m.Sections = append(m.Sections, bot.Section{
			Heading: text, Text: text, Quote: text, Short: true, Meta: text,
			Link:    bot.Link{Label: text, URL: "https://podcasts.example/" + strings.Repeat("a", 400)},
			Actions: []bot.Action{{Label: long, Command: []string{"more", fmt.Sprintf("0mdx4k2h%d-abcdef-0", i)}}},
		})
	}
	return m
}

// manySections has more parts and buttons than any platform takes.
func manySections() bot.Message {
	m := bot.Message{Heading: "120 podcasts scanned"}
	for i := range 120 {
		m.Sections = append(m.Sections, bot.Section{Heading: fmt.Sprintf("Podcast %d", i), Text: "could not be read 3 times in a row: no answer",
			Actions: []bot.Action{{Label: "Unfollow", Command: []string{"unfollow", fmt.Sprintf("p-%012d", i)}}}})
	}
	return m
}

// HostileText is outside text with what pings, links and formats on chat platforms and steers terminals.
const HostileText = "<!channel> <!here> @everyone @here <@U123> <@&42> <#C1|x> <https://evil.example|click> [click](https://evil.example) " +
	"**bold** *b* _i_ ~s~ `c` ```x``` ||spoiler|| > quote &amp; &lt;!channel&gt; \x1b[31mred\x1b[0m \u202eltr\u202c \x00 <t:1:R> </brief:1> :tada: # heading"

// Hostile returns a message with an outside text in every field that outside text can reach.
func Hostile(text string) bot.Message {
	return bot.Message{
		Heading: text, Text: text, Footer: text, Summary: text,
		Sections: []bot.Section{{
			Heading: text, Text: text, Quote: text, Meta: text,
			Link:    bot.Link{Label: text, URL: "https://podcasts.example/?q=%3C!channel%3E|x>"},
			Actions: []bot.Action{{Label: text, Command: []string{"more", "0mdx4k2h1-abcdef-0"}}},
		}},
		Actions: []bot.Action{{Label: text, URL: "https://podcasts.example/"}},
	}
}
