package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scopes that methods need; those without a row need none.
var scopes = map[string]string{
	"files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write", "chat.delete": "chat:write",
	"chat.postMessage": "chat:write", "chat.postEphemeral": "chat:write", "chat.update": "chat:write", "users.info": "users:read", "bots.info": "users:read",
	"conversations.open": "im:write", "conversations.history": "channels:history", "conversations.replies": "channels:history",
	"conversations.info": "channels:read", "conversations.members": "channels:read", "users.conversations": "channels:read",
}

// do does one method.
func (s *Server) do(method string, form url.Values) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if need := scopes[method]; need != "" && slices.Contains(s.Lacks, need) {
		return map[string]any{"ok": false, "error": "missing_scope", "needed": need, "provided": "chat:write"}
	}
	switch method {
	case "auth.test":
		return map[string]any{"ok": true, "url": "https://test.slack.example/", "team": "Test", "user": "podbrief", "team_id": Team, "user_id": BotUser, "bot_id": BotID, "app_id": AppID, "enterprise_id": s.Enterprise}
	case "apps.connections.open":
		s.opened++
		return map[string]any{"ok": true, "url": "ws" + strings.TrimPrefix(s.http.URL, "http") + "/socket?n=" + strconv.Itoa(s.opened)}
	case "chat.postMessage":
		return s.post(form)
	case "chat.postEphemeral":
		return s.whisper(form)
	case "chat.update":
		return s.edit(form)
	case "chat.delete":
		n := len(s.messages)
		s.messages = slices.DeleteFunc(s.messages, func(m *Message) bool { return m.Channel == form.Get("channel") && m.TS == form.Get("ts") })
		if len(s.messages) == n {
			return refuse("message_not_found")
		}
		return map[string]any{"ok": true}
	case "conversations.history", "conversations.replies":
		return s.history(method, form)
	case "conversations.info":
		return s.info(form.Get("channel"))
	case "conversations.open":
		return s.openIM(form.Get("users"))
	case "conversations.members":
		c := s.channels[form.Get("channel")]
		return map[string]any{"ok": true, "members": c.Members, "response_metadata": map[string]string{"next_cursor": ""}}
	case "users.info":
		return s.user(form.Get("user"))
	case "bots.info":
		return map[string]any{"ok": true, "bot": map[string]string{"id": form.Get("bot"), "name": "podbrief", "user_id": BotUser, "app_id": AppID}}
	case "apps.manifest.export":
		if form.Get("app_id") != AppID {
			return refuse("invalid_app")
		}
		return map[string]any{"ok": true, "manifest": s.Manifest}
	case "views.open", "views.push", "views.update":
		return s.view(method, form)
	case "views.publish":
		return s.publish(form)
	case "files.getUploadURLExternal":
		return map[string]any{"ok": true, "upload_url": s.http.URL + "/upload", "file_id": "F0001"}
	case "files.completeUploadExternal":
		s.files[len(s.files)-1].Channel, s.files[len(s.files)-1].Thread = form.Get("channel_id"), form.Get("thread_ts")
		return map[string]any{"ok": true, "files": []any{map[string]string{"id": "F0001", "title": "feeds"}}}
	}
	s.problem("unknown method %s", method)
	return refuse("unknown_method")
}

func (s *Server) post(form url.Values) map[string]any {
	id := form.Get("channel")
	c, ok := s.channels[id]
	switch {
	case !ok && strings.HasPrefix(id, "U"):
		c = s.im(id)
	case !ok:
		return refuse("channel_not_found")
	case c.Archived:
		return refuse("is_archived")
	case c.NotMember:
		return refuse("not_in_channel")
	}
	blocks, bad := s.checkMessage("chat.postMessage", form)
	if bad != "" {
		return refuse(bad)
	}
	s.pace(c.ID)
	m := &Message{Channel: c.ID, TS: s.tick(), Thread: form.Get("thread_ts"), User: BotUser, Text: form.Get("text"), Blocks: blocks, Form: form, At: time.Now()}
	json.Unmarshal([]byte(form.Get("metadata")), &m.Metadata)
	s.messages = append(s.messages, m)
	if s.Posted != nil {
		s.Posted(*m)
	}
	return map[string]any{"ok": true, "channel": c.ID, "ts": m.TS, "message": asJSON(*m)}
}

