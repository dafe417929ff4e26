package feed

import (
	"net/netip"
	"testing"
)

// ssrfCases are the address cases of the shared data.
type ssrfCases struct {
	BlockedPrefixes []struct{ Prefix string }          `json:"blocked_prefixes"`
	BlockedHosts    []string                           `json:"blocked_hostnames"`
	Dial            []struct{ ID, IP, Verdict string } `json:"dial_cases"`
	URL             []struct {
		ID, URL, Verdict, Stage, Why string
		ResolvesTo                   []string `json:"resolves_to"`
	} `json:"url_cases"`
	Redirect []struct {
		ID, Verdict, Why string
		Chain            []string
	} `json:"redirect_cases"`
	DNS []struct {
		ID, Host, Verdict, Why string
		Answers                [][]string
	} `json:"dns_cases"`
	Proxy []struct {
		ID, URL, Verdict string
		Env              map[string]string
	} `json:"proxy_cases"`
}

func readSSRF(t *testing.T) (c ssrfCases) {
	t.Helper()
	readJSON(t, &c, "payloads", "ssrf.json")
	return c
}

func TestDialCases(t *testing.T) {
	for _, c := range readSSRF(t).Dial {
		addr := netip.MustParseAddr(c.IP)
		network := "tcp4"
		if addr.Is6() {
			network = "tcp6"
		}
		err := checkDial(network, netip.AddrPortFrom(addr, 443).String())
		if (err == nil) != (c.Verdict == "allow") {
			t.Errorf("%s: checkDial(%s) = %v, want %s", c.ID, c.IP, err, c.Verdict)
		}
	}
}

func TestBlockedPrefixes(t *testing.T) {
	for _, c := range readSSRF(t).BlockedPrefixes {
		prefix, err := netip.ParsePrefix(c.Prefix)
		if err != nil {
			continue // the rule in words
		}
		if isPublic(prefix.Addr()) || isPublic(lastOf(prefix)) && prefix.String() != "::ffff:0:0/96" {
			t.Errorf("isPublic(%s) = true for its first or last address, want false", prefix)
		}
	}
}

// lastOf returns the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}

func TestURLCases(t *testing.T) {
	for _, c := range readSSRF(t).URL {
		err := Check(c.URL)
		blocked := err != nil
		for _, ip := range c.ResolvesTo { // what the name check cannot know, the dial check does
			addr := netip.MustParseAddr(ip)
			network := map[bool]string{true: "tcp4", false: "tcp6"}[addr.Is4()]
			blocked = blocked || checkDial(network, netip.AddrPortFrom(addr, 80).String()) != nil
		}
		if blocked != (c.Verdict == "block") {
			t.Errorf("%s: Check(%.80q) = %v, blocked %v; want %s (%s)", c.ID, c.URL, err, blocked, c.Verdict, c.Why)
		}
		if c.Stage != "dial" && err == nil {
			t.Errorf("%s: Check(%.80q) = nil, want it refused by its text (%s)", c.ID, c.URL, c.Why)
		}
		if err != nil && KindOf(err) != Blocked {
			t.Errorf("%s: Check(%.80q) = kind %s, want %s", c.ID, c.URL, KindOf(err), Blocked)
		}
	}
}

func TestBlockedHosts(t *testing.T) {
	for _, host := range readSSRF(t).BlockedHosts {
		if host[0] == '*' {
			host = "a" + host[1:]
		}
		if err := Check("https://" + host + "/feed.xml"); err == nil {
			t.Errorf("Check(%s) = nil, want it refused", host)
		}
	}
}

func TestPolicyAllow(t *testing.T) {
	p := Policy{Allow: []string{"127.0.0.1:8099", "[::1]:8099", "feeds.intranet:80"}}
	for url, want := range map[string]bool{
		"http://127.0.0.1:8099/a": true, "http://[::1]:8099/": true, "http://feeds.intranet/rss": true, "https://example.com/": true,
		"http://127.0.0.1:8098/a": false, "http://127.0.0.1/": false, "https://feeds.intranet/rss": false, "http://10.0.0.1:8099/": false,
		"http://user@127.0.0.1:8099/": false, "ftp://127.0.0.1:8099/": false,
	} {
		if err := p.Check(url); (err == nil) != want {
			t.Errorf("Check(%s) = %v, want allowed %v", url, err, want)
		}
	}
}

func TestCleanURL(t *testing.T) {
	for in, want := range map[string]string{
		" example.com/feed ": "https://example.com/feed", "feed://example.com/rss": "https://example.com/rss",
		"itpc://example.com/rss": "https://example.com/rss", "feed:https://example.com/rss": "https://example.com/rss",
		"http://example.com": "http://example.com", "<https://example.com>": "https://example.com",
		"file:///etc/passwd": "file:///etc/passwd", "//example.com/x": "https://example.com/x",
		"example.com:8080/x": "https://example.com:8080/x",
	} {
		if got := CleanURL(in); got != want {
			t.Errorf("CleanURL(%q) = %q, want %q", in, got, want)
		}
	}
}
