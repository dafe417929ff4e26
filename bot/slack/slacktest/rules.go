package slacktest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of Block Kit, in characters, as Slack's reference and its SDKs state them. The total of a message is not
// documented; requests of about 13,000 characters were seen to fail, and 10,000 is what this bot allows itself.
const (
	maxBlocks, maxViewBlocks = 50, 100
	maxTotal                 = 10_000
	maxText                  = 4_000
)

// live finds markup that pings or links although it was text: mentions of groups and people, forged links.
var live = regexp.MustCompile(`<!(?:channel|here|everyone|subteam)|<@[UW]\w+|<#C\w+`)

// checkMessage reads a message's blocks and holds them against the limits. It returns Slack's error for a refused one.
func (s *Server) checkMessage(where string, form url.Values) ([]map[string]any, string) {
	text := form.Get("text")
	if form.Get("blocks") != "" && text == "" && where != "response_url" {
		s.problem("%s: blocks without text: notifications would be empty", where)
	}
	if n := utf8.RuneCountInString(text); n > maxText {
		s.problem("%s: text of %d characters", where, n)
		if where == "chat.update" {
			return nil, "msg_too_long"
		}
	}
	if live.MatchString(text) {
		s.problem("%s: live mention in text: %.100q", where, text)
	}
	blocks, bad := s.readBlocks(where, form.Get("blocks"), maxBlocks)
	if bad != "" {
		return nil, bad
	}
	if n := visibleRunes(blocks); n > maxTotal {
		s.problem("%s: %d characters together", where, n)
		if n > 13_200 {
			return nil, "msg_blocks_too_long"
		}
	}
	if len(blocks) == 0 && text == "" && form.Get("delete_original") == "" {
		return nil, "no_text"
	}
	return blocks, ""
}

func (s *Server) checkView(raw string) (map[string]any, string) {
	var view map[string]any
	if json.Unmarshal([]byte(raw), &view) != nil {
		return nil, "invalid_arguments"
	}
	list, _ := json.Marshal(view["blocks"])
	if _, bad := s.readBlocks("view", string(list), maxViewBlocks); bad != "" {
		return nil, bad
	}
	for _, part := range []string{"title", "submit", "close"} {
		if n := utf8.RuneCountInString(textOf(view[part])); n > 24 {
			s.problem("view: %s of %d characters", part, n)
		}
	}
	if n := len(str(view["private_metadata"])); n > 3000 {
		s.problem("view: private_metadata of %d", n)
	}
	if strings.Contains(string(list), `"type":"input"`) && view["submit"] == nil && view["type"] == "modal" {
		s.problem("view: input block without submit")
		return nil, "invalid_arguments"
	}
	return view, ""
}

func (s *Server) readBlocks(where, raw string, most int) ([]map[string]any, string) {
	if raw == "" || raw == "null" {
		return nil, ""
	}
	var blocks []map[string]any
	if err := json.Unmarshal([]byte(raw), &blocks); err != nil {
		return nil, "invalid_blocks_format"
	}
	if len(blocks) > most {
		s.problem("%s: %d blocks", where, len(blocks))
		return nil, "invalid_blocks"
	}
	ids := map[string]bool{}
	ok := true
	for i, b := range blocks {
		at := fmt.Sprintf("%s block %d (%v)", where, i, b["type"])
		if id := str(b["block_id"]); id != "" && ids[id] || len(str(b["block_id"])) > 255 {
			s.problem("%s: block_id %q is used twice or too long", at, id)
			ok = false
		}
		ids[str(b["block_id"])] = true
		if t := b["type"]; where == "view" && (t == "context_actions" || t == "markdown" || t == "table") {
			s.problem("%s: only messages have these", at)
			ok = false
		}
		ok = s.checkBlock(at, b) && ok
	}
	if !ok {
		return nil, "invalid_blocks"
	}
	return blocks, ""
}

// checkBlock holds one block against the limits.
func (s *Server) checkBlock(at string, b map[string]any) bool {
	before := len(s.problems)
	switch b["type"] {
	case "header":
		s.checkText(at, b["text"], 150, "plain_text")
	case "section":
		if b["text"] == nil && b["fields"] == nil {
			s.problem("%s: neither text nor fields", at)
		}
		if b["text"] != nil {
			s.checkText(at, b["text"], 3000, "")
		}
		for _, f := range list(b["fields"]) {
			s.checkText(at+" field", f, 2000, "")
		}
		if a, ok := b["accessory"].(map[string]any); ok {
			s.checkElement(at+" accessory", a)
		}
	case "context":
		s.count(at, b["elements"], 10)
		for _, e := range maps(b["elements"]) {
			if e["type"] == "image" {
				s.checkElement(at, e)
			} else {
				s.checkText(at, e, 3000, "")
			}
		}
	case "actions":
		s.count(at, b["elements"], 25)
		s.checkElements(at, b["elements"])
	case "context_actions":
		s.count(at, b["elements"], 5)
		s.checkElements(at, b["elements"])
	case "image":
		s.checkElement(at, b)
	case "input":
		s.checkText(at+" label", b["label"], 2000, "plain_text")
		if e, ok := b["element"].(map[string]any); ok {
			s.checkElement(at, e)
		} else {
			s.problem("%s: no element", at)
		}
	case "rich_text":
		s.checkRich(at, b)
	case "divider", "markdown", "table":
	default:
		s.problem("%s: unknown type", at)
	}
	return len(s.problems) == before
}

