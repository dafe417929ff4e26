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
	for _, e := range m.Embeds {
		if utf8.RuneCountInString(e.Title) > maxTitle || utf8.RuneCountInString(e.Description) > maxDescription {
			return fmt.Errorf("an embed of %d characters", utf8.RuneCountInString(e.Description))
		}
	}
	return checkRows(m.Components)
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
			if utf8.RuneCountInString(c.Label) > maxLabel || len(c.Options) > maxOptions || c.Type == menuType && len(c.Options) == 0 {
				return fmt.Errorf("a component with the label %q and %d options", c.Label, len(c.Options))
			}
		}
	}
	return nil
}