func (s *Server) whisper(form url.Values) map[string]any {
	blocks, bad := s.checkMessage("chat.postEphemeral", form)
	if bad != "" {
		return refuse(bad)
	}
	m := Message{Channel: form.Get("channel"), TS: s.tick(), Thread: form.Get("thread_ts"), User: form.Get("user"), Text: form.Get("text"), Blocks: blocks, Form: form, At: time.Now()}
	s.ephemera = append(s.ephemera, m)
	return map[string]any{"ok": true, "message_ts": m.TS}
}

func (s *Server) edit(form url.Values) map[string]any {
	blocks, bad := s.checkMessage("chat.update", form)
	if bad != "" {
		return refuse(bad)
	}
	for _, m := range s.messages {
		if m.Channel == form.Get("channel") && m.TS == form.Get("ts") {
			s.pace(m.Channel)
			m.Text, m.Blocks, m.Form = form.Get("text"), blocks, form
			m.Edits++
			return map[string]any{"ok": true, "channel": m.Channel, "ts": m.TS, "text": m.Text, "message": asJSON(*m)}
		}
	}
	return refuse("message_not_found")
}

// pace holds what is written to a channel against Slack's one message a second.
func (s *Server) pace(channel string) {
	if s.written == nil {
		s.written = map[string]time.Time{}
	}
	now := time.Now()
	if gap := now.Sub(s.written[channel]); gap < time.Second {
		s.problem("two messages in %s within %v", channel, gap)
	}
	s.written[channel] = now
}

// history lists messages, newest first, as Slack does; replies lists a thread, oldest first.
func (s *Server) history(method string, form url.Values) map[string]any {
	c, ok := s.channels[form.Get("channel")]
	if !ok {
		return refuse("channel_not_found")
	}
	if c.NotMember {
		return refuse("not_in_channel")
	}
	var list []map[string]any
	for _, m := range s.messages {
		thread := method == "conversations.replies"
		in := m.Channel == c.ID && m.TS >= form.Get("oldest") && (form.Get("latest") == "" || m.TS <= form.Get("latest"))
		if in && (!thread && m.Thread == "" || thread && (m.Thread == form.Get("ts") || m.TS == form.Get("ts"))) {
			j := asJSON(*m)
			if form.Get("include_all_metadata") != "true" && form.Get("include_all_metadata") != "1" {
				delete(j, "metadata")
			}
			list = append(list, j)
		}
	}
	if method == "conversations.history" {
		slices.Reverse(list)
	}
	limit, _ := strconv.Atoi(form.Get("limit"))
	more := limit > 0 && len(list) > limit
	if more {
		list = list[:limit]
	}
	return map[string]any{"ok": true, "messages": list, "has_more": more, "response_metadata": map[string]string{"next_cursor": ""}}
}

func asJSON(m Message) map[string]any {
	j := map[string]any{"type": "message", "channel": m.Channel, "ts": m.TS, "user": m.User, "text": m.Text, "blocks": m.Blocks}
	if m.User == BotUser {
		j["bot_id"], j["app_id"] = BotID, AppID
	}
	if m.Thread != "" {
		j["thread_ts"] = m.Thread
	}
	if m.Metadata != nil {
		j["metadata"] = m.Metadata
	}
	return j
}

func (s *Server) info(id string) map[string]any {
	c, ok := s.channels[id]
	if !ok {
		return refuse("channel_not_found")
	}
	return map[string]any{"ok": true, "channel": map[string]any{
		"id": c.ID, "name": c.Name, "is_private": c.Private, "is_archived": c.Archived, "is_im": c.IM, "is_member": !c.NotMember, "user": c.User, "creator": c.Creator, "is_channel": !c.IM && !c.Private,
	}}
}

