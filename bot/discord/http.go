package discord

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
)

// maxSigned bounds the body of a signed request, and maxAge its age: an old one is somebody's recording.
const (
	maxSigned = 1 << 20
	maxAge    = 5 * time.Minute
)

var errSignature = errors.New("the request is not signed by Discord, or too old")

// verify reads the body of an interaction that came over HTTP, when Discord signed it with the application's key not long
// before now.
func verify(r *http.Request, key ed25519.PublicKey, now time.Time) ([]byte, error) {
	at, err := strconv.ParseInt(r.Header.Get("X-Signature-Timestamp"), 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > maxAge {
		return nil, errSignature
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxSigned))
	if err != nil {
		return nil, err
	}
	if sig, err := hex.DecodeString(r.Header.Get("X-Signature-Ed25519")); err != nil || len(sig) != ed25519.SignatureSize {
		return nil, errSignature
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !discordgo.VerifyInteraction(r, key) {
		return nil, errSignature
	}
	return body, nil
}
