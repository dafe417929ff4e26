package slacktest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The kinds of payload, as envelopes name them.
const (
	Slash       = "slash_commands"
	Interactive = "interactive"
	Events      = "events_api"
)

// Payload is something that Slack tells the app. Played twice, it is a redelivery.
type Payload struct {
	Kind        string
	Body        map[string]any
	ResponseURL string
	Trigger     string
}

// Answer is the app's acknowledgement.
type Answer struct {
	Body   json.RawMessage
	Status int
	Took   time.Duration
}

// Play sends a payload: to Handler as a signed request when that is set, or else over a socket.
func (s *Server) Play(p Payload) (Answer, error) {
	if s.Handler == nil {
		return s.sendEnvelope(p)
	}
	req := s.Request(p)
	rec, began := httptest.NewRecorder(), time.Now()
	s.Handler.ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		return Answer{Status: rec.Code}, fmt.Errorf("%s request was answered with %d", p.Kind, rec.Code)
	}
	return Answer{Body: rec.Body.Bytes(), Status: rec.Code, Took: time.Since(began)}, nil
}

// Request makes the signed HTTP request of a payload.
func (s *Server) Request(p Payload) *http.Request {
	body, mediaType := encode(p)
	req := httptest.NewRequest(http.MethodPost, "/slack", bytes.NewReader(body))
	req.Header.Set("Content-Type", mediaType)
	Sign(req.Header, body, Secret, time.Now())
	return req
}

func encode(p Payload) (body []byte, mediaType string) {
	whole, err := json.Marshal(p.Body)
	if err != nil {
		panic(err) // maps of strings always encode
	}
	const form = "application/x-www-form-urlencoded"
	switch p.Kind {
	case Events:
		return whole, "application/json"
	case Interactive:
		return []byte(url.Values{"payload": {string(whole)}}.Encode()), form
	}
	values := url.Values{}
	for k, v := range p.Body {
		values.Set(k, fmt.Sprint(v))
	}
	return []byte(values.Encode()), form
}

// Sign sets the headers that Slack signs a request with.
func Sign(h http.Header, body []byte, secret string, at time.Time) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	h.Set("X-Slack-Request-Timestamp", stamp)
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

// number gives every payload an ID of its own.
func (s *Server) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.payloads++
	return s.payloads
}

// Command is somebody's "/brief text" in a channel.
func (s *Server) Command(user, channel, text string) Payload {
	n := s.number()
	s.mu.Lock()
	defer s.mu.Unlock()
	reply, trigger := fmt.Sprintf("%s/response/%d", s.http.URL, n), fmt.Sprintf("trigger.%d", n)
	name := s.channels[channel].Name
	if strings.HasPrefix(channel, "D") {
		name = "directmessage"
	}
	return Payload{Kind: Slash, ResponseURL: reply, Trigger: trigger, Body: map[string]any{
		"command": "/brief", "text": text, "user_id": user, "user_name": s.users[user].Name, "channel_id": channel, "channel_name": name,
		"team_id": Team, "api_app_id": AppID, "response_url": reply, "trigger_id": trigger, "token": "unused",
	}}
}

// Press is somebody's press of a button, by its label, of a message in a channel.
func (s *Server) Press(user string, m Message, label string) (Payload, error) {
	action := findAction(m.Blocks, label)
	if action == nil {
		return Payload{}, fmt.Errorf("the message has no button %q", label)
	}
	n := s.number()
	reply, trigger := fmt.Sprintf("%s/response/%d", s.http.URL, n), fmt.Sprintf("trigger.%d", n)
	container := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.TS == ""}
	message := map[string]any{"ts": m.TS, "text": m.Text}
	if m.Thread != "" {
		container["thread_ts"], message["thread_ts"] = m.Thread, m.Thread
	}
	return Payload{Kind: Interactive, ResponseURL: reply, Trigger: trigger, Body: map[string]any{
		"type": "block_actions", "user": map[string]string{"id": user, "team_id": Team}, "team": map[string]string{"id": Team}, "trigger_id": trigger,
		"response_url": reply, "channel": map[string]string{"id": m.Channel}, "message": message, "container": container, "actions": []any{action},
	}}, nil
}

// PressHome is somebody's press of a button in the App Home.
func (s *Server) PressHome(user, label string) (Payload, error) {
	action := findAction(maps(s.Home(user)["blocks"]), label)
	if action == nil {
		return Payload{}, fmt.Errorf("the home has no button %q", label)
	}
	trigger := fmt.Sprintf("trigger.%d", s.number())
	return Payload{Kind: Interactive, Trigger: trigger, Body: map[string]any{
		"type": "block_actions", "user": map[string]string{"id": user, "team_id": Team}, "team": map[string]string{"id": Team}, "trigger_id": trigger,
		"container": map[string]any{"type": "view", "view_id": "V-home"}, "view": map[string]any{"id": "V-home", "type": "home"}, "actions": []any{action},
	}}, nil
}