func (s *Server) openIM(user string) map[string]any {
	if u, ok := s.users[user]; !ok || u.Deleted {
		return refuse("user_not_found")
	}
	return map[string]any{"ok": true, "channel": map[string]any{"id": s.im(user).ID}}
}

func (s *Server) im(user string) Channel {
	id := "D" + strings.TrimPrefix(user, "U")
	if _, ok := s.channels[id]; !ok {
		s.channels[id] = Channel{ID: id, IM: true, User: user}
	}
	return s.channels[id]
}

func (s *Server) user(id string) map[string]any {
	u, ok := s.users[id]
	if !ok {
		return refuse("user_not_found")
	}
	return map[string]any{"ok": true, "user": map[string]any{
		"id": u.ID, "name": u.Name, "team_id": u.Team, "deleted": u.Deleted, "is_admin": u.Admin, "is_owner": u.Owner, "is_bot": u.Bot, "is_workflow_bot": u.Workflow, "tz": u.Zone, "locale": u.Locale,
		"is_restricted": u.Guest || u.SingleChannelGuest, "is_ultra_restricted": u.SingleChannelGuest, "is_stranger": u.Stranger, "enterprise_user": map[string]string{"enterprise_id": u.Enterprise}, "profile": map[string]any{"display_name": u.Name},
	}}
}

func (s *Server) view(method string, form url.Values) map[string]any {
	view, bad := s.checkView(form.Get("view"))
	if bad != "" {
		return refuse(bad)
	}
	id := form.Get("view_id")
	if method != "views.update" {
		if form.Get("trigger_id") == "" {
			return refuse("invalid_arguments")
		}
		for _, v := range s.views {
			if v.Trigger == form.Get("trigger_id") {
				return refuse("exchanged_trigger_id")
			}
		}
		id = fmt.Sprintf("V%04d", len(s.views)+1)
	}
	s.views = append(s.views, View{ID: id, Trigger: form.Get("trigger_id"), View: view, Updated: method == "views.update"})
	out := map[string]any{"id": id, "hash": "1." + id, "team_id": Team}
	for k, v := range view {
		out[k] = v
	}
	return map[string]any{"ok": true, "view": out}
}

func (s *Server) publish(form url.Values) map[string]any {
	view, bad := s.checkView(form.Get("view"))
	if bad != "" {
		return refuse(bad)
	}
	s.homes[form.Get("user_id")] = view
	return map[string]any{"ok": true, "view": view}
}

// respond takes an answer to a response_url: five within thirty minutes.
func (s *Server) respond(w http.ResponseWriter, r *http.Request) {
	form, _ := readForm(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.http.URL + r.URL.Path
	if strings.HasSuffix(r.URL.Path, "/busy") {
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if strings.HasSuffix(r.URL.Path, "/expired") || len(s.replies[at]) >= 5 {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"ok":false,"error":"expired_url"}`)
		return
	}
	if blocks, bad := s.checkMessage("response_url", form); bad != "" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, bad)
	} else {
		m := map[string]any{"blocks": blocks}
		for k := range form {
			if k != "blocks" {
				m[k] = form.Get(k)
			}
		}
		s.replies[at] = append(s.replies[at], m)
		fmt.Fprint(w, "ok")
	}
}

// upload takes the body of a file.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	var body []byte
	if f, _, err := r.FormFile("file"); err == nil {
		body, _ = io.ReadAll(f)
	} else {
		body, _ = io.ReadAll(r.Body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, File{Body: body})
	fmt.Fprint(w, "OK - ", len(body))
}

// tick is the next time stamp: all differ.
func (s *Server) tick() string {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	s.clock = max(s.clock+1, now().UnixMicro())
	return fmt.Sprintf("%d.%06d", s.clock/1e6, s.clock%1e6)
}
