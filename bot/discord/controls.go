package discord

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"podbrief/bot"
)

// Limits of what can be pressed. https://discord.com/developers/docs/components/reference
const (
	maxRows     = 5
	rowButtons  = 5
	maxLabel    = 80
	maxOptions  = 25
	maxOption   = 100
	maxID       = 100
	placeholder = 150
)

// A component's ID is its version, the marker of the delivery or nothing, and the words of a command, which a menu has in
// its options instead: "1~MARKER~more 0mdx4k2h". Buttons outlive processes, so that everything needed is in it.
const idVersion = "1"

func customID(marker, words string) string { return idVersion + "~" + marker + "~" + words }

// parseID returns the words of a component's ID; ok is false for one that this version does not know.
func parseID(id string) (marker, words string, ok bool) {
	version, rest, _ := strings.Cut(id, "~")
	marker, words, found := strings.Cut(rest, "~")
	return marker, words, version == idVersion && found && words != ""
}

// menuWords is what the ID of a menu has in the place of words, with a number behind it.
const menuWords = "="

// nonce makes a delivery's key into what Discord calls so: at most 25 characters.
func nonce(key bot.DeliveryKey) string {
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
}

// markerOf is the part of a nonce that goes into the ID of a component.
func markerOf(nonce string) string { return nonce[:min(12, len(nonce))] }

// controls draws all that can be pressed: buttons where it is clear what they are about, menus where several sections have
// the same actions.
func controls(m bot.Message, marker string) []row {
	c := cabinet{marker: marker, used: map[string]bool{}}
	last := m.Actions[:min(len(m.Actions), rowButtons)]
	room := maxRows
	if len(last) > 0 || marker != "" {
		room--
	}
	if len(m.Sections) == 0 && len(m.Actions) > rowButtons { // nothing else wants the rows
		last = m.Actions[:min(len(m.Actions), maxRows*rowButtons)]
	}
	if single(m.Sections, room) {
		for _, s := range m.Sections {
			c.buttons(s.Actions)
		}
		c.endRow()
	} else {
		c.menus(m.Sections, room)
	}
	c.buttons(last)
	c.endRow()
	if marker != "" && !c.marked && len(c.rows) < maxRows {
		c.buttons([]bot.Action{{Label: "Help", Command: []string{"help"}}})
		c.endRow()
	}
	return append([]row{}, c.rows...)
}

// single reports whether all sections' actions are clear as buttons: no two have the same label, and there is room.
func single(sections []bot.Section, room int) bool {
	seen, n := map[string]bool{}, 0
	for _, s := range sections {
		for _, a := range s.Actions {
			n++
			if seen[a.Label] {
				return false
			}
			seen[a.Label] = true
		}
	}
	return n <= room*rowButtons
}

// cabinet collects rows of components.
type cabinet struct {
	marker string
	marked bool
	used   map[string]bool // IDs, which must differ
	rows   []row
	line   []component
}

// id returns a component's ID; with the marker where there is room.
func (c *cabinet) id(words string) string {
	if id := customID(c.marker, words); c.marker != "" && len(id) <= maxID {
		c.marked = true
		return id
	}
	return customID("", words)
}

func (c *cabinet) buttons(actions []bot.Action) {
	for _, a := range actions {
		b := component{Type: buttonType, Style: grayButton, Label: cmp.Or(label(a.Label, maxLabel), "Open")}
		if len(a.Command) > 0 {
			b.CustomID = c.id(strings.Join(a.Command, " "))
			if c.used[b.CustomID] || len(b.CustomID) > maxID {
				continue
			}
			c.used[b.CustomID] = true
		} else if b.URL = bot.WebAddress(a.URL, maxURL); b.URL == "" {
			continue
		} else {
			b.Style = linkButton
		}
		if len(c.line) == rowButtons {
			c.endRow()
		}
		c.line = append(c.line, b)
	}
}

