// Package discordtest is a Discord to test against: its REST calls, gateway and interactions, with its nonces, histories
// that need a permission, limits in their documented forms, and every way in which a gateway ends. It knows nothing of the
// adapter.
package discordtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The IDs of what is there from the beginning.
const (
	Token       = "test-token"
	Bot         = "100000000000000001"
	Application = "100000000000000002"
	Guild       = "200000000000000001"
	General     = "300000000000000001" // a text channel
	Forum       = "300000000000000002"
	User        = "400000000000000001"
	Owner       = "400000000000000002" // of the guild
	Managers    = "500000000000000001" // a role that may manage channels
)

// The types of channels.
const (
	Text         = 0
	DM           = 1
	PublicThread = 11
	ForumType    = 15
)

// Server is a Discord. Its exported fields are set before it is used.
type Server struct {
	*httptest.Server

	// Check is asked about every request; what it returns is kept for Wrong. A target is a path and its parameters.
	Check func(method, target string, body []byte) error
	// Fault may answer a request instead of the server, after it was done when Store is set.
	Fault func(r *http.Request) *Fault
	// Gateway plays one gateway connection, by its number from 0; nil or a nil result is the usual.
	Gateway func(n int) Play
	// Heartbeat is the interval of heartbeats, 1 s when 0.
	Heartbeat time.Duration
	// Window is how long a nonce is remembered, 5 minutes when 0.
	Window time.Duration
	// Flags are those of the application, and Key what its signatures are tried with.
	Flags int
	Key   string
	// Posted is told of every message that is made.
	Posted func(channel string)
	// Front is the gateway's address when it is not the server's own.
	Front string
	// Sharding is what GET /gateway/bot says besides the address; nil: one shard.
	Sharding map[string]any

	mu       sync.Mutex
	clock    func() time.Time
	serial   int64
	places   map[string]*Place
	nonces   map[string]nonce
	commands []json.RawMessage
	puts     int
	requests []Request
	wrong    []error
	answers  map[string]*Answer // by interaction token
	gw       gateway
}

// Fault is an answer instead of the right one.
type Fault struct {
	Status int
	Body   string
	Header http.Header
	Store  bool          // do what was asked all the same
	Cut    bool          // cut the connection instead of answering
	Late   time.Duration // wait before storing
}

// Place is a channel or thread.
type Place struct {
	ID       string
	Type     int
	Name     string
	Parent   string
	Guild    string
	Owner    string
	Archived bool
	Refuse   int    // an error code that posts are refused with
	Deny     uint64 // permissions that the bot lacks
	Messages []*Message
}

// Message is a message that somebody made.
type Message struct {
	ID      string
	Author  string
	Channel string
	Body    map[string]any
}

// Request is a request that was made.
type Request struct {
	Method, Path string
	Body         []byte
	Header       http.Header
}

type nonce struct {
	id string
	at time.Time
}

// New starts a server with a guild, a text channel and a forum.
func New() *Server {
	s := unstarted()
	s.Server = httptest.NewServer(s)
	return s
}

// NewTLS starts one with a certificate for example.com, which speaks HTTP/2 besides the gateway's HTTP/1.1.
func NewTLS() *Server {
	s := unstarted()
	s.Server = httptest.NewUnstartedServer(s)
	s.EnableHTTP2 = true
	s.StartTLS()
	return s
}

// NewOn starts one that listens on l.
func NewOn(l net.Listener) *Server {
	s := unstarted()
	s.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: s}}
	s.Start()
	return s
}

func unstarted() *Server {
	s := &Server{places: map[string]*Place{}, nonces: map[string]nonce{}, answers: map[string]*Answer{}}
	s.places[General] = &Place{ID: General, Name: "general", Guild: Guild}
	s.places[Forum] = &Place{ID: Forum, Type: ForumType, Name: "briefs", Guild: Guild}
	return s
}

// gatewayURL is where the gateway is.
func (s *Server) gatewayURL() string {
	if s.Front != "" {
		return s.Front
	}
	return "ws" + strings.TrimPrefix(s.URL, "http") + "/gateway"
}

// API is the base address of REST calls. Calls of other processes know what was set before it was asked for.
func (s *Server) API() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.URL + "/api/v10"
}

// Socket is the address of the gateway. Connections of other processes know what was set before it was asked for.
func (s *Server) Socket() string {
	s.gw.mu.Lock()
	defer s.gw.mu.Unlock()
	return s.gatewayURL()
}

// Place returns a channel; it is made when it does not exist.
func (s *Server) Place(id string) *Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.places[id]
	if p == nil {
		p = &Place{ID: id, Name: "channel " + id, Guild: Guild}
		s.places[id] = p
	}
	return p
}

