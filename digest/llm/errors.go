package llm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/sashabaranov/go-openai"
)

// failure is a service's error without its body, which may hold the key that it was called with.
type failure struct {
	status int    // 0 when there was no answer
	code   string // the service's own code, "insufficient_quota"
	why    string // for people
	param  string // the parameter that a 400 is about: "max_tokens", "temperature"
	unsent bool   // there was no connection to send it over
}

func (f *failure) Error() string { return f.why }

// unavailable turns an error of go-openai into ErrUnavailable and drops what may be secret in it.
func (s *Service) unavailable(err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w: %w", ErrUnavailable, context.Canceled)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, failureOf(err))
}

func failureOf(err error) *failure {
	f := &failure{why: "no answer from the model service"}
	var api *openai.APIError
	var req *openai.RequestError
	var timeout net.Error
	var dial *net.OpError
	switch {
	case errors.As(err, &api):
		f.status, f.code = api.HTTPStatusCode, fmt.Sprint(api.Code)
		if f.code == "<nil>" || f.code == "" {
			f.code = api.Type
		}
		if tooLongWords.MatchString(api.Message) {
			f.code = "context_length_exceeded"
		}
		f.param = paramIn(f.status, api)
	case errors.As(err, &req):
		f.status = req.HTTPStatusCode
	case errors.As(err, &dial) && dial.Op == "dial":
		f.unsent, f.why = true, fmt.Sprintf("the model service cannot be reached: %v; check that it runs, and OPENAI_BASE_URL", dial)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.why = "the model service took too long"
	}
	if f.status != 0 {
		f.why = whyStatus(f.status, f.code)
	}
	return f
}

var tooLongWords = regexp.MustCompile(`(?i)context (?:length|size|window|overflow)`)

// paramIn returns the parameter that a service does not take, by its name or out of its sentence, which begins with what
// is refused and goes on with what to take instead.
func paramIn(status int, api *openai.APIError) string {
	if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		return ""
	}
	text := strings.ToLower(api.Message)
	if api.Param != nil {
		text = *api.Param + " " + text
	}
	first, at := "", len(text)
	for _, p := range []string{"max_completion_tokens", "max_tokens", "temperature"} {
		if i := strings.Index(text, p); i >= 0 && i < at {
			first, at = p, i
		}
	}
	return first
}

func whyStatus(status int, code string) string {
	switch {
	case code == "insufficient_quota":
		return "the account has no credit left"
	case code == "context_length_exceeded":
		return "the text is longer than the model's context"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return "the model service refuses the key: check OPENAI_API_KEY"
	case status == http.StatusNotFound:
		return "the model service does not know the model or the address: check the model's name and OPENAI_BASE_URL"
	case status == http.StatusTooManyRequests:
		return "the model service asks to slow down"
	}
	return fmt.Sprintf("the model service answered HTTP %d", status)
}

// formRefused reports whether a service refused the form of the answer that was asked for, and not the rest.
func formRefused(err error) bool {
	var f *failure
	return errors.As(err, &f) && (f.status == http.StatusBadRequest || f.status == http.StatusUnprocessableEntity) &&
		f.code != "context_length_exceeded"
}

// serverFailed reports whether the service itself failed, so that the same call may succeed.
func serverFailed(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.status >= 500
}

func tooLong(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.code == "context_length_exceeded"
}

func outOfCredit(err error) bool {
	var f *failure
	return errors.As(err, &f) && (f.code == "insufficient_quota" || f.status == http.StatusUnauthorized)
}

// mayBeBilled reports whether a failed call may have cost something: all but those that the service refused, or
// that never reached it.
func mayBeBilled(err error) bool {
	f := failureOf(err)
	return !f.unsent && (f.status == 0 || f.status >= 500)
}

// reasonOf says in a few words, for readers, why a model was not used.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, errOff):
		return "models are switched off"
	case errors.Is(err, ErrBudget):
		return "budget used up"
	case errors.Is(err, errUnproven):
		return "the model's claims could not be proven"
	}
	return "model unavailable"
}
