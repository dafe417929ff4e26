package discord

import (
	"fmt"
	"unicode/utf8"
)

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