// Button is something that can be pressed.
type Button struct{ Label, Value, URL string }

// Buttons are all that can be pressed in blocks, votes included.
func Buttons(blocks []map[string]any) []Button {
	var all []Button
	eachAction(blocks, func(b Button, _ map[string]any) { all = append(all, b) })
	return all
}

// eachAction calls fn for each button with the action of pressing it.
func eachAction(blocks []map[string]any, fn func(Button, map[string]any)) {
	for _, b := range blocks {
		for _, e := range maps(b["elements"]) {
			found := []map[string]any{e}
			if e["type"] == "feedback_buttons" {
				found = []map[string]any{part(e, "positive_button"), part(e, "negative_button")}
			} else if e["type"] != "button" {
				continue
			}
			for _, f := range found {
				fn(Button{textOf(f["text"]), str(f["value"]), str(f["url"])}, map[string]any{
					"type": e["type"], "action_id": e["action_id"], "block_id": "random", "action_ts": "1.1", "value": f["value"], "url": f["url"],
				})
			}
		}
	}
}

func part(m map[string]any, key string) map[string]any {
	p, _ := m[key].(map[string]any)
	return p
}

// findAction finds a button by its label and makes the action of pressing it.
func findAction(blocks []map[string]any, label string) (action map[string]any) {
	eachAction(blocks, func(b Button, a map[string]any) {
		if b.Label == label && action == nil {
			action = a
		}
	})
	return action
}

// Submit is somebody's submission of a modal with the values of its inputs, by block. Inputs that are not named keep their
// initial value.
func (s *Server) Submit(user string, v View, values map[string]string) Payload {
	state := map[string]any{}
	for _, b := range maps(v.View["blocks"]) {
		if b["type"] != "input" {
			continue
		}
		e, _ := b["element"].(map[string]any)
		value, given := values[str(b["block_id"])]
		if !given {
			value = str(e["initial_value"])
			if o, ok := e["initial_option"].(map[string]any); ok {
				value = str(o["value"])
			}
			for _, o := range maps(e["initial_options"]) {
				value = strings.TrimPrefix(value+"\n"+str(o["value"]), "\n")
			}
		}
		state[str(b["block_id"])] = map[string]any{str(e["action_id"]): stateOf(e, value)}
	}
	view := map[string]any{"id": v.ID, "type": "modal", "state": map[string]any{"values": state}, "hash": "1." + v.ID}
	for _, k := range []string{"private_metadata", "callback_id", "blocks", "title"} {
		view[k] = v.View[k]
	}
	trigger := fmt.Sprintf("trigger.%d", s.number())
	return Payload{Kind: Interactive, Trigger: trigger, Body: map[string]any{
		"type": "view_submission", "user": map[string]string{"id": user, "team_id": Team}, "team": map[string]string{"id": Team}, "trigger_id": trigger, "view": view,
	}}
}

func stateOf(element map[string]any, value string) map[string]any {
	out := map[string]any{"type": element["type"]}
	switch element["type"] {
	case "plain_text_input":
		out["value"] = value
	case "static_select", "radio_buttons":
		if value != "" {
			out["selected_option"] = map[string]any{"value": value, "text": map[string]string{"type": "plain_text", "text": value}}
		}
	default:
		all := []any{}
		for v := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == '\n' }) {
			all = append(all, map[string]any{"value": v, "text": map[string]string{"type": "plain_text", "text": v}})
		}
		out["selected_options"] = all
	}
	return out
}

// Event is something of the Events API.
func (s *Server) Event(inner map[string]any) Payload {
	n := s.number()
	return Payload{Kind: Events, Body: map[string]any{
		"type": "event_callback", "event_id": fmt.Sprintf("Ev%04d", n), "event_time": time.Now().Unix(), "team_id": Team, "api_app_id": AppID, "token": "unused",
		"authorizations": []any{map[string]any{"team_id": Team, "user_id": BotUser, "is_bot": true}}, "event": inner,
	}}
}

// Say is a message of a person, as the event that the bot gets of it: app_mention when it names the bot. It stands in the
// channel's history too.
func (s *Server) Say(user, channel, thread, text string) Payload {
	s.mu.Lock()
	c := s.channels[channel]
	ts := s.tick()
	s.messages = append(s.messages, &Message{Channel: channel, TS: ts, Thread: thread, User: user, Text: text, At: time.Now()})
	s.mu.Unlock()
	kind, place := "message", "channel"
	switch {
	case c.IM:
		place = "im"
	case strings.Contains(text, "<@"+BotUser+">"):
		kind = "app_mention"
	case c.Private:
		place = "group"
	}
	e := map[string]any{"type": kind, "user": user, "text": text, "ts": ts, "channel": channel, "channel_type": place, "team": Team}
	if thread != "" {
		e["thread_ts"] = thread
	}
	return s.Event(e)
}