func (s *Server) checkElements(at string, elements any) {
	ids := map[string]bool{}
	for _, e := range maps(elements) {
		if id := str(e["action_id"]); id != "" && ids[id] {
			s.problem("%s: action_id %q twice", at, id)
		}
		ids[str(e["action_id"])] = true
		s.checkElement(at, e)
	}
}

// checkElement holds an element against the limits.
func (s *Server) checkElement(at string, e map[string]any) {
	at = fmt.Sprintf("%s %v", at, e["type"])
	limit := func(field string, n int) {
		if got := utf8.RuneCountInString(str(e[field])); got > n {
			s.problem("%s: %s of %d characters, at most %d", at, field, got, n)
		}
	}
	limit("action_id", 255)
	limit("url", 3000)
	limit("image_url", 3000)
	limit("alt_text", 2000)
	limit("accessibility_label", 75)
	switch e["type"] {
	case "button", "icon_button":
		s.checkText(at, e["text"], 75, "plain_text")
		limit("value", 2000)
	case "feedback_buttons":
		for _, k := range []string{"positive_button", "negative_button"} {
			b, _ := e[k].(map[string]any)
			s.checkText(at, b["text"], 75, "plain_text")
			if n := len(str(b["value"])); n == 0 || n > 2000 {
				s.problem("%s: value of %d", at, n)
			}
		}
	case "plain_text_input":
		most, _ := e["max_length"].(float64)
		if n := utf8.RuneCountInString(str(e["initial_value"])); most > 3000 || n > 3000 || most > 0 && n > int(most) {
			s.problem("%s: value of %d characters in a field of %v", at, n, most)
		}
	case "overflow":
		s.options(at, e["options"], 5)
	case "static_select", "multi_static_select":
		s.options(at, e["options"], 100)
	case "checkboxes", "radio_buttons":
		s.options(at, e["options"], 10)
	}
	if p := e["placeholder"]; p != nil {
		s.checkText(at+" placeholder", p, 150, "plain_text")
	}
}

func (s *Server) options(at string, options any, most int) {
	s.count(at, options, most)
	for _, o := range maps(options) {
		s.checkText(at+" option", o["text"], 75, "")
		if n := len(str(o["value"])); n == 0 || n > 150 {
			s.problem("%s: option value of %d characters", at, n)
		}
	}
}

func (s *Server) count(at string, elements any, most int) {
	if n := len(list(elements)); n == 0 || n > most {
		s.problem("%s: %d elements, at most %d", at, n, most)
	}
}

// checkText holds a text object against the limits. kind is the only kind allowed, or "" for any.
func (s *Server) checkText(at string, v any, most int, kind string) {
	t, ok := v.(map[string]any)
	if !ok {
		s.problem("%s: no text", at)
		return
	}
	text := str(t["text"])
	if n := utf8.RuneCountInString(text); n == 0 || n > most {
		s.problem("%s: text of %d characters, at most %d", at, n, most)
	}
	switch {
	case kind != "" && t["type"] != kind, t["type"] != "plain_text" && t["type"] != "mrkdwn":
		s.problem("%s: text is %v", at, t["type"])
	case t["type"] == "mrkdwn" && live.MatchString(text):
		s.problem("%s: live mention: %.100q", at, text)
	case t["type"] == "plain_text" && t["verbatim"] != nil, t["type"] == "mrkdwn" && t["emoji"] != nil:
		s.problem("%s: verbatim or emoji on the wrong kind of text", at)
	}
}

// checkRich refuses mentions in rich text: nothing that we say may ping.
func (s *Server) checkRich(at string, v any) {
	switch x := v.(type) {
	case map[string]any:
		switch x["type"] {
		case "user", "usergroup", "broadcast", "channel":
			s.problem("%s: %v in rich text", at, x["type"])
		case "text", "link":
			if x["type"] == "text" && str(x["text"]) == "" {
				s.problem("%s: empty text in rich text", at)
			}
		}
		for _, c := range x {
			s.checkRich(at, c)
		}
	case []any:
		for _, c := range x {
			s.checkRich(at, c)
		}
	}
}

// visibleRunes counts the characters of all texts.
func visibleRunes(v any) int {
	n := 0
	switch x := v.(type) {
	case []map[string]any:
		for _, m := range x {
			n += visibleRunes(m)
		}
	case []any:
		for _, m := range x {
			n += visibleRunes(m)
		}
	case map[string]any:
		for k, c := range x {
			if t, ok := c.(string); ok && (k == "text" || k == "alt_text" || k == "url") {
				n += utf8.RuneCountInString(t)
			} else if !ok {
				n += visibleRunes(c)
			}
		}
	}
	return n
}

func textOf(v any) string {
	m, _ := v.(map[string]any)
	return str(m["text"])
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func maps(v any) []map[string]any {
	var all []map[string]any
	for _, x := range list(v) {
		if m, ok := x.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}
