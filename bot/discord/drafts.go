package discord

import (
	"slices"
	"strings"
	"sync"
	"time"

	"podbrief/bot"
)

// again says which fields were wrong, in the form's order, with a button that opens the form once more with what was typed.
func (a *answer) again(c bot.Command, wrong map[string]string) bot.Message {
	var lines []string
	if c.Form != nil {
		if f := c.Form(a.request); f != nil {
			for _, field := range f.Fields {
				if text := wrong[field.Name]; text != "" {
					lines = append(lines, field.Label+": "+text)
				}
			}
		}
	}
	if lines == nil { // the form is not one for these words any more
		for _, text := range wrong {
			lines = append(lines, text)
		}
		slices.Sort(lines)
	}
	return bot.Message{Text: strings.Join(lines, "\n"), Private: true, Actions: []bot.Action{
		{Label: "Try again", Command: append([]string{c.Word}, a.request.Words[1:]...), Form: true},
	}}
}

// draft names what somebody typed into a form.
func (a *answer) draft() string {
	return a.request.User + " " + a.ChannelID + " " + strings.Join(a.request.Words, " ")
}

// maxDrafts is how many refused forms are kept.
const maxDrafts = 200

// drafts keeps what was typed into forms that were refused, while the button that opens them again is fresh. It is safe for
// concurrent use.
type drafts struct {
	mu    sync.Mutex
	typed []draft // the oldest first
}

type draft struct {
	of     string
	fields bot.Fields
	at     time.Time
}

func (d *drafts) put(of string, f bot.Fields) {
	d.drop(of)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.typed = append(d.typed, draft{of, f, time.Now()})
	if len(d.typed) > maxDrafts {
		d.typed = d.typed[1:]
	}
}

func (d *drafts) drop(of string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.typed = slices.DeleteFunc(d.typed, func(x draft) bool { return x.of == of || time.Since(x.at) > tokenLife })
}

// fill puts what was typed into the fields of a form.
func (d *drafts) fill(of string, f *bot.Form) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.IndexFunc(d.typed, func(x draft) bool { return x.of == of && time.Since(x.at) <= tokenLife })
	if at < 0 {
		return
	}
	f.Fields = slices.Clone(f.Fields)
	for i, field := range f.Fields {
		if typed, there := d.typed[at].fields[field.Name]; there {
			f.Fields[i].Value = typed
		}
	}
}
