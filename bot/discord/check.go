package discord

import (
	"fmt"
	"unicode/utf8"
)

// payload is the body of a call. All that is sent is held to the documented limits first: what check finds is a defect of
// ours, and Discord would refuse it or cut it.
type payload interface{ check() error }

// check holds a message to the documented limits; what it finds is a defect of rendering.
func (m message) check() error {
	switch {
	case utf8.RuneCountInString(m.Content) > maxContent:
		return fmt.Errorf("content of more than %d characters", maxContent)
	case m.Content == "" && len(m.Embeds) == 0 && m.file == nil:
		return fmt.Errorf("an empty message")
	case len(m.Embeds) > maxEmbeds || total(m.Embeds) > maxTotal:
		return fmt.Errorf("%d embeds of %d characters", len(m.Embeds), total(m.Embeds))
	case len(m.Components) > maxRows:
		return fmt.Errorf("%d rows of components", len(m.Components))
	case m.AllowedMentions.Parse == nil:
		return fmt.Errorf("no list of who is pinged")
	case len(m.Nonce) > 25:
		return fmt.Errorf("a nonce of %d characters", len(m.Nonce))
	}
	linked := map[string]bool{}
	for _, e := range m.Embeds {
		if err := e.check(); err != nil {
			return err
		}
		if linked[e.URL] {
			return fmt.Errorf("two embeds with the address %q, of which only one is shown", e.URL)
		}
		linked[e.URL] = e.URL != ""
	}
	return checkRows(m.Components)
}

func (e embed) check() error {
	for _, part := range []struct {
		name, text string
		most       int
	}{
		{"title", e.Title, maxTitle}, {"description", e.Description, maxDescription}, {"address", e.URL, maxEmbedURL},
		{"footer", e.footer(), maxFooter}, {"picture", e.image(), maxEmbedURL},
	} {
		if n := utf8.RuneCountInString(part.text); n > part.most {
			return fmt.Errorf("an embed's %s of %d characters", part.name, n)
		}
	}
	return nil
}

func (e embed) footer() string {
	if e.Footer == nil {
		return ""
	}
	return e.Footer.Text
}

func (e embed) image() string {
	if e.Thumbnail == nil {
		return ""
	}
	return e.Thumbnail.URL
}

func checkRows(rows []row) error {
	ids := map[string]bool{}
	for _, r := range rows {
		if n := len(r.Components); n == 0 || n > rowButtons || r.Components[0].Type == menuType && n > 1 {
			return fmt.Errorf("a row of %d components", n)
		}
		for _, c := range r.Components {
			if ids[c.CustomID] || len(c.CustomID) > maxID || (c.CustomID == "") != (c.Style == linkButton) {
				return fmt.Errorf("a component with the ID %q", c.CustomID)
			}
			ids[c.CustomID] = c.CustomID != ""
			if utf8.RuneCountInString(c.Label) > maxLabel || len(c.URL) > maxURL || utf8.RuneCountInString(c.Placeholder) > placeholder {
				return fmt.Errorf("a component with the label %q, %q", c.Label, c.Placeholder)
			}
			if err := c.checkOptions(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c component) checkOptions() error {
	if n := len(c.Options); n > maxOptions || c.Type == menuType && n == 0 {
		return fmt.Errorf("a menu of %d options", n)
	}
	seen := map[string]bool{}
	for _, o := range c.Options {
		if o.Label == "" || utf8.RuneCountInString(o.Label) > maxOption || utf8.RuneCountInString(o.Value) > maxOption ||
			utf8.RuneCountInString(o.Description) > maxOption || seen[o.Value] {
			return fmt.Errorf("an option %q with the value %q", o.Label, o.Value)
		}
		seen[o.Value] = true
	}
	return nil
}

func (r response) check() error {
	if r.Data == nil {
		return nil
	}
	return r.Data.check()
}

func (l choiceList) check() error {
	if n := len(l.Choices); n > maxChoices {
		return fmt.Errorf("%d choices", n)
	}
	for _, c := range l.Choices {
		if !within(c.Name, 1, maxOption) || !within(c.Value, 1, maxOption) {
			return fmt.Errorf("the choice %q of the value %q", c.Name, c.Value)
		}
	}
	return nil
}

func (r redrawing) check() error { return checkRows(r.Components) }

func (deferral) check() error { return nil }

func (recipient) check() error { return nil }

func (t newThread) check() error {
	if !within(t.Name, 1, maxThreadName) {
		return fmt.Errorf("a thread's name of %d characters", utf8.RuneCountInString(t.Name))
	}
	return nil
}

func (p forumPost) check() error {
	if err := (newThread{Name: p.Name}).check(); err != nil {
		return err
	}
	return p.FirstMessage.check()
}

func (m modal) check() error {
	if !within(m.Title, 1, maxFormTitle) || !within(m.CustomID, 1, maxID) || len(m.Components) == 0 || len(m.Components) > maxFields+1 {
		return fmt.Errorf("the form %q, %q of %d parts", m.Title, m.CustomID, len(m.Components))
	}
	for _, p := range m.Components {
		if p.Component == nil {
			continue
		}
		if !within(p.Label, 1, maxFormLabel) || !within(p.Description, 0, maxDescribe) || p.Component.MaxLength > maxInput ||
			utf8.RuneCountInString(p.Component.Value) > maxInput {
			return fmt.Errorf("the field %q of a form", p.Label)
		}
		if err := p.Component.checkOptions(); err != nil {
			return err
		}
	}
	return nil
}

// within reports whether a text has so many characters.
func within(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return n >= least && n <= most
}
