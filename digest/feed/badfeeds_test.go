package feed

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// badFeed is what the shared data says of one hostile file.
type badFeed struct {
	File    string
	Outcome []string
	Items   *int
	HTTP    struct {
		Status          int
		ContentType     string `json:"content_type"`
		ContentEncoding string `json:"content_encoding"`
		Headers         map[string]string
	}
}

func readBadFeeds(t *testing.T) []badFeed {
	t.Helper()
	var list struct{ Files []badFeed }
	readJSON(t, &list, "payloads", "bad-feeds", "expected.json")
	return list.Files
}

// fetchBadFeed serves a hostile file as its row says and fetches it.
func fetchBadFeed(t *testing.T, c badFeed, canaryAt string) (Feed, []Episode, error) {
	t.Helper()
	body, err := os.ReadFile(shared(t, "payloads", "bad-feeds", c.File))
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(canaryAt, ":")
	if c.HTTP.ContentEncoding == "" {
		text := strings.NewReplacer("CANARYPORT", port, "@NOW+25h", time.Now().Add(25*time.Hour).Format(time.RFC1123Z)).Replace(string(body))
		body = []byte(text)
	}
	url, ft := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range c.HTTP.Headers {
			w.Header().Set(name, value)
		}
		if c.HTTP.ContentEncoding != "" {
			w.Header().Set("Content-Encoding", c.HTTP.ContentEncoding)
		}
		w.Header().Set("Content-Type", c.HTTP.ContentType)
		w.Header().Set("ETag", `"bad"`)
		if c.HTTP.Status != 0 {
			w.WriteHeader(c.HTTP.Status)
		}
		w.Write(body)
	})
	ft.Limit = 5000
	return ft.Fetch(t.Context(), Feed{URL: url + "/show/feed.xml"})
}

func TestBadFeeds(t *testing.T) {
	canaryAt, visits := canary(t)
	for _, c := range readBadFeeds(t) {
		t.Run(c.File, func(t *testing.T) {
			f, episodes, err := fetchBadFeed(t, c, canaryAt)
			if err != nil {
				kind := KindOf(err)
				if kind == Auth && c.HTTP.Status == http.StatusForbidden {
					kind = NotFeed // a challenge page, told by its status
				}
				if !slices.Contains(c.Outcome, "reject:"+string(kind)) {
					t.Errorf("Fetch = %v (%s), want one of %v", err, kind, c.Outcome)
				}
				if f.State.ETag != "" || f.State.BodyHash != "" || f.State.Failures != 1 {
					t.Errorf("Fetch state = %+v, want one failure and no marks of the answer", f.State)
				}
				return
			}
			if !slices.Contains(c.Outcome, "ok") && !slices.Contains(c.Outcome, "ok_partial") {
				t.Errorf("Fetch = %d episodes, want one of %v", len(episodes), c.Outcome)
			}
			if c.Items != nil && len(episodes) != *c.Items {
				t.Errorf("Fetch = %d episodes, want %d", len(episodes), *c.Items)
			}
			checkFeed(t, f, episodes, time.Now())
		})
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the canary had %d visits, want 0", n)
	}
}

// checkFeed checks what must hold for every feed, however bad, that was read at a time.
func checkFeed(t *testing.T, f Feed, episodes []Episode, at time.Time) {
	t.Helper()
	checkText(t, "feed title", f.Title)
	checkText(t, "description", f.Description)
	ids := map[string]bool{}
	for _, ep := range episodes {
		if !validID.MatchString(ep.ID) || ids[ep.ID] {
			t.Errorf("ID = %q, want a valid one that no other episode has", ep.ID)
		}
		ids[ep.ID] = true
		checkText(t, "title", ep.Title)
		checkText(t, "notes", ep.Notes)
		checkText(t, "GUID", ep.GUID)
		switch {
		case ep.Title == "" || len([]rune(ep.Title)) > maxTitle:
			t.Errorf("title = %d letters, want 1 to %d", len([]rune(ep.Title)), maxTitle)
		case len(ep.Notes) > maxNotes, len(ep.GUID) > maxShort, len(ep.Transcripts) > maxTranscripts:
			t.Errorf("notes, GUID, transcripts = %d, %d, %d; want them within their limits", len(ep.Notes), len(ep.GUID), len(ep.Transcripts))
		case ep.Duration < 0 || ep.Duration > maxDuration, ep.Published.After(at):
			t.Errorf("duration, date = %v, %v; want them possible", ep.Duration, ep.Published)
		case longestRun(ep.Title) > 4:
			t.Errorf("title = %q, want at most 4 combining marks in a row", ep.Title)
		}
		for _, u := range append(urlsOf(ep), f.Link, f.Image) {
			if u != "" && !strings.HasPrefix(u, "http://") && !strings.HasPrefix(u, "https://") {
				t.Errorf("address = %q, want http or https", u)
			}
		}
	}
}

