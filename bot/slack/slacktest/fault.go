package slacktest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Fault is what goes wrong with a request.
type Fault struct {
	Error      string // ok:false with this error
	Status     int    // HTTP status instead of 200
	RetryAfter int    // seconds, with status 429
	// RetryAfterText stands for RetryAfter when it is no number; "none" leaves the header out.
	RetryAfterText string
	Body           string // instead of an answer
	Store          bool   // the message is stored before the fault
	Cut            bool   // the connection is cut
	Wait           time.Duration
}

// SetFault changes Fault while the workspace runs.
func (s *Server) SetFault(f func(method string, form url.Values) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Fault = f
}

func (s *Server) faultOf(method string, form url.Values) *Fault {
	s.mu.Lock()
	f := s.Fault
	s.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(method, form)
}

// fail answers a request as a fault wants it.
func (s *Server) fail(w http.ResponseWriter, fault *Fault, method string, form url.Values) {
	if fault.Wait > 0 {
		time.Sleep(fault.Wait)
	}
	var answer map[string]any
	if fault.Store {
		answer = s.do(method, form)
	}
	switch {
	case fault.Cut:
		panic(http.ErrAbortHandler)
	case fault.Status == http.StatusTooManyRequests:
		if fault.RetryAfterText == "" {
			fault.RetryAfterText = fmt.Sprint(max(1, fault.RetryAfter))
		}
		if fault.RetryAfterText != "none" {
			w.Header().Set("Retry-After", fault.RetryAfterText)
		}
		w.WriteHeader(fault.Status)
		io.WriteString(w, `{"ok":false,"error":"ratelimited"}`)
	case fault.Status != 0:
		w.WriteHeader(fault.Status)
		io.WriteString(w, "<html>it broke</html>")
	case fault.Body != "":
		io.WriteString(w, fault.Body)
	case fault.Error != "":
		reply(w, refuse(fault.Error))
	case answer != nil:
		reply(w, answer)
	default:
		reply(w, s.do(method, form))
	}
}