func (c *cabinet) endRow() {
	if len(c.line) > 0 && len(c.rows) < maxRows {
		c.rows = append(c.rows, row{Type: rowType, Components: c.line})
	}
	c.line = nil
}

// choice is an action of a section, as a menu offers it.
type choice struct {
	kind    string // what the menu is about: More, Ask; votes share one
	action  string // the action's own label
	about   string // the section that it belongs to
	detail  string // more of the section
	command string
}

// menus draws the actions of sections as one menu per kind of action; when that needs more rows than there are, as menus of
// all actions.
func (c *cabinet) menus(sections []bot.Section, room int) {
	all := choicesOf(sections)
	groups := grouped(all)
	if kinds := kindsOf(all); len(groups) > room && len(kinds) > 1 {
		for i := range all {
			all[i].kind = ""
		}
		groups = grouped(all)
	}
	for i, g := range groups {
		if i == room {
			return
		}
		c.menu(g)
	}
}

func choicesOf(sections []bot.Section) []choice {
	var out []choice
	for i, s := range sections {
		about := flat(strings.Join(nonEmpty(s.Heading, s.Link.Label, s.Text, fmt.Sprint(i+1))[:1], ""))
		for _, a := range s.Actions {
			if len(a.Command) == 0 {
				continue
			}
			kind := a.Label
			if a.Command[0] == "vote" {
				kind = votes
			}
			out = append(out, choice{kind: kind, action: a.Label, about: about, detail: detailOf(s), command: strings.Join(a.Command, " ")})
		}
	}
	return out
}

// detailOf tells a section from others with its heading: what was said, or under a claim where.
func detailOf(s bot.Section) string {
	if s.Short || s.Quote == "" {
		return s.Link.Label
	}
	return s.Quote
}

// votes is the kind of both votes.
const votes = "👍 or 👎"

// grouped returns choices by kind, in the order in which kinds come first, at most 25 in a group.
func grouped(all []choice) [][]choice {
	var out [][]choice
	for _, k := range kindsOf(all) {
		of := slices.DeleteFunc(slices.Clone(all), func(c choice) bool { return c.kind != k })
		out = slices.AppendSeq(out, slices.Chunk(of, maxOptions))
	}
	return out
}

func kindsOf(all []choice) (kinds []string) {
	for _, c := range all {
		if !slices.Contains(kinds, c.kind) {
			kinds = append(kinds, c.kind)
		}
	}
	return kinds
}

// between names the numbers that a menu's options begin with, as a brief's do.
func (c component) between() string {
	var numbers []string
	for _, o := range c.Options {
		n, _, ok := strings.Cut(strings.TrimLeft(o.Label, "👍👎 "), ".")
		if _, err := strconv.Atoi(n); !ok || err != nil {
			return "one"
		}
		numbers = append(numbers, n)
	}
	if first, last := numbers[0], numbers[len(numbers)-1]; first != last {
		return first + "–" + last
	}
	return numbers[0]
}

func (c *cabinet) menu(group []choice) {
	m := component{Type: menuType, CustomID: c.id(menuWords + fmt.Sprint(len(c.rows)))}
	seen := map[string]bool{}
	for _, ch := range group {
		if seen[ch.command] || len(ch.command) > maxOption {
			continue
		}
		seen[ch.command] = true
		text := ch.about
		switch ch.kind {
		case ch.action:
		case votes:
			text = ch.action + " " + ch.about
		default:
			text = ch.action + ": " + ch.about
		}
		m.Options = append(m.Options, option{Label: cmp.Or(label(text, maxOption), ch.action), Value: ch.command, Description: label(ch.detail, maxOption)})
	}
	if len(m.Options) == 0 {
		return
	}
	m.Placeholder = label(cmp.Or(group[0].kind, "More and others")+": choose "+m.between(), placeholder)
	c.rows = append(c.rows, row{Type: rowType, Components: []component{m}})
}
