package slack

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// maxBody is how much of a request is read, in bytes.
const maxBody = 1 << 20

// ServeHTTP takes what Slack sends as signed requests, all kinds of it at one address. A request that is not signed by
// Slack, or was more than five minutes ago, is refused without a word.
func (a *Adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.setUp()
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(3 * time.Second)) //nolint:errcheck // not on every server
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if isCertificateCheck(string(body)) || isCertificateCheck(r.URL.RawQuery) {
		return
	}
	if r.Method != http.MethodPost || !a.signed(r.Header, body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	kind, payload := unpack(r.Header.Get("Content-Type"), body)
	if challenge, ok := challenged(kind, payload); ok {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, challenge) //nolint:errcheck // whoever asked is gone
		return
	}
	s := a.enter()
	if s == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer s.leave()
	t, err := a.take(s, kind, payload)
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable) // Slack tries again
		return
	}
	if answer := t.encode(); answer != nil {
		w.Header().Set("Content-Type", "application/json")
		w.Write(answer) //nolint:errcheck // whoever asked is gone
	}
	if t.work != nil {
		t.work()
	}
}

// isCertificateCheck reports whether Slack only tries the address, with GET or POST. Nothing follows from it, so it need not be signed.
func isCertificateCheck(fields string) bool {
	form, err := url.ParseQuery(fields)
	return err == nil && form.Get("ssl_check") == "1" && form.Get("command") == "" && form.Get("payload") == ""
}

// signed reports whether Slack sent a request, within the last five minutes.
func (a *Adapter) signed(h http.Header, body []byte) bool {
	v, err := slack.NewSecretsVerifier(h, a.SigningSecret)
	if err != nil {
		return false
	}
	if _, err := v.Write(body); err != nil {
		return false
	}
	return v.Ensure() == nil
}

// unpack returns the payload of a request as envelopes carry it. Only what is signed is read, never the address.
func unpack(mediaType string, body []byte) (kind string, payload []byte) {
	if strings.HasPrefix(mediaType, "application/json") {
		return eventsKind, body
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil
	}
	if p := form.Get("payload"); p != "" {
		return interactiveKind, []byte(p)
	}
	if payload, err = slashJSON(form); err != nil {
		return "", nil
	}
	return slashKind, payload
}

// challenged returns what Slack wants to hear when the address is set up.
func challenged(kind string, payload []byte) (string, bool) {
	var e outerEvent
	if kind != eventsKind || json.Unmarshal(payload, &e) != nil {
		return "", false
	}
	return e.Challenge, e.Type == "url_verification"
}
