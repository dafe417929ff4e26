// Package llm is the same as the built-in engine, with a language model: insights in their own words, answers, meaning,
// speech to text and translation, on any OpenAI-compatible service.
//
// Nothing that a model says is believed. It points at lines and copies quotes; code derives times and speakers, checks
// every quote, number and name against the transcript, and drops what it cannot prove. A call is reserved in the Budget
// before it is made. Whenever a model fails, is refused or too dear, the built-in engine takes that part over, and the
// insight's Engine says so.
//
// It knows models and transcripts. It knows neither feeds' addresses nor channels; who pays for a call comes with the
// context (insight.WithAccounts).
package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sashabaranov/go-openai"
)

// ErrUnavailable says that the model gave nothing usable; the built-in engine should take over.
var ErrUnavailable = errors.New("model unavailable")

// Models are the model names per duty; "" turns a duty off.
type Models struct{ Extract, Answer, Embed, Transcribe string }

// Price is what a model costs, in millionths of a dollar.
type Price struct {
	In, Out int64 // per thousand tokens
	Minute  int64 // per minute of audio
}

// Service calls one OpenAI-compatible service. It is safe for concurrent use.
type Service struct {
	Models  Models
	Prices  map[string]Price // by model; a model without a price costs nothing
	Context int              // tokens that fit into one call, question and answer together; 8,192 when 0
	Budget  *Budget          // required

	client  *openai.Client
	address string       // as it may be shown
	secrets []string     // that it may say
	form    atomic.Int32 // answerForm that the service was last seen to take
	habits  habits
	rest    pause
}

// New returns a service. base is its address up to and with "/v1", key may be "" for local services, hc comes from
// NewHTTPClient.
func New(base, key string, hc *http.Client, b *Budget) *Service {
	c := openai.DefaultConfig(key)
	if base != "" {
		c.BaseURL = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(base, "/"), "/chat/completions"), "/")
	}
	c.HTTPClient = hc
	return &Service{Budget: b, client: openai.NewClientWithConfig(c), address: addressOf(c.BaseURL), secrets: secretsOf(base, key)}
}

// answerForm is how a service is asked for JSON, the strictest first.
type answerForm int32

const (
	jsonSchema answerForm = iota
	jsonObject
	plainText
)

// prompt is one call for a JSON object.
type prompt struct {
	Model        string
	System, User string
	Name         string          // of the schema
	Schema       json.RawMessage // that the answer must fit
	MaxOut       int             // tokens
}

// ask makes one call and returns the JSON object that the model answered. Its error is ErrBudget or ErrUnavailable,
// wrapped with the reason.
func (s *Service) ask(ctx context.Context, p prompt) (json.RawMessage, error) {
	if err := s.rest.check(); err != nil {
		return nil, err
	}
	retried := false
	for form := answerForm(s.form.Load()); ; {
		resp, err := s.call(ctx, s.roomy(p), form)
		if s.habits.learn(p.Model, err) {
			continue
		}
		if form < plainText && formRefused(err) {
			form++
			continue
		}
		if serverFailed(err) && !retried {
			retried = true
			continue
		}
		s.rest.note(ctx, err)
		if err != nil {
			return nil, err
		}
		s.form.Store(int32(form))
		object, err := objectIn(resp)
		if errors.Is(err, errCutOff) && thought(resp) && s.habits.learnThinks(p.Model) {
			continue
		}
		return object, err
	}
}

// roomy gives a model that thinks before it answers the room for it, as far as the context has it.
func (s *Service) roomy(p prompt) prompt {
	if s.habits.of(p.Model).thinks {
		p.MaxOut = max(p.MaxOut, min(thinkingRoom*p.MaxOut, s.context()/2))
	}
	return p
}

// thinkingRoom is how many times longer the answer of a model that thinks may be.
const thinkingRoom = 3

func (s *Service) context() int { return cmp.Or(s.Context, 8192) }