func urlsOf(ep Episode) []string {
	urls := []string{ep.Link, ep.Image, ep.Enclosure.URL, ep.Chapters}
	for _, tr := range ep.Transcripts {
		urls = append(urls, tr.URL)
	}
	return urls
}

func longestRun(s string) (longest int) {
	run := 0
	for _, r := range s {
		if run++; !unicode.Is(unicode.Mn, r) {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// What single files of the hostile feeds are to show besides.
func TestBadFeedsInDetail(t *testing.T) {
	canaryAt, _ := canary(t)
	rows := map[string]badFeed{}
	for _, c := range readBadFeeds(t) {
		rows[c.File] = c
	}
	fetch := func(file string) []Episode {
		t.Helper()
		_, episodes, err := fetchBadFeed(t, rows[file], canaryAt)
		if err != nil || len(episodes) == 0 {
			t.Fatalf("Fetch(%s) = %d episodes, %v; want some", file, len(episodes), err)
		}
		return episodes
	}
	for file, want := range map[string]string{
		"142-utf16le-bom.xml": "Подкаст о тестах", "146-shift-jis.xml": "ポッドキャスト", "158-emoji-zwj.xml": "👨\u200d👩\u200d👧 family",
		"140-claims-utf8-is-latin1.xml": "Café déjà vu",
	} {
		if got := fetch(file)[0].Title; got != want {
			t.Errorf("%s: title = %q, want %q", file, got, want)
		}
	}
	if got, want := fetch("049-cdata-end-in-text.xml")[0].Notes, "a ]]> b"; got != want {
		t.Errorf("049: notes = %q, want %q", got, want)
	}
	if got := fetch("002-control-podcast.xml")[0].Transcripts; len(got) != 1 || got[0].Type != "text/vtt" {
		t.Errorf("002: transcripts = %+v, want one of text/vtt", got)
	}
	for i, ep := range fetch("135-oldest-first.xml") {
		if want := fmt.Sprintf("Episode %d", 27-i); ep.Title != want {
			t.Errorf("135: episode %d = %q, want %q", i, ep.Title, want)
		}
	}
	for _, ep := range fetch("171-double-escaped.xml") {
		if strings.Contains(ep.Title+ep.Notes, "<script") {
			t.Errorf("171: %q, want no markup", ep.Title+ep.Notes)
		}
	}
	same := func(first, second []Episode) { // whatever host they were served by
		t.Helper()
		if _, isNew := Identify(first, second); slices.Contains(isNew, true) {
			t.Errorf("Identify(%q, …) new = %v, want all known", first[0].Title, isNew)
		}
	}
	same(fetch("112a-changing-guid-first.xml"), fetch("112b-changing-guid-second.xml"))
	same(fetch("001-control-minimal.xml"), fetch("116-tracking-enclosure.xml"))
	for _, file := range []string{"110-same-guid-1000.xml", "111-no-guid-no-link.xml", "113-empty-guid.xml", "182-path-ids.xml"} {
		same(fetch(file), fetch(file))
	}
	if got := len(fetch("110-same-guid-1000.xml")); got != 1000 {
		t.Errorf("110: %d episodes, want 1000", got)
	}
}

// Feeds of the corpus, as they are: everything is read, nothing is invented.
func TestCorpusFeeds(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(filepath.Dir(shared(t, "corpus", "README.md")), "*", "feed*.xml"))
	if err != nil || len(paths) < 15 {
		t.Fatalf("corpus = %d feeds, %v; want at least 15", len(paths), err)
	}
	for _, path := range paths {
		show := filepath.Base(filepath.Dir(path))
		body := strings.ReplaceAll(string(readFile(t, path)), "{{BASE}}", "https://corpus.example.com")
		f, episodes, err := ParseNewest([]byte(body), Feed{URL: "https://corpus.example.com/" + show + "/feed.xml"}, now, 1000)
		if err != nil {
			t.Errorf("%s: ParseNewest = %v, want no error", show, err)
			continue
		}
		checkFeed(t, f, episodes, now)
		if n := strings.Count(body, "<item>"); len(episodes) != n {
			t.Errorf("%s: ParseNewest = %d episodes, want %d", show, len(episodes), n)
		}
		transcripts := 0
		for _, ep := range episodes {
			transcripts += len(ep.Transcripts)
		}
		if n := strings.Count(body, "<podcast:transcript "); transcripts != n {
			t.Errorf("%s: ParseNewest = %d transcripts, want %d", show, transcripts, n)
		}
	}
}