// Messages returns the messages of a channel.
func (s *Server) Messages(channel string) []*Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.places[channel]; p != nil {
		return append([]*Message{}, p.Messages...)
	}
	return nil
}

// Posts returns the IDs of a forum's posts.
func (s *Server) Posts(forum string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for id, p := range s.places {
		if p.Parent == forum {
			out = append(out, id)
		}
	}
	return out
}

// Requests returns the requests by a method, or with "" by any, whose path contains part.
func (s *Server) Requests(method, part string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.requests {
		if (method == "" || r.Method == method) && strings.Contains(r.Path, part) {
			out = append(out, r)
		}
	}
	return out
}

// Wrong returns what Check found.
func (s *Server) Wrong() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]error{}, s.wrong...)
}

// discordEpoch is from when IDs count, in milliseconds.
const discordEpoch = 1420070400000

// newID returns an ID of this moment. The caller holds mu.
func (s *Server) newID() string {
	s.serial++
	now := time.Now()
	if s.clock != nil {
		now = s.clock()
	}
	return strconv.FormatInt((now.UnixMilli()-discordEpoch)<<22|s.serial&0x3fffff, 10)
}

// SetClock lets IDs be of another time, for a bot whose clock runs fast.
func (s *Server) SetClock(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = now
}

// ServeHTTP answers REST calls and takes gateway connections.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/gateway") {
		s.serveGateway(w, r)
		return
	}
	body, err := bodyOf(r)
	if err != nil {
		return // the client has gone
	}
	s.note(r, body)
	if f := s.fault(r); f != nil {
		s.faulty(w, r, body, f)
		return
	}
	s.route(w, r, body)
}

// bodyOf reads the JSON of a request, which stands in a part of a form when there are files.
func bodyOf(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return io.ReadAll(r.Body)
	}
	err := r.ParseMultipartForm(1 << 20)
	return []byte(r.FormValue("payload_json")), err
}

func (s *Server) note(r *http.Request, body []byte) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v10")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{Method: r.Method, Path: path, Body: body, Header: r.Header})
	err := pings(body)
	if s.Check != nil {
		target := path
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		err = errors.Join(err, s.Check(r.Method, target, body))
	}
	if err != nil {
		s.wrong = append(s.wrong, fmt.Errorf("%s %s: %w: %s", r.Method, path, err, body))
	}
}

// pings returns an error when a body makes or changes a message that does not say that it pings nobody. Discord pings
// everybody whom the text names, unless that is said.
func pings(body []byte) error {
	var in struct {
		said
		Data    *said
		Message *said
	}
	if json.Unmarshal(body, &in) != nil {
		return nil // a list, or nothing
	}
	for _, m := range []*said{&in.said, in.Data, in.Message} {
		if m != nil && (m.Content != nil || m.Embeds != nil) && string(m.Mentions) != `{"parse":[]}` {
			return fmt.Errorf("allowed_mentions is %s", m.Mentions)
		}
	}
	return nil
}

// said is what makes a message one.
type said struct {
	Content, Embeds json.RawMessage
	Mentions        json.RawMessage `json:"allowed_mentions"`
}

func (s *Server) fault(r *http.Request) *Fault {
	if s.Fault == nil {
		return nil
	}
	return s.Fault(r)
}

func (s *Server) faulty(w http.ResponseWriter, r *http.Request, body []byte, f *Fault) {
	time.Sleep(f.Late)
	if f.Store {
		s.route(httptest.NewRecorder(), r, body)
	}
	if f.Cut {
		panic(http.ErrAbortHandler)
	}
	for k, v := range f.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(f.Status)
	io.WriteString(w, f.Body) //nolint:errcheck // whoever asked is gone
}

// Limited is a 429 as Discord documents it.
func Limited(after time.Duration, scope string) *Fault {
	h := http.Header{"Retry-After": {strconv.FormatFloat(after.Seconds(), 'f', 3, 64)}, "X-Ratelimit-Scope": {scope}, "Content-Type": {"application/json"}}
	if scope == "global" {
		h.Set("X-RateLimit-Global", "true")
	} else {
		h.Set("X-RateLimit-Bucket", "abcd1234")
	}
	return &Fault{
		Status: http.StatusTooManyRequests, Header: h,
		Body: fmt.Sprintf(`{"message":"You are being rate limited.","retry_after":%f,"global":%t}`, after.Seconds(), scope == "global"),
	}
}

// Refused is an error of Discord with a code.
func Refused(status, code int) *Fault {
	return &Fault{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: fmt.Sprintf(`{"message":"refused","code":%d}`, code)}
}
