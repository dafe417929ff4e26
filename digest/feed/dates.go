package feed

import (
	"bytes"
	"strings"
	"time"
)

// dateTags are the elements that tell an episode's date, the best first.
var dateTags = []string{"<pubDate", "<published", "<dc:date", "<pubdate", "<updated", "<issued"}

// spanDate reads the date of an episode without parsing it.
func spanDate(item []byte) time.Time {
	for _, name := range dateTags {
		_, after, found := bytes.Cut(item, []byte(name))
		if !found {
			continue
		}
		_, after, _ = bytes.Cut(after, []byte(">"))
		after = bytes.TrimPrefix(bytes.TrimSpace(after), []byte("<![CDATA["))
		text, _, _ := bytes.Cut(after, []byte("<"))
		return parseDate(string(bytes.TrimSuffix(text, []byte("]]>"))))
	}
	return time.Time{}
}

// dateLayouts are those that nearly all feeds use. The parser knows more; here they only decide what is newest.
var dateLayouts = []string{
	time.RFC1123Z, time.RFC1123, time.RFC3339, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST",
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04 -0700", "Mon, 2 Jan 2006 15:04 MST",
	"2006-01-02T15:04:05-0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.DateOnly, "Mon, 2 Jan 2006",
}

// parseDate returns the zero time when text is in none of the usual forms.
func parseDate(text string) time.Time {
	text = strings.TrimSpace(text)
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
