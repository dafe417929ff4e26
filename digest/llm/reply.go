package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/sashabaranov/go-openai"
)

// objectIn takes the JSON object out of an answer: models put it between prose, fences and thoughts.
func objectIn(resp openai.ChatCompletionResponse) (json.RawMessage, error) {
	if len(resp.Choices) == 0 {
		return nil, fmt.Errorf("%w: it answered nothing", ErrUnavailable)
	}
	c := resp.Choices[0]
	switch {
	case c.Message.Refusal != "":
		return nil, fmt.Errorf("%w: it refused", ErrUnavailable)
	case c.FinishReason == openai.FinishReasonLength:
		return nil, fmt.Errorf("%w: its answer was cut off", ErrUnavailable)
	case c.FinishReason == openai.FinishReasonContentFilter:
		return nil, fmt.Errorf("%w: a filter stopped its answer", ErrUnavailable)
	}
	if object := longestObject(thoughts.ReplaceAllString(c.Message.Content, "")); object != nil {
		return object, nil
	}
	return nil, fmt.Errorf("%w: %w", ErrUnavailable, errNotJSON)
}

// thoughts are what a reasoning model says to itself; one that never ends is not followed by an answer.
var thoughts = regexp.MustCompile(`(?is)<(think|thinking|reasoning)>.*?(?:</(?:think|thinking|reasoning)>|$)`)

// longestObject returns the longest JSON object in a text, nil when there is none.
func longestObject(text string) json.RawMessage {
	var best json.RawMessage
	for at := 0; ; at++ {
		next := strings.IndexByte(text[at:], '{')
		if next < 0 {
			return best
		}
		at += next
		var object json.RawMessage
		if json.NewDecoder(strings.NewReader(text[at:])).Decode(&object) != nil {
			continue
		}
		if len(object) > len(best) {
			best = object
		}
		at += len(object) - 1
	}
}

// errNotJSON is worth one more try with the same prompt.
var errNotJSON = errors.New("its answer is not JSON")

// habit is what a model does not take.
type habit struct {
	completion bool // max_completion_tokens, and not max_tokens
	cold       bool // no temperature
}

// habits are what models were seen not to take, by name. It is safe for concurrent use.
type habits struct {
	mu  sync.Mutex
	all map[string]habit
}

// of returns the habit of a model. go-openai refuses max_tokens and temperature itself for models whose names begin like
// reasoning models'.
func (h *habits) of(model string) habit {
	h.mu.Lock()
	defer h.mu.Unlock()
	if known, ok := h.all[model]; ok {
		return known
	}
	return habit{reasoning(model), reasoning(model)}
}

func reasoning(model string) bool {
	for _, prefix := range []string{"o1", "o3", "o4", "gpt-5", "gpt-6"} {
		if strings.HasPrefix(model, prefix) {
			return true
		}
	}
	return false
}

// learn reports whether a refusal says something new of what a model does not take, so that another call may succeed.
func (h *habits) learn(model string, err error) bool {
	var f *failure
	if !errors.As(err, &f) || f.param == "" {
		return false
	}
	was := h.of(model)
	now := was
	switch f.param {
	case "max_tokens":
		now.completion = true
	case "max_completion_tokens":
		now.completion = reasoning(model)
	case "temperature":
		now.cold = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[string]habit{}
	}
	h.all[model] = now
	return now != was
}
