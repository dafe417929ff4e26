package feed

import (
	"net"
	"strings"
	"testing"
)

// TestExplainNames tells a host that does not exist from a machine that can look up nothing, and names the way out of a
// refused port.
func TestExplainNames(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Err: "no such host", IsNotFound: true}, "the host does not exist"},
		{&net.DNSError{Err: "server misbehaving", IsTemporary: true}, "is this machine online?"},
		{&net.DNSError{Err: "i/o timeout", IsTimeout: true}, "is this machine online?"},
		{&net.DNSError{Err: "dial udp: connect: network is unreachable"}, "is this machine online?"},
	} {
		if got := explain(tt.err).Error(); !strings.Contains(got, tt.want) {
			t.Errorf("explain(%v) = %q, want %q in it", tt.err, got, tt.want)
		}
	}
	if err := (Policy{}).Check("http://example.org:8397/feed.xml"); err == nil || !strings.Contains(err.Error(), "FETCH_ALLOW") {
		t.Errorf("Check of port 8397 = %v, want FETCH_ALLOW named", err)
	}
}
