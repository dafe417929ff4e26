package llm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/sashabaranov/go-openai"
)

// joined is a transport that makes one answer of a streamed one. Some servers stream whether they were asked to or not.
type joined struct{ next http.RoundTripper }

// RoundTrip does the request.
func (j joined) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := j.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")) // none is no stream
	if kind != "text/event-stream" {
		return resp, nil
	}
	answer, err := joinStream(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Header.Set("Content-Type", "application/json")
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
	return resp, nil
}

// joinStream makes a chat completion of its chunks (server-sent events, one JSON object each, "[DONE]" last). A stream
// that ends before is an answer that was cut off.
func joinStream(r io.Reader) ([]byte, error) {
	var all openai.ChatCompletionResponse
	var text strings.Builder
	finish := openai.FinishReasonLength
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxAnswer)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if data = strings.TrimSpace(data); !ok || data == "[DONE]" {
			continue
		}
		var chunk openai.ChatCompletionStreamResponse
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			return nil, fmt.Errorf("read streamed answer: %w", err)
		}
		if chunk.Usage != nil {
			all.Usage = *chunk.Usage
		}
		for _, c := range chunk.Choices {
			text.WriteString(c.Delta.Content)
			if c.FinishReason != "" {
				finish = c.FinishReason
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read streamed answer: %w", err)
	}
	all.Choices = []openai.ChatCompletionChoice{{
		Message: openai.ChatCompletionMessage{Role: "assistant", Content: text.String()}, FinishReason: finish,
	}}
	return json.Marshal(all)
}
