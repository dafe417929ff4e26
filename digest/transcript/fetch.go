package transcript

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// statusError is the answer of a host that has no file for us.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("the host answers %d %s", int(e), http.StatusText(int(e)))
}

// temporary reports whether asking again later may help.
func temporary(err error) bool {
	var status statusError
	if errors.As(err, &status) {
		return status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= 500
	}
	var refused *Refused
	return !errors.As(err, &refused)
}

// readBody GETs at most limit bytes.
func readBody(ctx context.Context, c *http.Client, url string, limit int64, accept string) (body []byte, mediaType, finalURL string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, "", "", refuse(Malformed, "its address cannot be used: %v", err)
	}
	req.Header.Set("Accept", accept)
	resp, err := c.Do(req)
	if err != nil {
		return nil, "", "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", "", statusError(resp.StatusCode)
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	return body, resp.Header.Get("Content-Type"), resp.Request.URL.String(), err
}
