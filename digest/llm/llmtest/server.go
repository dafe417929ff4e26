// Package llmtest is a model service for tests: it speaks the OpenAI protocol on 127.0.0.1, answers out of a script, fails
// in every way that real services fail in, and keeps what it was asked.
package llmtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Request is one request as the server received it.
type Request struct {
	Path   string
	Header http.Header
	Body   []byte
	// Chat is the body of a chat request.
	Chat struct {
		Model    string
		Stream   bool
		Messages []struct{ Role, Content string }
		Format   struct {
			Type string
		} `json:"response_format"`
		MaxTokens           int `json:"max_tokens"`
		MaxCompletionTokens int `json:"max_completion_tokens"`
	}
}

// System and User are the contents of a chat request's messages.
func (r Request) System() string { return r.message("system") }

// User is the content of the user's message.
func (r Request) User() string { return r.message("user") }

func (r Request) message(role string) string {
	for _, m := range r.Chat.Messages {
		if m.Role == role {
			return m.Content
		}
	}
	return ""
}

// Answer is what the server says to one request. The zero Answer is an empty chat message.
type Answer struct {
	Text       string // content of the chat message
	Refusal    string
	Finish     string // finish_reason; "stop" when ""
	NoChoices  bool
	NoUsage    bool
	Status     int    // other than 200: an error answer
	Code       string // error code of an error answer
	Message    string // error message of an error answer
	RetryAfter string
	Raw        string        // sent as the whole body
	CutAfter   int           // the connection is cut after so many bytes of the body
	Wait       time.Duration // before the first byte
	Huge       int64         // bytes of filler that are sent as the body
	Stream     bool          // chunks are sent, though nobody asked for them
	Prompted   int           // prompt tokens that are counted; as many as there are when 0
}

// Server is a running service.
type Server struct {
	URL string // base URL with "/v1"
	// Reply answers a chat request; set it before the first one. It is called one at a time.
	Reply func(Request) Answer
	// Forms are the answer forms that the server takes ("json_schema", "json_object", "text"); nil: all.
	Forms []string
	// Refuses are parameters that the server does not take ("max_tokens", "temperature").
	Refuses []string
	// Vector returns the embedding of a text; nil: a bag of hashed words.
	Vector func(text string) []float32
	// Speech answers a transcription with a verbose_json body; nil: 404, no such endpoint.
	Speech func(Request) string

	mu       sync.Mutex
	requests []Request
}

// New starts a server that is stopped with the test.
func New(t testing.TB) *Server {
	s := &Server{}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.URL = h.URL + "/v1"
	return s
}

// Requests returns what was asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	req := Request{Path: strings.TrimPrefix(r.URL.Path, "/v1"), Header: r.Header.Clone(), Body: body}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch req.Path {
	case "/chat/completions":
		if err := json.Unmarshal(body, &req.Chat); err != nil {
			fail(w, Answer{Status: 400, Message: err.Error()})
			return
		}
		s.requests = append(s.requests, req)
		s.chat(w, r, req)
	case "/embeddings":
		s.requests = append(s.requests, req)
		s.embed(w, body)
	case "/audio/transcriptions":
		s.requests = append(s.requests, req)
		s.speech(w, req)
	default:
		fail(w, Answer{Status: 404, Message: "no such endpoint"})
	}
}

