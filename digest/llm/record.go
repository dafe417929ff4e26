package llm

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
)

// ErrNotRecorded says that a replayed recording has no answer to a request.
var ErrNotRecorded = errors.New("the recording has no answer to this request")

// Exchange is one request to a model service and its answer, one JSON object a line of a recording. No header is kept
// but Content-Type and Retry-After, so keys never get in; a key that a service echoes in a body is scrubbed.
type Exchange struct {
	Hash     string          `json:"hash"` // hex SHA-256 of method, path and request body (multipart: of its parts)
	Method   string          `json:"method"`
	Path     string          `json:"path"`              // below the base URL, "/chat/completions"
	Request  json.RawMessage `json:"request,omitempty"` // JSON bodies only
	Status   int             `json:"status"`
	Type     string          `json:"type"`                  // Content-Type
	Retry    string          `json:"retry_after,omitempty"` // Retry-After
	Response string          `json:"response"`
}

// Recorder is a http.RoundTripper that appends each exchange to W. It is safe for concurrent use.
type Recorder struct {
	Next    http.RoundTripper // required
	W       io.Writer         // required
	Base    string            // path of the base URL, cut off Path
	Secrets []string          // scrubbed out of answers

	mu sync.Mutex
}

// RoundTrip does the request and writes it down with its answer.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := readRequest(req)
	if err != nil {
		return nil, err
	}
	resp, err := r.Next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read answer to record: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	return resp, r.write(exchange(req, body, resp, scrub(string(answer), r.Secrets), r.Base))
}

func (r *Recorder) write(x Exchange) error {
	line, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("record %s: %w", x.Path, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err = r.W.Write(append(line, '\n'))
	return err
}

func exchange(req *http.Request, body []byte, resp *http.Response, answer, base string) Exchange {
	x := Exchange{
		Hash: requestHash(req, body, base), Method: req.Method, Path: strings.TrimPrefix(req.URL.Path, base),
		Status: resp.StatusCode, Type: resp.Header.Get("Content-Type"), Retry: resp.Header.Get("Retry-After"), Response: answer,
	}
	if json.Valid(body) {
		x.Request = body
	}
	return x
}

// Replayer is a http.RoundTripper that answers out of a recording and never touches the network. Equal requests get
// their answers in the recorded order, then the last one again. It is safe for concurrent use.
type Replayer struct {
	Base string // as Recorder.Base

	mu      sync.Mutex
	answers map[string][]Exchange
}

// OpenReplay reads a recording.
func OpenReplay(path string) (*Replayer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	defer f.Close()
	r := &Replayer{answers: map[string][]Exchange{}}
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var x Exchange
			if err := json.Unmarshal(line, &x); err != nil {
				return nil, fmt.Errorf("read recording %s, line %d: %w; delete that line", path, n, err)
			}
			r.answers[x.Hash] = append(r.answers[x.Hash], x)
		}
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read recording %s: %w", path, err)
		}
	}
}

// RoundTrip answers out of the recording, or fails with ErrNotRecorded.
func (r *Replayer) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := readRequest(req)
	if err != nil {
		return nil, err
	}
	x, ok := r.next(requestHash(req, body, r.Base))
	if !ok {
		return nil, fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, ErrNotRecorded)
	}
	h := http.Header{"Content-Type": {x.Type}}
	if x.Retry != "" {
		h.Set("Retry-After", x.Retry)
	}
	return &http.Response{
		StatusCode: x.Status, Status: http.StatusText(x.Status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(strings.NewReader(x.Response)), ContentLength: int64(len(x.Response)), Request: req,
	}, nil
}

func (r *Replayer) next(hash string) (Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q := r.answers[hash]
	if len(q) == 0 {
		return Exchange{}, false
	}
	if len(q) > 1 {
		r.answers[hash] = q[1:]
	}
	return q[0], true
}

// readRequest returns the request's body and puts it back.
func readRequest(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(req.Body)
	req.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read request to record: %w", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// requestHash is the same for the same request, whatever host, key or multipart boundary it was sent with.
func requestHash(req *http.Request, body []byte, base string) string {
	if _, boundary, ok := strings.Cut(req.Header.Get("Content-Type"), "boundary="); ok {
		body = bytes.ReplaceAll(body, []byte(strings.Trim(boundary, `"`)), nil)
	}
	sum := sha256.Sum256(append([]byte(req.Method+" "+strings.TrimPrefix(req.URL.Path, base)+"\n"), body...))
	return hex.EncodeToString(sum[:])
}

// scrub takes secrets out of a text.
func scrub(text string, secrets []string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[secret]")
		}
	}
	return text
}
