package discordtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mux returns the calls that there are.
func (s *Server) mux() *http.ServeMux {
	m := http.NewServeMux()
	handle := func(pattern string, h func(r *http.Request, body map[string]any) (int, any)) {
		method, path, _ := strings.Cut(pattern, " ")
		m.HandleFunc(method+" /api/v10"+path, func(w http.ResponseWriter, r *http.Request) {
			body, _ := r.Context().Value(bodyKey{}).(map[string]any)
			s.mu.Lock()
			status, out := h(r, body)
			s.mu.Unlock()
			write(w, status, out)
		})
	}
	handle("GET /users/@me", func(*http.Request, map[string]any) (int, any) {
		return 200, object{"id": Bot, "username": "podbrief", "bot": true}
	})
	handle("GET /applications/@me", func(*http.Request, map[string]any) (int, any) {
		return 200, object{"id": Application, "flags": s.Flags, "verify_key": s.Key}
	})
	handle("GET /gateway/bot", func(*http.Request, map[string]any) (int, any) {
		out := object{"url": s.gatewayURL(), "shards": 1}
		maps.Copy(out, s.Sharding)
		return 200, out
	})
	handle("POST /users/@me/channels", s.openDM)
	handle("GET /guilds/{guild}", func(*http.Request, map[string]any) (int, any) {
		return 200, object{"id": Guild, "owner_id": Owner, "roles": []object{
			{"id": Guild, "permissions": strconv.Itoa(mayAll)}, {"id": Managers, "permissions": strconv.Itoa(ManageChannels)},
		}}
	})
	handle("GET /guilds/{guild}/members/{user}", func(*http.Request, map[string]any) (int, any) { return 200, object{"roles": []string{}} })
	handle("GET /guilds/{guild}/threads/active", func(*http.Request, map[string]any) (int, any) { return 200, s.active() })
	handle("GET /channels/{channel}", s.channel)
	handle("GET /channels/{channel}/threads/archived/public", s.archived)
	handle("POST /channels/{channel}/messages", s.createMessage)
	handle("GET /channels/{channel}/messages", s.history)
	handle("GET /channels/{channel}/messages/{message}", s.oneMessage)
	handle("POST /channels/{channel}/messages/{message}/threads", s.threadFromMessage)
	handle("POST /channels/{channel}/threads", s.forumPost)
	handle("POST /channels/{channel}/typing", func(*http.Request, map[string]any) (int, any) { return 204, nil })
	return m
}

type bodyKey struct{}

type object = map[string]any

func write(w http.ResponseWriter, status int, out any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if out != nil {
		json.NewEncoder(w).Encode(out) //nolint:errcheck // whoever asked is gone
	}
}

func refuse(status, code int) (int, any) { return status, object{"message": "refused", "code": code} }

// route answers a call.
func (s *Server) route(w http.ResponseWriter, r *http.Request, body []byte) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v10")
	switch {
	case strings.HasPrefix(path, "/interactions/"), strings.HasPrefix(path, "/webhooks/"):
		s.interaction(w, r.Method, strings.Split(strings.Trim(path, "/"), "/"), body)
		return
	case r.Header.Get("Authorization") != "Bot "+Token:
		status, out := refuse(401, 0)
		write(w, status, out)
		return
	case strings.HasSuffix(path, "/commands"):
		s.commandCall(w, r, body)
		return
	}
	var parsed map[string]any
	if len(body) > 0 && json.Unmarshal(body, &parsed) != nil {
		status, out := refuse(400, 50109)
		write(w, status, out)
		return
	}
	s.mux().ServeHTTP(w, r.WithContext(contextWith(r.Context(), parsed)))
}

func (s *Server) commandCall(w http.ResponseWriter, r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPut {
		s.puts++
		s.commands = nil
		if json.Unmarshal(body, &s.commands) != nil {
			status, out := refuse(400, 50035)
			write(w, status, out)
			return
		}
	}
	known := append([]json.RawMessage{}, s.commands...)
	if r.URL.Query().Get("with_localizations") != "true" {
		for i := range known {
			known[i] = withoutLocalizations(known[i])
		}
	}
	write(w, 200, known)
}

