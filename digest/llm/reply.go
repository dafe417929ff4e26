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
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, errCutOff)
	case c.FinishReason == openai.FinishReasonContentFilter:
		return nil, fmt.Errorf("%w: a filter stopped its answer", ErrUnavailable)
	}
	for _, text := range []string{contentOfMessage(c.Message), c.Message.ReasoningContent} {
		text = answerIn(text)
		object := longestObject(text)
		if mended := longestObject(lastComma.ReplaceAllString(text, "$1")); len(mended) > len(object) {
			object = mended
		}
		if object != nil {
			return object, nil
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrUnavailable, errNotJSON)
}

// contentOfMessage is the text of a message, in one piece or in parts.
func contentOfMessage(m openai.ChatCompletionMessage) string {
	var b strings.Builder
	b.WriteString(m.Content)
	for _, p := range m.MultiContent {
		b.WriteString(p.Text)
	}
	return b.String()
}

// answerIn is a text without thoughts, also those whose beginning the service kept to itself.
func answerIn(text string) string {
	text = thoughts.ReplaceAllString(text, "")
	if i := strings.LastIndex(text, "</think>"); i >= 0 {
		text = text[i:]
	}
	return text
}

// lastComma is the comma before a closing bracket, which JSON does not have and models write.
var lastComma = regexp.MustCompile(`,(\s*[}\]])`)

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

// errCutOff says that an answer was longer than it may be.
var errCutOff = errors.New("its answer was cut off at its longest; turn its thinking off, or name a model that does not think")

// thought reports whether a model spent its answer on thoughts: they are there, counted, or kept back by the service.
func thought(resp openai.ChatCompletionResponse) bool {
	m, details := resp.Choices[0].Message, resp.Usage.CompletionTokensDetails
	return m.ReasoningContent != "" || contentOfMessage(m) == "" || thoughts.MatchString(m.Content) || details != nil && details.ReasoningTokens > 0
}

// errNotJSON is worth one more try with the same prompt.
var errNotJSON = errors.New("its answer is not JSON")

// habit is what a model does not take.
type habit struct {
	completion bool // max_completion_tokens, and not max_tokens
	cold       bool // no temperature
	flat       bool // no system message
	thinks     bool // too little room for an answer: it thinks first
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
	return habit{completion: reasoning(model), cold: reasoning(model)}
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
	case "system":
		now.flat = true
	}
	return h.set(model, was, now)
}

// learnThinks notes that a model thinks, and reports whether that is new.
func (h *habits) learnThinks(model string) bool {
	was := h.of(model)
	now := was
	now.thinks = true
	return h.set(model, was, now)
}

func (h *habits) set(model string, was, now habit) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[string]habit{}
	}
	h.all[model] = now
	return now != was
}
