package transcript

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Chapter is a part of an episode that its makers gave a title.
type Chapter struct {
	Start time.Duration
	Title string
}

// ParseChapters reads Podcasting 2.0 JSON chapters in order of time. Chapters without a title or time, and those hidden
// from the table of contents, are left out.
func ParseChapters(body []byte) ([]Chapter, error) {
	if len(body) > MaxBytes {
		return nil, refuse(TooLarge, "it is over %d MB", MaxBytes>>20)
	}
	var doc struct {
		Chapters []struct {
			StartTime *jsonTime `json:"startTime"`
			Title     string    `json:"title"`
			TOC       *bool     `json:"toc"`
		} `json:"chapters"`
	}
	if err := json.Unmarshal([]byte(decode(body, "")), &doc); err != nil {
		return nil, fmt.Errorf("read chapters: %w", err)
	}
	var out []Chapter
	for _, c := range doc.Chapters {
		start, ok := timeOf(c.StartTime)
		title := oneLine(c.Title)
		if !ok || start > maxTime || title == "" || c.TOC != nil && !*c.TOC {
			continue
		}
		out = append(out, Chapter{start, title})
	}
	slices.SortStableFunc(out, func(a, b Chapter) int { return int(a.Start - b.Start) })
	return out, nil
}