// withoutLocalizations is a command as it is given back when its translations were not asked for.
func withoutLocalizations(command json.RawMessage) json.RawMessage {
	var v any
	json.Unmarshal(command, &v) //nolint:errcheck // it was read before
	var drop func(any)
	drop = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			delete(v, "description_localizations")
			for _, inner := range v {
				drop(inner)
			}
		case []any:
			for _, inner := range v {
				drop(inner)
			}
		}
	}
	drop(v)
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

// Registered returns the commands that were registered last, and how often that was done.
func (s *Server) Registered() ([]json.RawMessage, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands, s.puts
}

func (s *Server) openDM(_ *http.Request, body map[string]any) (int, any) {
	user, _ := body["recipient_id"].(string)
	id := "9" + user[1:]
	if s.places[id] == nil {
		s.places[id] = &Place{ID: id, Type: DM}
	}
	return 200, object{"id": id, "type": DM}
}

// DMOf is the channel of somebody's direct messages.
func DMOf(user string) string { return "9" + user[1:] }

func (s *Server) channel(r *http.Request, _ map[string]any) (int, any) {
	p := s.places[r.PathValue("channel")]
	if p == nil {
		return refuse(404, 10003)
	}
	out := object{"id": p.ID, "type": p.Type, "name": p.Name, "parent_id": p.Parent, "guild_id": p.Guild}
	out["permission_overwrites"] = []object{{"id": Guild, "type": 0, "allow": "0", "deny": strconv.FormatUint(p.Deny, 10)}}
	return 200, out
}

func (s *Server) createMessage(r *http.Request, body map[string]any) (int, any) {
	p := s.places[r.PathValue("channel")]
	switch {
	case p == nil:
		return refuse(404, 10003)
	case p.Refuse != 0:
		return refuse(403, p.Refuse)
	case p.Type == ForumType:
		return refuse(400, 50008)
	}
	key := ""
	if n, ok := body["nonce"].(string); ok && body["enforce_nonce"] == true {
		key = p.ID + n
		if known, ok := s.nonces[key]; ok && time.Since(known.at) < s.window() {
			return 200, object{"id": known.id}
		}
	}
	m := s.store(p, body)
	if key != "" {
		s.nonces[key] = nonce{m.ID, time.Now()}
	}
	return 200, object{"id": m.ID, "channel_id": p.ID, "author": object{"id": Bot}}
}

func (s *Server) window() time.Duration {
	if s.Window == 0 {
		return 5 * time.Minute
	}
	return s.Window
}

func (s *Server) store(p *Place, body map[string]any) *Message {
	m := &Message{ID: s.newID(), Author: Bot, Channel: p.ID, Body: body}
	p.Messages = append(p.Messages, m)
	if s.Posted != nil {
		s.Posted(p.ID)
	}
	return m
}

// Chatter lets other people write so many messages.
func (s *Server) Chatter(channel string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		p := s.places[channel]
		p.Messages = append(p.Messages, &Message{ID: s.newID(), Author: User, Channel: channel, Body: object{"content": "chatter"}})
	}
}

// The permissions without which a history is refused, and without which it is empty.
const (
	viewChannel = 1 << 10
	readHistory = 1 << 16
)

func (s *Server) history(r *http.Request, _ map[string]any) (int, any) {
	p := s.places[r.PathValue("channel")]
	if p == nil {
		return refuse(404, 10003)
	}
	out := []object{}
	switch {
	case p.Deny&viewChannel != 0:
		return refuse(403, 50001)
	case p.Deny&readHistory != 0:
		return 200, out
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	after := r.URL.Query().Get("after")
	for _, m := range p.Messages {
		if len(m.ID) > len(after) || len(m.ID) == len(after) && m.ID > after {
			out = append(out, shown(m))
		}
	}
	out = out[:min(len(out), limit)] // the oldest after that, the newest of them first
	slices.Reverse(out)
	return 200, out
}

// shown is a message as history shows it, without its nonce.
func shown(m *Message) object {
	return object{"id": m.ID, "author": object{"id": m.Author}, "components": m.Body["components"], "embeds": m.Body["embeds"]}
}
