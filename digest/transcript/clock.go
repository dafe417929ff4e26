package transcript

import (
	"strings"
	"time"
)

// maxTime is the longest time that an episode may reach. A file with later times runs on another clock.
const maxTime = 48 * time.Hour

// clock reads "1:02", "00:01:02", "00:01:02.345" and "00:01:02,345".
func clock(s string) (time.Duration, bool) {
	whole, fraction, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	total, parts := 0, 0
	for part := range strings.SplitSeq(whole, ":") {
		n, ok := number(part)
		if !ok || parts > 0 && (n > 59 || len(part) > 2) {
			return 0, false
		}
		total = total*60 + n
		parts++
	}
	if parts < 2 || parts > 3 {
		return 0, false
	}
	d := time.Duration(total) * time.Second
	if fraction == "" {
		return d, true
	}
	f, ok := number((fraction + "00")[:3])
	if !ok {
		return 0, false
	}
	return d + time.Duration(f)*time.Millisecond, true
}

// number reads one to four digits.
func number(s string) (int, bool) {
	if s == "" || len(s) > 4 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// clockAt reads a time at the beginning of s, which may stand in brackets, and returns what follows it.
func clockAt(s string) (at time.Duration, rest string, ok bool) {
	i, closing := 0, byte(0)
	if s != "" && s[0] == '\\' {
		i++
	}
	if i < len(s) && (s[i] == '[' || s[i] == '(') {
		closing = map[byte]byte{'[': ']', '(': ')'}[s[i]]
		i++
	}
	j := i
	for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == ':' || j > i && (s[j] == '.' || s[j] == ',') && j+1 < len(s) && s[j+1] >= '0' && s[j+1] <= '9') {
		j++
	}
	at, ok = clock(strings.TrimSuffix(s[i:j], ":"))
	if !ok {
		return 0, s, false
	}
	if s[j-1] == ':' {
		j--
	}
	if closing == 0 {
		return at, s[j:], j == len(s) || strings.IndexByte(" \t-:|", s[j]) >= 0 || strings.HasPrefix(s[j:], "–") || strings.HasPrefix(s[j:], "—")
	}
	if j < len(s) && s[j] == '\\' {
		j++
	}
	if j >= len(s) || s[j] != closing {
		return 0, s, false
	}
	return at, s[j+1:], true
}