// call reserves, calls and settles.
func (s *Service) call(ctx context.Context, p prompt, form answerForm) (openai.ChatCompletionResponse, error) {
	r, err := s.Budget.Reserve(ctx, s.most(p))
	if err != nil {
		return openai.ChatCompletionResponse{}, err
	}
	resp, err := s.client.CreateChatCompletion(ctx, s.request(p, form))
	if err != nil && !mayBeBilled(err) {
		return resp, errors.Join(s.unavailable(err), r.Settle(context.WithoutCancel(ctx), Amount{}))
	}
	if err != nil {
		return resp, s.unavailable(err) // charged in full: the service may have worked before it failed
	}
	if resp.Usage.TotalTokens == 0 {
		return resp, nil // the service does not count: charged in full
	}
	err = r.Settle(context.WithoutCancel(ctx), s.cost(p.Model, resp.Usage))
	if sent := len(p.System) + len(p.User); sent > cutFrom && resp.Usage.PromptTokens > 0 && sent/resp.Usage.PromptTokens > mostBytes {
		err = errors.Join(fmt.Errorf("%w: %w", ErrUnavailable, errCut), err)
	}
	return resp, err
}

// A service that counts far fewer tokens than it was sent has silently cut the prompt, as Ollama does beyond num_ctx.
const (
	cutFrom   = 2000 // bytes of a prompt from which on the count is telling
	mostBytes = 9    // a token is hardly longer in any language
)

var errCut = &failure{code: "context_length_exceeded", why: "the service cuts prompts off: raise its context (Ollama: num_ctx) or lower OPENAI_CONTEXT"}

func (s *Service) request(p prompt, form answerForm) openai.ChatCompletionRequest {
	r := openai.ChatCompletionRequest{
		Model:    p.Model,
		Messages: []openai.ChatCompletionMessage{{Role: "system", Content: p.System}, {Role: "user", Content: p.User}},
	}
	switch form {
	case jsonSchema:
		r.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: p.Name, Schema: p.Schema, Strict: true},
		}
	case jsonObject:
		r.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	if form != jsonSchema {
		r.Messages[0].Content += "\nThe JSON schema:\n" + string(p.Schema)
	}
	if s.habits.of(p.Model).completion {
		r.MaxCompletionTokens = p.MaxOut
	} else {
		//lint:ignore SA1019 local servers know only max_tokens
		r.MaxTokens = p.MaxOut
	}
	if !s.habits.of(p.Model).cold {
		r.Temperature = 0.1
	}
	if s.habits.of(p.Model).flat {
		r.Messages = []openai.ChatCompletionMessage{{Role: "user", Content: r.Messages[0].Content + "\n\n" + p.User}}
	}
	return r
}

// most is the upper bound of what a call may cost. Two bytes a token is more than any tokenizer needs for prose.
func (s *Service) most(p prompt) Amount {
	in := (len(p.System)+len(p.User)+len(p.Schema))/2 + 64
	return s.cost(p.Model, openai.Usage{PromptTokens: in, CompletionTokens: p.MaxOut})
}

func (s *Service) cost(model string, u openai.Usage) Amount {
	price := s.Prices[model]
	in, out := int64(u.PromptTokens), int64(u.CompletionTokens)
	return Amount{Micros: (in*price.In + out*price.Out + 999) / 1000, Tokens: in + out, Calls: 1}
}

// pause rests after failures: all calls fail at once until it is over, so a dead service does not cost every episode its
// time-out. It is safe for concurrent use.
type pause struct {
	mu       sync.Mutex
	failures int // in a row
	until    time.Time
	why      string
}

// Rests after failures: five in a row, and an account without credit.
const (
	failuresToRest = 5
	rest           = 10 * time.Minute
	quotaRest      = 6 * time.Hour
)

// errResting says that no call was made, because of those before it.
var errResting = errors.New("resting after failures")

func (p *pause) check() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.until) {
		return fmt.Errorf("%w: %w: %s", ErrUnavailable, errResting, p.why)
	}
	return nil
}

// note counts a call's outcome. The budget and a caller who waits no longer say nothing of the service.
func (p *pause) note(caller context.Context, err error) {
	if errors.Is(err, ErrBudget) || err != nil && caller.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.failures = 0
	case outOfCredit(err):
		p.until, p.why = time.Now().Add(quotaRest), "the account has no credit or its key is refused"
	default:
		if p.failures++; p.failures >= failuresToRest {
			p.failures, p.until, p.why = 0, time.Now().Add(rest), "it failed several times in a row"
		}
	}
}
