package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestSignatures(t *testing.T) {
	var file struct {
		Key   string `json:"discord_public_key_hex"`
		Cases []struct {
			ID, Platform, Why, Timestamp, Body, Verdict string
			Headers                                     map[string]string
		}
	}
	if err := json.Unmarshal(shared(t, "payloads/signatures.json"), &file); err != nil {
		t.Fatal(err)
	}
	key, err := hex.DecodeString(file.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		if c.Platform != "discord" {
			continue
		}
		at, err := strconv.ParseInt(c.Timestamp, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(at, 0)
		if strings.Contains(c.Verdict, "age") {
			now = now.AddDate(1, 0, 0)
		}
		r := httptest.NewRequest("POST", "/discord", strings.NewReader(c.Body))
		for k, v := range c.Headers {
			r.Header.Set(k, v)
		}
		if _, err := verify(r, key, now); err == nil {
			t.Errorf("%s (%s): accepted, want it refused", c.ID, c.Why)
		}
	}
}

func TestVerifyAccepts(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	at, body := strconv.FormatInt(now.Add(-4*time.Minute).Unix(), 10), `{"type":1}`
	r := httptest.NewRequest("POST", "/discord", strings.NewReader(body))
	r.Header.Set("X-Signature-Timestamp", at)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(private, []byte(at+body))))
	if got, err := verify(r, public, now); err != nil || string(got) != body {
		t.Errorf("verify = %q, %v; want the body", got, err)
	}
}
