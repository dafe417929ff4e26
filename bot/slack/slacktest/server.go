// Package slacktest is a Slack for tests, on 127.0.0.1: the Web API methods that the adapter calls, Socket Mode, signed
// HTTP requests, response_url and faults. It keeps what was posted and holds every message against Slack's limits.
//
// It speaks the protocol and shares no code with the adapter.
package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Tokens and names of the one workspace.
const (
	BotToken    = "xoxb-test-bot"
	AppToken    = "xapp-test-app"
	ConfigToken = "xoxe.xoxp-test-config"
	Secret      = "test-signing-secret"
	Team        = "T0001"
	BotUser     = "U0BOT"
	BotID       = "B0BOT"
	AppID       = "A0001"
)

// Message is a message as the workspace holds it.
type Message struct {
	Channel  string
	TS       string
	Thread   string
	User     string // the bot's ID for its own messages
	Text     string
	Blocks   []map[string]any
	Metadata map[string]any
	Form     url.Values // the request that made it
	Edits    int
	At       time.Time
}

// Call is one Web API request.
type Call struct {
	Method string
	Form   url.Values
	At     time.Time
	Status int
}

// User is a member of the workspace or a stranger.
type User struct {
	ID, Name, Team, Enterprise, Zone, Locale                                  string
	Admin, Owner, Guest, SingleChannelGuest, Bot, Workflow, Deleted, Stranger bool
}

// Channel is a conversation.
type Channel struct {
	ID, Name                         string
	Private, Archived, IM, NotMember bool
	User                             string // of an IM
	Creator                          string
	Members                          []string
}

// Server is a running workspace. Its exported fields may be changed before the first request.
type Server struct {
	URL string // base URL of the Web API, with "/api/"

	// Fault, when not nil, is asked before each request; nil means that all goes well.
	Fault func(method string, form url.Values) *Fault
	// Lacks are scopes that the bot token lacks: the methods that need them answer missing_scope.
	Lacks []string
	// Now is the clock of time stamps; nil is the time.
	Now func() time.Time
	// Posted, when not nil, is called with each message that is stored.
	Posted func(Message)
	// Enterprise is the organization that the workspace belongs to, when it has one.
	Enterprise string
	// Manifest is the app's manifest, which the token ConfigToken may read.
	Manifest any
	// Handler, when not nil, gets payloads as signed HTTP requests.
	Handler http.Handler

	http     *httptest.Server
	mu       sync.Mutex
	clock    int64
	users    map[string]User
	channels map[string]Channel
	messages []*Message
	ephemera []Message
	replies  map[string][]map[string]any // by response_url
	views    []View
	homes    map[string]map[string]any
	calls    []Call
	sockets  []*socket
	waiting  map[string]chan Ack // by envelope
	problems []string
	files    []File
	opened   int
	written  map[string]time.Time // by channel: when a message was last posted or edited
	changed  chan struct{}        // closed at the next change, when somebody waits

	turn, envelopes, payloads, goodbyes int
}

// View is a modal that was opened or updated.
type View struct {
	ID      string
	Trigger string
	View    map[string]any
	Updated bool
}

// File is a document that was shared.
type File struct {
	Channel, Thread, Title string
	Body                   []byte
}

// New starts a workspace that ends with the test.
func New(t testing.TB) *Server {
	s := Start()
	t.Cleanup(s.Close)
	t.Cleanup(func() {
		for _, p := range s.Problems() {
			t.Errorf("slack rule hit: %s", p)
		}
	})
	return s
}

// Start starts a workspace; Close ends it.
func Start() *Server {
	s := &Server{
		users: map[string]User{}, channels: map[string]Channel{}, replies: map[string][]map[string]any{},
		homes: map[string]map[string]any{}, waiting: map[string]chan Ack{}, clock: time.Now().UnixMicro(),
	}
	s.AddUser(User{ID: BotUser, Name: "podbrief", Team: Team, Bot: true})
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL + "/api/"
	return s
}

// Close ends the workspace.
func (s *Server) Close() {
	s.mu.Lock()
	sockets := slices.Clone(s.sockets)
	s.mu.Unlock()
	for _, c := range sockets {
		c.close()
	}
	s.http.CloseClientConnections()
	s.http.Close()
}

// AddUser adds or replaces a user.
func (s *Server) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[u.ID] = u
}

// AddChannel adds or replaces a channel.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[c.ID] = c
}

// Await waits until cond is true, which is asked after every request. It returns false when it is not within ten seconds.
func (s *Server) Await(cond func() bool) bool {
	end := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		if cond() {
			return true
		}
		select {
		case <-changed:
		case <-end:
			return false
		}
	}
}

// change wakes those that wait. s.mu is held.
func (s *Server) change() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

func (s *Server) noteChange() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change()
}

// ServeHTTP answers the Web API, response URLs and sockets.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer s.noteChange()
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		s.api(w, r, strings.TrimPrefix(r.URL.Path, "/api/"))
	case r.URL.Path == "/upload":
		s.upload(w, r)
	case strings.HasPrefix(r.URL.Path, "/response/"):
		s.respond(w, r)
	case r.URL.Path == "/socket":
		s.accept(w, r)
	default:
		http.NotFound(w, r)
	}
}

// api answers one Web API request.
func (s *Server) api(w http.ResponseWriter, r *http.Request, method string) {
	form, token := readForm(r)
	call := Call{Method: method, Form: form, At: time.Now(), Status: 200}
	fault := s.faultOf(method, form)
	if fault != nil && fault.Status != 0 {
		call.Status = fault.Status
	}
	s.mu.Lock()
	s.calls = append(s.calls, call)
	s.mu.Unlock()
	want := BotToken
	switch method {
	case "apps.connections.open":
		want = AppToken
	case "apps.manifest.export":
		want = ConfigToken
	}
	w.Header().Set("X-OAuth-Scopes", s.granted())
	if token != want {
		reply(w, refuse("invalid_auth"))
		return
	}
	if fault == nil {
		reply(w, s.do(method, form))
		return
	}
	s.fail(w, fault, method, form)
}

// SetNow changes Now while the workspace runs.
func (s *Server) SetNow(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Now = now
}

// SetLacks changes Lacks while the workspace runs.
func (s *Server) SetLacks(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Lacks = scopes
}

// readForm reads a request's fields, whether it came as a form or as JSON, and its token.
func readForm(r *http.Request) (url.Values, string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return url.Values{}, ""
	}
	form := url.Values{}
	if strings.Contains(r.Header.Get("Content-Type"), "json") {
		var m map[string]json.RawMessage
		if json.Unmarshal(body, &m) == nil {
			for k, v := range m {
				var text string
				if json.Unmarshal(v, &text) != nil {
					text = string(v)
				}
				form.Set(k, text)
			}
		}
	} else if parsed, err := url.ParseQuery(string(body)); err == nil {
		form = parsed
	}
	for k, v := range r.URL.Query() {
		form[k] = v
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == "" {
		token = form.Get("token")
	}
	form.Del("token")
	return form, token
}

// granted are the scopes that the bot token has.
func (s *Server) granted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []string{
		"app_mentions:read", "channels:history", "channels:read", "chat:write", "commands", "files:write", "groups:history", "groups:read",
		"im:history", "im:write", "users:read",
	}
	return strings.Join(slices.DeleteFunc(all, func(x string) bool { return slices.Contains(s.Lacks, x) }), ",")
}

func reply(w http.ResponseWriter, v map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func refuse(reason string) map[string]any { return map[string]any{"ok": false, "error": reason} }

func (s *Server) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}
