package discordtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// Answer is what an interaction was answered with.
type Answer struct {
	Type    int            // of the first answer; 0 while there is none
	Data    map[string]any // of the message as it is now, or of the form or choices
	Private bool
	Deleted bool
	Follow  []map[string]any // follow-ups
	Edits   int
	Redrawn map[string]any // the message that was pressed, when that was drawn anew; Data is of the message that followed

	id      string
	expired bool
	changed chan struct{} // holds a token after each change
}

// flagEphemeral marks what only the asker sees.
const flagEphemeral = 64

// typeUpdate is the first answer that draws anew what was pressed.
const typeUpdate = 7

// Interact sends an interaction over the gateway and returns its answer, which changes.
func (s *Server) Interact(i map[string]any) *Answer {
	i, a := s.Signed(i)
	s.Dispatch("INTERACTION_CREATE", i)
	return a
}

// Signed makes an interaction whole, to be sent by the caller over HTTP, and returns its answer, which changes.
func (s *Server) Signed(i map[string]any) (map[string]any, *Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.newID()
	a := &Answer{id: id, changed: make(chan struct{}, 100)}
	s.answers["token-"+id] = a
	if m, ok := i["message"].(map[string]any); ok && m["components"] == nil {
		m["components"] = s.controlsOf(fmt.Sprint(m["id"]))
	}
	i["id"], i["token"], i["application_id"], i["version"] = id, "token-"+id, Application, 1
	return i, a
}

// controlsOf is what stands under a message; nil when it is not known. The caller holds mu.
func (s *Server) controlsOf(message string) any {
	for _, p := range s.places {
		for _, m := range p.Messages {
			if m.ID == message {
				return m.Body["components"]
			}
		}
	}
	return nil
}

// Expire ends an interaction's token.
func (s *Server) Expire(a *Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.expired = true
}

// Deferred reports whether the first answer was a promise of one.
func (s *Server) Deferred(a *Answer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return a.Type == 5
}

// Final waits until an answer is more than a deferral, and returns it as it is then.
func (s *Server) Final(ctx context.Context, a *Answer) (Answer, error) {
	for {
		s.mu.Lock()
		now := *a
		s.mu.Unlock()
		if now.Type != 0 && (now.Type != 5 && now.Type != typeUpdate || now.Edits > 0 || len(now.Follow) > 0) {
			return now, nil
		}
		select {
		case <-a.changed:
		case <-ctx.Done():
			return now, fmt.Errorf("the interaction has the answer %d: %w", now.Type, ctx.Err())
		}
	}
}

// interaction answers calls of an interaction: its callback, and its webhook.
func (s *Server) interaction(w http.ResponseWriter, method string, path []string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var parsed map[string]any
	if len(body) > 0 && json.Unmarshal(body, &parsed) != nil || len(path) < 3 {
		write(w, 400, object{"code": 50109})
		return
	}
	a := s.answers[path[2]]
	if a == nil || a.expired {
		code := 10062
		if path[0] == "webhooks" {
			code = 10015
		}
		write(w, 404, object{"message": "unknown", "code": code})
		return
	}
	status, code := a.take(method, path, parsed)
	if code != 0 {
		write(w, status, object{"message": "refused", "code": code})
		return
	}
	select {
	case a.changed <- struct{}{}:
	default:
	}
	var out any
	if method == http.MethodPost && path[0] == "webhooks" {
		out = object{"id": followID}
	}
	write(w, status, out)
}

// followID is the ID of the message that follows a menu that was drawn anew.
const followID = "follow"

// take does one call; code is Discord's error.
func (a *Answer) take(method string, path []string, body map[string]any) (status, code int) {
	if path[0] == "interactions" {
		if a.Type != 0 {
			return 400, 40060
		}
		kind, _ := body["type"].(float64)
		a.Type = int(kind)
		a.Data, _ = body["data"].(map[string]any)
		if a.Type == typeUpdate {
			a.Redrawn, a.Data = a.Data, nil
		}
		a.Private = flagged(a.Data)
		return 204, 0
	}
	switch {
	case a.Type == 0:
		return 404, 10015
	case a.Type == typeUpdate && (method == http.MethodPost) != (a.Data == nil) || a.Type == typeUpdate && path[len(path)-1] == "@original":
		return 400, 50035 // that would edit what was pressed, or say nothing, or two things
	case a.Type == typeUpdate:
		a.Private = a.Private || a.Data == nil && flagged(body)
		a.Data = body
		a.Edits++
	case method == http.MethodPatch && !a.Deleted:
		a.Data = body
		a.Edits++
	case method == http.MethodDelete:
		a.Deleted = true
		return 204, 0
	case method == http.MethodPost:
		a.Follow = append(slices.Clone(a.Follow), body)
	}
	return 200, 0
}

func flagged(data map[string]any) bool {
	flags, _ := data["flags"].(float64)
	return int(flags)&flagEphemeral != 0
}
