package transcript

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/asticode/go-astisub"
)

// corpusFile is a transcript of the corpus with what is known of it.
type corpusFile struct {
	path      string
	words     int
	marks     string // "none", "estimated", "interpolated from 18 real marks", ...
	speakers  bool
	duration  time.Duration
	converted bool
}

func corpus(t testing.TB) []corpusFile {
	dir := shared(t, "corpus")
	lists, err := filepath.Glob(filepath.Join(dir, "*", "episodes.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out []corpusFile
	for _, list := range lists {
		var doc struct {
			Episodes []struct {
				Words       int     `json:"words"`
				Timestamps  string  `json:"timestamps"`
				Speakers    bool    `json:"speaker_labels"`
				Duration    float64 `json:"duration_s"`
				Transcripts []struct{ File, Kind string }
			}
		}
		data, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatalf("%s: %v", list, err)
		}
		for _, ep := range doc.Episodes {
			for _, f := range ep.Transcripts {
				out = append(out, corpusFile{
					path: filepath.Join(filepath.Dir(list), f.File), words: ep.Words, marks: ep.Timestamps, speakers: ep.Speakers,
					duration: time.Duration(ep.Duration * float64(time.Second)), converted: !strings.HasPrefix(f.Kind, "real"),
				})
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("the corpus lists no transcripts")
	}
	return out
}

func TestCorpus(t *testing.T) {
	for _, f := range corpus(t) {
		name := filepath.Base(f.path)
		body, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := Parse(body, "", f.path)
		if err != nil {
			t.Errorf("Parse(%s): %v", name, err)
			continue
		}
		check(t, tr.Segments)
		if want := map[string]string{".md": "markdown", ".txt": "text"}[filepath.Ext(name)]; want == "" && "."+tr.Source != filepath.Ext(name) || want != "" && tr.Source != want {
			t.Errorf("%s: read as %s", name, tr.Source)
		}
		words, named, timed := 0, 0, 0
		var last time.Duration
		for _, s := range tr.Segments {
			n := countWords(s.Text)
			words += n
			if s.Speaker != "" {
				named += n
			}
			if s.Timing != Unknown {
				timed += n
				last = max(last, s.End)
			}
		}
		if f.words > 0 && (words*100 < f.words*87 || words*100 > f.words*112) {
			t.Errorf("%s: %d words, the corpus says %d", name, words, f.words)
		}
		// New Rustacean's Markdown is one host's script and names nobody.
		if want := f.speakers && !strings.HasPrefix(name, "nr-"); want && named*100 < words*90 {
			t.Errorf("%s: %d of %d words have a speaker", name, named, words)
		}
		captions := slices.Contains([]string{"vtt", "srt", "json"}, tr.Source)
		if captions && timed != words || f.marks == "none" && !f.converted && timed > 0 {
			t.Errorf("%s: %d of %d words have a time; the corpus says %q", name, timed, words, f.marks)
		}
		if f.duration > 0 && last > f.duration+f.duration/5 {
			t.Errorf("%s: ends at %v, the episode at %v", name, last, f.duration)
		}
	}
}

// TestCaptionsAgainstOracle compares words, speakers and times with those of go-astisub, which reads well-formed files.
func TestCaptionsAgainstOracle(t *testing.T) {
	files := map[string]int{} // of each show and format; a few will do, the oracle is slow
	for _, f := range corpus(t) {
		ext := filepath.Ext(f.path)
		kind := filepath.Dir(f.path) + ext
		if ext != ".vtt" && ext != ".srt" || files[kind] == 5 {
			continue
		}
		files[kind]++
		body, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(body, "", f.path)
		if err != nil {
			t.Fatal(err)
		}
		compareWithOracle(t, filepath.Base(f.path), got, oracle(t, ext, body))
	}
	if len(files) == 0 {
		t.Fatal("no captions in the corpus")
	}
}

func oracle(t *testing.T, ext string, body []byte) []*astisub.Item {
	t.Helper()
	read := map[string]func() (*astisub.Subtitles, error){
		".vtt": func() (*astisub.Subtitles, error) { return astisub.ReadFromWebVTT(bytes.NewReader(body)) },
		".srt": func() (*astisub.Subtitles, error) { return astisub.ReadFromSRT(bytes.NewReader(body)) },
	}
	subs, err := read[ext]()
	if err != nil {
		t.Fatal(err)
	}
	return subs.Items
}

func compareWithOracle(t *testing.T, name string, got *Transcript, items []*astisub.Item) {
	t.Helper()
	names := map[string]bool{}
	var words []string
	for _, g := range got.Segments {
		names[g.Speaker] = true
		words = append(words, bare(g.Text)...)
	}
	starts, voices := map[time.Duration]bool{}, map[string]bool{}
	var want []string
	before := ""
	for _, item := range items {
		starts[item.StartAt] = true
		text := ""
		for _, l := range item.Lines {
			voices[l.VoiceName] = true
			text += l.String() + " "
		}
		if h := readHead(text); names[h.name] {
			text = h.rest
		}
		if text != before { // one shown twice is read once
			want = append(want, bare(plainLine(text))...)
		}
		before = text
	}
	for _, g := range got.Segments {
		if !starts[g.Start] {
			t.Errorf("%s: no caption begins at %v (%q)", name, g.Start, g.Text)
		}
		if got.Source == "vtt" && !voices[g.Speaker] {
			t.Errorf("%s: no voice %q", name, g.Speaker)
		}
	}
	if missing, added := difference(want, words); (missing+added)*200 > len(want) {
		t.Errorf("%s: %d of %d words missing, %d added", name, missing, len(want), added)
	}
}

// bare returns the words of s without punctuation.
func bare(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// difference counts the words of a that b has not, and the other way round.
func difference(a, b []string) (onlyA, onlyB int) {
	n := map[string]int{}
	for _, w := range a {
		n[w]++
	}
	for _, w := range b {
		n[w]--
	}
	for _, d := range n {
		onlyA += max(d, 0)
		onlyB += max(-d, 0)
	}
	return onlyA, onlyB
}
