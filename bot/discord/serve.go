package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// bodyTime is how long a request may take to arrive; Discord waits three seconds for the answer.
const bodyTime = 3 * time.Second

// ServeHTTP takes interactions that Discord sends, signed, to the application's “Interactions Endpoint URL”. Without such an
// address they come over the gateway; with it, they come here alone. The answer goes to Discord by the same calls either way.
// It is safe for concurrent use, and refuses everything before Run.
func (a *Adapter) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r := a.taking.Load()
	if r == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime)) //nolint:errcheck // not on every server
	body, status := a.signed(req)
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	var i struct{ Type int }
	switch {
	case json.Unmarshal(body, &i) != nil:
		w.WriteHeader(http.StatusBadRequest)
	case i.Type == pingKind:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(response{Type: respondPong}) //nolint:errcheck // whoever asked is gone
	case !spawn(r, body, r.interact):
		w.WriteHeader(http.StatusServiceUnavailable) // Run ended while the body was read
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

// signed reads a request that Discord signed, or returns the status to refuse it with.
func (a *Adapter) signed(req *http.Request) (body []byte, status int) {
	self, err := a.whoAmI(req.Context())
	if err != nil {
		return nil, http.StatusServiceUnavailable
	}
	key, err := hex.DecodeString(self.Key)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, http.StatusUnauthorized
	}
	body, err = verify(req, key, time.Now())
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return nil, http.StatusRequestEntityTooLarge
	}
	if err != nil {
		return nil, http.StatusUnauthorized
	}
	return body, 0
}
