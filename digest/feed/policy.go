package feed

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// maxURL is the longest address that is fetched, in bytes.
const maxURL = 4096

// Policy says which addresses may be fetched. The zero value allows http and https on the ports 80, 443, 8080 and 8443
// of public hosts and nothing else: the addresses come from strangers, who must not make us ask the machines around us.
type Policy struct {
	// Allow opens hosts on purpose, each as host:port ("127.0.0.1:8099", "feeds.intranet:80"), whatever they resolve to.
	Allow []string
	// Resolver looks up hosts; nil means Go's own with the machine's name servers.
	Resolver *net.Resolver
}

// Check tells whether an address may be fetched under the default policy, as far as its text shows: what its host
// resolves to is checked when it is connected to. The error is of kind Blocked.
func Check(rawURL string) error { return Policy{}.Check(rawURL) }

// Check tells whether an address may be fetched under the policy, as far as its text shows.
func (p Policy) Check(rawURL string) error {
	if err := p.check(rawURL); err != nil {
		return &Error{Kind: Blocked, URL: Redact(rawURL), Reason: err.Error(), Err: err}
	}
	return nil
}

func (p Policy) check(rawURL string) error {
	if len(rawURL) > maxURL {
		return fmt.Errorf("the address is longer than %d bytes; give a shorter one", maxURL)
	}
	u, err := url.Parse(rawURL)
	if err != nil || strings.Contains(rawURL, `\`) {
		return fmt.Errorf("the address cannot be read; copy it once more")
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("only addresses that begin with http:// or https:// can be fetched")
	}
	if u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return fmt.Errorf("the address has no host; give it as https://host/path")
	}
	if u.User != nil {
		return fmt.Errorf("the address holds a user name; give it without")
	}
	port, err := portOf(u)
	if err != nil {
		return err
	}
	if slices.Contains(p.Allow, net.JoinHostPort(u.Hostname(), port)) {
		return nil
	}
	if !allowedPort(port) {
		return fmt.Errorf("port %s is not allowed; use 80, 443, 8080 or 8443, or the operator can open it with FETCH_ALLOW", port)
	}
	return checkHost(u.Hostname())
}

func portOf(u *url.URL) (string, error) {
	port := u.Port()
	switch {
	case port != "":
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", fmt.Errorf("port %s does not exist", cut(port, 12))
		}
		return port, nil
	case strings.HasSuffix(u.Host, ":"):
		return "", fmt.Errorf("the address has a colon but no port; leave the colon out")
	case u.Scheme == "https":
		return "443", nil
	}
	return "80", nil
}

func allowedPort(port string) bool {
	return port == "80" || port == "443" || port == "8080" || port == "8443"
}

// checkHost refuses hosts that cannot be public by their name or number.
func checkHost(host string) error {
	notPublic := fmt.Errorf("the host is not on the public internet; the operator can open it with FETCH_ALLOW")
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" || !isPublic(addr) {
			return notPublic
		}
		return nil
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if err != nil || len(ascii) > 253 {
		return fmt.Errorf("the host name is not valid; copy the address once more")
	}
	labels := strings.Split(ascii, ".")
	if last := labels[len(labels)-1]; isNumber(last) {
		// 127.1, 0x7f000001 and 0177.0.0.1 are numbers to some resolvers, and full-width digits to all.
		return fmt.Errorf("the host is a number in an unusual form; give its name")
	}
	if slices.ContainsFunc(labels, func(l string) bool { return l == "" || len(l) > 63 }) {
		return fmt.Errorf("the host name is not valid; copy the address once more")
	}
	if len(labels) == 1 || isPrivateName(ascii) {
		return notPublic
	}
	return nil
}

// isNumber tells whether a label is a number in any form that a C library reads.
func isNumber(label string) bool {
	digits := strings.TrimPrefix(label, "0x")
	isHex := len(digits) < len(label)
	return !strings.ContainsFunc(digits, func(r rune) bool {
		return (r < '0' || r > '9') && !(isHex && r >= 'a' && r <= 'f')
	})
}

// privateSuffixes are names that networks keep for themselves. The check of the address is what protects; names give a
// clear message and no lookup. Hosts without a dot are refused besides.
var privateSuffixes = []string{
	".localhost", ".localdomain", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".corp", ".home",
	".metadata.goog", ".kubernetes.default", ".svc", ".cluster.local", ".onion", ".i2p",
}

func isPrivateName(host string) bool {
	return slices.ContainsFunc(privateSuffixes, func(suffix string) bool { return strings.HasSuffix("."+host, suffix) })
}

// publicOnly knows the special-purpose registries of IANA. Azure's WireServer is a public address that is the host's
// own inside Azure.
var publicOnly = ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix("168.63.129.16/32")))

// isPublic tells whether an address is one of the public internet.
func isPublic(addr netip.Addr) bool {
	if addr.Is4In6() {
		addr = addr.Unmap()
	}
	return publicOnly.SafeAddr(addr) == nil
}
