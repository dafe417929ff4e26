package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"
)

// Limits on what one element may be repeated; hostile feeds repeat without end.
const (
	maxTranscripts = 24
	maxPersons     = 50
	maxSoundbites  = 50
	maxTopics      = 20
)

// transcripts reads podcast:transcript, in the feed's order and each address once.
func (b *builder) transcripts(podcast words) []Transcript {
	var out []Transcript
	for _, e := range podcast.all("transcript") {
		t := Transcript{
			URL:      b.resolve(attribute(e, "url")),
			Type:     mediaType(attribute(e, "type"), attribute(e, "url")),
			Language: language(attribute(e, "language")),
			Rel:      strings.ToLower(short(attribute(e, "rel"))),
		}
		known := slices.ContainsFunc(out, func(o Transcript) bool { return o.URL == t.URL })
		if t.URL != "" && !known && len(out) < maxTranscripts {
			out = append(out, t)
		}
	}
	return out
}

// persons reads podcast:person.
func persons(podcast words) []Person {
	var out []Person
	for _, e := range podcast.all("person") {
		p := Person{Name: line(e.Value), Role: strings.ToLower(line(attribute(e, "role")))}
		if p.Role == "" {
			p.Role = "host" // the namespace's default
		}
		if p.Name != "" && !slices.Contains(out, p) && len(out) < maxPersons {
			out = append(out, p)
		}
	}
	return out
}

// soundbites reads podcast:soundbite; those with times that cannot be are left out.
func soundbites(podcast words) []Soundbite {
	var out []Soundbite
	for _, e := range podcast.all("soundbite") {
		start, startErr := strconv.ParseFloat(attribute(e, "startTime"), 64)
		length, lengthErr := strconv.ParseFloat(attribute(e, "duration"), 64)
		inRange := start >= 0 && start < maxDuration.Seconds() && length > 0 && length < maxDuration.Seconds()
		if startErr == nil && lengthErr == nil && inRange && len(out) < maxSoundbites {
			out = append(out, Soundbite{Start: seconds(start), Duration: seconds(length), Title: line(e.Value)})
		}
	}
	return out
}

func seconds(n float64) time.Duration {
	return time.Duration(n * float64(time.Second)).Round(time.Millisecond)
}

// topics reads the itunes categories with those inside them.
func topics(itunes words) []string {
	var out []string
	var read func([]ext.Extension)
	read = func(categories []ext.Extension) {
		for _, c := range categories {
			if name := line(attribute(c, "text")); name != "" && !slices.Contains(out, name) && len(out) < maxTopics {
				out = append(out, name)
			}
			read(c.Children["category"])
		}
	}
	read(itunes.all("category"))
	return out
}

// maxDuration is more than any episode lasts; what is longer is a mistake.
const maxDuration = 48 * time.Hour

// duration reads "3723", "62:03", "1:02:03" and "1:02:03.5"; 0 when text is none of them.
func duration(text string) time.Duration {
	parts := strings.Split(strings.TrimSpace(text), ":")
	if len(parts) > 3 {
		return 0
	}
	total := 0.0
	for _, p := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !(n >= 0 && n <= maxDuration.Seconds()) {
			return 0
		}
		total = total*60 + n
	}
	if total > maxDuration.Seconds() {
		return 0
	}
	return seconds(total).Truncate(time.Second)
}

// number reads the whole part of a number from 0 to a million; 0 when text is none.
func number(text string) int {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(n >= 0 && n <= 1e6) {
		return 0
	}
	return int(n)
}

// language returns a language in the form "en-us", "" when text is none.
func language(text string) string {
	text = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), "_", "-"))
	main, _, _ := strings.Cut(text, "-")
	isOther := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }
	if len(main) < 2 || len(main) > 3 || len(text) > 35 || strings.ContainsFunc(text, isOther) {
		return ""
	}
	return text
}

func isYes(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "yes", "true", "explicit", "1":
		return true
	}
	return false
}

// short returns an identifier of a length that may be a key: what is longer is replaced by its hash.
func short(text string) string {
	text = strings.TrimSpace(clean(text))
	if len(text) <= maxShort {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// firstParagraphs returns the first of some texts that says anything, as plain text.
func firstParagraphs(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) == "" {
			continue
		}
		if out := paragraphs(t); out != "" {
			return out
		}
	}
	return ""
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// fileName returns the name of an address's file, without its ending.
func fileName(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Path == "" || strings.HasSuffix(u.Path, "/") {
		return ""
	}
	return line(strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path)))
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// ownerOf returns the name of itunes:owner.
func ownerOf(itunes words) string {
	for _, owner := range itunes.all("owner") {
		for _, name := range owner.Children["name"] {
			return name.Value
		}
	}
	return ""
}

// author returns a name, freed of the mail address that RSS wants before it.
func author(text string) string {
	mail, name, found := strings.Cut(line(text), " (")
	if found && strings.Contains(mail, "@") && strings.HasSuffix(name, ")") {
		return strings.TrimSuffix(name, ")")
	}
	return line(text)
}

func authorOf(authors []*gofeed.Person) string {
	for _, a := range authors {
		if a != nil && a.Name != "" {
			return a.Name
		}
	}
	return ""
}
