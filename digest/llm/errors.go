package llm

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/sashabaranov/go-openai"

	"podbrief/digest/insight"
)

// failure is what went wrong with a call.
type failure struct {
	status int    // 0 when there was no answer
	code   string // the service's own code, "insufficient_quota"
	why    string // for people: goes on from the service's address
	said   string // by the service, as it came
	param  string // the parameter that a refusal is about: "max_tokens", "temperature", "system"
	unsent bool   // there was no connection to send it over
}

func (f *failure) Error() string { return f.why }

// unavailable turns an error of go-openai into ErrUnavailable, with the service's address and its own words. What may be
// secret in them is dropped.
func (s *Service) unavailable(err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w: %w", ErrUnavailable, context.Canceled)
	}
	f := failureOf(err)
	if said := s.quotable(f.said); said != "" && f.status != http.StatusUnauthorized {
		f.why += fmt.Sprintf("; it says %q", said)
	}
	return fmt.Errorf("%w: %s %w", ErrUnavailable, s.address, f)
}

const maxQuotable = 160 // characters of a service's own words

// quotable is what a service said as it may be shown: one line, short, without the key.
func (s *Service) quotable(said string) string {
	said = strings.Join(strings.Fields(insight.Visible(scrub(said, s.secrets))), " ")
	if cut := shorten(said, maxQuotable); cut != said {
		return cut + "…"
	}
	return said
}

// secretsOf are the parts of a key and an address that nobody may read.
func secretsOf(base, key string) []string {
	all := []string{key}
	if u, err := url.Parse(base); err == nil && u.User != nil {
		password, _ := u.User.Password()
		all = append(all, password)
	}
	return all
}

// addressOf is a base URL as it may be shown.
func addressOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "the model service"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

func failureOf(err error) *failure {
	var api *openai.APIError
	var req *openai.RequestError
	switch {
	case errors.As(err, &api):
		return refusedBy(api)
	case errors.As(err, &req):
		return &failure{status: req.HTTPStatusCode, why: whyStatus(req.HTTPStatusCode, "")}
	}
	return unanswered(err)
}

// refusedBy is the failure of a call that the service answered with an error.
func refusedBy(api *openai.APIError) *failure {
	f := &failure{status: api.HTTPStatusCode, code: fmt.Sprint(api.Code), said: api.Message}
	if f.code == "<nil>" || f.code == "" {
		f.code = api.Type
	}
	switch {
	case tooLongWords.MatchString(api.Message), f.status == http.StatusRequestEntityTooLarge:
		f.code = "context_length_exceeded"
	case f.status == http.StatusPaymentRequired:
		f.code = "insufficient_quota"
	case f.status == http.StatusBadRequest && keyWords.MatchString(api.Message): // Gemini
		f.status = http.StatusUnauthorized
	}
	f.param, f.why = paramIn(f.status, api), whyStatus(f.status, f.code)
	return f
}

// unanswered is the failure of a call without an answer that can be read.
func unanswered(err error) *failure {
	var timeout net.Error
	var dial *net.OpError
	var cert *tls.CertificateVerificationError
	var elsewhere *redirected
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.Is(err, ErrNotRecorded):
		return &failure{unsent: true, why: "is not asked: " + ErrNotRecorded.Error() + "; record it again"}
	case errors.As(err, &elsewhere):
		return &failure{unsent: true, why: elsewhere.Error()}
	case errors.As(err, &dial) && (dial.Op == "dial" || dial.Op == "proxyconnect"):
		return &failure{unsent: true, why: fmt.Sprintf("cannot be reached: %v; check that it runs, and OPENAI_BASE_URL", dial)}
	case errors.As(err, &cert):
		return &failure{unsent: true, why: fmt.Sprintf("has a certificate that is not trusted: %v; name its authority with SSL_CERT_FILE", cert.Err)}
	case errors.Is(err, http.ErrSchemeMismatch):
		return &failure{unsent: true, why: "does not speak HTTPS; begin OPENAI_BASE_URL with http://"}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &failure{why: "took too long; raise OPENAI_TIMEOUT, or name a smaller model"}
	case errors.As(err, &syntax), errors.As(err, &shape):
		return &failure{why: fmt.Sprintf("does not answer as an OpenAI-compatible service: %v; check OPENAI_BASE_URL, which most often ends with /v1", err)}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &failure{why: "closed the connection before the end of its answer; look into its own log"}
	}
	return &failure{why: fmt.Sprintf("gave no answer: %v; check that it runs, and OPENAI_BASE_URL", inner(err))}
}

// inner is an error without the address that net/http puts before it.
func inner(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

var (
	tooLongWords = regexp.MustCompile(`(?i)context (?:length|size|window|overflow)`)
	keyWords     = regexp.MustCompile(`(?i)\bapi key\b.*\b(?:valid|invalid|missing|expired|pass)\b`)
	formWords    = regexp.MustCompile(`(?i)response_format|json_?(?:schema|object)|structured output|grammar|requested parameters`)
	systemWords  = regexp.MustCompile(`(?i)system (?:role|message|prompt|instruction)|developer instruction|roles? must alternate`)
)

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
	if first == "" && systemWords.MatchString(text) {
		return "system"
	}
	return first
}

func whyStatus(status int, code string) string {
	switch {
	case code == noService && status < 500:
		return "is not the address of a model service; check OPENAI_BASE_URL, which most often ends with /v1"
	case code == "insufficient_quota":
		return "has no credit left for the account; buy some"
	case code == "context_length_exceeded":
		return "finds the text longer than the model's context; lower OPENAI_CONTEXT, or raise the model's"
	case status == http.StatusUnauthorized:
		return "refuses the key; check OPENAI_API_KEY"
	case status == http.StatusForbidden:
		return "refuses the account or its key (HTTP 403); check OPENAI_API_KEY and what it may do"
	case status == http.StatusNotFound:
		return "does not know the model or the address; check the model's name and OPENAI_BASE_URL, which most often ends with /v1"
	case status == http.StatusTooManyRequests:
		return "asks to slow down (HTTP 429)"
	}
	return fmt.Sprintf("answered HTTP %d", status)
}

// formRefused reports whether a service refused the form of the answer that was asked for, and not the rest.
func formRefused(err error) bool {
	var f *failure
	if !errors.As(err, &f) || f.code == "context_length_exceeded" || f.status == http.StatusUnauthorized {
		return false
	}
	switch f.status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusNotImplemented:
		return true
	}
	return f.status >= 400 && formWords.MatchString(f.said)
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
