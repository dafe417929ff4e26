package feed

import (
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Identify recognises episodes that are known under an ID already, whatever of their GUID, enclosure, link, title and
// date has changed since. It returns fresh in its order, each with the ID it is known under and the earlier of its two
// dates, or with a new ID, and tells which are new. IDs have up to 32 characters of a-z, 0-9 and "-" and depend on
// nothing but the episodes. The slices given are not changed.
//
// A GUID, enclosure or link counts only where one episode has it: podcasts exist that give all of them the same GUID.
func Identify(known, fresh []Episode) (identified []Episode, isNew []bool) {
	identified = append([]Episode(nil), fresh...)
	isNew = make([]bool, len(fresh))
	assignIDs(identified, nil)
	match := matchEpisodes(known, identified)
	used := make(map[string]bool, len(known)+len(fresh))
	for _, k := range known {
		used[k.ID] = true
	}
	for i := range identified {
		ep := &identified[i]
		if m := match[i]; m >= 0 {
			ep.ID = known[m].ID
			if first := known[m].Published; !first.IsZero() && (ep.Published.IsZero() || first.Before(ep.Published)) {
				ep.Published = first
			}
			continue
		}
		isNew[i] = true
		for base, n := ep.ID, 2; used[ep.ID]; n++ {
			ep.ID = hashID(base, strconv.Itoa(n))
		}
		used[ep.ID] = true
	}
	return identified, isNew
}

// marks are what an episode can be recognised by, the most trustworthy first. It is never changed.
var marks = []func(Episode) string{
	func(ep Episode) string { return ep.ID },
	func(ep Episode) string { return ep.GUID },
	func(ep Episode) string { return file(ep, false) },
	func(ep Episode) string { return file(ep, true) }, // some hosts name the episode in the query
	link,
	titleAndDay,
}

// matchEpisodes returns for each fresh episode the index of the known one that it is, -1 for none.
func matchEpisodes(known, fresh []Episode) []int {
	match := make([]int, len(fresh))
	for i := range match {
		match[i] = -1
	}
	taken := make([]bool, len(known))
	for _, mark := range marks {
		old, now := unique(known, mark), unique(fresh, mark)
		for i, ep := range fresh {
			m := mark(ep)
			k, found := old[m]
			if _, once := now[m]; !once || !found || match[i] >= 0 || taken[k] || contradict(known[k], ep) {
				continue
			}
			match[i], taken[k] = k, true
		}
	}
	return match
}

// unique indexes episodes by a mark, without those that share it or have none.
func unique(episodes []Episode, mark func(Episode) string) map[string]int {
	index := make(map[string]int, len(episodes))
	shared := map[string]bool{}
	for i, ep := range episodes {
		m := mark(ep)
		if _, seen := index[m]; seen {
			shared[m] = true
		}
		index[m] = i
	}
	for m := range shared {
		delete(index, m)
	}
	delete(index, "")
	return index
}

// contradict tells whether two episodes that share a mark are different all the same, as with a podcast whose only item
// always has the same GUID or the same file: title and date differ, and so does one more mark.
func contradict(a, b Episode) bool {
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	if !differ(plainTitle(a.Title), plainTitle(b.Title)) || near(a.Published, b.Published) {
		return false
	}
	return differ(a.GUID, b.GUID) || differ(file(a, true), file(b, true)) || differ(link(a), link(b))
}

// near allows for a date corrected by hand and for a time zone forgotten.
func near(a, b time.Time) bool {
	return a.IsZero() || b.IsZero() || a.Sub(b).Abs() <= 36*time.Hour
}

// assignIDs gives an ID to the episodes of one document that have none. Those at an index in undated were dated by us,
// so that their date must not be part of it.
func assignIDs(episodes []Episode, undated map[int]bool) {
	var byMark []map[string]int
	for _, mark := range marks[1:] {
		byMark = append(byMark, unique(episodes, mark))
	}
	for i := range episodes {
		ep := &episodes[i]
		if ep.ID != "" {
			continue
		}
		if undated[i] {
			ep.ID = undatedID(*ep, byMark)
			continue
		}
		ep.ID = hashID(ep.Feed, ep.GUID, ep.Enclosure.URL, link(*ep), titleAndDay(*ep))
		for m, mark := range marks[1:] {
			if _, once := byMark[m][mark(*ep)]; once {
				ep.ID = hashID(ep.Feed, strconv.Itoa(m), mark(*ep))
				break
			}
		}
	}
}

// undatedID is the ID of an episode that has no date of its own.
func undatedID(ep Episode, byMark []map[string]int) string {
	for m, mark := range marks[1 : len(marks)-1] {
		if _, once := byMark[m][mark(ep)]; once {
			return hashID(ep.Feed, strconv.Itoa(m), mark(ep))
		}
	}
	return hashID(ep.Feed, ep.GUID, ep.Enclosure.URL, link(ep), plainTitle(ep.Title), ep.Notes)
}

// hashID makes an ID of 20 characters, a hundred bits, out of some texts.
func hashID(texts ...string) string {
	h := sha256.New()
	for _, t := range texts {
		h.Write([]byte(strconv.Itoa(len(t)) + ":" + t))
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil))[:20])
}

// titleAndDay is the last resort to recognise an episode.
func titleAndDay(ep Episode) string {
	title := plainTitle(ep.Title)
	if title == "" || ep.Published.IsZero() {
		return title
	}
	return title + "|" + ep.Published.UTC().Format(time.DateOnly)
}

// plainTitle is a title without what editors change: case, spaces and punctuation.
func plainTitle(title string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, title)
}

// link is an episode's page without scheme, fragment and what only counts visitors.
func link(ep Episode) string {
	u, err := url.Parse(ep.Link)
	if err != nil || u.Host == "" {
		return ""
	}
	query := u.Query()
	for name := range query {
		if strings.HasPrefix(strings.ToLower(name), "utm_") {
			query.Del(name)
		}
	}
	return bareHost(u.Host) + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + query.Encode()
}

// file is an episode's enclosure without scheme, without the services that count downloads, and, unless asked for,
// without its query.
func file(ep Episode, withQuery bool) string {
	u, err := url.Parse(ep.Enclosure.URL)
	if err != nil || u.Host == "" {
		return ""
	}
	name := untracked(bareHost(u.Host) + u.EscapedPath())
	if withQuery {
		name += "?" + u.RawQuery
	}
	return name
}

func bareHost(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// hostInPath finds a host inside a path: services that count downloads put themselves in front of the real address, as
// in "dts.podtrac.com/redirect.mp3/chrt.fm/track/1A2B/traffic.example.com/show/12.mp3".
var hostInPath = regexp.MustCompile(`(?i)/(?:https?(?::|%3A)(?:/|%2F){1,2})?((?:[a-z0-9-]+\.)+[a-z]{2,18})(?::[0-9]+)?/`)

// untracked returns host and path of the last address inside a host and path.
func untracked(hostAndPath string) string {
	for {
		m := hostInPath.FindAllStringSubmatchIndex(hostAndPath, -1)
		i := len(m) - 1
		for i >= 0 && isFileEnding(hostAndPath[m[i][2]:m[i][3]]) {
			i--
		}
		if i < 0 {
			return hostAndPath
		}
		hostAndPath = hostAndPath[m[i][2]:]
	}
}

// isFileEnding tells "redirect.mp3", which services have in the middle of their paths, from a host.
func isFileEnding(name string) bool {
	return fileTypes[strings.ToLower(name[strings.LastIndexByte(name, '.'):])] != ""
}
