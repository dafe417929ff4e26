// Package corpus reads the real podcasts that the engine is judged on. They are kept beside the repository, because of
// their licences.
package corpus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/transcript"
)

// Show is a podcast with those of its episodes that have a transcript, oldest first.
type Show struct {
	Name     string
	Title    string
	Episodes []Episode
}

// Episode is an episode with its transcript.
type Episode struct {
	feed.Episode
	File       string // of the transcript
	Transcript *transcript.Transcript
}

// preferred orders the formats of a transcript: the original one first.
var preferred = []string{".vtt", ".srt", ".md", ".json", ".html", ".txt"}

// Names lists the shows of the corpus that have transcripts.
func Names(shared string) ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(shared, "corpus", "*", "transcripts"))
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		return nil, fmt.Errorf("read the corpus: no shows in %s", filepath.Join(shared, "corpus"))
	}
	names := make([]string, len(dirs))
	for i, d := range dirs {
		names[i] = filepath.Base(filepath.Dir(d))
	}
	return names, nil
}

// described is what episodes.json says of a show.
type described struct {
	Show struct {
		Title string `json:"title"`
	} `json:"show"`
	Episodes []struct {
		ID          string      `json:"id"`
		Title       string      `json:"title"`
		GUID        string      `json:"guid"`
		Published   time.Time   `json:"published"`
		People      [][2]string `json:"people"`
		Transcripts []struct {
			File string `json:"file"`
		} `json:"transcripts"`
	} `json:"episodes"`
}

// Read reads a show: the best transcript of every episode, or the one with the ending ext when that is not "".
func Read(shared, name, ext string) (Show, error) {
	dir := filepath.Join(shared, "corpus", name)
	body, err := os.ReadFile(filepath.Join(dir, "episodes.json"))
	if err != nil {
		return Show{}, err
	}
	var d described
	if err := json.Unmarshal(body, &d); err != nil {
		return Show{}, fmt.Errorf("read the episodes of %s: %w", name, err)
	}
	notes := readNotes(filepath.Join(dir, "feed.xml"))
	show := Show{Name: name, Title: d.Show.Title}
	for _, e := range d.Episodes {
		var files []string
		for _, t := range e.Transcripts {
			files = append(files, t.File)
		}
		file, t, err := best(dir, files, ext)
		if err != nil {
			return Show{}, err
		}
		if t == nil {
			continue
		}
		ep := Episode{File: file, Transcript: t}
		ep.Episode = feed.Episode{ID: e.ID, GUID: e.GUID, Title: e.Title, Published: e.Published, Notes: notes[e.GUID]}
		for _, p := range e.People {
			ep.Persons = append(ep.Persons, feed.Person{Role: p[0], Name: p[1]})
		}
		show.Episodes = append(show.Episodes, ep)
	}
	slices.SortStableFunc(show.Episodes, func(a, b Episode) int { return cmp.Compare(a.Published.Unix(), b.Published.Unix()) })
	return show, nil
}

// best parses the files of an episode in the order of preferred and returns the first that has times, else the first.
func best(dir string, files []string, ext string) (file string, t *transcript.Transcript, err error) {
	for _, want := range preferred {
		for _, f := range files {
			if filepath.Ext(f) != want || ext != "" && ext != want {
				continue
			}
			path := filepath.Join(dir, f)
			got, err := parse(path)
			if err != nil {
				return "", nil, err
			}
			if timed(got) {
				return path, got, nil
			}
			if t == nil {
				file, t = path, got
			}
		}
	}
	return file, t, nil
}

// timed reports whether the last segment has a time.
func timed(t *transcript.Transcript) bool {
	return len(t.Segments) > 0 && t.Segments[len(t.Segments)-1].Timing != transcript.Unknown
}

func parse(file string) (*transcript.Transcript, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t, err := transcript.Parse(body, "", file)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", file, err)
	}
	return t, nil
}

var (
	reItem  = regexp.MustCompile(`(?s)<item>.*?</item>`)
	reGUID  = regexp.MustCompile(`(?s)<guid[^>]*>(.*?)</guid>`)
	reNotes = regexp.MustCompile(`(?s)<content:encoded>(.*?)</content:encoded>|<description>(.*?)</description>`)
	reTag   = regexp.MustCompile(`<[^>]*>`)
)

// readNotes reads the show notes of a feed by GUID; none when there is no feed.
func readNotes(file string) map[string]string {
	out := map[string]string{}
	body, err := os.ReadFile(file)
	if err != nil {
		return out
	}
	for _, item := range reItem.FindAllString(string(body), -1) {
		guid, notes := reGUID.FindStringSubmatch(item), reNotes.FindStringSubmatch(item)
		if guid == nil || notes == nil {
			continue
		}
		text := strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(notes[1] + notes[2])
		text = html.UnescapeString(reTag.ReplaceAllString(html.UnescapeString(text), " "))
		out[html.UnescapeString(strings.TrimSpace(guid[1]))] = text
	}
	return out
}