func (s *Server) chat(w http.ResponseWriter, r *http.Request, req Request) {
	if f := req.Chat.Format.Type; f != "" && s.Forms != nil && !contains(s.Forms, f) {
		fail(w, Answer{Status: 400, Code: "invalid_request_error", Message: "response_format " + f + " is not supported"})
		return
	}
	for _, p := range s.Refuses {
		if strings.Contains(string(req.Body), `"`+p+`":`) {
			fail(w, Answer{Status: 400, Code: "unsupported_parameter", Message: "Unsupported parameter: '" + p + "' is not supported with this model."})
			return
		}
	}
	a := Answer{}
	if s.Reply != nil {
		a = s.Reply(req)
	}
	if a.Wait > 0 {
		select {
		case <-time.After(a.Wait):
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case a.Huge > 0:
		huge(w, a)
	case a.Status != 0 && a.Status != 200:
		fail(w, a)
	case req.Chat.Stream || a.Stream:
		stream(w, a)
	default:
		send(w, a, completion(req, a))
	}
}

// completion is the body of a chat answer. Usage counts four bytes a token.
func completion(req Request, a Answer) string {
	if a.Raw != "" {
		return a.Raw
	}
	choices := []any{map[string]any{
		"index": 0, "finish_reason": orStop(a.Finish),
		"message": map[string]any{"role": "assistant", "content": a.Text, "refusal": a.Refusal},
	}}
	if a.NoChoices {
		choices = []any{}
	}
	answer := map[string]any{"id": "chatcmpl-1", "object": "chat.completion", "model": req.Chat.Model, "choices": choices}
	if !a.NoUsage {
		in, out := len(req.System()+req.User())/4, len(a.Text)/4
		if a.Prompted > 0 {
			in = a.Prompted
		}
		answer["usage"] = map[string]int{"prompt_tokens": in, "completion_tokens": out, "total_tokens": in + out}
	}
	return encode(answer)
}

func stream(w http.ResponseWriter, a Answer) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, word := range strings.SplitAfter(a.Text, " ") {
		fmt.Fprintf(w, "data: %s\n\n", encode(map[string]any{"object": "chat.completion.chunk", "choices": []any{map[string]any{"index": 0, "delta": map[string]string{"content": word}}}}))
	}
	if a.Finish != "length" {
		io.WriteString(w, `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}
}

func send(w http.ResponseWriter, a Answer, body string) {
	w.Header().Set("Content-Type", "application/json")
	if a.CutAfter <= 0 || a.CutAfter >= len(body) {
		io.WriteString(w, body)
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	io.WriteString(w, body[:a.CutAfter])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler) // closes the connection without the rest
}

func fail(w http.ResponseWriter, a Answer) {
	if a.RetryAfter != "" {
		w.Header().Set("Retry-After", a.RetryAfter)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.Status)
	if a.Raw != "" {
		io.WriteString(w, a.Raw)
		return
	}
	io.WriteString(w, encode(map[string]any{"error": map[string]any{"message": a.Message, "type": "error", "code": a.Code}}))
}

func huge(w http.ResponseWriter, a Answer) {
	w.Header().Set("Content-Type", "application/json")
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	filler := []byte(strings.Repeat(" ", 64<<10))
	for left := a.Huge; left > 0; left -= int64(len(filler)) {
		if _, err := w.Write(filler); err != nil {
			return
		}
	}
}

func (s *Server) embed(w http.ResponseWriter, body []byte) {
	var req struct{ Input []string }
	if err := json.Unmarshal(body, &req); err != nil {
		fail(w, Answer{Status: 400, Message: err.Error()})
		return
	}
	vector := s.Vector
	if vector == nil {
		vector = bagOfWords
	}
	var data []any
	tokens := 0
	for i, text := range req.Input {
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": vector(text)})
		tokens += len(text) / 4
	}
	send(w, Answer{}, encode(map[string]any{"object": "list", "data": data, "usage": map[string]int{"prompt_tokens": tokens, "total_tokens": tokens}}))
}

// bagOfWords is a vector in which texts with the same words are close.
func bagOfWords(text string) []float32 {
	v := make([]float32, 64)
	for _, w := range strings.Fields(strings.ToLower(text)) {
		h := uint32(2166136261)
		for _, b := range []byte(strings.Trim(w, ".,;:!?\"'")) {
			h = (h ^ uint32(b)) * 16777619
		}
		v[h%64]++
	}
	return v
}

func (s *Server) speech(w http.ResponseWriter, req Request) {
	if s.Speech == nil {
		fail(w, Answer{Status: 404, Message: "no such endpoint"})
		return
	}
	send(w, Answer{}, s.Speech(req))
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only maps of plain values come here
	}
	return string(b)
}

func orStop(reason string) string {
	if reason == "" {
		return "stop"
	}
	return reason
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
