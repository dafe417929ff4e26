package feed

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Limits on bodies, in bytes, before and after decompression alike.
const (
	MaxFeed       = 15 << 20
	MaxTranscript = 10 << 20
)

// minRate is what a host must send per second on average, once it has had slowStart.
const (
	minRate   = 1024
	slowStart = 10 * time.Second
)

// userAgent tells hosts who asks.
const userAgent = "Podbrief/1.0 (podcast briefs; self-hosted bot)"

// ReadBody gets a document of at most limit bytes, compressed and decompressed, and returns it decompressed with its
// media type (lower case, with its charset as only parameter, "" when not said) and the address it came from after
// redirects. accept is the Accept header to send. Errors are of type *Error.
func ReadBody(ctx context.Context, c *http.Client, url string, limit int64, accept string) (body []byte, mediaType, finalURL string, err error) {
	req, err := newRequest(ctx, url, accept)
	if err != nil {
		return nil, "", "", at(url, err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, "", "", at(url, explain(err))
	}
	defer resp.Body.Close()
	if err := checkStatus(resp, time.Now()); err != nil {
		return nil, "", "", at(url, err)
	}
	body, err = readLimited(resp, limit, nil)
	if err != nil {
		return nil, "", "", at(url, err)
	}
	return body, withCharset(resp), resp.Request.URL.String(), nil
}

func newRequest(ctx context.Context, url, accept string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, newError(Blocked, "the address cannot be read; copy it once more", err)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept-Encoding", "gzip")
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	return req, nil
}

func contentType(resp *http.Response) string {
	t, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// withCharset is contentType with the charset that the host declares: without it some text cannot be told from other.
func withCharset(resp *http.Response) string {
	mediaType := contentType(resp)
	_, params, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if charset := params["charset"]; mediaType != "" && charset != "" {
		return mediaType + "; charset=" + strings.ToLower(charset)
	}
	return mediaType
}

// checkStatus makes an error of every answer but 200. 304 is for the caller to look at first.
func checkStatus(resp *http.Response, now time.Time) error {
	e := newError(Server, "", fmt.Errorf("HTTP status %d", resp.StatusCode))
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), now)
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		return nil
	case code == http.StatusForbidden && resp.Header.Get("Cf-Mitigated") == "challenge":
		e.Kind, e.Reason = Auth, "the host blocks bots; ask the podcast for another feed address"
	case code == http.StatusUnauthorized || code == http.StatusPaymentRequired || code == http.StatusForbidden:
		e.Kind, e.Reason = Auth, fmt.Sprintf("the host refuses access (%d); check that the address is public", code)
	case code == http.StatusNotFound:
		e.Kind, e.Reason = NotFound, "nothing is there (404); check the address"
	case code == http.StatusGone:
		e.Kind, e.Reason = Gone, "it is gone for good (410); remove it or look for its new address"
	case code == http.StatusTooManyRequests:
		e.Kind, e.Reason = RateLimited, "the host asks to come less often (429); it is tried again later"
	case code == http.StatusNoContent:
		e.Kind, e.Reason = NotFeed, "the answer is empty (204); check the address"
	case code == http.StatusPartialContent:
		e.Kind, e.Reason = Malformed, "the host sent a part only (206); it is tried again later"
	case code >= 300 && code < 400:
		e.Kind, e.Reason = Malformed, fmt.Sprintf("the host redirects to nowhere (%d); ask its owner for the right address", code)
	default:
		e.Reason = fmt.Sprintf("the host has trouble (%d); it is tried again later", code)
	}
	return e
}

// retryAfter reads seconds or a date; 0 when the header says nothing of use.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.Atoi(header); err == nil {
		return time.Duration(min(max(n, 0), 1<<30)) * time.Second
	}
	if t, err := http.ParseTime(header); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// readLimited reads and decompresses a body. sniff, when given, sees the first bytes and may refuse the rest.
func readLimited(resp *http.Response, limit int64, sniff func([]byte) error) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	switch enc := strings.ToLower(resp.Header.Get("Content-Encoding")); enc {
	case "", "gzip", "x-gzip", "identity":
	default:
		return nil, newError(Malformed, "the host uses a compression that was not asked for; it is tried again later", nil)
	}
	wire := &limitedReader{r: &steadyReader{r: resp.Body, begin: time.Now()}, left: limit, limit: limit}
	in := bufio.NewReader(wire)
	for range 2 { // some hosts compress what is compressed
		if magic, _ := in.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
			break
		}
		unzip, err := gzip.NewReader(in)
		if err != nil {
			return nil, explainRead(err)
		}
		in = bufio.NewReader(&limitedReader{r: unzip, left: limit, limit: limit})
	}
	if sniff != nil {
		first, _ := in.Peek(512)
		if err := sniff(first); err != nil {
			return nil, err
		}
	}
	body := bytes.NewBuffer(make([]byte, 0, max(resp.ContentLength+1, 4096)))
	if _, err := body.ReadFrom(in); err != nil {
		return nil, explainRead(err)
	}
	return body.Bytes(), nil
}

// limitedReader fails when there is more to read than its limit.
type limitedReader struct {
	r           io.Reader
	left, limit int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, tooLarge(l.limit)
	}
	return n, err
}

func tooLarge(limit int64) error {
	return newError(TooLarge, fmt.Sprintf("the answer is larger than %d MiB and was refused", limit>>20), nil)
}

// steadyReader fails when a host sends a byte now and then to hold the connection open.
type steadyReader struct {
	r     io.Reader
	begin time.Time
	read  int64
}

func (s *steadyReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.read += int64(n)
	if spent := time.Since(s.begin); err == nil && spent > slowStart && float64(s.read) < minRate*spent.Seconds() {
		return 0, newError(Timeout, "the host sends too slowly; it is tried again later", nil)
	}
	return n, err
}

// explainRead makes a sentence of an error in the middle of a body.
func explainRead(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
		return newError(Malformed, "the answer is cut off or damaged; it is tried again later", err)
	}
	return explain(err)
}

// explain makes a sentence of an error on the way to a host. The cause's own text is never shown: it holds addresses.
func explain(err error) error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	var (
		dns       *net.DNSError
		timeout   interface{ Timeout() bool }
		cert      *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		alert     tls.AlertError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &dns) && !dns.IsNotFound: // no server answered, or none could
		return newError(DNS, "the host's name cannot be looked up; is this machine online? It is tried again later", err)
	case errors.As(err, &dns):
		return newError(DNS, "the host does not exist; check the address", err)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return newError(Timeout, "the host does not answer in time; it is tried again later", err)
	case errors.As(err, &cert), errors.As(err, &authority), errors.As(err, &alert), errors.As(err, &record):
		return newError(TLS, "the host's certificate or encryption cannot be trusted; ask its owner to renew it", err)
	}
	return newError(Network, "the host cannot be reached or does not speak HTTP; it is tried again later", err)
}
