package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"podbrief/bot"
)

// DefaultAPI is where Discord answers.
const DefaultAPI = "https://discord.com/api/v10"

// Discord wants to know who asks. https://discord.com/developers/docs/reference#user-agent
const userAgent = "DiscordBot (https://github.com/podbrief/podbrief, 1)"

const (
	callTimeout = 20 * time.Second
	maxAnswer   = 8 << 20 // bytes of an answer that are read
	// mostTries bounds what is tried again after a limit; longer waits are the caller's.
	mostTries   = 3
	longestWait = 5 * time.Second
)

// client makes the REST calls. It is safe for concurrent use.
type client struct {
	base  string
	token string
	http  *http.Client
	limits
}

// call is one REST call.
type call struct {
	method, path string
	body         payload
	file         *upload
	// free calls are outside of the global limit and need no token: answers to interactions.
	free bool
	// probe calls are made even when the token was refused before.
	probe bool
}

// do makes a call, and again when a limit was hit that ends soon; nothing else is tried again. The answer goes into out
// unless it is nil. What breaks a limit is not sent. Its errors are *apiError, errUnauthorized, *bot.PostError for what was
// not sent, or those of the connection.
func (c *client) do(ctx context.Context, in call, out any) error {
	if in.body != nil {
		if err := in.body.check(); err != nil {
			return &bot.PostError{Class: bot.PayloadFix, Err: fmt.Errorf("%s %s was not sent: %w", in.method, route(in.path), err)}
		}
	}
	for try := 1; ; try++ {
		err := c.once(ctx, in, out)
		e, ok := errors.AsType[*apiError](err)
		if !ok || e.Status != http.StatusTooManyRequests || try == mostTries || e.RetryAfter > longestWait {
			return err
		}
		if !sleep(ctx, e.RetryAfter) {
			return err
		}
	}
}

// sleep waits, or returns false at once when ctx ends before.
func sleep(ctx context.Context, d time.Duration) bool {
	if until, ok := ctx.Deadline(); ok && time.Until(until) < d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (c *client) once(ctx context.Context, in call, out any) error {
	if err := c.enter(ctx, in); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := c.request(ctx, in)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotSent, err)
	}
	resp, err := c.send(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	c.learn(in, resp)
	if resp.StatusCode >= 300 {
		return c.refused(in, resp, body)
	}
	if err != nil {
		return fmt.Errorf("read the answer of %s %s: %w", in.method, route(in.path), err)
	}
	if in.probe {
		c.revive()
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &apiError{Status: resp.StatusCode, Message: "an answer that is no whole JSON", cut: true}
	}
	return nil
}

// send makes a request. Its error is errNotSent when nothing of it was written, as without a connection.
func (c *client) send(req *http.Request) (*http.Response, error) {
	var traced, written atomic.Bool // a transport need not know of traces
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GetConn:      func(string) { traced.Store(true) },
		WroteHeaders: func() { written.Store(true) },
	})
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil && traced.Load() && !written.Load() {
		err = fmt.Errorf("%w: %w", errNotSent, err)
	}
	return resp, err
}

func (c *client) request(ctx context.Context, in call) (*http.Request, error) {
	body, media, err := encode(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, in.method, c.base+in.path, body)
	if err != nil {
		return nil, err
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	req.Header.Set("User-Agent", userAgent)
	if !in.free {
		req.Header.Set("Authorization", "Bot "+c.token)
	}
	return req, nil
}

// encode writes a body as JSON, or as a form when a file goes with it.
func encode(in call) (io.Reader, string, error) {
	if in.body == nil {
		return http.NoBody, "", nil
	}
	b, err := json.Marshal(in.body)
	if err != nil || in.file == nil {
		return bytes.NewReader(b), "application/json", err
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	err = errors.Join(
		writePart(w, `form-data; name="payload_json"`, "application/json", b),
		writePart(w, fmt.Sprintf(`form-data; name="files[0]"; filename=%q`, label(in.file.Name, 80)), in.file.Type, in.file.Body),
		w.Close())
	return &buf, w.FormDataContentType(), err
}

func writePart(w *multipart.Writer, disposition, media string, body []byte) error {
	p, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {media}})
	if err == nil {
		_, err = p.Write(body)
	}
	return err
}

// refused makes an error of an answer, and counts it where Discord counts it.
func (c *client) refused(in call, resp *http.Response, body []byte) error {
	e := &apiError{Status: resp.StatusCode, Shared: resp.Header.Get("X-RateLimit-Scope") == "shared"}
	var told struct {
		Code       int     `json:"code"`
		Message    string  `json:"message"`
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
	}
	json.Unmarshal(body, &told) //nolint:errcheck // what can be read of it counts
	e.Code, e.Message, e.Global = told.Code, label(told.Message, 200), told.Global
	e.RetryAfter = seconds(told.RetryAfter)
	if len(body) > 0 && !json.Valid(body) && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusForbidden) {
		e.Code = 40333 // a page instead of JSON is from Cloudflare in front of Discord
	}
	if after, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64); err == nil {
		e.RetryAfter = max(e.RetryAfter, seconds(after))
	}
	if resp.Header.Get("X-RateLimit-Global") != "" || resp.Header.Get("X-RateLimit-Scope") == "global" {
		e.Global = true
	}
	if e.Code == 40333 {
		e.RetryAfter = max(e.RetryAfter, cloudflareWait)
		e.Global = true
	}
	if e.Status == http.StatusTooManyRequests && e.RetryAfter == 0 {
		e.RetryAfter = time.Second
	}
	c.count(in, e)
	if e.Status == http.StatusUnauthorized && !in.free {
		return fmt.Errorf("%w: %w", errUnauthorized, e)
	}
	return e
}

// seconds are at most a day, and never less than none, whatever a number says.
func seconds(s float64) time.Duration {
	if s <= 0 || math.IsNaN(s) {
		return 0
	}
	return time.Duration(min(s, (24*time.Hour).Seconds()) * float64(time.Second))
}

// route is a path without what changes from call to call, but with the channel, guild or webhook that limits belong to. It
// never holds a token.
func route(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i, p := range parts {
		switch {
		case i == 0:
		case i == 1 && (parts[0] == "channels" || parts[0] == "guilds"):
		case parts[0] == "webhooks" || parts[0] == "interactions":
			if i <= 2 {
				parts[i] = "~"
			}
		case strings.Trim(p, "0123456789") == "":
			parts[i] = "~"
		}
	}
	return strings.Join(parts, "/")
}
