package slacktest

import (
	"encoding/json"
	"net/url"
	"sort"
)

// Check holds a message {"text", "blocks"} or a view against the rules of Slack, and returns those that are hit.
func Check(raw []byte, most int) []string {
	s := &Server{}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return []string{err.Error()}
	}
	var refused string
	if m["type"] != nil {
		_, refused = s.checkView(string(raw))
	} else if most > maxBlocks {
		_, refused = s.readBlocks("view", string(m["blocks"]), maxViewBlocks)
	} else {
		var text string
		if err := json.Unmarshal(m["text"], &text); err != nil {
			return []string{err.Error()}
		}
		_, refused = s.checkMessage("message", url.Values{"text": {text}, "blocks": {string(m["blocks"])}})
	}
	if refused != "" && refused != "no_text" {
		s.problem("refused: %s", refused)
	}
	return s.problems
}

// Texts returns all that people read of a message or view.
func Texts(raw []byte) []string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	return texts(v)
}

func texts(v any) []string {
	var all []string
	switch x := v.(type) {
	case map[string]any:
		if t, ok := x["text"].(string); ok {
			all = append(all, t)
		}
		var keys []string
		for k := range x {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			all = append(all, texts(x[k])...)
		}
	case []any:
		for _, c := range x {
			all = append(all, texts(c)...)
		}
	}
	return all
}
